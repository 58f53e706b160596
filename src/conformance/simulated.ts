import { contextOf, type Disk } from '../disk/program.js';
import { SimulatedDisk } from '../disk/simulated-disk.js';
import type { CatalogStore } from '../stores/catalog-store.js';
import { NotApplicable } from './case.js';
import { expectEqual, expectTrue } from './expecting.js';
import type { ConformanceModule } from './module.js';
import { openedStore } from './opened-store.js';
import { model } from './samples.js';

const location = '/home/user/store';

/** A disk that is in memory, and can be cut off; without a store that works on it there is nothing to show. */
export async function diskFor(module: ConformanceModule): Promise<SimulatedDisk> {
  const disk = newDisk();
  const store = await opened(module, disk).catch(() => undefined);
  const before = disk.changes;
  await store?.models.put(model('a'));
  await store?.close();
  if (store === undefined || disk.changes === before) throw new NotApplicable('the store does not use the disk that it is given');
  return newDisk();
}

export function opened(module: ConformanceModule, disk: Disk): Promise<CatalogStore> {
  return openedStore(module, { location, disk, signal: new AbortController().signal });
}

/** A process of its own on a disk, of which something is told before each of its steps. */
export function lookedAt(disk: SimulatedDisk, look: () => void): Disk {
  const process = disk.process();
  return {
    ...contextOf(process),
    perform: (step) => {
      look();
      return process.perform(step);
    },
  };
}

/** What a power cut may leave of a disk: nothing of what is pending, and so many of all else. */
export function afterPowerCut(disk: SimulatedDisk, limit: number): SimulatedDisk[] {
  return [disk.crash('lost'), ...[...disk.crashStates({ exhaustUpTo: 3, samples: limit, limit })].map((state) => state.disk)];
}

export interface Shown {
  readonly id: string;
  readonly revision: number;
}

/** What is there for a process that opens the store, each record whole. */
export async function shownOn(module: ConformanceModule, disk: SimulatedDisk, when: string): Promise<readonly Shown[]> {
  const store = await opened(module, disk.process());
  const found = await store.models.list();
  for (const { record } of found) expectEqual(record, model(record.id), `the record ${record.id} ${when}`);
  await store.close();
  return found.map(({ record: { id }, revision }) => ({ id, revision }));
}

/** What was acknowledged is there, and of all else only what may be. */
export function expectThere(
  shown: readonly Shown[],
  { done, perhaps }: { readonly done: readonly string[]; readonly perhaps: readonly (string | undefined)[] },
  when: string,
): void {
  const ids = shown.map(({ id }) => id);
  for (const id of done) expectTrue(ids.includes(id), `${id} was acknowledged, and is not there ${when}`);
  for (const id of ids) expectTrue(done.includes(id) || perhaps.includes(id), `${id} is there ${when}, and nobody asked for it`);
}

function newDisk(): SimulatedDisk {
  return new SimulatedDisk({ seed: 5201, root: ['/home/user'] });
}
