/** Numbers and texts one after the other, in one byte order. */
export class ByteWriter {
  readonly #parts: Buffer[] = [];
  readonly #bigEndian: boolean;

  constructor(bigEndian = false) {
    this.#bigEndian = bigEndian;
  }

  get length(): number {
    return this.#parts.reduce((sum, part) => sum + part.byteLength, 0);
  }

  bytes(part: Uint8Array): this {
    this.#parts.push(Buffer.from(part));
    return this;
  }

  /** An integer of so many bytes, also a negative one. */
  integer(value: number | bigint, bytes: number): this {
    const part = Buffer.alloc(bytes);
    let left = BigInt.asUintN(8 * bytes, BigInt(value));
    for (let at = 0; at < bytes; at++) {
      part[this.#bigEndian ? bytes - 1 - at : at] = Number(left & 0xffn);
      left >>= 8n;
    }
    return this.bytes(part);
  }

  float(value: number, bytes: 4 | 8): this {
    const part = Buffer.alloc(bytes);
    if (bytes === 4) part.writeFloatLE(value);
    else part.writeDoubleLE(value);
    return this.bytes(this.#bigEndian ? part.reverse() : part);
  }

  whole(): Buffer {
    return Buffer.concat(this.#parts);
  }
}
