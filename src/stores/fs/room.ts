import type { CatalogError } from '../../core/errors.js';
import type { Mutation, Verdict } from '../../core/generation.js';
import { saysNoRoom } from '../../disk/failure.js';
import type { DiskProgram } from '../../disk/program.js';
import { prune } from './commit.js';
import { revisions, syncGenerations } from './open-generation.js';
import type { IndexPlace } from './place.js';
import type { Reserve } from './reserve.js';

/** How changes are committed where there may be no room for them. */
export interface WorkInRoom<R> {
  readonly commit: (mutations: readonly Mutation<R>[]) => Promise<readonly Verdict<R>[]>;
  /** Makes a little more room; false where there is none to be made. */
  readonly makeRoom: () => Promise<boolean>;
  /** What those are told for whom no room is made. */
  readonly refuse: (error: unknown) => CatalogError;
}

/** CAT-IDX-1116: commits all, or, where there is no room for all, what removes; for that alone room is made, as long as there is some to be made. */
export async function committedInRoom<R>(mutations: readonly Mutation<R>[], work: WorkInRoom<R>): Promise<readonly Verdict<R>[]> {
  const all = await unlessFull(() => work.commit(mutations));
  if (!('full' in all)) return all.done;
  const deletions = mutations.filter(({ type }) => type === 'delete');
  if (deletions.length === 0) throw all.full;
  const deleted = await deletedInRoom(deletions, deletions.length < mutations.length, work);
  if (deleted === undefined) throw all.full;
  const refused: Verdict<R> = { kind: 'refused', error: work.refuse(all.full) };
  let nth = 0;
  return mutations.map(({ type }) => (type === 'delete' ? deleted[nth++] : undefined) ?? refused);
}

/** Does some work, and where the disk has no room for it, again, as long as some is made. */
export async function inRoom<T>(work: () => Promise<T>, makeRoom: () => Promise<boolean>): Promise<T> {
  for (;;) {
    const tried = await unlessFull(work);
    if (!('full' in tried)) return tried.done;
    if (!(await makeRoom())) throw tried.full;
  }
}

/** The reserve first, and then the oldest generations, one at a time; of each index the newest stays. */
export function* makeRoom(reserve: Reserve, places: readonly IndexPlace[]): DiskProgram<boolean> {
  if (yield* reserve.release()) return true;
  for (const place of places) {
    const { length } = yield* revisions(place);
    if (length <= 1) continue;
    // What stays must not be what a power cut takes back.
    yield* syncGenerations(place);
    yield* prune(place, length - 1);
    return true;
  }
  return false;
}

async function deletedInRoom<R>(
  deletions: readonly Mutation<R>[],
  mayFit: boolean,
  { commit, makeRoom }: WorkInRoom<R>,
): Promise<readonly Verdict<R>[] | undefined> {
  while (mayFit || (await makeRoom())) {
    const deleted = await unlessFull(() => commit(deletions));
    if (!('full' in deleted)) return deleted.done;
    mayFit = false;
  }
  return undefined;
}

async function unlessFull<T>(work: () => Promise<T>): Promise<{ readonly done: T } | { readonly full: unknown }> {
  try {
    return { done: await work() };
  } catch (error) {
    if (!saysNoRoom(error)) throw error;
    return { full: error };
  }
}
