import { refusal } from '../../core/errors.js';
import type { CollectionName, CollectionRecords, Versioned } from '../../core/generation.js';
import { compareUtf8 } from '../../core/ids.js';
import {
  checkedMoment,
  checkThere,
  collections,
  type HistoryEntry,
  type HistoryOptions,
  type Moment,
  memberChanges,
  type PastState,
} from '../history.js';
import { recordIn } from '../stored-text.js';
import type { EventLog, Extent } from './event-log.js';
import type { StoredEvent } from './events.js';

type Present = { readonly [C in CollectionName]: readonly Versioned<CollectionRecords[C]>[] };

/** CAT-HIS-3602: who changed what, in the order of revisions. What nodes hold has no history. */
export async function* entriesOf(log: EventLog, { id, after, limit, newest }: HistoryOptions): AsyncGenerator<HistoryEntry> {
  const extent = await log.extent();
  let left = limit ?? Number.POSITIVE_INFINITY;
  // What was compacted has no story any more.
  const from = Math.max(after ?? 0, extent.floor, newest === undefined ? 0 : await beforeNewest(log, extent, { id, newest }));
  for await (const { events } of log.after(from)) {
    const wanted = events.filter((event) => isHistory(event) && (id === undefined || event.id === id)).slice(0, left);
    yield* await entries(log, wanted);
    left -= wanted.length;
    if (left <= 0) return;
  }
}

/** All records as they were at a moment: those of now, and for what happened since what was there before the first of it. */
export async function stateAt(log: EventLog, moment: Moment, present: () => Promise<Present>): Promise<PastState> {
  const wanted = checkedMoment(moment);
  const extent = await log.extent();
  const revision = 'ms' in wanted ? await revisionAt(log, extent, wanted.ms) : wanted.revision;
  checkThere(revision, extent.newest);
  if (revision < extent.floor)
    throw refusal('Compacted', `how it was at revision ${revision} is kept no more`, { after: revision, floor: extent.floor });
  const now = await present();
  const firstAfter = new Map<string, StoredEvent>();
  for await (const { events } of log.after(revision))
    for (const event of events) if (!firstAfter.has(keyOf(event))) firstAfter.set(keyOf(event), event);
  return pastOf(log, { now, revision, firstAfter });
}

interface Since {
  readonly now: Present;
  readonly revision: number;
  /** Of each record that was changed since the revision the first event. */
  readonly firstAfter: ReadonlyMap<string, StoredEvent>;
}

async function pastOf(log: EventLog, { now, revision, firstAfter }: Since): Promise<PastState> {
  const references = [...firstAfter.values()].flatMap(({ previous }) => previous ?? []);
  const before = [...(await log.events(references)).values()];
  const inCollection = <C extends CollectionName>(collection: C): Versioned<CollectionRecords[C]>[] => {
    const unchanged = now[collection].filter(
      (one) => one.revision <= revision && !firstAfter.has(keyOf({ collection, id: one.record.id })),
    ) as Versioned<CollectionRecords[C]>[];
    const changed = before.filter((event) => event.collection === collection).flatMap((event) => versionedIn(collection, event) ?? []);
    return [...unchanged, ...changed].sort((a, b) => compareUtf8(a.record.id, b.record.id));
  };
  return { models: inCollection('models'), engines: inCollection('engines') };
}

/** The newest revision that somebody made at that time or before it, by the clock of whoever made it. */
async function revisionAt(log: EventLog, extent: Extent, ms: number): Promise<number> {
  for await (const events of log.before(extent)) {
    const found = events.find(({ at }) => Date.parse(at) <= ms);
    if (found !== undefined) return found.revision;
  }
  return 0;
}

/** After which revision the newest so-many entries begin. */
async function beforeNewest(log: EventLog, extent: Extent, { id, newest }: { id: string | undefined; newest: number }): Promise<number> {
  let left = newest;
  for await (const events of log.before(extent)) {
    for (const event of events) {
      if (!isHistory(event) || (id !== undefined && event.id !== id)) continue;
      if (left === 0) return event.revision;
      left--;
    }
  }
  return 0;
}

async function entries(log: EventLog, events: readonly StoredEvent[]): Promise<HistoryEntry[]> {
  const before = await log.events(events.flatMap(({ previous }) => previous ?? []));
  return events.map((event) => entryOf(event, event.previous === undefined ? undefined : before.get(event.previous)));
}

/** What an event tells of a record; `IndexCorrupt` for what no catalog wrote. */
export function entryOf(event: StoredEvent, before: StoredEvent | undefined): HistoryEntry {
  const { revision, eventId, at, id, change, by, operation, reason, because_of, part_of } = event;
  const collection = event.collection as CollectionName;
  return {
    ...{ revision, event_id: eventId, at, collection, id, change, by },
    ...(operation !== undefined && { operation }),
    ...(reason !== undefined && { reason }),
    ...(because_of !== undefined && { because_of }),
    part_of,
    members: memberChanges(before && versionedIn(collection, before)?.record, versionedIn(collection, event)?.record),
  };
}

function versionedIn<C extends CollectionName>(
  collection: C,
  { id, text, revision }: StoredEvent,
): Versioned<CollectionRecords[C]> | undefined {
  return text === undefined ? undefined : recordIn(collection, { id, text, revision });
}

function isHistory({ collection }: StoredEvent): boolean {
  return collections.some((one) => one === collection);
}

function keyOf({ collection, id }: Pick<StoredEvent, 'collection' | 'id'>): string {
  return `${collection}/${id}`;
}
