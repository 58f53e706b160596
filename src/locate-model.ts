import { resolve } from 'node:path';
import { type CatalogContext, changeStored, findModel, missingModel, now } from './catalog-context.js';
import { refusal } from './core/errors.js';
import { filePlaces, modelFolder } from './core/model-layout.js';
import type { ModelEntry } from './core/records.js';
import { stat } from './disk/program.js';
import { fleetModel } from './where.js';

/** A model that was found: a path that an engine can open, and all its files. */
export interface Located {
  id: string;
  /** What an engine opens: a file, or the directory of a model of many files. */
  path: string;
  files: string[];
}

/** CAT-REF-1306: where the files of a model are, if they are all there; writes nothing and fetches nothing. */
export async function locateModel(context: CatalogContext, idOrRef: string): Promise<Located | undefined> {
  const entry = await findModel(context, idOrRef);
  return entry === undefined ? heldForFleet(context, idOrRef) : placed(context, entry);
}

/** CAT-BLB-2105: the path of a model that is there; `NotFound`, with where it would be, for one that is not. */
export async function modelPath(context: CatalogContext, id: string, options: { touch?: boolean }): Promise<string> {
  const record = (await context.store.models.get(id))?.record;
  const found = record === undefined ? await heldForFleet(context, id) : await placed(context, record);
  if (found === undefined) throw await notPlaced(context, id, record);
  if (options.touch) await touch(context, found.id);
  return found.path;
}

async function notPlaced(context: CatalogContext, id: string, record: ModelEntry | undefined): Promise<Error> {
  if (record === undefined && (await fleetModel(context.fleet, id)) === undefined) return missingModel(id);
  const expected_path = resolve(context.artifacts.root, record?.local_path ?? modelFolder(id));
  return refusal('NotFound', `the files of ${id} are not there; they would be at ${expected_path}`, { expected_path });
}

/** CAT-FLT-7010: where this node has the content of a model of the fleet, under whatever id of its own. */
async function heldForFleet(context: CatalogContext, idOrRef: string): Promise<Located | undefined> {
  const digest = (await fleetModel(context.fleet, idOrRef))?.digest;
  if (digest === undefined) return undefined;
  for (const { record } of await context.store.models.list()) {
    const found = record.digest === digest ? await placed(context, record) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Where the files of an entry are, if they are all there. */
export async function placed(context: CatalogContext, entry: ModelEntry): Promise<Located | undefined> {
  if (entry.local_path === undefined) return undefined;
  const files = filePlaces(entry).map(({ path }) => resolve(context.artifacts.root, path));
  for (const file of files) {
    const found = await context.artifacts.run(stat(file, { follow: true }));
    if (found?.type !== 'file') return undefined;
  }
  return files.length === 0 ? undefined : { id: entry.id, path: resolve(context.artifacts.root, entry.local_path), files };
}

async function touch(context: CatalogContext, id: string): Promise<void> {
  await changeStored(context, id, (entry) => ({ ...entry, last_used_ms: now(context).getTime() }));
}
