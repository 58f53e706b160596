// Over 300 lines: one adapter: a case for each step of the closed list.
import { createRequire } from 'node:module';
import { setTimeout as elapsed, setImmediate as turn } from 'node:timers/promises';
import fs from 'graceful-fs';
import { isLocalFileSystem } from '../core/file-systems.js';
import { LateWork } from './late-work.js';
import { type Disk, run } from './program.js';
import { RealWatches } from './real-watch.js';
import {
  absentAsUndefined,
  type FileStat,
  type FileSystemStatus,
  type FileType,
  isDiskError,
  type NamesStep,
  type OpenStep,
  type ReadStep,
  type Step,
  type SyncStep,
  type WriteStep,
} from './steps.js';
import { writeAll } from './whole-file.js';

export interface RealDiskOptions {
  /** Answer every step at once, syncs and large transfers too: for the synchronous interface, and for processes that may block. */
  readonly blocking?: boolean;
}

interface NativeLocks {
  tryLock(fd: number, options: { shared: boolean }): boolean;
  unlock(fd: number): void;
}

/** From this size on a read or a write goes to the thread pool, so that the event loop stays free while the disk works. */
const largeTransferBytes = 256 * 1024;
/** So much that was written behind the caller is brought to the disk while he goes on, so that he need not wait for all of it at the end. */
const earlySyncBytes = 64 * 1024 * 1024;
/** A sync that takes less than this is waited for where the caller is: the way through the thread pool costs as much as it. */
const quickSyncMs = 1;
/** No timer is shorter: of what is less the most is slept where the caller is. */
const leastTimerMs = 1;
/** After so long the event loop turns before the next lock is tried, so that timers, signals and sockets are heard however quick the disk is. */
const longestStretchMs = 8;
const { O_RDONLY, O_RDWR, O_CREAT, O_EXCL } = fs.constants;
// O_NOFOLLOW and O_NONBLOCK are missing on Windows; there the flags are no flags.
const O_NOFOLLOW = fs.constants.O_NOFOLLOW ?? 0;
const O_NONBLOCK = fs.constants.O_NONBLOCK ?? 0;
const O_DIRECTORY = fs.constants.O_DIRECTORY ?? 0;

/**
 * The disk of the machine (CAT-SIM-5001): the only place that touches `node:fs`. Handles are file descriptors. Small steps are
 * performed at once, which is ten times cheaper than a promise; large transfers, clones and syncs give a promise, but for small syncs
 * on a disk that lately was quick with them.
 */
export class RealDisk implements Disk {
  readonly #blocking: boolean;
  readonly #watches = new RealWatches();
  /** How much was written to each handle since its last sync. */
  readonly #unsynced = new Map<number, number>();
  /** Whether the names of a file that is open change on this machine alone, where that was asked for. */
  readonly #local = new Map<number, boolean>();
  /** How long small syncs took lately, each newer one counting for a quarter. */
  #recentSyncMs = Number.POSITIVE_INFINITY;
  /** When the first lock since the event loop turned last was tried. */
  #stretchBegan: number | undefined;
  /** What the thread pool does for handles whose steps were answered. */
  readonly #late = new Map<number, LateWork>();

  constructor(options: RealDiskOptions = {}) {
    this.#blocking = options.blocking ?? false;
  }

  perform(step: Step): unknown {
    const late = 'handle' in step ? this.#late.get(step.handle) : undefined;
    if (late !== undefined) return this.#performAfter(late, step);
    if (step.op === 'lock' && this.#isStretchOver()) return turn().then(() => this.#perform(step));
    return this.#perform(step);
  }

  #isStretchOver(): boolean {
    if (this.#blocking) return false;
    if (this.#stretchBegan !== undefined) return performance.now() - this.#stretchBegan > longestStretchMs;
    this.#stretchBegan = performance.now();
    setImmediate(() => {
      this.#stretchBegan = undefined;
    });
    return false;
  }

  async #performAfter(late: LateWork, step: Step): Promise<unknown> {
    if (step.op === 'close') {
      // A descriptor that is closed may be another file's at once: nothing may be under way with it.
      await late.ended();
      this.#late.delete(step.handle);
    } else await late.afterWrites();
    if (step.op === 'write' || step.op === 'truncate' || step.op === 'change-mode') late.changes();
    if (step.op === 'sync' && (await late.takeSync())) return undefined;
    const count = step.op === 'read' ? await late.takeRead(step) : undefined;
    if (count === undefined) return this.#perform(step);
    if (step.op === 'read' && step.ahead) this.#readAhead(step.handle, step.ahead);
    return count;
  }

  #lateOf(handle: number): LateWork {
    const late = this.#late.get(handle) ?? new LateWork();
    this.#late.set(handle, late);
    return late;
  }

