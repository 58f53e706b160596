import { basename, join } from 'node:path';
import { type Digest, isDigest } from '../core/digest.js';
import { blobPath } from '../core/model-layout.js';
import { type DiskProgram, stat } from '../disk/program.js';
import type { FileStat } from '../disk/steps.js';
import { listIfThere } from '../disk/whole-file.js';
import { contained } from './contained.js';

/** A blob as it lies there. */
export interface FoundBlob {
  readonly digest: Digest;
  readonly status: FileStat;
  readonly bytes: number;
  /** Of the blocks that go with its last name; none while it has others. */
  readonly allocated: number;
  /** When its content, mode or names changed last: milliseconds since 1970. */
  readonly changedMs: number;
}

/** The folders that blobs lie in, by name, relative to the root. */
export function* blobFolders(root: string): DiskProgram<string[]> {
  const names = [...(yield* listIfThere(join(root, 'blobs/sha256')))].sort();
  return names.filter((name) => /^[0-9a-f]{2}$/.test(name)).map((name) => `blobs/sha256/${name}`);
}

/** All that are there. */
export function* blobsThere(root: string): DiskProgram<FoundBlob[]> {
  const blobs: FoundBlob[] = [];
  for (const folder of yield* blobFolders(root)) blobs.push(...(yield* blobsNamed(root, yield* blobNames(root, folder))));
  return blobs;
}

/** The digests that the names in one of them say, in no order, with what else may lie there: nothing is asked of the blobs themselves. */
export function* blobNames(root: string, folder: string): DiskProgram<string[]> {
  const names = yield* listIfThere(yield* contained(root, folder));
  return names.filter((name) => name.startsWith(basename(folder))).map((name) => `sha256:${name}`);
}

/** The blobs among them, as they lie there now, by name. */
export function* blobsNamed(root: string, names: readonly string[]): DiskProgram<FoundBlob[]> {
  const blobs: FoundBlob[] = [];
  for (const digest of names.toSorted()) {
    if (!isDigest(digest)) continue;
    const found = yield* stat(yield* contained(root, blobPath(digest)));
    if (found?.type !== 'file') continue;
    const changedNs = found.ctimeNs > found.mtimeNs ? found.ctimeNs : found.mtimeNs;
    const allocated = found.links === 1 ? found.allocated : 0;
    blobs.push({ digest, status: found, bytes: found.size, allocated, changedMs: Number(changedNs / 1_000_000n) });
  }
  return blobs;
}
