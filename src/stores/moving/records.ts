import { canonicalJson } from '../../core/canonical-json.js';
import { CatalogError, refusal } from '../../core/errors.js';
import { type CollectionName, type CollectionRecords, records, type Versioned } from '../../core/generation.js';
import type { DiskProgram } from '../../disk/program.js';
import { closeQuietly } from '../../disk/whole-file.js';
import { indexPlace } from '../fs/place.js';
import { openForReading } from '../fs/read.js';

/** All records of a catalog, and a number that is not below the revision of any. */
export interface AllRecords {
  readonly models: readonly Versioned<CollectionRecords['models']>[];
  readonly engines: readonly Versioned<CollectionRecords['engines']>[];
  readonly revision: number;
}

export const collections: readonly CollectionName[] = ['models', 'engines'];

/** All that the indices of a root hold. */
export function* recordsOfIndices(root: string): DiskProgram<AllRecords> {
  const found = { models: [] as Versioned<CollectionRecords['models']>[], engines: [] as Versioned<CollectionRecords['engines']>[] };
  let revision = 0;
  for (const collection of collections) {
    const open = yield* openForReading(indexPlace(root, collection));
    if (open === undefined) continue;
    yield* closeQuietly(open.handle);
    revision = Math.max(revision, open.generation.revision);
    (found[collection] as Versioned<{ id: string }>[]).push(...records(open.generation));
  }
  return { ...found, revision };
}

/** In the order of their revisions, which is the order in which they were last changed. */
export function byRevision<R>(all: readonly Versioned<R>[]): readonly Versioned<R>[] {
  return [...all].sort((one, other) => one.revision - other.revision);
}

/** CAT-HIS-3604: a copy has every record, value for value, and in the same order of revisions. */
export function checkCopy(source: AllRecords, copy: AllRecords): void {
  for (const collection of collections) {
    const [wanted, found] = [source, copy].map((all) => linesOf(all[collection]));
    const differs = wanted?.findIndex((line, place) => line !== found?.[place]) ?? -1;
    if (differs !== -1 || wanted?.length !== found?.length) {
      const id = byRevision<{ id: string }>(source[collection])[differs]?.record.id;
      throw new CatalogError('IoError', `what was copied is not what was read: ${collection}, ${JSON.stringify(id)}; nothing was moved`);
    }
  }
}

function linesOf(all: readonly Versioned<{ id: string }>[]): readonly string[] {
  return byRevision(all).map(({ record }) => canonicalJson(record));
}

export function notThere(root: string): CatalogError {
  return refusal('NotFound', `there is no catalog in ${root} that could be moved`, { path: root });
}
