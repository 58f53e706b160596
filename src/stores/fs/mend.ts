import { join } from 'node:path';
import { isCatalogError } from '../../core/errors.js';
import { decodeIndex, maxIndexBytes } from '../../core/index-file.js';
import { type Host, newToken } from '../../disk/host.js';
import { acquireFreeLock } from '../../disk/lock.js';
import { type DiskProgram, list, removeDirectory, rename, stat, statHandle, tryLock, unlink } from '../../disk/program.js';
import { type FileStat, type Handle, isDiskError } from '../../disk/steps.js';
import { closeQuietly, closing, openIfThere, readFileIfThere, syncDirectory, unlessMissing } from '../../disk/whole-file.js';
import { showNewest } from './commit.js';
import { isSameFile, newestRevision, type OpenGeneration, openNewest, syncGenerations } from './open-generation.js';
import { generationPath, type IndexPlace, indexPlace, insideDirectory, isTempName, lockFile, quarantineFolder } from './place.js';
import { collections, makeFolder } from './root.js';

/**
 * What a writing open does before it serves (CAT-IDX-1106, 1112, 1115): makes what it finds durable, and where a writer died
 * half-way puts the newest generation in place, moves a damaged `catalog.json` to quarantine and removes abandoned temps. On a
 * healthy catalog it changes no byte. Where somebody holds the lock, that writer mends; damage of an index is told by the
 * calls that need it.
 */
export function* mend(root: string, host: Host): DiskProgram<void> {
  for (const collection of collections) yield* unlessMissing(syncGenerations(indexPlace(root, collection)));
  if (!(yield* needsMending(root))) return;
  const lock = yield* acquireFreeLock(lockFile(root), host);
  if (lock === undefined) return;
  yield* closing(lock, mendLocked(root, host));
}

function* mendLocked(root: string, host: Host): DiskProgram<void> {
  for (const collection of collections) yield* showNewestIndex(indexPlace(root, collection), host);
  // A directory is judged after the temp that it was made for.
  for (const name of [...(yield* leftovers(root))].sort()) yield* sweep(join(root, name));
}

function* needsMending(root: string): DiskProgram<boolean> {
  if ((yield* leftovers(root)).length > 0) return true;
  for (const collection of collections) {
    const state = yield* indexState(indexPlace(root, collection));
    if (state === 'lags' || state === 'damaged') return true;
  }
  return false;
}

function* leftovers(root: string): DiskProgram<string[]> {
  return (yield* list(root)).filter((name) => isTempName(name.replace(/\.d$/, '')));
}

type IndexState = 'shows the newest' | 'lags' | 'damaged' | 'cannot be judged';

/** How the copy under the fixed name stands to the newest generation. */
function* indexState(place: IndexPlace): DiskProgram<IndexState> {
  const revision = yield* newestRevision(place);
  if (revision === undefined) return 'cannot be judged';
  const [index, newest] = [yield* stat(place.index), yield* stat(generationPath(place, revision))];
  // One inode under both names: the same bytes, and nothing to read.
  if (index !== undefined && newest !== undefined && isSameFile(index, newest)) return 'shows the newest';
  return yield* comparedByContent(place, index);
}

/** A copy that is a file of its own: behind, or the same content (where there are no hard links), or not what was written. */
function* comparedByContent(place: IndexPlace, index: FileStat | undefined): DiskProgram<IndexState> {
  const newest = yield* openNewestUnlessDamaged(place);
  if (newest === undefined) return 'cannot be judged';
  yield* closeQuietly(newest.handle);
  if (index === undefined) return 'lags';
  if (index.type !== 'file' || index.size > maxIndexBytes) return 'damaged';
  const decoded = decodeIndex(place.collection, (yield* readFileIfThere(place.index)) ?? Buffer.alloc(0));
  // CAT-IDX-1105: not ours to touch; the calls that need this index tell it.
  if (decoded.kind === 'newer') return 'cannot be judged';
  if (decoded.kind !== 'intact') return 'damaged';
  // A generation is missing, or was published since we looked; either way this copy is not to be moved.
  if (decoded.generation.revision > newest.generation.revision) return 'cannot be judged';
  return decoded.generation.commit === newest.generation.commit ? 'shows the newest' : 'lags';
}

function* showNewestIndex(place: IndexPlace, host: Host): DiskProgram<void> {
  const state = yield* indexState(place);
  if (state === 'shows the newest' || state === 'cannot be judged') return;
  if (state === 'damaged') yield* quarantine(place, newToken(host));
  yield* showNewest({ place, newToken: () => newToken(host) }, undefined);
}

/** Nothing damaged is deleted (CAT-GC-2307): it keeps its name, with a token so that no two collide. */
function* quarantine(place: IndexPlace, token: string): DiskProgram<void> {
  const folder = quarantineFolder(place.root);
  yield* makeFolder(folder);
  yield* syncDirectory(place.root);
  yield* unlessMissing(rename(place.index, join(folder, `${place.collection}-${token}.json`)));
  yield* syncDirectory(folder);
  yield* syncDirectory(place.root);
}

function* openNewestUnlessDamaged(place: IndexPlace): DiskProgram<OpenGeneration | undefined> {
  try {
    return yield* openNewest(place);
  } catch (error) {
    if (isCatalogError(error)) return undefined;
    throw error;
  }
}

/** CAT-IDX-1112: removes a temp whose maker is dead, which shows in that its lock can be taken; never follows a link. */
function* sweep(path: string): DiskProgram<void> {
  const inDirectory = path.endsWith('.d');
  const file = inDirectory ? insideDirectory(path) : path;
  try {
    const handle = yield* openIfThere(file);
    if (handle !== undefined) yield* closing(handle, removeAbandoned(handle, file));
    // A live maker's temp is still beside its empty directory, or in it: then the directory stays.
    if (inDirectory && (yield* stat(path.slice(0, -'.d'.length))) === undefined) yield* removeDirectory(path);
  } catch (error) {
    // What cannot be opened and removed as a file of ours is not one.
    if (!isDiskError(error)) throw error;
  }
}

function* removeAbandoned(handle: Handle, path: string): DiskProgram<void> {
  const { type } = yield* statHandle(handle);
  if (type === 'file' && (yield* tryLock(handle, { shared: true }))) yield* unlessMissing(unlink(path));
}
