import type { DedupeReport } from '../dedupe.js';
import { askConsent, checkConsent } from './consent.js';
import { examples } from './options.js';
import { printable, sizeText } from './render.js';
import type { Verb } from './run.js';

interface DedupeFlags {
  readonly dryRun?: boolean;
}

export const dedupe: Verb<DedupeFlags> = {
  heedsSignal: true,
  check: checkConsent,
  declare(command) {
    command
      .option('--dry-run', 'tell what would be replaced, and change nothing')
      .addHelpText('after', examples('catalog dedupe --dry-run', 'catalog dedupe --yes'));
  },
  async run({ catalog, options, signal, onProgress }, _, { dryRun = false }) {
    if (!dryRun) await askConsent('Replace copies of models in the root by links?', options, signal);
    const report = await catalog.dedupe({ dryRun, onProgress, signal });
    return { document: { report }, ids: report.replaced.map(({ path }) => path), lines: () => dedupeLines(report) };
  },
};

function dedupeLines({ replaced, bytes_reclaimed, kept, dry_run, errors }: DedupeReport): string[] {
  const [done, freed] = dry_run ? ['would be replaced', 'would be freed'] : ['replaced', 'freed'];
  return [
    ...replaced.map(({ path, bytes }) => `${done}  ${path}  ${sizeText(bytes)}`),
    ...kept.map(({ path, because }) => `kept  ${path}  ${because}`),
    ...errors.map(({ path, code, message }) => `failed  ${path}  ${code}  ${message}`),
    `${replaced.length} ${replaced.length === 1 ? 'copy' : 'copies'} ${done}  ${sizeText(bytes_reclaimed)} ${freed}`,
  ].map(printable);
}
