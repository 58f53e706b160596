import { compareUtf8 } from './ids.js';
import { blobsOfModel } from './keepers.js';
import { isManaged } from './model-layout.js';
import type { ModelEntry } from './records.js';

/** CAT-GC-2306: what may be evicted to make room, and how far. */
export interface Budget {
  /** Evict the least recently used until what the models store is not more than this. */
  readonly maxBytes?: number | undefined;
  /** Evict what was not used for so long. */
  readonly olderThanMs?: number | undefined;
  /** Keep Active models. */
  readonly keepActive: boolean;
}

export interface Eviction {
  readonly entry: ModelEntry;
  readonly reason: 'not used for longer than was asked' | 'least recently used, and over the budget';
}

/**
 * Which models are evicted, the least recently used first: those that nobody pinned or leased, whose bytes are the catalog's. What was
 * never used counts from when it was registered. Blobs that models share go with the last of them. `overBytes` is what is stored
 * above the budget all the same.
 */
export function evictionsFor(
  models: readonly ModelEntry[],
  budget: Budget,
  { nowMs, isLeased }: { readonly nowMs: number; readonly isLeased: (id: string) => boolean },
): { readonly evictions: Eviction[]; readonly overBytes: number } {
  const { maxBytes, olderThanMs, keepActive } = budget;
  const stored = new StoredBytes(models.filter(isManaged));
  const mayGo = models
    .filter((entry) => isManaged(entry) && (entry.pins ?? []).length === 0 && !isLeased(entry.id))
    .filter(({ state }) => !keepActive || state !== 'Active')
    .sort((one, other) => lastUse(one) - lastUse(other) || compareUtf8(one.id, other.id));
  const evictions: Eviction[] = [];
  for (const entry of mayGo) {
    if (olderThanMs !== undefined && nowMs - lastUse(entry) > olderThanMs)
      evictions.push({ entry, reason: 'not used for longer than was asked' });
    else if (maxBytes !== undefined && stored.bytes > maxBytes)
      evictions.push({ entry, reason: 'least recently used, and over the budget' });
    else continue;
    stored.remove(entry);
  }
  return { evictions, overBytes: Math.max(0, stored.bytes - (maxBytes ?? stored.bytes)) };
}

/** When a model was used last, as far as anybody noted it: milliseconds since 1970. */
export const lastUse = ({ last_used_ms, registered_at }: ModelEntry): number => last_used_ms ?? Date.parse(registered_at);

/** The bytes of blobs, each counted once however many models it is of. */
class StoredBytes {
  readonly #uses = new Map<string, number>();
  bytes = 0;

  constructor(models: readonly ModelEntry[]) {
    for (const model of models) {
      for (const digest of blobsOfModel(model)) {
        const uses = this.#uses.get(digest) ?? 0;
        this.#uses.set(digest, uses + 1);
        if (uses === 0) this.bytes += sizeIn(model, digest);
      }
    }
  }

  remove(model: ModelEntry): void {
    for (const digest of blobsOfModel(model)) {
      const uses = this.#uses.get(digest) ?? 0;
      this.#uses.set(digest, uses - 1);
      if (uses === 1) this.bytes -= sizeIn(model, digest);
    }
  }
}

const sizeIn = ({ files = [] }: ModelEntry, digest: string): number => files.find((file) => file.digest === digest)?.bytes ?? 0;
