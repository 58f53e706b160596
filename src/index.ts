import { createRequire } from 'node:module';
import type * as Catalogs from './catalog.js';
import type * as Digests from './core/digest.js';
import type * as References from './core/model-ref.js';
import type * as Migration from './migrate.js';
import type * as Observing from './observe/subscribing.js';
import type * as Opening from './open-catalog.js';
import type * as Probes from './platform/probe.js';
import type * as FsCatalogs from './stores/fs/fs-catalog.js';
import type * as JournalCatalogs from './stores/journal/journal-catalog.js';
import type * as Policies from './stores/journal/policy.js';
import type * as MemoryCatalogs from './stores/memory-catalog.js';
import type * as Verification from './verify-model.js';

export type { AddOptions } from './add-model.js';
export type { AdoptedTool } from './adopt/found.js';
export type { AdoptOptions, AdoptReport } from './adopt-models.js';
export type { LongWork, Progress } from './artifacts/hash-file.js';
export type { PartialWork } from './artifacts/partials.js';
export type { FlightOptions, LeaseOptions, ListOptions, PathOptions, RegisterRequest, StateOptions } from './catalog-options.js';
export type { Change } from './core/changes.js';
export type { Digest } from './core/digest.js';
export { CatalogError, type ErrorCode, type ErrorDetails, exitCodes } from './core/errors.js';
export type { Finding } from './core/findings.js';
export type { Versioned } from './core/generation.js';
export type { Probed } from './core/headers/probe.js';
export type { Holding } from './core/holding.js';
export type { Keeper } from './core/keepers.js';
export type {
  Ability,
  HostEvidence,
  PathStatus,
  PlatformAdmission,
  PlatformEvidence,
  PlatformFacts,
  PlatformSummary,
  StorePathEvidence,
} from './core/platform.js';
export type { Problem } from './core/problem.js';
export type { ModelFilter } from './core/query.js';
export type { ArtifactFile, EngineEntry, LifecycleState, ModelEntry, ModelMetadata, StorageMode, TrustState } from './core/records.js';
export type { FailureReason, VerificationOutcome } from './core/verification.js';
export type { Correlation } from './correlate.js';
export type { DedupeOptions, DedupeReport } from './dedupe.js';
export type { Clock, Random } from './disk/host.js';
export type { Drift, DriftReason } from './drift.js';
export type { EngineCollection, EngineQuery } from './engine-collection.js';
export type { EvictOptions, EvictReport } from './evict-model.js';
export { type Fetched, type Fetcher, FileFetcher } from './fetch/fetcher.js';
export type { FlightWork } from './fetch/single-flight.js';
export type { CatalogEntry } from './fleet-entries.js';
export type { SyncOptions } from './fleet-session.js';
export type { FleetView } from './fleet-view.js';
export type { GcOptions, GcReport, PlannedRemoval } from './gc-report.js';
export type { Lease } from './lease-model.js';
export type { ModelLease } from './leases-of.js';
export type { Located } from './locate-model.js';
export type { MigrateOptions, MigrateReport } from './migrate.js';
export type { Facts, OperationEvent, OperationKind, VerificationEvent } from './observe/channels.js';
export type { Logger } from './observe/logger.js';
export type { OpenCatalogOptions } from './open-catalog.js';
export type { PlatformReport } from './platform/platform.js';
export type { PlatformProbe, ProbedPlace } from './platform/probe.js';
export type { ProbeReport } from './probe-model.js';
export type { CatalogStore, ChangeNote, Collection, DeleteOptions, PutOptions, Snapshot, StoreClaims } from './stores/catalog-store.js';
export type { FleetLease, FleetLeases, FleetRevisions, FleetStore } from './stores/fleet-store.js';
export type { DoctorOptions, DoctorReport } from './stores/fs/examine.js';
export type { FsCatalogOptions, RepairOptions } from './stores/fs/fs-catalog.js';
export type { CollectionRepair, RepairReport } from './stores/fs/repair.js';
export type { Difference, HistoryEntry, HistoryOptions, MemberChange, Moment, PastState } from './stores/history.js';
export type { FollowedChange } from './stores/journal/follower.js';
export type { FollowOptions, JournalCatalogOptions } from './stores/journal/journal-catalog.js';
export type { CatalogPolicy } from './stores/journal/policy.js';
export type { SyncReport } from './sync-fleet.js';
export type { UsageReport } from './usage.js';
export type { VerifyAllOptions, VerifyReport } from './verify-all.js';
export type { VerifyOptions } from './verify-model.js';
export type { HoldingNode, WhereReport } from './where.js';
export type { Reasons } from './why.js';

// CAT-PRF-6413: to import this package costs next to nothing. Everything below is loaded when it is first used: what gives a promise by
// `import`, the rest by `require`, which loads modules of either kind.
const require = createRequire(import.meta.url);

