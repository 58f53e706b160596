import {
  computedHash,
  type FoundFrame,
  frameAt,
  frameHeaderBytes,
  hasRightHash,
  headerAt,
  holdsEvents,
  looksAt,
  nextFrame,
} from './frame.js';
import { type DecodedSegmentHeader, segmentHeaderBytes } from './segment-header.js';
import { eventAt, eventLengthAt } from './stored-event.js';

/** Events that lie one behind the other, and whose sequences do. */
export interface EventRun {
  readonly offset: number;
  readonly bytes: number;
  readonly sequence: number;
  readonly count: number;
}

/** What can be read of a frame. */
export interface Piece extends Pick<FoundFrame, 'number' | 'sequence' | 'count' | 'fence' | 'durableTo'> {
  readonly segment: number;
  readonly type: FoundFrame['type'];
  /** Whether every byte of it is what was written: then its header is believed. */
  readonly isWhole: boolean;
  readonly runs: readonly EventRun[];
}

/** Bytes in which no whole frame is. */
export interface DamagedRegion {
  readonly segment: number;
  readonly offset: number;
  readonly bytes: number;
  readonly reason: string;
  /** The numbers of the frames that it held, as far as those beside it tell. */
  readonly first?: number;
  readonly last?: number;
  /** How many events were read of it all the same. */
  readonly read: number;
}

/** What can be read of a segment. */
export interface SegmentSurvey {
  readonly pieces: readonly Piece[];
  readonly damaged: readonly DamagedRegion[];
  /** What follows it; `undefined` where that is not known. */
  readonly next: Expected | undefined;
}

/** The number of the frame and the sequence of the event that follow. */
export interface Expected {
  readonly next: number;
  readonly sequence: number;
}

/** In more bytes of one frame no event is looked for that does not follow another; nor are more than so many times as many checksummed. */
const maxSearchedBytes = 1024 * 1024;
const maxLooks = 64;

/**
 * Reads what can be read of a segment (CAT-JRN-3302): whole frames wherever they stand, and of the others the events whose own
 * checksums hold, as far as it is certain which sequences they have. `expected` is what follows the segment before.
 */
export function surveySegment(segment: number, bytes: Buffer, decoded: DecodedSegmentHeader, expected?: Expected): SegmentSurvey {
  const pieces: Piece[] = [];
  const damaged: DamagedRegion[] = [];
  const looks = looksAt(bytes);
  let next = decoded.kind === 'intact' ? { next: decoded.header.firstFrame, sequence: decoded.header.sequence } : expected;
  if (decoded.kind === 'damaged') {
    damaged.push({ segment, offset: 0, bytes: Math.min(bytes.byteLength, segmentHeaderBytes), reason: decoded.reason, read: 0 });
  }
  for (let at = beginningIn(bytes, decoded); ; ) {
    const here = frameAt(bytes, at);
    if (here.kind === 'zeros') break;
    if (here.kind === 'frame' && hasRightHash(bytes, here.frame)) {
      pieces.push(wholePiece(segment, here.frame));
      next = after(here.frame);
      at += here.frame.length;
      continue;
    }
    const later = nextFrame(bytes, at + 1, { alignment: 1, looks });
    const region = { segment, bytes, from: at, to: later?.offset ?? bytes.byteLength, later, expected: next };
    const found = piecesIn(region);
    pieces.push(...found.pieces);
    if (found.end < region.to || found.pieces.some(({ isWhole }) => !isWhole)) {
      damaged.push(damageOf(region, here.kind === 'damaged' ? here.reason : 'its hash is not that of its bytes', found.pieces));
    }
    if (later === undefined) return { pieces, damaged, next: undefined };
    at = later.offset;
  }
  return { pieces, damaged, next };
}

/** Behind the header; before that where bytes of the header are missing. */
function beginningIn(bytes: Buffer, decoded: DecodedSegmentHeader): number {
  const first = decoded.kind === 'intact' ? undefined : nextFrame(bytes, 0, { alignment: 1 })?.offset;
  return Math.min(bytes.byteLength, segmentHeaderBytes, first ?? segmentHeaderBytes);
}

interface Region {
  readonly segment: number;
  readonly bytes: Buffer;
  readonly from: number;
  readonly to: number;
  /** The whole frame behind it. */
  readonly later: FoundFrame | undefined;
  readonly expected: Expected | undefined;
}

/** Frames whose places are certain, because each begins where the one before it ends and is the one that follows that. */
function piecesIn(region: Region): { readonly pieces: readonly Piece[]; readonly end: number } {
  const { from, to, later, expected } = region;
  const nothing = { pieces: [], end: from };
  if (expected === undefined || (later !== undefined && !isBefore(expected, later))) return nothing;
  const pieces: Piece[] = [];
  let [at, next] = [from, expected];
  while (at < to) {
    const alone = later !== undefined && later.number === next.next + 1;
    const found = alone ? lastPiece({ ...region, from: at, expected: next }, later) : pieceAt(region, at, next);
    if (found === undefined) break;
    pieces.push(found.piece);
    at = found.end;
    next = after(found.piece);
  }
  // What was taken for frames ends where others say that something else does.
  const isFitting = later === undefined || at < to || (next.next === later.number && next.sequence === later.sequence);
  return isFitting ? { pieces, end: at } : nothing;
}

interface Placed {
  readonly piece: Piece;
  readonly end: number;
}

