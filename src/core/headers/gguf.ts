import { ggmlType } from './ggml-types.js';
import { HeaderCursor } from './header-cursor.js';
import { type HeaderReading, malformed, mostItems, safe } from './reading.js';

export type GgufScalar = number | boolean | string;

/** What a GGUF file says of itself before its data. */
export interface GgufHeader {
  readonly version: number;
  readonly byteOrder: 'little-endian' | 'big-endian';
  /** Values that are no arrays, by key; texts of more than 4 KiB are left out. */
  readonly values: ReadonlyMap<string, GgufScalar>;
  readonly tensors: number;
  /** Elements of all tensors. */
  readonly parameters: number;
  /** How many of them are in tensors of which type, by its number. */
  readonly elementsByType: ReadonlyMap<number, number>;
  /** Where the last tensor ends that has a type we know; without tensors where the header ends. */
  readonly dataEnd: number;
  /** Types of tensors whose size is not known. */
  readonly unsizedTypes: readonly number[];
}

const magic = 'GGUF';
const versions: readonly number[] = [1, 2, 3];
const stringType = 8;
const arrayType = 9;
const mostTextBytes = 4096;
/** What the format allows a key. */
const mostNameBytes = 65_535;
const mostDepth = 8;
const mostDimensions = 4;
const defaultAlignment = 32;

/** Bytes of a value, by its type; at least so many for those that say how long they are. */
const bytesOfType: readonly number[] = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8];

/** Whether these first bytes of a file are those of a GGUF file, as far as they go. */
export function isGguf(bytes: Uint8Array): boolean {
  return bytes.byteLength > 0 && magic.startsWith(Buffer.from(bytes.subarray(0, 4)).toString('latin1'));
}

/**
 * The header of a GGUF file of version 1 to 3 in either byte order, from its first bytes
 * (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md). Work and memory are linear in the bytes given.
 */
export function readGguf(bytes: Uint8Array, size: number): HeaderReading<GgufHeader> {
  if (size > 0 && !isGguf(bytes)) return malformed('bad-magic', 'does not begin with GGUF');
  return new GgufReader(new HeaderCursor(bytes, size)).read();
}

class GgufReader {
  readonly #cursor: HeaderCursor;
  readonly #values = new Map<string, GgufScalar>();
  readonly #elementsByType = new Map<number, number>();
  readonly #unsized = new Set<number>();
  #version = 0;
  #parameters = 0;
  #lastEnd = 0;

  constructor(cursor: HeaderCursor) {
    this.#cursor = cursor;
  }

  read(): HeaderReading<GgufHeader> {
    const cursor = this.#cursor;
    cursor.skip(magic.length);
    this.#readVersion();
    const [tensors, pairs] = this.#counts();
    this.#readPairs(pairs);
    const alignment = this.#alignment();
    this.#readTensors(tensors, alignment);
    if (cursor.stop) return cursor.stop;
    const dataStart = Math.ceil(cursor.position / alignment) * alignment;
    return {
      kind: 'parsed',
      header: {
        version: this.#version,
        byteOrder: cursor.isLittleEndian ? 'little-endian' : 'big-endian',
        values: this.#values,
        tensors,
        parameters: this.#parameters,
        elementsByType: this.#elementsByType,
        dataEnd: tensors === 0 ? cursor.position : dataStart + this.#lastEnd,
        unsizedTypes: [...this.#unsized],
      },
    };
  }

  /** Versions are small: one whose lower half is 0 was written in the other byte order. */
  #readVersion(): void {
    const cursor = this.#cursor;
    let version = cursor.uint32();
    if (cursor.stop) return;
    if ((version & 0xffff) === 0) {
      cursor.isLittleEndian = false;
      cursor.position -= 4;
      version = cursor.uint32();
    }
    this.#version = version;
    if (!versions.includes(version)) cursor.fail('unsupported-version', `is of version ${version} of GGUF`);
  }

  #counts(): [number, number] {
    const [tensors, pairs] = [this.#length(), this.#length()];
    const name = this.#lengthBytes;
    return [this.#cursor.checkedCount(tensors, name + 4 + 4 + 8), this.#cursor.checkedCount(pairs, name + 4 + 1)];
  }

  /** Version 1 counts in 32 bits. */
  get #lengthBytes(): number {
    return this.#version === 1 ? 4 : 8;
  }

