import { compare, satisfies, valid, validRange } from 'semver';
import type { Change } from './core/changes.js';
import type { Versioned } from './core/generation.js';
import type { EngineEntry } from './core/records.js';
import type { ChangeNote, Collection, DeleteOptions, PutOptions } from './stores/catalog-store.js';

export interface EngineQuery {
  engine?: string;
  /** An exact version, or a range as npm has them (`^1.2.0`, `>=1 <3`). */
  version?: string;
}

/** The engines of a store, which can also be looked for (CAT-ENG-2402). */
export class EngineCollection implements Collection<EngineEntry> {
  readonly #engines: Collection<EngineEntry>;
  readonly #noteOf: (operation: string) => ChangeNote | undefined;

  constructor(engines: Collection<EngineEntry>, noteOf: (operation: string) => ChangeNote | undefined = () => undefined) {
    this.#engines = engines;
    this.#noteOf = noteOf;
  }

  get(id: string): Promise<Versioned<EngineEntry> | undefined> {
    return this.#engines.get(id);
  }

  put(record: EngineEntry, options: PutOptions = {}): Promise<Versioned<EngineEntry>> {
    return this.#engines.put(record, { note: this.#noteOf('engine add'), ...options });
  }

  delete(id: string, options: DeleteOptions = {}): Promise<boolean> {
    return this.#engines.delete(id, { note: this.#noteOf('engine rm'), ...options });
  }

  list(): Promise<Versioned<EngineEntry>[]> {
    return this.#engines.list();
  }

  watch(options?: { after?: number; signal?: AbortSignal }): AsyncIterable<Change<EngineEntry>> {
    return this.#engines.watch(options);
  }

  /** Those of an engine and a version, exact or a range, newest first. */
  async find(query: EngineQuery): Promise<EngineEntry[]> {
    const all = await this.#engines.list();
    return all
      .map(({ record }) => record)
      .filter((record) => query.engine === undefined || record.engine === query.engine)
      .filter((record) => query.version === undefined || isVersion(record.version, query.version))
      .sort(newestFirst);
  }
}

function isVersion(version: string, wanted: string): boolean {
  if (version === wanted) return true;
  return valid(version) !== null && validRange(wanted) !== null && satisfies(version, wanted, { includePrerelease: true });
}

/** By version those whose versions can be compared, after them the others; and each of these by when they were made. */
function newestFirst(a: EngineEntry, b: EngineEntry): number {
  const [isComparable, isOtherComparable] = [valid(a.version) !== null, valid(b.version) !== null];
  if (isComparable !== isOtherComparable) return isComparable ? -1 : 1;
  const byVersion = isComparable ? compare(b.version, a.version) : 0;
  return byVersion !== 0 ? byVersion : b.created_ms - a.created_ms;
}
