import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Catalog } from '../src/catalog.js';
import { admitted } from '../src/core/platform.js';
import { formatProfile, profileOf } from '../src/core/platform-profile.js';
import { contextOf, type Disk } from '../src/disk/program.js';
import { SimulatedDisk } from '../src/disk/simulated-disk.js';
import { migrateCatalog } from '../src/migrate.js';
import { openCatalog } from '../src/open-catalog.js';
import type { PlatformProbe } from '../src/platform/probe.js';
import type { FsCatalog } from '../src/stores/fs/fs-catalog.js';
import { HandlePaths } from '../support/interrupt/disks.js';
import { open, type What } from '../support/opened-stores.js';
import {
  allEvidence,
  honest,
  isWhat,
  openFor,
  type PlatformWorld,
  place,
  plant,
  probeOf,
  profilePath,
  summaryOf,
} from '../support/platform-world.js';

Then('all evidence that there can be is admitted by the table, and the same each time', function (this: PlatformWorld) {
  const asSuch = (value: string, ...good: string[]): string => (good.includes(value) ? value : 'Rejected');
  let count = 0;
  for (const evidence of allEvidence()) {
    const { store_path: path } = evidence;
    const frozen = JSON.stringify(path);
    const first = JSON.stringify(admitted(evidence));
    expect(JSON.parse(first)).to.deep.equal({
      store_lock: asSuch(path.lock_leaf_symlink_protection, 'AtomicNoFollow', 'BestEffortCheckThenOpen'),
      parent_dir_sync: asSuch(path.parent_dir_sync, 'UnixFsync', 'RenameOnly'),
      mmap_index: asSuch(path.mmap_index, 'FileBacked'),
      sealed_segment_mmap: asSuch(path.sealed_segment_mmap, 'FileBacked'),
    });
    expect(JSON.stringify(admitted({ host: evidence.host, store_path: JSON.parse(frozen) }))).to.equal(first);
    expect(JSON.stringify(path)).to.equal(frozen);
    count += 1;
  }
  expect(count).to.equal(3 * 4 * 4 * 5 * 4 * 4 * 4);
});

When('it is opened with that probe and written to', async function (this: PlatformWorld) {
  await this.attempt(async () => {
    const opened = await openFor(this, this.what, { place, disk: this.disk, platformProbe: this.probe });
    await opened.write('more');
  });
});

Then(/^that is PlatformAdmissionFailed, because of "(.+)" and (\w+)$/, function (this: PlatformWorld, capability: string, reason: string) {
  const { code, details } = this.takeRefusal();
  expect([code, details]).to.deep.equal(['PlatformAdmissionFailed', { capability, reason }]);
});

Then('opened with that probe to be read it shows what is there', async function (this: PlatformWorld) {
  const reader = await openFor(this, this.what, { place, disk: this.disk, platformProbe: this.probe, readOnly: true });
  expect(await reader.read()).to.deep.equal(['there']);
});

async function stepsOf(what: What, base: SimulatedDisk, probe: PlatformProbe): Promise<string[]> {
  const disk = base.fork();
  const steps: string[] = [];
  const paths = new HandlePaths();
  const traced: Disk = {
    ...contextOf(disk),
    perform: (step) => {
      steps.push(paths.describe(step));
      const result = disk.perform(step);
      paths.note(step, result);
      return result;
    },
  };
  const opened = await open(what, { place, disk: traced, platformProbe: probe });
  await opened.write('more');
  expect(await opened.read()).to.have.members(['there', 'more']);
  await opened.close();
  return steps;
}

Then('opened with that probe it does the same steps as with one that reports ObservedUnsupported', async function (this: PlatformWorld) {
  const mapped = await stepsOf(this.what, this.disk, this.probe);
  const rejected = await stepsOf(this.what, this.disk, probeOf(honest));
  expect(rejected).to.deep.equal(mapped);
  expect(rejected).to.not.be.empty;
});

