import { type DiskProgram, link, rename, stat } from './program.js';
import { isDiskError } from './steps.js';

/** How file systems say that they have no hard links, or no more for this file. */
export const noHardLinks = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];

/**
 * Gives a file another name, never over something that has it; false where the name is taken. Where there are no hard links the
 * file is moved instead, after a look: its old name is gone then.
 */
export function* linkOrMove(from: string, to: string): DiskProgram<boolean> {
  try {
    yield* link(from, to);
    return true;
  } catch (error) {
    if (isDiskError(error, 'EEXIST')) return false;
    if (!isDiskError(error, ...noHardLinks)) throw error;
  }
  if ((yield* stat(to)) !== undefined) return false;
  yield* rename(from, to);
  return true;
}
