import { dirname, join, relative } from 'node:path';
import { outsideRoot } from '../core/contained-path.js';
import { blobPath, isModelFolder, mainFile, modelFolder } from '../core/model-layout.js';
import type { ArtifactFile } from '../core/records.js';
import { type Host, newToken } from '../disk/host.js';
import { type DiskProgram, link, list, readLink, removeDirectory, rename, stat, symlink, unlink, wait } from '../disk/program.js';
import { type FileStat, isDiskError } from '../disk/steps.js';
import { syncFolder, syncFolders } from '../disk/temp-file.js';
import { listIfThere, quietly, unlessMissing, unlessThere } from '../disk/whole-file.js';
import { contained, containedFolder, type DurableFolders, undurableFolder } from './contained.js';

interface Work {
  readonly root: string;
  readonly host: Host;
  readonly durable?: DurableFolders;
}

/** How often links are made again when somebody who removes the same id takes the folder away below them. */
const tries = 5;

/**
 * CAT-BLB-2105: the files of a model under their own names, as relative symbolic links to their blobs, together in one folder
 * and durable. Gives the path that an engine opens, relative to the root. What lies there under other names stays: until the
 * record is committed an older one speaks of it.
 */
export function* linkModel(id: string, files: readonly ArtifactFile[], work: Work): DiskProgram<string> {
  const folder = modelFolder(id);
  for (let attempt = 1; ; attempt++) {
    try {
      yield* linkFiles(folder, files, work);
      break;
    } catch (error) {
      if (attempt === tries || !isDiskError(error, 'ENOENT')) throw error;
    }
  }
  const main = mainFile(files);
  return main === undefined ? folder : `${folder}/${main}`;
}

function* linkFiles(folder: string, files: readonly ArtifactFile[], work: Work): DiskProgram<void> {
  const folders = [yield* containedFolder(work.root, dirname(folder), work.durable)];
  for (const one of foldersOf(folder, files)) folders.push(yield* undurableFolder(work.root, one));
  for (const [place, file] of files.entries()) {
    // Others have their turn.
    if (place % 256 === 255) yield* wait(0);
    yield* linkFile(join(work.root, folder, file.path), file, work);
  }
  // With all names in them: of whoever removed the folder meanwhile, and made it again, these are the newest.
  yield* syncFolders(folders);
}

/** The folder of a model and those in it, each behind the one that it is in. */
function foldersOf(folder: string, files: readonly ArtifactFile[]): readonly string[] {
  const folders = new Set([folder]);
  for (const { path } of files) {
    const parts = path.split('/').slice(0, -1);
    for (const place of parts.keys()) folders.add([folder, ...parts.slice(0, place + 1)].join('/'));
  }
  return [...folders];
}

/**
 * The links of a model as its record has them, and no others: made again where they are missing, removed where nothing needs
 * them. `mending` makes those durable too that are right: who made them may have been killed before it could.
 */
export function* showModel(id: string, files: readonly ArtifactFile[], work: Work & { readonly mending: boolean }): DiskProgram<void> {
  const folder = yield* contained(work.root, modelFolder(id));
  const names = yield* namesIn(folder);
  if (work.mending || !(yield* areLinked(folder, files, work))) yield* linkModel(id, files, work);
  for (const name of names.filter((one) => !files.some((file) => file.path === one))) {
    const path = yield* contained(work.root, `${modelFolder(id)}/${name}`);
    if ((yield* isOurs(path)) && (yield* unlessMissing(unlink(path)))) yield* unlessMissing(syncFolder(dirname(path)));
  }
}

function* areLinked(folder: string, files: readonly ArtifactFile[], work: Work): DiskProgram<boolean> {
  for (const file of files) {
    const path = join(folder, file.path);
    if (!(yield* isLinkTo(path, relative(dirname(path), join(work.root, blobPath(file.digest)))))) return false;
  }
  return true;
}

function* namesIn(folder: string): DiskProgram<string[]> {
  const found = yield* stat(folder);
  if (found === undefined) return [];
  if (found.type !== 'directory') throw outsideRoot(folder, `it is a ${found.type}`);
  try {
    return yield* namesBelow(folder, '');
  } catch (error) {
    if (isDiskError(error, 'ENOENT')) return [];
    throw error;
  }
}

/** Paths relative to the root. */
export interface Unlinked {
  readonly removed: readonly string[];
  /** What somebody put beside the links: it stays, and the folder with it. */
  readonly left: readonly string[];
}

/** Removes a model's folder. Only links and the folders that held them are touched. */
export function* unlinkFolder(folder: string, work: Pick<Work, 'root'>): DiskProgram<Unlinked> {
  const path = yield* contained(work.root, folder);
  const unlinked = { removed: [] as string[], left: [] as string[] };
  for (const name of yield* namesIn(path)) {
    const isGone = yield* isOurs(join(path, name));
    unlinked[isGone ? 'removed' : 'left'].push(`${folder}/${name}`);
  }
  if ((yield* stat(path)) !== undefined) yield* unlessTaken(removeTree(path, isOurs));
  yield* unlessMissing(syncFolder(dirname(path)));
  return unlinked;
}

