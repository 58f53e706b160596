// Over 300 lines: one decision, what of a journal may be trusted, from its first case to its last.
import { type DiskProgram, stat } from '../disk/program.js';
import { corruptSegment } from './damage.js';
import { EntityChains } from './entity-chains.js';
import type { EventId } from './event-id.js';
import { EventIndex, type IndexedEvent } from './event-index.js';
import { countAt, type FoundFrame, frameHeaderBytes, hasRightHash, holdsEvents, nextFrame, noHash } from './frame.js';
import { segmentPath } from './place.js';
import type { SequenceRange } from './ranges.js';
import { type ChainEnd, type Scan, scan } from './scan.js';
import { sealedFor } from './seal.js';
import { type Head, readHeads, readSegment } from './segment-files.js';
import { type DecodedSegmentHeader, segmentHeaderBytes } from './segment-header.js';
import { eventAt, type StoredEvent } from './stored-event.js';

/** A segment of a journal, and where in its file the frames end. */
export interface SegmentEnd {
  readonly number: number;
  readonly end: number;
  /** How many bytes the file has. */
  readonly size: number;
}

/** Where a frame begins. */
export interface FramePlace {
  readonly segment: number;
  readonly offset: number;
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
  /** The sequence of the last event that is known to be durable; `undefined` where nothing of what was read says more than before. */
  readonly durable: number | undefined;
  readonly segments: readonly SegmentEnd[];
  readonly lastFrame: FramePlace | undefined;
  /** What was appended under fences that something else follows and no commit. */
  readonly cancelled: readonly SequenceRange[];
  /** What was appended last, under a fence of which no end was met; its writer may be at work. */
  readonly underFence: SequenceRange | undefined;
  /** From where on the rest is to be read, once there is more: before a fence that was not ended. */
  readonly resume: Known;
  readonly torn: TornTail | undefined;
  /** Segments that a compaction has put into another and not removed. */
  readonly leftovers: readonly number[];
  /** The number of a segment whose maker died before it held anything. */
  readonly unfinished: number | undefined;
}

/** What is known of a journal up to some frame: from where on it is to be read. */
export type Known = Pick<Found, 'lineage' | 'index' | 'chain' | 'segments' | 'lastFrame'>;

interface PlacedFrame {
  readonly segment: number;
  readonly frame: FoundFrame;
}

/** Of a journal of which at most this is known: how many of its first frames were durable once. */
export const nothingKnown = (durableTo = 0): Known => ({
  lineage: undefined,
  index: new EventIndex(),
  chain: { next: 1, sequence: 1, hash: noHash, durableTo },
  segments: [],
  lastFrame: undefined,
});

/**
 * Reads a journal from what is known of it to its end (CAT-JRN-3301, 3302): every frame follows the one before it, and every
 * segment but the last is sealed. Changes nothing; a newer version of any segment is refused before the first frame is read. To verify
 * is to compute the hash of every frame as well, and to follow each entity (CAT-JRN-3005).
 */
export function* readJournal(directory: string, known: Known, options: ReadingOptions = {}): DiskProgram<Found> {
  const reading = new Reading(directory, known, options);
  // A writer may have made the next segment since the last look.
  do for (const head of yield* readHeads(directory, known.segments.at(-1)?.number)) if (reading.wants(head)) yield* reading.goOn(head);
  while (reading.announced !== undefined && (yield* stat(segmentPath(directory, reading.announced))) !== undefined);
  return reading.found();
}

/** An event that was read, and its hash. */
export interface HashedEvent {
  readonly event: StoredEvent;
  readonly sequence: number;
  readonly segment: number;
  readonly hash: Buffer;
}

interface ReadingOptions {
  readonly verifies?: boolean;
  /** Told each event and its hash by who verifies, instead of the index; gives what is wrong with it. */
  readonly judges?: (hashed: HashedEvent) => string | undefined;
  /** Where events go; into the index that is known unless told. */
  readonly into?: (event: IndexedEvent) => void;
}

/** How far a journal was read. */
class Reading {
  readonly #directory: string;
  /** Of who verifies. */
  readonly #chains: EntityChains | undefined;
  readonly #judges: ReadingOptions['judges'];
  readonly #index: EventIndex;
  readonly #into: (event: IndexedEvent) => void;
  readonly #segments: SegmentEnd[];
  #lineage: EventId | undefined;
  #chain: ChainEnd;
  #lastFrame: FramePlace | undefined;
  /** The number of the first frame that was not known. */
  readonly #from: number;
  /** Frames of which no mark says that they are durable, the oldest first. */
  readonly #unsettled: Pick<FoundFrame, 'number' | 'sequence'>[] = [];
  #torn: TornTail | undefined;
  /** The segment that the one before says comes next. */
  #announced: number | undefined;
  #unfinished: number | undefined;
  readonly #leftovers: number[] = [];
  /** Whether the last segment was read to its end. */
  #isRead = false;
  /** Frames of a fence of which no commit was met yet. */
  readonly #fenced: PlacedFrame[] = [];
  readonly #cancelled: SequenceRange[] = [];
  /** What was known before the first of them. */
  #beforeFence: Omit<Known, 'index'> | undefined;

