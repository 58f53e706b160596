import { isCatalogError } from '../../src/core/errors.js';
import type { FsCatalog } from '../../src/stores/fs/fs-catalog.js';
import type { Counted } from '../interrupt/job.js';
import { modelEntry } from '../model-entry.js';

/** Adds one to the count that a record bears, so many times, each decided on the revision that it read (CAT-IDX-1109). */
export async function increment(store: FsCatalog, options: { readonly id: string; readonly times: number }): Promise<Counted> {
  const counted = { increments: 0, conflicts: 0, longestPutMs: 0 };
  while (counted.increments < options.times) {
    const read = await store.models.get(options.id);
    const next = modelEntry(options.id, { labels: { count: String(countOf(read?.record) + 1) } });
    const began = performance.now();
    try {
      await store.models.put(next, { ifRevision: read?.revision ?? 'absent' });
      counted.increments++;
    } catch (error) {
      if (!isCatalogError(error, 'RevisionConflict')) throw error;
      counted.conflicts++;
    }
    counted.longestPutMs = Math.max(counted.longestPutMs, performance.now() - began);
  }
  return counted;
}

export function countOf(record: { readonly labels?: Readonly<Record<string, string>> } | undefined): number {
  return Number(record?.labels?.count ?? 0);
}
