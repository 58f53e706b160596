import { optionsOf, type WatchOptions } from './catalog-options.js';
import type { Change } from './core/changes.js';
import type { Versioned } from './core/generation.js';
import { knownOnly, neededOnly } from './core/known-members.js';
import type { EngineEntry } from './core/records.js';
import type { ChangeNote, Collection, DeleteOptions, PutOptions } from './stores/catalog-store.js';

/** Which engines are meant, by name and version. */
export interface EngineQuery {
  engine?: string;
  /** An exact version, or a range as npm has them (`^1.2.0`, `>=1 <3`). */
  version?: string;
}

/** What a catalog has beside the engines of its store. */
interface EnginesBeside {
  /** Makes a change as an operation of the catalog, which is told of, with a note of what it is made for. */
  readonly change?: <T>(name: 'engine add' | 'engine rm', id: unknown, work: (note?: ChangeNote) => Promise<T>) => Promise<T>;
  /** Refuses an id that the fleet has (CAT-FLT-7010). */
  readonly refuseFleets?: (id: string) => Promise<void>;
}

/** The engines of a store, which can also be looked for (CAT-ENG-2402). */
export class EngineCollection implements Collection<EngineEntry> {
  readonly #engines: Collection<EngineEntry>;
  readonly #beside: EnginesBeside;

  constructor(engines: Collection<EngineEntry>, beside: EnginesBeside = {}) {
    this.#engines = engines;
    this.#beside = beside;
  }

  get(id: string): Promise<Versioned<EngineEntry> | undefined> {
    return this.#engines.get(id);
  }

  put(record: EngineEntry, options: PutOptions = {}): Promise<Versioned<EngineEntry>> {
    return this.#change('engine add', record?.id, async (note) => {
      await this.#checkOwn(record?.id);
      return this.#engines.put(record, { note, ...knownOnly('put', options, optionsOf.put) });
    });
  }

  delete(id: string, options: DeleteOptions = {}): Promise<boolean> {
    return this.#change('engine rm', id, async (note) => {
      await this.#checkOwn(id);
      return this.#engines.delete(id, { note, ...knownOnly('delete', options, optionsOf.delete) });
    });
  }

  list(): Promise<Versioned<EngineEntry>[]> {
    return this.#engines.list();
  }

  watch(options?: WatchOptions): AsyncIterable<Change<EngineEntry>> {
    return this.#engines.watch(knownOnly('watch', options, optionsOf.watch));
  }

  /** Those of an engine and a version, exact or a range, newest first. */
  async find(query: EngineQuery): Promise<EngineEntry[]> {
    neededOnly('find', query, optionsOf.find);
    const all = await this.#engines.list();
    const { isVersion, newestFirst } = await import('./engine-versions.js');
    return all
      .map(({ record }) => record)
      .filter((record) => query.engine === undefined || record.engine === query.engine)
      .filter((record) => query.version === undefined || isVersion(record.version, query.version))
      .sort(newestFirst);
  }

  #change<T>(name: 'engine add' | 'engine rm', id: unknown, work: (note?: ChangeNote) => Promise<T>): Promise<T> {
    return this.#beside.change === undefined ? work() : this.#beside.change(name, id, work);
  }

  /** CAT-FLT-7010: what only the fleet has is not changed here. */
  async #checkOwn(id: unknown): Promise<void> {
    if (typeof id !== 'string') return;
    try {
      await this.#beside.refuseFleets?.(id);
    } catch (error) {
      if ((await this.#engines.get(id)) === undefined) throw error;
    }
  }
}
