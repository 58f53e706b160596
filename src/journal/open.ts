import { CatalogError, isCatalogError } from '../core/errors.js';
import { makeFolder, syncAncestors } from '../disk/folders.js';
import type { Host } from '../disk/host.js';
import { acquireLock, type Lock, releaseLock } from '../disk/lock.js';
import { type DiskProgram, openForUpdate, truncate, unlink } from '../disk/program.js';
import { syncFolder, syncOnce } from '../disk/temp-file.js';
import { closeQuietly, closing } from '../disk/whole-file.js';
import { type EventId, eventIds } from './event-id.js';
import type { EventIndex } from './event-index.js';
import { lockPath, segmentPath } from './place.js';
import { type Found, nothingKnown, readJournal, type SegmentEnd, type TornTail } from './recover.js';
import { segmentHeaderBytes } from './segment-header.js';
import { type ActiveSegment, createSegment, type Writing } from './writing.js';

/** CAT-JRN-3305: what opening a journal found and did. */
export interface OpenReport {
  /** How its index came to be: there was nothing, it was read from the first segment on, or from a checkpoint on. */
  readonly path: 'new' | 'rebuild' | 'checkpoint';
  /** Why it was not the checkpoint. */
  readonly reason?: string;
  readonly events: number;
  readonly segments: number;
  readonly frames: number;
  /** A tail that nobody was told of, which was cut; a reader leaves it, and says that it is there. */
  readonly cut?: TornTail;
  readonly bytes_cut: number;
  readonly batches_discarded: number;
  /** A segment whose maker died before it held anything, which was removed. */
  readonly unfinished_segment?: number;
  readonly elapsed_ms: number;
}

/** A journal that was opened to write. */
export interface OpenedToWrite {
  readonly lock: Lock;
  readonly writing: Writing;
  readonly index: EventIndex;
  readonly report: OpenReport;
}

/** Takes a journal's lock without waiting (CAT-JRN-3505), and gives it back where opening fails. */
export function* openToWrite(directory: string, host: Host, segmentMaxBytes: number): DiskProgram<OpenedToWrite> {
  const began = host.monotonicMs();
  yield* makeFolder(directory);
  const lock = yield* lockedJournal(directory, host);
  try {
    const found = yield* readJournal(directory, nothingKnown());
    const writing = yield* settled(directory, found, { segmentMaxBytes, host });
    return { lock, writing, index: found.index, report: reportOf(found, host.monotonicMs() - began) };
  } catch (error) {
    yield* releaseLock(lock, host);
    throw error;
  }
}

/** Looks at a journal without a lock, and changes nothing; what a writer has not finished is not there yet. */
export function* openToRead(directory: string, host: Host): DiskProgram<{ readonly found: Found; readonly report: OpenReport }> {
  const began = host.monotonicMs();
  const found = yield* readJournal(directory, nothingKnown());
  return { found, report: reportOf(found, host.monotonicMs() - began) };
}

function* lockedJournal(directory: string, host: Host): DiskProgram<Lock> {
  try {
    return yield* acquireLock(lockPath(directory), { timeoutMs: 0, host });
  } catch (error) {
    if (!isCatalogError(error, 'Busy')) throw error;
    throw new CatalogError('JournalLocked', `the journal in ${directory} has a writer: ${error.message}`, error.details, error);
  }
}

/**
 * CAT-JRN-3301, 3303: what is served is durable, and what was torn is gone, before anybody is served; each step may be the last
 * one, and is taken again by who comes next.
 */
function* settled(directory: string, found: Found, options: { readonly segmentMaxBytes: number; readonly host: Host }): DiskProgram<Writing> {
  const { host, segmentMaxBytes } = options;
  const { chain, segments, torn, unfinished } = found;
  if (unfinished !== undefined) yield* unlink(segmentPath(directory, unfinished));
  const last = segments.at(-1);
  const lineage = found.lineage ?? newLineage(host);
  const begun = { directory, lineage, segmentMaxBytes, now: host.clock };
  if (last === undefined) {
    yield* syncFolder(directory);
    yield* syncAncestors(directory);
    return { ...begun, active: yield* createSegment(begun, 1, chain), chain };
  }
  // The seal before a segment that holds nothing may not be durable; before its first frame it must be.
  const before = last.end === segmentHeaderBytes ? segments.at(-2) : undefined;
  if (before !== undefined) yield* syncSegment(directory, before);
  const active = yield* openLast(directory, last, torn !== undefined);
  yield* syncFolder(directory);
  return { ...begun, active, chain: { ...chain, durableTo: chain.next - 1 } };
}

function* openLast(directory: string, { number, end, size }: SegmentEnd, isTorn: boolean): DiskProgram<ActiveSegment> {
  const handle = yield* openForUpdate(segmentPath(directory, number));
  try {
    if (isTorn) yield* truncate(handle, end);
    yield* syncOnce(handle);
  } catch (error) {
    yield* closeQuietly(handle);
    throw error;
  }
  return { number, handle, end, size: isTorn ? end : size };
}

function* syncSegment(directory: string, { number }: SegmentEnd): DiskProgram<void> {
  const handle = yield* openForUpdate(segmentPath(directory, number));
  yield* closing(handle, syncOnce(handle));
}

function newLineage(host: Host): EventId {
  return eventIds(host.clock, host.random)();
}

function reportOf({ index, segments, chain, torn, unfinished, lineage }: Found, elapsedMs: number): OpenReport {
  return {
    path: lineage === undefined ? 'new' : 'rebuild',
    events: index.count,
    segments: segments.length,
    frames: chain.next - 1,
    ...(torn && { cut: torn }),
    bytes_cut: torn?.bytes ?? 0,
    batches_discarded: torn?.isBatch ? 1 : 0,
    ...(unfinished !== undefined && { unfinished_segment: unfinished }),
    elapsed_ms: elapsedMs,
  };
}
