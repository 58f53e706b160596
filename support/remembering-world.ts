import type { Catalog } from '../src/catalog.js';
import type { Versioned } from '../src/core/generation.js';
import type { ModelEntry } from '../src/core/records.js';
import { SimulatedDisk } from '../src/disk/simulated-disk.js';
import type { Step } from '../src/disk/steps.js';
import type { Journal } from '../src/journal/index.js';
import type { HistoryEntry } from '../src/stores/history.js';
import { JournalCatalog, type JournalCatalogOptions } from '../src/stores/journal/journal-catalog.js';
import { journalFolder } from '../src/stores/journal/journal-root.js';
import { withEachStep } from './interrupt/disks.js';
import { modelEntry } from './model-entry.js';
import type { CatalogWorld } from './world.js';

export interface RememberingWorld extends CatalogWorld {
  disk: SimulatedDisk;
  store: JournalCatalog;
  catalogOfAll: Catalog;
  steps: { readonly step: Step; readonly path: string }[];
  beforeStep: ((step: Step, path: string) => void) | undefined;
  put: Versioned<ModelEntry>[];
  shown: readonly string[];
  outcomes: string[];
  engineBefore: number;
  reader: JournalCatalog;
  other: Journal;
  story: HistoryEntry[];
  past: { readonly revision: number; readonly ms: number; readonly state: readonly Versioned<ModelEntry>[] }[];
}

export const root = '/home/user/models';
export const directory = journalFolder(root);
export const inDirectory = (path: string): boolean => path.endsWith('.seg');

export function begin(world: RememberingWorld): void {
  world.disk = new SimulatedDisk({ root: ['/home/user'] });
  Object.assign(world, { steps: [], beforeStep: undefined, put: [], outcomes: [], past: [], story: [] });
}

/** A handle of a process of its own. */
export function opened(world: RememberingWorld, options: Partial<JournalCatalogOptions> = {}, disk = world.disk): Promise<JournalCatalog> {
  return JournalCatalog.open({ root, disk: disk.process(), segmentMaxBytes: 8192, ...options });
}

/** The handle of the scenario, every step of which is noted. */
export async function open(world: RememberingWorld): Promise<void> {
  const noting = withEachStep(world.disk.process(), (step, paths) => {
    const path = paths.of(step);
    world.steps.push({ step, path });
    world.beforeStep?.(step, path);
    return undefined;
  });
  world.store = await JournalCatalog.open({ root, disk: noting, segmentMaxBytes: 32_768 });
}

export const idsOf = async (store: Pick<JournalCatalog, 'models'>): Promise<string[]> =>
  (await store.models.list()).map(({ record }) => record.id);

export async function idsAfterPowerCut(disk: SimulatedDisk): Promise<string[]> {
  return idsOf(await JournalCatalog.open({ root, disk: disk.crash(), segmentMaxBytes: 8192 }));
}

export async function put(world: RememberingWorld, id: string): Promise<void> {
  await world.attempt(async () => {
    world.put.push(await world.store.models.put(modelEntry(id, { name: `${id} ${world.put.length}` })));
  });
}
