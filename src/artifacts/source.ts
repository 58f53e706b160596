import { basename, dirname, join } from 'node:path';
import { CatalogError, isCatalogError, refusal } from '../core/errors.js';
import { shardNames, shardOf } from '../core/model-layout.js';
import { isInnerPath } from '../core/records.js';
import type { FailureReason } from '../core/verification.js';
import { asCatalogError } from '../disk/failure.js';
import { type DiskProgram, list, realPath, stat } from '../disk/program.js';
import { type DiskError, type FileStat, isDiskError } from '../disk/steps.js';

/** A file that is to become part of a model. */
export interface SourceFile {
  /** Where it is. */
  readonly path: string;
  /** What it is called within the model. */
  readonly name: string;
  readonly bytes: number;
}

/** Something below a directory that cannot be a file of a model. */
export interface OddFile {
  readonly path: string;
  readonly reason: string;
}

/** What somebody wants to add: its files, by name, and whether they were given as a directory. */
export interface Source {
  readonly type: 'file' | 'directory';
  readonly name: string;
  readonly path: string;
  readonly files: readonly SourceFile[];
}

/**
 * The files behind a path: the file itself; all shards where it is one of a split model (CAT-BLB-2106); all files below a
 * directory. Links to files are followed, as other tools' caches are made of them. `NotFound` for what is not there,
 * `InvalidArgument` for what is neither file nor directory, also somewhere inside, unless those that are odd are asked for.
 */
export function* findSource(given: string, odd?: OddFile[]): DiskProgram<Source> {
  const found = yield* lookAt(given);
  if (found.type === 'file') return yield* fileSource(given, found);
  if (found.type !== 'directory') throw notAFile(given);
  const path = (yield* realPath(given)) ?? given;
  const files = yield* filesBelow(path, '', odd);
  if (files.length === 0 && !odd?.length) throw refusal('InvalidArgument', `${given} holds no file`, { path: given });
  return { type: 'directory', name: basename(path), path, files };
}

function* fileSource(path: string, found: FileStat): DiskProgram<Source> {
  const name = basename(path);
  const shard = shardOf(name);
  if (shard && (shard.number < 1 || shard.number > shard.count || shard.count > 10_000)) {
    throw refusal('InvalidArgument', `${name} says that it is shard ${shard.number} of ${shard.count}`, { path });
  }
  const names = shardNames(name);
  const files: SourceFile[] = [];
  for (const one of names) {
    const place = join(dirname(path), one);
    const status = one === name ? found : yield* lookAt(place);
    if (status.type !== 'file') throw notAFile(place);
    files.push({ path: place, name: innerName(one, place), bytes: status.size });
  }
  return { type: 'file', name: names[0] ?? name, path, files };
}

/** What `add` says when its source could not be read as one content. */
export function unreadable(path: string, trouble: { readonly reason: FailureReason; readonly cause?: DiskError }): CatalogError {
  const { reason, cause } = trouble;
  if (reason === 'missing') return refusal('NotFound', `${path} is not there`, { path });
  if (reason === 'changed-during-verification') {
    return new CatalogError('IoError', `${path} changed while it was read`, { path, reason });
  }
  const code = cause === undefined ? 'IoError' : asCatalogError(cause, 'could not read').code;
  return new CatalogError(
    code,
    `${path} could not be read${cause ? `: ${cause.message}` : ''}`,
    { path, reason, ...(cause && { errno: cause.code }) },
    cause,
  );
}

/** Performs a step on a source: what the disk says there is said of the source. */
export function* ofSource<T>(path: string, program: DiskProgram<T>): DiskProgram<T> {
  try {
    return yield* program;
  } catch (error) {
    throw asUnreadable(path, error);
  }
}

function asUnreadable(path: string, error: unknown): unknown {
  if (isCatalogError(error) || !isDiskError(error)) return error;
  return unreadable(path, { reason: isDiskError(error, 'ENOENT', 'ENOTDIR') ? 'missing' : 'unreadable', cause: error });
}

function* filesBelow(folder: string, prefix: string, odd?: OddFile[]): DiskProgram<SourceFile[]> {
  const files: SourceFile[] = [];
  for (const name of [...(yield* ofSource(folder, list(folder)))].sort()) {
    const path = join(folder, name);
    try {
      files.push(...(yield* filesAt(path, prefix + name, odd)));
    } catch (error) {
      if (odd === undefined || !isCatalogError(error)) throw error;
      odd.push({ path, reason: error.message });
    }
  }
  return files;
}

function* filesAt(path: string, name: string, odd?: OddFile[]): DiskProgram<SourceFile[]> {
  const inner = innerName(name, path);
  const found = yield* lookAt(path);
  const own = yield* stat(path);
  if (found.type === 'file') return [{ path, name: inner, bytes: found.size }];
  // A link to a directory may lead anywhere, in circles too.
  if (found.type === 'directory' && own?.type === 'directory') return yield* filesBelow(path, `${inner}/`, odd);
  throw notAFile(path);
}

function* lookAt(path: string): DiskProgram<FileStat> {
  let found: FileStat | undefined;
  try {
    found = yield* stat(path, { follow: true });
  } catch (error) {
    if (isDiskError(error, 'ELOOP', 'ENAMETOOLONG'))
      throw refusal('InvalidArgument', `${path.slice(0, 300)} is not a path: ${error.message.slice(0, 300)}`);
    throw asUnreadable(path, error);
  }
  if (found === undefined) throw refusal('NotFound', `${path} is not there`, { path });
  return found;
}

function innerName(name: string, path: string): string {
  if (isInnerPath(name) && !name.includes('\ufffd')) return name;
  throw refusal('InvalidArgument', `${JSON.stringify(path)} has a name that cannot be kept`, { path });
}

function notAFile(path: string) {
  return refusal('InvalidArgument', `${path} is neither a regular file nor a directory`, { path });
}
