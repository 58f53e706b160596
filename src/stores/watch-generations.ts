import { type Change, changesThrough, needsBetween } from '../core/changes.js';
import { refusal } from '../core/errors.js';
import type { Generation } from '../core/generation.js';

export interface WatchOptions {
  /** Changes after this revision; 0 for all there is and then changes; by default those to come. */
  after?: number | undefined;
  /** Ends the watch. */
  signal?: AbortSignal | undefined;
}

/** What a store that keeps generations offers to its watchers. */
export interface Watched<R extends { id: string }> {
  /** The newest generation; `undefined` while a power cut could still take it back. */
  newest(): Promise<Generation<R> | undefined>;
  /** An earlier one that is still kept; `undefined` when it is not. */
  kept(revision: number): Promise<Generation<R> | undefined>;
  /** The numbers of those that may still be kept, lowest first. */
  keptRevisions(): Promise<readonly number[]>;
  /** Waits until there may be a newer one than this. */
  change(seen: number): Promise<void>;
  /** Whether the store was closed, which ends the watch. */
  isClosed(): boolean;
}

/**
 * CAT-IDX-1119: per record the newest change since the last delivery, deletions included, in whole revisions; of what was
 * deleted and made again both, while the generations between are kept. `Compacted` when
 * the generation to begin after is no longer kept; `HistoryRewound` when there never was one as new.
 */
export function watchGenerations<R extends { id: string }>(watched: Watched<R>, options: WatchOptions): AsyncGenerator<Change<R>> {
  checkAfter(options.after);
  // What comes after the call is told, however late the first change is asked for.
  const start = options.after === 0 ? Promise.resolve(undefined) : startOf(watched, options.after);
  start.catch(() => {});
  return changesFrom(start, watched, options.signal);
}

async function* changesFrom<R extends { id: string }>(
  start: Promise<Generation<R> | undefined>,
  watched: Watched<R>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Change<R>> {
  let seen = await start;
  while (!watched.isClosed() && !signal?.aborted) {
    const newest = await watched.newest();
    const changes = newest === undefined || newest.revision === seen?.revision ? [] : await changesSince(seen, newest, watched);
    for (const change of changes) {
      yield change;
      if (signal?.aborted) return;
    }
    seen = newest ?? seen;
    if (changes.length === 0 && !watched.isClosed() && !signal?.aborted) await watched.change(seen?.revision ?? 0);
  }
}

async function changesSince<R extends { id: string }>(
  seen: Generation<R> | undefined,
  newest: Generation<R>,
  watched: Watched<R>,
): Promise<Change<R>[]> {
  const between: Generation<R>[] = [];
  if (seen !== undefined && needsBetween(seen, newest)) {
    for (const revision of await watched.keptRevisions()) {
      const kept = revision > seen.revision && revision < newest.revision ? await watched.kept(revision) : undefined;
      if (kept !== undefined) between.push(kept);
    }
  }
  return changesThrough(seen, newest, between);
}

async function startOf<R extends { id: string }>(watched: Watched<R>, after: number | undefined): Promise<Generation<R> | undefined> {
  const newest = await watched.newest();
  if (newest === undefined) return undefined;
  if (after === undefined || after === newest.revision) return newest;
  if (after > newest.revision) {
    throw refusal('HistoryRewound', `revision ${after} was seen, and the newest is ${newest.revision}`, { after, newest: newest.revision });
  }
  const start = await watched.kept(after);
  if (start === undefined) throw refusal('Compacted', `generation ${after} is no longer kept; begin again from 0`, { after });
  return start;
}

/** What a watch may begin after; anything else is `InvalidArgument`. */
export function checkAfter(after: number | undefined): void {
  if (after === undefined || (Number.isSafeInteger(after) && after >= 0)) return;
  throw refusal('InvalidArgument', `after is a revision, not ${String(after)}`);
}
