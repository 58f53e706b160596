export type { AddOptions } from './add-model.js';
export type { AdoptedTool } from './adopt/found.js';
export type { AdoptOptions, AdoptReport } from './adopt-models.js';
export type { LongWork, Progress } from './artifacts/hash-file.js';
export type { PartialWork } from './artifacts/partials.js';
export { Catalog } from './catalog.js';
export type { LeaseOptions, ListOptions, PathOptions, RegisterRequest, StateOptions } from './catalog-options.js';
export type { GcOptions, GcReport, PlannedRemoval } from './collect.js';
export type { Change } from './core/changes.js';
export { type Digest, parseDigest } from './core/digest.js';
export { CatalogError, type ErrorCode, type ErrorDetails } from './core/errors.js';
export type { Finding } from './core/findings.js';
export type { Versioned } from './core/generation.js';
export type { Probed } from './core/headers/probe.js';
export type { Holding } from './core/holding.js';
export type { Keeper } from './core/keepers.js';
export { formatModelRef, ModelRef, parseModelRef } from './core/model-ref.js';
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
export { type Fetcher, FileFetcher } from './fetch/fetcher.js';
export type { CatalogEntry } from './fleet-entries.js';
export type { SyncOptions } from './fleet-session.js';
export type { FleetView } from './fleet-view.js';
export type { Lease } from './lease-model.js';
export type { ModelLease } from './leases-of.js';
export type { Located } from './locate-model.js';
export { type MigrateOptions, type MigrateReport, migrateCatalog } from './migrate.js';
export { defaultModelCacheDir, type OpenCatalogOptions, openCatalog } from './open-catalog.js';
export type { PlatformReport } from './platform/platform.js';
export { type PlatformProbe, type ProbedPlace, realProbe } from './platform/probe.js';
export type { ProbeReport } from './probe-model.js';
export type { CatalogStore, ChangeNote, Collection, DeleteOptions, PutOptions, Snapshot, StoreClaims } from './stores/catalog-store.js';
export type { FleetLease, FleetLeases, FleetRevisions, FleetStore } from './stores/fleet-store.js';
export type { DoctorOptions, DoctorReport } from './stores/fs/examine.js';
export { FsCatalog, type FsCatalogOptions, type RepairOptions } from './stores/fs/fs-catalog.js';
export type { CollectionRepair, RepairReport } from './stores/fs/repair.js';
export type { Difference, HistoryEntry, HistoryOptions, MemberChange, Moment, PastState } from './stores/history.js';
export type { FollowedChange } from './stores/journal/follower.js';
export { type FollowOptions, JournalCatalog, type JournalCatalogOptions } from './stores/journal/journal-catalog.js';
export { type CatalogPolicy, gatesOf as policyGates, parsePolicy } from './stores/journal/policy.js';
export { MemoryCatalog } from './stores/memory-catalog.js';
export type { SyncReport } from './sync-fleet.js';
export type { UsageReport } from './usage.js';
export type { VerifyAllOptions, VerifyReport } from './verify-all.js';
export { type VerifyOptions, verifyDigest } from './verify-model.js';
export type { HoldingNode, WhereReport } from './where.js';
export type { Reasons } from './why.js';
