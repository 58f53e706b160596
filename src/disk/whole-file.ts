import { FailedSync } from './failure.js';
import { close, type DiskProgram, list, openFile, read, statHandle, write } from './program.js';
import { type DiskError, type Handle, isDiskError, type WriteStep } from './steps.js';

/** What a disk should have said that took no bytes. */
function namedByNobody(): DiskError {
  return Object.assign(new Error('EIO: the disk took no bytes and named no reason'), { code: 'EIO' });
}

/** Writes all bytes, however few the disk takes at a time; a disk that takes none is out of order. */
export function* writeAll(
  handle: Handle,
  chunks: readonly Uint8Array[],
  position = 0,
  options: Pick<WriteStep, 'behind'> = {},
): DiskProgram<void> {
  let rest = chunks;
  let at = position;
  while (rest.length > 0) {
    const written = yield* write(handle, rest, at, options);
    if (written <= 0) throw namedByNobody();
    at += written;
    rest = withoutFirst(rest, written);
  }
}

/** Fills as much of `into` as the file has from a position on, however little the disk gives at a time. */
export function* readFully(handle: Handle, into: Uint8Array, position: number): DiskProgram<number> {
  let filled = 0;
  while (filled < into.byteLength) {
    const count = yield* read(handle, into.subarray(filled), position + filled);
    if (count === 0) break;
    filled += count;
  }
  return filled;
}

/** More than a file has that says a few things about another one: what is longer is none of ours. */
export const fewBytes = 64 * 1024;
/** More than a file has that names every file of a large model: as many as an index could. */
export const manyBytes = 64 * 1024 * 1024;
const mostBytes = 2 ** 31;

/** The bytes of an open file, as large as it says that it is; of one that is larger than it may be, one byte more than that. */
export function* readOpenFile(handle: Handle, most = mostBytes): DiskProgram<Buffer> {
  const { size } = yield* statHandle(handle);
  const bytes = Buffer.allocUnsafe(Math.min(size, most + 1));
  const filled = yield* readFully(handle, bytes, 0);
  return bytes.subarray(0, filled);
}

/** The names in a directory; none where it is not there. */
export function* listIfThere(path: string): DiskProgram<readonly string[]> {
  try {
    return yield* list(path);
  } catch (error) {
    if (isDiskError(error, 'ENOENT')) return [];
    throw error;
  }
}

/** A small file as a whole; `undefined` where there is none. */
export function* readFileIfThere(path: string, most = mostBytes): DiskProgram<Buffer | undefined> {
  const handle = yield* openIfThere(path);
  if (handle === undefined) return undefined;
  return yield* closing(handle, readOpenFile(handle, most));
}

export function* openIfThere(path: string): DiskProgram<Handle | undefined> {
  try {
    return yield* openFile(path);
  } catch (error) {
    if (isDiskError(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}

/** Performs a program that uses a handle for reading or syncing, and closes the handle, however the program ends. */
export function* closing<T>(handle: Handle, program: DiskProgram<T>): DiskProgram<T> {
  try {
    const result = yield* program;
    yield* closeQuietly(handle);
    return result;
  } catch (error) {
    yield* closeQuietly(handle);
    throw error;
  }
}

/** Closes a handle whose errors were told by the steps before: closing says nothing new, and changes no outcome. */
export function* closeQuietly(handle: Handle): DiskProgram<void> {
  yield* quietly(close(handle));
}

/** Performs a program whose failure changes no outcome: what it could not do is left for whoever comes next. */
export function* quietly(program: DiskProgram<unknown>): DiskProgram<void> {
  try {
    yield* program;
  } catch (error) {
    if (!isDiskError(error) && !(error instanceof FailedSync)) throw error;
  }
}

/** Performs a program that may find nothing where it looks; whether it found something. */
export function* unlessMissing(program: DiskProgram<unknown>): DiskProgram<boolean> {
  try {
    yield* program;
    return true;
  } catch (error) {
    if (isDiskError(error, 'ENOENT')) return false;
    throw error;
  }
}

/** Performs a program that may find its work done already; whether there was something to do. */
export function* unlessThere(program: DiskProgram<unknown>): DiskProgram<boolean> {
  try {
    yield* program;
    return true;
  } catch (error) {
    if (isDiskError(error, 'EEXIST')) return false;
    throw error;
  }
}

function withoutFirst(chunks: readonly Uint8Array[], written: number): readonly Uint8Array[] {
  let left = written;
  let place = 0;
  for (; place < chunks.length; place++) {
    const size = chunks[place]?.byteLength ?? 0;
    if (left < size) break;
    left -= size;
  }
  const [first, ...rest] = chunks.slice(place);
  return first === undefined ? [] : [first.subarray(left), ...rest];
}

const spareBytes = 64 * 1024;
let spare: Buffer | undefined;

/** Bytes for one small read, of which nobody keeps any once they are given back: of a thousand files each would else leave some to collect. */
export function takeSpare(bytes: number): Buffer {
  if (bytes > spareBytes) return Buffer.allocUnsafe(bytes);
  const taken = spare ?? Buffer.allocUnsafeSlow(spareBytes);
  spare = undefined;
  return taken.subarray(0, bytes);
}

export function giveBackSpare(taken: Buffer): void {
  if (taken.buffer.byteLength === spareBytes) spare = Buffer.from(taken.buffer);
}
