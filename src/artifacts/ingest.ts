import { join } from 'node:path';
import type { Digest } from '../core/digest.js';
import { CatalogError, isCatalogError, refusal } from '../core/errors.js';
import { blobPath } from '../core/model-layout.js';
import type { StorageMode } from '../core/records.js';
import { type Host, newToken } from '../disk/host.js';
import { linkOrMove } from '../disk/link-or-move.js';
import { changeMode, clone, type DiskProgram, link, openFile, realPath, stat, statHandle, sync, unlink } from '../disk/program.js';
import { type Handle, isDiskError } from '../disk/steps.js';
import { syncAll } from '../disk/temp-file.js';
import { closeQuietly, closing, quietly, writeAll } from '../disk/whole-file.js';
import { containedFolder, type DurableFolders } from './contained.js';
import { ContentHash, checkNotAborted, type FileContent, hashFile, isChanged, type LongWork, readInto } from './hash-file.js';
import { createLocked } from './locked-file.js';
import { type Alive, keepAlive, letGo } from './partials.js';
import { ofSource, type SourceFile, unreadable } from './source.js';

export type WantedMode = 'auto' | 'reflink' | 'copy' | 'link' | 'reference';
/** `take`: the file is given to the catalog; as `auto` where it cannot have a second name. */
export type ArrivalMode = WantedMode | 'take';

/** Bytes under `ingest/`, hashed, that are not yet under their name; durable when they are settled. */
export interface Ingested {
  readonly path: string;
  /** Keeps the maker's lock; closed when the bytes have their place. A link to somebody's file has none. */
  readonly handle: Handle | undefined;
  /** Locked in its stead. */
  readonly alive?: Alive;
  /** The status is missing where the bytes are our own copy. */
  readonly content: Pick<FileContent, 'digest' | 'other' | 'bytes'> & Partial<Pick<FileContent, 'status'>>;
  readonly mode: Exclude<StorageMode, 'reference' | 'present'>;
  readonly bytesWritten: number;
}

export interface IngestWork extends LongWork {
  readonly root: string;
  readonly host: Host;
  readonly durable?: DurableFolders;
  readonly mode: Exclude<ArrivalMode, 'reference'>;
  /** A digest of another algorithm that is to be checked in the same pass. */
  readonly also: Digest | undefined;
  /** Before the first byte is copied, where none can be shared: throws where there is no room (CAT-BLB-2108). */
  readonly beforeCopying?: (() => DiskProgram<void>) | undefined;
}

const blobMode = 0o444;

/**
 * CAT-BLB-2102: the bytes of a file in `ingest/<token>`, hashed while they are written, which `settle` makes durable. Whatever goes wrong,
 * nothing is left there.
 */
export function* ingest(source: SourceFile, work: IngestWork): DiskProgram<Ingested> {
  checkNotAborted(work.signal);
  if (work.mode === 'copy' && work.beforeCopying) yield* work.beforeCopying();
  const path = join(yield* containedFolder(work.root, 'ingest', work.durable), newToken(work.host));
  if (work.mode === 'link') return yield* linked(source, path, work);
  const taken = work.mode === 'take' ? yield* takenOver(source, path, work) : undefined;
  if (taken !== undefined) return taken;
  const shared = work.mode === 'copy' ? undefined : yield* cloned(source, path, work);
  if (shared !== undefined) return shared;
  if (work.mode === 'reflink') throw refusal('Unsupported', `this file system cannot share the blocks of ${source.path}; copy or link it`);
  if (work.mode !== 'copy' && work.beforeCopying) yield* work.beforeCopying();
  const handle = yield* createLocked(path);
  return yield* discardOnFailure({ path, handle }, copied(path, handle, source, work));
}

/** What CAT-BLB-2102 asks before a name is given: the bytes of all of them are durable. */
export function* settle(all: readonly Ingested[]): DiskProgram<void> {
  const handles = all.flatMap(({ handle }) => handle ?? []);
  yield* syncAll(handles, (handle, ahead) => sync(handle, 'Sync', ahead));
}

/** Drops what was ingested, when its bytes have their place or are not wanted. */
export function* drop(ingested: Pick<Ingested, 'path' | 'handle' | 'alive'>): DiskProgram<void> {
  // What cannot be removed now is abandoned as soon as its lock is gone.
  yield* quietly(unlink(ingested.path));
  if (ingested.handle !== undefined) yield* closeQuietly(ingested.handle);
  if (ingested.alive !== undefined) yield* letGo(ingested.alive);
}

/**
 * CAT-BLB-2102: gives ingested bytes their name, in a folder that was found to be inside the root, without overwriting anything; a sync of the folder makes it
 * durable, and has to, also where it was there already. `isGood` judges what bears the name; bytes that are not good go to quarantine
 * (CAT-DIG-1405).
 */
export function* publishBlob(
  ingested: Ingested,
  root: string,
  judge: { isGood: (path: string) => DiskProgram<boolean>; setAside: (path: string) => DiskProgram<void> },
): DiskProgram<void> {
  const path = join(root, blobPath(ingested.content.digest));
  while (!(yield* linkOrMove(ingested.path, path))) {
    if (yield* judge.isGood(path)) return;
    yield* judge.setAside(path);
  }
}

