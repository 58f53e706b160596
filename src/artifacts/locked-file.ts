import { CatalogError } from '../core/errors.js';
import { createExclusive, type DiskProgram, statHandle, tryLock, unlink, wait } from '../disk/program.js';
import type { Handle } from '../disk/steps.js';
import { closeQuietly, closing, openIfThere, quietly, unlessMissing } from '../disk/whole-file.js';

const privateMode = 0o600;
const tries = 100;

/**
 * CAT-BLB-2107: makes a file under `ingest/` and takes its lock, by which others know that its maker lives. One that was taken for
 * abandoned before it had the lock is made again. `Busy` where somebody keeps the lock: nothing goes on without it.
 */
export function* createLocked(path: string): DiskProgram<Handle> {
  for (let left = tries; left > 0; left--) {
    const handle = yield* createExclusive(path, privateMode);
    try {
      yield* lockSoon(path, handle);
      if (yield* hasName(handle)) return handle;
    } catch (error) {
      yield* quietly(unlink(path));
      yield* closeQuietly(handle);
      throw error;
    }
    yield* closeQuietly(handle);
  }
  throw takenForAbandoned(path);
}

/**
 * Removes a file that nobody holds; false where it is gone, or somebody holds it by now. As long as it is looked at, nobody gets its lock:
 * who asked for it finds that it has no name any more.
 */
export function* removeUnlessHeld(path: string): DiskProgram<boolean> {
  const handle = yield* openIfThere(path);
  return handle !== undefined && (yield* closing(handle, removeIfFree(path, handle)));
}

function* removeIfFree(path: string, handle: Handle): DiskProgram<boolean> {
  const isFree = (yield* tryLock(handle, { shared: true })) !== false;
  // Without a name of its own, that at the path is another's.
  return isFree && (yield* hasName(handle)) && (yield* unlessMissing(unlink(path)));
}

/** Whoever looks whether a file is live has its lock for a moment. */
function* lockSoon(path: string, handle: Handle): DiskProgram<void> {
  for (let left = tries; left > 0; left--) {
    if (yield* tryLock(handle)) return;
    yield* wait(1);
  }
  throw takenForAbandoned(path);
}

function* hasName(handle: Handle): DiskProgram<boolean> {
  return (yield* statHandle(handle)).links > 0;
}

function takenForAbandoned(path: string): CatalogError {
  return new CatalogError('Busy', `${path} was taken for abandoned while it was made`);
}
