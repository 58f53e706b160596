import type { FateOf } from './contents.js';
import { directoriesOf, isCommitted, isJournaled, isTail, journalOf, pendingOf } from './journal.js';
import type { FileChange } from './nodes.js';
import type { Fate } from './profiles.js';
import type { Volume } from './volume.js';

/**
 * What becomes of each pending change, by its index; one that is not named is lost. `lost` and `kept` stand for all of them.
 * Where the profile keeps an order, what is kept keeps what it cannot be without. Plain data: printed with a failure, it brings the
 * same disk back.
 */
export type CrashChoice = 'lost' | 'kept' | Readonly<Record<number, Fate>>;

/** The fate of every pending change under a choice. */
export function fatesUnder(volume: Volume, choice: CrashChoice): FateOf {
  const { order } = volume.settings.profile;
  if (choice === 'kept') return () => 'kept';
  const named = choice === 'lost' ? {} : choice;
  switch (order) {
    case 'any-subset':
      return (index) => named[index] ?? 'lost';
    case 'prefix-per-directory':
      return keepingAlso(named, neededNames(volume, named));
    case 'one-journal':
      return keepingAlso(named, neededByJournal(volume, named));
  }
}

type Named = Readonly<Record<number, Fate>>;

const isKept = (named: Named, index: number): boolean => (named[index] ?? 'lost') !== 'lost';

function keepingAlso(named: Named, needed: ReadonlySet<number>): FateOf {
  return (index) => (needed.has(index) || isKept(named, index) ? 'kept' : 'lost');
}

/** From the newest name to the oldest: a directory that keeps one keeps all before it. */
function neededNames(volume: Volume, named: Named): ReadonlySet<number> {
  const needed = new Set<number>();
  const reached = new Set<number>();
  for (const change of volume.names.toReversed()) {
    const directories = directoriesOf(change);
    if (!isKept(named, change.index) && !directories.some((id) => reached.has(id))) continue;
    for (const id of directories) reached.add(id);
    needed.add(change.index);
  }
  return needed;
}

function neededByJournal(volume: Volume, named: Named): ReadonlySet<number> {
  const needed = new Set<number>();
  for (const node of volume.nodes.values()) for (const index of neededInNode(volume, pendingOf(node), named)) needed.add(index);
  const journal = journalOf(volume);
  const last = Math.max(-1, ...journal.filter((index) => isKept(named, index)), ...sizesAmong(volume, needed));
  for (const index of journal) if (index <= last) needed.add(index);
  return needed;
}

/** The tail of a file up to the last part of it that is kept, and what is committed. */
function neededInNode(volume: Volume, pending: readonly FileChange[], named: Named): number[] {
  const last = pending.findLastIndex((change) => isTail(volume, change) && isKept(named, change.index));
  return pending.filter((change, at) => isCommitted(change) || (at <= last && isTail(volume, change))).map(({ index }) => index);
}

/** A size that is kept was journaled after all that happened before it. */
function sizesAmong(volume: Volume, needed: ReadonlySet<number>): number[] {
  return [...volume.nodes.values()].flatMap((node) =>
    pendingOf(node)
      .filter((change) => change.type === 'size' && !isJournaled(volume, change) && needed.has(change.index))
      .map(({ index }) => index),
  );
}
