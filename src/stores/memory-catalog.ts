import type { Change } from '../core/changes.js';
import { refusal } from '../core/errors.js';
import {
  afterMutations,
  checkExpectedRevision,
  checkedRecord,
  emptyGeneration,
  type FleetCollectionName,
  type FleetRecords,
  find,
  type Generation,
  type Mutation,
  records,
  type Verdict,
  type Versioned,
} from '../core/generation.js';
import type { CatalogStore, Collection, DeleteOptions, PutOptions, StoreClaims } from './catalog-store.js';
import { checkUnfenced } from './unfenced.js';
import { type WatchOptions, watchGenerations } from './watch-generations.js';

/** As many as a root keeps by default: a watcher that was away may begin after any of them. */
const keptGenerations = 8;

/** A catalog that lives as long as its process: the same rules as every other store, without a disk. For tests and trials. */
export class MemoryCatalog implements CatalogStore {
  readonly name = 'memory';
  readonly claims: StoreClaims = {
    durable: 'none',
    multiProcess: false,
    watch: 'latest',
    history: false,
    gapless: true,
    levels: ['core', 'history'],
  };
  readonly models = new MemoryCollection('models');
  readonly engines = new MemoryCollection('engines');

  static async open(): Promise<MemoryCatalog> {
    return new MemoryCatalog();
  }

  async close(): Promise<void> {
    this.models.close();
    this.engines.close();
  }
}

export class MemoryCollection<C extends FleetCollectionName> implements Collection<FleetRecords[C]> {
  readonly #collection: C;
  #generation: Generation<FleetRecords[C]>;
  #kept: readonly Generation<FleetRecords[C]>[] = [];
  #closed = false;
  readonly #waiting: (() => void)[] = [];

  constructor(collection: C) {
    this.#collection = collection;
    this.#generation = emptyGeneration(collection, '');
  }

  async get(id: string): Promise<Versioned<FleetRecords[C]> | undefined> {
    this.#checkOpen();
    return find(this.#generation, id);
  }

  async list(): Promise<Versioned<FleetRecords[C]>[]> {
    this.#checkOpen();
    return records(this.#generation);
  }

  async put(record: FleetRecords[C], options: PutOptions = {}): Promise<Versioned<FleetRecords[C]>> {
    checkExpectedRevision(options.ifRevision);
    checkUnfenced(options);
    const checked = checkedRecord(this.#collection, record);
    const verdict = this.#apply({ type: 'put', record: checked, ifRevision: options.ifRevision });
    if (verdict.kind !== 'put') throw new Error(`a put ended as ${verdict.kind}`);
    return verdict.versioned;
  }

  async delete(id: string, options: DeleteOptions = {}): Promise<boolean> {
    checkExpectedRevision(options.ifRevision);
    checkUnfenced(options);
    const verdict = this.#apply({ type: 'delete', id, ifRevision: options.ifRevision });
    return verdict.kind === 'deleted' && verdict.existed;
  }

  watch(options: WatchOptions = {}): AsyncIterable<Change<FleetRecords[C]>> {
    this.#checkOpen();
    options.signal?.addEventListener('abort', () => this.#wakeAll(), { once: true });
    return watchGenerations(
      {
        newest: async () => this.#generation,
        kept: async (revision) => this.#kept.find((generation) => generation.revision === revision),
        keptRevisions: async () => this.#kept.map(({ revision }) => revision).reverse(),
        change: (seen) => this.#changed(seen),
        isClosed: () => this.#closed,
      },
      options,
    );
  }

  close(): void {
    this.#closed = true;
    this.#wakeAll();
  }

  #changed(seen: number): Promise<void> {
    if (this.#generation.revision !== seen) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #wakeAll(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  #apply(mutation: Mutation<FleetRecords[C]>): Verdict<FleetRecords[C]> {
    this.#checkOpen();
    const { next, verdicts } = afterMutations(this.#generation, [mutation], '');
    const [verdict] = verdicts;
    if (verdict === undefined) throw new Error('one mutation has one verdict');
    if (verdict.kind === 'refused') throw verdict.error;
    if (next) this.#replace(next);
    return verdict;
  }

  #replace(next: Generation<FleetRecords[C]>): void {
    this.#kept = [this.#generation, ...this.#kept].slice(0, keptGenerations);
    this.#generation = next;
    this.#wakeAll();
  }

  #checkOpen(): void {
    if (this.#closed) throw refusal('Closed', 'this catalog was closed');
  }
}
