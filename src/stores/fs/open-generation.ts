import { CatalogError, refusal } from '../../core/errors.js';
import type { CollectionRecords, Generation } from '../../core/generation.js';
import { decodeIndex, indexVersion, maxIndexBytes, openIndex } from '../../core/index-file.js';
import { FailedSync } from '../../disk/failure.js';
import { type DiskProgram, list, openFile, stat, statHandle } from '../../disk/program.js';
import { type FileStat, type Handle, isDiskError } from '../../disk/steps.js';
import { syncFolder } from '../../disk/temp-file.js';
import { closeQuietly, closing, openIfThere, readFully, readOpenFile } from '../../disk/whole-file.js';
import { generationPath, type IndexPlace, insideDirectory, revisionsIn } from './place.js';

export type AnyRecord = CollectionRecords[keyof CollectionRecords];

/**
 * A generation and the file that holds it. Its descriptor stays open for as long as it may be the base of a commit or the
 * content of an answer, so that its inode cannot come back under another content.
 */
export interface OpenGeneration {
  readonly generation: Generation<AnyRecord>;
  readonly path: string;
  readonly device: bigint;
  readonly inode: bigint;
  readonly handle: Handle;
  /** Whether no power cut can take it back. */
  readonly durable: boolean;
}

/** How much of a generation is read: `lines` as they are asked for, of which the wrong ones are `IndexCorrupt` then. */
export type Reading = 'whole' | 'lines';

/** The newest generation there is, checked; `undefined` where there is none. Damage is `IndexCorrupt`, with path and reason. */
export function* openNewest(place: IndexPlace, reading: Reading = 'whole'): DiskProgram<OpenGeneration | undefined> {
  for (;;) {
    const newest = yield* newestRevision(place);
    if (newest === undefined) return undefined;
    const file = yield* openGenerationFile(generationPath(place, newest));
    // Gone between listing and opening: at least as many commits went by as generations are kept. List again.
    if (file === undefined) continue;
    return yield* keeping(file.handle, readGeneration(place, newest, { ...file, reading }));
  }
}

/** CAT-IDX-1111: the newest generation, and no power cut can take it back; where the disk refuses to say so, `durable` is false. */
export function* openNewestDurably(place: IndexPlace, reading: Reading = 'whole'): DiskProgram<OpenGeneration | undefined> {
  for (let seen = -1; ; ) {
    const newest = yield* openNewest(place, reading);
    if (newest === undefined) return undefined;
    // The index never shows a revision that is not durable, so what it shows needs no sync.
    const index = yield* keeping(newest.handle, stat(place.index));
    if (index !== undefined && isSameFile(index, newest)) return { ...newest, durable: true };
    const shown = yield* keeping(newest.handle, indexBeyond(place, newest.generation.revision));
    if (shown === undefined) return { ...newest, durable: yield* couldSync(place) };
    yield* closeQuietly(newest.handle);
    if (shown.kind === 'newer') throw newerVersion(place.index, shown.version);
    // Published since we listed, or gone although the index shows it: then older content would be served as the newest.
    if (shown.revision === seen) throw corrupt(place.generations, `generation ${seen}, which ${place.index} shows, is missing`);
    seen = shown.revision;
  }
}

type Beyond = { readonly kind: 'newer'; readonly version: number } | { readonly kind: 'later'; readonly revision: number };

/**
 * What the index under the fixed name shows beyond the newest generation: a version newer than ours, whose program may keep its
 * generations elsewhere (CAT-IDX-1105), or a later revision. What is damaged or cannot be read shows nothing.
 */
export function* indexBeyond(place: IndexPlace, newest: number): DiskProgram<Beyond | undefined> {
  const found = yield* stat(place.index);
  if (found?.type !== 'file' || found.size > maxIndexBytes) return undefined;
  try {
    const handle = yield* openIfThere(place.index);
    return handle === undefined ? undefined : yield* closing(handle, beyondIn(place, handle, newest));
  } catch (error) {
    if (isDiskError(error)) return undefined;
    throw error;
  }
}

