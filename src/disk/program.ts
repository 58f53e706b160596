import type { Host } from './host.js';
import type {
  ChangeModeStep,
  FileStat,
  FileSystemStatus,
  Handle,
  LinkStep,
  OpenStep,
  ReadStep,
  RenameStep,
  Step,
  StepResults,
  SyncStep,
  WriteStep,
} from './steps.js';

/**
 * A durable operation: a generator that yields steps in the order in which they must happen and touches nothing itself
 * (CAT-SIM-5002). A program that is dropped half-way is a crash: it has no `finally`, and it is never returned.
 */
export type DiskProgram<T> = Generator<Step, T, unknown>;

/** Performs steps. It answers at once, or with a promise where the real disk would block. */
export interface Disk {
  perform(step: Step): unknown;
  /** The clock, randomness and process identity of a simulation; a real disk has none and the process's own count. */
  readonly host?: Host;
  /** Is told when programs begin and end on this disk. */
  readonly programs?: ProgramWatcher;
}

/**
 * Whoever wants to know where one program ends and the next begins: of what a program met, nobody keeps more than what it gave or
 * threw.
 */
export interface ProgramWatcher {
  /** A program begins; where it is made of others, whatever comes of it is told to them both. */
  began(): WatchedProgram;
}

/** Who is told of each step of a program, and how it ended. */
export interface WatchedProgram extends ProgramWatcher {
  ended(outcome: { readonly gave: unknown } | { readonly threw: unknown }): void;
}

/** Runs programs on some disk. */
export type Run = <T>(program: DiskProgram<T>) => Promise<T>;

/** What a disk knows besides performing: for one that wraps it, which is else taken for a disk of the machine. */
export function contextOf({ host, programs }: Disk): Pick<Disk, 'host' | 'programs'> {
  return { ...(host && { host }), ...(programs && { programs }) };
}

/** Runs a program to its end; waits only where the disk gives a promise. */
export function run<T>(program: DiskProgram<T>, disk: Disk): Promise<T> {
  return disk.programs === undefined ? performed(program, disk) : watched(disk.programs.began(), () => performed(program, disk));
}

/** Does work that is made of programs, and keeps nothing of what they gave but what it gives itself: one program to who watches. */
export function runAsOne<T>(disk: Disk, work: (run: Run) => Promise<T>): Promise<T> {
  const watching = disk.programs?.began();
  if (watching === undefined) return work((program) => run(program, disk));
  return watched(watching, () => work((program) => watched(watching.began(), () => performed(program, disk))));
}

async function watched<T>(watching: WatchedProgram, work: () => Promise<T>): Promise<T> {
  try {
    const gave = await work();
    watching.ended({ gave });
    return gave;
  } catch (threw) {
    watching.ended({ threw });
    throw threw;
  }
}

async function performed<T>(program: DiskProgram<T>, disk: Disk): Promise<T> {
  let next = program.next();
  while (!next.done) {
    let result: unknown;
    try {
      result = disk.perform(next.value);
      if (result instanceof Promise) result = await result;
    } catch (error) {
      next = program.throw(error);
      continue;
    }
    next = program.next(result);
  }
  return next.value;
}

/** Runs a program on a disk that answers every step at once; a promise here is a mistake of ours. */
export function runSync<T>(program: DiskProgram<T>, disk: Disk): T {
  let next = program.next();
  while (!next.done) {
    let result: unknown;
    try {
      result = disk.perform(next.value);
    } catch (error) {
      next = program.throw(error);
      continue;
    }
    if (result instanceof Promise) throw new Error(`a disk that is driven synchronously gave a promise for ${next.value.kind}`);
    next = program.next(result);
  }
  return next.value;
}

/** The one place where the type of a result is tied to its step. */
function* take<S extends Step>(step: S): DiskProgram<StepResults[S['op']]> {
  return (yield step) as StepResults[S['op']];
}

/** Opens a file for reading. */
export const openFile = (path: string, options: Pick<OpenStep, 'follow'> = {}): DiskProgram<Handle> =>
  take({ op: 'open', kind: 'Open', path, access: 'read', ...options });
/** Opens a file that is there, for reading and writing. */
export const openForUpdate = (path: string): DiskProgram<Handle> => take({ op: 'open', kind: 'Open', path, access: 'update' });
/** Opens a file for reading and writing, and creates it where it is not there. */
export const openOrCreate = (path: string, mode: number): DiskProgram<Handle> =>
  take({ op: 'open', kind: 'Open', path, access: 'update-or-create', mode });
/** Creates a file, and fails with EEXIST where the name is taken. */
export const createExclusive = (path: string, mode: number): DiskProgram<Handle> =>
  take({ op: 'open', kind: 'Open', path, access: 'create', mode });
