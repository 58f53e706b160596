import { createHash } from 'node:crypto';

/** Numbers that look random and are the same for the same seed everywhere: sfc32, of which millions are drawn in no time. */
export class Draws {
  #a: number;
  #b: number;
  #c: number;
  #counter: number;

  constructor(seed: string) {
    const hash = createHash('sha256').update(seed).digest();
    [this.#a, this.#b, this.#c, this.#counter] = [hash.readInt32LE(0), hash.readInt32LE(4), hash.readInt32LE(8), hash.readInt32LE(12)];
  }

  /** From 0 to one less than asked. */
  below(count: number): number {
    return this.#next() % count;
  }

  /** Whether what happens once in so many times happens now. */
  once(times: number): boolean {
    return this.below(times) === 0;
  }

  oneOf<T>(all: readonly T[]): T {
    return all[this.below(all.length)] as T;
  }

  bytes(count: number): Buffer {
    const bytes = Buffer.allocUnsafe(count);
    for (let at = 0; at < count; at++) bytes[at] = this.#next();
    return bytes;
  }

  /** Small ones are likelier: up to most, each power of two as likely as the others. */
  size(most: number): number {
    return this.below(Math.min(most, 2 ** this.below(Math.floor(Math.log2(most)) + 1)) + 1);
  }

  #next(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }
}
