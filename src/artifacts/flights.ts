import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Host } from '../disk/host.js';
import { acquireFreeLock, type Lock, releaseLock } from '../disk/lock.js';
import { type DiskProgram, stat, statHandle, unlink, wait } from '../disk/program.js';
import { listIfThere, quietly } from '../disk/whole-file.js';
import { contained, containedFolder } from './contained.js';
import { checkNotAborted } from './hash-file.js';
import { isLocked } from './partials.js';

/** The right to do what one at a time may do, as long as its process lives. */
export interface Flight {
  readonly path: string;
  readonly lock: Lock;
  /** Whether somebody else had it when it was asked for. */
  readonly hasWaited: boolean;
}

interface FlightWork {
  readonly root: string;
  readonly host: Host;
  readonly signal?: AbortSignal | undefined;
}

const nameForm = /^[0-9a-f]{32}\.flight$/;
/** A fetch takes minutes: who waits for one need not look more often than this. */
const longestPauseMs = 100;

/** Waits until nobody has the flight of a key, in this process or another, and takes it; `Aborted` when the signal says so. */
export function* takeFlight(key: string, { root, host, signal }: FlightWork): DiskProgram<Flight> {
  const name = createHash('sha256').update(key).digest('hex').slice(0, 32);
  const path = join(yield* containedFolder(root, 'leases'), `${name}.flight`);
  let hasWaited = false;
  for (let pauseMs = 1; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    checkNotAborted(signal);
    const lock = yield* acquireFreeLock(path, host);
    if (lock !== undefined && (yield* isStillAt(path, lock, host))) return { path, lock, hasWaited };
    hasWaited = true;
    if (lock === undefined) yield* wait(pauseMs);
  }
}

/** Gives it to whoever waits. The name goes while it is locked, so that nobody finds it who would not find it locked. */
export function* endFlight({ path, lock }: Pick<Flight, 'path' | 'lock'>, host: Host): DiskProgram<void> {
  yield* quietly(unlink(path));
  yield* releaseLock(lock, host);
}

/** The names that killed processes left, relative to the root: nobody has their locks. */
export function* deadFlights(root: string): DiskProgram<string[]> {
  const dead: string[] = [];
  for (const name of yield* listIfThere(join(root, 'leases'))) {
    const path = `leases/${name}`;
    if (nameForm.test(name) && (yield* isLocked(yield* contained(root, path))) === false) dead.push(path);
  }
  return dead;
}

/** Removes such a name, unless somebody has its lock by now, or has removed it; whether it did. */
export function* removeDeadFlight(path: string, { root, host }: FlightWork): DiskProgram<boolean> {
  const full = yield* contained(root, path);
  if ((yield* stat(full)) === undefined) return false;
  const lock = yield* acquireFreeLock(full, host);
  if (lock === undefined || !(yield* isStillAt(full, lock, host))) return false;
  yield* endFlight({ path: full, lock }, host);
  return true;
}

/** A lock that was waited for may be that of a file whose name is gone by now: another file, another lock, and this one is given back. */
function* isStillAt(path: string, lock: Lock, host: Host): DiskProgram<boolean> {
  try {
    if (yield* isAt(path, lock)) return true;
  } catch (error) {
    yield* releaseLock(lock, host);
    throw error;
  }
  yield* releaseLock(lock, host);
  return false;
}

function* isAt(path: string, lock: Lock): DiskProgram<boolean> {
  if (lock.kind === 'owner') return true;
  const [named, held] = [yield* stat(path), yield* statHandle(lock.handle)];
  return named !== undefined && named.device === held.device && named.inode === held.inode;
}
