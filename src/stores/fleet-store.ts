import type { FleetCollectionName } from '../core/generation.js';
import type { Holding } from '../core/holding.js';
import type { CatalogStore, Collection } from './catalog-store.js';
import type { KeepsHistory } from './history.js';

/** What the catalog of a fleet has. */
export const fleetCollections: readonly FleetCollectionName[] = ['models', 'engines', 'holdings'];

/** Somebody has something of the fleet for himself, until then (CAT-FLT-7007). */
export interface FleetLease {
  readonly name: string;
  readonly holder: string;
  /** Greater than that of every earlier holder: who is told a greater one need not listen to a smaller. */
  readonly epoch: number;
  /** By the clock of the server: ISO 8601, UTC, milliseconds. Nothing is decided by it elsewhere. */
  readonly expires_at: string;
}

/** Leases by the clock of the server. */
export interface FleetLeases {
  /** Takes a lease that nobody has, or that was over; `InUse` with `holder`, `epoch` and `expires_at` while somebody has it. Its own holder gets it again with the next epoch. */
  acquire(name: string, options: { holder: string; ttlMs: number }): Promise<FleetLease>;
  /** So long from now; `Fenced` where it was over or somebody else has it. */
  renew(lease: FleetLease, ttlMs: number): Promise<FleetLease>;
  /** Ends it; once is enough, and one that is over is no error. */
  release(lease: FleetLease): Promise<void>;
  /** Who has it; `undefined` where nobody does. */
  holder(name: string): Promise<FleetLease | undefined>;
}

/** How far a fleet has come. Revisions are counted once for all its collections: a watch may begin after any of them. */
export interface FleetRevisions extends Readonly<Record<FleetCollectionName, number>> {
  /** The newest of all. */
  readonly newest: number;
}

/** The catalog of a fleet on a server: what a store of one machine has, and what its nodes hold. */
export interface FleetStore extends CatalogStore, KeepsHistory {
  /** Of this history of this catalog: another one after the server was made anew, or went back. */
  readonly lineage: string;
  /** CAT-FLT-7010: which node has which content; each node writes its own. They have no history. */
  readonly holdings: Collection<Holding>;
  readonly leases: FleetLeases;
  /** So many changes that are asked for at once are made in the order in which they were asked for; of more than these, in any. */
  readonly changesInOrder: number;
  /**
   * At one moment: the newest revision, and that of the last change of each collection, deletions included; the floor, where that change is
   * kept no more, and 0 where there was none. Whoever watches a collection has been told all once he was told that.
   */
  revisions(): Promise<FleetRevisions>;
}

/** Whether a store is the catalog of a fleet. */
export function isFleetStore(store: CatalogStore): store is FleetStore {
  return 'holdings' in store && 'leases' in store && 'lineage' in store;
}
