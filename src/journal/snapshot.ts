import type { Host } from '../disk/host.js';
import { noHardLinks } from '../disk/link-or-move.js';
import { createExclusive, type DiskProgram, link, stat } from '../disk/program.js';
import { type Handle, isDiskError } from '../disk/steps.js';
import { syncOnce } from '../disk/temp-file.js';
import { closing, writeAll } from '../disk/whole-file.js';
import { persistCancelledRanges } from './cancelled-ranges.js';
import { corruptSegment } from './damage.js';
import { makeNewFolder } from './new-folder.js';
import { besideWriter, syncSegment } from './open.js';
import { segmentPath, suspectPath } from './place.js';
import { rangesUpTo, type SequenceRange } from './ranges.js';
import type { SegmentEnd } from './recover.js';
import { scan } from './scan.js';
import { readPart } from './segment-files.js';
import { decodeSegmentHeader, type SegmentHeader, segmentHeaderBytes } from './segment-header.js';

/** CAT-JRN-3503: what a snapshot has come to. */
export interface SnapshotReport {
  readonly segments: number;
  /** Segments that both journals share, because nobody writes to them any more. */
  readonly linked: number;
  readonly copied: number;
  /** Of all segments, shared or not. */
  readonly bytes: number;
  /** How many events the copy shows, and the sequence up to which it goes. */
  readonly events: number;
  readonly last_sequence: number;
}

/** What everybody is shown of a journal at a moment, all of it durable. */
export interface Shown {
  readonly segments: readonly SegmentEnd[];
  /** The number of the first frame that is not: what follows lies under a fence, or is not there. */
  readonly next: number;
  readonly events: number;
  readonly cancelled: readonly SequenceRange[];
}

export interface Snapshot {
  readonly directory: string;
  readonly target: string;
  /** Looked at again where a compaction has moved what is being copied. */
  readonly look: () => DiskProgram<Shown>;
  readonly host: Pick<Host, 'random'>;
}

const privateMode = 0o600;

/**
 * A copy of a journal that opens by itself, made under a temp name beside its own and published by one rename: until then nothing is
 * in the target, and then everything, durable. Segments that are full are hard links where the disk has them; the last one is a copy
 * of its own, because the next frame of each journal goes there. Fences that are not committed are left out, cancelled ranges come
 * with it, cursors and locks do not.
 */
export function takeSnapshot({ directory, target, look, host }: Snapshot): DiskProgram<SnapshotReport> {
  return besideWriter(function* () {
    const shown = yield* look();
    return yield* makeNewFolder(target, host, (temp) => copyInto(temp, { directory, shown, host }));
  });
}

interface Copying {
  readonly directory: string;
  readonly shown: Shown;
  readonly host: Pick<Host, 'random'>;
}

function* copyInto(temp: string, { directory, shown, host }: Copying): DiskProgram<SnapshotReport> {
  const segments = yield* segmentsToCopy(directory, shown);
  let [linked, bytes] = [0, 0];
  for (const { number, end } of segments.slice(0, -1)) {
    if (yield* linkedSegment(directory, number, temp)) linked++;
    else yield* copySegment(temp, number, yield* intactPart(directory, number, end));
    bytes += end;
  }
  const last = segments.at(-1);
  let sequence = 1;
  if (last !== undefined) {
    const part = yield* intactPart(directory, last.number, last.end, shown.next);
    yield* copySegment(temp, last.number, part);
    bytes += part.bytes.byteLength;
    sequence = part.sequence;
  }
  // What the copy goes on with has sequences of its own.
  yield* persistCancelledRanges(temp, rangesUpTo(sequence - 1, shown.cancelled), host);
  const copied = segments.length - linked;
  return { segments: segments.length, linked, copied, bytes, events: shown.events, last_sequence: sequence - 1 };
}

/** Without those that hold nothing but what lies under a fence. */
function* segmentsToCopy(directory: string, { segments, next }: Shown): DiskProgram<readonly SegmentEnd[]> {
  for (let count = segments.length; count > 0; count--) {
    const number = segments[count - 1]?.number ?? 0;
    const header = headerOf(directory, number, yield* readPart(segmentPath(directory, number), 0, segmentHeaderBytes));
    if (header.firstFrame <= next) return segments.slice(0, count);
  }
  return [];
}

/**
 * Whether a segment is there as a second name of the same file. It is synced once more: where its seal was lost in a power cut, both
 * journals would go on in it.
 */
function* linkedSegment(directory: string, number: number, temp: string): DiskProgram<boolean> {
  if (yield* isSuspect(directory, number)) return false;
  try {
    yield* link(segmentPath(directory, number), segmentPath(temp, number));
  } catch (error) {
    if (isDiskError(error, 'EXDEV', ...noHardLinks)) return false;
    throw isDiskError(error, 'ENOENT') ? gone(directory, number) : error;
  }
  yield* syncSegment(temp, number);
  return true;
}

interface Part {
  readonly bytes: Buffer;
  /** That of the next event. */
  readonly sequence: number;
}

function* copySegment(temp: string, number: number, { bytes }: Part): DiskProgram<void> {
  const handle = yield* createExclusive(segmentPath(temp, number), privateMode);
  yield* closing(handle, written(handle, bytes));
}

function* written(handle: Handle, bytes: Buffer): DiskProgram<void> {
  yield* writeAll(handle, [bytes]);
  yield* syncOnce(handle);
}

/** The bytes of a segment up to an end that was seen, and of those the frames before one; nothing is copied that is not whole. */
function* intactPart(directory: string, number: number, end: number, before = Number.POSITIVE_INFINITY): DiskProgram<Part> {
  const bytes = yield* readPart(segmentPath(directory, number), 0, end);
  const { firstFrame: next, sequence, previousHash: hash, durableTo } = headerOf(directory, number, bytes);
  const { frames, end: read, rest } = scan(bytes, segmentHeaderBytes, { next, sequence, hash, durableTo });
  if (rest.kind !== 'clean' || read !== end) {
    throw corruptSegment(directory, number, read, rest.kind === 'clean' ? 'frames are missing' : rest.reason);
  }
  const first = frames.find((frame) => frame.number >= before);
  const last = frames.at(-1);
  return {
    bytes: bytes.subarray(0, first?.offset ?? end),
    sequence: first?.sequence ?? (last === undefined ? sequence : last.sequence + last.count),
  };
}

function headerOf(directory: string, number: number, bytes: Buffer): SegmentHeader {
  const decoded = decodeSegmentHeader(bytes);
  if (decoded.kind === 'intact') return decoded.header;
  throw corruptSegment(directory, number, 0, decoded.kind === 'damaged' ? decoded.reason : 'it has another version');
}

function* isSuspect(directory: string, number: number): DiskProgram<boolean> {
  return (yield* stat(suspectPath(directory, number))) !== undefined;
}

function gone(directory: string, number: number): Error {
  return corruptSegment(directory, number, 0, 'it is gone');
}
