import { removeDeadFlight, takeFlight } from '../../src/artifacts/flights.js';
import { createLocked, removeUnlessHeld } from '../../src/artifacts/locked-file.js';
import { isLocked } from '../../src/artifacts/partials.js';
import { removeAbandonedTemp } from '../../src/disk/abandoned-temp.js';
import { canonicalPath, makeFolder, makeFolderDurably, syncAncestors } from '../../src/disk/folders.js';
import type { Host } from '../../src/disk/host.js';
import { linkOrMove } from '../../src/disk/link-or-move.js';
import { acquireFreeLock, acquireLock, releaseLock } from '../../src/disk/lock.js';
import { breakOwnerLock, readOwner, releaseOwnerLock, tryOwnerLock } from '../../src/disk/owner-lock.js';
import { persistFile } from '../../src/disk/persist.js';
import * as step from '../../src/disk/program.js';
import { discard, removeTemp, syncAll, syncDataOnce, syncFolder, syncFolders, syncOnce, writeTemp } from '../../src/disk/temp-file.js';
import {
  closeQuietly,
  closing,
  listIfThere,
  openIfThere,
  quietly,
  readFileIfThere,
  readFully,
  readOpenFile,
  unlessMissing,
  unlessThere,
  writeAll,
} from '../../src/disk/whole-file.js';
import { shownFailure } from './scripted-disk.js';

const bytes = (text: string): Uint8Array => Buffer.from(text);
const abcd = [bytes('ab'), bytes('cd')];
const handle = 3;

type Programs = Readonly<Record<string, (host: Host) => step.DiskProgram<unknown>>>;

/** Each maker of one step. */
export const steps: Programs = {
  openFile: () => step.openFile('/r/a'),
  'openFile, through links': () => step.openFile('/r/a', { follow: true }),
  openForUpdate: () => step.openForUpdate('/r/a'),
  openOrCreate: () => step.openOrCreate('/r/a', 0o640),
  createExclusive: () => step.createExclusive('/r/a', 0o400),
  openDirectory: () => step.openDirectory('/r'),
  close: () => step.close(handle),
  write: () => step.write(handle, abcd, 10),
  'write, behind': () => step.write(handle, abcd, 10, { behind: true }),
  read: () => step.read(handle, Buffer.alloc(4), 10),
  'read, with what comes next': () => step.read(handle, Buffer.alloc(4), 10, { ahead: { into: Buffer.alloc(2), position: 14 } }),
  truncate: () => step.truncate(handle, 5),
  changeMode: () => step.changeMode(handle, 0o444),
  sync: () => step.sync(handle),
  'sync, of a folder': () => step.sync(handle, 'SyncDirectory'),
  'sync, with what comes next': () => step.sync(handle, 'Sync', { ahead: [4, 5] }),
  syncData: () => step.syncData(handle),
  tryLock: () => step.tryLock(handle),
  'tryLock, shared': () => step.tryLock(handle, { shared: true }),
  unlock: () => step.unlock(handle),
  link: () => step.link('/r/a', '/r/b'),
  'link, to publish': () => step.link('/r/a', '/r/b', 'Publish'),
  symlink: () => step.symlink('a', '/r/b'),
  rename: () => step.rename('/r/a', '/r/b'),
  'rename, of a temp': () => step.rename('/r/a', '/r/b', 'PersistTemp'),
  unlink: () => step.unlink('/r/a'),
  makeDirectory: () => step.makeDirectory('/r', 0o750),
  removeDirectory: () => step.removeDirectory('/r'),
  list: () => step.list('/r'),
  stat: () => step.stat('/r/a'),
  'stat, through links': () => step.stat('/r/a', { follow: true }),
  statHandle: () => step.statHandle(handle),
  names: () => step.names('/r/a', handle),
  readLink: () => step.readLink('/r/a'),
  realPath: () => step.realPath('/r/a'),
  clone: () => step.clone('/r/a', '/r/b'),
  watchDirectory: () => step.watchDirectory('/r'),
  awaitChange: () => step.awaitChange(handle, 50),
  fileSystem: () => step.fileSystem('/r'),
  wait: () => step.wait(2.5),
};

const temp = { path: '/r/a.tmp', handle };
const ownerLock = { path: '/r/lock.owner', token: Buffer.alloc(16, 0).toString('base64url') };

function* locked(host: Host, timeoutMs: number, isBrief?: boolean): step.DiskProgram<unknown> {
  return yield* acquireLock('/r/lock', { host, timeoutMs, ...(isBrief === undefined ? {} : { isBrief }) });
}

/** Gives a lock back, and then wants it. */
function* givenBackThenWanted(host: Host): step.DiskProgram<unknown> {
  yield* releaseOwnerLock(ownerLock, host);
  return yield* tryOwnerLock(ownerLock.path, host);
}

/** Wants a lock, and then wants it again: what could not be seen the first time was given up. */
function* wantedTwice(host: Host): step.DiskProgram<unknown> {
  const first = yield* refused(tryOwnerLock(ownerLock.path, host));
  return [first, yield* tryOwnerLock(ownerLock.path, host)];
}

function* refused(program: step.DiskProgram<unknown>): step.DiskProgram<unknown> {
  try {
    return yield* program;
  } catch (error) {
    return shownFailure(error);
  }
}

