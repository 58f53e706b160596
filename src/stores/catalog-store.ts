import type { Change } from '../core/changes.js';
import type { Versioned } from '../core/generation.js';
import type { EngineEntry, ModelEntry } from '../core/records.js';

/** What a change is made for (CAT-HIS-3602); stores without a history take no notice of it. */
export interface ChangeNote {
  /** What was asked of the catalog: `add`, `verify`, … */
  readonly operation: string;
  /** One for all changes that a call makes: a UUID. */
  readonly operation_id: string;
  /** In the words of whoever asked. */
  readonly reason?: string;
}

/** The lease that its maker has when a change is made. */
export interface LeaseFence {
  readonly name: string;
  readonly epoch: number;
}

/** A condition of a put, and what its history is to tell; `absent` for a record that may not be there yet. */
export interface PutOptions {
  ifRevision?: number | 'absent' | undefined;
  note?: ChangeNote | undefined;
  /** CAT-FLT-7007, for stores with leases: refused with `Fenced` where the lease is over or somebody else's; elsewhere `Unsupported`. */
  fence?: LeaseFence | undefined;
}

/** A condition of a deletion, and what its history is to tell. */
export interface DeleteOptions {
  ifRevision?: number | undefined;
  note?: ChangeNote | undefined;
  fence?: LeaseFence | undefined;
}

/** CAT-IDX-1101. Checks the form of records and the collision of ids; the other rules are the catalog's. */
export interface Collection<R extends { id: string }> {
  /** The record of that id; `undefined` when there is none. */
  get(id: string): Promise<Versioned<R> | undefined>;
  /** Resolves when the record is durable. `RevisionConflict` when the stored one is not at `ifRevision`; then nothing is written. */
  put(record: R, options?: PutOptions): Promise<Versioned<R>>;
  /** Whether there was one; a missing one with `ifRevision` is `RevisionConflict`. */
  delete(id: string, options?: DeleteOptions): Promise<boolean>;
  /** All records, by the UTF-8 bytes of their ids. Records are frozen: change a copy. */
  list(): Promise<Versioned<R>[]>;
  /** Changes as they come, in whole revisions; with `after`, those after a revision that was seen, 0 for all there is (CAT-IDX-1119). */
  watch(options?: { after?: number; signal?: AbortSignal }): AsyncIterable<Change<R>>;
}

/** What a store says it can do, and is held to by the conformance kit. */
export interface StoreClaims {
  durable: 'full' | 'weak' | 'none';
  multiProcess: boolean;
  watch: 'every' | 'latest' | 'none';
  history: boolean;
  gapless: boolean;
  maxEntryBytes?: number;
  levels: ('core' | 'crash' | 'concurrency' | 'history')[];
}

/** What keeps the records of a catalog. The conformance kit puts any such store to the test. */
export interface CatalogStore {
  readonly name: string;
  readonly claims: StoreClaims;
  readonly models: Collection<ModelEntry>;
  readonly engines: Collection<EngineEntry>;
  close(): Promise<void>;
}

/** One revision of both collections as a whole; stays as it is while writers go on. */
export interface Snapshot {
  models: Versioned<ModelEntry>[];
  engines: Versioned<EngineEntry>[];
  revision: { models: number; engines: number };
  /** False only where the disk refused to say that no power cut can take this back. */
  durable: boolean;
  close(): void;
}