/** A frame whose length leads to the next one. */
function pieceAt({ segment, bytes, to, later }: Region, at: number, next: Expected): Placed | undefined {
  const header = headerAt(bytes, at);
  if (header === undefined || header.number !== next.next || header.sequence !== next.sequence) return undefined;
  const end = at + header.length;
  const behind = headerAt(bytes, end);
  const isConfirmed = end < to && behind?.number === header.number + 1 && behind.sequence === header.sequence + header.count;
  if (!isConfirmed || (later !== undefined && !isBefore(after(header), later))) return undefined;
  return { piece: { ...header, segment, type: 'events', isWhole: false, runs: runsIn(bytes, { ...header, at, end }) }, end };
}

/** The only frame that is missing before the next whole one, which tells where it ends, how many events it had, and its hash. */
function lastPiece(
  { segment, bytes, from: at, to: end, expected }: Region & { readonly expected: Expected },
  later: FoundFrame,
): Placed | undefined {
  const count = later.sequence - expected.sequence;
  if (end - at < frameHeaderBytes || count < 0) return undefined;
  const header = headerAt(bytes, at);
  const frame = { number: expected.next, sequence: expected.sequence, count, fence: header?.fence ?? 0, durableTo: header?.durableTo ?? 0 };
  const isWhole = computedHash(bytes.subarray(at, end)).equals(later.previousHash);
  const runs = runsIn(bytes, { at, end, sequence: expected.sequence, count });
  const isInPlace = isWhole || header?.length === end - at || runs.reduce((sum, run) => sum + run.count, 0) === count;
  if (!isInPlace) return undefined;
  return { piece: { ...frame, segment, type: (isWhole && header?.type) || 'events', isWhole, runs }, end };
}

interface Body {
  readonly at: number;
  readonly end: number;
  readonly sequence: number;
  readonly count: number;
}

/** The events of a frame whose checksums hold: those that follow its header, or one that does, and those before its end. */
function runsIn(bytes: Buffer, { at, end, sequence, count }: Body): readonly EventRun[] {
  const body = bytes.subarray(0, end);
  const runs: EventRun[] = [];
  let [place, nth] = [at + frameHeaderBytes, 0];
  while (nth < count) {
    const run = runFrom(body, place, count - nth);
    if (run.count > 0) runs.push({ ...run, sequence: sequence + nth });
    nth += run.count;
    place += run.bytes;
    if (nth === count) return runs;
    // Where an event follows in which the length of a damaged one ends, that is its length.
    const length = eventLengthAt(body, place);
    if (length === undefined || eventAt(body, place + length) === undefined) break;
    nth++;
    place += length;
  }
  if (nth < count && end - place <= maxSearchedBytes) runs.push(...runAtEnd(body, place + 1, { sequence, count, nth }));
  return runs;
}

/** The last events of a frame, which are counted from its end. */
function runAtEnd(
  body: Buffer,
  from: number,
  { sequence, count, nth }: { sequence: number; count: number; nth: number },
): readonly EventRun[] {
  // CAT-SEC-6003: bytes may look like an event at every place.
  let left = maxLooks * (body.byteLength - from);
  for (let place = from; place < body.byteLength && left > 0; place++) {
    left -= eventLengthAt(body, place) ?? 0;
    if (eventAt(body, place) === undefined) continue;
    const run = runFrom(body, place, count - nth);
    const isEnd = body.subarray(run.offset + run.bytes).every((byte) => byte === 0) && body.byteLength - run.offset - run.bytes < 8;
    if (isEnd && run.count < count - nth) return [{ ...run, sequence: sequence + count - run.count }];
    place += run.bytes - 1;
  }
  return [];
}

function runFrom(body: Buffer, offset: number, most: number): Omit<EventRun, 'sequence'> {
  let [bytes, count] = [0, 0];
  while (count < most) {
    const event = eventAt(body, offset + bytes);
    if (event === undefined) break;
    bytes += event.length;
    count++;
  }
  return { offset, bytes, count };
}

/** Of its events those that are there: a frame may say that it has more, with a hash that is right. */
function wholePiece(segment: number, { offset, body, type, number, sequence, count, fence, durableTo }: FoundFrame): Piece {
  const run = runFrom(body, 0, holdsEvents({ type }) ? count : 0);
  const runs = run.count > 0 ? [{ ...run, offset: offset + frameHeaderBytes, sequence }] : [];
  return { segment, type, number, sequence, count, fence, durableTo, isWhole: true, runs };
}

function damageOf({ segment, bytes, from, to, later, expected }: Region, reason: string, found: readonly Piece[]): DamagedRegion {
  let end = to;
  while (end > from && bytes[end - 1] === 0) end--;
  const last = later === undefined ? undefined : later.number - 1;
  const read = found.flatMap(({ runs }) => runs).reduce((sum, { count }) => sum + count, 0);
  return {
    segment,
    offset: from,
    bytes: end - from,
    reason,
    ...(expected && { first: expected.next }),
    ...(last !== undefined && { last }),
    read,
  };
}

function isBefore({ next, sequence }: Expected, later: FoundFrame): boolean {
  return next <= later.number && sequence <= later.sequence;
}

function after({ number, sequence, count }: Pick<FoundFrame, 'number' | 'sequence' | 'count'>): Expected {
  return { next: number + 1, sequence: sequence + count };
}
