import { isLeaseOf } from './artifacts/leases.js';
import { type CatalogContext, shownId } from './catalog-context.js';
import { claiming } from './claiming.js';
import { isCatalogError, refusal } from './core/errors.js';
import type { Versioned } from './core/generation.js';
import { blobsOfModel, type Keeper, keepersByDigest } from './core/keepers.js';
import { blobPath, filePlaces, isManaged } from './core/model-layout.js';
import type { Problem } from './core/problem.js';
import type { ModelEntry } from './core/records.js';
import { asCatalogError } from './disk/failure.js';
import { readLeases, readRoots } from './reachability.js';
import { type Removal, removeBlobs } from './remove-blobs.js';

/** What an eviction removed, and what stayed because of what. */
export interface EvictReport {
  id: string;
  removed: boolean;
  bytes_reclaimed: number;
  files_removed: string[];
  kept: { path: string; because: string }[];
  errors: Problem[];
}

/** `force` takes away the record of a model that is in use; leased bytes stay all the same. */
export interface EvictOptions {
  /** Although it is pinned or leased. */
  force?: boolean | undefined;
  /** Tell what would go, and change nothing. */
  dryRun?: boolean | undefined;
}

interface Judged {
  /** Ids of models that are taken to be gone already, where nothing is changed. */
  readonly beside?: readonly string[];
  /** The revision that was judged: a record that is another by now stays. */
  readonly ifRevision?: number;
}

/**
 * CAT-IDX-1114: removes the record first, and then what nothing else needs. A missing id is `removed: false`; what cannot be
 * removed from the disk is reported, and is collected later.
 */
export async function evictModel(context: CatalogContext, id: string, options: EvictOptions & Judged): Promise<EvictReport> {
  const report: EvictReport = { id, removed: false, bytes_reclaimed: 0, files_removed: [], kept: [], errors: [] };
  // Changed by somebody else since we looked: look again.
  for (;;) {
    const found = await context.store.models.get(id);
    // Nobody's id may be anything.
    if (found === undefined) return { ...report, id: shownId(id) };
    if ((options.ifRevision ?? found.revision) !== found.revision) return report;
    if (!options.force) await checkUnused(context, found.record);
    if (options.dryRun) return await planned(context, found.record, [id, ...(options.beside ?? [])], report);
    if (isManaged(found.record) ? await removeShown(context, found, report) : await removeOther(context, found, report)) break;
  }
  // CAT-IDX-1116: what was removed is room for what was given up to remove it.
  await context.reserve?.keep();
  return report;
}

/** The report of a removal that is not done. */
async function planned(context: CatalogContext, entry: ModelEntry, gone: readonly string[], report: EvictReport): Promise<EvictReport> {
  report.removed = true;
  if (!isManaged(entry)) {
    keptOutside(entry, report);
    return report;
  }
  report.files_removed.push(...filePlaces(entry).map(({ path }) => path));
  const roots = await readRoots(context);
  const keepers = keepersByDigest({ ...roots, models: roots.models.filter(({ id }) => !gone.includes(id)) });
  for (const digest of blobsOfModel(entry)) {
    const kept = keepers.get(digest);
    if (kept !== undefined) told({ kind: 'kept', digest, keepers: kept }, report);
    else told({ kind: 'removed', digest, ...(await context.artifacts.sizeOfBlob(digest)) }, report);
  }
  return report;
}

/** Removes a record and the links that show it, under a claim, and then the blobs; false when the record is another by now. */
async function removeShown(context: CatalogContext, found: Versioned<ModelEntry>, report: EvictReport): Promise<boolean> {
  const { id, local_path = id } = found.record;
  try {
    const { trouble } = await claiming(context, { of: { id }, digests: [], isRemoval: true }, async () => {
      report.removed = await removeRecord(context, found);
      if (!report.removed) return;
      const { removed, left } = await context.artifacts.unlinkModel({ id });
      report.files_removed.push(...removed);
      report.kept.push(...left.map((path) => ({ path, because: 'it is no link of the catalog’s' })));
    });
    if (trouble && report.removed) note(report, local_path, trouble);
  } catch (error) {
    if (!report.removed) throw error;
    note(report, local_path, error);
  }
  if (report.removed) await removeBlobsOf(context, found.record, report);
  return report.removed;
}

async function removeOther(context: CatalogContext, found: Versioned<ModelEntry>, report: EvictReport): Promise<boolean> {
  report.removed = await removeRecord(context, found);
  if (report.removed) keptOutside(found.record, report);
  return report.removed;
}

function keptOutside({ local_path: path }: ModelEntry, report: EvictReport): void {
  if (path !== undefined) report.kept.push({ path, because: 'it is not the catalog’s: it was referenced or adopted' });
}

/** Removes what an entry had before and nothing needs now; what fails is collected later. */
export async function removeUnreached(context: CatalogContext, before: ModelEntry, after: ModelEntry): Promise<void> {
  if (!isManaged(before) || (isManaged(after) && before.digest === after.digest)) return;
  await removeBlobsOf(context, before, { id: before.id, removed: true, bytes_reclaimed: 0, files_removed: [], kept: [], errors: [] });
}

/** CAT-GC-2304. Who takes a lease changes the record after it: a lease that is not seen here fails, or the removal does. */
export async function checkUnused(context: CatalogContext, { id, pins = [] }: ModelEntry): Promise<void> {
  if (pins.length > 0) throw refusal('InUse', `${id} is pinned (${pins.map(({ reason }) => reason).join(', ')})`, { pins });
  const leases = (await readLeases(context)).filter((lease) => isLeaseOf(lease, id));
  if (leases.length === 0) return;
  const holders = leases.map(({ holder, expiresMs }) => ({ holder, expires_at: new Date(expiresMs).toISOString() }));
  const words = holders.map(({ holder, expires_at }) => `${holder} until ${expires_at}`).join(', ');
  throw refusal('InUse', `${id} is leased (${words})`, { leases: holders });
}

/** Whether it was the record that was found, and went. */
async function removeRecord(context: CatalogContext, { record, revision }: Versioned<ModelEntry>): Promise<boolean> {
  try {
    return await context.store.models.delete(record.id, { ifRevision: revision, note: context.note });
  } catch (error) {
    if (!isCatalogError(error, 'RevisionConflict')) throw error;
    return false;
  }
}

async function removeBlobsOf(context: CatalogContext, entry: ModelEntry, report: EvictReport): Promise<void> {
  try {
    for (const removal of await removeBlobs(context, blobsOfModel(entry))) told(removal, report);
  } catch (error) {
    note(report, entry.local_path ?? entry.id, error);
  }
}

function told(removal: Removal, report: EvictReport): void {
  const path = blobPath(removal.digest);
  switch (removal.kind) {
    case 'removed':
      report.bytes_reclaimed += removal.freed;
      report.files_removed.push(path);
      break;
    case 'kept':
      report.kept.push({ path, because: removal.keepers.map(wordsOf)[0] ?? '' });
      break;
    case 'failed':
      note(report, path, removal.error);
      break;
  }
}

const keeperWords: Readonly<Record<Keeper['kind'], string>> = {
  ingest: 'an add that is under way needs it',
  lease: 'whoever leased it needs it',
  entry: 'another entry needs it',
  pin: 'another entry needs it',
  engine: 'an engine needs it',
};
const wordsOf = ({ kind }: Keeper): string => keeperWords[kind];

function note(report: EvictReport, path: string, error: unknown): void {
  const { code, message } = asCatalogError(error, 'could not remove');
  report.errors.push({ path, code, message });
}
