import type { Catalog } from '../../src/catalog.js';
import type { Change } from '../../src/core/changes.js';
import type { ModelEntry } from '../../src/core/records.js';
import type { SimulatedDisk } from '../../src/sim/index.js';
import { opened, source, sourceDigest } from '../exploration/alphabet.js';

/** What one process did and ended. */
export function doing(work: (catalog: Catalog) => Promise<unknown>): (disk: SimulatedDisk) => Promise<void> {
  return async (disk) => {
    const catalog = await opened(disk.process());
    await work(catalog);
    await catalog.close();
  };
}

export function register(catalog: Catalog): Promise<ModelEntry> {
  return catalog.register({ id: 'added', source: `file://${source.path}`, digest: sourceDigest });
}

/** Both or neither, and both are told the same: they are one commit. */
export async function together(works: readonly Promise<unknown>[]): Promise<void> {
  const ended = await Promise.allSettled(works);
  const reasons = ended.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  if (reasons.length === 0) return;
  if (reasons.length < works.length || new Set(reasons).size > 1)
    throw new Error('one of two that were put at once was told something else');
  throw reasons[0];
}

export async function refusedAsStale(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'RevisionConflict') return 'refused as stale';
    throw error;
  }
  throw new Error('a stale put was taken');
}

/** What somebody is told who saw the first revision. */
export async function firstChange(catalog: Catalog): Promise<Change<ModelEntry> | undefined> {
  for await (const change of catalog.watch({ after: 1 })) return change;
  return undefined;
}
