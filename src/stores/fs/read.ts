import type { Generation } from '../../core/generation.js';
import { decodeIndex } from '../../core/index-file.js';
import { type DiskProgram, stat } from '../../disk/program.js';
import { readFileIfThere } from '../../disk/whole-file.js';
import { type AnyRecord, indexBeyond, newerVersion, type OpenGeneration, openNewestDurably, type Reading } from './open-generation.js';
import { generationPath, type IndexPlace, insideDirectory } from './place.js';
import { refuseLostIndex } from './root.js';

/** The newest generation of an index; `undefined` where the root is empty, which a missing index does not make it (CAT-IDX-1118). */
export function* openForReading(place: IndexPlace, reading: Reading = 'whole'): DiskProgram<OpenGeneration | undefined> {
  const newest = yield* openNewestDurably(place, reading);
  if (newest !== undefined) return newest;
  const beyond = yield* indexBeyond(place, -1);
  if (beyond?.kind === 'newer') throw newerVersion(place.index, beyond.version);
  yield* refuseLostIndex(place);
  // The root may have been made since we looked.
  return yield* openNewestDurably(place, reading);
}

/** An earlier generation that is still kept; `undefined` when it is not, or not whole any more. */
export function* readKept(place: IndexPlace, revision: number): DiskProgram<Generation<AnyRecord> | undefined> {
  const path = generationPath(place, revision);
  const found = yield* stat(path);
  const bytes = yield* readFileIfThere(found?.type === 'directory' ? insideDirectory(path) : path);
  if (bytes === undefined) return undefined;
  const decoded = decodeIndex(place.collection, bytes);
  return decoded.kind === 'intact' && decoded.generation.revision === revision ? (decoded.generation as Generation<AnyRecord>) : undefined;
}
