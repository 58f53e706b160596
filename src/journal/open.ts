// Over 300 lines: one program, from a folder to an open journal, in the order in which it must happen.
import { isDeepStrictEqual } from 'node:util';
import { CatalogError, isCatalogError } from '../core/errors.js';
import { syncAncestors } from '../disk/folders.js';
import type { Host } from '../disk/host.js';
import { acquireLock, type Lock } from '../disk/lock.js';
import { type DiskProgram, openFile, openForUpdate, stat, statHandle, truncate, unlink } from '../disk/program.js';
import { isDiskError } from '../disk/steps.js';
import { syncFolder, syncOnce } from '../disk/temp-file.js';
import { closeQuietly, closing, unlessMissing } from '../disk/whole-file.js';
import { persistCancelledRanges, readCancelledRanges } from './cancelled-ranges.js';
import { type Checkpoint, readCheckpoint } from './checkpoint.js';
import { mergeSegments } from './compaction.js';
import { type EventId, eventIds } from './event-id.js';
import type { EventIndex, IndexedEvent } from './event-index.js';
import { frameAt, frameHash, frameHeaderBytes, frameLengthBytes, hasRightHash, maximumFrameBytes, mayBeginFrame } from './frame.js';
import { removeTemps } from './leftover-temps.js';
import { lockPath, segmentPath, suspectPath } from './place.js';
import { merged, rangesUpTo, type SequenceRange } from './ranges.js';
import { type Found, type FramePlace, type Known, nothingKnown, readJournal, type SegmentEnd, type TornTail } from './recover.js';
import type { ChainEnd } from './scan.js';
import { readPart, segmentNumbers } from './segment-files.js';
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
  /** Segments that a compaction had put into another, which were removed. */
  readonly leftover_segments?: readonly number[];
  /** Segments whose sync had failed, of which what could be read was written anew (CAT-JRN-3505). */
  readonly replaced_segments?: readonly number[];
  readonly elapsed_ms: number;
}

/** What a journal is opened to write with. */
export interface WriterOptions {
  readonly host: Host;
  readonly segmentMaxBytes: number;
}

/** A journal that is ready to be written to. */
export interface OpenedToWrite {
  readonly writing: Writing;
  readonly index: EventIndex;
  /** What is hidden for ever (CAT-JRN-3105). */
  readonly cancelled: readonly SequenceRange[];
  /** The number of the frame after the last that the checkpoint knows. */
  readonly checkpointed: number | undefined;
  readonly report: OpenReport;
}

/** The lock under which a journal is written to (CAT-JRN-3505); `JournalLocked` where another has it for longer than one waits. */
export function* lockJournal(
  directory: string,
  options: { readonly host: Host; readonly timeoutMs: number; readonly isBrief?: boolean },
): DiskProgram<Lock> {
  try {
    return yield* acquireLock(lockPath(directory), options);
  } catch (error) {
    if (!isCatalogError(error, 'Busy')) throw error;
    throw new CatalogError('JournalLocked', `the journal in ${directory} has a writer: ${error.message}`, error.details, error);
  }
}

/**
 * Makes a journal ready to be written to, by who has its lock (CAT-JRN-3301, 3303). Frames up to one that was durable once are
 * demanded.
 */
export function* openToWrite(directory: string, { host, segmentMaxBytes }: WriterOptions, durableTo = 0): DiskProgram<OpenedToWrite> {
  const began = host.monotonicMs();
  const begun = yield* knownOf(directory);
  const { chain } = begun.known;
  const found = yield* readJournal(directory, { ...begun.known, chain: { ...chain, durableTo: Math.max(chain.durableTo, durableTo) } });
  const known = yield* readCancelledRanges(directory);
  const ranges = merged([...known, ...found.cancelled, ...(found.underFence ? [found.underFence] : [])]);
  // What is appended from now on has sequences of its own, whatever was cancelled where these files come from.
  const cancelled = rangesUpTo(found.chain.sequence - 1, ranges);
  if (begun.reason !== undefined && found.lineage !== undefined) yield* syncName(directory);
  const { writing, replaced } = yield* settled(directory, found, { segmentMaxBytes, host });
  // A fence that nobody committed is cancelled by who comes next.
  if (!isDeepStrictEqual(cancelled, known)) yield* closingOnFailure(writing, persistCancelledRanges(directory, cancelled, host));
  // Whoever replaces a segment removes the checkpoint.
  const checkpointed = begun.reason === undefined && replaced.length === 0 ? chain.next : undefined;
  const report = reportOf(found, begun, { replaced, elapsedMs: host.monotonicMs() - began });
  return { writing, index: found.index, cancelled, checkpointed, report };
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
  return { found, report: reportOf(found, begun, { replaced: [], elapsedMs: host.monotonicMs() - began }) };
}

/** What was appended since a journal was read. */
export interface Since {
  readonly resume: Known;
  readonly events: readonly IndexedEvent[];
  /** As in `Found`. */
  readonly durable: number | undefined;
  /** All of it anew, where what was known is not so any more: a compaction or a repair went over it. */
  readonly anew?: Found;
}

/** What was appended since a journal was read; nothing where two looks say that it ends where it did. */
export function* readMore(directory: string, known: Known): DiskProgram<Since | undefined> {
  return yield* besideWriter(() => lookAtEnd(directory, known));
}

function* lookAtEnd(directory: string, known: Known): DiskProgram<Since | undefined> {
  // What was seen before it was durable may be gone.
  if (known.lastFrame !== undefined && !(yield* isThere(directory, known.lastFrame, known.chain))) return yield* readAnew(directory);
  return (yield* endsThere(directory, known)) ? undefined : yield* readSince(directory, known);
}

