import { isDeepStrictEqual } from 'node:util';
import { refusal } from '../../core/errors.js';
import type { CollectionName, CollectionRecords, Versioned } from '../../core/generation.js';
import { compareUtf8 } from '../../core/ids.js';
import type { DiskProgram } from '../../disk/program.js';
import type { EventIndex } from '../../journal/event-index.js';
import type { FoundEvent } from '../../journal/event-record.js';
import { entityOf, isOf } from './entities.js';
import type { OpenRecords } from './open-records.js';
import { type Author, changeIn, versionedIn } from './record-events.js';

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

const collections: readonly CollectionName[] = ['models', 'engines'];

/** The next entries after a revision, and how far was looked. */
export function* entriesAfter(
  records: OpenRecords,
  { id, after = 0, limit = Number.POSITIVE_INFINITY }: Omit<HistoryOptions, 'newest'>,
): DiskProgram<{ readonly entries: readonly HistoryEntry[]; readonly position: number; readonly isEnd: boolean }> {
  const durable = yield* records.makeDurable();
  const entries: HistoryEntry[] = [];
  let position = after;
  while (entries.length < limit) {
    const sequence = records.index.nextFrom(position + 1);
    if (sequence === undefined || sequence > durable) return { entries, position, isEnd: true };
    position = sequence;
    const event = yield* records.eventAt(sequence, { ahead: true });
    const collection = event && collectionOf(event);
    // What was dropped has no story any more (CAT-JRN-3502).
    if (event === undefined || event.dropped !== undefined || collection === undefined) continue;
    if (id !== undefined && event.coordinate.entity !== entityOf(collection, id)) continue;
    entries.push(yield* entryOf(records, { collection, event, sequence }));
  }
  return { entries, position, isEnd: false };
}

/** After which revision the newest so-many entries begin; 0 where there are not as many. */
export function* beforeNewest(
  records: OpenRecords,
  { id, limit }: { readonly id: string | undefined; readonly limit: number },
): DiskProgram<number> {
  const durable = yield* records.makeDurable();
  if (limit === 0) return durable;
  const entities = id === undefined ? undefined : collections.map((collection) => entityOf(collection, id));
  let left = limit;
  for (const sequence of newestFirst(records.index, entities)) {
    if (sequence > durable) continue;
    const event = yield* records.eventAt(sequence);
    if (event === undefined || collectionOf(event) === undefined) continue;
    left--;
    if (left === 0) return sequence - 1;
  }
  return 0;
}

/** The sequences of some entities, or all there are. */
function* newestFirst(index: EventIndex, entities: readonly string[] | undefined): Generator<number> {
  if (entities === undefined) {
    for (let sequence = index.last; sequence > 0; sequence--) yield sequence;
    return;
  }
  const ends = entities.map((entity) => index.entityEnd(entity)?.sequence ?? 0);
  for (let newest = Math.max(...ends); newest > 0; newest = Math.max(...ends)) {
    yield newest;
    ends[ends.indexOf(newest)] = index.previousOf(newest) ?? 0;
  }
}

/** CAT-HIS-3602: all records as they were at a moment. */
export function* stateAt(records: OpenRecords, moment: Moment): DiskProgram<PastState> {
  const durable = yield* records.makeDurable();
  const isBefore = momentOf(moment, Math.min(durable, records.index.last));
  const found: { models: Versioned<CollectionRecords['models']>[]; engines: Versioned<CollectionRecords['engines']>[] } = {
    models: [],
    engines: [],
  };
  for (const entity of records.index.entitiesFrom(0)) {
    const collection = collections.find((one) => isOf(one, entity));
    if (collection === undefined) continue;
    const at = yield* lastBefore(records, entity, isBefore);
    if (at === undefined) continue;
    const versioned = versionedIn(changeIn(collection, at.event), at.sequence);
    if (versioned !== undefined) (found[collection] as Versioned<{ id: string }>[]).push(versioned);
  }
  for (const collection of collections) found[collection].sort((a, b) => compareUtf8(a.record.id, b.record.id));
  return found;
}

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

interface Placed {
  readonly collection: CollectionName;
  readonly event: FoundEvent;
  readonly sequence: number;
}

function* entryOf(records: OpenRecords, { collection, event, sequence }: Placed): DiskProgram<HistoryEntry> {
  const { id, record, by, operation, reason } = changeIn(collection, event);
  const before = yield* recordBefore(records, collection, sequence);
  return {
    revision: sequence,
    event_id: event.id,
    at: new Date(event.wallMs).toISOString(),
    collection,
    id,
    change: kindOf(before, record),
    by,
    ...(operation !== undefined && { operation }),
    ...(reason !== undefined && { reason }),
    ...(event.causation !== undefined && { because_of: event.causation }),
    part_of: event.correlation,
    members: memberChanges(before, record),
  };
}

function* recordBefore(records: OpenRecords, collection: CollectionName, sequence: number): DiskProgram<{ id: string } | undefined> {
  for (let at = records.index.previousOf(sequence); at !== undefined; at = records.index.previousOf(at)) {
    const event = yield* records.eventAt(at);
    if (event?.dropped !== undefined) return undefined;
    if (event !== undefined) return changeIn(collection, event).record;
  }
  return undefined;
}

function* lastBefore(
  records: OpenRecords,
  entity: string,
  isBefore: (event: FoundEvent, sequence: number) => boolean,
): DiskProgram<{ readonly event: FoundEvent; readonly sequence: number } | undefined> {
  let sequence = records.index.entityEnd(entity)?.sequence;
  for (; sequence !== undefined; sequence = records.index.previousOf(sequence)) {
    const event = yield* records.eventAt(sequence);
    if (event !== undefined && isBefore(event, sequence)) return { event, sequence };
  }
  return undefined;
}

function collectionOf({ coordinate: { entity } }: FoundEvent): CollectionName | undefined {
  return collections.find((collection) => isOf(collection, entity));
}

function momentOf(moment: Moment, newest: number): (event: FoundEvent, sequence: number) => boolean {
  if (typeof moment === 'number') {
    if (!Number.isSafeInteger(moment) || moment < 0) throw notAMoment(moment);
    if (moment > newest)
      throw refusal('HistoryRewound', `there is no revision ${moment} yet; the newest is ${newest}`, { after: moment, newest });
    return (_, sequence) => sequence <= moment;
  }
  const ms = new Date(moment).getTime();
  if (!Number.isFinite(ms)) throw notAMoment(moment);
  return ({ wallMs }, sequence) => wallMs <= ms && sequence <= newest;
}

function notAMoment(moment: unknown): Error {
  return refusal('InvalidArgument', `a moment is a revision or a time as 2026-05-01T12:00:00Z, not ${JSON.stringify(moment)}`);
}

function kindOf(before: unknown, after: unknown): Difference['change'] {
  if (before === undefined) return 'added';
  return after === undefined ? 'removed' : 'changed';
}

function memberChanges(before: object | undefined, after: object | undefined): readonly MemberChange[] {
  const [was, is] = [before ?? {}, after ?? {}] as [Record<string, unknown>, Record<string, unknown>];
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])].sort();
  return names
    .filter((member) => !isDeepStrictEqual(was[member], is[member]))
    .map((member) => ({
      member,
      ...(was[member] !== undefined && { before: was[member] }),
      ...(is[member] !== undefined && { after: is[member] }),
    }));
}
