import { expect } from 'chai';
import type { Catalog } from '../../src/catalog.js';
import { isCatalogError } from '../../src/core/errors.js';
import { type FleetCollectionName, records } from '../../src/core/generation.js';
import { type Disk, run } from '../../src/disk/program.js';
import { SimulatedDisk } from '../../src/disk/simulated-disk.js';
import { describeStep } from '../../src/disk/steps.js';
import type { SyncOptions } from '../../src/fleet-session.js';
import { openCatalog } from '../../src/open-catalog.js';
import { type CrashExperiment, CrashExplorer } from '../../src/sim/index.js';
import { FleetCopy } from '../../src/stores/fleet-copy/fleet-copy.js';
import { fleetCollections } from '../../src/stores/fleet-store.js';
import { disturbed, systemError } from '../artifact-helpers.js';
import { withEachStep } from '../interrupt/disks.js';
import { MemoryFleet } from './memory-fleet.js';
import { fill, rootOf } from './nodes-world.js';

const root = rootOf('one');

/** A sync that something befalls: the disk before it, and the fleet that it follows, which is as it was each time it begins. */
export interface InterruptedSync {
  readonly disk: SimulatedDisk;
  /** The fleet that was followed before, by its lineage, and the one that is followed now. */
  readonly fleets: readonly MemoryFleet[];
  readonly options: SyncOptions;
  readonly begin: () => MemoryFleet;
  tried: number;
}

/** By the words of a scenario. */
export async function interruptedSync(words: string): Promise<InterruptedSync> {
  const disk = new SimulatedDisk({ root: ['/nodes', '/sources'] });
  disk.plant('/sources/weights', 'some weights');
  const before = new MemoryFleet();
  await fill(before, 'a, b, c', 'e');
  const node = await openCatalog({ root, disk: disk.process() });
  if (words !== 'the first sync of a node') await node.sync({ from: before, node: 'one' });
  await node.add('/sources/weights', { id: 'mine' });
  await node.close();
  const fleet = words === 'a sync that takes another history' ? new MemoryFleet() : before;
  await fill(fleet, 'b, d, d', 'f');
  await fleet.models.delete('b');
  const backup = fleet.backup();
  const begin = () => {
    fleet.restore(backup);
    return fleet;
  };
  return { disk: disk.crash('kept'), fleets: [before, fleet], options: { node: 'one', restart: before !== fleet }, begin, tried: 0 };
}

/** CAT-FLT-7010: kills the sync before each of its steps; what is left is judged as it is, and after a power cut. */
export async function killEachStep(interrupted: InterruptedSync): Promise<void> {
  for (let nth = 1; ; nth++) {
    const disk = interrupted.disk.crash('kept');
    const process = disk.process();
    let steps = 0;
    let armed = false;
    const dying = withEachStep(process, () => {
      if (armed && ++steps === nth) process.kill();
      return undefined;
    });
    const node = await openCatalog({ root, disk: dying });
    armed = true;
    await syncOn(node, interrupted).catch(() => {});
    await judgeBoth(interrupted, disk, `killed before step ${nth}`);
    if (steps < nth) return;
    interrupted.tried++;
  }
}

/** Lets each step of the sync fail once; gives what the trouble was called. */
export async function failEachStep(interrupted: InterruptedSync, error: string): Promise<Set<string>> {
  const codes = new Set<string>();
  for (let nth = 1; ; nth++) {
    const disk = interrupted.disk.crash('kept');
    const process = disk.process();
    let left = Number.POSITIVE_INFINITY;
    let failed: string | undefined;
    const failing = disturbed(process, (step) => {
      if (step.op === 'wait' || step.op === 'close' || --left !== 0) return;
      failed = describeStep(step);
      throw systemError(error);
    });
    const node = await openCatalog({ root, disk: failing });
    left = nth;
    codes.add(await syncOn(node, interrupted).then(() => 'done', codeOf));
    process.kill();
    await judgeBoth(interrupted, disk, `${failed} failed`);
    if (failed === undefined) return codes;
    interrupted.tried++;
  }
}

