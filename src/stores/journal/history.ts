import type { CollectionName, CollectionRecords, Versioned } from '../../core/generation.js';
import { compareUtf8 } from '../../core/ids.js';
import type { DiskProgram } from '../../disk/program.js';
import type { EventIndex } from '../../journal/event-index.js';
import type { FoundEvent } from '../../journal/stored-event.js';
import {
  checkedMoment,
  checkThere,
  collections,
  type HistoryEntry,
  type HistoryOptions,
  kindOf,
  type Moment,
  memberChanges,
  type PastState,
} from '../history.js';
import { entityOf, isOf } from './entities.js';
import type { OpenRecords } from './open-records.js';
import { changeIn, versionedIn } from './record-events.js';

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
  const wanted = checkedMoment(moment);
  if ('ms' in wanted) return ({ wallMs }, sequence) => wallMs <= wanted.ms && sequence <= newest;
  checkThere(wanted.revision, newest);
  return (_, sequence) => sequence <= wanted.revision;
}
