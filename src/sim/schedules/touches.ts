import * as fingerprint from '../../disk/simulated/fingerprint.js';

/**
 * What a step touches: places, each read or written. A place is a name in a directory, the list of a directory, the content,
 * the attributes or the locks of a file, the free inode numbers, or what an actor has told. As a number: twice the place, and one more where it is
 * written.
 */
export type Code = number;

/** Two steps may only be swapped unseen where neither writes what the other reads; two that only write are never told apart. */
export const opposite = (code: Code): Code => code ^ 1;

export const salts = { name: 1, list: 2, content: 3, lock: 4, free: 5, told: 6, attributes: 7 } as const;

/** Numbers for places, so that sets of them are small. */
export class Places {
  readonly #codes = new Map<number, Code>();

  reading(kind: keyof typeof salts, what: number, name = 0): Code {
    const place = fingerprint.mix(fingerprint.mix(what, name), salts[kind]);
    const known = this.#codes.get(place);
    if (known !== undefined) return known;
    const code = this.#codes.size * 2;
    this.#codes.set(place, code);
    return code;
  }

  writing(kind: keyof typeof salts, what: number, name = 0): Code {
    return this.reading(kind, what, name) + 1;
  }

  both(kind: keyof typeof salts, what: number, name = 0): [Code, Code] {
    const reading = this.reading(kind, what, name);
    return [reading, reading + 1];
  }
}

/** A set of codes, of which there are a few hundred. */
export class CodeSet {
  #words: number[];

  /** Begins as a copy. */
  constructor(like?: CodeSet) {
    this.#words = like === undefined ? [] : [...like.#words];
  }

  *[Symbol.iterator](): Generator<Code, void> {
    for (let code = 0; code < this.#words.length * 32; code++) if (this.has(code)) yield code;
  }

  has(code: Code): boolean {
    return (((this.#words[code >>> 5] ?? 0) >>> (code & 31)) & 1) === 1;
  }

  /** Whether it is new. */
  add(code: Code): boolean {
    const word = code >>> 5;
    while (this.#words.length <= word) this.#words.push(0);
    const before = this.#words[word] ?? 0;
    const after = before | (1 << (code & 31));
    this.#words[word] = after;
    return before !== after;
  }
}

const texts = new Map<string, number>();

export function ofName(name: string): number {
  const known = texts.get(name);
  if (known !== undefined) return known;
  const fresh = fingerprint.ofText(name);
  texts.set(name, fresh);
  return fresh;
}
