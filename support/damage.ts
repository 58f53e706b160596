import { chmod, lstat, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import type { CollectionName } from '../src/core/generation.js';
import type { Disk } from '../src/disk/program.js';
import { SimulatedDisk } from '../src/disk/simulated-disk.js';
import type { Versioned } from '../src/index.js';
import { FsCatalog } from '../src/stores/fs/fs-catalog.js';
import { seeded, sha256, simulatedRoot } from './artifact-helpers.js';
import { withEachStep } from './interrupt/disks.js';
import { engineEntry, modelEntry } from './model-entry.js';

export const indexNames: Readonly<Record<CollectionName, string>> = { models: 'catalog.json', engines: 'engines.json' };

const lastLineBytes = 88;

/** What a damaged file held when it was damaged. */
export interface Damaged {
  readonly path: string;
  readonly bytes: Buffer;
}

/** The records of an index after each of its first revisions. */
export type Contents = Readonly<Record<CollectionName, readonly (readonly Versioned<{ id: string }>[])[]>>;

/** Four revisions of models and two of engines; gives what each revision held. */
export async function filled(store: FsCatalog): Promise<Contents> {
  const models: (readonly Versioned<{ id: string }>[])[] = [[]];
  const engines: (readonly Versioned<{ id: string }>[])[] = [[]];
  for (const [place, id] of ['a', 'b', 'c', 'b'].entries()) {
    await store.models.put(modelEntry(id, { name: `${id} ${place}` }));
    models.push(await store.models.list());
  }
  for (const id of ['e', 'f']) {
    await store.engines.put(engineEntry(id));
    engines.push(await store.engines.list());
  }
  return { models, engines };
}

const otherBytes: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  emptied: () => Buffer.alloc(0),
  'cut in half': (bytes) => bytes.subarray(0, bytes.byteLength >> 1),
  'filled with NUL': (bytes) => Buffer.alloc(bytes.byteLength),
  'overwritten with garbage': (bytes) => Buffer.alloc(bytes.byteLength, 'garbage \u0007 {"'),
};

export async function newestPath(root: string, collection: CollectionName): Promise<string> {
  const folder = join(root, 'generations', collection);
  const numbers = (await readdir(folder)).map(Number).sort((a, b) => a - b);
  return join(folder, String(numbers.at(-1)));
}

/** The same index as a newer version would write it, with a checksum that fits. */
export function newerIndex(bytes: string): string {
  const body = bytes.slice(0, -lastLineBytes).replace('"version":1', '"version":2');
  return `${body}],"checksum":"${sha256(body)}"}\n`;
}

/** Harms one file; `in place` harms every other name of it too. Gives what is left under the name, if anything is. */
export async function harmed(path: string, how: string): Promise<Damaged | undefined> {
  const bytes = await readFile(path);
  const damage = otherBytes[how.replace(' in place', '')];
  if (!how.endsWith(' in place')) await rm(path);
  if (how === 'removed') return undefined;
  if (how === 'replaced by a folder') {
    await mkdir(path);
    return undefined;
  }
  if (damage === undefined) return expect.fail(how);
  if (how.endsWith(' in place')) await chmod(path, 0o600);
  await writeFile(path, damage(bytes), { mode: 0o600 });
  await chmod(path, 0o400);
  return { path, bytes: damage(bytes) };
}

/** Every file under a root that is no lock, with what tells whether it was touched. */
export async function touchesUnder(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const { ino, size, mtimeMs, ctimeMs } = await lstat(path);
    if (entry.isFile() && !entry.name.endsWith('.lock')) found[path] = [ino, size, mtimeMs, ctimeMs].join(' ');
  }
  return found;
}

/** A whole catalog on a simulated disk, all of it durable, and what it held at each revision. */
export async function simulatedCatalog(): Promise<{ readonly disk: SimulatedDisk; readonly contents: Contents }> {
  const disk = new SimulatedDisk({ root: ['/home/user'], chunkBytes: 4096 });
  const store = await openSimulated(disk, 'preparation');
  const contents = await filled(store);
  await store.close();
  return { disk: disk.crash('kept'), contents };
}

export function openSimulated(disk: Disk, seed: string): Promise<FsCatalog> {
  return FsCatalog.open({ root: simulatedRoot, disk, random: seeded(seed), clock: () => Date.UTC(2026, 0, 2), lockTimeoutMs: 20 });
}

/** By the words of a scenario: what befalls the models of a catalog on a simulated disk. */
export const simulatedDamages: Readonly<Record<string, (disk: SimulatedDisk) => void>> = {
  'the newest generation and the index are damaged': (disk) => {
    disk.plant(join(simulatedRoot, 'generations/models/4'), 'garbage', 0o400).plant(join(simulatedRoot, 'catalog.json'), 'garbage', 0o400);
  },
  'the newest generation is gone': (disk) => {
    disk.uproot(join(simulatedRoot, 'generations/models/4'));
  },
  'all generations are gone': (disk) => {
    for (const path of disk.snapshotTree().keys()) if (/\/generations\/models\/\d+$/.test(path)) disk.uproot(path);
  },
};

/** A repair that stands still before its n-th step. */
export async function repairStoppedBefore(disk: SimulatedDisk, step: number): Promise<{ readonly wasStopped: boolean; kill(): void }> {
  const process = disk.process();
  const store = await openSimulated(process, 'opener');
  await store.close();
  let [steps, isCounting] = [0, false];
  let reached: () => void = () => {};
  const stop = new Promise<'stopped'>((resolve) => {
    reached = () => resolve('stopped');
  });
  const stopping = withEachStep(process, () => {
    if (!isCounting || ++steps < step) return undefined;
    reached();
    return new Promise<never>(() => {});
  });
  const repairer = await openSimulated(stopping, 'repairer');
  isCounting = true;
  const outcome = await Promise.race([stop, repairer.repair()]);
  return { wasStopped: outcome === 'stopped', kill: () => process.kill() };
}

/** A repair of what a crash left gives the content, changes nothing under a number that is there, and makes the next write work. */
export async function expectRepairs(disk: SimulatedDisk, content: readonly unknown[]): Promise<void> {
  const before = generationsOn(disk);
  const store = await openSimulated(disk.process(), 'next repairer');
  await store.repair();
  expect(await store.models.list()).to.deep.equal(content);
  const after = generationsOn(disk);
  for (const [path, bytes] of before) expect(after.get(path), path).to.equal(bytes);
  const again = await store.repair();
  expect(again.changed).to.equal(false);
  const written = await store.models.put(modelEntry('later'));
  expect(written.revision).to.equal(Math.max(...[...after.keys()].map((path) => Number(path.split('/').at(-1)))) + 1);
  await store.close();
  expect([...disk.snapshotTree().keys()].filter((path) => /\.tmp/.test(path))).to.deep.equal([]);
}

function generationsOn(disk: SimulatedDisk): Map<string, string> {
  const found = new Map<string, string>();
  for (const [path, entry] of disk.snapshotTree()) {
    if (/\/generations\/models\/\d+$/.test(path) && entry.type === 'file')
      found.set(path, Buffer.from(disk.bytesAt(path)).toString('base64'));
  }
  return found;
}
