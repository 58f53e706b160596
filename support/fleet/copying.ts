import type { EngineEntry, ModelEntry } from '../../src/core/records.js';
import type { CatalogStore, Collection } from '../../src/stores/catalog-store.js';
import type { FleetStore } from '../../src/stores/fleet-store.js';
import { engineEntry, modelEntry } from '../model-entry.js';
import type { Shown } from '../moving.js';
import { MemoryFleet } from './memory-fleet.js';

/** Records in the order in which they came. */
export type Sequence = readonly { readonly id: string }[];

/** The order in which a fleet is to get what is here: that of a journal, or models first where each collection has its own. */
export function sequenceOf({ models, engines, revisions }: Shown, from: 'fs' | 'journal'): Sequence {
  const placed = Object.entries({ models, engines }).flatMap(([collection, all]) =>
    (all as Sequence).map((record) => ({ record, revision: revisions[`${collection} ${record.id}`] ?? 0 })),
  );
  if (from === 'journal') placed.sort((one, other) => one.revision - other.revision);
  return placed.map(({ record }) => record);
}

/** What a fleet has, by its revisions, but for what it had before. */
export async function copiedTo({ models, engines }: CatalogStore, before: readonly string[] = []): Promise<Sequence> {
  const all = [...(await models.list()), ...(await engines.list())].sort((one, other) => one.revision - other.revision);
  return all.map(({ record }) => record).filter(({ id }) => !before.includes(id));
}

/** Models and engines by turns, so that the order of the one is nothing without that of the other. */
export async function writeByTurns({ models, engines }: CatalogStore): Promise<void> {
  for (const id of ['d', 'b', 'c', 'a']) {
    await models.put(modelEntry(id));
    await engines.put(engineEntry(id));
  }
}

/** Tells of every put before it is made, counted from 0. */
export function beforeEachPut(fleet: FleetStore, heard: (nth: number) => void): void {
  let nth = 0;
  for (const collection of both(fleet)) {
    const put = collection.put.bind(collection);
    collection.put = (record, options) => {
      heard(nth++);
      return put(record, options);
    };
  }
}

/** Calls once, when a copy has looked at what is there for the first time, or for the second, when it reads back. */
export function beforeListing(fleet: FleetStore, nth: number, work: () => Promise<unknown>): void {
  const list = fleet.models.list.bind(fleet.models);
  let times = 0;
  fleet.models.list = async () => {
    if (++times === nth) await work();
    return list();
  };
}

/** A fleet that does not do what it says, or not alone. */
export const oddFleets: Readonly<Record<string, () => MemoryFleet>> = {
  'keeps another model "b" than it was given': () => {
    const fleet = new MemoryFleet();
    const put = fleet.models.put.bind(fleet.models);
    fleet.models.put = (record: ModelEntry, options) => put(record.id === 'b' ? { ...record, name: 'another' } : record, options);
    return fleet;
  },
  'loses the engine "e"': () => {
    const fleet = new MemoryFleet();
    const list = fleet.engines.list.bind(fleet.engines);
    fleet.engines.list = async () => (await list()).filter(({ record }: { record: EngineEntry }) => record.id !== 'e');
    return fleet;
  },
  'counts its revisions backwards': () => {
    const fleet = new MemoryFleet();
    for (const collection of both(fleet)) {
      const put = collection.put.bind(collection);
      collection.put = async (record, options) => ({ ...(await put(record, options)), revision: 100 - fleet.server.revision });
    }
    return fleet;
  },
  'is changed in the model "b" before it is read back': () => {
    const fleet = new MemoryFleet();
    beforeListing(fleet, 2, () => fleet.models.put(modelEntry('b', { name: 'changed' })));
    return fleet;
  },
};

function both({ models, engines }: FleetStore): readonly Collection<{ id: string }>[] {
  return [models, engines] as unknown as readonly Collection<{ id: string }>[];
}
