import { CatalogError } from '../core/errors.js';
import { close, createExclusive, type DiskProgram, openOrCreate, truncate, unlink } from '../disk/program.js';
import { type Handle, isDiskError } from '../disk/steps.js';
import { syncDataOnce, syncFolder, syncOnce } from '../disk/temp-file.js';
import { closeQuietly, quietly, writeAll } from '../disk/whole-file.js';
import type { EventId } from './event-id.js';
import { encodeFrame, type Frame, frameBytes, frameHash } from './frame.js';
import { segmentPath, suspectPath } from './place.js';
import type { FramePlace, SegmentEnd } from './recover.js';
import { type ChainEnd, chainAfter } from './scan.js';
import { sealBody } from './seal.js';
import { encodeSegmentHeader, segmentHeaderBytes } from './segment-header.js';

/** The segment that is written to. */
export interface ActiveSegment {
  readonly number: number;
  readonly handle: Handle;
  /** Where its last frame ends. */
  end: number;
  /** How many bytes its file has: zeros are written ahead, because to write over them changes no size. */
  size: number;
}

/** What whoever writes knows. Programs change it as soon as what it says is so. */
export interface Writing {
  readonly directory: string;
  readonly lineage: EventId;
  readonly segmentMaxBytes: number;
  readonly now: () => number;
  active: ActiveSegment;
  /** Those before it, which nobody writes to any more. */
  readonly sealed: SegmentEnd[];
  chain: ChainEnd;
  lastFrame: FramePlace | undefined;
  /** What went wrong so that nobody knows what the disk holds: nothing more is written. */
  broken?: Error;
}

export type NewFrame = Pick<Frame, 'type' | 'count' | 'fence' | 'body'>;

const privateMode = 0o600;
const sealBytes = frameBytes(sealBody(1).byteLength);
/** So much at a time is written ahead. */
const extentBytes = 256 * 1024;

/** Makes the first segment of a journal, or the next one: nothing is in it before its header and its name are durable (CAT-JRN-3202). */
export function* createSegment(
  { directory, lineage, segmentMaxBytes, now }: Pick<Writing, 'directory' | 'lineage' | 'segmentMaxBytes' | 'now'>,
  number: number,
  begins: ChainEnd,
): DiskProgram<ActiveSegment> {
  const handle = yield* createExclusive(segmentPath(directory, number), privateMode);
  const { next: firstFrame, sequence, hash: previousHash, durableTo } = begins;
  const header = encodeSegmentHeader({ number, firstFrame, sequence, lineage, previousHash, durableTo, createdMs: now() });
  const size = sizeFor(segmentHeaderBytes, segmentMaxBytes);
  try {
    yield* writeAll(handle, [header, Buffer.alloc(size - segmentHeaderBytes)]);
    yield* syncOnce(handle);
    yield* syncFolder(directory);
  } catch (error) {
    yield* closeQuietly(handle);
    throw error;
  }
  return { number, handle, end: segmentHeaderBytes, size };
}

/**
 * Appends a frame behind the last one, in a new segment where it does not fit any more. It is not durable yet. Where it fails
 * nothing of it is left (CAT-JRN-3106).
 */
export function* appendFrame(writing: Writing, { type, count, fence, body }: NewFrame): DiskProgram<FramePlace> {
  if (!fits(writing, body)) yield* rotate(writing);
  const { active, chain } = writing;
  const frame = {
    type,
    count,
    fence,
    body,
    number: chain.next,
    sequence: chain.sequence,
    durableTo: chain.durableTo,
    previousHash: chain.hash,
  };
  const bytes = encodeFrame(frame);
  const offset = active.end;
  yield* writeBehind(writing, bytes);
  writing.chain = chainAfter(chain, { ...frame, hash: frameHash(bytes) });
  writing.lastFrame = { segment: active.number, offset };
  return writing.lastFrame;
}

