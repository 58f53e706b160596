import { Argument } from 'commander';
import { type AdoptedTool, adoptedTools } from '../adopt/found.js';
import type { AdoptReport } from '../adopt-models.js';
import { isCatalogError } from '../core/errors.js';
import { CliRefusal } from './hints.js';
import { examples } from './options.js';
import { printable, sizeText } from './render.js';
import type { Verb } from './run.js';

interface AdoptFlags {
  readonly path?: string;
  readonly dryRun?: boolean;
}

export const adopt: Verb<AdoptFlags> = {
  heedsSignal: true,
  declare(command) {
    command
      .addArgument(new Argument('<tool>', 'whose models').choices(adoptedTools))
      .option('--path <dir>', 'where it keeps them; by default where it does so on this machine')
      .option('--dry-run', 'tell what would be adopted; nothing is read through and nothing written')
      .addHelpText(
        'after',
        examples('catalog adopt ollama --dry-run', 'catalog adopt hugging-face', 'catalog adopt directory --path /data/models --json'),
      );
  },
  async run({ catalog, signal, onProgress }, [tool = ''], { path, dryRun }) {
    const report = await adopted(catalog.adopt(tool as AdoptedTool, { path, dryRun, onProgress, signal }));
    return { document: { report }, ids: report.adopted, lines: () => reportLines(report) };
  },
};

async function adopted(work: Promise<AdoptReport>): Promise<AdoptReport> {
  try {
    return await work;
  } catch (error) {
    if (!isCatalogError(error, 'NotFound') && !isCatalogError(error, 'InvalidArgument')) throw error;
    throw new CliRefusal(error.code, error.message, 'name the folder where they lie with --path', error.details);
  }
}

function reportLines({ source, dry_run, adopted, known, problems, bytes, duplicate_bytes }: AdoptReport): string[] {
  const done = dry_run ? 'would be adopted' : 'adopted';
  return [
    ...adopted.map((id) => `${id}  ${done}`),
    ...known.map((id) => `${id}  known`),
    ...problems.map(({ path, code, message }) => `problem  ${path}  ${code}  ${message}`),
    `${source}: ${adopted.length} ${done} (${sizeText(bytes)}), ${known.length} known, ${problems.length} with problems${
      duplicate_bytes > 0 ? `; ${sizeText(duplicate_bytes)} lie on this machine more than once` : ''
    }`,
  ].map(printable);
}
