import { hourMs, isAbandoned, type LockOwner, parseOwner } from '../core/lock-owner.js';
import { type Host, newToken } from './host.js';
import { linkOrMove } from './link-or-move.js';
import { close, createExclusive, type DiskProgram, rename, stat, unlink } from './program.js';
import { readFileIfThere, unlessMissing, writeAll } from './whole-file.js';

/** A lock that is held by a record with the owner's name: for machines whose kernel's lock cannot be had. */
export interface OwnerLock {
  readonly path: string;
  readonly token: string;
}

const privateMode = 0o600;

/**
 * CAT-LCK-1201: one try for the lock. The record appears whole or not at all; an abandoned one is taken over by a single winner.
 * Gives the lock, or who holds it (`undefined` when that cannot be read at this moment).
 */
export function* tryOwnerLock(path: string, host: Host): DiskProgram<OwnerLock | { readonly heldBy: LockOwner | undefined }> {
  const token = newToken(host);
  const mine: LockOwner = { ...host.identity, since: new Date(host.clock()).toISOString(), token };
  if (yield* createdWhole(path, mine)) return { path, token };
  const owner = yield* readOwner(path);
  const isOver =
    owner === undefined ? yield* isOld(path, host) : isAbandoned(owner, mine, { liveness: host.liveness(owner), nowMs: host.clock() });
  if (isOver) yield* removeOwner(path, owner?.token, host);
  return { heldBy: owner };
}

/** What is no record of an owner was left by a crash, when it is old enough. */
function* isOld(path: string, host: Host): DiskProgram<boolean> {
  const found = yield* stat(path);
  return found !== undefined && host.clock() - Number(found.mtimeNs / 1_000_000n) > hourMs;
}

/** Gives the lock back; a lock that was taken over meanwhile stays its new owner's. */
export function* releaseOwnerLock(lock: OwnerLock, host: Host): DiskProgram<void> {
  yield* removeOwner(lock.path, lock.token, host);
}

/** Takes a lock away from whoever holds it, because an operator said so. */
export function* breakOwnerLock(path: string): DiskProgram<void> {
  yield* unlessMissing(unlink(path));
}

export function* readOwner(path: string): DiskProgram<LockOwner | undefined> {
  const bytes = yield* readFileIfThere(path);
  return bytes && parseOwner(bytes.toString());
}

function* createdWhole(path: string, owner: LockOwner): DiskProgram<boolean> {
  const temp = `${path}.${owner.token}.tmp`;
  const handle = yield* createExclusive(temp, privateMode);
  yield* writeAll(handle, [Buffer.from(`${JSON.stringify(owner)}\n`)]);
  yield* close(handle);
  const isMine = yield* linkOrMove(temp, path);
  yield* unlessMissing(unlink(temp));
  return isMine;
}

/**
 * Removes one owner's record and no other's. It is captured under a name of its own first: of two that judged the same owner
 * dead only one captures it, and who captured another's record gives it back.
 */
function* removeOwner(path: string, token: string | undefined, host: Host): DiskProgram<void> {
  const captured = `${path}.${newToken(host)}.tmp`;
  if (!(yield* unlessMissing(rename(path, captured)))) return;
  const owner = yield* readOwner(captured);
  if (owner !== undefined && owner.token !== token) yield* linkOrMove(captured, path);
  yield* unlessMissing(unlink(captured));
}
