import { CatalogError } from '../core/errors.js';
import { createExclusive, type DiskProgram, names, statHandle, tryLock, unlink, wait } from '../disk/program.js';
import type { Handle } from '../disk/steps.js';
import { closeQuietly, closing, openIfThere, quietly, unlessMissing } from '../disk/whole-file.js';

const privateMode = 0o600;
const mostMade = 100;
const mostLooks = 100;

/**
 * CAT-BLB-2107: makes a file under `ingest/` and takes its lock, by which others know that its maker lives. One that was taken for
 * abandoned before it had the lock is made again. `Busy` where somebody keeps the lock: nothing goes on without it.
 */
export function* createLocked(path: string): DiskProgram<Handle> {
  for (let left = mostMade; left > 0; left--) {
    const handle = yield* createExclusive(path, privateMode);
    try {
      if (yield* lockedInPlace(path, handle)) return handle;
    } catch (error) {
      yield* quietly(unlink(path));
      yield* closeQuietly(handle);
      throw error;
    }
    yield* closeQuietly(handle);
  }
  throw takenForAbandoned(path);
}

/** What became of a file that was to be removed: somebody had done so, or it is wanted after all. */
export type Removed = 'removed' | 'gone' | 'wanted';

/**
 * Removes a file that nobody holds and that is not wanted, as its bytes tell while nobody can get its lock: who asked for that before finds
 * that the file has no name any more.
 */
export function* removeUnlessHeld(path: string, isWanted: (handle: Handle) => DiskProgram<boolean>): DiskProgram<Removed> {
  const handle = yield* openIfThere(path);
  return handle === undefined ? 'gone' : yield* closing(handle, removeIfFree({ path, handle, isWanted }));
}

function* removeIfFree({
  path,
  handle,
  isWanted,
}: {
  readonly path: string;
  readonly handle: Handle;
  readonly isWanted: (handle: Handle) => DiskProgram<boolean>;
}): DiskProgram<Removed> {
  if ((yield* tryLock(handle, { shared: true })) === false) return 'wanted';
  // Made again meanwhile, and locked perhaps, it is another file.
  if (!(yield* names(path, handle))) return 'gone';
  if (yield* isWanted(handle)) return 'wanted';
  return (yield* unlessMissing(unlink(path))) ? 'removed' : 'gone';
}

/** Whoever looks whether a file is live has its lock for a moment; false where it was removed before we had it. */
function* lockedInPlace(path: string, handle: Handle): DiskProgram<boolean> {
  for (let left = mostLooks; left > 0; left--) {
    if (yield* tryLock(handle)) return yield* hasName(handle);
    yield* wait(1);
  }
  if (yield* hasName(handle)) throw takenForAbandoned(path);
  return false;
}

/** CAT-PRF-6409: one look for each file that comes in, which tells enough wherever a removed file that is open has no name left. */
function* hasName(handle: Handle): DiskProgram<boolean> {
  return (yield* statHandle(handle)).links > 0;
}

function takenForAbandoned(path: string): CatalogError {
  return new CatalogError('Busy', `${path} was taken for abandoned while it was made`);
}
