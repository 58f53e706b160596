// Over 300 lines: one table in typed arrays; whoever reads a column needs its layout.
import { type EntityEnd, EntityTable, leastEntityBytes, StoredEntities } from './entity-table.js';
import { EventColumns, eventBytes, idWords } from './event-columns.js';
import type { EventId } from './event-id.js';
import { hashBytes, noHash } from './frame.js';
import type { StoredEvent } from './stored-event.js';

/** Where an event lies: in which segment, from which byte on, and how long it is. */
export interface EventPlace {
  readonly segment: number;
  readonly offset: number;
  readonly length: number;
}

/** What the index is told of an event. */
export interface IndexedEvent extends EventPlace {
  readonly sequence: number;
  readonly id: EventId;
  readonly entity: string;
  readonly version: number;
  readonly wallMs: number;
  /** Whether it is known and no more (CAT-JRN-3502). */
  readonly isDropped?: boolean;
}

const leastCapacity = 64;
/** Stands in the column of lengths, which need fewer bits. */
const droppedBit = 0x8000_0000;

/**
 * All events of a journal, by sequence, by id and by entity, in typed arrays: forty bytes an event, whatever it says, and
 * thirty-two more where hashes are kept. What an
 * event says is on the disk.
 */
export class EventIndex {
  #count = 0;
  #dropped = 0;
  /** The events that a checkpoint knew, as they stand there, and those behind them. */
  #base = new EventColumns(0);
  #tail = new EventColumns(leastCapacity);
  /** Open addressing by the words of an id: one more than the ordinal; 0 where nobody is. It is made when somebody asks for an id. */
  #table: Uint32Array<ArrayBuffer> | undefined;
  #entities = new EntityTable();
  /** The event hash of each; zeros where nobody has asked for it. There are none before the first is kept. */
  #hashes: Uint8Array<ArrayBuffer> | undefined;
  #hasNewHashes = false;

  /** How many events there are; without those that were dropped. */
  get count(): number {
    return this.#count - this.#dropped;
  }

  /** With those that were dropped. */
  get known(): number {
    return this.#count;
  }

  /** The highest sequence; 0 where there is no event. */
  get last(): number {
    return this.#count === 0 ? 0 : this.#sequenceAt(this.#count - 1);
  }

  /** The entities from the so-manieth on, in the order in which they first came; those before it never change. */
  entitiesFrom(nth: number): readonly string[] {
    return this.#entities.namesFrom(nth);
  }

  entityEnd(entity: string): EntityEnd | undefined {
    return this.#entities.get(entity);
  }

