import type { CatalogContext } from './catalog-context.js';
import type { Digest } from './core/digest.js';
import { isCatalogError, refusal } from './core/errors.js';
import { blobPath, isManaged } from './core/model-layout.js';
import type { ModelEntry } from './core/records.js';
import { asCatalogError } from './disk/failure.js';

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
  const entry = await removeRecord(context, id, options.force ?? false);
  if (entry === undefined) return report;
  report.removed = true;
  if (!isManaged(entry)) {
    if (entry.local_path !== undefined)
      report.kept.push({ path: entry.local_path, because: 'it is not the catalog’s: it was referenced or adopted' });
    return report;
  }
  await noting(report, entry.local_path ?? id, async () => {
    report.files_removed.push(...(await context.artifacts.unlinkModel(id)));
    // Somebody may have added the id again meanwhile: its links are made good.
    await showLinks(context, id);
  });
  await removeBlobs(context, entry, report);
  return report;
}

/** Removes what an entry had before and nothing needs now; what fails is collected later. */
export async function removeUnreached(context: CatalogContext, before: ModelEntry, after: ModelEntry): Promise<void> {
  if (!isManaged(before) || (isManaged(after) && before.digest === after.digest)) return;
  const report: EvictReport = { id: before.id, removed: true, bytes_reclaimed: 0, files_removed: [], kept: [], errors: [] };
  if (!isManaged(after)) await noting(report, before.id, async () => void (await context.artifacts.unlinkModel(before.id)));
  await removeBlobs(context, before, report);
}

/** Makes the links of an id those of its record, until the record stays as it was meanwhile: who links last has seen the last record. */
export async function showLinks(context: CatalogContext, id: string): Promise<void> {
  for (;;) {
    const found = await context.store.models.get(id);
    if (found === undefined || !isManaged(found.record)) return;
    await context.artifacts.show(found.record);
    if ((await context.store.models.get(id))?.revision === found.revision) return;
  }
}

/** Whether some model or engine names a blob, as the newest generation has it. */
export async function isReached(context: CatalogContext, digest: Digest): Promise<boolean> {
  const models = await context.store.models.list();
  if (models.some(({ record }) => isManaged(record) && record.files?.some((file) => file.digest === digest))) return true;
  const engines = await context.store.engines.list();
  return engines.some(({ record }) => record.artifacts.includes(digest));
}

async function removeRecord(context: CatalogContext, id: string, force: boolean): Promise<ModelEntry | undefined> {
  for (;;) {
    const found = await context.store.models.get(id);
    if (found === undefined) return undefined;
    if (!force && (found.record.pins?.length ?? 0) > 0) {
      throw refusal('InUse', `${id} is pinned (${found.record.pins?.map(({ reason }) => reason).join(', ')})`, { pins: found.record.pins });
    }
    try {
      if (await context.store.models.delete(id, { ifRevision: found.revision })) return found.record;
    } catch (error) {
      // Changed or removed by somebody else since we looked: look again.
      if (!isCatalogError(error, 'RevisionConflict')) throw error;
    }
  }
}

async function removeBlobs(context: CatalogContext, entry: ModelEntry, report: EvictReport): Promise<void> {
  for (const digest of new Set((entry.files ?? []).map((file) => file.digest))) {
    const path = blobPath(digest);
    await noting(report, path, async () => {
      const freed = (await isReached(context, digest))
        ? undefined
        : await context.artifacts.removeBlob(digest, (blob) => isReached(context, blob));
      if (freed === undefined) report.kept.push({ path, because: 'another entry needs it' });
      else {
        report.bytes_reclaimed += freed;
        report.files_removed.push(path);
      }
    });
  }
}

async function noting(report: EvictReport, path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const { code, message } = asCatalogError(error, 'could not remove');
    report.errors.push({ path, code, message });
  }
}
