import { canonicalJson } from '../../core/canonical-json.js';
import { type CatalogError, refusal } from '../../core/errors.js';
import { type CollectionName, nameTaken, type Versioned } from '../../core/generation.js';
import { collisionKey } from '../../core/ids.js';
import type { PastState } from '../history.js';
import { textOf } from '../stored-text.js';
import { byRevision, collections } from './records.js';

/** All records of a machine at one moment. */
export interface MachineRecords extends PastState {
  /** Whether the revisions of both collections are one sequence, as those of a journal are. */
  readonly isOneSequence: boolean;
}

/** A record that the fleet has not. */
export interface Lacking {
  readonly collection: CollectionName;
  readonly record: { readonly id: string };
  /** As text. */
  readonly bytes: number;
}

/** A record that the fleet has, and since which of its revisions. */
export interface KnownCopy {
  readonly collection: CollectionName;
  readonly id: string;
  readonly revision: number;
}

export interface CopyPlan {
  /** What is to be put, in this order. */
  readonly lacking: readonly Lacking[];
  /** What is there already, and the same. */
  readonly known: readonly KnownCopy[];
}

/**
 * CAT-HIS-3604: what a fleet lacks of the records of a machine, in the order of their revisions. What is there and the same was copied
 * before. Refused is what could not be put, before anything is: `AlreadyExists` where another record has an id, or one that cannot be told from
 * it, and `EntryTooLarge`.
 */
export function planned(source: MachineRecords, there: PastState, maxEntryBytes = Number.POSITIVE_INFINITY): CopyPlan {
  const names = { models: byName(there.models), engines: byName(there.engines) };
  const plan = { lacking: [] as Lacking[], known: [] as KnownCopy[] };
  for (const { collection, record } of inOrder(source)) {
    const bytes = Buffer.byteLength(textOf(record, maxEntryBytes));
    const stored = names[collection].get(collisionKey(record.id));
    if (stored === undefined) plan.lacking.push({ collection, record, bytes });
    else if (isSame(record, stored.record)) plan.known.push({ collection, id: record.id, revision: stored.revision });
    else throw isAnother(collection, record, stored.record);
  }
  return plan;
}

const groupBytes = 8 * 1024 * 1024;

/** In their order, as many together as may be asked for at once: of one collection each, and not too many bytes. */
export function inGroups(all: readonly Lacking[], atOnce: number): readonly (readonly Lacking[])[] {
  const groups: Lacking[][] = [];
  let bytes = 0;
  for (const one of all) {
    const group = groups.at(-1);
    bytes += one.bytes;
    if (group !== undefined && group.length < atOnce && group[0]?.collection === one.collection && bytes <= groupBytes) group.push(one);
    else [bytes] = [one.bytes, groups.push([one])];
  }
  return groups;
}

/** Whether two records have the same members. */
export function isSame(one: { readonly id: string }, other: { readonly id: string }): boolean {
  return canonicalJson(one) === canonicalJson(other);
}

/** Models first where the revisions of the two collections tell nothing of each other. */
function inOrder(source: MachineRecords): readonly Omit<Lacking, 'bytes'>[] {
  const each = collections.map((collection) =>
    byRevision<{ id: string }>(source[collection]).map(({ record, revision }) => ({ record: { collection, record }, revision })),
  );
  const all = source.isOneSequence ? byRevision(each.flat()) : each.flat();
  return all.map(({ record }) => record);
}

function byName(all: readonly Versioned<{ readonly id: string }>[]): ReadonlyMap<string, Versioned<{ readonly id: string }>> {
  return new Map(all.map((one) => [collisionKey(one.record.id), one]));
}

function isAnother(collection: CollectionName, { id }: { readonly id: string }, stored: { readonly id: string }): CatalogError {
  if (stored.id !== id) return nameTaken(id, stored);
  return refusal('AlreadyExists', `the fleet has another record of ${JSON.stringify(id)} in its ${collection}; nothing was copied`, { id });
}
