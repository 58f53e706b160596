import type { Claim } from './artifacts/claims.js';
import type { CatalogContext } from './catalog-context.js';
import type { Digest } from './core/digest.js';
import { type CatalogError, isCatalogError, refusal } from './core/errors.js';
import type { Versioned } from './core/generation.js';
import { blobPath, isManaged } from './core/model-layout.js';
import type { ModelEntry } from './core/records.js';
import { asCatalogError } from './disk/failure.js';
import { inRoom } from './stores/fs/room.js';

export interface Problem {
  path: string;
  code: string;
  message: string;
}

export interface EvictReport {
  id: string;
  removed: boolean;
  bytes_reclaimed: number;
  files_removed: string[];
  kept: { path: string; because: string }[];
  errors: Problem[];
}

/**
 * CAT-IDX-1114: removes the record first, and then what nothing else needs. A missing id is `removed: false`; what cannot be
 * removed from the disk is reported, and is collected later.
 */
export async function evictModel(context: CatalogContext, id: string, options: { force?: boolean }): Promise<EvictReport> {
  const report: EvictReport = { id, removed: false, bytes_reclaimed: 0, files_removed: [], kept: [], errors: [] };
  // Changed by somebody else since we looked: look again.
  for (;;) {
    const found = await context.store.models.get(id);
    if (found === undefined) return report;
    checkUnpinned(found.record, options.force ?? false);
    if (isManaged(found.record) ? await removeShown(context, found, report) : await removeOther(context, found, report)) break;
  }
  // CAT-IDX-1116: what was removed is room for what was given up to remove it.
  await context.reserve?.keep();
  return report;
}

/** Removes a record and the links that show it, under a claim, and then the blobs; false when the record is another by now. */
async function removeShown(context: CatalogContext, found: Versioned<ModelEntry>, report: EvictReport): Promise<boolean> {
  const { id, local_path = id } = found.record;
  try {
    const { trouble } = await claiming(context, { id, digests: [], isRemoval: true }, async () => {
      report.removed = await removeRecord(context, found);
      if (report.removed) report.files_removed.push(...(await context.artifacts.unlinkModel(id)));
    });
    if (trouble && report.removed) note(report, local_path, trouble);
  } catch (error) {
    if (!report.removed) throw error;
    note(report, local_path, error);
  }
  if (report.removed) await removeBlobs(context, found.record, report);
  return report.removed;
}

async function removeOther(context: CatalogContext, found: Versioned<ModelEntry>, report: EvictReport): Promise<boolean> {
  const { local_path: path } = found.record;
  report.removed = await removeRecord(context, found);
  if (report.removed && path !== undefined) {
    report.kept.push({ path, because: 'it is not the catalog’s: it was referenced or adopted' });
  }
  return report.removed;
}

/**
 * CAT-GC-2305: work that changes the links of an id and relies on blobs, and then those links as the newest record has them. If
 * we are killed, or the disk keeps us from that, the claim stays, and the next writing open does it: work that is done stays done,
 * and `trouble` is what kept us.
 */
export async function claiming<T>(
  context: CatalogContext,
  claimed: { readonly id: string; readonly digests: readonly Digest[]; readonly isRemoval?: boolean },
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly trouble: CatalogError | undefined }> {
  const claiming = () => context.artifacts.claim(claimed.id, claimed.digests);
  const claim = await (claimed.isRemoval ? inReserve(context, claiming) : claiming());
  let result: T;
  try {
    result = await work();
  } catch (error) {
    // A record that may be taken back says nothing of what its links must be: who knows is the next writing open.
    if (isCatalogError(error, 'CommitUnknown')) await context.artifacts.abandonClaim(claim);
    else await tryToFinish(context, claim);
    throw error;
  }
  return { result, trouble: await tryToFinish(context, claim) };
}

