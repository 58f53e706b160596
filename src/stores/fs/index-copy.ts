import { join } from 'node:path';
import { isCatalogError } from '../../core/errors.js';
import { decodeIndex, maxIndexBytes } from '../../core/index-file.js';
import { makeFolder } from '../../disk/folders.js';
import { type Host, newToken } from '../../disk/host.js';
import { type DiskProgram, rename, stat } from '../../disk/program.js';
import type { FileStat } from '../../disk/steps.js';
import { syncFolder } from '../../disk/temp-file.js';
import { closeQuietly, readFileIfThere, unlessMissing } from '../../disk/whole-file.js';
import { showNewest } from './commit.js';
import { isSameFile, newestRevision, type OpenGeneration, openNewest } from './open-generation.js';
import { generationPath, type IndexPlace, quarantineFolder } from './place.js';

export type IndexState = 'shows the newest' | 'lags' | 'damaged' | 'cannot be judged';

/** How the copy under the fixed name stands to the newest generation. */
export function* indexState(place: IndexPlace): DiskProgram<IndexState> {
  const revision = yield* newestRevision(place);
  if (revision === undefined) return 'cannot be judged';
  const [index, newest] = [yield* stat(place.index), yield* stat(generationPath(place, revision))];
  // One inode under both names: the same bytes, and nothing to read.
  if (index !== undefined && newest !== undefined && isSameFile(index, newest)) return 'shows the newest';
  return yield* comparedByContent(place, index);
}

/** A copy that is a file of its own: behind, or the same content (where there are no hard links), or not what was written. */
function* comparedByContent(place: IndexPlace, index: FileStat | undefined): DiskProgram<IndexState> {
  const newest = yield* openNewestUnlessDamaged(place);
  if (newest === undefined) return 'cannot be judged';
  yield* closeQuietly(newest.handle);
  if (index === undefined) return 'lags';
  if (index.type !== 'file' || index.size > maxIndexBytes) return 'damaged';
  const decoded = decodeIndex(place.collection, (yield* readFileIfThere(place.index)) ?? Buffer.alloc(0));
  // CAT-IDX-1105: not ours to touch; the calls that need this index tell it.
  if (decoded.kind === 'newer') return 'cannot be judged';
  if (decoded.kind !== 'intact') return 'damaged';
  // A generation is missing, or was published since we looked; either way this copy is not to be moved.
  if (decoded.generation.revision > newest.generation.revision) return 'cannot be judged';
  return decoded.generation.commit === newest.generation.commit ? 'shows the newest' : 'lags';
}

/** What was done to a copy that did not show the newest generation. */
export interface IndexMended {
  readonly changed: boolean;
  readonly quarantined: string[];
}

/** CAT-IDX-1106: puts the newest generation in place of a copy that lags or is damaged; the damaged one is kept. */
export function* showNewestIndex(place: IndexPlace, host: Host): DiskProgram<IndexMended> {
  const state = yield* indexState(place);
  if (state === 'shows the newest' || state === 'cannot be judged') return { changed: false, quarantined: [] };
  const quarantined = state === 'damaged' ? [yield* quarantineIndex(place, newToken(host))] : [];
  yield* showNewest({ place, newToken: () => newToken(host) }, undefined);
  return { changed: true, quarantined };
}

/** Nothing damaged is deleted (CAT-GC-2307): it keeps its name, with a token so that no two collide. */
export function* quarantineIndex(place: IndexPlace, token: string): DiskProgram<string> {
  const folder = yield* madeQuarantine(place.root);
  const kept = join(folder, `${place.collection}-${token}.json`);
  yield* unlessMissing(rename(place.index, kept));
  yield* syncFolder(folder);
  yield* syncFolder(place.root);
  return kept;
}

/** The quarantine, durable in the root. */
export function* madeQuarantine(root: string): DiskProgram<string> {
  const folder = quarantineFolder(root);
  yield* makeFolder(folder);
  yield* syncFolder(root);
  return folder;
}

function* openNewestUnlessDamaged(place: IndexPlace): DiskProgram<OpenGeneration | undefined> {
  try {
    return yield* openNewest(place);
  } catch (error) {
    if (isCatalogError(error)) return undefined;
    throw error;
  }
}
