import { type EventId, isEventId } from './event-id.js';
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

/** An entity as its newest event left it. */
export interface EntityEnd {
  readonly version: number;
  readonly wallMs: number;
  /** The sequence of its newest event. */
  readonly sequence: number;
}

const leastCapacity = 64;
const idWords = 4;
const entityBytes = 16;
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
  #capacity = leastCapacity;
  #sequences = new Float64Array(leastCapacity);
  #segments = new Uint32Array(leastCapacity);
  #offsets = new Uint32Array(leastCapacity);
  #lengths = new Uint32Array(leastCapacity);
  /** Of the event of the same entity before it one more than its ordinal; 0 for none. */
  #previous = new Uint32Array(leastCapacity);
  #ids = new Uint32Array(leastCapacity * idWords);
  /** Open addressing by the words of an id: one more than the ordinal; 0 where nobody is. */
  #table = new Uint32Array(leastCapacity * 2);
  #entities = new Map<string, EntityEnd & { readonly ordinal: number }>();
  #names: string[] = [];
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
    return this.#count === 0 ? 0 : (this.#sequences[this.#count - 1] ?? 0);
  }

  /** The entities from the so-manieth on, in the order in which they first came; those before it never change. */
  entitiesFrom(nth: number): readonly string[] {
    return this.#names.slice(nth);
  }

  entityEnd(entity: string): EntityEnd | undefined {
    return this.#entities.get(entity);
  }

  add(event: IndexedEvent): void {
    const { id, entity, version, wallMs, sequence } = event;
    if (this.#count === this.#capacity) this.#grow();
    const ordinal = this.#count++;
    this.#sequences[ordinal] = sequence;
    this.#lengths[ordinal] = 0;
    this.#place(ordinal, event);
    const before = this.#entities.get(entity);
    if (before === undefined) this.#names.push(entity);
    this.#previous[ordinal] = before === undefined ? 0 : before.ordinal + 1;
    this.#ids.set(wordsOf(id), ordinal * idWords);
    this.#enter(ordinal);
    this.#entities.set(entity, { version, wallMs, sequence, ordinal });
  }

  /** The sequence of the event of an id. */
  sequenceOf(id: EventId): number | undefined {
    if (!isEventId(id)) return undefined;
    const ordinal = this.#find(wordsOf(id));
    return ordinal === undefined ? undefined : this.#sequences[ordinal];
  }

  placeOf(sequence: number): EventPlace | undefined {
    const ordinal = this.#ordinalOf(sequence);
    if (ordinal === undefined) return undefined;
    return {
      segment: this.#segments[ordinal] ?? 0,
      offset: this.#offsets[ordinal] ?? 0,
      length: (this.#lengths[ordinal] ?? 0) % droppedBit,
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
    return ordinal !== undefined && event.hasId(this.#ids, ordinal * idWords);
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
    this.#hashes ??= new Uint8Array(this.#capacity * hashBytes);
    this.#hashes.set(hash, ordinal * hashBytes);
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
    return this.#count === 0 ? 0 : (this.#segments[this.#count - 1] ?? 0);
  }

  /** The sequence of the event of the same entity before it. */
  previousOf(sequence: number): number | undefined {
    const ordinal = this.#ordinalOf(sequence);
    const previous = ordinal === undefined ? 0 : (this.#previous[ordinal] ?? 0);
    return previous === 0 ? undefined : this.#sequences[previous - 1];
  }

  /** The first sequence at or after one. */
  nextFrom(sequence: number): number | undefined {
    const ordinal = this.#lowerBound(sequence);
    return ordinal < this.#count ? this.#sequences[ordinal] : undefined;
  }

  /** Says all that another says, and goes on. */
  become(other: EventIndex): void {
    this.#count = other.#count;
    this.#dropped = other.#dropped;
    this.#capacity = other.#capacity;
    this.#sequences = other.#sequences;
    this.#segments = other.#segments;
    this.#offsets = other.#offsets;
    this.#lengths = other.#lengths;
    this.#previous = other.#previous;
    this.#ids = other.#ids;
    this.#table = other.#table;
    this.#entities = other.#entities;
    this.#names = other.#names;
    this.#hashes = other.#hashes;
    this.#hasNewHashes = other.#hasNewHashes;
  }

  /** What lay in one segment lies in another. */
  move({ from, to, shift }: { readonly from: number; readonly to: number; readonly shift: number }): void {
    for (let ordinal = 0; ordinal < this.#count; ordinal++) {
      if (this.#segments[ordinal] !== from) continue;
      this.#segments[ordinal] = to;
      this.#offsets[ordinal] = (this.#offsets[ordinal] ?? 0) + shift;
    }
  }

  /** Its bytes: how many events and entities there are, the columns, each entity, and the hashes where any were kept. Numbers are written as the machine writes them. */
  encoded(): readonly Uint8Array[] {
    const count = this.#count;
    const columns = [this.#sequences, this.#segments, this.#offsets, this.#lengths, this.#previous].map((column) =>
      column.subarray(0, count),
    );
    const entities = [...this.#entities].map(([entity, end]) => encodedEntity(entity, end));
    const counts = Uint32Array.of(count, entities.length);
    const hashes = this.#hashes === undefined ? [] : [this.#hashes.subarray(0, count * hashBytes)];
    return [counts, ...columns, this.#ids.subarray(0, count * idWords)].map(asBytes).concat(entities, hashes);
  }

  /** The index of such bytes; `undefined` where they have another form. */
  static decoded(bytes: Buffer): EventIndex | undefined {
    const index = new EventIndex();
    const reader = new ColumnReader(bytes);
    const [count = 0, entities = 0] = new Uint32Array(reader.take(8));
    // More than the bytes can hold is nothing to look for.
    if (count * (8 + 4 * (4 + idWords)) + entities * entityBytes > bytes.byteLength) return undefined;
    index.#count = count;
    index.#capacity = Math.max(leastCapacity, 2 ** Math.ceil(Math.log2(count + 1)));
    const filled = <A extends Float64Array<ArrayBuffer> | Uint32Array<ArrayBuffer>>(column: A, words = 1): A => {
      const taken = reader.take(count * words * column.BYTES_PER_ELEMENT);
      new Uint8Array(column.buffer).set(new Uint8Array(taken));
      return column;
    };
    index.#sequences = filled(new Float64Array(index.#capacity));
    index.#segments = filled(new Uint32Array(index.#capacity));
    index.#offsets = filled(new Uint32Array(index.#capacity));
    index.#lengths = filled(new Uint32Array(index.#capacity));
    index.#previous = filled(new Uint32Array(index.#capacity));
    index.#ids = filled(new Uint32Array(index.#capacity * idWords), idWords);
    index.#table = new Uint32Array(index.#capacity * 2);
    for (let ordinal = 0; ordinal < count; ordinal++) index.#enter(ordinal);
    for (let ordinal = 0; ordinal < count; ordinal++) if (index.#isDropped(ordinal)) index.#dropped++;
    for (let nth = 0; nth < entities; nth++) {
      const { entity, ...end } = decodedEntity(reader);
      index.#names.push(entity);
      index.#entities.set(entity, { ...end, sequence: index.#sequences[end.ordinal] ?? 0 });
    }
    if (!reader.isAtEnd) {
      index.#hashes = new Uint8Array(index.#capacity * hashBytes);
      index.#hashes.set(new Uint8Array(reader.take(count * hashBytes)));
    }
    return reader.isAtEnd ? index : undefined;
  }

  #place(ordinal: number, { segment, offset, length, isDropped = false }: Omit<Parameters<EventIndex['replace']>[0], 'sequence'>): void {
    this.#dropped += Number(isDropped) - Number(this.#isDropped(ordinal));
    this.#segments[ordinal] = segment;
    this.#offsets[ordinal] = offset;
    this.#lengths[ordinal] = isDropped ? length + droppedBit : length;
  }

  #isDropped(ordinal: number): boolean {
    return (this.#lengths[ordinal] ?? 0) >= droppedBit;
  }

  #hashAt(ordinal: number): Buffer | undefined {
    if (this.#hashes === undefined) return undefined;
    const hash = Buffer.from(this.#hashes.buffer, ordinal * hashBytes, hashBytes);
    return hash.equals(noHash) ? undefined : hash;
  }

  #ordinalOf(sequence: number): number | undefined {
    const ordinal = this.#lowerBound(sequence);
    return ordinal < this.#count && this.#sequences[ordinal] === sequence ? ordinal : undefined;
  }

  /** Sequences rise, and without retention by one: then the first guess is right. */
  #lowerBound(sequence: number): number {
    const first = this.#sequences[0] ?? 0;
    const guess = sequence - first;
    if (this.#count > 0 && guess >= 0 && guess < this.#count && this.#sequences[guess] === sequence) return guess;
    let [low, high] = [0, this.#count];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#sequences[middle] ?? 0) < sequence) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #find(words: Uint32Array): number | undefined {
    const mask = this.#table.length - 1;
    for (let slot = slotOf(words, 0) & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#table[slot] ?? 0;
      if (entry === 0) return undefined;
      if (this.#hasWords(entry - 1, words)) return entry - 1;
    }
  }

  #hasWords(ordinal: number, words: Uint32Array): boolean {
    const at = ordinal * idWords;
    const ids = this.#ids;
    return ids[at] === words[0] && ids[at + 1] === words[1] && ids[at + 2] === words[2] && ids[at + 3] === words[3];
  }

  #enter(ordinal: number): void {
    const mask = this.#table.length - 1;
    let slot = slotOf(this.#ids, ordinal * idWords) & mask;
    while (this.#table[slot] !== 0) slot = (slot + 1) & mask;
    this.#table[slot] = ordinal + 1;
  }

  #grow(): void {
    this.#capacity *= 2;
    const grown = <A extends Float64Array<ArrayBuffer> | Uint32Array<ArrayBuffer>>(old: A, larger: A): A => {
      larger.set(old);
      return larger;
    };
    this.#sequences = grown(this.#sequences, new Float64Array(this.#capacity));
    this.#segments = grown(this.#segments, new Uint32Array(this.#capacity));
    this.#offsets = grown(this.#offsets, new Uint32Array(this.#capacity));
    this.#lengths = grown(this.#lengths, new Uint32Array(this.#capacity));
    this.#previous = grown(this.#previous, new Uint32Array(this.#capacity));
    if (this.#hashes !== undefined) {
      const hashes = new Uint8Array(this.#capacity * hashBytes);
      hashes.set(this.#hashes);
      this.#hashes = hashes;
    }
    this.#ids = grown(this.#ids, new Uint32Array(this.#capacity * idWords));
    this.#table = new Uint32Array(this.#capacity * 2);
    for (let ordinal = 0; ordinal < this.#count; ordinal++) this.#enter(ordinal);
  }
}

/** Its version, its wall time, the ordinal of its newest event, and its name with the length before it. */
function encodedEntity(entity: string, { version, wallMs, ordinal }: EntityEnd & { readonly ordinal: number }): Uint8Array {
  const name = Buffer.from(entity);
  const bytes = Buffer.alloc(entityBytes + name.byteLength);
  bytes.writeUInt32LE(version, 0);
  bytes.writeUIntLE(wallMs, 4, 6);
  bytes.writeUInt32LE(ordinal, 10);
  bytes.writeUInt16LE(name.byteLength, 14);
  name.copy(bytes, entityBytes);
  return bytes;
}

function decodedEntity(reader: ColumnReader): Omit<EntityEnd, 'sequence'> & { readonly ordinal: number; readonly entity: string } {
  const head = Buffer.from(reader.take(entityBytes));
  return {
    version: head.readUInt32LE(0),
    wallMs: head.readUIntLE(4, 6),
    ordinal: head.readUInt32LE(10),
    entity: Buffer.from(reader.take(head.readUInt16LE(14))).toString('utf8'),
  };
}

/** Takes copies one after the other, zeros for what is not there. */
class ColumnReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  take(length: number): ArrayBuffer {
    const taken = new Uint8Array(length);
    taken.set(this.#bytes.subarray(this.#at, this.#at + length));
    this.#at += length;
    return taken.buffer;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.byteLength;
  }
}

function asBytes(column: Float64Array | Uint32Array): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
}

const digits = Uint8Array.from({ length: 128 }, (_, code) => Number.parseInt(String.fromCharCode(code), 16) || 0);
/** Where in the text of an id its four words begin: 01234567-9012-4567-... */
const pairsAt = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34] as const;

/** The bytes of an id as four numbers. */
function wordsOf(id: EventId): Uint32Array {
  const words = new Uint32Array(idWords);
  for (let nth = 0; nth < pairsAt.length; nth++) {
    const place = pairsAt[nth] ?? 0;
    const byte = ((digits[id.charCodeAt(place)] ?? 0) << 4) | (digits[id.charCodeAt(place + 1)] ?? 0);
    words[nth >>> 2] = ((words[nth >>> 2] ?? 0) << 8) | byte;
  }
  return words;
}

/** Ids of one millisecond share their first words; the last ones are random, or a hash. */
function slotOf(words: Uint32Array, at: number): number {
  return Math.imul((words[at + 2] ?? 0) ^ Math.imul((words[at + 3] ?? 0) ^ (words[at + 1] ?? 0), 0x9e3779b1), 0x85ebca6b) >>> 1;
}
