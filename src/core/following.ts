import type { Change } from './changes.js';
import {
  checkedRecord,
  type FleetCollectionName,
  type FleetRecords,
  type Generation,
  generationOf,
  records,
  type StoredRecord,
  stored,
  type Versioned,
} from './generation.js';
import { compareUtf8 } from './ids.js';

/** How many records came, became others, and went. */
export interface FollowedCounts {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
}

export interface Followed<R extends { id: string }> {
  readonly next: Generation<R>;
  readonly counts: FollowedCounts;
}

type Head = Pick<Generation<never>, 'revision' | 'commit'>;
type News = Pick<Change<unknown>, 'id' | 'record' | 'revision'>;

/** What a copy is after these changes, in their order, at the revision up to which they reach. */
export function afterChanges<C extends FleetCollectionName>(
  base: Generation<FleetRecords[C]>,
  changes: readonly News[],
  head: Head,
): Followed<FleetRecords[C]> {
  const newest = new Map(changes.map((change) => [change.id, change]));
  const news = [...newest.values()].sort((one, other) => compareUtf8(one.id, other.id));
  return merged<C>(base, news, head);
}

/** What a copy is that is taken anew, from all records that there are. */
export function afterList<C extends FleetCollectionName>(
  base: Generation<FleetRecords[C]>,
  all: readonly Versioned<FleetRecords[C]>[],
  head: Head,
): Followed<FleetRecords[C]> {
  const there = new Set(all.map(({ record }) => record.id));
  const gone = records(base).filter(({ record }) => !there.has(record.id));
  const news = [
    ...all.map(({ record, revision }): News => ({ id: record.id, record, revision })),
    ...gone.map(({ record, revision }): News => ({ id: record.id, record: undefined, revision })),
  ];
  // A list may be of a moment after the one that was asked for; what is told of that again changes nothing.
  const revision = all.reduce((most, one) => Math.max(most, one.revision), head.revision);
  return merged<C>(
    base,
    news.sort((one, other) => compareUtf8(one.id, other.id)),
    { ...head, revision },
  );
}

function merged<C extends FleetCollectionName>(
  base: Generation<FleetRecords[C]>,
  news: readonly News[],
  head: Head,
): Followed<FleetRecords[C]> {
  const all: StoredRecord<FleetRecords[C]>[] = [];
  const counts = { added: 0, changed: 0, removed: 0 };
  const rest = news[Symbol.iterator]();
  let next = rest.next();
  const take = (old: StoredRecord<FleetRecords[C]> | undefined, { record, revision }: News): void => {
    const now = record === undefined ? undefined : stored(checkedRecord(base.collection as C, record), revision);
    if (now !== undefined) all.push(now);
    if (old === undefined) counts.added += now === undefined ? 0 : 1;
    else if (now === undefined) counts.removed++;
    else if (now.line !== old.line) counts.changed++;
  };
  for (const old of base.blocks.flatMap((block) => block.records)) {
    const { id } = old.versioned.record;
    for (; !next.done && compareUtf8(next.value.id, id) < 0; next = rest.next()) take(undefined, next.value);
    if (next.done || next.value.id !== id) all.push(old);
    else {
      take(old, next.value);
      next = rest.next();
    }
  }
  for (; !next.done; next = rest.next()) take(undefined, next.value);
  return { next: generationOf({ collection: base.collection, recent: [], ...head }, all), counts };
}
