import { basename, dirname, join } from 'node:path';
import { FailedSync } from './failure.js';
import { type DiskProgram, makeDirectory, realPath, stat } from './program.js';
import { isDiskError } from './steps.js';
import { syncFolder } from './temp-file.js';
import { unlessThere } from './whole-file.js';

const privateMode = 0o700;

/** A folder, with those above it that are missing. */
export function* makeFolder(path: string): DiskProgram<void> {
  if ((yield* stat(path)) !== undefined) return;
  if (dirname(path) !== path) yield* makeFolder(dirname(path));
  yield* unlessThere(makeDirectory(path, privateMode));
}

/** The names above the root, up to the mount. Only the root's own name is ours to insist on; what is above may belong to others. */
export function* syncAncestors(root: string): DiskProgram<void> {
  const device = (yield* stat(root))?.device;
  yield* syncFolder(dirname(root));
  for (let folder = dirname(root); folder !== dirname(folder); folder = dirname(folder)) {
    const above = yield* stat(dirname(folder));
    if (above?.device !== device) return;
    try {
      yield* syncFolder(dirname(folder));
    } catch (error) {
      const cause = error instanceof FailedSync ? error.cause : error;
      if (!isDiskError(cause, 'EACCES', 'EPERM', 'EROFS', 'EINVAL')) throw error;
      return;
    }
  }
}

/** A root of its own, with those folders above it that are missing, durable in their parents. */
export function* makeFolderDurably(path: string): DiskProgram<void> {
  if ((yield* stat(path)) !== undefined) return;
  if (dirname(path) !== path) yield* makeFolderDurably(dirname(path));
  yield* unlessThere(makeDirectory(path, privateMode));
  yield* syncFolder(dirname(path));
}

/** The path without links, as far as it exists. */
export function* canonicalPath(path: string): DiskProgram<string> {
  const real = yield* realPath(path);
  if (real !== undefined || dirname(path) === path) return real ?? path;
  return join(yield* canonicalPath(dirname(path)), basename(path));
}
