import { join } from 'node:path';
import { containedParts, outsideRoot } from '../core/contained-path.js';
import { type DiskProgram, makeDirectory, stat } from '../disk/program.js';
import { syncFolder } from '../disk/temp-file.js';
import { unlessThere } from '../disk/whole-file.js';

const privateMode = 0o700;

/**
 * CAT-BLB-2109: the one way from a path inside the root to a path on the disk, for everything that is written or deleted. No
 * part on the way may be a link, so nothing outside can be reached.
 */
export function* contained(root: string, path: string): DiskProgram<string> {
  let folder = root;
  const parts = containedParts(path);
  for (const part of parts.slice(0, -1)) {
    folder = join(folder, part);
    const found = yield* stat(folder);
    if (found !== undefined && found.type !== 'directory') throw outsideRoot(path, `${folder} is a ${found.type}`);
  }
  return join(root, path);
}

/** A folder inside the root, durable in its parent, and so each one on the way, whoever made it (CAT-BLB-2102). */
export function* containedFolder(root: string, path: string): DiskProgram<string> {
  let folder = root;
  for (const part of containedParts(path)) {
    const parent = folder;
    folder = join(folder, part);
    const found = yield* stat(folder);
    if (found === undefined) yield* unlessThere(makeDirectory(folder, privateMode));
    else if (found.type !== 'directory') throw outsideRoot(path, `${folder} is a ${found.type}`);
    yield* syncFolder(parent);
  }
  return folder;
}
