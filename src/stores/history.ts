import { isDeepStrictEqual } from 'node:util';
import { refusal } from '../core/errors.js';
import type { CollectionName, CollectionRecords, Versioned } from '../core/generation.js';
import { compareUtf8 } from '../core/ids.js';

/** Whoever made a change. */
export interface Author {
  readonly pid: number;
  readonly host: string;
  readonly command: string;
}

/** Whether what was stored says who made a change. */
export function isAuthor(value: unknown): value is Author {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, host, command } = value as Readonly<Record<string, unknown>>;
  return typeof pid === 'number' && typeof host === 'string' && typeof command === 'string';
}

/** CAT-HIS-3602: who changed what, when, why and because of what. */
export interface HistoryEntry {
  readonly revision: number;
  readonly event_id: string;
  /** ISO 8601, UTC, with milliseconds. */
  readonly at: string;
  readonly collection: CollectionName;
  readonly id: string;
  readonly change: 'added' | 'changed' | 'removed';
  readonly by: Author;
  /** What was asked of the catalog. */
  readonly operation?: string;
  readonly reason?: string;
  /** The event that led to this one, and one id for all that a call did. */
  readonly because_of?: string;
  readonly part_of: string;
  /** Each member that is another one than before. */
  readonly members: readonly MemberChange[];
}

/** A member of a record before and after a change; without one of the two it was not there. */
export interface MemberChange {
  readonly member: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** What a record was and what it is, at two moments. */
export interface Difference {
  readonly collection: CollectionName;
  readonly id: string;
  readonly change: 'added' | 'changed' | 'removed';
  readonly members: readonly MemberChange[];
}

/** A moment of a catalog: a revision, or a time (ISO 8601, or a date). */
export type Moment = number | string | Date;

/** The records of a moment. */
export interface PastState {
  readonly models: readonly Versioned<CollectionRecords['models']>[];
  readonly engines: readonly Versioned<CollectionRecords['engines']>[];
}

/** Which part of a history is told. */
export interface HistoryOptions {
  /** Of one id alone. */
  readonly id?: string | undefined;
  /** After this revision. */
  readonly after?: number | undefined;
  /** At most so many: the first of them. */
  readonly limit?: number | undefined;
  /** No more than the newest so many. */
  readonly newest?: number | undefined;
}

/** What a store has that claims a history (CAT-HIS-3602). */
export interface KeepsHistory {
  /** Who changed what, in the order of revisions; those of one id, or of all. */
  history(options?: HistoryOptions): AsyncIterable<HistoryEntry>;
  /** All records as they were at a moment; `HistoryRewound` for a revision that is not there yet, `Compacted` for one that is kept no more. */
  at(moment: Moment): Promise<PastState>;
  /** What became of each record from one moment to another; to now unless told. */
  diff(before: Moment, after?: Moment): Promise<readonly Difference[]>;
}

/** The collections that have a history. */
export const collections: readonly CollectionName[] = ['models', 'engines'];

/** What became of each record between two states. */
export function differences(before: PastState, after: PastState): readonly Difference[] {
  return collections.flatMap((collection) => differencesIn(collection, before[collection], after[collection]));
}

function differencesIn(
  collection: CollectionName,
  before: readonly Versioned<{ id: string }>[],
  after: readonly Versioned<{ id: string }>[],
): readonly Difference[] {
  const [was, is] = [before, after].map((all) => new Map(all.map(({ record }) => [record.id, record])));
  const ids = [...new Set([...(was?.keys() ?? []), ...(is?.keys() ?? [])])].sort(compareUtf8);
  return ids.flatMap((id): Difference[] => {
    const [old, now] = [was?.get(id), is?.get(id)];
    const members = memberChanges(old, now);
    return members.length === 0 ? [] : [{ collection, id, change: kindOf(old, now), members }];
  });
}

/** A moment as what it is: a revision, or a time in milliseconds; anything else is `InvalidArgument`. */
export function checkedMoment(moment: Moment): { readonly revision: number } | { readonly ms: number } {
  if (typeof moment === 'number') {
    if (!Number.isSafeInteger(moment) || moment < 0) throw notAMoment(moment);
    return { revision: moment };
  }
  const ms = new Date(moment).getTime();
  if (!Number.isFinite(ms)) throw notAMoment(moment);
  return { ms };
}

/** Refuses a revision that is not there yet. */
export function checkThere(revision: number, newest: number): void {
  if (revision > newest)
    throw refusal('HistoryRewound', `there is no revision ${revision} yet; the newest is ${newest}`, { after: revision, newest });
}

function notAMoment(moment: unknown): Error {
  return refusal('InvalidArgument', `a moment is a revision or a time as 2026-05-01T12:00:00Z, not ${JSON.stringify(moment)}`);
}

export function kindOf(before: unknown, after: unknown): Difference['change'] {
  if (before === undefined) return 'added';
  return after === undefined ? 'removed' : 'changed';
}

/** Each member that is another one than before. */
export function memberChanges(before: object | undefined, after: object | undefined): readonly MemberChange[] {
  // No member that every object inherits: a record may have one of any name.
  const [was, is] = [new Map<string, unknown>(Object.entries(before ?? {})), new Map<string, unknown>(Object.entries(after ?? {}))];
  const names = [...new Set([...was.keys(), ...is.keys()])].sort();
  return names
    .filter((member) => !isDeepStrictEqual(was.get(member), is.get(member)))
    .map((member) => ({
      member,
      ...(was.get(member) !== undefined && { before: was.get(member) }),
      ...(is.get(member) !== undefined && { after: is.get(member) }),
    }));
}
