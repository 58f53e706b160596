import type { Digest } from './core/digest.js';
import type { Problem } from './core/problem.js';

/** What a collection may take, and for how long it works; by default what nothing has needed for an hour. */
export interface GcOptions {
  /** Tell what would go, and change nothing. */
  dryRun?: boolean | undefined;
  /** Stop cleanly after so many milliseconds, with a token to go on with. */
  maxMs?: number | undefined;
  /** Leave what is younger: an hour unless told. */
  graceMs?: number | undefined;
  /** Evict the least recently used models until they store not more than this (CAT-GC-2306). */
  maxBytes?: number | undefined;
  /** Evict models that were not used for so long. */
  olderThanMs?: number | undefined;
  /** Whether Active models are kept when models are evicted: they are unless this is false. */
  keepActive?: boolean | undefined;
  /** Empty `quarantine/` too. */
  quarantine?: boolean | undefined;
  /** The token of a collection that stopped. */
  resume?: string | undefined;
  /** Stop cleanly when it is aborted. */
  signal?: AbortSignal | undefined;
}

/** What goes, or would go: relative to the root. */
export interface PlannedRemoval {
  path: string;
  digest?: Digest;
  bytes: number;
  reason: string;
}

/** What a collection did, or would do in a dry run; where it is not `complete`, `resume` is the token to go on with. */
export interface GcReport {
  scanned: number;
  kept: number;
  removed: number;
  /** Of the blocks that were freed; in a dry run, that would be. */
  bytes_reclaimed: number;
  /** By how much the models that stay store more than `maxBytes`. */
  over_budget_bytes?: number;
  duration_ms: number;
  complete: boolean;
  dry_run: boolean;
  resume?: string;
  plan: PlannedRemoval[];
  errors: Problem[];
}
