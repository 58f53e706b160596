import { CatalogError } from '../core/errors.js';
import type { Host } from './host.js';
import { close, type DiskProgram, openOrCreate, truncate, tryLock, wait } from './program.js';
import type { Handle } from './steps.js';
import { closeQuietly, readOpenFile, writeAll } from './whole-file.js';

/** Who holds a lock, as far as it told: for messages, never for a decision. */
export interface LockOwner {
  readonly pid: number;
  readonly host: string;
  readonly command: string;
  /** ISO 8601, UTC. */
  readonly since: string;
}

const privateMode = 0o600;
const longestWaitMs = 16;

/**
 * CAT-LCK-1201: takes an advisory lock that dies with the process, waiting without blocking the event loop. `Busy` names the
 * holder when the time is up (CAT-LCK-1202). The lock is released by closing the handle.
 */
export function* acquireLock(path: string, options: { readonly timeoutMs: number; readonly host: Host }): DiskProgram<Handle> {
  const { host, timeoutMs } = options;
  const handle = yield* openOrCreate(path, privateMode);
  const deadline = host.monotonicMs() + timeoutMs;
  for (let waitMs = 1; !(yield* tryLock(handle)); waitMs = Math.min(2 * waitMs, longestWaitMs)) {
    const leftMs = deadline - host.monotonicMs();
    if (leftMs <= 0) throw busy(path, yield* ownerOf(handle), timeoutMs);
    yield* wait(Math.min(waitMs, Math.max(1, leftMs)));
  }
  yield* nameOwner(handle, host);
  return handle;
}

/** Takes a lock if nobody holds it. */
export function* acquireFreeLock(path: string, host: Host): DiskProgram<Handle | undefined> {
  const handle = yield* openOrCreate(path, privateMode);
  if (yield* tryLock(handle)) {
    yield* nameOwner(handle, host);
    return handle;
  }
  yield* closeQuietly(handle);
  return undefined;
}

function* nameOwner(handle: Handle, host: Host): DiskProgram<void> {
  const owner: LockOwner = { ...host.identity, since: new Date(host.clock()).toISOString() };
  const bytes = Buffer.from(`${JSON.stringify(owner)}\n`);
  yield* writeAll(handle, [bytes]);
  yield* truncate(handle, bytes.byteLength);
}

/** What the holder wrote, if it can be read: it may be writing at this moment. */
function* ownerOf(handle: Handle): DiskProgram<Partial<LockOwner>> {
  const bytes = yield* readOpenFile(handle);
  yield* close(handle);
  try {
    const { pid, host, command, since } = JSON.parse(bytes.toString()) as LockOwner;
    return { pid, host, command, since };
  } catch {
    return {};
  }
}

function busy(path: string, owner: Partial<LockOwner>, waitedMs: number): CatalogError {
  const holder =
    owner.pid === undefined ? 'another process' : `process ${owner.pid} on ${owner.host} (${owner.command}) since ${owner.since}`;
  return new CatalogError('Busy', `${path} is held by ${holder}; waited ${waitedMs} ms`, { ...owner });
}
