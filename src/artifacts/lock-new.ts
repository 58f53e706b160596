import { CatalogError } from '../core/errors.js';
import { type DiskProgram, tryLock, wait } from '../disk/program.js';
import type { Handle } from '../disk/steps.js';

const tries = 100;

/**
 * Takes the lock of a file that was made just now. Whoever looks whether the file is live has it for a moment (CAT-BLB-2107); `Busy` where
 * somebody keeps it, who takes the file for abandoned: nothing goes on without it.
 */
export function* lockNew(path: string, handle: Handle): DiskProgram<void> {
  for (let left = tries; left > 0; left--) {
    if (yield* tryLock(handle)) return;
    yield* wait(1);
  }
  throw new CatalogError('Busy', `${path} was taken for abandoned while it was made`);
}