/** Opens the catalog of this machine, or another. A root that is not there is made by the first write. */
export const openCatalog: typeof Opening.openCatalog = async (options) => (await import('./open-catalog.js')).openCatalog(options);

/** Copies a catalog into the other kind of store, in place, and replaces what the root says as the last step. */
export const migrateCatalog: typeof Migration.migrateCatalog = async (options) => (await import('./migrate.js')).migrateCatalog(options);

/** Whether the bytes of a file are those of a digest. For the state of a file it never throws. */
export const verifyDigest: typeof Verification.verifyDigest = async (...given) =>
  (await import('./verify-model.js')).verifyDigest(...given);

const references = () => require('./core/model-ref.js') as typeof References;
/** The reference that a text stands for; `InvalidRef` for what is none. */
export const parseModelRef: typeof References.parseModelRef = (...given) => references().parseModelRef(...given);
/** The normal form of a reference. */
export const formatModelRef: typeof References.formatModelRef = (ref) => references().formatModelRef(ref);
/** A reference to a model that was parsed, and what parses and formats one. */
export type ModelRef = References.ModelRef;
export const ModelRef: typeof References.ModelRef = { parse: parseModelRef, format: formatModelRef };

/** A digest in its normal form; `InvalidDigest` for what is none. */
export const parseDigest: typeof Digests.parseDigest = (input) => (require('./core/digest.js') as typeof Digests).parseDigest(input);

/** `$CATALOG_ROOT`, else `$XDG_CACHE_HOME/models`, else `~/.cache/models`. */
export const defaultModelCacheDir: typeof Opening.defaultModelCacheDir = () =>
  (require('./open-catalog.js') as typeof Opening).defaultModelCacheDir();

const observing = () => require('./observe/subscribing.js') as typeof Observing;
/** Calls a listener with each operation of every catalog of this process, when it has ended; gives what ends that. */
export const onOperation: typeof Observing.onOperation = (listener) => observing().onOperation(listener);
/** The same of each verification of a model. */
export const onVerification: typeof Observing.onVerification = (listener) => observing().onVerification(listener);

const policies = () => require('./stores/journal/policy.js') as typeof Policies;
/** A policy as its file says it; `InvalidArgument` for what is none. */
export const parsePolicy: typeof Policies.parsePolicy = (...given) => policies().parsePolicy(...given);
/** The gates of a policy. */
export const policyGates: typeof Policies.gatesOf = (policy) => policies().gatesOf(policy);

const probes = () => require('./platform/probe.js') as typeof Probes;
/** Looks at the machine that this runs on. */
export const realProbe: Probes.PlatformProbe = {
  evidence: (...given) => probes().realProbe.evidence(...given),
  facts: (...given) => probes().realProbe.facts(...given),
};

/** What is left of a class before it is loaded: it is opened, and tells its own. */
interface Opened<C extends { open(...given: never[]): unknown }, T> {
  readonly open: C['open'];
  [Symbol.hasInstance](value: unknown): value is T;
}

export type FsCatalog = FsCatalogs.FsCatalog;
/** The catalog of one machine as two files. */
export const FsCatalog: Opened<typeof FsCatalogs.FsCatalog, FsCatalog> = {
  open: async (options) => (await import('./stores/fs/fs-catalog.js')).FsCatalog.open(options),
  [Symbol.hasInstance]: (value): value is FsCatalog => isOfClass('FsCatalog', value),
};

export type JournalCatalog = JournalCatalogs.JournalCatalog;
/** The catalog of one machine as a journal that keeps its history. */
export const JournalCatalog: Opened<typeof JournalCatalogs.JournalCatalog, JournalCatalog> = {
  open: async (options) => (await import('./stores/journal/journal-catalog.js')).JournalCatalog.open(options),
  [Symbol.hasInstance]: (value): value is JournalCatalog => isOfClass('JournalCatalog', value),
};

export type MemoryCatalog = MemoryCatalogs.MemoryCatalog;
/** A catalog that lives as long as its process. */
export const MemoryCatalog: Opened<typeof MemoryCatalogs.MemoryCatalog, MemoryCatalog> = {
  open: async () => (await import('./stores/memory-catalog.js')).MemoryCatalog.open(),
  [Symbol.hasInstance]: (value): value is MemoryCatalog => isOfClass('MemoryCatalog', value),
};

export type Catalog = Catalogs.Catalog;
/** What `openCatalog` gives. */
export const Catalog = { [Symbol.hasInstance]: (value: unknown): value is Catalog => isOfClass('Catalog', value) };

/** Copies of this package in one process know each other's. */
function isOfClass(name: string, value: unknown): boolean {
  for (let of: unknown = value; typeof of === 'object' && of !== null; of = Object.getPrototypeOf(of))
    if (of.constructor?.name === name) return true;
  return false;
}
