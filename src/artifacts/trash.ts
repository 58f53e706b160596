import { dirname, join } from 'node:path';
import type { Digest } from '../core/digest.js';
import { hexOf } from '../core/digest.js';
import { blobPath } from '../core/model-layout.js';
import { type Host, newToken } from '../disk/host.js';
import { linkOrMove } from '../disk/link-or-move.js';
import { type DiskProgram, stat, unlink } from '../disk/program.js';
import { type FileStat, isDiskError } from '../disk/steps.js';
import { syncFolder } from '../disk/temp-file.js';
import { listIfThere, unlessMissing } from '../disk/whole-file.js';
import { contained, containedFolder } from './contained.js';

/** A blob that is out of the way, and may still come back. */
export interface Trashed {
  readonly path: string;
  readonly digest: Digest;
  readonly bytes: number;
  /** What is freed with it: nothing while it has other names. */
  readonly allocated: number;
  /** When it was moved there, or changed since: milliseconds since 1970. */
  readonly changedMs: number;
}

/** Where blobs that are out of the way lie, durable in the root. */
export function* trashFolder(root: string): DiskProgram<string> {
  return yield* containedFolder(root, 'trash');
}

/**
 * Gives a blob a second name in the trash, first half of moving it there; `undefined` when it is not there. Its old name goes when the
 * new one is durable: a rename across two folders may lose both when the power fails.
 */
export function* nameInTrash(digest: Digest, work: { readonly root: string; readonly host: Host }): DiskProgram<Trashed | undefined> {
  const blob = yield* contained(work.root, blobPath(digest));
  const found = yield* stat(blob);
  if (found === undefined) return undefined;
  const path = yield* contained(work.root, `trash/${newToken(work.host)}-${hexOf(digest)}`);
  return (yield* wasThere(linkOrMove(blob, path))) ? { path, digest, ...sizeAndTime(found) } : undefined;
}

/** Takes the name of a blob away that is in the trash, durably. */
export function* takeName(digest: Digest, root: string): DiskProgram<void> {
  yield* unlessMissing(unlink(yield* contained(root, blobPath(digest))));
}

const sizeAndTime = ({ size, allocated, links, ctimeNs }: FileStat) => ({
  bytes: size,
  allocated: links === 1 ? allocated : 0,
  changedMs: Number(ctimeNs / 1_000_000n),
});

function* wasThere(program: DiskProgram<boolean>): DiskProgram<boolean> {
  try {
    return yield* program;
  } catch (error) {
    if (isDiskError(error, 'ENOENT')) return false;
    throw error;
  }
}

/** Gives a blob its name back, unless others have published it again meanwhile. */
export function* putBack(trashed: Trashed, root: string): DiskProgram<void> {
  const blob = yield* contained(root, blobPath(trashed.digest));
  // Where another collector has deleted it already nothing reached it then: who relies on it since has published it again.
  yield* wasThere(linkOrMove(trashed.path, blob));
  yield* syncFolder(dirname(blob));
  yield* unlessMissing(unlink(trashed.path));
}

/** Deletes for good; the bytes of the blocks that were freed, which is none while another name holds them, or when somebody else did. */
export function* deleteTrash(trashed: Trashed): DiskProgram<number> {
  return (yield* unlessMissing(unlink(trashed.path))) ? trashed.allocated : 0;
}

export function* blobsInTrash(root: string): DiskProgram<Trashed[]> {
  const folder = join(root, 'trash');
  const found: Trashed[] = [];
  for (const name of yield* listIfThere(folder)) {
    const hex = /^[A-Za-z0-9_-]{22}-([0-9a-f]{64})$/.exec(name)?.[1];
    if (hex === undefined) continue;
    const path = yield* contained(root, `trash/${name}`);
    const status = yield* stat(path);
    if (status?.type === 'file') found.push({ path, digest: `sha256:${hex}`, ...sizeAndTime(status) });
  }
  return found;
}
