import { dirname, join, relative } from 'node:path';
import { blobPath, mainFile, modelFolder } from '../core/model-layout.js';
import type { ArtifactFile } from '../core/records.js';
import { type Host, newToken } from '../disk/host.js';
import { type DiskProgram, link, list, readLink, removeDirectory, rename, stat, symlink, unlink } from '../disk/program.js';
import { isDiskError } from '../disk/steps.js';
import { syncDirectory, unlessMissing } from '../disk/whole-file.js';
import { contained, containedFolder } from './contained.js';

interface Work {
  readonly root: string;
  readonly host: Host;
}

/**
 * CAT-BLB-2105: the files of a model under their own names, as relative symbolic links to their blobs, together in one folder
 * and durable; what lay there under other names is removed. Gives the path that an engine opens, relative to the root.
 */
export function* linkModel(id: string, files: readonly ArtifactFile[], work: Work): DiskProgram<string> {
  const folder = modelFolder(id);
  yield* containedFolder(work.root, folder);
  for (const file of files) yield* linkFile(`${folder}/${file.path}`, file, work);
  for (const name of yield* namesBelow(join(work.root, folder), '')) {
    if (!files.some((file) => file.path === name)) yield* unlessMissing(unlink(yield* contained(work.root, `${folder}/${name}`)));
  }
  yield* syncDirectory(join(work.root, folder));
  const main = mainFile(files);
  return main === undefined ? folder : `${folder}/${main}`;
}

/** Removes a model's folder; the paths that went, relative to the root. Only links and the folders that held them are touched. */
export function* unlinkModel(id: string, work: Pick<Work, 'root'>): DiskProgram<string[]> {
  const folder = modelFolder(id);
  const path = yield* contained(work.root, folder);
  if ((yield* stat(path)) === undefined) return [];
  const removed = (yield* namesBelow(path, '')).map((name) => `${folder}/${name}`);
  yield* removeTree(path);
  yield* syncDirectory(dirname(path));
  return removed;
}

function* linkFile(name: string, file: ArtifactFile, work: Work): DiskProgram<void> {
  yield* containedFolder(work.root, dirname(name));
  const path = yield* contained(work.root, name);
  const blob = join(work.root, blobPath(file.digest));
  const target = relative(dirname(path), blob);
  if (!(yield* isLinkTo(path, target))) {
    const temp = `${path}.${newToken(work.host)}.tmp`;
    yield* secondName(blob, target, temp);
    yield* rename(temp, path);
  }
  yield* syncDirectory(dirname(path));
}

/** A symbolic link; a hard one where there are none. */
function* secondName(blob: string, target: string, path: string): DiskProgram<void> {
  try {
    yield* symlink(target, path);
  } catch (error) {
    if (!isDiskError(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS')) throw error;
    yield* link(blob, path);
  }
}

function* isLinkTo(path: string, target: string): DiskProgram<boolean> {
  const found = yield* stat(path);
  return found?.type === 'symlink' && (yield* readLink(path)) === target;
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

/** Removes a folder of ours and all below it; links are removed, never followed. */
export function* removeTree(folder: string): DiskProgram<void> {
  for (const name of yield* list(folder)) {
    const found = yield* stat(join(folder, name));
    if (found?.type === 'directory') yield* removeTree(join(folder, name));
    else yield* unlessMissing(unlink(join(folder, name)));
  }
  yield* removeDirectory(folder);
}
