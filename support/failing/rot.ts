import { expect } from 'chai';
import { isCatalogError } from '../../src/core/errors.js';
import type { ModelEntry } from '../../src/core/records.js';
import { SimulatedDisk } from '../../src/disk/simulated-disk.js';
import { FsCatalog } from '../../src/stores/fs/fs-catalog.js';
import { engineEntry, modelEntry } from '../world.js';
import { sameEachTime } from './faults.js';

const root = '/home/user/models';
const collections = ['models', 'engines'] as const;

type Named = (typeof collections)[number];
type Both = Readonly<Record<Named, string>>;

/** Of the index that is not damaged only now and then. */
const neighbourEvery = 32;

/** A catalog on a simulated disk, and what it answers while nothing is damaged. */
export interface Rotting {
  readonly disk: SimulatedDisk;
  readonly right: Both;
}

/** What damaged files were answered with. */
export interface Answers {
  readonly tried: number;
  /** By collection and what it gave: `right`, or the code of the refusal. */
  readonly counts: Readonly<Record<string, number>>;
}

/** What befalls a file: one form of it after the other. */
type Damages = (intact: Uint8Array) => Iterable<Uint8Array>;

/** About 16 KiB of models in a few generations, and some engines. */
export async function rottingCatalog(): Promise<Rotting> {
  const disk = new SimulatedDisk({ root: ['/home/user'] });
  const store = await FsCatalog.open({ disk, root, ...sameEachTime('rot') });
  await Promise.all(Array.from({ length: 74 }, (_, place) => store.models.put(entry(place))));
  for (const place of [3, 5]) await store.models.put({ ...entry(place), name: 'changed' });
  for (const id of ['e', 'f']) await store.engines.put(engineEntry(id));
  await store.close();
  return { disk, right: (await answers(disk)) as Both };
}

/** A copy under the fixed name that is a file of its own, as where there are no hard links. */
export function withOwnCopy({ disk }: Rotting): void {
  const bytes = disk.bytesAt(`${root}/catalog.json`);
  disk.uproot(`${root}/catalog.json`);
  disk.plant(`${root}/catalog.json`, bytes, 0o400);
}

/** CAT-IDX-1106: each form of a damaged file, read by a handle of its own: the right answer, or a refusal that has a type. */
export async function answersTo(rotting: Rotting, name: string, damages: Damages): Promise<Answers> {
  const path = `${root}/${name}`;
  const intact = Uint8Array.from(rotting.disk.bytesAt(path));
  const counts: Record<string, number> = {};
  let tried = 0;
  for (const bytes of damages(intact)) {
    rotting.disk.plant(path, bytes, 0o400);
    tried++;
    const given = await answers(rotting.disk, asked(name, tried));
    for (const [collection, found] of Object.entries(given) as [Named, string][]) {
      const kind = found === rotting.right[collection] ? 'right' : found;
      if (kind.startsWith('[')) expect.fail(`${name}, damage ${tried}: ${collection} were ${found}`);
      counts[`${collection}: ${kind}`] = (counts[`${collection}: ${kind}`] ?? 0) + 1;
    }
  }
  rotting.disk.plant(path, intact, 0o400);
  expect(await answers(rotting.disk)).to.deep.equal(rotting.right);
  return { tried, counts };
}

/** Every bit, or those of a share that a seed draws. */
export function flips(share = 1, seed = 1): Damages {
  return function* (intact) {
    let state = seed;
    for (let bit = 0; bit < intact.byteLength * 8; bit++) {
      state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
      if (state / 0x7fffffff > share) continue;
      const flipped = Uint8Array.from(intact);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      yield flipped;
    }
  };
}

/** Every beginning. */
export const cuts: Damages = function* (intact) {
  for (let size = 0; size < intact.byteLength; size++) yield intact.subarray(0, size);
};

function asked(name: string, turn: number): readonly Named[] {
  const own: Named = name.includes('engines') ? 'engines' : 'models';
  return name === 'root.json' || turn % neighbourEvery === 1 ? collections : [own];
}

/** What a handle of its own answers: records as text, or the code of the refusal. */
async function answers(disk: SimulatedDisk, names: readonly Named[] = collections): Promise<Partial<Both>> {
  const given: Partial<Record<Named, string>> = {};
  let store: FsCatalog;
  try {
    store = await FsCatalog.open({ disk, root, readOnly: true });
  } catch (error) {
    if (!isCatalogError(error)) throw error;
    return Object.fromEntries(names.map((name) => [name, error.code]));
  }
  for (const name of names) given[name] = await answered(() => store[name].list());
  await store.close();
  return given;
}

async function answered(ask: () => Promise<readonly unknown[]>): Promise<string> {
  try {
    return JSON.stringify(await ask());
  } catch (error) {
    if (isCatalogError(error)) return error.code;
    throw error;
  }
}

function entry(place: number): ModelEntry {
  return modelEntry(`model-${place}`, { labels: { shelf: `s${place % 7}` }, bytes: place * 1_000_003 });
}
