import { type Generation, generationOf, type StoredRecord, stored } from './generation.js';
import type { ModelEntry } from './records.js';

/**
 * The generation that a repair publishes: the content of the newest one that is intact, under a number above every number that
 * was seen (CAT-IDX-1107). It tells of no earlier commits: what became of those between the two cannot be known.
 */
export function restoredGeneration<R extends { id: string }>(
  from: Generation<R>,
  revision: number,
  commit: string,
  change: (record: R) => R,
): Generation<R> {
  const all: StoredRecord<R>[] = [];
  for (const block of from.blocks) {
    for (const record of block.records) {
      const next = change(record.versioned.record);
      all.push(next === record.versioned.record ? record : stored(next, revision));
    }
  }
  return generationOf({ collection: from.collection, revision, commit, recent: [] }, all);
}

/** CAT-IDX-1107: an entry whose bytes are gone has failed, unless it is not in use any more. */
export function withoutBytes(entry: ModelEntry): ModelEntry {
  if (entry.state !== 'Pending' && entry.state !== 'Active') return entry;
  const { verified_at: _gone, ...kept } = entry;
  return { ...kept, state: 'Failed', trust_state: 'unverified' };
}
