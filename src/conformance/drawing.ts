import { deterministicRandom } from '../disk/simulated/random.js';

/** Numbers that look random, the same each time for a seed: from 0 to one less than asked. */
export function drawing(seed: number): (below: number) => number {
  const random = deterministicRandom({ seed, boot: 0, process: 0 });
  return (below) => Buffer.from(random(4)).readUInt32LE() % below;
}

export function oneOf<T>(all: readonly T[], draw: (below: number) => number): T {
  return all[draw(all.length)] as T;
}
