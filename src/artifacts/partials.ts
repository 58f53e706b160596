import { join } from 'node:path';
import { type Host, newToken } from '../disk/host.js';
import { type DiskProgram, list, removeDirectory, stat, tryLock, unlink } from '../disk/program.js';
import type { FileStat, Handle } from '../disk/steps.js';
import { syncFolder } from '../disk/temp-file.js';
import { closeQuietly, closing, listIfThere, openIfThere, quietly, unlessMissing } from '../disk/whole-file.js';
import { isWholeClaim } from './claims.js';
import { contained, containedFolder } from './contained.js';
import { createLocked, type Removed, removeUnlessHeld } from './locked-file.js';

/** Work on its way in, finished or not: what lies under `ingest/`. */
export interface PartialWork {
  /** Relative to the root. */
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'claim';
  readonly bytes: number;
  readonly allocated: number;
  /** Milliseconds since anything of it was changed. */
  readonly ageMs: number;
  /** Whether whoever makes it lives, as far as a lock tells; `undefined` where there are no locks. */
  readonly isLive: boolean | undefined;
}

interface Work {
  readonly root: string;
  readonly host: Host;
}

const besideForm = /\.live$/;

/**
 * Keeps what has no lock of its own, a folder or a second name of somebody's file, from being taken for abandoned (CAT-BLB-2107): a
 * file beside it that is locked as long as its maker lives.
 */
export function* keepAlive(path: string): DiskProgram<Alive> {
  const beside = `${path}.live`;
  return { path: beside, handle: yield* createLocked(beside) };
}

export interface Alive {
  readonly path: string;
  readonly handle: Handle;
}

export function* letGo({ path, handle }: Alive): DiskProgram<void> {
  yield* quietly(unlink(path));
  yield* closeQuietly(handle);
}

/** A folder under `ingest/` for work that is not ours to write, and what keeps it. */
export function* folderOfItsOwn({ root, host }: Work): DiskProgram<{ readonly folder: string; readonly alive: Alive }> {
  yield* containedFolder(root, 'ingest');
  const path = `ingest/${newToken(host)}`;
  const alive = yield* keepAlive(yield* contained(root, path));
  try {
    return { folder: yield* containedFolder(root, path), alive };
  } catch (error) {
    yield* letGo(alive);
    throw error;
  }
}

/** CAT-BLB-2107: all that is on its way in, by its name. */
export function* partialsIn(root: string, host: Host): DiskProgram<PartialWork[]> {
  const partials: PartialWork[] = [];
  for (const name of [...(yield* listIfThere(join(root, 'ingest')))].sort()) {
    const partial = yield* partialAt(root, `ingest/${name}`, host);
    if (partial !== undefined) partials.push(partial);
  }
  return partials;
}

/** One of them, as it is now; `undefined` where it is no more. */
export function* partialAt(root: string, path: string, host: Host): DiskProgram<PartialWork | undefined> {
  const full = yield* contained(root, path);
  const found = yield* stat(full);
  if (found === undefined) return undefined;
  const all = found.type === 'directory' ? yield* sizes(full) : found;
  if (all === undefined) return undefined;
  const ageMs = host.clock() - Number(newest(found, all) / 1_000_000n);
  const kind = found.type === 'directory' ? 'folder' : (yield* isClaimAt(full, found)) ? 'claim' : 'file';
  return { path, kind, bytes: all.size, allocated: all.allocated, ageMs, isLive: yield* isLive(full, found) };
}

/** Removes abandoned work, unless it is live or a claim by now. Names alone go: what has another name elsewhere stays there. */
export function* removePartial({ path, kind }: Pick<PartialWork, 'path' | 'kind'>, root: string): DiskProgram<Removed> {
  const full = yield* contained(root, path);
  const isLockable = kind !== 'folder' && (yield* stat(full))?.type === 'file';
  const removed = yield* isLockable ? removeUnlessHeld(full, isWholeClaim) : removeUnheld(full, kind);
  if (removed === 'removed') yield* syncFolder(join(root, 'ingest'));
  return removed;
}

function* removeUnheld(path: string, kind: PartialWork['kind']): DiskProgram<Removed> {
  return (yield* kind === 'folder' ? removeFolder(path) : unlessMissing(unlink(path))) ? 'removed' : 'gone';
}

function* removeFolder(folder: string): DiskProgram<boolean> {
  for (const name of yield* listIfThere(folder)) {
    const path = join(folder, name);
    if ((yield* stat(path))?.type === 'directory') yield* removeFolder(path);
    else yield* unlessMissing(unlink(path));
  }
  return yield* unlessMissing(removeDirectory(folder));
}

type Sizes = Pick<FileStat, 'size' | 'allocated' | 'mtimeNs' | 'ctimeNs'>;

function* sizes(folder: string): DiskProgram<Sizes | undefined> {
  let [size, allocated, mtimeNs, ctimeNs] = [0, 0, 0n, 0n];
  for (const name of yield* list(folder)) {
    const path = join(folder, name);
    const found = yield* stat(path);
    if (found === undefined) continue;
    const inner: Sizes = found.type === 'directory' ? ((yield* sizes(path)) ?? found) : found;
    size += inner.size;
    allocated += inner.allocated;
    if (inner.mtimeNs > mtimeNs) mtimeNs = inner.mtimeNs;
    if (inner.ctimeNs > ctimeNs) ctimeNs = inner.ctimeNs;
  }
  return { size, allocated, mtimeNs, ctimeNs };
}

/** A second name of an old file is as young as that name is. */
function newest(...all: readonly Pick<FileStat, 'mtimeNs' | 'ctimeNs'>[]): bigint {
  return all.flatMap(({ mtimeNs, ctimeNs }) => [mtimeNs, ctimeNs]).reduce((last, time) => (time > last ? time : last));
}

function* isClaimAt(path: string, found: FileStat): DiskProgram<boolean> {
  if (found.type !== 'file') return false;
  const handle = yield* openIfThere(path);
  return handle === undefined ? false : yield* closing(handle, isWholeClaim(handle));
}

function* isLive(path: string, found: FileStat): DiskProgram<boolean | undefined> {
  const own = found.type === 'file' ? yield* isLocked(path) : false;
  if (own !== false || besideForm.test(path)) return own;
  return yield* isLocked(`${path}.live`);
}

/** Whether somebody holds the lock of a file; nobody does of one that is not there, or is no file. */
export function* isLocked(path: string): DiskProgram<boolean | undefined> {
  const handle = (yield* stat(path))?.type === 'file' ? yield* openIfThere(path) : undefined;
  if (handle === undefined) return false;
  const taken = yield* closing(handle, tryLock(handle, { shared: true }));
  return taken === 'unsupported' ? undefined : !taken;
}