/** All of a journal anew, as `readMore` gives it. */
export function* readAnew(directory: string): DiskProgram<Since> {
  const anew = yield* readJournal(directory, nothingKnown());
  const cancelled = merged([...(yield* readCancelledRanges(directory)), ...anew.cancelled]);
  return { resume: anew.resume, events: [], durable: anew.durable, anew: { ...anew, cancelled } };
}

function* readSince(directory: string, known: Known): DiskProgram<Since> {
  const there = new Set(yield* segmentNumbers(directory));
  if (known.segments.some(({ number }) => !there.has(number))) return yield* readAnew(directory);
  const events: IndexedEvent[] = [];
  try {
    const { resume, durable } = yield* readJournal(directory, known, { into: (event) => events.push(event) });
    return { resume, events, durable };
  } catch (error) {
    // Other frames are there than those that were known to follow.
    if (!isCatalogError(error, 'CorruptSegment')) throw error;
    return yield* readAnew(directory);
  }
}

/** Whether the last frame is the one that was read. */
function* isThere(directory: string, { segment, offset }: FramePlace, { hash }: ChainEnd): DiskProgram<boolean> {
  const head = yield* readPart(segmentPath(directory, segment), offset, offset + frameHeaderBytes);
  return frameHash(head).equals(hash);
}

/** Whether nothing follows what is known. */
function* endsThere(directory: string, { segments }: Known): DiskProgram<boolean> {
  const last = segments.at(-1);
  if (last === undefined) return false;
  const path = segmentPath(directory, last.number);
  return !mayBeginFrame(yield* readPart(path, last.end, last.end + frameLengthBytes)) && (yield* stat(path)) !== undefined;
}

/** A writer at work changes what is read between two steps: damage is told where it is there still, in the same place. */
export function* besideWriter<T>(look: () => DiskProgram<T>): DiskProgram<T> {
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

/** A compaction may have made one of several, or another of one. */
function* hasSegments(directory: string, { segments }: Checkpoint): DiskProgram<boolean> {
  const last = segments.at(-1)?.number ?? 0;
  const there = (yield* segmentNumbers(directory)).filter((number) => number <= last);
  if (!isDeepStrictEqual(there, numbersOf(segments))) return false;
  for (const { number, size } of segments.slice(0, -1)) {
    if ((yield* stat(segmentPath(directory, number)))?.size !== size) return false;
  }
  return true;
}

const numbersOf = (segments: readonly SegmentEnd[]): readonly number[] => segments.map(({ number }) => number);

function* hasLastFrame(directory: string, { lastFrame, segments, chain }: Checkpoint): DiskProgram<boolean> {
  if (lastFrame === undefined) return chain.next === 1;
  const segment = segments.find(({ number }) => number === lastFrame.segment);
  const length = (segment?.end ?? 0) - lastFrame.offset;
  if (segment === undefined || length <= 0 || length > maximumFrameBytes) return false;
  const bytes = yield* readPart(segmentPath(directory, segment.number), lastFrame.offset, segment.end);
  const found = frameAt(bytes, 0);
  if (found.kind !== 'frame' || found.frame.length !== length || found.frame.number !== chain.next - 1) return false;
  return found.frame.hash.equals(chain.hash) && hasRightHash(bytes, found.frame);
}

interface Settled {
  readonly writing: Writing;
  /** Segments whose sync had failed, which are files of their own now. */
  readonly replaced: readonly number[];
}

/** CAT-JRN-3303, 3503: a copy of a journal may have been named by one who was killed before that was durable. */
function* syncName(directory: string): DiskProgram<void> {
  try {
    yield* syncAncestors(directory);
  } catch (error) {
    // Where the folder above is another's, it was not made by us.
    if (!isDiskError(error, 'EACCES', 'EPERM', 'EROFS')) throw error;
  }
}

/**
 * CAT-JRN-3301, 3303: what is served is durable, and what was torn is gone, before anybody is served; each step may be the last
 * one, and is taken again by who comes next.
 */
function* settled(directory: string, found: Found, { host, segmentMaxBytes }: WriterOptions): DiskProgram<Settled> {
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
    const active = yield* createSegment(begun, 1, chain);
    return { writing: { ...begun, active, sealed: [], chain, lastFrame }, replaced: [] };
  }
  // The seal before a segment that holds nothing may not be durable; before its first frame it must be.
  const before = last.end === segmentHeaderBytes ? segments.at(-2) : undefined;
  if (before !== undefined) yield* syncSegment(directory, before.number);
  const replaced = yield* replacedSuspects(directory, segments, host);
  const active = yield* openLast(directory, last, torn !== undefined && !replaced.includes(last.number));
  const sealed = segments.slice(0, -1);
  const writing = { ...begun, active, sealed, chain: { ...chain, durableTo: chain.next - 1 }, lastFrame };
  yield* closingOnFailure(writing, syncFolder(directory));
  return { writing, replaced };
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

interface Done {
  readonly replaced: readonly number[];
  readonly elapsedMs: number;
}

function reportOf(found: Found, { reason }: Begun, { replaced, elapsedMs }: Done): OpenReport {
  const { index, segments, chain, torn, unfinished, leftovers, lineage } = found;
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
    ...(leftovers.length > 0 && { leftover_segments: leftovers }),
    ...(replaced.length > 0 && { replaced_segments: replaced }),
    elapsed_ms: elapsedMs,
  };
}
