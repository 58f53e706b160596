import { type Host, hostOf } from '../disk/host.js';
import { type Disk, runSync } from '../disk/program.js';
import { persistCancelledRanges } from './cancelled-ranges.js';
import { type Checkpoint, persistCheckpoint } from './checkpoint.js';
import { type CursorCheckpoint, checkCursorId, persistCursor } from './cursor-checkpoint.js';
import type { SequenceRange } from './ranges.js';

export type { CatalogError, ErrorCode, ErrorDetails } from '../core/errors.js';
export type { PlatformEvidence, PlatformFacts, PlatformSummary } from '../core/platform.js';
export type { PlatformProbe } from '../platform/probe.js';
export type { AppendOptions, NewEvent } from './appending.js';
export { type CausalGraphOptions, type CausedEvent, causalGraph } from './causal-graph.js';
export type { Checkpoint } from './checkpoint.js';
export type { CompactOptions, CompactReport, MergeOptions, RetentionOptions } from './compaction.js';
export type { Coordinate } from './coordinate.js';
export { Cursor } from './cursor.js';
export type { CursorCheckpoint } from './cursor-checkpoint.js';
export type { JournalDiagnostics, JournalSequences } from './diagnostics.js';
export type { JournalEvent } from './event.js';
export { type EventId, idempotencyKey } from './event-id.js';
export { EventIndex } from './event-index.js';
export type { Fence } from './fence.js';
export type { Denial, Gate, GatePassed, Proposed, Verdict } from './gates.js';
export { Journal } from './journal.js';
export type { Ancestry, ReadOptions } from './journal-reader.js';
export { categoryOf, type EventKind, kind, showKind, tombstone } from './kind.js';
export type { OpenReport } from './open.js';
export type { Projected, Projection } from './projection.js';
export type { SequenceRange } from './ranges.js';
export type { Receipt, ReceiptKey } from './receipts.js';
export type { Region } from './region.js';
export type { SalvageOptions, SalvageReport } from './salvage.js';
export type { LostBytes } from './salvage-plan.js';
export type { JournalOptions } from './settings.js';
export type { SnapshotReport } from './snapshot.js';
export type { Listener, Notice, SubscribeOptions, Subscription, SubscriptionEnd } from './subscription.js';
export type { PayloadVersions, Upcaster } from './upcasting.js';
export type { JournalProblem, JournalVerification } from './verification.js';

/** Saves how far a consumer has come as a cursor does: all or nothing of it, and durable (CAT-JRN-3402). */
export function saveCursorCheckpoint(disk: Disk, directory: string, id: string, checkpoint: CursorCheckpoint): void {
  runSync(persistCursor(directory, checkCursorId(id), checkpoint, hostFor(disk)), disk);
}

/** Says which events are hidden for ever; without any the file is removed (CAT-JRN-3105). */
export function writeCancelledRanges(disk: Disk, directory: string, ranges: readonly SequenceRange[]): void {
  runSync(persistCancelledRanges(directory, ranges, hostFor(disk)), disk);
}

/** Writes what opening a journal begins with (CAT-JRN-3304). What it says must be durable. */
export function writeCheckpoint(disk: Disk, directory: string, checkpoint: Checkpoint): void {
  runSync(persistCheckpoint(directory, checkpoint, hostFor(disk)), disk);
}

const hostFor = (disk: Disk): Host => hostOf(disk, {});