Given('a simulated machine that syncs no directory', function (this: PlatformWorld) {
  this.disk = new SimulatedDisk({ profile: 'ntfs-like' });
});

Then(
  /^(a journal|a catalog of files|a catalog with journal) is refused there, and nothing is to be read of it$/,
  async function (this: PlatformWorld, what: string) {
    await this.attempt(async () => {
      const opened = await openFor(this, isWhat(what), { place, disk: this.disk });
      await opened.write('one');
    });
    const { code, details } = this.takeRefusal();
    expect([code, details]).to.deep.equal(['PlatformAdmissionFailed', { capability: 'parent directory sync', reason: 'RenameOnly' }]);
    const reader = await openFor(this, isWhat(what), { place, disk: this.disk, readOnly: true });
    expect(await reader.read()).to.deep.equal([]);
  },
);

When('a profile of that machine is pinned', function (this: PlatformWorld) {
  const evidence = { ...honest, store_path: { ...honest.store_path, parent_dir_sync: 'RenameOnly' as const } };
  plant(this.disk, profilePath, formatProfile(profileOf(summaryOf(evidence))));
});

Then(
  /^(a journal|a catalog of files|a catalog with journal) is written to and read, and a catalog says that what it keeps is durable weakly$/,
  async function (this: PlatformWorld, what: string) {
    const pinned = { place, disk: this.disk, platformProfilePath: profilePath };
    const opened = await openFor(this, isWhat(what), pinned);
    await opened.write('one');
    await opened.write('two');
    expect(await opened.read()).to.have.members(['one', 'two']);
    if (what !== 'a journal') expect(opened.durable).to.equal('weak');
    if (what !== 'a journal') expect(await opened.snapshotIsDurable()).to.equal(false);
    await opened.close();
    const again = await openFor(this, isWhat(what), { ...pinned, readOnly: true });
    expect(await again.read()).to.have.members(['one', 'two']);
  },
);

Given(
  /^(a catalog of files|a catalog with journal) on a simulated machine, with what a dead writer left$/,
  async function (this: PlatformWorld, what: string) {
    this.what = isWhat(what);
    this.disk = new SimulatedDisk();
    const opened = await open(this.what, { place, disk: this.disk });
    await opened.write('there');
    await opened.close();
    plant(this.disk, `${place}/root.json.${'T'.repeat(22)}.tmp`, '');
    plant(this.disk, '/model.gguf', 'GGUF');
  },
);

/** What each does that writes, besides a put. */
const doings: Readonly<Record<string, (world: PlatformWorld) => Promise<unknown>>> = {
  preparing: async (world) => (await catalogOf(world)).store,
  repairing: async (world) => (await catalogOf(world)).repair(),
  'adding to': async (world) => (await catalogOf(world)).add('/model.gguf', { id: 'more' }),
  moving: (world) =>
    migrateCatalog({
      root: place,
      disk: world.disk,
      platformProbe: world.probe,
      to: world.what === 'a catalog of files' ? 'journal' : 'fs',
    }),
};

async function catalogOf(world: PlatformWorld): Promise<Catalog> {
  const catalog = await openCatalog({ root: place, disk: world.disk, platformProbe: world.probe });
  world.onEnd(() => catalog.close());
  return catalog;
}

Then(
  /^opening it with that probe, (preparing|repairing|adding to|moving) it changes nothing and is PlatformAdmissionFailed$/,
  async function (this: PlatformWorld, doing: string) {
    const tree = (): string =>
      JSON.stringify([...this.disk.snapshotTree()].map(([path, entry]) => [path, entry.type, 'bytes' in entry && [...entry.bytes]]));
    const before = tree();
    await this.attempt(async () => {
      await doings[doing]?.(this);
      if (doing === 'preparing') await ((await catalogOf(this)).store as FsCatalog).prepare();
    });
    expect(this.takeRefusal().code).to.equal('PlatformAdmissionFailed');
    expect(tree()).to.equal(before);
  },
);