  #perform(step: Step): unknown {
    switch (step.op) {
      case 'open':
        return fs.openSync(step.path, openFlags(step), step.mode ?? 0o600);
      case 'close':
        this.#unsynced.delete(step.handle);
        this.#local.delete(step.handle);
        return this.#watches.close(step.handle) ? undefined : fs.closeSync(step.handle);
      case 'write':
        return this.#write(step);
      case 'read':
        return this.#read(step);
      case 'truncate':
        return fs.ftruncateSync(step.handle, step.size);
      case 'change-mode':
        return fs.fchmodSync(step.handle, step.mode);
      case 'sync':
        return this.#sync(step);
      case 'lock':
        return nativeLocks()?.tryLock(step.handle, { shared: step.shared }) ?? 'unsupported';
      case 'unlock':
        return nativeLocks()?.unlock(step.handle);
      case 'link':
        return fs.linkSync(step.from, step.to);
      case 'symlink':
        return fs.symlinkSync(step.target, step.path);
      case 'rename':
        return fs.renameSync(step.from, step.to);
      case 'unlink':
        return fs.unlinkSync(step.path);
      case 'make-directory':
        return fs.mkdirSync(step.path, { mode: step.mode });
      case 'remove-directory':
        return fs.rmdirSync(step.path);
      case 'list':
        return fs.readdirSync(step.path);
      case 'stat':
        return absentAsUndefined(() => {
          const stats = (step.follow ? fs.statSync : fs.lstatSync)(step.path, { bigint: true, throwIfNoEntry: false });
          return stats && fileStat(stats);
        });
      case 'stat-handle':
        return fileStat(fs.fstatSync(step.handle, { bigint: true }));
      case 'names':
        return this.#names(step);
      case 'read-link':
        return fs.readlinkSync(step.path);
      case 'real-path':
        return absentAsUndefined(() => fs.realpathSync.native(step.path));
      case 'clone':
        return this.#clone(step.from, step.to);
      case 'wait':
        return this.#wait(step.ms);
      case 'watch':
        return this.#watches.open(step.path);
      case 'await-change':
        return this.#blocking ? this.#wait(step.ms) : this.#watches.change(step.handle, step.ms);
      case 'file-system':
        return fileSystemStatus(fs.statfsSync(step.path, { bigint: true }));
    }
  }

  #write(step: WriteStep): number | Promise<number> {
    const { handle, chunks, position, behind } = step;
    const total = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
    this.#unsynced.set(handle, (this.#unsynced.get(handle) ?? 0) + total);
    if (this.#blocking || total < largeTransferBytes) return fs.writevSync(handle, chunks, position);
    if (!behind) return written(step);
    const late = this.#lateOf(handle);
    late.write(total, () => writtenWhole(step));
    late.syncEvery(earlySyncBytes, () => synced(handle, true));
    return total;
  }

  #read({ handle, into, position, ahead }: ReadStep): number | Promise<number> {
    if (this.#blocking || into.byteLength < largeTransferBytes) return fs.readSync(handle, into, 0, into.byteLength, position);
    const count = filled(handle, into, position);
    if (ahead) this.#readAhead(handle, ahead);
    return count;
  }

  #readAhead(handle: number, { into, position }: Pick<ReadStep, 'into' | 'position'>): void {
    this.#lateOf(handle).read({ into, position }, filled(handle, into, position));
  }

  #sync({ handle, dataOnly = false, ahead = [] }: SyncStep): undefined | Promise<undefined> {
    if (!this.#blocking) for (const other of ahead) this.#syncAhead(other, dataOnly);
    const isSmall = ahead.length === 0 && (this.#unsynced.get(handle) ?? 0) < largeTransferBytes;
    this.#unsynced.delete(handle);
    const began = performance.now();
    if (this.#blocking || (isSmall && this.#recentSyncMs < quickSyncMs)) {
      if (dataOnly) fs.fdatasyncSync(handle);
      else fs.fsyncSync(handle);
      this.#learn(began);
      return undefined;
    }
    return synced(handle, dataOnly).then(() => {
      if (isSmall) this.#learn(began);
      return undefined;
    });
  }

  #syncAhead(handle: number, dataOnly: boolean): void {
    this.#unsynced.delete(handle);
    this.#lateOf(handle).sync(() => synced(handle, dataOnly));
  }

  #learn(began: number): void {
    const ms = performance.now() - began;
    this.#recentSyncMs = Number.isFinite(this.#recentSyncMs) ? this.#recentSyncMs + (ms - this.#recentSyncMs) / 4 : ms;
  }

  /**
   * Linux says which name an open file has now. To look at the file itself would make the next sync of it write its times as well,
   * which takes half as long again (kernels from 6.13 on); elsewhere, and where the name is told otherwise, that is how it is found out.
   */
  #names({ path, handle }: NamesStep): boolean {
    if (this.#isLocal(handle) && nameOf(handle) === path) return true;
    const named = absentAsUndefined(() => fs.lstatSync(path, { bigint: true, throwIfNoEntry: false }));
    const open = fs.fstatSync(handle, { bigint: true });
    return named?.ino === open.ino && named.dev === open.dev;
  }

  /** What others do to a name on a network is not told before somebody looks it up. */
  #isLocal(handle: number): boolean {
    let isLocal = this.#local.get(handle);
    if (isLocal === undefined) {
      isLocal = process.platform === 'linux' && nameOf(handle) !== undefined && isLocalFileSystem(fs.statfsSync(ownName(handle)).type);
      this.#local.set(handle, isLocal);
    }
    return isLocal;
  }

  #clone(from: string, to: string): boolean | Promise<boolean> {
    if (this.#blocking) {
      try {
        fs.copyFileSync(from, to, fs.constants.COPYFILE_FICLONE_FORCE);
        return true;
      } catch (error) {
        return cannotClone(error);
      }
    }
    return new Promise((resolve, reject) => {
      fs.copyFile(from, to, fs.constants.COPYFILE_FICLONE_FORCE, (error) => {
        if (!error) return resolve(true);
        try {
          resolve(cannotClone(error));
        } catch (reason) {
          reject(reason);
        }
      });
    });
  }

  #wait(ms: number): undefined | Promise<unknown> {
    if (!this.#blocking && ms >= leastTimerMs) return elapsed(ms);
    if (!slept(ms) && !this.#blocking) return elapsed(ms);
    return this.#blocking ? undefined : turn();
  }
}

