import { type Block, interleaved, type Numbers, type Plan, type Side } from './interleaving.js';

/** A turn that a side had: which, with which numbers, and when. */
export interface Turn {
  readonly name: string;
  readonly numbers: Numbers;
}

/** A machine whose time is a number: operations take as long as they say, and may be disturbed. */
export class DrawnMachine {
  now = 0;
  readonly turns: Turn[] = [];
  readonly #slowness: (now: number) => number;

  /** `slowness`: how many times as long everything takes at a moment. */
  constructor(slowness: (now: number) => number = () => 1) {
    this.#slowness = slowness;
  }

  /** A side whose operations take so many milliseconds, and what is made ready around them too. */
  side(name: string, ms: number, around = 0): Side {
    return {
      name,
      before: () => this.#pass(around),
      operate: (numbers) => {
        this.turns.push({ name, numbers });
        for (let operation = 0; operation < numbers.count; operation++) this.#pass(ms);
      },
      after: () => this.#pass(around),
    };
  }

  measure(sides: readonly Side[], plan: Partial<Plan>): Promise<readonly Block[]> {
    const whole = { blocks: 30, passes: 2, operations: 5, warmUp: 1, isQuick: false, ...plan };
    return interleaved(sides, whole, () => this.now);
  }

  #pass(ms: number): void {
    this.now += ms * this.#slowness(this.now);
  }
}

/** Numbers from 0 to below 1 that look drawn, the same for the same seed. */
export function drawing(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Twenty times as slow, again and again, each time for as much work as is drawn: from a few operations to more than a run. */
export function bursts(draw: () => number): (now: number) => number {
  let [slowness, end] = [20, 0];
  return (now) => {
    while (now >= end) {
      slowness = slowness === 1 ? 20 : 1;
      end += slowness * (10 + draw() * 1500);
    }
    return slowness;
  };
}
