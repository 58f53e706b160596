import { CatalogError } from '../core/errors.js';
import { type LockOwner, parseOwner } from '../core/lock-owner.js';
import { type Host, newToken } from './host.js';
import { type OwnerLock, releaseOwnerLock, tryOwnerLock } from './owner-lock.js';
import { type DiskProgram, openOrCreate, stat, statHandle, truncate, tryLock, wait } from './program.js';
import { type Handle, isDiskError } from './steps.js';
import { noLinkAt, unsafeLock } from './unsafe-lock.js';
import { closeQuietly, fewBytes, readOpenFile, writeAll } from './whole-file.js';

/** A lock that is held: the kernel's, which dies with the process, or, where there is none, a record that names its owner. */
export type Lock = { readonly kind: 'kernel'; readonly handle: Handle } | ({ readonly kind: 'owner' } & OwnerLock);

interface LockOptions {
  readonly timeoutMs: number;
  readonly host: Host;
  /** It is given back before anybody would want to know who holds it: nothing is written. */
  readonly isBrief?: boolean;
}

const privateMode = 0o600;
/** Most locks are held for as long as a write takes: at first one looks again at once. */
const impatientMs = 2;
const briefestPauseUs = 20;
const longestPauseMs = 4;
const patientMs = 200;
/** A dead owner's record goes with one try; with another the right to remove it, where one who had that died too. */
const triesAfterTheDead = 2;

/** Where the owner's record lies on machines without the kernel's lock. */
export const ownerFile = (lockFile: string): string => `${lockFile}.owner`;

/**
 * CAT-LCK-1201: takes an advisory lock, waiting without blocking the event loop. `Busy` names the holder when the time is up
 * (CAT-LCK-1202).
 */
export function* acquireLock(path: string, options: LockOptions): DiskProgram<Lock> {
  const { host, timeoutMs, isBrief = false } = options;
  const began = host.monotonicMs();
  for (;;) {
    const waitedMs = host.monotonicMs() - began;
    const isLast = waitedMs >= timeoutMs;
    const tried = yield* tryOnce(path, host, { asksName: isLast, tellsName: !isBrief });
    if ('kind' in tried) return tried;
    if (isLast) throw busy(path, tried.heldBy, timeoutMs);
    yield* wait(Math.min(pauseMs(host, waitedMs), Math.max(1, timeoutMs - waitedMs)));
  }
}

/**
 * Of random length, so that those who wait do not march in step. Who has waited for long looks as often as can be: whoever gives the
 * lock back and wants it again would come between over and over.
 */
function pauseMs(host: Host, waitedMs: number): number {
  if (waitedMs >= patientMs) return 1;
  const [byte = 0] = host.random(1);
  return waitedMs < impatientMs ? (briefestPauseUs + (byte % 64)) / 1000 : 1 + (byte % longestPauseMs);
}

/** Takes a lock if nobody holds it. */
export function* acquireFreeLock(path: string, host: Host): DiskProgram<Lock | undefined> {
  const tried = yield* tryOnce(path, host, { asksName: false, tellsName: true });
  return 'kind' in tried ? tried : undefined;
}

export function* releaseLock(lock: Lock, host: Host): DiskProgram<void> {
  if (lock.kind === 'kernel') yield* closeQuietly(lock.handle);
  else yield* releaseOwnerLock(lock, host);
}

type Tried = Lock | { readonly heldBy: LockOwner | undefined };

interface Naming {
  /** Whether it matters who holds it. */
  readonly asksName: boolean;
  readonly tellsName: boolean;
}

function* tryOnce(path: string, host: Host, { asksName, tellsName }: Naming): DiskProgram<Tried> {
  const handle = yield* opened(path, host);
  try {
    const taken = yield* tryLock(handle);
    if (taken === true) {
      if (tellsName) yield* nameOwner(handle, path, host);
      return { kind: 'kernel', handle };
    }
    const heldBy = taken === false && asksName ? parseOwner((yield* readOpenFile(handle, fewBytes)).toString()) : undefined;
    yield* closeQuietly(handle);
    if (taken === false) return { heldBy };
  } catch (error) {
    yield* closeQuietly(handle);
    throw error;
  }
  return yield* tryOwnerFile(ownerFile(path), host);
}

/** CAT-SEC-6002: never through a link, which might lead to a file of somebody else. */
function* opened(path: string, { system }: Host): DiskProgram<Handle> {
  // Where opening follows links there is time between the look and the opening: BestEffortCheckThenOpen.
  if (!system.noFollow && (yield* stat(path))?.type === 'symlink') throw unsafeLock(path, 'it is a symbolic link');
  return yield* noLinkAt(path, openOrCreate(path, privateMode));
}

function* tryOwnerFile(path: string, host: Host): DiskProgram<Tried> {
  for (let triesLeft = triesAfterTheDead; ; triesLeft--) {
    const tried = yield* tryOwnerLock(path, host);
    if ('token' in tried) return { kind: 'owner', ...tried };
    if (!tried.wasOver || triesLeft === 0) return tried;
  }
}

/** Tells others who holds the lock. A full disk takes no name, and needs none to be written to. */
function* nameOwner(handle: Handle, path: string, host: Host): DiskProgram<void> {
  const { type, links } = yield* statHandle(handle);
  // CAT-SEC-6002: what has another name as well is somebody's file.
  if (type !== 'file' || links > 1) throw unsafeLock(path, type === 'file' ? `it has ${links} names` : 'it is no file');
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