/** The path, handle and size of the temp that was written. */
function* writtenTemp(program: ReturnType<typeof writeTemp>): step.DiskProgram<unknown> {
  const { path, handle, status } = yield* program;
  return `${path} #${handle} of ${status.size}`;
}

function* filledBytes(size: number): step.DiskProgram<unknown> {
  const into = Buffer.alloc(size, '.');
  const count = yield* readFully(handle, into, 10);
  return `${count} ${into}`;
}

function* breaking(error: unknown): step.DiskProgram<never> {
  yield* step.sync(handle);
  throw error;
}

function* answering<T>(value: T): step.DiskProgram<T> {
  return value;
}

/** Every program of the disk that feature files speak of. */
export const programs: Programs = {
  'writing "ab" and "cd" from 10 on': () => writeAll(handle, abcd, 10),
  'writing "ab", "" and "cd" behind': () => writeAll(handle, [bytes('ab'), bytes(''), bytes('cd')], 0, { behind: true }),
  'writing nothing': () => writeAll(handle, []),
  'filling 4 bytes from 10 on': () => filledBytes(4),
  'reading an open file': () => readOpenFile(handle),
  'reading an open file of 4 bytes at most': () => readOpenFile(handle, 4),
  'reading /r/a if it is there': () => readFileIfThere('/r/a'),
  'opening /r/a if it is there': () => openIfThere('/r/a'),
  'listing /r if it is there': () => listIfThere('/r'),
  'closing #3 whatever it says': () => closeQuietly(handle),
  'syncing #3 and closing it': () => closing(handle, syncOnce(handle)),
  'a mistake of ours before #3 is closed': () => closing(handle, breaking(new TypeError('ours'))),
  'what may fail: a sync of #3': () => quietly(syncOnce(handle)),
  'what may fail: a mistake of ours': () => quietly(breaking(new TypeError('ours'))),
  'removing /r/a unless it is missing': () => unlessMissing(step.unlink('/r/a')),
  'making /r/d unless it is there': () => unlessThere(step.makeDirectory('/r/d', 0o700)),
  'a temp of "ab" and "cd"': () => writtenTemp(writeTemp(temp.path, abcd)),
  'a temp of "ab" and "cd" with the mode 600': () => writtenTemp(writeTemp(temp.path, abcd, 0o600)),
  'giving up a temp': () => discard(temp),
  'removing a temp': () => removeTemp(temp.path),
  'persisting "abcd" as /r/a': (host) => persistFile('/r/a', [bytes('abcd')], host),
  'persisting "abcd" as /r/a with the mode 644': (host) => persistFile('/r/a', [bytes('abcd')], host, 0o644),
  'syncing #3 once': () => syncOnce(handle),
  'syncing the folder #3 once': () => syncOnce(handle, 'SyncDirectory'),
  'syncing the bytes of #3 once': () => syncDataOnce(handle),
  'syncing the folder /r': () => syncFolder('/r'),
  'syncing the folders /a, /b and /c': () => syncFolders(['/a', '/b', '/c']),
  'syncing no folder': () => syncFolders([]),
  'syncing #4': () => syncAll([4], (handle, ahead) => syncOnce(handle, 'Sync', ahead)),
  'an abandoned temp': (host) => removeAbandonedTemp(temp.path, host),
  'linking or moving /r/a to /r/b': () => linkOrMove('/r/a', '/r/b'),
  'making the folder /a/b': () => makeFolder('/a/b'),
  'making the folder / at all': () => makeFolder('/'),
  'making the folder /a/b durably': () => makeFolderDurably('/a/b'),
  'making the folder / durably': () => makeFolderDurably('/'),
  'syncing what is above /a/b/r': () => syncAncestors('/a/b/r'),
  'the canonical path of /a/b/c': () => canonicalPath('/a/b/c'),
  'the canonical path of /': () => canonicalPath('/'),
  'a lock that is wanted for 0 ms': (host) => locked(host, 0),
  'a lock that is wanted for 1000 ms': (host) => locked(host, 1000),
  'a lock that is wanted for 5 ms': (host) => locked(host, 5),
  'a brief lock': (host) => locked(host, 0, true),
  'a lock if it is free': (host) => acquireFreeLock('/r/lock', host),
  "giving back the kernel's lock #3": (host) => releaseLock({ kind: 'kernel', handle }, host),
  "giving back an owner's lock": (host) => releaseLock({ kind: 'owner', ...ownerLock }, host),
  "an owner's lock": (host) => tryOwnerLock(ownerLock.path, host),
  "an owner's lock that was given back before": givenBackThenWanted,
  "an owner's lock that is wanted twice": wantedTwice,
  "breaking an owner's lock": () => breakOwnerLock(ownerLock.path),
  'reading who owns a lock': () => readOwner(ownerLock.path),
  'a new file that is locked': () => createLocked('/r/a'),
  'removing /r/a unless it is held': () => removeUnlessHeld('/r/a', () => answering(false)),
  'removing /r/a unless it is held, or wanted': () => removeUnlessHeld('/r/a', () => answering(true)),
  'asking whether somebody holds /r/a': () => isLocked('/r/a'),
  'a flight': (host) => takeFlight('k', { root: '/r', host }),
  'removing a dead flight': (host) => removeDeadFlight('leases/f.flight', { root: '/r', host }),
};
