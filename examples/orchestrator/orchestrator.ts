import { type Catalog, CatalogError, FsCatalog, JournalCatalog, type Snapshot } from 'catalog-core';
import { KeptLease, type Term } from './kept-lease.js';

/** A model that is in use. */
export interface Running {
  stop(): Promise<void>;
}

export interface OrchestratorOptions extends Term {
  readonly catalog: Catalog;
  /** Whom others are told of who want to remove a model. */
  readonly holder: string;
  /** Makes a model usable: in real life, an engine that opens this path. */
  readonly load: (path: string) => Promise<Running>;
  readonly tell: (line: string) => void;
}

interface Known {
  readonly digest: string;
  /** Absent where it could not be loaded: that is not tried again with the same content. */
  readonly loaded?: { readonly lease: KeptLease; readonly running: Running };
}

/** Loads what is Active, holds it while it is loaded so that nobody removes it, and unloads what is not Active any more. */
export class Orchestrator {
  readonly #options: OrchestratorOptions;
  readonly #known = new Map<string, Known>();
  #lastTurn: Promise<unknown> = Promise.resolve();

  constructor(options: OrchestratorOptions) {
    this.#options = options;
  }

  /** Until the signal; then everything is unloaded. */
  async run(signal: AbortSignal): Promise<void> {
    try {
      while (!signal.aborted) await this.#follow(signal);
    } finally {
      for (const id of [...this.#known.keys()]) await this.#inTurn(() => this.#unload(id));
    }
  }

  /** Everything that is there, and then what becomes of it; comes back where changes were missed, to be called again. */
  async #follow(signal: AbortSignal): Promise<void> {
    const { catalog, tell } = this.#options;
    const { models, revision } = await snapshotOf(catalog);
    // Before the models are loaded, which changes their records: only the last generations are kept, and a watch keeps where it begins.
    const changes = catalog.watch({ after: revision.models, signal });
    // What is loaded may be gone, where this is not the first time.
    const ids = new Set([...this.#known.keys(), ...models.map(({ record }) => record.id)]);
    for (const id of ids) if (!signal.aborted) await this.#inTurn(() => this.#look(id));
    tell('following');
    try {
      for await (const { id } of changes) await this.#inTurn(() => this.#look(id));
    } catch (error) {
      if (!wereMissed(error)) throw error;
    }
  }

  /** Brings about what the catalog says now. What was told may be old news, or our own: to lease a model changes its record. */
  async #look(id: string): Promise<void> {
    const entry = await this.#options.catalog.get(id);
    const wanted = entry?.state === 'Active' ? entry.digest : undefined;
    if (this.#known.get(id)?.digest === wanted) return;
    await this.#unload(id);
    if (wanted !== undefined) await this.#load(id, wanted);
  }

  /** The lease comes first: what is leased stays where it is. What stands in the way of one model is told, and stops no other. */
  async #load(id: string, digest: string): Promise<void> {
    const { catalog, holder, ttlMs, load, tell } = this.#options;
    let lease: KeptLease | undefined;
    try {
      const taken = await catalog.lease(id, { holder, ttlMs });
      lease = new KeptLease(taken, this.#options, () => void this.#inTurn(() => this.#loadAnew(id)));
      const running = await load(await catalog.modelPath(id));
      this.#known.set(id, { digest, loaded: { lease, running } });
      tell(`loaded ${id}`);
    } catch (error) {
      await lease?.release();
      this.#known.set(id, { digest });
      tell(`could not load ${id}: ${error instanceof Error ? error.message : error}`);
    }
  }

  /** Without its lease a model may have been removed or replaced: it is loaded anew, if it is there. */
  async #loadAnew(id: string): Promise<void> {
    await this.#unload(id);
    await this.#look(id);
  }

  async #unload(id: string): Promise<void> {
    const loaded = this.#known.get(id)?.loaded;
    this.#known.delete(id);
    if (loaded === undefined) return;
    await loaded.running.stop();
    await loaded.lease.release();
    this.#options.tell(`unloaded ${id}`);
  }

  /** One thing at a time: a lease may be lost while a change is looked at. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#lastTurn.then(work);
    this.#lastTurn = done.catch(() => {});
    return done;
  }
}

/** All there is, and as of which revision: `catalog.list()` does not tell that, and a watch is to begin there. */
function snapshotOf({ store }: Catalog): Promise<Snapshot> {
  if (store instanceof FsCatalog || store instanceof JournalCatalog) return store.snapshot();
  throw new Error(`the ${store.name} store gives no snapshots; a catalog on this machine does`);
}

/** Whether changes came of which nobody can be told any more. */
function wereMissed(error: unknown): boolean {
  return error instanceof CatalogError && (error.code === 'Compacted' || error.code === 'HistoryRewound');
}
