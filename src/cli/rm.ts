import { missingModel, shownId } from '../catalog-context.js';
import { type CatalogError, refusal } from '../core/errors.js';
import { blobPath, filePlaces, isManaged } from '../core/model-layout.js';
import type { EngineEntry, ModelEntry } from '../core/records.js';
import type { EvictReport } from '../evict-model.js';
import { askConsent, checkConsent } from './consent.js';
import { examples } from './options.js';
import type { Result } from './output.js';
import { printable, sizeText } from './render.js';
import type { Session, Verb } from './run.js';

interface RmFlags {
  readonly dryRun?: boolean;
}

export const rm: Verb<RmFlags> = {
  check: checkConsent,
  declare(command) {
    command
      .argument('<id>')
      .option('--dry-run', 'tell what would go, and change nothing')
      .addHelpText('after', examples('catalog rm tinyllama', 'catalog rm tinyllama --dry-run', 'catalog rm tinyllama --yes --json'));
  },
  async run(session, [id = ''], { dryRun = false }) {
    const { catalog, options, signal } = session;
    const entry = await catalog.get(id);
    if (dryRun) return removalResult({ ...(await planned(session, id, entry)), dry_run: true });
    if (entry !== undefined) await askConsent(`Remove ${printable(id)}${sizeOf(entry)}?`, options, signal);
    return removalResult(await catalog.evict(id));
  },
};

/** What `rm` and `engine rm` answer; what was not there is told as NotFound after the report. */
export function removalResult(report: EvictReport & { dry_run?: boolean }, missing: (id: string) => CatalogError = missingModel): Result {
  return {
    document: { report: { ...report, id: shownId(report.id) } },
    ids: report.removed ? [report.id] : [],
    lines: () => (report.removed ? removalLines(report) : []),
    refusal: report.removed ? undefined : missing(report.id),
  };
}

async function planned({ catalog }: Session, id: string, entry: ModelEntry | undefined): Promise<EvictReport> {
  if (entry === undefined) return { id, removed: false, bytes_reclaimed: 0, files_removed: [], kept: [], errors: [] };
  const others = (await catalog.list()).filter((model) => model.id !== id);
  const engines = (await catalog.engines.list()).map(({ record }) => record);
  return plannedRemoval(entry, others, engines);
}

/** The report of a removal that is not done: what would go and what would stay. */
export function plannedRemoval(entry: ModelEntry, others: readonly ModelEntry[], engines: readonly EngineEntry[]): EvictReport {
  const { id, files = [], local_path, pins = [] } = entry;
  if (pins.length > 0) throw refusal('InUse', `${id} is pinned (${pins.map(({ reason }) => reason).join(', ')})`, { pins });
  const report: EvictReport = { id, removed: true, bytes_reclaimed: 0, files_removed: [], kept: [], errors: [] };
  if (!isManaged(entry)) {
    if (local_path !== undefined) report.kept.push({ path: local_path, because: 'it is not the catalog’s: it was referenced or adopted' });
    return report;
  }
  report.files_removed.push(...filePlaces(entry).map(({ path }) => path));
  const needed = new Set([
    ...others.filter(isManaged).flatMap((other) => other.files?.map(({ digest }) => digest) ?? []),
    ...engines.flatMap(({ artifacts }) => artifacts),
  ]);
  for (const [digest, bytes] of new Map(files.map((file) => [file.digest, file.bytes]))) {
    if (needed.has(digest)) report.kept.push({ path: blobPath(digest), because: 'another entry needs it' });
    else {
      report.files_removed.push(blobPath(digest));
      report.bytes_reclaimed += bytes;
    }
  }
  return report;
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

function sizeOf({ bytes }: ModelEntry): string {
  return bytes === undefined ? '' : ` (${sizeText(bytes)})`;
}
