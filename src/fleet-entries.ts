import { find, records, type Versioned } from './core/generation.js';
import { compareUtf8 } from './core/ids.js';
import type { ModelEntry } from './core/records.js';
import type { FleetCopy } from './stores/fleet-copy/fleet-copy.js';

/** An entry of this machine, or, with `fleet`, of the fleet alone. */
export type CatalogEntry = ModelEntry & {
  /** Where it belongs, and at which revision it was copied: it is not changed here, and this machine need not hold it. */
  readonly fleet?: { readonly from: string; readonly revision: number };
};

/** What the fleet has under an id. */
export async function fleetEntry(fleet: FleetCopy | undefined, id: string): Promise<CatalogEntry | undefined> {
  const models = await fleet?.part('models');
  const found = models && find(models, id);
  return found && entryOf(found, (await fleet?.origin())?.from ?? '');
}

/** The machine's own entries, and those that only the fleet has, by the UTF-8 bytes of their ids. */
export async function withFleets(fleet: FleetCopy | undefined, own: readonly ModelEntry[]): Promise<CatalogEntry[]> {
  const models = await fleet?.part('models');
  if (models === undefined) return [...own];
  const from = (await fleet?.origin())?.from ?? '';
  const here = new Set(own.map(({ id }) => id));
  const others = records(models)
    .filter(({ record }) => !here.has(record.id))
    .map((found) => entryOf(found, from));
  return [...own, ...others].sort((one, other) => compareUtf8(one.id, other.id));
}

/** Without what is true of another machine: where the files lie, and how they came there. */
function entryOf({ record, revision }: Versioned<ModelEntry>, from: string): CatalogEntry {
  const { local_path, mode, ...entry } = record;
  return { ...entry, fleet: { from, revision } };
}
