import { dirname, join, sep } from 'node:path';
import { type CatalogError, refusal } from '../core/errors.js';
import { makeFolderDurably, syncAncestors } from '../disk/folders.js';
import { type Host, newToken } from '../disk/host.js';
import { type DiskProgram, list, makeDirectory, removeDirectory, rename, stat, unlink } from '../disk/program.js';
import { isDiskError } from '../disk/steps.js';
import { syncFolder } from '../disk/temp-file.js';
import { quietly } from '../disk/whole-file.js';

const privateMode = 0o700;

/**
 * Makes a folder with all that is in it, or nothing: it is filled under a temp name beside its own, synced, and takes its name by one
 * rename, which only a missing or an empty one gives up. What a killed process leaves has the temp name. What is filled in must be
 * synced by who fills it. Throws `AlreadyExists` where something is there.
 */
export function* makeNewFolder<T>(path: string, host: Pick<Host, 'random'>, fill: (temp: string) => DiskProgram<T>): DiskProgram<T> {
  yield* checkFree(path);
  yield* makeFolderDurably(dirname(path));
  const temp = `${path}.${newToken(host)}.tmp`;
  yield* makeDirectory(temp, privateMode);
  let result: T;
  try {
    result = yield* fill(temp);
    yield* syncFolder(temp);
    yield* rename(temp, path);
  } catch (error) {
    yield* quietly(removeFolder(temp));
    throw isDiskError(error, 'ENOTEMPTY', 'EEXIST', 'ENOTDIR') ? taken(path) : error;
  }
  yield* syncAncestors(path);
  return result;
}

/** A journal is copied to somewhere else: what lies in its folder is its own. */
export function checkOutside(directory: string, target: string): void {
  if (target !== directory && !target.startsWith(`${directory}${sep}`)) return;
  throw refusal('InvalidArgument', `${target} lies in the journal that is to be copied there`, { argument: 'directory' });
}

function* checkFree(path: string): DiskProgram<void> {
  const there = yield* stat(path);
  if (there === undefined) return;
  if (there.type !== 'directory' || (yield* list(path)).length > 0) throw taken(path);
}

/** The folder and the files in it. */
function* removeFolder(path: string): DiskProgram<void> {
  for (const name of yield* list(path)) yield* unlink(join(path, name));
  yield* removeDirectory(path);
}

function taken(path: string): CatalogError {
  return refusal('AlreadyExists', `there is something in ${path}; a new journal needs a directory that is empty, or none`, { path });
}