function* beyondIn(place: IndexPlace, handle: Handle, newest: number): DiskProgram<Beyond | undefined> {
  const start = Buffer.alloc(128);
  yield* readFully(handle, start, 0);
  // Most copies show what is there, and need not be read as a whole to know it.
  const claims = /^\{"schema":"catalog-core\/\w+","version":([0-9]{1,16}),"revision":([0-9]{1,16}),/.exec(start.toString('latin1'));
  if (claims === null || (Number(claims[1]) <= indexVersion && Number(claims[2]) <= newest)) return undefined;
  const decoded = decodeIndex(place.collection, yield* readOpenFile(handle));
  if (decoded.kind === 'newer') return { kind: 'newer', version: decoded.version };
  return decoded.kind === 'intact' ? { kind: 'later', revision: decoded.generation.revision } : undefined;
}

/** CAT-IDX-1111: current if the next name is absent and then its own name is there, with its inode; in this order. */
export function* isCurrent(place: IndexPlace, held: OpenGeneration): DiskProgram<boolean> {
  const next = yield* stat(generationPath(place, held.generation.revision + 1));
  if (next !== undefined) return false;
  return yield* isStillThere(held);
}

/**
 * CAT-IDX-1111: the same of one that was current when its file said this of itself, with fewer looks: the next name is absent, and under
 * its own is that file, no name of which has come or gone. Where it is not so it may be current all the same.
 */
export function* isUnchanged(nextPath: string, held: OpenGeneration, seen: FileStat): DiskProgram<boolean> {
  if ((yield* stat(nextPath)) !== undefined) return false;
  const found = yield* stat(held.path);
  return found !== undefined && isSameFile(found, held) && found.links === seen.links && found.ctimeNs === seen.ctimeNs;
}

/** A generation's file, whatever it holds: enough to know whether it is still there. */
export type GenerationFile = Pick<OpenGeneration, 'path' | 'device' | 'inode'>;

export function* isStillThere(held: GenerationFile): DiskProgram<boolean> {
  const found = yield* stat(held.path);
  return found !== undefined && isSameFile(found, held);
}

export function* newestRevision(place: IndexPlace): DiskProgram<number | undefined> {
  return (yield* revisions(place)).at(-1);
}

export function* revisions(place: IndexPlace): DiskProgram<number[]> {
  try {
    return revisionsIn(yield* list(place.generations));
  } catch (error) {
    if (isDiskError(error, 'ENOENT')) return [];
    throw error;
  }
}

export function isSameFile(one: Pick<FileStat, 'device' | 'inode'>, other: Pick<FileStat, 'device' | 'inode'>): boolean {
  return one.inode === other.inode && one.device === other.device;
}

interface FoundFile {
  readonly path: string;
  readonly handle: Handle;
  readonly status: FileStat;
}

/** Opens a generation in either form: a file, or a directory that holds one. */
function* openGenerationFile(path: string): DiskProgram<FoundFile | undefined> {
  const found = yield* stat(path);
  if (found === undefined) return undefined;
  const file = found.type === 'directory' ? insideDirectory(path) : path;
  try {
    const handle = yield* openFile(file);
    return { path: file, handle, status: yield* keeping(handle, statHandle(handle)) };
  } catch (error) {
    if (isDiskError(error, 'ENOENT')) return found.type === 'directory' ? yield* emptyDirectory(path) : undefined;
    if (isDiskError(error, 'ELOOP')) throw corrupt(path, 'it is a symbolic link');
    throw error;
  }
}

/** Performs a program whose result keeps a handle open; where it fails, nobody does. */
function* keeping<T>(handle: Handle, program: DiskProgram<T>): DiskProgram<T> {
  try {
    return yield* program;
  } catch (error) {
    yield* closeQuietly(handle);
    throw error;
  }
}

/** A directory without its file is one that is being pruned, unless it stays so. */
function* emptyDirectory(path: string): DiskProgram<undefined> {
  const [found, file] = [yield* stat(path), yield* stat(insideDirectory(path))];
  if (found !== undefined && file === undefined && (yield* stat(path)) !== undefined) throw corrupt(path, 'it holds no file');
  return undefined;
}

function* readGeneration(
  place: IndexPlace,
  revision: number,
  file: FoundFile & { readonly reading: Reading },
): DiskProgram<OpenGeneration> {
  const { path, handle, status, reading } = file;
  if (status.type !== 'file') throw corrupt(path, 'it is not a regular file');
  if (status.size > maxIndexBytes) throw corrupt(path, `it has ${status.size} bytes, more than ${maxIndexBytes}`);
  const bytes = yield* readOpenFile(handle);
  const decoded =
    reading === 'whole' ? decodeIndex(place.collection, bytes) : openIndex(place.collection, bytes, (reason) => corrupt(path, reason));
  switch (decoded.kind) {
    case 'damaged':
      throw corrupt(path, decoded.reason);
    case 'newer':
      throw newerVersion(path, decoded.version);
    case 'intact':
      if (decoded.generation.revision !== revision) throw corrupt(path, `it holds revision ${decoded.generation.revision}`);
      return { generation: decoded.generation, path, device: status.device, inode: status.inode, handle, durable: false };
  }
}

export function corrupt(path: string, reason: string): CatalogError {
  return new CatalogError('IndexCorrupt', `${path} cannot be trusted: ${reason}`, { path, reason });
}

/** CAT-IDX-1105 */
export function newerVersion(path: string, found: number, supported: number = indexVersion): CatalogError {
  return refusal('SchemaVersionUnsupported', `${path} has version ${found}; this program knows versions up to ${supported}`, {
    path,
    found,
    supported,
  });
}

/**
 * What is seen under `generations/` is durable when it is done: the names, and, where a generation is a directory that came out
 * of the root, that it has left the root.
 */
export function* syncGenerations(place: IndexPlace): DiskProgram<void> {
  yield* syncFolder(place.generations);
  const newest = yield* newestRevision(place);
  const found = newest === undefined ? undefined : yield* stat(generationPath(place, newest));
  if (found?.type === 'directory') yield* syncFolder(place.root);
}

function* couldSync(place: IndexPlace): DiskProgram<boolean> {
  try {
    yield* syncGenerations(place);
    return true;
  } catch (error) {
    if (isDiskError(error) || error instanceof FailedSync) return false;
    throw error;
  }
}
