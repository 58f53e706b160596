import { createHash } from 'node:crypto';
import { hourMs, isAbandoned, type LockOwner, parseOwner } from '../core/lock-owner.js';
import { type Host, newToken } from './host.js';
import { linkOrMove } from './link-or-move.js';
import { createExclusive, type DiskProgram, stat, unlink } from './program.js';
import { closing, quietly, readFileIfThere, unlessMissing, writeAll } from './whole-file.js';

/** A lock that is held by a record with the owner's name: for machines whose kernel's lock cannot be had. */
export interface OwnerLock {
  readonly path: string;
  readonly token: string;
}

const privateMode = 0o600;
const tokenLength = 22;

/**
 * CAT-LCK-1201: one try for the lock. The record appears whole or not at all; an abandoned one is taken over by a single winner.
 * Gives the lock, or who holds it (`undefined` when that cannot be read at this moment).
 */
export function* tryOwnerLock(path: string, host: Host): DiskProgram<OwnerLock | { readonly heldBy: LockOwner | undefined }> {
  const mine = ownerNow(host);
  if (yield* createdWhole(path, path, mine)) return { path, token: mine.token };
  const owner = yield* readOwner(path);
  if (yield* isOver(path, owner, host)) yield* removeOwner(path, { record: path, token: owner?.token }, host);
  return { heldBy: owner };
}

function ownerNow(host: Host): LockOwner {
  return { ...host.identity, since: new Date(host.clock()).toISOString(), token: newToken(host) };
}

function* isOver(record: string, owner: LockOwner | undefined, host: Host): DiskProgram<boolean> {
  if (owner === undefined) return yield* isOld(record, host);
  return isAbandoned(owner, host.identity, { liveness: host.liveness(owner), nowMs: host.clock() });
}

/** What is no record of an owner was left by a crash, when it is old enough. */
function* isOld(path: string, host: Host): DiskProgram<boolean> {
  const found = yield* stat(path);
  return found !== undefined && host.clock() - Number(found.mtimeNs / 1_000_000n) > hourMs;
}

/**
 * Gives the lock back; a lock that was taken over meanwhile stays its new owner's. Where the disk keeps us from it, what was done
 * under the lock is done all the same, and others wait until we have ended.
 */
export function* releaseOwnerLock(lock: OwnerLock, host: Host): DiskProgram<void> {
  yield* quietly(removeOwner(lock.path, { record: lock.path, token: lock.token }, host));
}

/** Takes a lock away from whoever holds it, because an operator said so. */
export function* breakOwnerLock(path: string): DiskProgram<void> {
  yield* unlessMissing(unlink(path));
}

export function* readOwner(path: string): DiskProgram<LockOwner | undefined> {
  const bytes = yield* readFileIfThere(path);
  return bytes && parseOwner(bytes.toString());
}

function* createdWhole(lock: string, record: string, owner: LockOwner): DiskProgram<boolean> {
  const temp = besideLock(lock, owner.token);
  const handle = yield* createExclusive(temp, privateMode);
  try {
    yield* closing(handle, writeAll(handle, [Buffer.from(`${JSON.stringify(owner)}\n`)]));
    const isMine = yield* linkOrMove(temp, record);
    yield* unlessMissing(unlink(temp));
    return isMine;
  } catch (error) {
    yield* quietly(unlessMissing(unlink(temp)));
    throw error;
  }
}

const besideLock = (lock: string, token: string): string => `${lock}.${token}.tmp`;

/** The record of the one process that may remove the record of a token; named so that a sweep knows it as left over. */
function rightToRemove(lock: string, token: string | undefined): string {
  const name = createHash('sha256')
    .update(token ?? '')
    .digest('base64url');
  return besideLock(lock, name.slice(0, tokenLength));
}

/**
 * Removes the record of one owner and of no other. Only who has the right to remove that one looks and removes, one process at a
 * time: nobody who judged an owner dead a while ago takes the record of the next one for his. The right of a dead process is
 * removed likewise; whoever wanted it tries again.
 */
function* removeOwner(lock: string, dead: { readonly record: string; readonly token: string | undefined }, host: Host): DiskProgram<void> {
  const right = rightToRemove(lock, dead.token);
  if (!(yield* createdWhole(lock, right, ownerNow(host)))) {
    const owner = yield* readOwner(right);
    if (yield* isOver(right, owner, host)) yield* removeOwner(lock, { record: right, token: owner?.token }, host);
    return;
  }
  if ((yield* readOwner(dead.record))?.token === dead.token) yield* unlessMissing(unlink(dead.record));
  yield* unlessMissing(unlink(right));
}
