import { dirname, join } from 'node:path';
import { containedParts, outsideRoot } from '../core/contained-path.js';
import { type DiskProgram, makeDirectory, stat } from '../disk/program.js';
import type { FileStat } from '../disk/steps.js';
import { syncFolders } from '../disk/temp-file.js';
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

/**
 * Folders of a root whose names this process has made durable, by what they are: only such as nobody removes, because a folder that was
 * removed and made anew may have the inode of the one before.
 */
export class DurableFolders {
  readonly #inodes = new Map<string, string>();

  has(path: string, found: FileStat): boolean {
    return this.#inodes.get(path) === inodeOf(found);
  }

  add(path: string, found: FileStat): void {
    this.#inodes.set(path, inodeOf(found));
  }
}

const inodeOf = ({ device, inode }: FileStat): string => `${device}:${inode}`;

/** A folder inside the root, durable in its parent, and so each one on the way, whoever made it (CAT-BLB-2102). */
export function* containedFolder(root: string, path: string, durable?: DurableFolders): DiskProgram<string> {
  yield* containedFolders(root, [path], durable);
  return join(root, path);
}

/** As `containedFolder` of each, with one sync of each parent. What is known to be durable is not made so again. */
export function* containedFolders(root: string, paths: readonly string[], durable?: DurableFolders): DiskProgram<void> {
  const looked = new Map<string, FileStat | undefined>();
  for (const path of paths) {
    let folder = root;
    for (const part of containedParts(path)) {
      folder = join(folder, part);
      if (!looked.has(folder)) looked.set(folder, yield* lookOrMake(folder, path));
    }
  }
  const unknown = [...looked].filter(([folder, found]) => found === undefined || !durable?.has(folder, found));
  yield* syncFolders([...new Set(unknown.map(([folder]) => dirname(folder)))]);
  for (const [folder, found] of unknown) if (found !== undefined) durable?.add(folder, found);
}

/** A folder inside the root, of which nothing is durable. */
export function* undurableFolder(root: string, path: string): DiskProgram<string> {
  let folder = root;
  for (const part of containedParts(path)) {
    folder = join(folder, part);
    yield* lookOrMake(folder, path);
  }
  return folder;
}

function* lookOrMake(folder: string, path: string): DiskProgram<FileStat | undefined> {
  const found = yield* stat(folder);
  if (found?.type === 'directory') return found;
  if (found !== undefined) throw outsideRoot(path, `${folder} is a ${found.type}`);
  yield* unlessThere(makeDirectory(folder, privateMode));
  return yield* stat(folder);
}
