import { createHash } from 'node:crypto';
import { answer, answerOf } from './asked.js';
import { inputOf } from './inputs.js';
import { targets } from './targets.js';

const inputsOfEach = 20;

/** A hash of the first inputs of every reader, as another process makes them. */
export const hashesElsewhere = (): Promise<Readonly<Record<string, string>>> => answerOf('support/fuzz/sameness.ts', 'hashes');

async function hashes(): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  for (const target of targets) {
    await target.prepare?.();
    const hash = createHash('sha256');
    for (let number = 0; number <= inputsOfEach; number++) hash.update(inputOf(target, 'same', number).bytes);
    found[target.name] = hash.digest('hex');
  }
  return found;
}

await answer('hashes', hashes);
