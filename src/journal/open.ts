import { isDeepStrictEqual } from 'node:util';
import { CatalogError, isCatalogError } from '../core/errors.js';
import { makeFolder, syncAncestors } from '../disk/folders.js';
import type { Host } from '../disk/host.js';
import { acquireLock, type Lock, releaseLock } from '../disk/lock.js';
import { type DiskProgram, openFile, openForUpdate, stat, statHandle, truncate, unlink } from '../disk/program.js';
import { syncFolder, syncOnce } from '../disk/temp-file.js';
import { closeQuietly, closing, unlessMissing } from '../disk/whole-file.js';
import { persistCancelledRanges, readCancelledRanges } from './cancelled-ranges.js';
import { type Checkpoint, readCheckpoint } from './checkpoint.js';
import { mergeSegments } from './compaction.js';
import { type EventId, eventIds } from './event-id.js';
import type { EventIndex, IndexedEvent } from './event-index.js';
import { frameAt, hasRightHash } from './frame.js';
import { removeTemps } from './leftover-temps.js';
import { lockPath, segmentPath, suspectPath } from './place.js';
import { merged, type SequenceRange } from './ranges.js';
import { type Found, type Known, nothingKnown, readJournal, readPart, type SegmentEnd, segmentNumbers, type TornTail } from './recover.js';
import { decodeSegmentHeader, segmentHeaderBytes } from './segment-header.js';
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
  /** What is hidden for ever (CAT-JRN-3105). */
  readonly cancelled: readonly SequenceRange[];
  /** The number of the frame after the last that the checkpoint knows. */
  readonly checkpointed: number | undefined;
  readonly report: OpenReport;
}

/** Takes a journal's lock without waiting (CAT-JRN-3505), and gives it back where opening fails. */
export function* openToWrite(directory: string, host: Host, segmentMaxBytes: number): DiskProgram<OpenedToWrite> {
  const began = host.monotonicMs();
  yield* makeFolder(directory);
  const lock = yield* lockedJournal(directory, host);
  try {
    const begun = yield* knownOf(directory);
    const found = yield* readJournal(directory, begun.known);
    const known = yield* readCancelledRanges(directory);
    const cancelled = merged([...known, ...found.cancelled, ...(found.underFence ? [found.underFence] : [])]);
    const writing = yield* settled(directory, found, { segmentMaxBytes, host });
    // A fence that nobody committed is cancelled by who comes next.
    if (!isDeepStrictEqual(cancelled, known)) yield* closingOnFailure(writing, persistCancelledRanges(directory, cancelled, host));
    const checkpointed = begun.reason === undefined ? begun.known.chain.next : undefined;
    return { lock, writing, index: found.index, cancelled, checkpointed, report: reportOf(found, begun, host.monotonicMs() - began) };
  } catch (error) {
    yield* releaseLock(lock, host);
    throw error;
  }
}

/** Looks at a journal without a lock, and changes nothing; what a writer has not finished is not there yet. */
export function* openToRead(directory: string, host: Host): DiskProgram<{ readonly found: Found; readonly report: OpenReport }> {
  const began = host.monotonicMs();
  return yield* besideWriter(() => lookAt(directory, host, began));
}

function* lookAt(directory: string, host: Host, began: number): DiskProgram<{ readonly found: Found; readonly report: OpenReport }> {
  const begun = yield* knownOf(directory);
  const read = yield* readJournal(directory, begun.known);
  const found = { ...read, cancelled: merged([...(yield* readCancelledRanges(directory)), ...read.cancelled]) };
  return { found, report: reportOf(found, begun, host.monotonicMs() - began) };
}

/** What was appended since a journal was read, and what is known of it then. */
export function* readMore(
  directory: string,
  known: Known,
): DiskProgram<{ readonly events: readonly IndexedEvent[]; readonly resume: Known; readonly moved?: EventIndex }> {
  return yield* besideWriter(function* () {
    const there = new Set(yield* segmentNumbers(directory));
    if (known.segments.some(({ number }) => !there.has(number))) {
      // Events are not where they were.
      const { resume, index } = yield* readJournal(directory, nothingKnown());
      return { events: [], resume, moved: index };
    }
    const events: IndexedEvent[] = [];
    const { resume } = yield* readJournal(directory, known, { into: (event) => events.push(event) });
    return { events, resume };
  });
}

/** A writer at work changes what is read between two steps: damage is told where it is there still, in the same place. */
function* besideWriter<T>(look: () => DiskProgram<T>): DiskProgram<T> {
  for (let before: unknown; ; ) {
    try {
      return yield* look();
    } catch (error) {
      if (!isCatalogError(error, 'CorruptSegment') || isDeepStrictEqual(error.details, before)) throw error;
      before = error.details;
    }
  }
}

/** What need not be read again, or why all must be. */
interface Begun {
  readonly known: Known;
  readonly reason?: string;
}

/**
 * CAT-JRN-3304: a checkpoint is believed where its checksum is right, it is of this journal, and the last frame that it knows is
 * where it says. Where that frame is gone the journal is read from the beginning, and what the checkpoint says was durable is demanded.
 */
