/** An entity as its newest event left it. */
export interface EntityEnd {
  readonly version: number;
  readonly wallMs: number;
  /** The sequence of its newest event. */
  readonly sequence: number;
}

interface Newest extends EntityEnd {
  /** The how-manieth of all events it is, from 0 on. */
  readonly ordinal: number;
}

/** Its version, its wall time, the ordinal of its newest event, and its name with the length before it. */
const at = { version: 0, wallMs: 4, ordinal: 10, nameLength: 14, name: 16 } as const;
export const leastEntityBytes = at.name;
/** No name of an entity has more. */
const mostNameBytes = 1024;
/** So many are looked for one after the other; who asks for more looks them up in a table. */
const fewLooks = 8;

const sought = Buffer.alloc(3 * mostNameBytes);

/**
 * The newest event of each entity, in the order in which the entities first came. Those of a checkpoint stay the bytes that they were
 * read as, until somebody asks for one: to open a journal takes none of a hundred thousand names.
 */
export class EntityTable {
  readonly #stored: StoredEntities;
  readonly #sequences: Float64Array;
  /** Of those that were asked for or have changed, and of those that were added. */
  readonly #newest = new Map<string, Newest>();
  readonly #added: string[] = [];

  constructor(stored = StoredEntities.none, sequences = new Float64Array()) {
    this.#stored = stored;
    this.#sequences = sequences;
  }

  get count(): number {
    return this.#stored.count + this.#added.length;
  }

  get(entity: string): Newest | undefined {
    const known = this.#newest.get(entity);
    if (known !== undefined) return known;
    const nth = this.#stored.find(entity);
    if (nth === undefined) return undefined;
    const found = this.#stored.endAt(nth, this.#sequences);
    this.#newest.set(entity, found);
    return found;
  }

  /** What it was before is known to who sets it. */
  set(entity: string, end: Newest, before: Newest | undefined): void {
    if (before === undefined) this.#added.push(entity);
    this.#newest.set(entity, end);
  }

  /** The names from the so-manieth on. */
  namesFrom(nth: number): readonly string[] {
    const { count } = this.#stored;
    return nth >= count ? this.#added.slice(nth - count) : [...this.#stored.namesFrom(nth), ...this.#added];
  }

  encoded(): readonly Uint8Array[] {
    const stored = this.#stored.with(this.#newest);
    const added = this.#added.map((entity) => encoded(entity, this.#newest.get(entity) as Newest));
    return [stored, ...added];
  }
}

/** Entities as they stand in a checkpoint. */
export class StoredEntities {
  static readonly none = new StoredEntities(Buffer.alloc(0), new Uint32Array());
  readonly #bytes: Buffer;
  /** Where each begins. */
  readonly #places: Uint32Array;
  #looks = 0;
  /** Open addressing by the bytes of a name: one more than the place among them; 0 where nobody is. */
  #table: Uint32Array | undefined;

  private constructor(bytes: Buffer, places: Uint32Array) {
    this.#bytes = bytes;
    this.#places = places;
  }

  /** So many entities from a place on; `undefined` where the bytes have no room for them. */
  static at(bytes: Buffer, from: number, count: number): StoredEntities | undefined {
    const places = new Uint32Array(count);
    let place = from;
    for (let nth = 0; nth < count; nth++) {
      if (place + at.name > bytes.byteLength) return undefined;
      places[nth] = place - from;
      place += at.name + nameLengthAt(bytes, place);
    }
    return place > bytes.byteLength ? undefined : new StoredEntities(bytes.subarray(from, place), places);
  }

  get count(): number {
    return this.#places.length;
  }

  get byteLength(): number {
    return this.#bytes.byteLength;
  }

  /** Whether the newest event of each is one of so many. */
  isBelow(events: number): boolean {
    return this.#places.every((place) => this.#bytes.readUInt32LE(place + at.ordinal) < events);
  }

  /** The how-manieth it is. */
  find(entity: string): number | undefined {
    if (this.count === 0 || entity.length > mostNameBytes) return undefined;
    const length = sought.write(entity);
    if (this.#table === undefined && this.#looks++ < fewLooks) return this.#findInOrder(length);
    this.#table ??= this.#tableOfAll();
    const mask = this.#table.length - 1;
    for (let slot = hashOf(sought, 0, length) & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#table[slot] ?? 0;
      if (entry === 0) return undefined;
      if (this.#isNamed(entry - 1, length)) return entry - 1;
    }
  }

  endAt(nth: number, sequences: Float64Array): Newest {
    const place = this.#places[nth] ?? 0;
    const ordinal = this.#bytes.readUInt32LE(place + at.ordinal);
    return {
      version: this.#bytes.readUInt32LE(place + at.version),
      wallMs: this.#bytes.readUIntLE(place + at.wallMs, 6),
      sequence: sequences[ordinal] ?? 0,
      ordinal,
    };
  }

  namesFrom(nth: number): readonly string[] {
    return Array.from(this.#places.subarray(nth), (place) => {
      const from = place + at.name;
      return this.#bytes.toString('utf8', from, from + nameLengthAt(this.#bytes, place));
    });
  }

  /** Its bytes, with what has changed. */
  with(newest: ReadonlyMap<string, Newest>): Uint8Array {
    const bytes = Buffer.from(this.#bytes);
    for (const [entity, end] of newest) {
      const nth = this.find(entity);
      if (nth !== undefined) writeEnd(bytes, this.#places[nth] ?? 0, end);
    }
    return bytes;
  }

  #findInOrder(length: number): number | undefined {
    for (let nth = 0; nth < this.#places.length; nth++) if (this.#isNamed(nth, length)) return nth;
    return undefined;
  }

  /** Names differ at their ends sooner than where they begin. */
  #isNamed(nth: number, length: number): boolean {
    const place = this.#places[nth] ?? 0;
    if (nameLengthAt(this.#bytes, place) !== length) return false;
    for (let byte = length - 1; byte >= 0; byte--) if (this.#bytes[place + at.name + byte] !== sought[byte]) return false;
    return true;
  }

  #tableOfAll(): Uint32Array {
    const table = new Uint32Array(2 * 2 ** Math.ceil(Math.log2(this.count)));
    const mask = table.length - 1;
    for (let nth = 0; nth < this.count; nth++) {
      const place = this.#places[nth] ?? 0;
      let slot = hashOf(this.#bytes, place + at.name, nameLengthAt(this.#bytes, place)) & mask;
      while (table[slot] !== 0) slot = (slot + 1) & mask;
      table[slot] = nth + 1;
    }
    return table;
  }
}

function encoded(entity: string, end: Newest): Uint8Array {
  const length = Buffer.byteLength(entity);
  const bytes = Buffer.alloc(at.name + length);
  bytes.writeUInt16LE(length, at.nameLength);
  bytes.write(entity, at.name);
  writeEnd(bytes, 0, end);
  return bytes;
}

function writeEnd(bytes: Buffer, place: number, { version, wallMs, ordinal }: Newest): void {
  bytes.writeUInt32LE(version, place + at.version);
  bytes.writeUIntLE(wallMs, place + at.wallMs, 6);
  bytes.writeUInt32LE(ordinal, place + at.ordinal);
}

function nameLengthAt(bytes: Buffer, place: number): number {
  return (bytes[place + at.nameLength] ?? 0) | ((bytes[place + at.nameLength + 1] ?? 0) << 8);
}

/** FNV-1a of 32 bits. */
function hashOf(bytes: Buffer, from: number, length: number): number {
  let hash = 0x811c9dc5;
  for (let place = from; place < from + length; place++) hash = Math.imul(hash ^ (bytes[place] ?? 0), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}
