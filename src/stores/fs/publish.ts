import { CatalogError } from '../../core/errors.js';
import { noHardLinks } from '../../disk/link-or-move.js';
import { type DiskProgram, link, makeDirectory, openDirectory, removeDirectory, rename, stat, unlink } from '../../disk/program.js';
import { type DiskError, type FileStat, isDiskError } from '../../disk/steps.js';
import { syncOnce, type TempFile } from '../../disk/temp-file.js';
import { closing, quietly, unlessMissing } from '../../disk/whole-file.js';
import { isSameFile } from './open-generation.js';
import { insideDirectory } from './place.js';

/**
 * How a name was won. `link`: a hard link, which only one writer can make. `directory`: the rename of a directory that holds
 * the finished file, which fails where the name is taken; for disks without hard links. `alone`: neither works, a look and a
 * rename under the lock; no compare-and-set, so only one process may write (`claims.multiProcess` is false).
 */
export type PublishForm = 'link' | 'directory' | 'alone';
export type Published = { readonly kind: 'won'; readonly form: PublishForm; readonly path: string } | { readonly kind: 'lost' };

const lost: Published = { kind: 'lost' };

/** CAT-IDX-1104: gives a finished temp its public name, if nobody else has it. The compare-and-set is the file system's own. */
export function* publish(temp: TempFile, path: string): DiskProgram<Published> {
  try {
    yield* link(temp.path, path, 'Publish');
    return { kind: 'won', form: 'link', path };
  } catch (error) {
    if (!isDiskError(error)) throw error;
    // An error of the link itself is resolved by looking whose inode bears the name: it may have come after the effect.
    const bearer = yield* bearerOf(path, error);
    if (bearer !== undefined && isSameFile(bearer, temp.status)) return { kind: 'won', form: 'link', path };
    if (bearer !== undefined || isDiskError(error, 'EEXIST')) return lost;
    if (isDiskError(error, 'ENOENT')) return yield* lostIfSwept(temp, error);
    if (isDiskError(error, ...noHardLinks)) return yield* publishDirectory(temp, path);
    throw error;
  }
}

/**
 * What bears a name that could not be given. Where that cannot be seen, nobody can tell whether it was given all the same, except
 * on a disk that says that it gives no such names.
 */
function* bearerOf(path: string, failure: DiskError): DiskProgram<FileStat | undefined> {
  try {
    return yield* stat(path);
  } catch (error) {
    throw isDiskError(error) && !isDiskError(failure, ...noHardLinks) ? unknownCommit(path, failure) : error;
  }
}

export function unknownCommit(path: string, cause: Error): CatalogError {
  const message = `${path} was to be published, and it cannot be told whether it is there to stay: ${cause.message}; open the catalog again`;
  return new CatalogError('CommitUnknown', message, { path }, cause);
}

/** A temp that is gone at the link is a lost race; a temp that is there means that the directory of the name is gone. */
function* lostIfSwept(temp: TempFile, error: Error): DiskProgram<Published> {
  if ((yield* stat(temp.path)) === undefined) return lost;
  throw error;
}

function* publishDirectory(temp: TempFile, path: string): DiskProgram<Published> {
  const directory = `${temp.path}.d`;
  try {
    yield* makeDirectory(directory, 0o700);
    yield* rename(temp.path, insideDirectory(directory));
    const handle = yield* openDirectory(directory);
    yield* closing(handle, syncOnce(handle, 'SyncDirectory'));
    const published = yield* publishFilled(directory, temp, path);
    if (published.kind === 'lost' || published.form === 'alone') yield* removeDirectoryForm(directory);
    return published;
  } catch (error) {
    yield* removeDirectoryForm(directory);
    throw error;
  }
}

function* publishFilled(directory: string, temp: TempFile, path: string): DiskProgram<Published> {
  const won: Published = { kind: 'won', form: 'directory', path: insideDirectory(path) };
  try {
    yield* rename(directory, path, 'Publish');
    return won;
  } catch (error) {
    if (!isDiskError(error)) throw error;
    const bearer = yield* bearerOf(won.path, error);
    if (bearer !== undefined && isSameFile(bearer, temp.status)) return won;
    if (bearer !== undefined || isDiskError(error, 'EEXIST', 'ENOTEMPTY', 'ENOTDIR')) return lost;
    if (isDiskError(error, ...noHardLinks)) return yield* publishAlone(directory, temp, path);
    throw error;
  }
}

/** Leaves nothing of a directory that was not published; what cannot be removed now is for the next opener, and changes no outcome. */
function* removeDirectoryForm(directory: string): DiskProgram<void> {
  yield* quietly(unlessMissing(unlink(insideDirectory(directory))));
  // An opener may sweep it first, when it is empty.
  yield* quietly(unlessMissing(removeDirectory(directory)));
}

function* publishAlone(directory: string, temp: TempFile, path: string): DiskProgram<Published> {
  if ((yield* stat(path)) !== undefined) return lost;
  const won: Published = { kind: 'won', form: 'alone', path };
  try {
    yield* rename(insideDirectory(directory), path, 'Publish');
    return won;
  } catch (error) {
    if (!isDiskError(error)) throw error;
    const bearer = yield* bearerOf(path, error);
    if (bearer !== undefined && isSameFile(bearer, temp.status)) return won;
    throw error;
  }
}