  #length(): number {
    return this.#version === 1 ? this.#cursor.uint32() : this.#cursor.uint64();
  }

  #readPairs(count: number): void {
    const cursor = this.#cursor;
    const seen = new Set<string>();
    for (let place = 0; place < count && !cursor.stop; place++) {
      const key = this.#name();
      if (seen.has(key)) cursor.fail('duplicate', `has a key twice: ${JSON.stringify(key.slice(0, 100))}`);
      seen.add(key);
      this.#readValue(key);
    }
  }

  #name(): string {
    const length = this.#length();
    if (length > mostNameBytes) this.#cursor.fail('bad-count', `says that a name has ${length} bytes`);
    return this.#cursor.text(length, 'latin1');
  }

  #readValue(key: string): void {
    const type = this.#cursor.uint32();
    if (type === arrayType) this.#skipArray(mostItems, 1);
    else {
      const value = this.#scalar(type);
      if (value !== undefined && !this.#cursor.stop) this.#values.set(key, value);
    }
  }

  #scalar(type: number): GgufScalar | undefined {
    const cursor = this.#cursor;
    switch (type) {
      case 0:
        return cursor.uint8();
      case 1:
        return cursor.int8();
      case 2:
        return cursor.uint16();
      case 3:
        return cursor.int16();
      case 4:
        return cursor.uint32();
      case 5:
        return cursor.int32();
      case 6:
        return cursor.float32();
      case 7:
        return this.#boolean();
      case stringType:
        return this.#text();
      case 10:
        return cursor.uint64();
      case 11:
        return cursor.int64();
      case 12:
        return cursor.float64();
      default:
        cursor.fail('bad-value', `has a value of the unknown type ${type}`);
        return undefined;
    }
  }

  #boolean(): boolean {
    const value = this.#cursor.uint8();
    if (value > 1) this.#cursor.fail('bad-value', `has a truth value of ${value}`);
    return value === 1;
  }

  #text(): string | undefined {
    const length = this.#length();
    if (length <= mostTextBytes) return this.#cursor.text(length, 'utf8');
    this.#cursor.skip(length);
    return undefined;
  }

  /** Gives how many items it had, those of arrays in it too; at most so many are allowed. */
  #skipArray(most: number, depth: number): number {
    const cursor = this.#cursor;
    const type = cursor.uint32();
    const bytes = bytesOfType[type];
    if (bytes === undefined) cursor.fail('bad-value', `has an array of the unknown type ${type}`);
    if (depth > mostDepth) cursor.fail('too-deep', `has arrays in arrays, more than ${mostDepth} deep`);
    const count = cursor.checkedCount(this.#length(), bytes || this.#lengthBytes, most);
    if (bytes) {
      cursor.skip(count * bytes);
      return count;
    }
    let items = count;
    for (let place = 0; place < count && !cursor.stop; place++) {
      if (type === stringType) cursor.skip(this.#length());
      else items += this.#skipArray(most - items, depth + 1);
    }
    return items;
  }

  #alignment(): number {
    const value = this.#values.get('general.alignment') ?? defaultAlignment;
    if (typeof value === 'number' && value >= 1 && value <= 2 ** 30 && Number.isInteger(Math.log2(value))) return value;
    this.#cursor.fail('bad-value', `has an alignment of ${String(value).slice(0, 40)}`);
    return defaultAlignment;
  }

  #readTensors(count: number, alignment: number): void {
    const cursor = this.#cursor;
    const seen = new Set<string>();
    for (let place = 0; place < count && !cursor.stop; place++) {
      const name = this.#name();
      if (seen.has(name)) cursor.fail('duplicate', `has a tensor twice: ${JSON.stringify(name.slice(0, 100))}`);
      seen.add(name);
      this.#readTensor(alignment);
    }
  }

  #readTensor(alignment: number): void {
    const cursor = this.#cursor;
    const dimensions = cursor.uint32();
    if (dimensions > mostDimensions) cursor.fail('bad-count', `has a tensor of ${dimensions} dimensions`);
    const shape: number[] = [];
    while (shape.length < dimensions && !cursor.stop) shape.push(this.#length());
    const type = cursor.uint32();
    const offset = cursor.uint64();
    if (cursor.stop) return;
    if (offset % alignment !== 0 || safe(offset) === undefined) cursor.fail('bad-offset', `has a tensor at ${offset}`);
    this.#count(shape, type, offset);
  }

  #count(shape: readonly number[], type: number, offset: number): void {
    const elements = shape.reduce((product, length) => product * length, 1);
    this.#parameters += elements;
    this.#elementsByType.set(type, (this.#elementsByType.get(type) ?? 0) + elements);
    const size = this.#bytesOf(shape, type, elements);
    const end = offset + size;
    if (safe(this.#parameters) === undefined || safe(end) === undefined)
      this.#cursor.fail('bad-value', 'has tensors of more than 2^53 bytes or elements');
    this.#lastEnd = Math.max(this.#lastEnd, end);
  }

  #bytesOf(shape: readonly number[], type: number, elements: number): number {
    const known = ggmlType(type);
    if (known === undefined) {
      this.#unsized.add(type);
      return 0;
    }
    const { name, blockElements, blockBytes } = known;
    if ((shape[0] ?? 1) % blockElements !== 0)
      this.#cursor.fail('bad-value', `has a tensor of ${name} with rows of ${shape[0] ?? 1} elements`);
    return (elements / blockElements) * blockBytes;
  }
}