/** Goes through every disk that a power cut at any step may leave; the fleet stays as it is, so nothing is announced. */
export async function exploreSync(interrupted: InterruptedSync): Promise<CrashExplorer> {
  const explorer = new CrashExplorer({ depth: 1, exhaustUpTo: 8, samples: 40 });
  const silent = { ...interrupted, options: { ...interrupted.options, announce: false } };
  const disk = interrupted.disk.crash('kept');
  await syncOn(await openCatalog({ root, disk: disk.process() }), silent);
  await explorer.explore('sync', { ...experimentOf(silent), views: [await shown(disk.process())] });
  return explorer;
}

/** Whoever comes next finds a copy that may be there, and syncs. No reader is asked: what he saw a power cut may take back. */
function experimentOf(interrupted: InterruptedSync): CrashExperiment<Catalog> {
  return {
    disk: () => interrupted.disk.crash('kept'),
    prepare: (process) => openCatalog({ root, disk: process }),
    act: (node) => syncOn(node, interrupted),
    recover: async (process) => {
      await expectPossible(interrupted, process, 'after a power cut');
      const restart = (await copyOn(process).origin())?.lineage !== interrupted.fleets.at(-1)?.lineage;
      await syncOn(await openCatalog({ root, disk: process }), { ...interrupted, options: { ...interrupted.options, restart } });
      return shown(process);
    },
    unread: (name) => name.endsWith('.tmp') || name.endsWith('.lock'),
  };
}

async function syncOn(node: Catalog, { options, begin }: InterruptedSync): Promise<void> {
  await node.sync({ from: begin(), ...options });
  await node.close();
}

/** As it was left, and after a power cut; each time the fleet is what it was then. */
async function judgeBoth(interrupted: InterruptedSync, disk: SimulatedDisk, where: string): Promise<void> {
  const fleet = interrupted.fleets.at(-1);
  const told = fleet?.backup();
  for (const left of [disk.fork(), disk.crash()]) {
    if (told !== undefined) fleet?.restore(told);
    await judge(interrupted, left, where);
  }
}

/** Each part is the fleet of its history at its revision; and the next sync makes it that of now, and ends what was begun. */
async function judge(interrupted: InterruptedSync, disk: SimulatedDisk, where: string): Promise<void> {
  const process = disk.process();
  await expectPossible(interrupted, process, where);
  const fleet = interrupted.fleets.at(-1);
  const node = await openCatalog({ root, disk: process });
  await node.sync({ from: fleet, ...interrupted.options });
  for (const name of fleetCollections) expect(await node.fleet[name].list(), where).to.deep.equal(await fleet?.[name].list());
  expect((await node.where('mine')).nodes, where).to.have.length(1);
  await node.close();
  const names = [...disk.snapshotTree().keys()].filter((path) => path.startsWith(`${root}/fleet/`) && !path.includes('.lock'));
  expect(names, where).to.have.length(5);
}

async function expectPossible({ fleets, disk: before }: InterruptedSync, process: Disk, where: string): Promise<void> {
  const copy = copyOn(process);
  const origin = await copy.origin();
  if (origin === undefined) {
    expect(await copyOn(before.fork().process()).origin(), `${where}: a copy that was there is gone`).to.equal(undefined);
    return;
  }
  const fleet = fleets.find(({ lineage }) => lineage === origin.lineage);
  for (const name of fleetCollections) {
    const part = await copy.part(name);
    expect(part && [...records(part)], `${where}: ${name}`).to.deep.equal(fleet?.stateAt(name, part?.revision ?? -1));
  }
}

/** What a process is shown of the copy. */
async function shown(process: Disk): Promise<string> {
  const copy = copyOn(process);
  const origin = await copy.origin();
  if (origin === undefined) return 'none';
  const part = async (name: FleetCollectionName) => {
    const found = await copy.part(name);
    return found && [found.revision, ...records(found)];
  };
  return JSON.stringify([origin.lineage, await part('models'), await part('engines'), await part('holdings')]);
}

const copyOn = (disk: Disk): FleetCopy => new FleetCopy(root, (program) => run(program, disk));

function codeOf(error: unknown): string {
  if (isCatalogError(error)) return error.code;
  throw error;
}
