import type { AddOptions } from './add-model.js';
import type { AdoptOptions } from './adopt-models.js';
import type { LongWork } from './artifacts/hash-file.js';
import type { MembersOf } from './core/known-members.js';
import type { ModelFilter } from './core/query.js';
import type { DedupeOptions } from './dedupe.js';
import type { EngineQuery } from './engine-collection.js';
import type { EvictOptions } from './evict-model.js';
import type { SyncOptions } from './fleet-session.js';
import type { GcOptions } from './gc-report.js';
import type { DeleteOptions, PutOptions } from './stores/catalog-store.js';
import type { DoctorOptions } from './stores/fs/examine.js';
import type { RepairOptions } from './stores/fs/fs-catalog.js';
import type { VerifyAllOptions } from './verify-all.js';
import type { VerifyOptions } from './verify-model.js';

/** A model whose bytes are not there yet: where they will come from, and what they must be where that is known. */
export interface RegisterRequest {
  id: string;
  /** Where the model comes from; credentials in it are taken out before anything is kept. */
  source: string;
  name?: string | undefined;
  /** What its content must be. */
  digest?: string | { algo: string; value: string } | undefined;
  ref?: string | undefined;
  labels?: Record<string, string> | undefined;
}

/** Which models are listed; with `fleet` those of the copy of the fleet too. */
export interface ListOptions extends ModelFilter {
  /** Also those that only the fleet has, as it was copied (CAT-FLT-7010). */
  fleet?: boolean;
}

/** Whether asking for a path counts as a use. */
export interface PathOptions {
  /** Note that it was used. */
  touch?: boolean;
}

/** Whether a model may become Active although nobody verified it. */
export interface StateOptions {
  /** Active although nobody verified it, which shows as `warned` (CAT-REC-1005). */
  allowUnverified?: boolean;
}

/** Who takes a lease, and for how many milliseconds. */
export interface LeaseOptions {
  holder: string;
  ttlMs: number;
}

/** What may end the waiting for work that others share. */
export interface FlightOptions {
  /** Ends the waiting; work that has begun ends itself. */
  signal?: AbortSignal | undefined;
}

export interface WatchOptions {
  after?: number;
  signal?: AbortSignal;
}

const longWork = { onProgress: true, signal: true } satisfies MembersOf<LongWork>;

/** What the methods of a catalog heed. */
export const optionsOf = {
  register: { id: true, source: true, name: true, digest: true, ref: true, labels: true } satisfies MembersOf<RegisterRequest>,
  add: {
    ...longWork,
    ...{ id: true, name: true, digest: true, labels: true, mode: true, replace: true, fetcher: true },
  } satisfies MembersOf<AddOptions>,
  list: { state: true, trust_state: true, id: true, name: true, label: true, fleet: true } satisfies MembersOf<ListOptions>,
  sync: {
    ...{ from: true, node: true, announce: true, restart: true, takeOver: true, lockTimeoutMs: true, signal: true },
  } satisfies MembersOf<SyncOptions>,
  singleFlight: { signal: true } satisfies MembersOf<FlightOptions>,
  modelPath: { touch: true } satisfies MembersOf<PathOptions>,
  setState: { allowUnverified: true } satisfies MembersOf<StateOptions>,
  verify: { ...longWork, path: true, expected: true, quick: true } satisfies MembersOf<VerifyOptions>,
  verifyAll: { ...longWork, quick: true, resume: true, onOutcome: true } satisfies MembersOf<VerifyAllOptions>,
  evict: { force: true, dryRun: true } satisfies MembersOf<EvictOptions>,
  gc: {
    ...{ dryRun: true, maxMs: true, graceMs: true, maxBytes: true, olderThanMs: true, keepActive: true },
    ...{ quarantine: true, resume: true, signal: true },
  } satisfies MembersOf<GcOptions>,
  lease: { holder: true, ttlMs: true } satisfies MembersOf<LeaseOptions>,
  adopt: { ...longWork, path: true, dryRun: true } satisfies MembersOf<AdoptOptions>,
  dedupe: { ...longWork, dryRun: true } satisfies MembersOf<DedupeOptions>,
  watch: { after: true, signal: true } satisfies MembersOf<WatchOptions>,
  doctor: { tryDisk: true } satisfies MembersOf<DoctorOptions>,
  repair: { from: true, breakLock: true } satisfies MembersOf<RepairOptions>,
  find: { engine: true, version: true } satisfies MembersOf<EngineQuery>,
  put: { ifRevision: true, note: true, fence: true } satisfies MembersOf<PutOptions>,
  delete: { ifRevision: true, note: true, fence: true } satisfies MembersOf<DeleteOptions>,
};