function* knownOf(directory: string): DiskProgram<Begun> {
  const found = yield* readCheckpoint(directory);
  if (found.kind === 'missing') return { known: nothingKnown(), reason: 'there is no checkpoint' };
  if (found.kind === 'damaged') return { known: nothingKnown(), reason: `the checkpoint is damaged: ${found.reason}` };
  const { checkpoint } = found;
  const [first] = checkpoint.segments;
  const header = decodeSegmentHeader(yield* readPart(segmentPath(directory, first?.number ?? 1), 0, segmentHeaderBytes));
  if (header.kind === 'intact' && header.header.lineage !== checkpoint.lineage) {
    return { known: nothingKnown(), reason: 'the checkpoint is of another journal' };
  }
  if (!(yield* hasSegments(directory, checkpoint)))
    return { known: nothingKnown(checkpoint.chain.durableTo), reason: 'the segments are not those that the checkpoint knows' };
  if (header.kind === 'intact' && (yield* hasLastFrame(directory, checkpoint))) return { known: checkpoint };
  return { known: nothingKnown(checkpoint.chain.durableTo), reason: 'the last frame that the checkpoint knows is not where it says' };
}

/** A compaction may have made one of several. */
function* hasSegments(directory: string, { segments }: Checkpoint): DiskProgram<boolean> {
  const last = segments.at(-1)?.number ?? 0;
  const there = (yield* segmentNumbers(directory)).filter((number) => number <= last);
  return isDeepStrictEqual(
    there,
    segments.map(({ number }) => number),
  );
}

function* hasLastFrame(directory: string, { lastFrame, segments, chain }: Checkpoint): DiskProgram<boolean> {
  if (lastFrame === undefined) return chain.next === 1;
  const segment = segments.find(({ number }) => number === lastFrame.segment);
  if (segment === undefined || segment.end <= lastFrame.offset) return false;
  const bytes = yield* readPart(segmentPath(directory, segment.number), lastFrame.offset, segment.end);
  const found = frameAt(bytes, 0);
  return found.kind === 'frame' && found.frame.hash.equals(chain.hash) && hasRightHash(bytes, found.frame);
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
function* settled(
  directory: string,
  found: Found,
  options: { readonly segmentMaxBytes: number; readonly host: Host },
): DiskProgram<Writing> {
  const { host, segmentMaxBytes } = options;
  const { chain, segments, lastFrame, torn, unfinished } = found;
  // What they are in must be durable under its name before they go.
  if (found.leftovers.length > 0) yield* syncFolder(directory);
  for (const number of [...found.leftovers, ...(unfinished === undefined ? [] : [unfinished])]) {
    yield* unlink(segmentPath(directory, number));
  }
  yield* removeTemps(directory, host);
  const last = segments.at(-1);
  const lineage = found.lineage ?? newLineage(host);
  const begun = { directory, lineage, segmentMaxBytes, now: host.clock };
  if (last === undefined) {
    yield* syncFolder(directory);
    yield* syncAncestors(directory);
    return { ...begun, active: yield* createSegment(begun, 1, chain), sealed: [], chain, lastFrame };
  }
  // The seal before a segment that holds nothing may not be durable; before its first frame it must be.
  const before = last.end === segmentHeaderBytes ? segments.at(-2) : undefined;
  if (before !== undefined) yield* syncSegment(directory, before.number);
  const suspect = yield* replacedSuspects(directory, segments, host);
  const active = yield* openLast(directory, last, torn !== undefined && !suspect.includes(last.number));
  const sealed = segments.slice(0, -1);
  const writing = { ...begun, active, sealed, chain: { ...chain, durableTo: chain.next - 1 }, lastFrame };
  yield* closingOnFailure(writing, syncFolder(directory));
  return writing;
}

/**
 * CAT-JRN-3106: of a segment whose sync failed nobody knows what is on the disk, and no later sync says so: what can be read of it is
 * written into a file of its own, which takes its name. Gives the numbers of those that were.
 */
function* replacedSuspects(directory: string, segments: readonly SegmentEnd[], host: Host): DiskProgram<readonly number[]> {
  const replaced: number[] = [];
  for (const segment of segments) {
    const mark = suspectPath(directory, segment.number);
    if ((yield* stat(mark)) === undefined) continue;
    yield* mergeSegments(directory, [segment], host);
    yield* unlessMissing(unlink(mark));
    replaced.push(segment.number);
  }
  return replaced;
}

function* closingOnFailure({ active }: Writing, program: DiskProgram<void>): DiskProgram<void> {
  try {
    yield* program;
  } catch (error) {
    yield* closeQuietly(active.handle);
    throw error;
  }
}

function* openLast(directory: string, { number, end }: SegmentEnd, isTorn: boolean): DiskProgram<ActiveSegment> {
  const handle = yield* openForUpdate(segmentPath(directory, number));
  try {
    if (isTorn) yield* truncate(handle, end);
    yield* syncOnce(handle);
    return { number, handle, end, size: isTorn ? end : Math.max(end, (yield* statHandle(handle)).size) };
  } catch (error) {
    yield* closeQuietly(handle);
    throw error;
  }
}

export function* syncSegment(directory: string, number: number): DiskProgram<void> {
  const handle = yield* openFile(segmentPath(directory, number));
  yield* closing(handle, syncOnce(handle));
}

function newLineage(host: Host): EventId {
  return eventIds(host.clock, host.random)();
}

function reportOf({ index, segments, chain, torn, unfinished, lineage }: Found, { reason }: Begun, elapsedMs: number): OpenReport {
  const path = reason === undefined ? 'checkpoint' : 'rebuild';
  return {
    path: lineage === undefined ? 'new' : path,
    ...(lineage !== undefined && reason !== undefined && { reason }),
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
