import { createHash } from 'node:crypto';

/** Whole numbers that look random and are the same for the same seed everywhere. */
export class Draws {
  readonly #seed: string;
  #calls = 0;

  constructor(seed: string) {
    this.#seed = seed;
  }

  /** Both ends can be drawn. */
  between(least: number, most: number): number {
    const hash = createHash('sha256')
      .update(`${this.#seed} ${this.#calls++}`)
      .digest();
    return least + (hash.readUInt32BE() % (most - least + 1));
  }

  oneOf<T>(items: readonly [T, ...T[]]): T {
    return items[this.between(0, items.length - 1)] ?? items[0];
  }
}