  add(event: IndexedEvent): void {
    const { id, entity, version, wallMs, sequence } = event;
    const ordinal = this.#count++;
    const nth = ordinal - this.#base.count;
    if (nth === this.#tail.count) this.#tail = this.#tail.grown(nth * 2);
    this.#tail.sequences[nth] = sequence;
    this.#place(ordinal, event);
    const before = this.#entities.get(entity);
    this.#tail.previous[nth] = before === undefined ? 0 : before.ordinal + 1;
    this.#tail.ids.set(wordsOf(id) ?? nobody, nth * idWords);
    if (this.#table !== undefined) this.#table = this.#entered(this.#table, ordinal);
    this.#entities.set(entity, { version, wallMs, sequence, ordinal }, before);
  }

  /** The sequence of the event of an id. */
  sequenceOf(id: EventId): number | undefined {
    const sought = wordsOf(id);
    const ordinal = sought && this.#find(sought);
    return ordinal === undefined ? undefined : this.#sequenceAt(ordinal);
  }

  placeOf(sequence: number): EventPlace | undefined {
    const ordinal = this.#ordinalOf(sequence);
    if (ordinal === undefined) return undefined;
    return {
      segment: of(this.#base.segments, this.#tail.segments, ordinal),
      offset: of(this.#base.offsets, this.#tail.offsets, ordinal),
      length: of(this.#base.lengths, this.#tail.lengths, ordinal) & ~droppedBit,
    };
  }

  /** Whether an event was dropped: its id is known, and it is read no more. */
  isDropped(sequence: number): boolean {
    const ordinal = this.#ordinalOf(sequence);
    return ordinal !== undefined && this.#isDropped(ordinal);
  }

  /** Whether an event has the id of that of a sequence. */
  isAt(sequence: number, event: StoredEvent): boolean {
    const ordinal = this.#ordinalOf(sequence);
    if (ordinal === undefined) return false;
    const nth = ordinal - this.#base.count;
    return nth < 0 ? event.hasId(this.#base.ids, ordinal * idWords) : event.hasId(this.#tail.ids, nth * idWords);
  }

  /** An event that is known lies elsewhere now, or was dropped. */
  replace(placed: Pick<IndexedEvent, 'sequence' | 'segment' | 'offset' | 'length' | 'isDropped'>): void {
    const ordinal = this.#ordinalOf(placed.sequence);
    if (ordinal !== undefined) this.#place(ordinal, placed);
  }

  /** Keeps the hash of an event that nobody changes any more (CAT-JRN-3003). */
  keepHash(sequence: number, hash: Uint8Array): void {
    const ordinal = this.#ordinalOf(sequence);
    if (ordinal === undefined || this.#hashAt(ordinal) !== undefined) return;
    this.#roomForHashes().set(hash, ordinal * hashBytes);
    this.#hasNewHashes = true;
  }

  /** The hash of an event that was kept; `undefined` where none was. */
  hashOf(sequence: number): Buffer | undefined {
    const ordinal = this.#ordinalOf(sequence);
    return ordinal === undefined ? undefined : this.#hashAt(ordinal);
  }

  /** Whether hashes were kept that no checkpoint knows. */
  get hasNewHashes(): boolean {
    return this.#hasNewHashes;
  }

  /** The number of the last segment that an event lies in; those before it are full. */
  get lastSegment(): number {
    return this.#count === 0 ? 0 : of(this.#base.segments, this.#tail.segments, this.#count - 1);
  }

  /** The sequence of the event of the same entity before it. */
  previousOf(sequence: number): number | undefined {
    const ordinal = this.#ordinalOf(sequence);
    const previous = ordinal === undefined ? 0 : of(this.#base.previous, this.#tail.previous, ordinal);
    return previous === 0 ? undefined : this.#sequenceAt(previous - 1);
  }

  /** The first sequence at or after one. */
  nextFrom(sequence: number): number | undefined {
    const ordinal = this.#lowerBound(sequence);
    return ordinal < this.#count ? this.#sequenceAt(ordinal) : undefined;
  }

  /** Says all that another says, and goes on. */
  become(other: EventIndex): void {
    this.#count = other.#count;
    this.#dropped = other.#dropped;
    this.#base = other.#base;
    this.#tail = other.#tail;
    this.#table = other.#table;
    this.#entities = other.#entities;
    this.#hashes = other.#hashes;
    this.#hasNewHashes = other.#hasNewHashes;
  }

  /** What lay in one segment lies in another. */
  move({ from, to, shift }: { readonly from: number; readonly to: number; readonly shift: number }): void {
    for (const { segments, offsets, count } of [this.#base, this.#tail]) {
      for (let nth = 0; nth < count; nth++) {
        if (segments[nth] !== from) continue;
        segments[nth] = to;
        offsets[nth] = (offsets[nth] ?? 0) + shift;
      }
    }
  }

  /** Its bytes: how many events and entities there are, the columns, each entity, and the hashes where any were kept. Numbers are written as the machine writes them. */
  encoded(): readonly Uint8Array[] {
    const base = this.#base.bytes(this.#base.count);
    const tail = this.#tail.bytes(this.#count - this.#base.count);
    const columns = base.flatMap((column, nth) => [column, tail[nth] ?? column]);
    const entities = this.#entities.encoded();
    const counts = new Uint8Array(Uint32Array.of(this.#count, this.#entities.count).buffer);
    const hashes = this.#hashes === undefined ? [] : [this.#roomForHashes().subarray(0, this.#count * hashBytes)];
    return [counts, ...columns, ...entities, ...hashes].filter(({ byteLength }) => byteLength > 0);
  }

  /** The index of such bytes, which it goes on to use; `undefined` where they have another form. */
  static decoded(encoded: Buffer): EventIndex | undefined {
    if (encoded.byteLength < countsBytes) return undefined;
    const bytes = aligned(encoded);
    const { buffer, byteOffset } = bytes;
    const [count = 0, entities = 0] = new Uint32Array(buffer, byteOffset, 2);
    const at = countsBytes + count * eventBytes;
    // More than the bytes can hold is nothing to look for.
    if (at + entities * leastEntityBytes > bytes.byteLength) return undefined;
    const stored = StoredEntities.at(bytes, at, entities);
    if (stored === undefined) return undefined;
    const index = new EventIndex();
    index.#count = count;
    index.#base = new EventColumns(count, buffer, byteOffset + countsBytes);
    for (let ordinal = 0; ordinal < count; ordinal++) if (index.#isDropped(ordinal)) index.#dropped++;
    index.#entities = new EntityTable(stored, index.#base.sequences);
    if (!index.#base.areInOrder || !stored.isBelow(count)) return undefined;
    const behind = at + stored.byteLength;
    const left = bytes.byteLength - behind;
    if (left === count * hashBytes && left > 0) index.#hashes = new Uint8Array(buffer, byteOffset + behind, left);
    return left === 0 || index.#hashes !== undefined ? index : undefined;
  }

  /** Whether every event lies within the segments that there are, in their order. */
  liesIn(segments: readonly { readonly number: number; readonly end: number }[]): boolean {
    let nth = 0;
    for (let ordinal = 0; ordinal < this.#count; ordinal++) {
      const number = of(this.#base.segments, this.#tail.segments, ordinal);
      while (nth < segments.length && segments[nth]?.number !== number) nth++;
      const length = of(this.#base.lengths, this.#tail.lengths, ordinal) & ~droppedBit;
      if (of(this.#base.offsets, this.#tail.offsets, ordinal) + length > (segments[nth]?.end ?? 0)) return false;
    }
    return true;
  }

  #place(ordinal: number, { segment, offset, length, isDropped = false }: Omit<Parameters<EventIndex['replace']>[0], 'sequence'>): void {
    this.#dropped += Number(isDropped) - Number(this.#isDropped(ordinal));
    const isBase = ordinal < this.#base.count;
    const columns = isBase ? this.#base : this.#tail;
    const nth = isBase ? ordinal : ordinal - this.#base.count;
    columns.segments[nth] = segment;
    columns.offsets[nth] = offset;
    columns.lengths[nth] = isDropped ? length + droppedBit : length;
  }

  #isDropped(ordinal: number): boolean {
    return of(this.#base.lengths, this.#tail.lengths, ordinal) >= droppedBit;
  }

  #sequenceAt(ordinal: number): number {
    return of(this.#base.sequences, this.#tail.sequences, ordinal);
  }

  #roomForHashes(): Uint8Array<ArrayBuffer> {
    const needed = this.#count * hashBytes;
    if (this.#hashes === undefined || this.#hashes.byteLength < needed) {
      const hashes = new Uint8Array(needed * 2);
      if (this.#hashes !== undefined) hashes.set(this.#hashes);
      this.#hashes = hashes;
    }
    return this.#hashes;
  }

  #hashAt(ordinal: number): Buffer | undefined {
    if (this.#hashes === undefined || (ordinal + 1) * hashBytes > this.#hashes.byteLength) return undefined;
    const hash = Buffer.from(this.#hashes.buffer, this.#hashes.byteOffset + ordinal * hashBytes, hashBytes);
    return hash.equals(noHash) ? undefined : hash;
  }

  #ordinalOf(sequence: number): number | undefined {
    const ordinal = this.#lowerBound(sequence);
    return ordinal < this.#count && this.#sequenceAt(ordinal) === sequence ? ordinal : undefined;
  }

  /** Sequences rise, and without retention by one: then the first guess is right. */
  #lowerBound(sequence: number): number {
    if (this.#count === 0) return 0;
    const guess = sequence - this.#sequenceAt(0);
    if (guess >= 0 && guess < this.#count && this.#sequenceAt(guess) === sequence) return guess;
    let [low, high] = [0, this.#count];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#sequenceAt(middle) < sequence) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #find(words: Uint32Array): number | undefined {
    this.#table ??= this.#tableOfAll();
    const mask = this.#table.length - 1;
    for (let slot = slotOf(words, 0) & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#table[slot] ?? 0;
      if (entry === 0) return undefined;
      if (this.#hasWords(entry - 1, words)) return entry - 1;
    }
  }

  #hasWords(ordinal: number, words: Uint32Array): boolean {
    const nth = ordinal - this.#base.count;
    const ids = nth < 0 ? this.#base.ids : this.#tail.ids;
    const at = (nth < 0 ? ordinal : nth) * idWords;
    return ids[at] === words[0] && ids[at + 1] === words[1] && ids[at + 2] === words[2] && ids[at + 3] === words[3];
  }

  /** With one more; at most half full. */
  #entered(table: Uint32Array<ArrayBuffer>, ordinal: number): Uint32Array<ArrayBuffer> {
    if (this.#count * 2 > table.length) return this.#tableOfAll();
    this.#enter(table, ordinal);
    return table;
  }

  #tableOfAll(): Uint32Array<ArrayBuffer> {
    const table = new Uint32Array(2 * 2 ** Math.ceil(Math.log2(Math.max(this.#count, leastCapacity))));
    for (let ordinal = 0; ordinal < this.#count; ordinal++) this.#enter(table, ordinal);
    return table;
  }

  #enter(table: Uint32Array, ordinal: number): void {
    const nth = ordinal - this.#base.count;
    const mask = table.length - 1;
    let slot = (nth < 0 ? slotOf(this.#base.ids, ordinal * idWords) : slotOf(this.#tail.ids, nth * idWords)) & mask;
    while (table[slot] !== 0) slot = (slot + 1) & mask;
    table[slot] = ordinal + 1;
  }
}

const countsBytes = 8;

/** What a column says of an event, of those of a checkpoint or of those behind them. */
function of(base: Float64Array | Uint32Array, tail: Float64Array | Uint32Array, ordinal: number): number {
  return (ordinal < base.length ? base[ordinal] : tail[ordinal - base.length]) ?? 0;
}

/** The same bytes, or a copy of them, in a buffer that columns can stand in. */
function aligned(bytes: Buffer): Buffer<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = bytes;
  if (buffer instanceof ArrayBuffer && byteOffset % 8 === 0) return Buffer.from(buffer, byteOffset, byteLength);
  return Buffer.from(new Uint8Array(bytes).buffer);
}

const noDigit = 0xff;
const digits = new Uint8Array(128).fill(noDigit);
for (const digit of '0123456789abcdefABCDEF') digits[digit.charCodeAt(0)] = Number.parseInt(digit, 16);
const idLength = 36;
const hyphensAt = [8, 13, 18, 23] as const;
/** Where in the text of an id its bytes begin: 01234567-9012-4567-... */
const bytesAt = Uint8Array.of(0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34);
const words = new Uint32Array(idWords);
const nobody = new Uint32Array(idWords);

/** The bytes of an id as four numbers, until the next one is asked for; `undefined` for a text that is none. */
function wordsOf(id: unknown): Uint32Array | undefined {
  if (typeof id !== 'string' || id.length !== idLength) return undefined;
  for (const at of hyphensAt) if (id.charCodeAt(at) !== 0x2d) return undefined;
  for (let nth = 0; nth < idWords; nth++) {
    let word = 0;
    for (let byte = nth * 4; byte < nth * 4 + 4; byte++) {
      const at = bytesAt[byte] ?? 0;
      const [high, low] = [digits[id.charCodeAt(at)] ?? noDigit, digits[id.charCodeAt(at + 1)] ?? noDigit];
      if (high === noDigit || low === noDigit) return undefined;
      word = (word << 8) | (high << 4) | low;
    }
    words[nth] = word;
  }
  return words;
}

/** Ids of one millisecond share their first words; the last ones are random, or a hash. */
function slotOf(words: Uint32Array, at: number): number {
  return Math.imul((words[at + 2] ?? 0) ^ Math.imul((words[at + 3] ?? 0) ^ (words[at + 1] ?? 0), 0x9e3779b1), 0x85ebca6b) >>> 1;
}
