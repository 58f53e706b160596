import {
  type Catalog,
  CatalogError,
  type Fetcher,
  formatModelRef,
  type Lease,
  type LeaseOptions,
  type Located,
  type ModelEntry,
  type ModelRef,
  parseDigest,
  parseModelRef,
} from 'catalog-core';
import { type EventListener, teller } from './events.js';
import type { FetchOptions, HttpFetcher } from './http-fetcher.js';

/** The catalog that models are brought into, and what brings them. */
export interface ModelProvisionerOptions {
  readonly catalog: Catalog;
  /** Brings what is not there: an `HttpFetcher`, best with `downloads` inside the catalog's root, or one of your own. */
  readonly fetcher: Fetcher | HttpFetcher;
  readonly onEvent?: EventListener;
}

/** What a model must be, and under which id it is added where it is not there. */
export interface EnsureOptions extends Omit<FetchOptions, 'digest'> {
  /** What the content must be; other content is `DigestMismatch`. */
  readonly digest?: string;
  /** Under which id it is added; by default that of its file or its repository. */
  readonly id?: string;
  readonly name?: string;
  readonly labels?: Record<string, string>;
  /** Take a lease as well, before anybody could remove the model. */
  readonly lease?: LeaseOptions;
}

/** A model that is there. */
export interface ProvisionedModel extends Located {
  readonly entry: ModelEntry;
  /** Whether this call brought it; not where it was there, or another call brought it meanwhile. */
  readonly fetched: boolean;
  readonly lease?: Lease;
}

const known = ['digest', 'id', 'name', 'labels', 'lease', 'onProgress', 'signal'];

/** An option that nobody heeds is a mistake of the caller. */
function checkOptions(options: EnsureOptions): void {
  const isObject = typeof options === 'object' && options !== null && !Array.isArray(options);
  const [unknown] = isObject ? Object.keys(options).filter((name) => !known.includes(name)) : ['options'];
  if (unknown !== undefined)
    throw new CatalogError('InvalidArgument', `ensurePresent has no option ${JSON.stringify(unknown)}`, { argument: unknown });
}

/** How often a model may be removed by others between its coming and its lease. */
const mostTries = 3;

/** Sees to it that models are there (CAT-PRV-2501): looks first, fetches what is missing, once for all who ask at a time, and adds it. */
export class ModelProvisioner {
  readonly #catalog: Catalog;
  readonly #fetcher: Fetcher | HttpFetcher;
  readonly #tell: EventListener;

  constructor({ catalog, fetcher, onEvent }: ModelProvisionerOptions) {
    this.#catalog = catalog;
    this.#fetcher = fetcher;
    this.#tell = teller(onEvent);
  }

  /**
   * The model of a reference, found or brought: its bytes are durable and what they should be, and its record is made. Of many calls for
   * one reference, in any processes of this machine, one fetches. `DigestMismatch` for other content than was asked for; what the fetcher
   * and the catalog refuse is told as it is, and leaves nothing that can be seen.
   */
  async ensurePresent(ref: string | ModelRef, options: EnsureOptions = {}): Promise<ProvisionedModel> {
    checkOptions(options);
    const text = typeof ref === 'string' ? formatModelRef(parseModelRef(ref, { cwd: process.cwd() })) : formatModelRef(ref);
    for (let tries = 1; ; tries++) {
      const present = await this.#present(text, options);
      const lease = await this.#leased(present.id, options.lease, tries);
      if (lease !== 'gone') return { ...present, ...(lease && { lease }) };
    }
  }

  async #present(ref: string, options: EnsureOptions): Promise<ProvisionedModel> {
    const { signal } = options;
    return (
      (await this.#there(ref, options)) ??
      this.#catalog.singleFlight(`ensure ${ref}`, async () => (await this.#there(ref, options)) ?? this.#bring(ref, options), { signal })
    );
  }

  /** What is there, by its id, its reference or its digest, with all its files. */
  async #there(ref: string, { id, digest }: EnsureOptions): Promise<ProvisionedModel | undefined> {
    const located = (await this.#catalog.locate(id ?? ref)) ?? (id === undefined ? await this.#ofDigest(digest) : undefined);
    const entry = located && (await this.#catalog.get(located.id));
    if (located === undefined || entry === undefined || entry.state === 'Failed') return undefined;
    if (digest !== undefined) await this.#check(entry, digest);
    await this.#tidy(ref);
    this.#tell({ type: 'found', ref, id: located.id });
    return { ...located, entry, fetched: false };
  }

  /** A process may have died when the catalog had the model, and before its download was removed. */
  async #tidy(ref: string): Promise<void> {
    const fetcher = this.#fetcher;
    if (!('hasBegun' in fetcher) || !fetcher.hasBegun(ref)) return;
    await this.#catalog.singleFlight(`model ${ref}`, () => fetcher.discard(ref));
  }

  async #ofDigest(digest: string | undefined): Promise<Located | undefined> {
    const wanted = digest === undefined ? undefined : parseDigest(digest);
    if (wanted === undefined) return undefined;
    const same = (await this.#catalog.list()).filter((entry) => entry.digest === wanted && entry.state !== 'Failed');
    for (const { id } of same) {
      const located = await this.#catalog.locate(id);
      if (located !== undefined) return located;
    }
    return undefined;
  }

  /** A digest of another algorithm than the record's is compared with the bytes. */
  async #check(entry: ModelEntry, digest: string): Promise<void> {
    const expected = parseDigest(digest);
    const actual = entry.digest;
    if (actual === expected) return;
    const isSameAlgorithm = actual !== undefined && actual.split(':')[0] === expected.split(':')[0];
    const outcome = isSameAlgorithm ? undefined : await this.#catalog.verify(entry.id, { expected });
    if (outcome?.kind === 'pass') return;
    throw new CatalogError('DigestMismatch', `${entry.id} is there with ${actual}, not ${expected}`, { expected, actual, id: entry.id });
  }

  async #bring(ref: string, { lease, digest, ...options }: EnsureOptions): Promise<ProvisionedModel> {
    const fetcher: Fetcher = {
      fetch: (wanted, into, work) =>
        this.#fetcher.fetch(wanted, into, { ...work, ...(digest !== undefined && { digest }) } as FetchOptions),
    };
    const entry = await this.#catalog.add(ref, { ...options, ...(digest !== undefined && { digest }), fetcher });
    const located = await this.#catalog.locate(entry.id);
    if (located === undefined) throw new CatalogError('NotFound', `${entry.id} was removed as soon as it was there`, { id: entry.id });
    this.#tell({ type: 'added', ref, id: entry.id, digest: entry.digest });
    return { ...located, entry, fetched: true };
  }

  /** `gone` where it was removed before it could be leased: then it is to be brought again. */
  async #leased(id: string, options: LeaseOptions | undefined, tries: number): Promise<Lease | 'gone' | undefined> {
    if (options === undefined) return undefined;
    try {
      return await this.#catalog.lease(id, options);
    } catch (error) {
      if (!(error instanceof CatalogError) || error.code !== 'NotFound' || tries === mostTries) throw error;
      return 'gone';
    }
  }
}
