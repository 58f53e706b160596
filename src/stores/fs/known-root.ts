import { refusal } from '../../core/errors.js';
import type { RootFile } from '../../core/root-file.js';
import { FailedSync } from '../../disk/failure.js';
import { type DiskProgram, stat } from '../../disk/program.js';
import { type FileStat, isDiskError } from '../../disk/steps.js';
import { syncFolder } from '../../disk/temp-file.js';
import { generationsFolder, journalFolder, movingFile, rootFile } from './place.js';
import { checkStore, readRoot } from './root.js';

/** What a handle knows of the root that it works on: what that says it is, and which file said so. */
export interface KnownRoot {
  readonly path: string;
  readonly file: Pick<FileStat, 'device' | 'inode' | 'mtimeNs' | 'ctimeNs'>;
  readonly said: RootFile;
}

/**
 * CAT-HIS-3604: the root is still the catalog that a handle works on, which a move to another store ends: one look at the file that
 * says so, and its text where it is another file. `StoreMismatch` where it is not. Gives what is known now; nothing where nothing says
 * what the root is.
 */
export function* stillKnown(root: string, store: RootFile['store'], before: KnownRoot | undefined): DiskProgram<KnownRoot | undefined> {
  const path = before?.path ?? rootFile(root);
  const file = yield* stat(path);
  if (file === undefined) return undefined;
  if (before !== undefined && isSame(file, before.file)) return before;
  const said = yield* readRoot(root);
  if (said === undefined) return undefined;
  checkStore(root, said, store);
  const isOther = before !== undefined && before.said.lineage !== said.lineage;
  // A root that was lost and repaired has another lineage as well, and goes on; one that was moved and moved back has both stores.
  if (isOther && (yield* stat(otherStore(root, store))) !== undefined) throw otherCatalog(root, before.said, said);
  return { path, file, said };
}

/** Whether the file that says what the root is is the one that was read; where it is not, `stillKnown` tells what that means. */
export function* isAsKnown(before: KnownRoot | undefined): DiskProgram<boolean> {
  if (before === undefined) return false;
  const file = yield* stat(before.path);
  return file !== undefined && isSame(file, before.file);
}

/** As `stillKnown`, for who opens the root. */
export function* knownRoot(
  root: string,
  store: RootFile['store'],
  { readOnly }: { readonly readOnly: boolean },
): DiskProgram<KnownRoot | undefined> {
  const known = yield* stillKnown(root, store, undefined);
  if (known !== undefined) yield* settleMove(root, { readOnly });
  return known;
}

/**
 * CAT-HIS-3604: what a root says is durable before anybody is served from it, where whoever moved it died before he knew that. A
 * reader that may not sync takes it as it is.
 */
export function* settleMove(root: string, { readOnly }: { readonly readOnly: boolean }): DiskProgram<void> {
  if ((yield* stat(movingFile(root))) === undefined) return;
  try {
    yield* syncFolder(root);
  } catch (error) {
    if (!readOnly || (!isDiskError(error) && !(error instanceof FailedSync))) throw error;
  }
}

function isSame(one: KnownRoot['file'], other: KnownRoot['file']): boolean {
  return one.inode === other.inode && one.device === other.device && one.mtimeNs === other.mtimeNs && one.ctimeNs === other.ctimeNs;
}

const otherStore = (root: string, store: RootFile['store']): string => (store === 'fs' ? journalFolder(root) : generationsFolder(root));

function otherCatalog(root: string, expected: RootFile, found: RootFile): Error {
  const message = `${root} holds another catalog than the one that was opened: it was moved to another store and back; open it again`;
  return refusal('StoreMismatch', message, { expected: expected.lineage, found: found.lineage });
}