/** A link to a blob, or, where there are none, a second name of one; what is gone is nobody's. */
function* isOurs(path: string): DiskProgram<boolean> {
  const found = yield* stat(path);
  return (found?.type === 'file' && found.links > 1) || (yield* isLinkToBlob(path, found));
}

/** Somebody who adds the same id puts links there, or somebody who removes it was faster: then there is nothing left to do. */
function* unlessTaken(program: DiskProgram<void>): DiskProgram<void> {
  try {
    yield* program;
  } catch (error) {
    if (!isDiskError(error, 'ENOTEMPTY', 'EEXIST', 'ENOENT')) throw error;
  }
}

/** In a folder that was found to be inside the root. */
function* linkFile(path: string, file: ArtifactFile, work: Work): DiskProgram<void> {
  const blob = join(work.root, blobPath(file.digest));
  const target = relative(dirname(path), blob);
  if (yield* unlessThere(secondName(blob, target, path))) return;
  if (yield* isLinkTo(path, target)) return;
  // Not longer than the name itself may be.
  const temp = join(dirname(path), `${newToken(work.host)}.tmp`);
  yield* secondName(blob, target, temp);
  yield* rename(temp, path);
}

/** A symbolic link; a hard one where there are none. */
export function* secondName(blob: string, target: string, path: string): DiskProgram<void> {
  try {
    yield* symlink(target, path);
  } catch (error) {
    if (!isDiskError(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS')) throw error;
    yield* link(blob, path);
  }
}

function* isLinkTo(path: string, target: string): DiskProgram<boolean> {
  try {
    const found = yield* stat(path);
    return found?.type === 'symlink' && (yield* readLink(path)) === target;
  } catch (error) {
    // Removed between the two looks.
    if (isDiskError(error, 'ENOENT')) return false;
    throw error;
  }
}

function* namesBelow(folder: string, prefix: string): DiskProgram<string[]> {
  const names: string[] = [];
  for (const name of yield* list(folder)) {
    const found = yield* stat(join(folder, name));
    if (found?.type === 'directory') names.push(...(yield* namesBelow(join(folder, name), `${prefix}${name}/`)));
    else names.push(prefix + name);
  }
  return names;
}

/** Folders of links under `models/`, relative to the root: those that hold nothing but links to blobs, with when they changed last. */
export function* linkFolders(root: string): DiskProgram<{ readonly folder: string; readonly changedMs: number }[]> {
  const folders: { folder: string; changedMs: number }[] = [];
  for (const name of [...(yield* listIfThere(join(root, 'models')))].sort()) {
    const folder = `models/${name}`;
    const found = isModelFolder(folder) ? yield* stat(join(root, folder)) : undefined;
    if (found?.type !== 'directory' || !(yield* holdsLinksOnly(join(root, folder)))) continue;
    folders.push({ folder, changedMs: Number(found.ctimeNs / 1_000_000n) });
  }
  return folders;
}

function* holdsLinksOnly(folder: string): DiskProgram<boolean> {
  for (const name of yield* listIfThere(folder)) {
    const path = join(folder, name);
    const found = yield* stat(path);
    const isOurs = found?.type === 'directory' ? yield* holdsLinksOnly(path) : yield* isLinkToBlob(path, found);
    if (!isOurs) return false;
  }
  return true;
}

/** What is gone by now is no harm; a file of its own may be somebody's. */
function* isLinkToBlob(path: string, found: FileStat | undefined): DiskProgram<boolean> {
  if (found?.type !== 'symlink') return found === undefined;
  return /^(\.\.\/)+blobs\/sha256\/[0-9a-f]{2}\/[0-9a-f]{64}$/.test(yield* readLink(path));
}

/** Removes a folder and all below it that may go; links are removed, never followed. */
function* removeTree(folder: string, mayGo?: (path: string) => DiskProgram<boolean>): DiskProgram<void> {
  for (const name of yield* list(folder)) {
    const path = join(folder, name);
    const found = yield* stat(path);
    if (found?.type === 'directory') yield* unlessTaken(removeTree(path, mayGo));
    else if (mayGo === undefined || (yield* mayGo(path))) yield* unlessMissing(unlink(path));
  }
  yield* removeDirectory(folder);
}

/** As `removeTree`; what cannot be removed says nothing of the work that was done there; it is told of and collected later (CAT-BLB-2107). */
export function* removeIfPossible(folder: string): DiskProgram<void> {
  yield* quietly(removeTree(folder));
}
