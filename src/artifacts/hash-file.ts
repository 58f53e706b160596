import { createHash, type Hash } from 'node:crypto';
import { algorithmOf, type Digest } from '../core/digest.js';
import { CatalogError, isCatalogError, refusal } from '../core/errors.js';
import type { FailureReason } from '../core/verification.js';
import { type DiskProgram, openFile, read, statHandle } from '../disk/program.js';
import { type DiskError, type FileStat, type Handle, isDiskError } from '../disk/steps.js';
import { closing, giveBackSpare, takeSpare } from '../disk/whole-file.js';

/** How a long operation stands; `total_bytes` is what it set out to do. */
export interface Progress {
  /** The file that is read, or was read last. */
  readonly path: string;
  readonly bytes: number;
  readonly total_bytes: number;
  /** Of work on many entries: how many of them are done, and the bytes are those of all. */
  readonly entries_done?: number;
  readonly entries_total?: number;
}

/** CAT-DIG-1407: what every long operation accepts. */
export interface LongWork {
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a file was found to hold: its SHA-256, the digest of another algorithm where one was asked for, and the file's status. */
export interface FileContent {
  readonly kind: 'content';
  readonly digest: Digest;
  readonly other: Digest | undefined;
  readonly bytes: number;
  readonly status: FileStat;
}
/** Why a file could not be vouched for, with the disk's error where there was one. */
export interface FileTrouble {
  readonly kind: 'trouble';
  readonly reason: FailureReason;
  readonly bytes: number;
  readonly cause?: DiskError;
}
export type FileReading = FileContent | FileTrouble;

/** Large enough that the thread pool costs little, small enough that what was read is hashed, and written, out of the processor's cache. */
const chunkBytes = 512 * 1024;
const tries = 3;

/**
 * Hashes a file from one descriptor, with constant memory (CAT-DIG-1403). Never throws for a state of the file: what cannot be
 * vouched for is a reason. `Aborted` when the signal says so.
 */
export function* hashFile(path: string, work: LongWork & { readonly also?: Digest | undefined }): DiskProgram<FileReading> {
  checkNotAborted(work.signal);
  try {
    const handle = yield* openFile(path, { follow: true });
    return yield* closing(handle, hashOpenFile(handle, path, work));
  } catch (error) {
    // An abort has a code as well, and says nothing of the file.
    if (isCatalogError(error) || !isDiskError(error)) throw error;
    return { kind: 'trouble', reason: isDiskError(error, 'ENOENT', 'ENOTDIR') ? 'missing' : 'unreadable', bytes: 0, cause: error };
  }
}

export function identityOf(status: FileStat): string {
  return `${status.device}:${status.inode}:${status.size}:${status.mtimeNs}:${status.ctimeNs}`;
}

/** Digests of the same bytes: SHA-256 always, and the algorithm of another digest that is to be checked in the same pass. */
export class ContentHash {
  readonly #sha256 = createHash('sha256');
  readonly #other: { readonly hash: Hash; readonly algorithm: 'sha512' } | undefined;

  constructor(also: Digest | undefined) {
    const algorithm = also === undefined ? 'sha256' : algorithmOf(also);
    if (algorithm === 'blake3') throw refusal('Unsupported', 'blake3 digests cannot be computed on this machine; give a sha256 or sha512');
    if (algorithm === 'sha512') this.#other = { hash: createHash('sha512'), algorithm };
  }

  update(bytes: Uint8Array): void {
    this.#sha256.update(bytes);
    this.#other?.hash.update(bytes);
  }

  digests(): { readonly digest: Digest; readonly other: Digest | undefined } {
    const other: Digest | undefined = this.#other && `${this.#other.algorithm}:${this.#other.hash.digest('hex')}`;
    return { digest: `sha256:${this.#sha256.digest('hex')}`, other };
  }
}

export function checkNotAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new CatalogError('Aborted', 'the operation was aborted', {}, signal.reason);
}

/** A file that changed while it was read, in more than the time of its last change of status. */
export function isChanged(before: FileStat, after: FileStat): boolean {
  return before.size !== after.size || before.mtimeNs !== after.mtimeNs || before.inode !== after.inode || before.device !== after.device;
}

function* hashOpenFile(handle: Handle, path: string, work: LongWork & { readonly also?: Digest | undefined }): DiskProgram<FileReading> {
  let bytes = 0;
  for (let attempt = 0; attempt < tries; attempt++) {
    const before = yield* statHandle(handle);
    if (before.type !== 'file') return { kind: 'trouble', reason: 'unreadable', bytes };
    const hash = new ContentHash(work.also);
    bytes = yield* readInto(handle, before.size, function* (chunk, done) {
      hash.update(chunk);
      checkNotAborted(work.signal);
      work.onProgress?.({ path, bytes: done, total_bytes: before.size });
    });
    const after = yield* statHandle(handle);
    if (isChanged(before, after) || bytes !== before.size) return { kind: 'trouble', reason: 'changed-during-verification', bytes };
    // Only a mode or a link changed, or a write that left the times as they were: look again.
    if (before.ctimeNs === after.ctimeNs) return { kind: 'content', ...hash.digests(), bytes, status: after };
  }
  return { kind: 'trouble', reason: 'changed-during-verification', bytes };
}

/**
 * Hands over the bytes of a file, chunk by chunk, up to a size; the number of bytes that were there. The next chunk may be read while one is
 * taken, and the bytes of a chunk stay as they are until the one behind it is taken.
 */
export function* readInto(handle: Handle, size: number, take: (chunk: Uint8Array, done: number) => DiskProgram<void>): DiskProgram<number> {
  // One chunk is written, one is hashed and one is read at a time.
  const buffers: Buffer[] = [];
  const extent = (number: number, position: number): { readonly into: Uint8Array; readonly position: number } => {
    const buffer = buffers[number % 3] ?? takeSpare(Math.min(chunkBytes, size));
    buffers[number % 3] = buffer;
    return { into: buffer.subarray(0, size - position), position };
  };
  let done = 0;
  for (let number = 0; done < size; number++) {
    const { into } = extent(number, done);
    const behind = done + into.byteLength;
    const count = yield* read(handle, into, done, behind < size ? { ahead: extent(number + 1, behind) } : {});
    if (count === 0) break;
    done += count;
    yield* take(into.subarray(0, count), done);
  }
  // What is written behind is not small.
  if (buffers.length === 1 && buffers[0]) giveBackSpare(buffers[0]);
  return done;
}
