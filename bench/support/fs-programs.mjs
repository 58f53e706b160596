import { dirname } from 'node:path';
import {
  changeMode,
  close,
  createExclusive,
  link,
  list,
  makeDirectory,
  openFile,
  openForUpdate,
  openOrCreate,
  read,
  realPath,
  removeDirectory,
  rename,
  stat,
  statHandle,
  sync,
  truncate,
  unlink,
  write,
} from '../../dist/disk/program.js';

// What each function of node:fs does, as a program of disk steps. A program gives what the callback form gives.

const firstDescriptor = 1_000_000;
const files = new Map();
let next = firstDescriptor;

/** A descriptor of ours is told from one of the real file system by its number. */
export const isOurs = (descriptor) => typeof descriptor === 'number' && descriptor >= firstDescriptor;

export const programs = {
  *open(path, flags = 'r', mode = 0o666) {
    const handle = yield* openedWith(path, flags ?? 'r', Number(mode ?? 0o666) & 0o777);
    files.set(next, { handle, position: 0, appends: String(flags).startsWith('a') });
    return next++;
  },
  *close(descriptor) {
    const { handle } = files.get(descriptor);
    files.delete(descriptor);
    yield* close(handle);
  },
  /** As one call of the system: it may write less than it was given. */
  *write(descriptor, data, ...rest) {
    if (typeof data === 'string') return yield* writeOnce(descriptor, [Buffer.from(data, rest[1] ?? 'utf8')], rest[0]);
    const { offset = 0, length = data.byteLength - offset, position } = typeof rest[0] === 'object' && rest[0] !== null ? rest[0] : named(rest);
    return yield* writeOnce(descriptor, [bytesOf(data).subarray(offset, offset + length)], position);
  },
  *writev(descriptor, buffers, position) {
    return yield* writeOnce(descriptor, buffers.map(bytesOf), position);
  },
  *read(descriptor, buffer, offset = 0, length = buffer.byteLength - offset, position = null) {
    const file = files.get(descriptor);
    const count = yield* read(file.handle, bytesOf(buffer).subarray(offset, offset + length), Number(position ?? file.position));
    if (position === null) file.position += count;
    return count;
  },
  *fsync(descriptor) {
    yield* sync(files.get(descriptor).handle);
  },
  *fdatasync(descriptor) {
    yield* sync(files.get(descriptor).handle);
  },
  *ftruncate(descriptor, size = 0) {
    yield* truncate(files.get(descriptor).handle, size);
  },
  *fstat(descriptor) {
    return statsOf(yield* statHandle(files.get(descriptor).handle));
  },
  *stat(path, options) {
    return yield* statOf(path, true, options);
  },
  *lstat(path, options) {
    return yield* statOf(path, false, options);
  },
  *access(path) {
    yield* statOf(path, true);
  },
  *realpath(path) {
    return (yield* realPath(path)) ?? absent(path);
  },
  *readdir(path) {
    return (yield* list(path)).toSorted();
  },
  *readFile(path, options) {
    const descriptor = yield* programs.open(path, 'r');
    const { size } = yield* statHandle(files.get(descriptor).handle);
    const bytes = Buffer.alloc(size);
    yield* programs.read(descriptor, bytes);
    yield* programs.close(descriptor);
    const encoding = typeof options === 'string' ? options : options?.encoding;
    return encoding ? bytes.toString(encoding) : bytes;
  },
  *writeFile(path, data, options) {
    const { encoding = 'utf8', flag = 'w', mode = 0o666, flush = false } = typeof options === 'string' ? { encoding: options } : (options ?? {});
    const descriptor = yield* programs.open(path, flag, mode);
    const bytes = typeof data === 'string' ? Buffer.from(data, encoding) : bytesOf(data);
    for (let done = 0; done < bytes.length; ) done += yield* writeOnce(descriptor, [bytes.subarray(done)]);
    if (flush) yield* programs.fsync(descriptor);
    yield* programs.close(descriptor);
  },
  *appendFile(path, data, options) {
    yield* programs.writeFile(path, data, { ...(typeof options === 'string' ? { encoding: options } : options), flag: 'a' });
  },
  *rename(from, to) {
    yield* rename(from, to);
  },
  *link(from, to) {
    yield* link(from, to);
  },
  *unlink(path) {
    yield* unlink(path);
  },
  *mkdir(path, options) {
    const { recursive = false, mode = 0o777 } = typeof options === 'object' && options !== null ? options : { mode: options };
    if (!recursive) return yield* makeDirectory(path, mode);
    const found = yield* stat(path, { follow: true });
    if (found !== undefined) return found.type === 'directory' ? undefined : refuse('EEXIST', path);
    const first = yield* programs.mkdir(dirname(path), options);
    yield* makeDirectory(path, mode);
    return first ?? path;
  },
  *rmdir(path) {
    yield* removeDirectory(path);
  },
  *rm(path, { recursive = false, force = false } = {}) {
    const found = yield* stat(path);
    if (found === undefined) return force ? undefined : absent(path);
    if (found.type !== 'directory') return yield* unlink(path);
    if (!recursive) refuse('ERR_FS_EISDIR', path);
    for (const name of yield* list(path)) yield* programs.rm(`${path}/${name}`, { recursive });
    yield* removeDirectory(path);
  },
  /** A mode that is there already is not set again. */
  *chmod(path, mode) {
    const handle = yield* openFile(path, { follow: true });
    const before = yield* statHandle(handle);
    if (before.mode !== (mode & 0o777)) yield* changeMode(handle, mode & 0o777);
    yield* close(handle);
  },
  // Owners and times are nothing that the experiments look at.
  *chown() {},
  *lchown() {},
  *fchown() {},
  *utimes() {},
  *futimes() {},
};

