import { createHash } from 'node:crypto';
import { hourMs, isAbandoned, type LockOwner, parseOwner } from '../core/lock-owner.js';
import { type Host, newToken, type ProcessIdentity } from './host.js';
import { linkOrMove } from './link-or-move.js';
import { createExclusive, type DiskProgram, statHandle, unlink } from './program.js';
import { type Handle, isDiskError } from './steps.js';
import { noLinkAt } from './unsafe-lock.js';
import { closing, fewBytes, openIfThere, quietly, readFileIfThere, readOpenFile, unlessMissing, writeAll } from './whole-file.js';

/** A lock that is held by a record with the owner's name: for machines whose kernel's lock cannot be had. */
export interface OwnerLock {
  readonly path: string;
  readonly token: string;
}

interface HeldByOwner {
  readonly heldBy: LockOwner | undefined;
  readonly wasOver: boolean;
}

const privateMode = 0o600;
const tokenLength = 22;

/**
 * CAT-LCK-1201: one try for the lock. The record appears whole or not at all; an abandoned one is taken over by a single winner.
 * Gives the lock, or who holds it (`undefined` when that cannot be read at this moment), and whether that one's time was over: then
 * its record is on its way out, and another try may get the lock.
 */
export function* tryOwnerLock(path: string, host: Host): DiskProgram<OwnerLock | HeldByOwner> {
  const mine = ownerNow(host);
  if (yield* createdWhole({ lock: path, record: path }, mine, host)) return { path, token: mine.token };
  const found = yield* readRecord(path, host);
  // Its owner has gone since, and another may be there already: of that one nothing is known.
  if (found === undefined) return { heldBy: undefined, wasOver: true };
  const wasOver = isOver(found, host);
  if (wasOver) yield* removeOwner(path, { record: path, token: found.owner?.token }, host);
  return { heldBy: found.owner, wasOver };
}

function ownerNow(host: Host): LockOwner {
  return { ...host.identity, since: new Date(host.clock()).toISOString(), token: newToken(host) };
}

/** The file of a record, as one look at it showed it. */
interface FoundRecord {
  /** `undefined` for what is no record of an owner: a crash left it. */
  readonly owner: LockOwner | undefined;
  readonly isOld: boolean;
}

function* readRecord(path: string, host: Host): DiskProgram<FoundRecord | undefined> {
  const handle = yield* noLinkAt(path, openIfThere(path));
  return handle === undefined ? undefined : yield* closing(handle, recordIn(handle, host));
}

function* recordIn(handle: Handle, host: Host): DiskProgram<FoundRecord> {
  const { mtimeNs } = yield* statHandle(handle);
  const isOld = host.clock() - Number(mtimeNs / 1_000_000n) > hourMs;
  return { owner: parseOwner((yield* readOpenFile(handle, fewBytes)).toString()), isOld };
}

function isOver({ owner, isOld }: FoundRecord, host: Host): boolean {
  if (owner === undefined) return isOld;
  if (givenUpBy(host).has(owner.token)) return true;
  return isAbandoned(owner, host.identity, { liveness: host.liveness(owner), nowMs: host.clock() });
}

/**
 * Tokens of records that a process needs no longer and may not have been able to remove: they name a living owner, and yet nobody
 * owns anything by them. Kept by process, so that every handle in it knows them.
 */
const givenUp = new WeakMap<ProcessIdentity, Set<string>>();

function givenUpBy({ identity }: Host): Set<string> {
  const known = givenUp.get(identity) ?? new Set();
  givenUp.set(identity, known);
  return known;
}

/**
 * Gives the lock back; a lock that was taken over meanwhile stays its new owner's. Where the disk keeps us from it, what was done
 * under the lock is done all the same: this process takes the record for a dead owner's when it next wants the lock, and others
 * wait until it has, or has ended.
 */
export function* releaseOwnerLock(lock: OwnerLock, host: Host): DiskProgram<void> {
  givenUpBy(host).add(lock.token);
  yield* quietly(removeOwner(lock.path, { record: lock.path, token: lock.token }, host));
}

/** Takes a lock away from whoever holds it, because an operator said so. */
export function* breakOwnerLock(path: string): DiskProgram<void> {
  yield* unlessMissing(unlink(path));
}

export function* readOwner(path: string): DiskProgram<LockOwner | undefined> {
  const bytes = yield* readFileIfThere(path, fewBytes);
  return bytes && parseOwner(bytes.toString());
}

function* createdWhole(
  { lock, record }: { readonly lock: string; readonly record: string },
  owner: LockOwner,
  host: Host,
): DiskProgram<boolean> {
  const temp = besideLock(lock, owner.token);
  try {
    const handle = yield* createExclusive(temp, privateMode);
    yield* closing(handle, writeAll(handle, [Buffer.from(`${JSON.stringify(owner)}\n`)]));
    const isMine = yield* named(temp, record, owner, host);
    yield* quietly(unlessMissing(unlink(temp)));
    return isMine;
  } catch (error) {
    yield* quietly(unlessMissing(unlink(temp)));
    throw error;
  }
}

/** Gives a finished record its name. An error may have come after the effect: then the record bears our token. */
function* named(temp: string, record: string, owner: LockOwner, host: Host): DiskProgram<boolean> {
  try {
    return yield* linkOrMove(temp, record);
  } catch (error) {
    if (yield* bears(record, owner, host)) return true;
    throw error;
  }
}

/** Whether a record is an owner's. Where that cannot be seen the owner has given it up. */
function* bears(record: string, { token }: LockOwner, host: Host): DiskProgram<boolean> {
  try {
    return (yield* readOwner(record))?.token === token;
  } catch (error) {
    if (!isDiskError(error)) throw error;
    givenUpBy(host).add(token);
    return false;
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

interface DeadOwner {
  readonly record: string;
  readonly token: string | undefined;
}

/**
 * Removes the record of one owner and of no other. Only who has the right to remove that one looks and removes, one process at a
 * time: nobody who judged an owner dead a while ago takes the record of the next one for his. The right of a dead process is
 * removed likewise; whoever wanted it tries again.
 */
function* removeOwner(lock: string, dead: DeadOwner, host: Host): DiskProgram<void> {
  const right = rightToRemove(lock, dead.token);
  const mine = ownerNow(host);
  if (!(yield* createdWhole({ lock, record: right }, mine, host))) {
    const found = yield* readRecord(right, host);
    if (found !== undefined && isOver(found, host)) yield* removeOwner(lock, { record: right, token: found.owner?.token }, host);
    return;
  }
  try {
    yield* removeRecord(dead, host);
  } catch (error) {
    yield* giveUpRight(right, mine, host);
    throw error;
  }
  yield* giveUpRight(right, mine, host);
}

function* removeRecord({ record, token }: DeadOwner, host: Host): DiskProgram<void> {
  const found = yield* readRecord(record, host);
  const isThat = found?.owner === undefined ? token === undefined && found?.isOld : found.owner.token === token;
  if (isThat) yield* unlessMissing(unlink(record));
  if (token !== undefined) givenUpBy(host).delete(token);
}

function* giveUpRight(right: string, mine: LockOwner, host: Host): DiskProgram<void> {
  try {
    yield* unlessMissing(unlink(right));
  } catch (error) {
    if (!isDiskError(error)) throw error;
    // Only now: from here on it is removed as a dead owner's, and no longer by us.
    givenUpBy(host).add(mine.token);
  }
}
