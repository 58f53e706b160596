import { CatalogError, isCatalogError, refusal } from '../../core/errors.js';
import type { FleetCollectionName, Versioned } from '../../core/generation.js';
import type { ChangeNote, Collection } from '../catalog-store.js';
import type { FleetStore } from '../fleet-store.js';
import type { PastState } from '../history.js';
import { type CopyPlan, inGroups, isSame, type KnownCopy, type Lacking } from './fleet-plan.js';
import { collections } from './records.js';

/** What became of a record that the fleet had not. */
export interface Copied extends KnownCopy {
  /** Whether it was put by us, and not by who copies the same at the same time. */
  readonly isOurs: boolean;
}

/** The records of a fleet; of each collection those of one moment. */
export async function recordsOfFleet({ models, engines }: FleetStore): Promise<PastState> {
  return { models: await models.list(), engines: await engines.list() };
}

/** Puts what a fleet has not, one group after the other; what was asked for is over when it is told that one could not be put. */
export async function copyInto(fleet: FleetStore, lacking: readonly Lacking[], note: ChangeNote): Promise<readonly Copied[]> {
  const copied: Copied[] = [];
  for (const group of inGroups(lacking, fleet.changesInOrder)) {
    const ends = await Promise.allSettled(group.map((one) => put(fleet, one, note)));
    for (const end of ends) {
      if (end.status === 'rejected') throw end.reason;
      copied.push(end.value);
    }
  }
  return copied;
}

async function put(fleet: FleetStore, { collection, record }: Lacking, note: ChangeNote): Promise<Copied> {
  const into = fleet[collection] as Collection<{ id: string }>;
  try {
    const { revision } = await into.put(record, { ifRevision: 'absent', note });
    return { collection, id: record.id, revision, isOurs: true };
  } catch (error) {
    if (!isCatalogError(error, 'RevisionConflict')) throw error;
    // Another may copy the same at the same time.
    const found = await into.get(record.id);
    if (found === undefined || !isSame(found.record, record)) throw error;
    return { collection, id: record.id, revision: found.revision, isOurs: false };
  }
}

/**
 * CAT-HIS-3604: what is read back is what was to be copied, member for member, and what was put came in its order; else `IoError`.
 * `RevisionConflict` where somebody has changed it since.
 */
export function checkCopied(
  source: PastState,
  found: PastState,
  { known, copied }: Pick<CopyPlan, 'known'> & { copied: readonly Copied[] },
): void {
  const revisions = new Map([...known, ...copied].map((one) => [keyOf(one), one.revision]));
  for (const collection of collections) {
    const there = new Map<string, Versioned<{ id: string }>>(found[collection].map((one) => [one.record.id, one]));
    for (const { record } of source[collection]) {
      const revision = revisions.get(keyOf({ collection, id: record.id }));
      checkOne({ collection, record, revision }, there.get(record.id));
    }
  }
  const ours = copied.filter(({ isOurs }) => isOurs);
  const early = ours.find(({ revision }, place) => revision <= (ours[place - 1]?.revision ?? 0));
  if (early !== undefined)
    throw notAsCopied(early.collection, early.id, `revision ${early.revision} is not after that of the one before it`);
}

interface Wanted {
  readonly collection: FleetCollectionName;
  readonly record: { readonly id: string };
  /** At which it was put, or was there. */
  readonly revision: number | undefined;
}

function checkOne({ collection, record, revision }: Wanted, found: Versioned<{ readonly id: string }> | undefined): void {
  if (found === undefined) throw notAsCopied(collection, record.id, `it was there at revision ${revision}, and is not there now`);
  if (isSame(record, found.record)) return;
  if (found.revision === revision) throw notAsCopied(collection, record.id, 'it is another record');
  const message = `${JSON.stringify(record.id)} was changed in the fleet after it was copied: it is at ${found.revision}, not at ${revision}`;
  throw refusal('RevisionConflict', message, { id: record.id, expected: revision, actual: found.revision });
}

function notAsCopied(collection: FleetCollectionName, id: string, reason: string): CatalogError {
  return new CatalogError('IoError', `what was copied is not what was read: ${collection}, ${JSON.stringify(id)}: ${reason}`, { id });
}

const keyOf = ({ collection, id }: { readonly collection: FleetCollectionName; readonly id: string }): string => `${collection} ${id}`;