function* openedWith(path, flags, mode) {
  switch (flags) {
    case 'r':
      return yield* openFile(path, { follow: true });
    case 'r+':
      return yield* openForUpdate(path);
    case 'wx':
    case 'ax':
      return yield* createExclusive(path, mode);
    case 'a':
      return yield* openOrCreate(path, mode);
    case 'w': {
      const handle = yield* openOrCreate(path, mode);
      if ((yield* statHandle(handle)).size > 0) yield* truncate(handle, 0);
      return handle;
    }
    default:
      throw new Error(`the simulated file system opens no file with ${flags}`);
  }
}

function* writeOnce(descriptor, chunks, position) {
  const file = files.get(descriptor);
  const isTold = typeof position === 'number' && !file.appends;
  const end = file.appends ? (yield* statHandle(file.handle)).size : file.position;
  const count = yield* write(file.handle, chunks, isTold ? position : end);
  if (!isTold) file.position = end + count;
  return count;
}

function* statOf(path, follow, { throwIfNoEntry = true } = {}) {
  const found = yield* stat(path, { follow });
  if (found === undefined) return throwIfNoEntry ? absent(path) : undefined;
  return statsOf(found);
}

const formats = { file: 0o100000, directory: 0o040000, symlink: 0o120000, other: 0 };

function statsOf({ type, size, mode, owner, links, inode, device, mtimeNs, ctimeNs }) {
  const [mtimeMs, ctimeMs] = [Number(mtimeNs / 1_000_000n), Number(ctimeNs / 1_000_000n)];
  return {
    ...{ size, mode: mode | formats[type], uid: owner, gid: owner, nlink: links, ino: Number(inode), dev: Number(device) },
    ...{ mtimeMs, ctimeMs, atimeMs: mtimeMs, mtime: new Date(mtimeMs), ctime: new Date(ctimeMs), atime: new Date(mtimeMs) },
    isFile: () => type === 'file',
    isDirectory: () => type === 'directory',
    isSymbolicLink: () => type === 'symlink',
  };
}

const named = ([offset, length, position]) => ({ offset: offset ?? undefined, length: length ?? undefined, position });
const bytesOf = (data) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

function absent(path) {
  return refuse('ENOENT', path);
}

function refuse(code, path) {
  throw Object.assign(new Error(`${code}: ${path}`), { code, path });
}
