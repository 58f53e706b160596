import { join } from 'node:path';
import { After, setDefaultTimeout, setWorldConstructor, World } from '@cucumber/cucumber';
import { type DirectoryResult, dir } from 'tmp-promise';
import type { Catalog } from '../src/catalog.js';
import { CatalogError } from '../src/core/errors.js';
import { type OpenCatalogOptions, openCatalog } from '../src/open-catalog.js';
import type { CatalogStore } from '../src/stores/catalog-store.js';
import { FsCatalog, type FsCatalogOptions } from '../src/stores/fs/fs-catalog.js';
import { JournalCatalog } from '../src/stores/journal/journal-catalog.js';
import { MemoryCatalog } from '../src/stores/memory-catalog.js';

setDefaultTimeout(300_000);

export { engineEntry, modelEntry } from './model-entry.js';

/** What the steps of one scenario share. A refusal that no step has taken fails the scenario. */
export class CatalogWorld extends World {
  #place: DirectoryResult | undefined;
  #refusal: CatalogError | undefined;
  readonly #closers: (() => Promise<unknown>)[] = [];

  /** A folder of this scenario alone, removed when it ends. */
  async folder(): Promise<string> {
    this.#place ??= await dir({ unsafeCleanup: true, prefix: 'catalog-core-' });
    return this.#place.path;
  }

  /** Where this scenario's catalog lives; it need not be there yet. */
  async root(): Promise<string> {
    return join(await this.folder(), 'root');
  }

  /** A handle of its own on the scenario's root, closed when the scenario ends. */
  async openStore(options: Partial<FsCatalogOptions> = {}): Promise<FsCatalog> {
    const store = await FsCatalog.open({ root: await this.root(), ...options });
    this.onEnd(() => store.close());
    return store;
  }

  /** A store of this kind, on this machine where it needs a disk. */
  async openNamed(name: string): Promise<CatalogStore> {
    if (name === 'memory') return MemoryCatalog.open();
    if (name === 'fs') return this.openStore();
    const catalog = await JournalCatalog.open({ root: await this.root() });
    this.onEnd(() => catalog.close());
    return catalog;
  }

  /** A catalog over the scenario's root, closed when the scenario ends. */
  async openCatalog(options: OpenCatalogOptions = {}): Promise<Catalog> {
    const catalog = await openCatalog({ root: await this.root(), ...options });
    this.onEnd(() => catalog.close());
    return catalog;
  }

  onEnd(close: () => Promise<unknown>): void {
    this.#closers.push(close);
  }

  /** Tries something that may be refused; the refusal waits to be taken. */
  async attempt<T>(work: () => Promise<T> | T): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof CatalogError)) throw error;
      if (this.#refusal) throw new Error(`two refusals, the first was not taken: ${this.#refusal.message}`, { cause: error });
      this.#refusal = error;
      return undefined;
    }
  }

  takeRefusal(): CatalogError {
    const refusal = this.#refusal;
    if (!refusal) throw new Error('nothing was refused');
    this.#refusal = undefined;
    return refusal;
  }

  async end(): Promise<void> {
    for (const close of this.#closers.reverse()) await close();
    await this.#place?.cleanup();
    if (this.#refusal)
      throw new Error(`a refusal that no step expected: ${this.#refusal.code} ${this.#refusal.message}`, { cause: this.#refusal });
  }
}

setWorldConstructor(CatalogWorld);

After(async function (this: CatalogWorld) {
  await this.end();
});
