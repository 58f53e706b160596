import { Argument } from 'commander';
import { type AdoptedTool, adoptedTools } from '../adopt/found.js';
import type { AdoptReport } from '../adopt-models.js';
import { isCatalogError } from '../core/errors.js';
import type { Problem } from '../core/problem.js';
import { CliRefusal } from './hints.js';
import { examples } from './options.js';
import { printable, sizeText, warningLines } from './render.js';
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
    const entries = dryRun ? [] : await catalog.list();
    const fresh = new Set(report.adopted);
    const warned = entries.filter(({ id }) => fresh.has(id));
    return {
      document: { report },
      ids: report.adopted,
      lines: (screen) =>
        reportLines(
          report,
          warned.flatMap((entry) => warningLines(entry, screen, entry.id)),
        ),
    };
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

function reportLines(report: AdoptReport, warnings: readonly string[]): string[] {
  const { source, dry_run, adopted, known, problems, bytes, duplicate_bytes } = report;
  const done = dry_run ? 'would be adopted' : 'adopted';
  return [
    ...adopted.map((id) => printable(`${id}  ${done}`)),
    ...known.map((id) => printable(`${id}  known`)),
    ...warnings,
    ...problems.map(problemLine),
    printable(
      `${source}: ${adopted.length} ${done} (${sizeText(bytes)}), ${known.length} known, ${problems.length} with problems${
        duplicate_bytes > 0 ? `; ${sizeText(duplicate_bytes)} lie on this machine more than once` : ''
      }`,
    ),
  ];
}

/** `problem  llama3:latest  DigestMismatch  /…/blobs/sha256-04… has …`; a path that the message says is not said before it. */
function problemLine({ id, path, code, message }: Problem): string {
  const parts = ['problem', id, message.includes(path) ? undefined : path, code, message];
  return printable(parts.filter((part) => part !== undefined).join('  '));
}