/** Opens a directory, to sync it. */
export const openDirectory = (path: string): DiskProgram<Handle> => take({ op: 'open', kind: 'Open', path, access: 'directory' });
/** Closes what is open; nothing of it becomes durable by that. */
export const close = (handle: Handle): DiskProgram<undefined> => take({ op: 'close', kind: 'Close', handle });
/** Writes bytes at a place of a file. Durable when the file is synced. */
export const write = (
  handle: Handle,
  chunks: readonly Uint8Array[],
  position: number,
  options: Pick<WriteStep, 'behind'> = {},
): DiskProgram<number> => take({ op: 'write', kind: 'Write', handle, chunks, position, ...options });
/** Reads bytes from a place of a file; fewer where it ends. */
export const read = (handle: Handle, into: Uint8Array, position: number, options: Pick<ReadStep, 'ahead'> = {}): DiskProgram<number> =>
  take({ op: 'read', kind: 'Read', handle, into, position, ...options });
/** Makes a file this long. */
export const truncate = (handle: Handle, size: number): DiskProgram<undefined> => take({ op: 'truncate', kind: 'Truncate', handle, size });
/** Changes the rights of what is open. */
export const changeMode = (handle: Handle, mode: ChangeModeStep['mode']): DiskProgram<undefined> =>
  take({ op: 'change-mode', kind: 'ChangeMode', handle, mode });
/** Makes what is open durable: the bytes of a file, or the names in a directory. */
export const sync = (handle: Handle, kind: SyncStep['kind'] = 'Sync', options: Pick<SyncStep, 'ahead'> = {}): DiskProgram<undefined> =>
  take({ op: 'sync', kind, handle, ...options });
export const syncData = (handle: Handle): DiskProgram<undefined> => take({ op: 'sync', kind: 'Sync', handle, dataOnly: true });
/** Takes the lock of a file if nobody has it; never waits. It dies with the process. */
export const tryLock = (handle: Handle, options: { shared: boolean } = { shared: false }): DiskProgram<boolean | 'unsupported'> =>
  take({ op: 'lock', kind: 'Lock', handle, shared: options.shared });
/** Gives back the lock of a file. */
export const unlock = (handle: Handle): DiskProgram<undefined> => take({ op: 'unlock', kind: 'Lock', handle });
/** Gives a file another name, and fails with EEXIST where that is taken. */
export const link = (from: string, to: string, kind: LinkStep['kind'] = 'Link'): DiskProgram<undefined> =>
  take({ op: 'link', kind, from, to });
/** Makes a symbolic link, and fails with EEXIST where the name is taken. */
export const symlink = (target: string, path: string): DiskProgram<undefined> => take({ op: 'symlink', kind: 'Link', target, path });
/** Gives a file this name, in place of whatever had it. Durable when its directories are synced. */
export const rename = (from: string, to: string, kind: RenameStep['kind'] = 'Rename'): DiskProgram<undefined> =>
  take({ op: 'rename', kind, from, to });
/** Takes away a name. Durable when its directory is synced. */
export const unlink = (path: string): DiskProgram<undefined> => take({ op: 'unlink', kind: 'RemoveFile', path });
/** Makes a directory in one that is there. */
export const makeDirectory = (path: string, mode: number): DiskProgram<undefined> =>
  take({ op: 'make-directory', kind: 'MakeDirectory', path, mode });
/** Removes a directory that is empty. */
export const removeDirectory = (path: string): DiskProgram<undefined> => take({ op: 'remove-directory', kind: 'RemoveDirectory', path });
/** The names in a directory, in no certain order. */
export const list = (path: string): DiskProgram<readonly string[]> => take({ op: 'list', kind: 'List', path });
/** What a name stands for. */
export const stat = (path: string, options: { follow: boolean } = { follow: false }): DiskProgram<FileStat | undefined> =>
  take({ op: 'stat', kind: 'Stat', path, follow: options.follow });
/** What is open. */
export const statHandle = (handle: Handle): DiskProgram<FileStat> => take({ op: 'stat-handle', kind: 'Stat', handle });
export const names = (path: string, handle: Handle): DiskProgram<boolean> => take({ op: 'names', kind: 'Stat', path, handle });
/** What a symbolic link leads to. */
export const readLink = (path: string): DiskProgram<string> => take({ op: 'read-link', kind: 'Stat', path });
export const realPath = (path: string): DiskProgram<string | undefined> => take({ op: 'real-path', kind: 'Stat', path });
export const clone = (from: string, to: string): DiskProgram<boolean> => take({ op: 'clone', kind: 'Clone', from, to });
export const watchDirectory = (path: string): DiskProgram<Handle> => take({ op: 'watch', kind: 'Open', path });
export const awaitChange = (handle: Handle, ms: number): DiskProgram<undefined> => take({ op: 'await-change', kind: 'Wait', handle, ms });
export const fileSystem = (path: string): DiskProgram<FileSystemStatus> => take({ op: 'file-system', kind: 'Stat', path });
export const wait = (ms: number): DiskProgram<undefined> => take({ op: 'wait', kind: 'Wait', ms });
