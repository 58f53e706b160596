import type { Disk } from '../disk/program.js';
import type { CatalogStore, StoreClaims } from '../stores/catalog-store.js';

export const levels = ['core', 'crash', 'concurrency', 'history'] as const;
/** What a case is about, and which claims it belongs to. */
export type Level = (typeof levels)[number];

/** Where a store is to be, and what it is given to work with. */
export interface CreateContext {
  /** A directory that is this store's alone. It is not there yet, or holds what the same store left. */
  readonly location: string;
  /** The disk to use, for a store that works with disks of this package: it can be held, killed and cut off at every step. */
  readonly disk?: Disk;
  /** Aborted when nobody needs the store any more. */
  readonly signal: AbortSignal;
  /** Called by a store at each of its `points`: there its process may be held or killed before the call comes back. */
  readonly at?: (point: string) => void;
}

/** What a third party's module exports by default (CAT-CNF-5201). */
export interface ConformanceModule {
  readonly name: string;
  /** What the store promises; what it does not claim it must refuse with `Unsupported` (CAT-CNF-5202). */
  readonly claims: StoreClaims;
  /** Gives the store at a location, as a handle of its own. */
  create(context: CreateContext): Promise<CatalogStore>;
  /** Another handle on what is there already; by default `create`. */
  reopen?(context: CreateContext): Promise<CatalogStore>;
  /** The file, as a path or a URL, that exports this module by default: for processes of their own. Levels crash and concurrency need it. */
  readonly actor?: string;
  /** The names that the store calls `at` with, where it does not use the disk that it is given. */
  readonly points?: readonly string[];
}
