import { type HeaderTrouble, type HeaderTroubleCode, malformed, mostHeaderBytes, mostItems, type NeedsMore } from './reading.js';

/**
 * Goes through the first bytes of a file. Once something is missing or wrong it has stopped: what is read after that is 0 or empty
 * and moves nothing, so a reader looks at `stop` where it loops, and at its end.
 */
export class HeaderCursor {
  position = 0;
  stop: NeedsMore | HeaderTrouble | undefined;
  isLittleEndian = true;
  readonly #bytes: Buffer;
  readonly #size: number;

  /** The bytes from the start of a file of this size. */
  constructor(bytes: Uint8Array, size: number) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, size));
    this.#size = size;
  }

  /** What the file has from here on. */
  get rest(): number {
    return this.#size - this.position;
  }

  fail(code: HeaderTroubleCode, reason: string): void {
    this.stop ??= malformed(code, reason);
  }

  uint8(): number {
    return this.#number(1, (bytes, at) => bytes.readUInt8(at));
  }

  uint16(): number {
    return this.#number(2, (bytes, at) => (this.isLittleEndian ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at)));
  }

  uint32(): number {
    return this.#number(4, (bytes, at) => (this.isLittleEndian ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at)));
  }

  /** Exact up to 2^53, and beyond that larger than any file. */
  uint64(): number {
    const [first, second] = [this.uint32(), this.uint32()];
    return this.isLittleEndian ? second * 2 ** 32 + first : first * 2 ** 32 + second;
  }

  int8(): number {
    return this.#number(1, (bytes, at) => bytes.readInt8(at));
  }

  int16(): number {
    return this.#number(2, (bytes, at) => (this.isLittleEndian ? bytes.readInt16LE(at) : bytes.readInt16BE(at)));
  }

  int32(): number {
    return this.#number(4, (bytes, at) => (this.isLittleEndian ? bytes.readInt32LE(at) : bytes.readInt32BE(at)));
  }

  int64(): number {
    return this.#number(8, (bytes, at) => Number(this.isLittleEndian ? bytes.readBigInt64LE(at) : bytes.readBigInt64BE(at)));
  }

  float32(): number {
    return this.#number(4, (bytes, at) => (this.isLittleEndian ? bytes.readFloatLE(at) : bytes.readFloatBE(at)));
  }

  float64(): number {
    return this.#number(8, (bytes, at) => (this.isLittleEndian ? bytes.readDoubleLE(at) : bytes.readDoubleBE(at)));
  }

  text(length: number, encoding: 'latin1' | 'utf8'): string {
    if (!this.#has(length)) return '';
    this.position += length;
    return this.#bytes.toString(encoding, this.position - length, this.position);
  }

  skip(length: number): void {
    if (this.#has(length)) this.position += length;
  }

  /** A count that was read, if so many items of at least so many bytes may be there; else 0, and the cursor has stopped. */
  checkedCount(count: number, leastBytes: number, most = mostItems): number {
    if (this.stop) return 0;
    const fits = count * leastBytes <= this.rest;
    if (count > most) this.fail(fits ? 'over-limit' : 'bad-count', `says that it has ${count} items`);
    else if (!fits) this.fail('truncated', 'ends within its header');
    return this.stop ? 0 : count;
  }

  #number(length: number, get: (bytes: Buffer, at: number) => number): number {
    if (!this.#has(length)) return 0;
    this.position += length;
    return get(this.#bytes, this.position - length);
  }

  #has(length: number): boolean {
    if (this.stop) return false;
    const end = this.position + length;
    if (end <= this.#bytes.byteLength) return true;
    this.stop = this.#missing(length, end);
    return false;
  }

  #missing(length: number, end: number): NeedsMore | HeaderTrouble {
    if (end > this.#size && length > mostHeaderBytes) return malformed('bad-count', `says that ${length} bytes follow`);
    if (end > this.#size) return malformed('truncated', 'ends within its header');
    if (end > mostHeaderBytes) return malformed('over-limit', `has a header of more than ${mostHeaderBytes} bytes`);
    return { kind: 'more', bytes: end };
  }
}
