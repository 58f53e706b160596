import { type CatalogError, refusal } from './core/errors.js';
import type { FleetOrigin } from './core/fleet-origin.js';
import { type FleetCollectionName, type FleetRecords, find, records, type Versioned } from './core/generation.js';
import type { Collection } from './stores/catalog-store.js';
import type { FleetCopy } from './stores/fleet-copy/fleet-copy.js';

/** A node's last copy of its fleet, to read: it answers without the fleet, as of the last `sync`. */
export class FleetView {
  readonly models: Collection<FleetRecords['models']>;
  readonly engines: Collection<FleetRecords['engines']>;
  /** Which node holds which content. */
  readonly holdings: Collection<FleetRecords['holdings']>;
  readonly #copy: FleetCopy | undefined;

  constructor(copy: FleetCopy | undefined) {
    this.#copy = copy;
    this.models = new CopiedCollection(copy, 'models');
    this.engines = new CopiedCollection(copy, 'engines');
    this.holdings = new CopiedCollection(copy, 'holdings');
  }

  /** Where the copy comes from, and as whom this node is known there; `undefined` before the first `sync`. */
  async origin(): Promise<Pick<FleetOrigin, 'from' | 'lineage' | 'node'> | undefined> {
    const found = await this.#copy?.origin();
    return found && { from: found.from, lineage: found.lineage, node: found.node };
  }
}

class CopiedCollection<C extends FleetCollectionName> implements Collection<FleetRecords[C]> {
  readonly #copy: FleetCopy | undefined;
  readonly #name: C;

  constructor(copy: FleetCopy | undefined, name: C) {
    this.#copy = copy;
    this.#name = name;
  }

  async get(id: string): Promise<Versioned<FleetRecords[C]> | undefined> {
    const part = await this.#copy?.part(this.#name);
    return part && find(part, id);
  }

  async list(): Promise<Versioned<FleetRecords[C]>[]> {
    const part = await this.#copy?.part(this.#name);
    return part === undefined ? [] : records(part);
  }

  async put({ id }: FleetRecords[C]): Promise<Versioned<FleetRecords[C]>> {
    throw fleetsOwn(id, await this.#from());
  }

  async delete(id: string): Promise<boolean> {
    throw fleetsOwn(id, await this.#from());
  }

  watch(): AsyncIterable<never> {
    throw refusal('Unsupported', 'a copy of a fleet cannot be watched; watch the fleet itself', { needs: 'fleet' });
  }

  async #from(): Promise<string | undefined> {
    return (await this.#copy?.origin())?.from;
  }
}

/** CAT-FLT-7010: nobody changes a record of the fleet but the fleet. */
export function fleetsOwn(id: string, from: string | undefined): CatalogError {
  return refusal(
    'Unsupported',
    `${JSON.stringify(id)} belongs to the fleet${from === undefined ? '' : ` in ${from}`}; it is not changed here`,
    {
      id,
      from,
      needs: 'fleet',
    },
  );
}

/** Refuses to change what the machine has no record of and the fleet has; any other missing id is none of its business. */
export async function refuseFleets(copy: FleetCopy | undefined, collection: 'models' | 'engines', id: string): Promise<void> {
  const part = await copy?.part(collection);
  if (part !== undefined && find(part, id) !== undefined) throw fleetsOwn(id, (await copy?.origin())?.from);
}