/** The file's blocks shared, where the file system can; what is hashed is our own copy, which nobody else changes. */
function* cloned(source: SourceFile, path: string, work: IngestWork): DiskProgram<Ingested | undefined> {
  const handle = yield* createLocked(path);
  const isCloned = yield* discardOnFailure({ path, handle }, clone(source.path, path));
  if (isCloned) return yield* discardOnFailure({ path, handle }, hashClone({ path, handle, of: source }, work));
  yield* drop({ path, handle });
  return undefined;
}

function* hashClone(
  { path, handle, of }: { readonly path: string; readonly handle: Handle; readonly of: SourceFile },
  work: IngestWork,
): DiskProgram<Ingested> {
  const content = yield* hashFile(path, workOn(of, work));
  if (content.kind === 'trouble') throw unreadable(path, content);
  yield* finish(handle, content.bytes);
  return { path, handle, content, mode: 'reflink', bytesWritten: 0 };
}

/** Whoever follows it follows the file that was given, under whatever name it is read. */
function workOn({ path }: SourceFile, { onProgress, ...work }: IngestWork): IngestWork {
  return onProgress === undefined ? work : { ...work, onProgress: (progress) => onProgress({ ...progress, path }) };
}

function* copied(path: string, handle: Handle, source: SourceFile, work: IngestWork): DiskProgram<Ingested> {
  const from = yield* ofSource(source.path, openFile(source.path, { follow: true }));
  const content = yield* closing(from, copyBytes(from, handle, source, work));
  yield* finish(handle, content.bytes);
  return { path, handle, content, mode: 'copy', bytesWritten: content.bytes };
}

function* copyBytes(from: Handle, to: Handle, source: SourceFile, work: IngestWork): DiskProgram<Ingested['content']> {
  const before = yield* statHandle(from);
  if (before.type !== 'file') throw refusal('InvalidArgument', `${source.path} is not a regular file`, { path: source.path });
  const hash = new ContentHash(work.also);
  let isReading = true;
  try {
    const bytes = yield* readInto(from, before.size, function* (chunk, done) {
      isReading = false;
      checkNotAborted(work.signal);
      // Written while it is hashed, where the disk can.
      yield* writeAll(to, [chunk], done - chunk.byteLength, { behind: true });
      hash.update(chunk);
      work.onProgress?.({ path: source.path, bytes: done, total_bytes: before.size });
      isReading = true;
    });
    const after = yield* statHandle(from);
    if (bytes !== before.size || isChanged(before, after)) throw unreadable(source.path, { reason: 'changed-during-verification' });
    return { ...hash.digests(), bytes };
  } catch (error) {
    // What the source says is told apart from what our own disk says.
    if (isReading && !isCatalogError(error) && isDiskError(error)) throw unreadable(source.path, { reason: 'unreadable', cause: error });
    throw error;
  }
}

/** The mode, and the size checked. */
function* finish(handle: Handle, bytes: number): DiskProgram<void> {
  yield* changeMode(handle, blobMode);
  const { size } = yield* statHandle(handle);
  if (size !== bytes) throw new CatalogError('IoError', `a copy has ${size} bytes after ${bytes} were written`);
}

/** A second name for somebody's file: mode and owner stay as they are; its bytes are made durable. */
function* linked(source: SourceFile, path: string, work: IngestWork): DiskProgram<Ingested> {
  const named = yield* secondName((yield* realPath(source.path)) ?? source.path, path);
  if ('refused' in named) {
    throw refusal('Unsupported', `${source.path} cannot be linked into the catalog (${named.refused}); copy or reference it`, {
      path: source.path,
    });
  }
  return yield* discardOnFailure({ path, handle: undefined, alive: named }, hashNamed({ path, alive: named, of: source }, work, 'link'));
}

/** A second name for a file that is ours by now, with the mode of a copy; not where the name leads to another file, or no link can be. */
function* takenOver(source: SourceFile, path: string, work: IngestWork): DiskProgram<Ingested | undefined> {
  if ((yield* stat(source.path))?.type !== 'file') return undefined;
  const named = yield* secondName(source.path, path);
  if ('refused' in named) return undefined;
  return yield* discardOnFailure({ path, handle: undefined, alive: named }, hashNamed({ path, alive: named, of: source }, work, 'copy'));
}

/** What keeps a second name of a file alive; the disk's code where it gives none. */
function* secondName(of: string, path: string): DiskProgram<Alive | { readonly refused: string }> {
  const alive = yield* keepAlive(path);
  try {
    yield* link(of, path);
    return alive;
  } catch (error) {
    yield* letGo(alive);
    if (isDiskError(error, 'EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK')) return { refused: error.code };
    throw error;
  }
}

function* hashNamed(
  { path, alive, of }: { readonly path: string; readonly alive: Alive; readonly of: SourceFile },
  work: IngestWork,
  mode: 'link' | 'copy',
): DiskProgram<Ingested> {
  const handle = yield* openFile(path);
  yield* closing(handle, settled(handle, mode));
  const content = yield* hashFile(path, workOn(of, work));
  if (content.kind === 'trouble') throw unreadable(path, content);
  return { path, handle: undefined, alive, content, mode, bytesWritten: 0 };
}

function* settled(handle: Handle, mode: 'link' | 'copy'): DiskProgram<void> {
  if (mode === 'copy') yield* changeMode(handle, blobMode);
  yield* sync(handle);
}

export function* discardOnFailure<T>(ingested: Pick<Ingested, 'path' | 'handle' | 'alive'>, program: DiskProgram<T>): DiskProgram<T> {
  try {
    return yield* program;
  } catch (error) {
    yield* drop(ingested);
    throw error;
  }
}
