import { type DiskProgram, tryLock, wait } from '../disk/program.js';
import type { Handle } from '../disk/steps.js';

const tries = 100;

/**
 * The lock of a file that was made just now; false when somebody keeps it, who took the file for abandoned. Whoever looks whether the
 * file is live has it for a moment (CAT-BLB-2107).
 */
export function* lockNew(handle: Handle): DiskProgram<boolean> {
  for (let left = tries; left > 0; left--) {
    if (yield* tryLock(handle)) return true;
    yield* wait(1);
  }
  return false;
}
