import { CatalogError } from '../core/errors.js';
import { type LockOwner, parseOwner } from '../core/lock-owner.js';
import { type Host, newToken } from './host.js';
import { type DiskProgram, openOrCreate, truncate, tryLock, wait } from './program.js';
import { type Handle, isDiskError } from './steps.js';
import { closeQuietly, readOpenFile, writeAll } from './whole-file.js';

const privateMode = 0o600;
const longestWaitMs = 16;

/**
 * CAT-LCK-1201: takes an advisory lock that dies with the process, waiting without blocking the event loop. `Busy` names the
 * holder when the time is up (CAT-LCK-1202). The lock is released by closing the handle.
 */
export function* acquireLock(path: string, options: { readonly timeoutMs: number; readonly host: Host }): DiskProgram<Handle> {
  const handle = yield* openOrCreate(path, privateMode);
  try {
    yield* waitForLock(handle, path, options);
    yield* nameOwner(handle, options.host);
    return handle;
  } catch (error) {
    yield* closeQuietly(handle);
    throw error;
  }
}

/** Takes a lock if nobody holds it. */
export function* acquireFreeLock(path: string, host: Host): DiskProgram<Handle | undefined> {
  try {
    return yield* acquireLock(path, { timeoutMs: 0, host });
  } catch (error) {
    if (error instanceof CatalogError) return undefined;
    throw error;
  }
}

function* waitForLock(handle: Handle, path: string, options: { readonly timeoutMs: number; readonly host: Host }): DiskProgram<void> {
  const { host, timeoutMs } = options;
  const deadline = host.monotonicMs() + timeoutMs;
  for (let waitMs = 1; !(yield* tryLock(handle)); waitMs = Math.min(2 * waitMs, longestWaitMs)) {
    const leftMs = deadline - host.monotonicMs();
    if (leftMs <= 0) throw busy(path, parseOwner((yield* readOpenFile(handle)).toString()), timeoutMs);
    yield* wait(Math.min(waitMs, Math.max(1, leftMs)));
  }
}

/** Tells others who holds the lock. A full disk takes no name, and needs none to be written to. */
function* nameOwner(handle: Handle, host: Host): DiskProgram<void> {
  const owner: LockOwner = { ...host.identity, since: new Date(host.clock()).toISOString(), token: newToken(host) };
  const bytes = Buffer.from(`${JSON.stringify(owner)}\n`);
  try {
    yield* writeAll(handle, [bytes]);
    yield* truncate(handle, bytes.byteLength);
  } catch (error) {
    if (!isDiskError(error)) throw error;
  }
}

function busy(path: string, owner: LockOwner | undefined, waitedMs: number): CatalogError {
  // The holder may be writing its name at this moment.
  if (owner === undefined) return new CatalogError('Busy', `${path} is held by another process; waited ${waitedMs} ms`);
  const { pid, host, command, since } = owner;
  const message = `${path} is held by process ${pid} on ${host} (${command}) since ${since}; waited ${waitedMs} ms`;
  return new CatalogError('Busy', message, { pid, host, command, since });
}
