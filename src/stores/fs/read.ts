import type { DiskProgram } from '../../disk/program.js';
import { indexBeyond, newerVersion, type OpenGeneration, openNewestDurably } from './open-generation.js';
import type { IndexPlace } from './place.js';
import { refuseLostIndex } from './root.js';

/** The newest generation of an index; `undefined` where the root is empty, which a missing index does not make it (CAT-IDX-1118). */
export function* openForReading(place: IndexPlace): DiskProgram<OpenGeneration | undefined> {
  const newest = yield* openNewestDurably(place);
  if (newest !== undefined) return newest;
  const beyond = yield* indexBeyond(place, -1);
  if (beyond?.kind === 'newer') throw newerVersion(place.index, beyond.version);
  yield* refuseLostIndex(place);
  // The root may have been made since we looked.
  return yield* openNewestDurably(place);
}