/** Shows the links of a claimed id as the newest record has them; then the claim is done with. */
export async function finishClaim(context: CatalogContext, claim: Claim, options: { readonly mending: boolean }): Promise<void> {
  try {
    await showLinks(context, claim.id, options);
  } catch (error) {
    await context.artifacts.abandonClaim(claim);
    throw error;
  }
  await context.artifacts.removeClaim(claim);
}

/** After work whose end is told whatever comes of this. */
async function tryToFinish(context: CatalogContext, claim: Claim): Promise<CatalogError | undefined> {
  try {
    await finishClaim(context, claim, { mending: false });
    return undefined;
  } catch (error) {
    return asCatalogError(error, 'could not show the links');
  }
}

/** Removes what an entry had before and nothing needs now; what fails is collected later. */
export async function removeUnreached(context: CatalogContext, before: ModelEntry, after: ModelEntry): Promise<void> {
  if (!isManaged(before) || (isManaged(after) && before.digest === after.digest)) return;
  await removeBlobs(context, before, { id: before.id, removed: true, bytes_reclaimed: 0, files_removed: [], kept: [], errors: [] });
}

/**
 * Makes the links of an id those of its record, none where there is none, until the record stays as it was meanwhile: who links
 * last has seen the last record.
 */
async function showLinks(context: CatalogContext, id: string, options: { readonly mending: boolean }): Promise<void> {
  for (;;) {
    const found = await context.store.models.get(id);
    if (found !== undefined && isManaged(found.record)) await context.artifacts.show(found.record, options);
    else await context.artifacts.unlinkModel(id);
    if ((await context.store.models.get(id))?.revision === found?.revision) return;
  }
}

/** Whether a blob is needed: by an add that is under way, or by a model or engine of the newest generation. */
export async function isReached(context: CatalogContext, digest: Digest): Promise<boolean> {
  return (await whatReaches(context, digest)) !== undefined;
}

async function whatReaches(context: CatalogContext, digest: Digest): Promise<string | undefined> {
  // Claims first: one that is gone by now has left its record, which is read after it.
  if (await context.artifacts.isClaimed(digest)) return 'an add that is under way needs it';
  const models = await context.store.models.list();
  if (models.some(({ record }) => isManaged(record) && record.files?.some((file) => file.digest === digest)))
    return 'another entry needs it';
  const engines = await context.store.engines.list();
  return engines.some(({ record }) => record.artifacts.includes(digest)) ? 'an engine needs it' : undefined;
}

function checkUnpinned({ id, pins = [] }: ModelEntry, force: boolean): void {
  if (force || pins.length === 0) return;
  throw refusal('InUse', `${id} is pinned (${pins.map(({ reason }) => reason).join(', ')})`, { pins });
}

/** CAT-IDX-1116: work that removes, and that can be begun again: with the reserve where the disk has no room for it. */
export function inReserve<T>(context: CatalogContext, work: () => Promise<T>): Promise<T> {
  return inRoom(work, async () => (await context.reserve?.release()) ?? false);
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

async function removeBlobs(context: CatalogContext, entry: ModelEntry, report: EvictReport): Promise<void> {
  for (const digest of new Set((entry.files ?? []).map((file) => file.digest))) {
    try {
      await removeBlob(context, digest, report);
    } catch (error) {
      note(report, blobPath(digest), error);
    }
  }
}

async function removeBlob(context: CatalogContext, digest: Digest, report: EvictReport): Promise<void> {
  const path = blobPath(digest);
  let because = await whatReaches(context, digest);
  if (because === undefined) {
    const freed = await inReserve(context, () =>
      context.artifacts.removeBlob(digest, async (blob) => {
        because = await whatReaches(context, blob);
        return because !== undefined;
      }),
    );
    if (freed !== undefined) {
      report.bytes_reclaimed += freed;
      report.files_removed.push(path);
      return;
    }
  }
  if (because !== undefined) report.kept.push({ path, because });
}

function note(report: EvictReport, path: string, error: unknown): void {
  const { code, message } = asCatalogError(error, 'could not remove');
  report.errors.push({ path, code, message });
}
