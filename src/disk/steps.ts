// Over 300 lines: the closed list of all that is done to a disk, step by step.
import { CatalogError } from '../core/errors.js';

/**
 * Everything that is ever asked of a disk, as plain data (CAT-SIM-5001, 5002). `op` says what is done; `kind` is what faults
 * count and traces show: one op may have two kinds (a rename that persists a temp, a link that publishes).
 */
export type Handle = number;
/** What something is opened for. */
export type OpenAccess = 'read' | 'update' | 'create' | 'update-or-create' | 'directory';
/** What a name may stand for. */
export type FileType = 'file' | 'directory' | 'symlink' | 'other';

/** What a disk tells of a file; sizes in bytes, times in nanoseconds. */
export interface FileStat {
  readonly type: FileType;
  readonly device: bigint;
  readonly inode: bigint;
  readonly size: number;
  /** The bytes of the blocks that it takes on the disk; less than its size where it has holes. */
  readonly allocated: number;
  readonly mode: number;
  readonly links: number;
  readonly owner: number;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}

/** Never follows a symbolic link in the last part of the path, and never blocks on a FIFO, unless `follow` is true. */
export interface OpenStep {
  readonly op: 'open';
  readonly kind: 'Open';
  readonly path: string;
  readonly access: OpenAccess;
  readonly mode?: number;
  readonly follow?: boolean;
}
export interface CloseStep {
  readonly op: 'close';
  readonly kind: 'Close';
  readonly handle: Handle;
}
/** One gathered write at a position; gives the bytes written, which may be fewer than given. */
export interface WriteStep {
  readonly op: 'write';
  readonly kind: 'Write';
  readonly handle: Handle;
  readonly chunks: readonly Uint8Array[];
  readonly position: number;
  /**
   * A disk may go on with the write after it was answered: nobody changes the bytes before the next write of this handle is answered,
   * and what fails is told by the next step that is taken with it.
   */
  readonly behind?: boolean;
}
/** Fills `into` from a position; gives the bytes read, 0 at the end. */
export interface ReadStep {
  readonly op: 'read';
  readonly kind: 'Read';
  readonly handle: Handle;
  readonly into: Uint8Array;
  readonly position: number;
  /** What is read next of this handle: a disk may begin with that. */
  readonly ahead?: Pick<ReadStep, 'into' | 'position'>;
}
export interface TruncateStep {
  readonly op: 'truncate';
  readonly kind: 'Truncate';
  readonly handle: Handle;
  readonly size: number;
}
export interface ChangeModeStep {
  readonly op: 'change-mode';
  readonly kind: 'ChangeMode';
  readonly handle: Handle;
  readonly mode: number;
}
/** Bytes and size of a file, or the names of a directory, are durable when it is done. */
export interface SyncStep {
  readonly op: 'sync';
  readonly kind: 'Sync' | 'SyncDirectory';
  readonly handle: Handle;
  /** Not the mode or the times: cheaper where bytes were written over that were there. */
  readonly dataOnly?: boolean;
  /** What is synced next, as it is now: a disk may begin with all of it at once. */
  readonly ahead?: readonly Handle[];
}
/**
 * Takes an advisory lock that dies with the process, without waiting; `false` while another descriptor holds it, `unsupported`
 * where the machine has no such lock.
 */
export interface LockStep {
  readonly op: 'lock';
  readonly kind: 'Lock';
  readonly handle: Handle;
  readonly shared: boolean;
}
export interface UnlockStep {
  readonly op: 'unlock';
  readonly kind: 'Lock';
  readonly handle: Handle;
}
export interface LinkStep {
  readonly op: 'link';
  readonly kind: 'Link' | 'Publish';
  readonly from: string;
  readonly to: string;
}
export interface SymlinkStep {
  readonly op: 'symlink';
  readonly kind: 'Link';
  readonly target: string;
  readonly path: string;
}
export interface RenameStep {
  readonly op: 'rename';
  readonly kind: 'Rename' | 'PersistTemp' | 'Publish';
  readonly from: string;
  readonly to: string;
}
export interface UnlinkStep {
  readonly op: 'unlink';
  readonly kind: 'RemoveFile';
  readonly path: string;
}
export interface MakeDirectoryStep {
  readonly op: 'make-directory';
  readonly kind: 'MakeDirectory';
  readonly path: string;
  readonly mode: number;
}
export interface RemoveDirectoryStep {
  readonly op: 'remove-directory';
  readonly kind: 'RemoveDirectory';
  readonly path: string;
}
/** The names in a directory, in no order. */
export interface ListStep {
  readonly op: 'list';
  readonly kind: 'List';
  readonly path: string;
}
/** What bears a name; `undefined` where nothing does. */
export interface StatStep {
  readonly op: 'stat';
  readonly kind: 'Stat';
  readonly path: string;
  readonly follow: boolean;
}
export interface StatHandleStep {
  readonly op: 'stat-handle';
  readonly kind: 'Stat';
  readonly handle: Handle;
}
/** Whether a path names the file that is open: no other file, and none through a link. */
export interface NamesStep {
  readonly op: 'names';
  readonly kind: 'Stat';
  readonly path: string;
  readonly handle: Handle;
}
export interface ReadLinkStep {
  readonly op: 'read-link';
  readonly kind: 'Stat';
  readonly path: string;
}
/** The path without links, `.` and `..`; `undefined` where a part is missing. */
export interface RealPathStep {
  readonly op: 'real-path';
  readonly kind: 'Stat';
  readonly path: string;
}
/** Shares the blocks of a whole file with one that is there already; `false` where the file system cannot (`to` is gone then). */
export interface CloneStep {
  readonly op: 'clone';
  readonly kind: 'Clone';
  readonly from: string;
  readonly to: string;
}
/** Lets time pass between two tries; never a part of a protocol's safety. */
export interface WaitStep {
  readonly op: 'wait';
  readonly kind: 'Wait';
  readonly ms: number;
}

