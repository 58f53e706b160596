import type { Plan } from './interleaving.js';
import type { Outcome } from './outcomes.js';
import type { Spread } from './statistics.js';

/** What `reports/benchmarks.json` holds. */
export interface BenchReport {
  readonly schema: 1;
  /** Then there were fewer blocks than a verdict needs. */
  readonly quick: boolean;
  readonly began: string;
  readonly duration_ms: number;
  readonly subjects: readonly string[];
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  readonly outcomes: readonly Outcome[];
  readonly curves: readonly Curve[];
  readonly experiments: readonly Experiment[];
  readonly skipped: readonly { readonly id: string; readonly title: string; readonly because: string }[];
  /** What each store syncs when it acknowledges a put, by its system calls. */
  readonly stores: readonly SyncedStore[];
}

export interface Machine {
  readonly system: string;
  readonly processor: string;
  readonly cores: number;
  readonly memory_bytes: number;
  /** How many processes wanted a core in the minute before. */
  readonly load: number;
  readonly file_system: string;
  readonly node: string;
  readonly openssl: string;
}

export interface Curve {
  readonly id: string;
  readonly chart: string;
  readonly name: string;
  /** What there is more of from point to point. */
  readonly x: string;
  readonly points: readonly { readonly n: number; readonly ms: number; readonly low: number; readonly high: number }[];
}

export interface Experiment {
  readonly id: string;
  readonly subject: string;
  readonly title: string;
  readonly how: string;
  readonly plan?: Pick<Plan, 'blocks' | 'passes' | 'operations'>;
  readonly duration_ms: number;
  readonly sides: readonly { readonly name: string; readonly ms_per_operation: Spread }[];
}

export interface SyncedStore {
  /** What its sides are called. */
  readonly key: string;
  readonly name: string;
  readonly settings: string;
  readonly durable: 'full' | 'no directory' | 'none';
  /** Of one put, where this run counted them; else what is said of it was found before. */
  readonly counts?: { readonly writes: number; readonly syncs: number; readonly directory_syncs: number };
}
