import { refusal } from '../core/errors.js';
import { type DiskProgram, list, statHandle } from '../disk/program.js';
import { type Handle, isDiskError } from '../disk/steps.js';
import { closing, openIfThere, readFully } from '../disk/whole-file.js';
import { corruptSegment, newerFile } from './damage.js';
import type { EventId } from './event-id.js';
import { EventIndex } from './event-index.js';
import { eventAt } from './event-record.js';
import { countAt, type FoundFrame, frameHeaderBytes, nextFrame, noHash } from './frame.js';
import { segmentNumber, segmentPath } from './place.js';
import { type ChainEnd, type Scan, scan } from './scan.js';
import { sealedFor } from './seal.js';
import { type DecodedSegmentHeader, decodeSegmentHeader, segmentHeaderBytes, segmentVersion } from './segment-header.js';

/** A segment of a journal, and where in its file the frames end. */
export interface SegmentEnd {
  readonly number: number;
  readonly end: number;
  /** How many bytes the file has. */
  readonly size: number;
}

/** What a write left that nobody was told of (CAT-JRN-3301). */
export interface TornTail {
  readonly segment: number;
  readonly offset: number;
  /** How many, without the zeros at their end. */
  readonly bytes: number;
  readonly reason: string;
  /** Whether it begins as a batch does: then that was never acknowledged. */
  readonly isBatch: boolean;
}

/** What is in the directory of a journal; nothing of it was changed. */
export interface Found {
  /** Which journal it is; `undefined` where none is yet. */
  readonly lineage: EventId | undefined;
  readonly index: EventIndex;
  readonly chain: ChainEnd;
  readonly segments: readonly SegmentEnd[];
  readonly torn: TornTail | undefined;
  /** The number of a segment whose maker died before it held anything. */
  readonly unfinished: number | undefined;
}

/** What is known of a journal up to some frame: from where on it is to be read. */
export type Known = Pick<Found, 'lineage' | 'index' | 'chain' | 'segments'>;

interface Head {
  readonly number: number;
  readonly decoded: DecodedSegmentHeader;
}

export const nothingKnown = (): Known => ({
  lineage: undefined,
  index: new EventIndex(),
  chain: { next: 1, sequence: 1, hash: noHash, durableTo: 0 },
  segments: [],
});

/**
 * Reads a journal from what is known of it to its end (CAT-JRN-3301, 3302): every frame follows the one before it, and every
 * segment but the last is sealed. Changes nothing; a newer version of any segment is refused before the first frame is read.
 */
export function* readJournal(directory: string, known: Known): DiskProgram<Found> {
  const reading = new Reading(directory, known);
  for (const head of yield* readHeads(directory)) {
    if (head.number >= reading.segment) yield* reading.goOn(head);
  }
  return reading.found();
}

/** The numbers of the segments, the lowest first; none where there is no such directory. */
export function* segmentNumbers(directory: string): DiskProgram<readonly number[]> {
  try {
    const names = yield* list(directory);
    return names.flatMap((name) => segmentNumber(name) ?? []).sort((a, b) => a - b);
  } catch (error) {
    if (isDiskError(error, 'ENOENT')) return [];
    throw error;
  }
}

function* readHeads(directory: string): DiskProgram<readonly Head[]> {
  const heads: Head[] = [];
  for (const number of yield* segmentNumbers(directory)) {
    const path = segmentPath(directory, number);
    const decoded = decodeSegmentHeader(yield* readSegment(path, segmentHeaderBytes));
    if (decoded.kind === 'newer') throw newerFile(path, decoded.version, segmentVersion);
    heads.push({ number, decoded });
  }
  return heads;
}

/** The bytes of a segment, at most so many. */
function* readSegment(path: string, most = Number.POSITIVE_INFINITY): DiskProgram<Buffer> {
  const handle = yield* openIfThere(path);
  if (handle === undefined) throw refusal('CorruptSegment', `${path} is gone`, { path, reason: 'it is gone' });
  return yield* closing(handle, readUpTo(handle, most));
}

function* readUpTo(handle: Handle, most: number): DiskProgram<Buffer> {
  const bytes = Buffer.allocUnsafe(Math.min((yield* statHandle(handle)).size, most));
  return bytes.subarray(0, yield* readFully(handle, bytes, 0));
}

/** How far a journal was read. */
class Reading {
  readonly #directory: string;
  readonly #index: EventIndex;
  readonly #segments: SegmentEnd[];
  #lineage: EventId | undefined;
  #chain: ChainEnd;
  #torn: TornTail | undefined;
  /** The segment that the one before says comes next. */
  #announced: number | undefined;
  #unfinished: number | undefined;

  constructor(directory: string, { lineage, index, chain, segments }: Known) {
    this.#directory = directory;
    this.#lineage = lineage;
    this.#index = index;
    this.#chain = chain;
    this.#segments = [...segments];
  }

