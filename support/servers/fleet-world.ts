import { randomBytes } from 'node:crypto';
import { AfterAll } from '@cucumber/cucumber';
import type { StoreVerdict } from '../../src/conformance/index.js';
import { Watcher } from '../../src/conformance/watcher.js';
import type { Versioned } from '../../src/core/generation.js';
import type { ModelEntry } from '../../src/core/records.js';
import type { FleetLease, FleetStore } from '../../src/stores/fleet-store.js';
import type { HistoryEntry } from '../../src/stores/history.js';
import type { CatalogWorld } from '../world.js';
import { Between } from './between.js';
import type { FleetEngine, FleetOptions } from './engine.js';
import { engineNamed } from './engines.js';
import { NoServer, type Server } from './server.js';

/** What the steps of a scenario share that has a catalog of a fleet. */
export interface FleetWorld extends CatalogWorld {
  engine: FleetEngine;
  server: Server;
  /** Where the catalog of the scenario is on its server. */
  place: string;
  store: FleetStore;
  between: Between;
  /** A handle whose connections go through there. */
  far: FleetStore;
  watchers: Watcher[];
  puts: Versioned<ModelEntry>[];
  asked: Promise<unknown>[];
  lease: FleetLease;
  leases: FleetLease[];
  verdict: StoreVerdict;
  /** How many there were before. */
  connections: number;
  codes: readonly string[];
}

/** Nothing is late on a server of this machine; a scenario that waits so long has failed. */
export const patienceMs = 30_000;

const servers = new Map<string, Promise<Server>>();

/** The scenario has a catalog of its own on the one server of the run, or on one of its own. Tells why where there is none. */
export async function fleetOn(world: FleetWorld, name: string, own?: Readonly<Record<string, string>>): Promise<'skipped' | undefined> {
  try {
    world.engine = engineNamed(name);
    world.server = await (own === undefined ? sharedServer(name) : world.engine.begin(own));
  } catch (error) {
    if (!(error instanceof NoServer)) throw error;
    world.log(error.message);
    return 'skipped';
  }
  if (own !== undefined) world.onEnd(() => world.server.stop());
  world.place = `scenario_${randomBytes(8).toString('hex')}`;
  Object.assign(world, { watchers: [], puts: [], asked: [], leases: [] });
  return undefined;
}

/** A handle of its own, closed when the scenario ends. */
export async function openFleet(world: FleetWorld, options: FleetOptions & { readonly url?: string } = {}): Promise<FleetStore> {
  const { url = world.server.url, ...more } = options;
  const store = await world.engine.open(url, world.place, more);
  world.onEnd(() => store.close());
  return store;
}

/** Opens the handle whose connections can be cut. */
export async function openFar(world: FleetWorld, options: FleetOptions = {}): Promise<FleetStore> {
  if (world.between === undefined) {
    world.between = await Between.before(world.server.port);
    world.onEnd(() => world.between.close());
  }
  world.far = await openFleet(world, { ...options, url: world.between.through(world.server.url) });
  return world.far;
}

/** Somebody who watches the models; what he is told is known when he is asked. */
export function watching(world: FleetWorld, store: FleetStore, after?: number): Watcher {
  const watcher = new Watcher(store.models, patienceMs, after);
  world.watchers.push(watcher);
  world.onEnd(() => watcher.stop().catch(() => {}));
  return watcher;
}

export async function historyOf(store: FleetStore): Promise<HistoryEntry[]> {
  const entries: HistoryEntry[] = [];
  for await (const entry of store.history()) entries.push(entry);
  return entries;
}

function sharedServer(name: string): Promise<Server> {
  const known = servers.get(name) ?? engineNamed(name).begin();
  servers.set(name, known);
  return known;
}

AfterAll(async () => {
  for (const server of servers.values()) await server.then((one) => one.stop()).catch(() => {});
});
