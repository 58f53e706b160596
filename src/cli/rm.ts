import { isAbsolute } from 'node:path';
import { missingModel, shownId } from '../catalog-context.js';
import type { CatalogError } from '../core/errors.js';
import { isManaged } from '../core/model-layout.js';
import type { ModelEntry } from '../core/records.js';
import { run, stat } from '../disk/program.js';
import { defaultDisk } from '../disk/real-disk.js';
import { isDiskError } from '../disk/steps.js';
import type { EvictReport } from '../evict-model.js';
import { askConsent, checkConsent } from './consent.js';
import { examples } from './options.js';
import type { Result } from './output.js';
import { printable, sizeText } from './render.js';
import type { Verb } from './run.js';

interface RmFlags {
  readonly dryRun?: boolean;
  readonly force?: boolean;
}

export const rm = removal('rm');
export const evict = removal('evict');

function removal(name: 'rm' | 'evict'): Verb<RmFlags> {
  return {
    check: checkConsent,
    declare(command) {
      const lines = ['tinyllama', 'tinyllama --dry-run', 'tinyllama --yes --json'].map((rest) => `catalog ${name} ${rest}`);
      command
        .argument('<id>')
        .option('--dry-run', 'tell what would go, and change nothing')
        .option('--force', 'although it is pinned or leased')
        .addHelpText('after', examples(...lines));
    },
    async run({ catalog, options, signal }, [id = ''], { dryRun = false, force = false }) {
      const entry = await catalog.get(id);
      if (dryRun) return removalResult({ ...(await withoutGone(await catalog.evict(id, { dryRun, force }))), dry_run: true });
      // What is the fleet's is refused, whatever the answer.
      if (entry !== undefined && entry.fleet === undefined) await askConsent(questionFor(entry), options, signal);
      return removalResult(await withoutGone(await catalog.evict(id, { force })));
    },
  };
}

/** What `rm` and `engine rm` answer; what was not there is told as NotFound after the report. */
export function removalResult(report: EvictReport & { dry_run?: boolean }, missing: (id: string) => CatalogError = missingModel): Result {
  return {
    document: { report: { ...report, id: shownId(report.id) } },
    ids: report.removed ? [report.id] : [],
    lines: () => (report.removed ? removalLines(report) : []),
    refusal: report.removed ? undefined : missing(report.id),
  };
}

function removalLines(report: EvictReport & { dry_run?: boolean }): string[] {
  const { id, bytes_reclaimed, files_removed, kept, errors, dry_run } = report;
  const [done, freed] = dry_run ? ['would be removed', 'would be freed'] : ['removed', 'freed'];
  return [
    `${id}  ${done}  ${sizeText(bytes_reclaimed)} ${freed}`,
    ...(dry_run ? files_removed.map((path) => `would go  ${path}`) : []),
    ...kept.map(({ path, because }) => `kept  ${path}  ${because}`),
    ...errors.map(({ path, code, message }) => `failed  ${path}  ${code}  ${message}`),
  ].map(printable);
}

function questionFor(entry: ModelEntry): string {
  if (!isManaged(entry)) return `Remove the record of ${printable(entry.id)}? Its files are not the catalog’s, and are left alone.`;
  return `Remove ${printable(entry.id)}${entry.bytes === undefined ? '' : ` (${sizeText(entry.bytes)})`}?`;
}

/** Nothing is kept of a file of somebody else that was gone before. */
async function withoutGone(report: EvictReport): Promise<EvictReport> {
  const isGone = async (path: string) => isAbsolute(path) && (await isMissing(path));
  const gone = await Promise.all(report.kept.map(({ path }) => isGone(path)));
  return { ...report, kept: report.kept.filter((_, place) => !gone[place]) };
}

/** What cannot be looked at is not known to be gone. */
async function isMissing(path: string): Promise<boolean> {
  try {
    return (await run(stat(path), defaultDisk)) === undefined;
  } catch (error) {
    if (!isDiskError(error)) throw error;
    return false;
  }
}