  /** The segment that is to be read next. */
  get segment(): number {
    return this.#segments.at(-1)?.number ?? 0;
  }

  found(): Found {
    if (this.#announced !== undefined) this.#corrupt(this.#announced, 0, 'the segment before it says that it follows, and it is not there');
    return {
      lineage: this.#lineage,
      index: this.#index,
      chain: this.#chain,
      segments: this.#segments,
      torn: this.#torn,
      unfinished: this.#unfinished,
    };
  }

  *goOn({ number, decoded }: Head): DiskProgram<void> {
    const bytes = yield* readSegment(segmentPath(this.#directory, number));
    // Nothing comes after a segment that was being made, or a tail that was being written.
    if (this.#unfinished !== undefined) this.#corrupt(this.#unfinished, 0, `it holds nothing, and segment ${number} follows it`);
    const last = this.#segments.at(-1);
    const goesOn = last?.number === number;
    const misfit = goesOn ? this.#whyNotThis(decoded) : this.#whyNotNext(number, decoded);
    if (misfit === undefined) this.#readFrames(number, bytes, goesOn ? last.end : segmentHeaderBytes);
    else if (this.#announced === undefined && nextFrame(bytes, 0) === undefined) this.#unfinished = number;
    else this.#corrupt(number, 0, misfit);
  }

  #whyNotThis(decoded: DecodedSegmentHeader): string | undefined {
    if (decoded.kind !== 'intact') return reasonOf(decoded);
    return decoded.header.lineage === this.#lineage ? undefined : 'it belongs to another journal';
  }

  #whyNotNext(number: number, decoded: DecodedSegmentHeader): string | undefined {
    if (decoded.kind !== 'intact') return reasonOf(decoded);
    const { header } = decoded;
    const { next, sequence, hash } = this.#chain;
    if (header.number !== number) return `its header says that it is segment ${header.number}`;
    if (this.#segments.length > 0 && this.#announced !== number) return 'no segment says that it follows';
    if (this.#lineage !== undefined && header.lineage !== this.#lineage) return 'it belongs to another journal';
    if (header.firstFrame !== next || header.sequence !== sequence || !header.previousHash.equals(hash)) {
      return `it begins with frame ${header.firstFrame} where ${next} follows`;
    }
    this.#lineage ??= header.lineage;
    this.#chain = { ...this.#chain, durableTo: Math.max(this.#chain.durableTo, header.durableTo) };
    return undefined;
  }

  #readFrames(number: number, bytes: Buffer, offset: number): void {
    if (this.#torn !== undefined) this.#corrupt(this.#torn.segment, this.#torn.offset, `${this.#torn.reason}, and segment ${number} follows`);
    const { frames, end, chain, rest } = scan(bytes, offset, this.#chain);
    for (const frame of frames) this.#indexFrame(number, frame);
    this.#chain = chain;
    this.#announced = sealedFor(frames.at(-1));
    if (rest.kind === 'damaged') this.#corrupt(number, rest.offset, rest.reason);
    if (rest.kind === 'torn' && this.#announced !== undefined) this.#corrupt(number, end, `${rest.reason}, behind its seal`);
    this.#torn = rest.kind === 'torn' ? tornIn(number, bytes, { end, rest }) : undefined;
    this.#segments.splice(this.segment === number ? -1 : this.#segments.length, 1, { number, end, size: bytes.byteLength });
  }

  #indexFrame(segment: number, { type, offset, sequence, count, body }: FoundFrame): void {
    if (type !== 'events') return;
    let at = 0;
    for (let nth = 0; nth < count; nth++) {
      const event = eventAt(body, at);
      if (event === undefined) return this.#corrupt(segment, offset, `event ${nth + 1} of its frame is none`);
      const { id, coordinate, version, wallMs, length } = event;
      const place = { segment, offset: offset + frameHeaderBytes + at, length };
      this.#index.add({ ...place, sequence: sequence + nth, id, entity: coordinate.entity, version, wallMs });
      at += length;
    }
  }

  #corrupt(segment: number, offset: number, reason: string): never {
    throw corruptSegment(this.#directory, segment, offset, reason);
  }
}

function reasonOf(decoded: DecodedSegmentHeader): string {
  return decoded.kind === 'damaged' ? decoded.reason : 'it has another version';
}

function tornIn(segment: number, bytes: Buffer, { end, rest }: { end: number; rest: Scan['rest'] & { kind: 'torn' } }): TornTail {
  let last = bytes.byteLength;
  while (last > end && bytes[last - 1] === 0) last--;
  return { segment, offset: end, bytes: last - end, reason: rest.reason, isBatch: countAt(bytes, end) > 1 };
}
