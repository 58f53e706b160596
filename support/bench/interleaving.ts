/** Numbers that no other operation of a run is given: whoever writes one writes what was not there before. */
export interface Numbers {
  readonly from: number;
  readonly count: number;
}

/** One that is measured beside others. */
export interface Side {
  readonly name: string;
  /** What is timed: so many operations, with these numbers in what they write. */
  readonly operate: (numbers: Numbers) => unknown;
  /** Before and after each pass, untimed. */
  readonly before?: (numbers: Numbers) => unknown;
  readonly after?: (numbers: Numbers) => unknown;
}

export interface Plan {
  readonly blocks: number;
  /** How often each side has its turn in a block; even, so that half of the turns go the other way round. */
  readonly passes: number;
  /** In one pass of one side. */
  readonly operations: number;
  /** Passes of each side whose time does not count. */
  readonly warmUp: number;
  /** Says that it is quick: then it may have fewer blocks, and its figures say so. */
  readonly isQuick: boolean;
}

/** The milliseconds of an operation of each side, in one block. */
export type Block = Readonly<Record<string, number>>;

/** CAT-PRF-6401: below so many, figures are not told without the word that they are quick. */
export const leastBlocks = 30;

/**
 * Lets sides do their operations in turns, block after block: A B C, C B A, A B C, … What disturbs the machine for longer than a
 * turn disturbs all of them, and a ratio within a block stays what it is (CAT-PRF-6401).
 */
export async function interleaved(sides: readonly Side[], plan: Plan, now: () => number): Promise<readonly Block[]> {
  if (plan.blocks < leastBlocks && !plan.isQuick) throw new Error(`${plan.blocks} blocks are too few: at least ${leastBlocks}`);
  if (plan.passes % 2 !== 0) throw new Error(`${plan.passes} passes do not go both ways equally often`);
  const turns = new Turns(now, plan.operations);
  for (let pass = 0; pass < plan.warmUp; pass++) for (const side of sides) await turns.timed(side);
  const blocks: Block[] = [];
  while (blocks.length < plan.blocks) blocks.push(await block(sides, plan, turns));
  return blocks;
}

async function block(sides: readonly Side[], { passes, operations }: Plan, turns: Turns): Promise<Block> {
  const times = new Map(sides.map(({ name }) => [name, 0]));
  for (let pass = 0; pass < passes; pass++) {
    const inOrder = pass % 2 === 0 ? sides : sides.toReversed();
    for (const side of inOrder) times.set(side.name, (times.get(side.name) ?? 0) + (await turns.timed(side)));
  }
  return Object.fromEntries([...times].map(([name, time]) => [name, time / (passes * operations)]));
}

class Turns {
  readonly #now: () => number;
  readonly #count: number;
  #next = 1;

  constructor(now: () => number, count: number) {
    this.#now = now;
    this.#count = count;
  }

  async timed(side: Side): Promise<number> {
    const numbers = { from: this.#next, count: this.#count };
    this.#next += this.#count;
    await side.before?.(numbers);
    const began = this.#now();
    const given = side.operate(numbers);
    // Who answers at once is not made to wait for a turn of the event loop.
    if (given instanceof Promise) await given;
    const took = this.#now() - began;
    await side.after?.(numbers);
    return took;
  }
}