  constructor(
    directory: string,
    { lineage, index, chain, segments, lastFrame }: Known,
    { verifies = false, judges, into }: ReadingOptions,
  ) {
    this.#directory = directory;
    this.#chains = verifies ? new EntityChains() : undefined;
    this.#judges = judges;
    this.#into = into ?? ((event) => index.add(event));
    this.#lineage = lineage;
    this.#index = index;
    this.#chain = chain;
    this.#from = chain.next;
    this.#segments = [...segments];
    this.#lastFrame = lastFrame;
  }

  /** The segment that the last one says follows, as long as it was not read. */
  get announced(): number | undefined {
    return this.#announced;
  }

  /** Whether a segment was not read yet, or not to its end. */
  wants({ number }: Head): boolean {
    return (number > this.#segment && !this.#leftovers.includes(number)) || (number === this.#segment && !this.#isRead);
  }

  get #segment(): number {
    return this.#segments.at(-1)?.number ?? 0;
  }

  found(): Found {
    if (this.#announced !== undefined) this.#corrupt(this.#announced, 0, 'the segment before it says that it follows, and it is not there');
    const { durableTo } = this.#chain;
    if (this.#lineage === undefined && durableTo > 0) this.#corrupt(1, 0, `it is gone, and the frames to ${durableTo} were durable`);
    const now = { lineage: this.#lineage, chain: this.#chain, segments: this.#segments, lastFrame: this.#lastFrame };
    return {
      ...now,
      durable: this.#durable(),
      index: this.#index,
      cancelled: this.#cancelled,
      underFence: rangeOf(this.#fenced),
      resume: { ...((this.#fenced.length > 0 && this.#beforeFence) || now), index: this.#index },
      torn: this.#torn,
      leftovers: this.#leftovers,
      unfinished: this.#unfinished,
    };
  }

  #durable(): number | undefined {
    const { durableTo, sequence } = this.#chain;
    if (durableTo + 1 < this.#from) return undefined;
    return (this.#unsettled.find(({ number }) => number > durableTo)?.sequence ?? sequence) - 1;
  }

  *goOn({ number, decoded }: Head): DiskProgram<void> {
    const last = this.#segments.at(-1);
    const goesOn = last?.number === number;
    const base = goesOn ? last.end : 0;
    const bytes = yield* readSegment(segmentPath(this.#directory, number), undefined, base);
    // CAT-JRN-3501: its frames are in the segment that was read last, which names the one behind it.
    if (this.#announced !== undefined && number < this.#announced) {
      this.#passOver(number, decoded, bytes);
      return;
    }
    // Nothing comes after a segment that was being made, or a tail that was being written.
    if (this.#unfinished !== undefined) this.#corrupt(this.#unfinished, 0, `it holds nothing, and segment ${number} follows it`);
    const misfit = goesOn ? this.#whyNotThis(decoded) : this.#whyNotNext(number, decoded);
    if (misfit === undefined) this.#readFrames(number, bytes, base);
    else if (this.#announced === undefined && nextFrame(bytes, 0) === undefined) this.#unfinished = number;
    else this.#corrupt(number, 0, misfit);
  }

  #passOver(number: number, decoded: DecodedSegmentHeader, bytes: Buffer): void {
    if (decoded.kind === 'intact') {
      const { lineage, firstFrame: next, sequence, previousHash: hash, durableTo } = decoded.header;
      if (lineage !== this.#lineage) this.#corrupt(number, 0, 'it belongs to another journal');
      const { chain } = scan(bytes, segmentHeaderBytes, { next, sequence, hash, durableTo });
      if (chain.next > this.#chain.next) this.#corrupt(number, 0, `it goes to frame ${chain.next - 1}, and the segment before it does not`);
    }
    this.#leftovers.push(number);
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

  /** The bytes of a segment from its beginning, or from where it was read to. */
  #readFrames(number: number, bytes: Buffer, base: number): void {
    if (this.#torn !== undefined) {
      this.#corrupt(this.#torn.segment, this.#torn.offset, `${this.#torn.reason}, and segment ${number} follows`);
    }
    const { frames, end, chain, rest } = scan(bytes, base === 0 ? segmentHeaderBytes : 0, this.#chain);
    for (const frame of frames) {
      if (this.#chains !== undefined && !hasRightHash(bytes, frame))
        this.#corrupt(number, base + frame.offset, 'its hash is not that of its bytes');
      this.#takeFrame({ segment: number, frame: { ...frame, offset: base + frame.offset } });
    }
    this.#chain = chain;
    const firstUnsettled = frames.findIndex((frame) => frame.number > chain.durableTo);
    if (firstUnsettled >= 0)
      this.#unsettled.push(...frames.slice(firstUnsettled).map(({ number: of, sequence }) => ({ number: of, sequence })));
    this.#announced = sealedFor(frames.at(-1));
    this.#isRead = true;
    if (rest.kind === 'damaged') this.#corrupt(number, base + rest.offset, rest.reason);
    if (rest.kind === 'torn' && this.#announced !== undefined) this.#corrupt(number, base + end, `${rest.reason}, behind its seal`);
    this.#torn = rest.kind === 'torn' ? tornIn(number, bytes, { base, end, rest }) : undefined;
    this.#segments.splice(this.#segment === number ? -1 : this.#segments.length, 1, {
      number,
      end: base + end,
      size: base + bytes.byteLength,
    });
  }

  /** CAT-JRN-3105: what was appended under a fence counts once its commit is there, and is cancelled where anything else follows. */
  #takeFrame(placed: PlacedFrame): void {
    const { segment, frame } = placed;
    const isOfFence = frame.fence !== 0 && frame.fence === (this.#fenced[0]?.frame.fence ?? frame.fence);
    if (isOfFence && holdsEvents(frame)) {
      if (this.#fenced.length === 0) this.#beforeFence = this.#knownBefore(placed);
      this.#fenced.push(placed);
    } else if (frame.type !== 'sealed') {
      if (isOfFence) for (const fenced of this.#fenced) this.#indexFrame(fenced);
      else this.#cancelled.push(...[rangeOf(this.#fenced)].filter((range) => range !== undefined));
      this.#fenced.length = 0;
      // Of another fence: the first of those that wait for its commit.
      if (frame.fence !== 0 && holdsEvents(frame)) this.#takeFrame(placed);
      else if (holdsEvents(frame)) this.#indexFrame(placed);
      else if (frame.type === 'gap') this.#chains?.skip({ from: frame.sequence, to: frame.sequence + frame.count - 1 });
    }
    this.#lastFrame = { segment, offset: frame.offset };
  }

  #knownBefore({ segment, frame }: PlacedFrame): Omit<Known, 'index'> {
    const { number: next, sequence, previousHash: hash, offset: end } = frame;
    const segments = [...this.#segments.filter(({ number }) => number !== segment), { number: segment, end, size: end }];
    return { lineage: this.#lineage, chain: { ...this.#chain, next, sequence, hash }, segments, lastFrame: this.#lastFrame };
  }

  #indexFrame({ segment, frame: { offset, sequence: first, count, body } }: PlacedFrame): void {
    let at = 0;
    for (let nth = 0; nth < count; nth++) {
      const event = eventAt(body, at);
      if (event === undefined) this.#corrupt(segment, offset, `event ${nth + 1} of its frame is none`);
      const place = offset + frameHeaderBytes + at;
      const sequence = first + nth;
      const wrong = this.#chains?.follow(event, sequence) ?? this.#judged(event, sequence, segment);
      if (wrong !== undefined) this.#corrupt(segment, place, wrong);
      if (this.#judges === undefined) this.#into(indexedEvent(event, { segment, offset: place }, sequence));
      at += event.length;
    }
  }

  #judged(event: StoredEvent, sequence: number, segment: number): string | undefined {
    if (this.#judges === undefined || this.#chains === undefined) return undefined;
    return this.#judges({ event, sequence, segment, hash: this.#chains.hashOfLast(event, sequence) });
  }

  #corrupt(segment: number, offset: number, reason: string): never {
    throw corruptSegment(this.#directory, segment, offset, reason);
  }
}

/** What an index is told of an event that lies there. */
export function indexedEvent(event: StoredEvent, { segment, offset }: FramePlace, sequence: number): IndexedEvent {
  const { id, version, wallMs, length, isGone: isDropped } = event;
  return { segment, offset, length, sequence, id, entity: event.coordinate.entity, version, wallMs, isDropped };
}

function reasonOf(decoded: DecodedSegmentHeader): string {
  return decoded.kind === 'damaged' ? decoded.reason : 'it has another version';
}

function rangeOf(fenced: readonly PlacedFrame[]): SequenceRange | undefined {
  const [first, last] = [fenced.at(0)?.frame, fenced.at(-1)?.frame];
  return first === undefined || last === undefined ? undefined : { from: first.sequence, to: last.sequence + last.count - 1 };
}

interface TornRest {
  readonly base: number;
  readonly end: number;
  readonly rest: Scan['rest'] & { kind: 'torn' };
}

function tornIn(segment: number, bytes: Buffer, { base, end, rest }: TornRest): TornTail {
  let last = bytes.byteLength;
  while (last > end && bytes[last - 1] === 0) last--;
  return { segment, offset: base + end, bytes: last - end, reason: rest.reason, isBatch: countAt(bytes, end) > 1 };
}
