import type { Change } from './core/changes.js';
import { CatalogError, isCatalogError, refusal } from './core/errors.js';
import { afterChanges, afterList, type Followed, type FollowedCounts } from './core/following.js';
import { emptyGeneration, type FleetCollectionName, type FleetRecords, type Generation } from './core/generation.js';
import { newToken } from './disk/host.js';
import type { SyncSession } from './fleet-session.js';
import type { Collection } from './stores/catalog-store.js';
import { persistPart } from './stores/fleet-copy/write.js';
import type { FleetRevisions, FleetStore } from './stores/fleet-store.js';

/** What became of one collection of a copy. */
export interface FollowedPart<C extends FleetCollectionName> {
  readonly generation: Generation<FleetRecords[C]>;
  readonly counts: FollowedCounts;
  /** Whether it was taken as a whole. */
  readonly isAnew: boolean;
}

const nothing: FollowedCounts = { added: 0, changed: 0, removed: 0 };

/**
 * CAT-FLT-7010: brings one collection of the copy to where the fleet is: all changes since, in one publication, or the whole, where there
 * is no copy, or a damaged one, or the fleet keeps those changes no more. `HistoryRewound` where the fleet was further before.
 */
export async function followPart<C extends FleetCollectionName>(
  session: SyncSession,
  collection: C,
  at: FleetRevisions,
): Promise<FollowedPart<C>> {
  const base = await basePart(session, collection);
  // Who watches from the beginning is told what is there, and not by which revision he knows all of it.
  if (base === undefined || base.revision === 0 || session.isNew) return takeAnew(session, collection, base, at);
  if (base.revision > at.newest) throw rewound(session, base.revision, at.newest);
  if (base.revision >= at[collection]) return { generation: base, counts: nothing, isAnew: false };
  const changes = await changesUntil(session, collection, { after: base.revision, until: at[collection] });
  if (changes === undefined) return takeAnew(session, collection, base, at);
  const revision = Math.max(at.newest, changes.at(-1)?.revision ?? 0);
  const followed = afterChanges<C>(base, changes, { revision, commit: newToken(session.context.host) });
  return { ...(await published(session, collection, followed)), isAnew: false };
}

async function takeAnew<C extends FleetCollectionName>(
  session: SyncSession,
  collection: C,
  base: Generation<FleetRecords[C]> | undefined,
  at: FleetRevisions,
): Promise<FollowedPart<C>> {
  const { fleet, context } = session;
  const all = await collectionsOf(fleet)[collection].list();
  const commit = newToken(context.host);
  const followed = afterList<C>(base ?? emptyGeneration(collection, commit), all, { revision: at.newest, commit });
  return { ...(await published(session, collection, followed)), isAnew: true };
}

/** The name of a collection tells what its records are. */
const collectionsOf = (fleet: FleetStore): { readonly [C in FleetCollectionName]: Collection<FleetRecords[C]> } => fleet;

/** What is there of the copy; nothing where it cannot be trusted. */
async function basePart<C extends FleetCollectionName>(
  session: SyncSession,
  collection: C,
): Promise<Generation<FleetRecords[C]> | undefined> {
  const known: Generation<FleetRecords[C]> | undefined = session.parts[collection];
  if (known !== undefined) return known;
  try {
    return await session.context.fleet?.part(collection);
  } catch (error) {
    if (!isCatalogError(error, 'IndexCorrupt')) throw error;
    return undefined;
  }
}

/** All changes after a revision, in whole revisions, until one is reached; `undefined` where they are kept no more. */
async function changesUntil<C extends FleetCollectionName>(
  { fleet, options }: SyncSession,
  collection: C,
  { after, until }: { readonly after: number; readonly until: number },
): Promise<Change<FleetRecords[C]>[] | undefined> {
  const end = new AbortController();
  const signal = AbortSignal.any([end.signal, ...(options.signal ? [options.signal] : [])]);
  const changes: Change<FleetRecords[C]>[] = [];
  try {
    for await (const change of collectionsOf(fleet)[collection].watch({ after, signal })) {
      changes.push(change);
      if (change.last && change.revision >= until) return changes;
    }
  } catch (error) {
    if (!isCatalogError(error, 'Compacted')) throw error;
    return undefined;
  } finally {
    end.abort();
  }
  checkGoesOn(options.signal);
  throw refusal('Closed', 'the fleet was closed while it was followed');
}

/** What was published before stays. */
export function checkGoesOn(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new CatalogError('Aborted', 'the sync was interrupted', {}, signal.reason);
}

async function published<C extends FleetCollectionName>(session: SyncSession, collection: C, { next, counts }: Followed<FleetRecords[C]>) {
  const { context, origin, options } = session;
  checkGoesOn(options.signal);
  await context.artifacts.run(persistPart<C>(context.artifacts.root, origin.copy, next, context.host));
  Object.assign(session.parts, { [collection]: next });
  return { generation: next, counts };
}

function rewound({ origin }: SyncSession, seen: number, newest: number): Error {
  const message = `${origin.from} is at revision ${newest}; the copy has seen ${seen}`;
  return refusal('HistoryRewound', message, { after: seen, newest, needs: 'restart' });
}
