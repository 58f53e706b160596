import { type DiskProgram, stat } from '../../disk/program.js';
import { corrupt, newestRevision, type OpenGeneration, openNewestDurably } from './open-generation.js';
import { type IndexPlace, indexPlace, rootFile } from './place.js';
import { collections } from './root.js';

/** The newest generation of an index; `undefined` where the root is empty, which a missing index does not make it (CAT-IDX-1118). */
export function* openForReading(place: IndexPlace): DiskProgram<OpenGeneration | undefined> {
  const newest = yield* openNewestDurably(place);
  if (newest !== undefined) return newest;
  const trace = yield* traceOfCatalog(place);
  if (trace === undefined) return undefined;
  // The root may have been made since we looked.
  const made = yield* openNewestDurably(place);
  if (made === undefined) throw corrupt(place.index, `it has no generation, although ${trace} is there`);
  return made;
}

/** Something that only a root that was made can hold. */
function* traceOfCatalog(place: IndexPlace): DiskProgram<string | undefined> {
  if ((yield* stat(rootFile(place.root))) !== undefined) return rootFile(place.root);
  for (const collection of collections) {
    const other = indexPlace(place.root, collection);
    const newest = yield* newestRevision(other);
    if (newest !== undefined && newest > 0) return `generation ${newest} of ${collection}`;
    if (newest === undefined && (yield* stat(other.index)) !== undefined) return other.index;
  }
  return undefined;
}