/** Whether this thread may sleep: the main thread of a page, and of a window of Electron, must not. */
function slept(ms: number): boolean {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
    return true;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return false;
  }
}

/** The disk that catalogs use unless they are given one. */
export const defaultDisk = new RealDisk();

function written({ handle, chunks, position }: WriteStep): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.writev(handle, chunks, position, (error, count) => (error ? reject(error) : resolve(count)));
  });
}

/** However few bytes the disk takes at a time. */
const writtenWhole = ({ handle, chunks, position }: WriteStep): Promise<void> =>
  run(writeAll(handle, chunks, position), { perform: (step) => (step.op === 'write' ? written(step) : undefined) });

function filled(handle: number, into: Uint8Array, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.read(handle, into, 0, into.byteLength, position, (error, count) => (error ? reject(error) : resolve(count)));
  });
}

function synced(handle: number, dataOnly: boolean): Promise<void> {
  const sync = dataOnly ? fs.fdatasync : fs.fsync;
  return new Promise((resolve, reject) => sync(handle, (error) => (error ? reject(error) : resolve())));
}

function openFlags(step: OpenStep): number {
  const follow = step.follow ? 0 : O_NOFOLLOW;
  switch (step.access) {
    case 'read':
      // A FIFO opened to read would block until somebody writes.
      return O_RDONLY | O_NONBLOCK | follow;
    case 'update':
      return O_RDWR | follow;
    case 'create':
      return O_RDWR | O_CREAT | O_EXCL | follow;
    case 'update-or-create':
      return O_RDWR | O_CREAT | follow;
    case 'directory':
      return O_RDONLY | O_DIRECTORY | follow;
  }
}

function fileStat(stats: fs.BigIntStats): FileStat {
  return {
    type: typeOf(stats),
    device: stats.dev,
    inode: stats.ino,
    size: Number(stats.size),
    // In units of 512 bytes, whatever the block size of the file system (POSIX).
    allocated: Number(stats.blocks) * 512,
    mode: Number(stats.mode & 0o7777n),
    links: Number(stats.nlink),
    owner: Number(stats.uid),
    mtimeNs: stats.mtimeNs,
    ctimeNs: stats.ctimeNs,
  };
}

function fileSystemStatus(stats: fs.BigIntStatsFs): FileSystemStatus {
  return { type: Number(stats.type), freeBytes: Number(stats.bavail * stats.bsize), totalBytes: Number(stats.blocks * stats.bsize) };
}

function typeOf(stats: fs.BigIntStats): FileType {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'directory';
  return stats.isSymbolicLink() ? 'symlink' : 'other';
}

const ownName = (handle: number): string => `/proc/self/fd/${handle}`;

function nameOf(handle: number): string | undefined {
  try {
    return fs.readlinkSync(ownName(handle));
  } catch {
    return undefined;
  }
}

function cannotClone(error: unknown): false {
  if (isDiskError(error, 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EXDEV', 'EINVAL', 'ENOTTY')) return false;
  throw error;
}

let locks: NativeLocks | undefined | 'not looked for' = 'not looked for';

/** The kernel's lock (open file description locks on Linux), loaded when first used; absent where its package has no binary. */
function nativeLocks(): NativeLocks | undefined {
  if (locks === 'not looked for') {
    try {
      locks = createRequire(import.meta.url)('fs-native-extensions') as NativeLocks;
    } catch {
      // CAT-LCK-1201: then a record names the owner of a lock.
      locks = undefined;
    }
  }
  return locks;
}
