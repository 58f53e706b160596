import { createHash } from 'node:crypto';
import { identityOf } from '../artifacts/hash-file.js';
import type { Digest } from '../core/digest.js';
import { refusal } from '../core/errors.js';
import type { ModelEntry } from '../core/records.js';
import { type DiskProgram, openFile, stat } from '../disk/program.js';
import { closing, readOpenFile } from '../disk/whole-file.js';
import type { AdoptableFile, Candidate } from './found.js';

/** What the catalog knows of content already. */
export interface KnownContent {
  /** The digest of a file that was verified and has not changed since, by its identity. */
  readonly digests: ReadonlyMap<string, Digest>;
  /** Where content lies, as device and inode, by its digest. */
  readonly copies: ReadonlyMap<Digest, ReadonlySet<string>>;
}

/** A file of a candidate as it is now. */
export interface LookedFile extends AdoptableFile {
  readonly identity: string;
  /** Device and inode: what all its names share. */
  readonly inode: string;
  /** Where it is known without reading it. */
  readonly digest: Digest | undefined;
}

/** Files that failed are known for nothing: what their content was says nothing of what it is. */
export function knownContent(entries: readonly ModelEntry[]): KnownContent {
  const digests = new Map<string, Digest>();
  const copies = new Map<Digest, Set<string>>();
  for (const { files = [], state } of entries) {
    for (const { identity, digest } of state === 'Failed' ? [] : files) {
      if (identity === undefined) continue;
      digests.set(identity, digest);
      const places = copies.get(digest) ?? new Set();
      copies.set(digest, places.add(inodeOf(identity)));
    }
  }
  return { digests, copies };
}

/** The files of a candidate as they are now; refuses what is no longer there. */
export function* lookAt({ files }: Candidate, known: KnownContent): DiskProgram<LookedFile[]> {
  const looked: LookedFile[] = [];
  for (const file of files) {
    const found = yield* stat(file.path, { follow: true });
    if (found?.type !== 'file') throw refusal('NotFound', `${file.path} was gone when it was looked at`, { path: file.path });
    const identity = identityOf(found);
    looked.push({ ...file, bytes: found.size, identity, inode: inodeOf(identity), digest: known.digests.get(identity) });
  }
  return looked;
}

/** The hub keeps larger files in LFS, by their SHA-256. */
const mostOfGit = 64 * 1024 * 1024;

/** The SHA-1 by which Git names the content of a file; `undefined` for one that is too large to be named so. */
export function* gitBlobOf(path: string): DiskProgram<string | undefined> {
  const handle = yield* openFile(path, { follow: true });
  const bytes = yield* closing(handle, readOpenFile(handle, mostOfGit));
  if (bytes.byteLength > mostOfGit) return undefined;
  return createHash('sha1').update(`blob ${bytes.byteLength}\0`).update(bytes).digest('hex');
}

export function inodeOf(identity: string): string {
  return identity.split(':').slice(0, 2).join(':');
}
