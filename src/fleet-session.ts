import type { CatalogContext } from './catalog-context.js';
import { isCatalogError, refusal } from './core/errors.js';
import type { FleetOrigin } from './core/fleet-origin.js';
import { shownFleetUrl } from './core/fleet-url.js';
import type { FleetCollectionName, FleetRecords, Generation } from './core/generation.js';
import { checkNode } from './core/holding.js';
import { newToken } from './disk/host.js';
import { acquireLock, releaseLock } from './disk/lock.js';
import { openFleet } from './open-fleet.js';
import { syncLock } from './stores/fleet-copy/place.js';
import { readOrigin } from './stores/fleet-copy/read.js';
import { makeFleetFolder, sweepCopies } from './stores/fleet-copy/write.js';
import { type FleetStore, isFleetStore } from './stores/fleet-store.js';

/** Which fleet is followed, as which node, and whether it is told what the machine holds. */
export interface SyncOptions {
  /** The fleet: its URL, or a store that is open and stays so. By default the one that was followed before. */
  from?: string | FleetStore | undefined;
  /** The name under which this node announces; by default the one that it had before, at first the name of the machine. */
  node?: string | undefined;
  /** Whether the fleet is told what this node holds; unless told otherwise, it is. */
  announce?: boolean | undefined;
  /** Take another history, or another fleet, in place of the one that was copied. */
  restart?: boolean | undefined;
  /** Announce under the name of a node that was another machine, and is no more. */
  takeOver?: boolean | undefined;
  /** How long another sync of this root is waited for; not at all unless told. */
  lockTimeoutMs?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** What a sync works with as long as it holds the lock of the copy. */
export interface SyncSession {
  readonly context: CatalogContext;
  readonly fleet: FleetStore;
  readonly options: SyncOptions;
  readonly origin: FleetOrigin;
  /** What the disk says of the origin. */
  known: FleetOrigin | undefined;
  /** Whether each part is to be taken as a whole; the copy counts when all are there. */
  isNew: boolean;
  /** Up to which revision of the fleet all is in the copy. */
  reached: number;
  /** What was read or written of the copy so far. */
  readonly parts: { [C in FleetCollectionName]?: Generation<FleetRecords[C]> };
  close(): Promise<void>;
}

/** Opens the fleet, and the copy for nobody else to write: another sync of this root is `Busy`. */
export async function openSession(context: CatalogContext, options: SyncOptions): Promise<SyncSession> {
  const { artifacts, host } = context;
  await prepareFolder(context);
  const lock = await artifacts.run(acquireLock(syncLock(artifacts.root), { timeoutMs: options.lockTimeoutMs ?? 0, host }));
  const release = () => artifacts.run(releaseLock(lock, host));
  try {
    const known = await knownOrigin(context, options);
    await artifacts.run(sweepCopies(artifacts.root, known?.copy));
    const { fleet, from, close } = await openedFleet(options.from ?? known?.from);
    try {
      const origin = originOf(context, { lineage: fleet.lineage, from, known, options });
      const isNew = origin.copy !== known?.copy;
      return { context, fleet, options, origin, known, isNew, reached: 0, parts: {}, close: () => close().finally(release) };
    } catch (error) {
      await close();
      throw error;
    }
  } catch (error) {
    await release();
    throw error;
  }
}

async function prepareFolder({ artifacts, store, readOnly, prepare }: CatalogContext): Promise<void> {
  if (readOnly) throw refusal('ReadOnly', `the catalog in ${artifacts.root} was opened read-only`);
  if (isFleetStore(store)) throw refusal('Unsupported', 'a node follows a fleet with a store of its own machine', { needs: 'own store' });
  await prepare();
  await artifacts.run(makeFleetFolder(artifacts.root));
}

/** Whoever says which fleet he means needs nothing of an origin that is damaged. */
async function knownOrigin({ artifacts }: CatalogContext, { from }: SyncOptions): Promise<FleetOrigin | undefined> {
  try {
    return (await artifacts.run(readOrigin(artifacts.root)))?.value;
  } catch (error) {
    if (from === undefined || !isCatalogError(error, 'IndexCorrupt')) throw error;
    return undefined;
  }
}

interface OpenedFleet {
  readonly fleet: FleetStore;
  readonly from: string;
  readonly close: () => Promise<void>;
}

async function openedFleet(asked: string | FleetStore | undefined): Promise<OpenedFleet> {
  if (asked === undefined) throw refusal('InvalidArgument', 'this node follows no fleet yet; say which', { argument: 'from' });
  if (typeof asked !== 'string') return { fleet: asked, from: asked.name, close: async () => {} };
  const fleet = await openFleet(asked);
  return { fleet, from: shownFleetUrl(asked), close: () => fleet.close() };
}

interface Found {
  readonly from: string;
  readonly lineage: string;
  readonly known: FleetOrigin | undefined;
  readonly options: SyncOptions;
}

function originOf({ host }: CatalogContext, { from, lineage, known, options }: Found): FleetOrigin {
  const node = checkNode(options.node ?? known?.node ?? host.identity.host);
  if (known === undefined) return { from, lineage, node, instance: newToken(host), copy: newToken(host) };
  if (options.restart) return { from, lineage, node, instance: known.instance, copy: newToken(host) };
  if (known.lineage !== lineage) throw otherFleet(known, { from, lineage });
  return { ...known, from, node };
}

/** Revisions of another history are no cursor, and what it has not would stay here for ever. */
function otherFleet(known: FleetOrigin, found: Pick<FleetOrigin, 'from' | 'lineage'>): Error {
  const details = { expected: known.lineage, found: found.lineage, needs: 'restart' };
  if (known.from === found.from)
    return refusal('HistoryRewound', `${found.from} has another history than the one that was copied`, details);
  return refusal('StoreMismatch', `the copy is of the fleet in ${known.from}; ${found.from} is another`, details);
}
