import type { DiskProgram } from '../../src/disk/program.js';
import { describeStep, type Step } from '../../src/disk/steps.js';

const maxSteps = 200;

/** Which steps a program takes where the disk answers so, and how it ends: enough to tell it from another. */
export function answersOf(program: DiskProgram<unknown>, answer: (step: Step) => unknown): readonly string[] {
  const taken: string[] = [];
  try {
    let next = program.next();
    while (!next.done && taken.length < maxSteps) {
      taken.push(describeStep(next.value));
      next = answered(program, next.value, answer);
    }
    taken.push(next.done ? `gives ${typeof next.value} ${String(next.value)}` : 'goes on');
  } catch (error) {
    taken.push(`throws ${error instanceof Error ? error.message : String(error)}`);
  }
  return taken;
}

function answered(program: DiskProgram<unknown>, step: Step, answer: (step: Step) => unknown): IteratorResult<Step, unknown> {
  let result: unknown;
  try {
    result = answer(step);
  } catch (error) {
    return program.throw(error);
  }
  return program.next(result);
}
