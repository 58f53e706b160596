import { isCatalogError, refusal } from '../../core/errors.js';
import { type Generation, tokenIn } from '../../core/generation.js';
import { encodeIndex, maxIndexBytes } from '../../core/index-file.js';
import { FailedSync } from '../../disk/failure.js';
import { type DiskProgram, link, openDirectory, removeDirectory, rename, stat, unlink } from '../../disk/program.js';
import { type Handle, isDiskError } from '../../disk/steps.js';
import { discard, removeTemp, syncFolder, syncOnce, type TempFile, writeTemp } from '../../disk/temp-file.js';
import { closeQuietly, closing, readFileIfThere, unlessMissing } from '../../disk/whole-file.js';
import {
  corrupt,
  type GenerationFile,
  isSameFile,
  isStillThere,
  newestRevision,
  type OpenGeneration,
  openNewest,
  revisions,
  syncGenerations,
} from './open-generation.js';
import { generationPath, type IndexPlace, insideDirectory, tempPath } from './place.js';
import { type Published, type PublishForm, publish, unknownCommit } from './publish.js';

/** What a commit needs besides its place: names that nobody can guess. */
export interface Committing {
  readonly place: IndexPlace;
  readonly newToken: () => string;
}

export type Outcome =
  | { readonly kind: 'committed'; readonly open: OpenGeneration; readonly form: PublishForm; readonly warning: Error | undefined }
  | { readonly kind: 'lost' };

const lost: Outcome = { kind: 'lost' };

/**
 * CAT-IDX-1103, 1104: when it gives `committed`, the next generation is durable, and it won against every other writer,
 * whatever the lock believes. `lost` means that nothing of it is left: load, and decide again. Before the name is won every
 * error leaves all as it was; from then on nothing is taken back, and what cannot be told is `CommitUnknown`. Without a base
 * there is no generation of any number.
 */
export function* commitGeneration(
  commit: Committing,
  base: GenerationFile | undefined,
  next: Generation<{ id: string }>,
): DiskProgram<Outcome> {
  // Opened first: no shortage of descriptors can come between publishing and syncing.
  const generations = yield* openDirectory(commit.place.generations);
  return yield* closing(generations, besideRoot(commit, base, next, generations));
}

function* besideRoot(
  commit: Committing,
  base: GenerationFile | undefined,
  next: Generation<{ id: string }>,
  generations: Handle,
): DiskProgram<Outcome> {
  const root = yield* openDirectory(commit.place.root);
  return yield* closing(root, publishNext(commit, base, next, { generations, root }));
}

/** Removes the oldest generations, lowest name first, by listing; only for a committer whose own commit is acknowledged. */
export function* prune(place: IndexPlace, keep: number): DiskProgram<void> {
  const all = yield* revisions(place);
  for (const revision of all.slice(0, Math.max(0, all.length - keep))) yield* removeGeneration(generationPath(place, revision));
}

/** Shows the newest generation under the index's fixed name, and lists again until nothing newer has come meanwhile. */
export function* showNewest(commit: Committing, shown: number | undefined): DiskProgram<void> {
  let current = shown;
  for (;;) {
    const newest = yield* newestRevision(commit.place);
    if (newest === undefined || newest === current) return;
    // A generation that was pruned meanwhile is not shown; a newer one is there.
    if (yield* show(commit, newest)) current = newest;
  }
}

function* publishNext(
  commit: Committing,
  base: GenerationFile | undefined,
  next: Generation<{ id: string }>,
  folders: Folders,
): DiskProgram<Outcome> {
  const { place } = commit;
  const { chunks, size } = encodeIndex(next);
  if (size > maxIndexBytes) throw refusal('EntryTooLarge', `${place.index} would have ${size} bytes, more than ${maxIndexBytes}`);
  const temp = yield* writeTemp(tempPath(place.index, commit.newToken()), chunks);
  const published = yield* publishUnlessLate(temp, base, generationPath(place, next.revision));
  if (published.kind === 'lost') return lost;
  const won = yield* settled(commit, { base, next, temp, published, folders });
  if (!won) return lost;
  // CAT-IDX-1113: durable from here on; what fails now is a warning, and the next writer mends it.
  const warning = yield* asWarning(putInPlace(commit, { temp, folders, published }, next.revision));
  const { device, inode } = temp.status;
  const open = {
    generation: next as OpenGeneration['generation'],
    path: published.path,
    device,
    inode,
    handle: temp.handle,
    durable: true,
  };
  return { kind: 'committed', open, form: published.form, warning };
}

function* publishUnlessLate(temp: TempFile, base: GenerationFile | undefined, path: string): DiskProgram<Published> {
  try {
    // While the temp was synced others may have pruned our base. Seen before the link, it needs no search for our token, which
    // more commits than the tokens kept would make hopeless.
    const published: Published = (yield* hasPredecessor(base)) ? yield* publish(temp, path) : { kind: 'lost' };
    if (published.kind === 'lost') yield* discard(temp);
    return published;
  } catch (error) {
    yield* discard(temp);
    throw error;
  }
}

/** The folders of which a commit changes names, open. */
interface Folders {
  readonly generations: Handle;
  readonly root: Handle;
}

interface Claim {
  readonly base: GenerationFile | undefined;
  readonly next: Generation<{ id: string }>;
  readonly temp: TempFile;
  readonly published: Published & { kind: 'won' };
  readonly folders: Folders;
}

