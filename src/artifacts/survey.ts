import { join } from 'node:path';
import type { Digest } from '../core/digest.js';
import { hourMs } from '../core/lock-owner.js';
import type { Host } from '../disk/host.js';
import { type DiskProgram, list, stat, tryLock } from '../disk/program.js';
import { type FileStat, isDiskError } from '../disk/steps.js';
import { closing, openIfThere } from '../disk/whole-file.js';

export interface FoundFile {
  /** Relative to where it was looked for, with forward slashes. */
  readonly name: string;
  readonly status: FileStat;
}

export interface FoundBlob {
  readonly digest: Digest;
  readonly status: FileStat;
}

/**
 * The regular files below a folder; none where it is not there. Links are not followed, and what goes meanwhile is left out. `skips`
 * says what is not looked into.
 */
export function* regularFilesBelow(folder: string, skips: (name: string) => boolean = () => false): DiskProgram<FoundFile[]> {
  const found: FoundFile[] = [];
  const folders = [''];
  for (let prefix = folders.pop(); prefix !== undefined; prefix = folders.pop()) {
    for (const part of yield* namesIn(join(folder, prefix))) {
      const name = prefix + part;
      if (skips(name)) continue;
      const status = yield* stat(join(folder, name));
      if (status?.type === 'directory') folders.push(`${name}/`);
      else if (status?.type === 'file') found.push({ name, status });
    }
  }
  return found;
}

/** Every blob that is there under a name that a blob may have. */
export function* blobsThere(root: string): DiskProgram<FoundBlob[]> {
  const files = yield* regularFilesBelow(join(root, 'blobs/sha256'));
  return files.flatMap(({ name, status }) => {
    const hex = /^([0-9a-f]{2})\/(\1[0-9a-f]{62})$/.exec(name)?.[2];
    return hex === undefined ? [] : [{ digest: `sha256:${hex}` as const, status }];
  });
}

/** What bears a name, as far as the disk lets anybody look: whoever reads it then tells why not. */
export function* statusIfSeen(path: string, options: { follow: boolean }): DiskProgram<FileStat | undefined> {
  try {
    return yield* stat(path, options);
  } catch (error) {
    if (!isDiskError(error)) throw error;
    return undefined;
  }
}

/** CAT-BLB-2107: what ingests left whose makers are dead, and what is on its way out. */
export function* abandonedFiles(root: string, host: Host): DiskProgram<FoundFile[]> {
  const found = yield* regularFilesBelow(join(root, 'trash'));
  for (const file of yield* regularFilesBelow(join(root, 'ingest'))) {
    if (yield* isAbandoned(join(root, 'ingest', file.name), file, host)) found.push(file);
  }
  return found;
}

/** By its lock, which its maker holds; in a folder, where nobody locks, and where there are no locks, by its age. */
function* isAbandoned(path: string, { name, status }: FoundFile, host: Host): DiskProgram<boolean> {
  const isOld = host.clock() - Number(status.mtimeNs / 1_000_000n) > hourMs;
  if (name.includes('/')) return isOld;
  const handle = yield* openIfThere(path);
  if (handle === undefined) return false;
  const free = yield* closing(handle, tryLock(handle, { shared: true }));
  return free === 'unsupported' ? isOld : free;
}

function* namesIn(folder: string): DiskProgram<readonly string[]> {
  try {
    return yield* list(folder);
  } catch (error) {
    if (isDiskError(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
}
