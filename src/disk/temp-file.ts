import { CatalogError } from '../core/errors.js';
import { FailedSync } from './failure.js';
import { changeMode, createExclusive, type DiskProgram, openDirectory, statHandle, sync, syncData, tryLock, unlink } from './program.js';
import { type FileStat, type Handle, isDiskError, type SyncStep } from './steps.js';
import { closeQuietly, closing, unlessMissing, writeAll } from './whole-file.js';

/** A finished file under a name of its own, its bytes durable, its descriptor open and locked by its maker. */
export interface TempFile {
  readonly path: string;
  readonly handle: Handle;
  readonly status: FileStat;
}

const privateMode = 0o600;
const publishedMode = 0o400;
/** How many folders are synced at once. */
const mostOpen = 64;

/**
 * CAT-IDX-1103: exclusive and without following links, all bytes, the mode they are published with, the size checked, synced.
 * Whatever goes wrong, no temp is left behind.
 */
export function* writeTemp(path: string, chunks: readonly Uint8Array[], mode = publishedMode): DiskProgram<TempFile> {
  const handle = yield* created(path);
  try {
    // CAT-IDX-1112: whoever can take this lock may take the temp for abandoned; one who came first will show at the link.
    yield* tryLock(handle);
    yield* writeAll(handle, chunks);
    yield* changeMode(handle, mode);
    yield* checkSize(handle, path, chunks);
    yield* syncOnce(handle);
    return { path, handle, status: yield* statHandle(handle) };
  } catch (error) {
    yield* discard({ path, handle });
    throw error;
  }
}

/** Opens a new temp. An error may come after the effect, and then the name is ours: only EEXIST says that it is another's. */
function* created(path: string): DiskProgram<Handle> {
  try {
    return yield* createExclusive(path, privateMode);
  } catch (error) {
    if (!isDiskError(error, 'EEXIST')) yield* removeTemp(path);
    throw error;
  }
}

/** Gives up a temp; false when somebody had swept it. That it cannot be removed is for the next opener to mend. */
export function* discard(temp: Pick<TempFile, 'path' | 'handle'>): DiskProgram<boolean> {
  const wasThere = yield* removeTemp(temp.path);
  yield* closeQuietly(temp.handle);
  return wasThere;
}

export function* removeTemp(path: string): DiskProgram<boolean> {
  try {
    return yield* unlessMissing(unlink(path));
  } catch (error) {
    if (!isDiskError(error)) throw error;
    return true;
  }
}

/** CAT-IDX-1113: told apart from every other failure, because it must never be tried again. */
export const syncOnce = (
  handle: Handle,
  kind: 'Sync' | 'SyncDirectory' = 'Sync',
  options: Pick<SyncStep, 'ahead'> = {},
): DiskProgram<void> => toldApart(sync(handle, kind, options), { isOfFolder: kind === 'SyncDirectory' });

/** The same of the bytes and the size alone. */
export const syncDataOnce = (handle: Handle): DiskProgram<void> => toldApart(syncData(handle));

function* toldApart(program: DiskProgram<undefined>, of = {}): DiskProgram<void> {
  try {
    yield* program;
  } catch (error) {
    throw isDiskError(error) ? new FailedSync(error, of) : error;
  }
}

/** CAT-IDX-1113: a folder whose sync failed once may be lost although the next sync says that it went well. */
export function* syncFolder(path: string): DiskProgram<void> {
  const handle = yield* openDirectory(path);
  yield* closing(handle, syncOnce(handle, 'SyncDirectory'));
}

/** As `syncFolder` of each, all at once where the disk can. */
export function* syncFolders(paths: readonly string[]): DiskProgram<void> {
  for (let from = 0; from < paths.length; from += mostOpen) yield* syncFew(paths.slice(from, from + mostOpen));
}

function* syncFew(paths: readonly string[]): DiskProgram<void> {
  const handles: Handle[] = [];
  try {
    for (const path of paths) handles.push(yield* openDirectory(path));
    yield* syncAll(handles, (handle, ahead) => syncOnce(handle, 'SyncDirectory', ahead));
  } catch (error) {
    for (const handle of handles) yield* closeQuietly(handle);
    throw error;
  }
  for (const handle of handles) yield* closeQuietly(handle);
}

/** One sync after the other, all of them begun with the first where the disk can. */
export function* syncAll(
  handles: readonly Handle[],
  syncIt: (handle: Handle, options: Pick<SyncStep, 'ahead'>) => DiskProgram<void>,
): DiskProgram<void> {
  const [first, ...ahead] = handles;
  if (first !== undefined) yield* syncIt(first, ahead.length > 0 ? { ahead } : {});
  for (const handle of ahead) yield* syncIt(handle, {});
}

function* checkSize(handle: Handle, path: string, chunks: readonly Uint8Array[]): DiskProgram<void> {
  const wanted = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
  const { size } = yield* statHandle(handle);
  if (size !== wanted) throw new CatalogError('IoError', `${path} has ${size} bytes after ${wanted} were written`);
}
