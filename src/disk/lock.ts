import { CatalogError } from '../core/errors.js';
import { type LockOwner, parseOwner } from '../core/lock-owner.js';
import { type Host, newToken } from './host.js';
import { type OwnerLock, releaseOwnerLock, tryOwnerLock } from './owner-lock.js';
import { type DiskProgram, openOrCreate, truncate, tryLock, wait } from './program.js';
import { type Handle, isDiskError } from './steps.js';
import { closeQuietly, readOpenFile, writeAll } from './whole-file.js';

/** A lock that is held: the kernel's, which dies with the process, or, where there is none, a record that names its owner. */
export type Lock = { readonly kind: 'kernel'; readonly handle: Handle } | ({ readonly kind: 'owner' } & OwnerLock);

interface LockOptions {
  readonly timeoutMs: number;
  readonly host: Host;
}

const privateMode = 0o600;
/** Short and of random length: whoever gave the lock back and wants it again would come between longer pauses over and over. */
const longestPauseMs = 4;

/** Where the owner's record lies on machines without the kernel's lock. */
export const ownerFile = (lockFile: string): string => `${lockFile}.owner`;

/**
 * CAT-LCK-1201: takes an advisory lock, waiting without blocking the event loop. `Busy` names the holder when the time is up
 * (CAT-LCK-1202).
 */
export function* acquireLock(path: string, options: LockOptions): DiskProgram<Lock> {
  const deadline = options.host.monotonicMs() + options.timeoutMs;
  for (;;) {
    const tried = yield* tryOnce(path, options.host);
    if ('kind' in tried) return tried;
    const leftMs = deadline - options.host.monotonicMs();
    if (leftMs <= 0) throw busy(path, tried.heldBy, options.timeoutMs);
    yield* wait(Math.min(pauseMs(options.host), Math.max(1, leftMs)));
  }
}

function pauseMs(host: Host): number {
  const [byte = 0] = host.random(1);
  return 1 + (byte % longestPauseMs);
}

/** Takes a lock if nobody holds it. */
export function* acquireFreeLock(path: string, host: Host): DiskProgram<Lock | undefined> {
  const tried = yield* tryOnce(path, host);
  return 'kind' in tried ? tried : undefined;
}

export function* releaseLock(lock: Lock, host: Host): DiskProgram<void> {
  if (lock.kind === 'kernel') yield* closeQuietly(lock.handle);
  else yield* releaseOwnerLock(lock, host);
}

/** Performs a program while a lock is held, and gives the lock back, however the program ends. */
export function* holding<T>(lock: Lock, host: Host, program: DiskProgram<T>): DiskProgram<T> {
  try {
    const result = yield* program;
    yield* releaseLock(lock, host);
    return result;
  } catch (error) {
    yield* releaseLock(lock, host);
    throw error;
  }
}

type Tried = Lock | { readonly heldBy: LockOwner | undefined };

function* tryOnce(path: string, host: Host): DiskProgram<Tried> {
  const handle = yield* openOrCreate(path, privateMode);
  try {
    const taken = yield* tryLock(handle);
    if (taken === true) {
      yield* nameOwner(handle, host);
      return { kind: 'kernel', handle };
    }
    const heldBy = taken === false ? parseOwner((yield* readOpenFile(handle)).toString()) : undefined;
    yield* closeQuietly(handle);
    if (taken === false) return { heldBy };
  } catch (error) {
    yield* closeQuietly(handle);
    throw error;
  }
  const tried = yield* tryOwnerLock(ownerFile(path), host);
  return 'token' in tried ? { kind: 'owner', ...tried } : tried;
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
