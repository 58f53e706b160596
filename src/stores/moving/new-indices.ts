import { refusal } from '../../core/errors.js';
import { type Generation, generationOf, maxRecords, stored, type Versioned } from '../../core/generation.js';
import { makeFolder, syncAncestors } from '../../disk/folders.js';
import { type Host, newToken } from '../../disk/host.js';
import type { DiskProgram } from '../../disk/program.js';
import { syncFolder } from '../../disk/temp-file.js';
import { closeQuietly } from '../../disk/whole-file.js';
import { commitGeneration } from '../fs/commit.js';
import { generationsFolder, type IndexPlace, indexPlace } from '../fs/place.js';
import { type AllRecords, collections } from './records.js';

/** Both indices, where there are none: one generation each, that of the source's revision, in which every record keeps its own. */
export function* writeIndices(root: string, source: AllRecords, host: Host): DiskProgram<void> {
  for (const collection of collections) yield* makeFolder(indexPlace(root, collection).generations);
  yield* syncFolder(generationsFolder(root));
  yield* syncFolder(root);
  yield* syncAncestors(root);
  for (const collection of collections) {
    const all: readonly Versioned<{ id: string }>[] = source[collection];
    if (all.length > maxRecords) throw refusal('EntryTooLarge', `the fs store holds at most ${maxRecords} records of a kind`);
    const head = { collection, revision: source.revision, commit: newToken(host), recent: [] };
    const generation = generationOf(
      head,
      all.map(({ record, revision }) => stored(record, revision)),
    );
    yield* publishAlone(indexPlace(root, collection), generation, host);
  }
}

function* publishAlone(place: IndexPlace, generation: Generation<{ id: string }>, host: Host): DiskProgram<void> {
  const outcome = yield* commitGeneration({ place, newToken: () => newToken(host) }, undefined, generation);
  if (outcome.kind === 'lost') throw refusal('Busy', `another process wrote ${place.index} while the catalog was moved; nothing was moved`);
  yield* closeQuietly(outcome.open.handle);
  // Nobody relies on it yet: what is a warning to a commit is a reason not to begin with it.
  if (outcome.warning !== undefined) throw outcome.warning;
}