/** Begins to notice changes of the names in a directory; the handle is closed like any other. */
export interface WatchStep {
  readonly op: 'watch';
  readonly kind: 'Open';
  readonly path: string;
}
/** Waits until something changed since the last time this was asked, at most so long; a watch that is closed answers at once. */
export interface AwaitChangeStep {
  readonly op: 'await-change';
  readonly kind: 'Wait';
  readonly handle: Handle;
  readonly ms: number;
}
/** The file system that a path is on. */
export interface FileSystemStep {
  readonly op: 'file-system';
  readonly kind: 'Stat';
  readonly path: string;
}

export interface FileSystemStatus {
  /** The number that `statfs` gives, of which `core/file-systems.ts` knows names. */
  readonly type: number;
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/** One thing that a program asks of a disk. */
export type Step =
  | OpenStep
  | CloseStep
  | WriteStep
  | ReadStep
  | TruncateStep
  | ChangeModeStep
  | SyncStep
  | LockStep
  | UnlockStep
  | LinkStep
  | SymlinkStep
  | RenameStep
  | UnlinkStep
  | MakeDirectoryStep
  | RemoveDirectoryStep
  | ListStep
  | StatStep
  | StatHandleStep
  | NamesStep
  | ReadLinkStep
  | RealPathStep
  | CloneStep
  | WaitStep
  | WatchStep
  | AwaitChangeStep
  | FileSystemStep;

/** What a step does. */
export type StepKind = Step['kind'];

/** What each step gives. */
export interface StepResults {
  open: Handle;
  close: undefined;
  write: number;
  read: number;
  truncate: undefined;
  'change-mode': undefined;
  sync: undefined;
  lock: boolean | 'unsupported';
  unlock: undefined;
  link: undefined;
  symlink: undefined;
  rename: undefined;
  unlink: undefined;
  'make-directory': undefined;
  'remove-directory': undefined;
  list: readonly string[];
  stat: FileStat | undefined;
  'stat-handle': FileStat;
  names: boolean;
  'read-link': string;
  'real-path': string | undefined;
  clone: boolean;
  wait: undefined;
  watch: Handle;
  'await-change': undefined;
  'file-system': FileSystemStatus;
}

/** An error of the disk as programs see it: `code` is the system's name (ENOENT, EEXIST, ...). */
export interface DiskError extends Error {
  readonly code: string;
}

/** Whether something thrown is an error of a disk, with one of these codes where any are given. */
export function isDiskError(error: unknown, ...codes: readonly string[]): error is DiskError {
  // A refusal of ours has a code too, and is nothing that the disk said.
  if (error instanceof CatalogError) return false;
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && (codes.length === 0 || codes.includes(error.code));
}

/** What was looked for, where it is there. */
export function absentAsUndefined<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (isDiskError(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}

/** What a step shows of itself in a trace: its kind and the names it touches, without bytes. */
export function describeStep(step: Step): string {
  switch (step.op) {
    case 'open':
      return `${step.kind} ${step.access} ${step.path}`;
    case 'write':
      return `${step.kind} #${step.handle} ${step.chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0)} bytes at ${step.position}`;
    case 'read':
      return `${step.kind} #${step.handle} ${step.into.byteLength} bytes at ${step.position}`;
    case 'truncate':
      return `${step.kind} #${step.handle} to ${step.size}`;
    case 'change-mode':
      return `${step.kind} #${step.handle} ${step.mode.toString(8)}`;
    case 'link':
    case 'rename':
    case 'clone':
      return `${step.kind} ${step.from} -> ${step.to}`;
    case 'symlink':
      return `${step.kind} ${step.path} -> ${step.target}`;
    case 'close':
    case 'sync':
    case 'lock':
    case 'unlock':
    case 'stat-handle':
      return `${step.kind} ${step.op} #${step.handle}`;
    case 'unlink':
    case 'make-directory':
    case 'remove-directory':
    case 'list':
    case 'stat':
    case 'read-link':
    case 'real-path':
    case 'watch':
    case 'file-system':
      return `${step.kind} ${step.path}`;
    case 'names':
      return `${step.kind} ${step.path} as #${step.handle}`;
    case 'await-change':
      return `${step.kind} for #${step.handle} ${step.ms} ms`;
    case 'wait':
      return `${step.kind} ${step.ms} ms`;
  }
}