/** Whether the name that was won counts, and then durable; a name that does not count is removed again. */
function* settled(commit: Committing, claim: Claim): DiskProgram<boolean> {
  try {
    // CAT-IDX-1104: names are pruned lowest first, so while the base is still there, the same file, no later name was ever free before.
    const won = (yield* hasPredecessor(claim.base)) || (yield* foundByToken(commit.place, claim.next));
    if (won) yield* settle(claim);
    else yield* withdraw(claim);
    return won;
  } catch (error) {
    if (!isDiskError(error) && !(error instanceof FailedSync) && !isCatalogError(error)) throw error;
    yield* discard(claim.temp);
    // That too many commits went by says nothing of the disk.
    if (isCatalogError(error, 'CommitUnknown')) throw error;
    throw unknownCommit(claim.published.path, error instanceof FailedSync ? error.cause : error);
  }
}

/** Where no name was there at all, none has been pruned. */
function* hasPredecessor(base: GenerationFile | undefined): DiskProgram<boolean> {
  return base === undefined || (yield* isStillThere(base));
}

/** The name is durable. A directory that came out of the root has left it durably too, or it could come back under its old name. */
function* settle({ folders, published }: Claim): DiskProgram<void> {
  yield* syncOnce(folders.generations, 'SyncDirectory');
  if (published.form !== 'link') yield* syncOnce(folders.root, 'SyncDirectory');
}

/** The base is gone: we won and others went on from us while we slept, or the name had been free before. The token tells which. */
function* foundByToken(place: IndexPlace, next: Generation<{ id: string }>): DiskProgram<boolean> {
  const newest = yield* openNewest(place);
  if (newest === undefined) throw corrupt(place.generations, 'it is empty');
  yield* closeQuietly(newest.handle);
  const found = tokenIn(newest.generation, next.commit, next.revision);
  if (found === 'unknown') throw refusal('CommitUnknown', `more than ${newest.generation.recent.length} commits went by`);
  return found === 'present';
}

function* withdraw(claim: Claim): DiskProgram<void> {
  const bearer = yield* stat(claim.published.path);
  if (bearer !== undefined && isSameFile(bearer, claim.temp.status)) {
    yield* removeGeneration(claim.published.path.replace(/[/\\]index\.json$/, ''));
  }
  yield* discard(claim.temp);
}

function* putInPlace(
  commit: Committing,
  { temp, folders, published }: Pick<Claim, 'temp' | 'folders' | 'published'>,
  revision: number,
): DiskProgram<void> {
  // A temp that was swept, or moved under its public name, cannot be renamed; the generation can be shown all the same.
  const renamed = published.form === 'link' && (yield* renamedTo(temp.path, commit.place.index));
  if (renamed) yield* syncOnce(folders.root, 'SyncDirectory');
  yield* showNewest(commit, renamed ? revision : undefined);
}

/** Gives a temp its fixed name, and leaves no temp; false when it was gone. */
function* renamedTo(temp: string, target: string): DiskProgram<boolean> {
  try {
    const renamed = yield* unlessMissing(rename(temp, target));
    // Renaming one of two names of an inode onto the other does nothing, and says that it went well.
    yield* removeTemp(temp);
    return renamed;
  } catch (error) {
    yield* removeTemp(temp);
    throw error;
  }
}

/** Puts one generation in place of the index; false when it is gone. */
function* show(commit: Committing, revision: number): DiskProgram<boolean> {
  const { place } = commit;
  // CAT-IDX-1103: the index never shows a revision whose generation is not durable.
  yield* syncGenerations(place);
  const temp = tempPath(place.index, commit.newToken());
  if (!(yield* secondName(generationPath(place, revision), temp))) return false;
  if (!(yield* renamedTo(temp, place.index))) return false;
  yield* syncFolder(place.root);
  return true;
}

/** Another name for a generation's file, or a copy of it where there are no hard links. */
function* secondName(generation: string, temp: string): DiskProgram<boolean> {
  const found = yield* stat(generation);
  if (found === undefined) return false;
  if (found.type === 'directory') return yield* copied(insideDirectory(generation), temp);
  try {
    yield* link(generation, temp);
    return true;
  } catch (error) {
    if (!isDiskError(error)) throw error;
    // The error may have come after the effect.
    const bearer = yield* stat(temp);
    if (bearer !== undefined && isSameFile(bearer, found)) return true;
    return isDiskError(error, 'ENOENT') ? false : yield* copied(generation, temp);
  }
}

function* copied(from: string, temp: string): DiskProgram<boolean> {
  const bytes = yield* readFileIfThere(from);
  if (bytes === undefined) return false;
  const copy = yield* writeTemp(temp, [bytes]);
  yield* closeQuietly(copy.handle);
  return true;
}

function* removeGeneration(path: string): DiskProgram<void> {
  const found = yield* stat(path);
  if (found?.type !== 'directory') {
    yield* unlessMissing(unlink(path));
    return;
  }
  yield* unlessMissing(unlink(insideDirectory(path)));
  yield* unlessMissing(removeDirectory(path));
}

function* asWarning(program: DiskProgram<void>): DiskProgram<Error | undefined> {
  try {
    yield* program;
    return undefined;
  } catch (error) {
    if (isDiskError(error) || error instanceof FailedSync || isCatalogError(error)) return error;
    throw error;
  }
}