/** Everything that was appended is durable. Where that fails nothing is ever written again (CAT-JRN-3106). */
export function* syncFrames(writing: Writing): DiskProgram<void> {
  const { next } = writing.chain;
  try {
    yield* syncDataOnce(writing.active.handle);
  } catch (error) {
    writing.broken = error as Error;
    yield* quietly(markSuspect(writing));
    throw error;
  }
  writing.chain = { ...writing.chain, durableTo: next - 1 };
}

/** For who opens the journal next while the disk still shows what it may have lost; a power cut takes both away. */
function* markSuspect({ directory, active }: Writing): DiskProgram<void> {
  yield* close(yield* openOrCreate(suspectPath(directory, active.number), privateMode));
}

function fits({ active, segmentMaxBytes }: Writing, body: Buffer): boolean {
  const isEmpty = active.end === segmentHeaderBytes;
  return isEmpty || active.end + frameBytes(body.byteLength) + sealBytes <= segmentMaxBytes;
}

/** In one write, with zeros behind where the file is to grow. */
function* writeBehind(writing: Writing, frame: Buffer): DiskProgram<void> {
  const { active, segmentMaxBytes } = writing;
  const end = active.end + frame.byteLength;
  const size = end <= active.size ? active.size : sizeFor(end, segmentMaxBytes);
  const zeros = size - Math.max(end, active.size);
  try {
    yield* writeAll(active.handle, zeros > 0 ? [frame, Buffer.alloc(zeros)] : [frame], active.end);
  } catch (error) {
    yield* cutBack(writing, error);
    throw error;
  }
  active.end = end;
  active.size = size;
}

/** Leaves nothing of a frame of which somebody is told that it was not written. */
function* cutBack(writing: Writing, failure: unknown): DiskProgram<void> {
  const { active } = writing;
  try {
    yield* truncate(active.handle, active.end);
    yield* syncDataOnce(active.handle);
    active.size = active.end;
  } catch (error) {
    writing.broken = error as Error;
    throw refusedCut(active.number, failure);
  }
}

function refusedCut(segment: number, failure: unknown): Error {
  const message = `a write to segment ${segment} failed and could not be taken back; open the journal again to see what is there`;
  return new CatalogError('CommitUnknown', message, { segment }, failure);
}

/**
 * CAT-JRN-3202, 3505: the next segment is there with header and name before the seal of this one names it, and what is here is
 * durable before that; so whoever finds a seal finds what it names, and one that nobody names holds nothing.
 */
function* rotate(writing: Writing): DiskProgram<void> {
  const { active } = writing;
  yield* syncFrames(writing);
  const { chain } = writing;
  const number = active.number + 1;
  const frame = {
    type: 'sealed',
    count: 0,
    fence: 0,
    body: sealBody(number),
    number: chain.next,
    sequence: chain.sequence,
    durableTo: chain.durableTo,
    previousHash: chain.hash,
  } as const;
  const seal = encodeFrame(frame);
  const after = chainAfter(chain, { ...frame, hash: frameHash(seal) });
  const next = yield* nextSegment(writing, number, after);
  try {
    const offset = active.end;
    yield* writeBehind(writing, seal);
    writing.chain = after;
    writing.lastFrame = { segment: active.number, offset };
    yield* syncFrames(writing);
  } catch (error) {
    yield* closeQuietly(next.handle);
    throw error;
  }
  yield* closeQuietly(active.handle);
  writing.sealed.push({ number: active.number, end: active.end, size: active.size });
  writing.active = next;
}

function* nextSegment(writing: Writing, number: number, begins: ChainEnd): DiskProgram<ActiveSegment> {
  const path = segmentPath(writing.directory, number);
  try {
    return yield* createSegment(writing, number, begins);
  } catch (error) {
    // One of ours that could not be finished or removed before: nobody else makes segments.
    if (!isDiskError(error, 'EEXIST')) {
      yield* quietly(unlink(path));
      throw error;
    }
    yield* unlink(path);
    return yield* createSegment(writing, number, begins);
  }
}

/** So that no event makes the file grow again for a while, nor the file larger than it may be but for one frame. */
function sizeFor(end: number, segmentMaxBytes: number): number {
  return Math.max(end, Math.min(Math.ceil(end / extentBytes) * extentBytes, segmentMaxBytes));
}
