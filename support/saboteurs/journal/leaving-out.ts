import type { DiskProgram } from '../../../src/disk/program.js';
import type { Step } from '../../../src/disk/steps.js';
import { HandlePaths } from '../../interrupt/disks.js';

/** The same program on a disk that does not take some of its steps, and says that it did; the path is the one that a step touches. */
export function leavingOut<T>(program: DiskProgram<T>, isLeftOut: (step: Step, path: string) => boolean): DiskProgram<T> {
  return rewritten(program, (step, path) => (isLeftOut(step, path) ? undefined : step));
}

/** The same program with other steps in place of some of its own, or with none. */
export function* rewritten<T>(program: DiskProgram<T>, other: (step: Step, path: string) => Step | undefined): DiskProgram<T> {
  const paths = new HandlePaths();
  let next = program.next();
  while (!next.done) {
    const step = next.value;
    let answer: unknown;
    try {
      const instead = other(step, paths.of(step));
      if (instead !== undefined) answer = yield instead;
      paths.note(step, answer);
    } catch (error) {
      next = program.throw(error);
      continue;
    }
    next = program.next(answer);
  }
  return next.value;
}

export const isSegment = (path: string): boolean => path.endsWith('.seg');

/** A program that says that it did what was asked, and takes no step. */
export function* nothingDone(): DiskProgram<void> {}
