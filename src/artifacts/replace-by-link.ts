import { dirname, join, relative } from 'node:path';
import type { Digest } from '../core/digest.js';
import { blobPath } from '../core/model-layout.js';
import { type Host, newToken } from '../disk/host.js';
import { noHardLinks } from '../disk/link-or-move.js';
import { type DiskProgram, link, rename, stat, unlink } from '../disk/program.js';
import { type FileStat, isDiskError } from '../disk/steps.js';
import { syncFolder } from '../disk/temp-file.js';
import { quietly } from '../disk/whole-file.js';
import { contained, containedFolder } from './contained.js';
import { identityOf, isChanged } from './hash-file.js';
import { secondName } from './links.js';

/** A file whose bytes were found to be those of a blob, both as they were when they were hashed, or looked at since. */
export interface Copy {
  /** Relative to the root. */
  readonly name: string;
  readonly digest: Digest;
  readonly status: FileStat;
  readonly blob: FileStat;
}

interface Work {
  readonly root: string;
  readonly host: Host;
}

/** What became of a copy: the bytes that were freed, or why it stays. */
export type Replacement = { readonly kind: 'replaced'; readonly freed: number } | { readonly kind: 'kept'; readonly because: string };

/**
 * CAT-ADO-2204: a file of a model becomes the link to its blob that it should be (CAT-BLB-2105). At no moment is there no such file,
 * and one that is not the file that was hashed any more stays as it is.
 */
export function* replaceByShownLink(copy: Copy, work: Work): DiskProgram<Replacement> {
  const path = yield* contained(work.root, copy.name);
  const blob = yield* contained(work.root, blobPath(copy.digest));
  const temp = join(dirname(path), `${newToken(work.host)}.tmp`);
  return yield* putInPlace(copy, path, { temp, looked: blob, made: secondName(blob, relative(dirname(path), blob), temp) });
}

/**
 * As `replaceByShownLink`, for a file of which no record speaks: a second name of the blob, so that the file keeps its bytes when
 * the catalog needs the blob no more. Whoever got a name for the blob, or may write to it, since it was looked at keeps the file from
 * that (CAT-BLB-2109). What a kill leaves of it lies in `ingest/`.
 */
export function* replaceByHardLink(copy: Copy, work: Work): DiskProgram<Replacement> {
  const path = yield* contained(work.root, copy.name);
  const blob = yield* contained(work.root, blobPath(copy.digest));
  yield* containedFolder(work.root, 'ingest');
  const temp = yield* contained(work.root, `ingest/${newToken(work.host)}`);
  try {
    const isAsBefore = ({ links, mode, owner }: FileStat) =>
      links === copy.blob.links + 1 && mode === copy.blob.mode && owner === copy.blob.owner;
    return yield* putInPlace(copy, path, { temp, looked: temp, made: link(blob, temp), isAsBefore });
  } catch (error) {
    if (isDiskError(error, ...noHardLinks, 'EXDEV')) return kept('there are no hard links for it here');
    throw error;
  }
}

interface Link {
  readonly temp: string;
  /** Where the bytes are looked at to which the link leads. */
  readonly looked: string;
  readonly made: DiskProgram<void>;
  /** What must be so of the blob besides. */
  readonly isAsBefore?: (blob: FileStat) => boolean;
}

function* putInPlace(copy: Copy, path: string, { temp, looked, made, isAsBefore = () => true }: Link): DiskProgram<Replacement> {
  try {
    yield* made;
    const blob = yield* stat(looked);
    if (blob === undefined || isChanged(copy.blob, blob) || !isAsBefore(blob)) return yield* givenUp(temp, 'its blob changed meanwhile');
    const found = yield* stat(path);
    if (found === undefined || identityOf(found) !== identityOf(copy.status)) return yield* givenUp(temp, 'it changed meanwhile');
    yield* rename(temp, path);
    yield* syncFolder(dirname(path));
    return { kind: 'replaced', freed: found.links === 1 ? found.size : 0 };
  } catch (error) {
    yield* quietly(unlink(temp));
    if (isDiskError(error, 'ENOENT')) return kept('it, or its blob, was removed meanwhile');
    throw error;
  }
}

function* givenUp(temp: string, because: string): DiskProgram<Replacement> {
  yield* quietly(unlink(temp));
  return kept(because);
}

function kept(because: string): Replacement {
  return { kind: 'kept', because };
}
