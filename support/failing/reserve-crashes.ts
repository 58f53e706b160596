import type { Catalog } from '../../src/catalog.js';
import { reserveMark } from '../../src/core/reserve.js';
import type { Disk } from '../../src/disk/program.js';
import { openCatalog } from '../../src/open-catalog.js';
import { type CrashExperiment, CrashExplorer, type SimulatedDisk } from '../../src/sim/index.js';
import { modelEntry } from '../model-entry.js';
import { entryAt, fillAhead, kibibyte, limitedDisk, reserve, reserveNames, root } from './limited-disk.js';

interface Work {
  readonly store: 'fs' | 'journal';
  readonly mebibytes: number;
  /** What is there before, by id, with so many bytes each. */
  readonly before: Readonly<Record<string, number>>;
  readonly isFull: boolean;
  /** How often a recovery is crashed, one crash inside the other. */
  readonly depth: number;
  readonly act: (catalog: Catalog) => Promise<unknown>;
}

const models = { a: 0, b: 0, c: 0, d: 0 };

export const reserveWorks: Readonly<Record<string, Work>> = {
  'the put that makes the reserve': {
    store: 'fs',
    mebibytes: 4,
    before: {},
    isFull: false,
    depth: 2,
    act: (catalog) => put(catalog, 'a', 0),
  },
  'the put that makes a larger reserve': {
    ...{ store: 'fs', mebibytes: 12, before: { a: 400 * kibibyte }, isFull: false, depth: 1 },
    act: (catalog) => put(catalog, 'b', 300 * kibibyte),
  },
  'a removal that is given the reserve, and more': {
    ...{ store: 'fs', mebibytes: 4, before: models, isFull: true, depth: 2 },
    act: (catalog) => catalog.delete('a'),
  },
  'a removal from the journal that is given the same': {
    ...{ store: 'journal', mebibytes: 4, before: models, isFull: true, depth: 2 },
    act: (catalog) => catalog.delete('a'),
  },
};

/** Crashes a piece of work at each step, and its recoveries likewise; what is left must be the work done or not done, and open to removals. */
export async function crashReserve(work: Work): Promise<CrashExplorer> {
  const explorer = new CrashExplorer({ exhaustUpTo: 16, depth: work.depth });
  await explorer.explore('reserve', experimentOf(work));
  return explorer;
}

function experimentOf({ store, mebibytes, before, isFull, act }: Work): CrashExperiment<Catalog> {
  let disk: SimulatedDisk;
  return {
    disk: () => {
      disk = limitedDisk(mebibytes);
      return disk;
    },
    prepare: async (process) => {
      const catalog = await openCatalog({ root, disk: process, store });
      for (const [id, bytes] of Object.entries(before)) await put(catalog, id, bytes);
      // What comes after an acknowledgement is over.
      await catalog.close();
      if (isFull) fillAhead(disk);
      return openCatalog({ root, disk: process, store });
    },
    act: async (catalog) => {
      await act(catalog);
      await catalog.close();
    },
    read: (process) => shown(process, { readOnly: true }),
    recover: (process) => shown(process, { readOnly: false }),
    write: async (process, view) => {
      const [first] = view.split(',');
      const catalog = await openCatalog({ root, disk: process });
      if (first !== undefined && first !== '' && !(await catalog.delete(first))) throw new Error(`${first} could not be removed`);
      const ids = await idsIn(catalog);
      await catalog.close();
      return ids;
    },
    inspect: expectReserveWhole,
    unread: (name) => name.endsWith('.tmp') || name.endsWith('.lock'),
  };
}

function expectReserveWhole(disk: SimulatedDisk): void {
  const names = reserveNames(disk);
  if (names.some((name) => name !== 'reserve')) throw new Error(`a part of a reserve is left: ${names.join(', ')}`);
  const entry = entryAt(disk, reserve);
  if (entry === undefined) return;
  const isWhole = entry.type === 'file' && Buffer.from(entry.bytes).subarray(0, reserveMark.length).equals(reserveMark);
  if (!isWhole || entry.bytes.at(-1) === undefined || entry.bytes.subarray(-64).every((byte) => byte === 0))
    throw new Error('the reserve is not whole');
}

async function shown(disk: Disk, options: { readonly readOnly: boolean }): Promise<string> {
  const catalog = await openCatalog({ root, disk, ...options });
  const ids = await idsIn(catalog);
  await catalog.close();
  return ids;
}

async function idsIn(catalog: Catalog): Promise<string> {
  return (await catalog.list()).map(({ id }) => id).join();
}

function put(catalog: Catalog, id: string, bytes: number): Promise<unknown> {
  return catalog.put(modelEntry(id, bytes > 0 ? { metadata: { warnings: ['x'.repeat(bytes)] } } : {}));
}
