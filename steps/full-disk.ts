import { existsSync, readdirSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Added } from '../src/add-model.js';
import type { Catalog } from '../src/catalog.js';
import type { CatalogError } from '../src/core/errors.js';
import type { ModelEntry } from '../src/core/records.js';
import { contextOf, type Disk } from '../src/disk/program.js';
import { SimulatedDisk } from '../src/disk/simulated-disk.js';
import type { FileSystemStatus, Handle, Step } from '../src/disk/steps.js';
import type { EvictReport } from '../src/evict-model.js';
import { migrateCatalog } from '../src/migrate.js';
import { type OpenCatalogOptions, openCatalog } from '../src/open-catalog.js';
import type { CrashExplorer } from '../src/sim/index.js';
import { JournalCatalog } from '../src/stores/journal/journal-catalog.js';
import { runCatalog } from '../support/cli.js';
import {
  entryAt,
  fill,
  fillAhead,
  home,
  kibibyte,
  leave,
  limitedDisk,
  mebibyte,
  reserve,
  reserveNames,
  root,
  saying,
  sources,
} from '../support/failing/limited-disk.js';
import { crashReserve, reserveWorks } from '../support/failing/reserve-crashes.js';
import { fillUp, makeRoom } from '../support/failing/small-file-system.js';
import { type CatalogWorld, modelEntry } from '../support/world.js';

type StoreName = 'fs' | 'journal';

interface FullWorld extends CatalogWorld {
  disk: SimulatedDisk;
  /** What a process of it sees. */
  seen: Disk;
  store: StoreName;
  catalog: Catalog;
  ids: readonly string[];
  reports: EvictReport[];
  refused: CatalogError | undefined;
  removed: boolean;
  added: Added | undefined;
  bytes: number;
  /** Bytes that were read of each source. */
  read: Map<string, number>;
  free: number;
  inode: number | undefined;
  tree: readonly (readonly [string, string])[];
  explorer: CrashExplorer;
  /** What a power cut would leave. */
  cut: SimulatedDisk | undefined;
}

const somebodys = `${home}/somebodys`;
const modelBytes = 20 * kibibyte;
const largeBytes = 2 * mebibyte;

// A disk that others use too

Given(
  /^a catalog of the (fs|journal) store with (\d+) models? (and their bytes|without bytes), on a disk of (\d+) MiB( without hard links)?$/,
  async function (this: FullWorld, store: StoreName, count: string, bytes: string, mebibytes: string, withoutLinks: string | null) {
    this.disk = limitedDisk(Number(mebibytes), { hardLinks: withoutLinks === null });
    this.seen = this.disk;
    await beginCatalog(this, store, Number(count), bytes === 'and their bytes');
  },
);

Given(
  /^a catalog of the fs store with 1 model without bytes, on a disk that shares blocks and says that (\d+) KiB of it are free$/,
  async function (this: FullWorld, free: string) {
    this.disk = new SimulatedDisk({ root: [home, sources], reflinks: true });
    this.seen = saying(this.disk, statusOf(Number(free) * kibibyte));
    await beginCatalog(this, 'fs', 1, false);
  },
);

Given(/^a disk of 8 MiB on which nothing can be done to the reserve, for (E\w+)$/, function (this: FullWorld, errno: string) {
  this.disk = limitedDisk(8);
  this.disk.fault({ path: /reserve/, kind: ['Open', 'Write', 'Sync', 'PersistTemp'], effect: errno, sticky: true });
});

Given('its reserve is gone', function (this: FullWorld) {
  this.disk.uproot(reserve);
});

Given(
  /^its reserve is (a symbolic link to a file|a second name of a file|a directory|a file of somebody)$/,
  function (this: FullWorld, what: string) {
    this.disk.uproot(reserve);
    this.disk.plant(somebodys, 'what somebody keeps');
    plantReserve[what]?.(this.disk);
  },
);

Given('its index lags behind', function (this: FullWorld) {
  const first = entryAt(this.disk, `${root}/generations/models/0/index.json`);
  if (first?.type !== 'file') return expect.fail('there is no first generation');
  this.disk.plant(`${root}/catalog.json`, first.bytes, 0o400);
});

Given('the disk cannot tell what is free', async function (this: FullWorld) {
  await this.catalog.close();
  this.catalog = await openOn(this, { disk: saying(this.disk, 'nothing') });
});

Given('a model of 300 KiB beside it', async function (this: FullWorld) {
  await this.catalog.put(large('large', 300 * kibibyte));
});

When('others fill the disk', function (this: FullWorld) {
  fill(this.disk);
});

When(/^others leave (\d+) KiB of the disk$/, function (this: FullWorld, kibibytes: string) {
  this.free = Number(kibibytes) * kibibyte;
  fill(this.disk, this.free);
});

When('others leave the disk', function (this: FullWorld) {
  leave(this.disk);
});

When('others leave the disk and a model is put', async function (this: FullWorld) {
  leave(this.disk);
  await this.catalog.put(modelEntry('later'));
  await this.catalog.close();
});

// Putting and removing

When('others fill the disk and a model is removed, over and over', async function (this: FullWorld) {
  await this.attempt(() => removeEach(this, this.ids));
});

When('others fill the disk and a model is removed by another process', async function (this: FullWorld) {
  fill(this.disk);
  this.catalog = await openOn(this, { disk: this.disk.process() });
  this.ids = this.ids.slice(0, 1);
  this.reports = [await this.catalog.evict(this.ids[0] ?? '')];
});

When('a model is removed by another process', async function (this: FullWorld) {
  const catalog = await openOn(this, { disk: this.disk.process() });
  expect(await catalog.delete(this.ids[0] ?? '')).to.equal(true);
});

When('a large model is put', async function (this: FullWorld) {
  await this.attempt(() => this.catalog.put(large('large')));
});

When('a large model is put and a model is removed in one turn', async function (this: FullWorld) {
  const { models } = this.catalog.store;
  const put = this.attempt(() => models.put(large('large')));
  this.removed = await models.delete(this.ids[0] ?? '');
  await put;
});

When(/^(\d+) models are put$/, async function (this: FullWorld, count: string) {
  this.inode = entryAt(this.disk, reserve)?.inode;
  for (let nth = 0; nth < Number(count); nth++) await this.catalog.put(modelEntry(`more-${nth}`));
  await this.catalog.close();
});

When(/^models of 300 KiB are put, (\d+) of them$/, async function (this: FullWorld, count: string) {
  for (let nth = 0; nth < Number(count); nth++) await this.catalog.put(large(`large-${nth}`, 300 * kibibyte));
  await this.catalog.close();
});

When(/^models are put to the (fs|journal) store$/, async function (this: FullWorld, store: StoreName) {
  this.seen = this.disk;
  await beginCatalog(this, store, 3, false);
});

When(/^the first model is put to the (fs|journal) store on a disk of 8 MiB$/, async function (this: FullWorld, store: StoreName) {
  this.disk = limitedDisk(8);
  this.seen = tellingBefore(this.disk, (step) => {
    if (step.op === 'open' && step.path.startsWith(`${reserve}.`)) this.cut ??= this.disk.crash();
  });
  await beginCatalog(this, store, 1, false);
});

When('it is moved to the journal store', async function (this: FullWorld) {
  await this.catalog.close();
  await migrateCatalog({ root, to: 'journal', disk: this.disk });
  this.catalog = await openOn(this, { disk: this.disk.process() });
});

When('a writer has died while it made the reserve', function (this: FullWorld) {
  this.disk.plant(`${reserve}.${'T'.repeat(22)}.tmp`, 'catalog-core/res');
});

When('a process opens the catalog to write', async function (this: FullWorld) {
  await openOn(this, { disk: this.disk.process() });
});

Then(/^each was removed( with its bytes)?, and nothing else$/, async function (this: FullWorld, bytes: string | null) {
  for (const report of this.reports) {
    expect(report).to.deep.include({ removed: true, errors: [] });
    expect(report.bytes_reclaimed).to.equal(bytes === null ? 0 : modelBytes);
  }
  const gone = this.reports.map(({ id }) => id);
  expect(gone).to.deep.equal(this.ids);
  for (const id of gone) expect(await this.catalog.get(id)).to.equal(undefined);
});

Then(/^there is (?:a reserve of (\d+) MiB|no reserve)$/, async function (this: FullWorld, mebibytes: string | null) {
  const entry = entryAt(this.disk, reserve);
  expect(entry && { size: entry.type === 'file' && entry.bytes.byteLength, mode: entry.mode }).to.deep.equal(
    mebibytes === null ? undefined : { size: Number(mebibytes) * mebibyte, mode: 0o600 },
  );
});

Then('that is refused with NoSpace', function (this: FullWorld) {
  expect(this.takeRefusal().code).to.equal('NoSpace');
});

Then('the put is refused with NoSpace, and the removal is done', async function (this: FullWorld) {
  expect(this.takeRefusal().code).to.equal('NoSpace');
  expect(this.removed).to.equal(true);
  expect((await this.catalog.list()).map(({ id }) => id)).to.deep.equal(this.ids.slice(1));
});

Then('fewer generations are left than are kept, and of the other index one or more', function (this: FullWorld) {
  expect(generations(this.disk, 'models').length).to.be.within(1, 7);
  expect(generations(this.disk, 'engines').length).to.be.at.least(1);
});

Then('one generation is left of each index, and the catalog is whole', async function (this: FullWorld) {
  for (const collection of ['models', 'engines']) expect(generations(this.disk, collection)).to.have.length(1);
  const catalog = await openOn(this, { disk: this.disk.process(), readOnly: true });
  expect((await catalog.list()).map(({ id }) => id)).to.deep.equal(['large', ...this.ids]);
});

Then('a power cut before the first byte of the reserve leaves that model', async function (this: FullWorld) {
  const left = this.cut ?? expect.fail('no reserve was made');
  const catalog = await openOn(this, { disk: left });
  expect((await catalog.list()).map(({ id }) => id)).to.deep.equal(this.ids);
});

Then('they are there, and no reserve nor a part of one', async function (this: FullWorld) {
  expect((await this.catalog.list()).map(({ id }) => id)).to.deep.equal(this.ids);
  await this.catalog.close();
  expect(reserveNames(this.disk)).to.deep.equal([]);
});

Then('the reserve is the same file as before', function (this: FullWorld) {
  expect(this.inode).to.be.a('number');
  expect(entryAt(this.disk, reserve)?.inode).to.equal(this.inode);
});

Then(
  /^it is still (a symbolic link to a file|a second name of a file|a directory|a file of somebody), and what is behind it is as it was$/,
  function (this: FullWorld, what: string) {
    const other = new SimulatedDisk({ root: [home, root] }).plant(somebodys, 'what somebody keeps');
    plantReserve[what]?.(other);
    const shape = (disk: SimulatedDisk) => {
      const entry = entryAt(disk, reserve);
      const content = entry?.type === 'file' ? Buffer.from(entry.bytes).toString() : entry?.type === 'symlink' ? entry.target : '';
      const isSecond = entry?.inode === entryAt(disk, somebodys)?.inode;
      return [entry?.type, content, isSecond, Buffer.from(disk.bytesAt(somebodys)).toString()];
    };
    expect(shape(this.disk)).to.deep.equal(shape(other));
  },
);

Then(/^the doctor tells of (nothing|"reserve-not-ours"|"temp-left") for the reserve$/, async function (this: FullWorld, id: string) {
  const catalog = await openOn(this, { disk: this.disk.process(), readOnly: true });
  const { findings } = await catalog.doctor();
  const about = findings.filter(({ message }) => message.includes(reserve));
  expect(about.map((finding) => finding.id)).to.deep.equal(id === 'nothing' ? [] : [JSON.parse(id)]);
  expect(findings.filter(({ severity }) => severity === 'error')).to.deep.equal([]);
});

Then('no part of a reserve is left', function (this: FullWorld) {
  expect(reserveNames(this.disk)).to.deep.equal(['reserve']);
});

Then('a copy of the catalog has none before it is written to', async function (this: FullWorld) {
  const { store } = this.catalog;
  if (!(store instanceof JournalCatalog)) return expect.fail('it is not a journal');
  await store.copyTo(`${home}/copy`);
  expect([...this.disk.snapshotTree().keys()].filter((path) => path.startsWith(`${home}/copy/reserve`))).to.deep.equal([]);
  const copy = await openCatalog({ root: `${home}/copy`, disk: this.disk.process() });
  expect((await copy.list()).length).to.equal(this.ids.length);
  await copy.put(modelEntry('in the copy'));
  await copy.close();
  expect(entryAt(this.disk, `${home}/copy/reserve`)?.type).to.equal('file');
});

// Power cuts

When(/^the power is cut at every step of (.*), and at every step of the recovery$/, async function (this: FullWorld, work: string) {
  this.explorer = await crashReserve(reserveWorks[work] ?? expect.fail(`${work} is not known`));
});

Then(/^nothing that was promised was broken, on at least (\d+) disks$/, function (this: FullWorld, least: string) {
  expect(this.explorer.failures).to.deep.equal([]);
  expect(this.explorer.refused).to.deep.equal({});
  expect(this.explorer.states.size).to.be.at.least(Number(least));
});

// A file system of its own

Given(
  /^a catalog of the (fs|journal) store with (\d+) models and their bytes on it$/,
  async function (this: FullWorld, store: StoreName, count: string) {
    this.catalog = await this.openCatalog({ store });
    this.ids = idsOf(Number(count));
    for (const [nth, id] of this.ids.entries()) {
      const source = join(await this.folder(), `${id}.gguf`);
      await writeFile(source, Buffer.alloc(modelBytes, nth + 1));
      await this.catalog.add(source, { id, mode: 'copy' });
    }
  },
);

When('others fill it and a model is removed by a call and by a command in turn, over and over', async function (this: FullWorld) {
  const [folder, place] = [await this.folder(), await this.root()];
  for (const [nth, id] of this.ids.entries()) {
    fillUp(join(folder, `others-${nth}`));
    if (nth % 2 === 0) {
      expect(await this.catalog.evict(id)).to.deep.include({ removed: true, errors: [], bytes_reclaimed: modelBytes });
      continue;
    }
    const { exitCode, stderr } = await runCatalog(['rm', id, '--yes', '--root', place], { cwd: folder });
    expect([exitCode, stderr]).to.deep.equal([0, '']);
  }
});

When('others leave it and a model is put', async function (this: FullWorld) {
  for (const nth of this.ids.keys()) makeRoom(join(await this.folder(), `others-${nth}`));
  await this.catalog.put(modelEntry('later'));
  await this.catalog.close();
});

Then('no model and no blob is left', async function (this: FullWorld) {
  expect(await this.catalog.list()).to.deep.equal([]);
  const blobs = join(await this.root(), 'blobs');
  const left = existsSync(blobs) ? readdirSync(blobs, { recursive: true, withFileTypes: true }).filter((found) => found.isFile()) : [];
  expect(left).to.deep.equal([]);
});

Then('its reserve takes up 1 MiB and is private', async function (this: FullWorld) {
  const found = statSync(join(await this.root(), 'reserve'));
  expect([found.size, found.blocks * 512, found.mode & 0o777]).to.deep.equal([mebibyte, mebibyte, 0o600]);
});

// Room for what is added

Given(
  /^a source of (one file|three files) of (\d+) KiB(, two of which the catalog has)?$/,
  async function (this: FullWorld, files: string, kibibytes: string, known: string | null) {
    this.bytes = Number(kibibytes) * kibibyte;
    const names = files === 'one file' ? ['1.gguf'] : ['1.gguf', '2.gguf', '3.gguf'];
    for (const [nth, name] of names.entries()) this.disk.plant(`${sources}/${name}`, new Uint8Array(this.bytes).fill(nth + 1));
    if (known === null) return;
    for (const name of ['2.gguf', '3.gguf']) await this.catalog.add(`${sources}/${name}`, { id: name, mode: 'copy' });
  },
);

When(
  /^that source is added by (copy|auto|link|reference)$/,
  async function (this: FullWorld, mode: 'copy' | 'auto' | 'link' | 'reference') {
    this.tree = shapeOf(this.disk);
    this.read = new Map();
    this.added = await this.attempt(() => addSource(this, mode));
  },
);

Then(
  /^it is refused with NoSpace, (\d+) KiB and a margin being needed, and what is free told$/,
  function (this: FullWorld, kibibytes: string) {
    const { code, details } = this.takeRefusal();
    expect(code).to.equal('NoSpace');
    expect(Object.keys(details)).to.have.members(['needed', 'free']);
    expect(details.free).to.equal(this.free);
    const margin = Number(details.needed) - Number(kibibytes) * kibibyte;
    expect(margin).to.be.within(64 * kibibyte, 66 * kibibyte);
  },
);

Then('not a byte was written, and nothing has changed', function (this: FullWorld) {
  expect(shapeOf(this.disk)).to.deep.equal(this.tree);
});

Then(/^that source can be added by (copy|auto)$/, async function (this: FullWorld, mode: 'copy' | 'auto') {
  const { entry } = await addSource(this, mode);
  expect((await this.catalog.verify(entry.id)).kind).to.equal('pass');
});

Then(/^it is there by (\w+)$/, async function (this: FullWorld, mode: string) {
  expect(this.added?.mode).to.equal(mode);
  expect((await this.catalog.verify(this.added?.entry.id ?? '')).kind).to.equal('pass');
});

Then('what the catalog has was read once, what is new once more, and no more than a header besides', function (this: FullWorld) {
  const times = [...this.read].map(([name, bytes]) => [name, Math.floor(bytes / this.bytes)]);
  expect(Object.fromEntries(times)).to.deep.equal({ '1.gguf': 2, '2.gguf': 1, '3.gguf': 1 });
});

const plantReserve: Readonly<Record<string, (disk: SimulatedDisk) => unknown>> = {
  'a symbolic link to a file': (disk) => disk.perform({ op: 'symlink', kind: 'Link', target: somebodys, path: reserve }),
  'a second name of a file': (disk) => disk.perform({ op: 'link', kind: 'Link', from: somebodys, to: reserve }),
  'a directory': (disk) => disk.plantDirectory(reserve),
  'a file of somebody': (disk) => disk.plant(reserve, 'mine'),
};

const statusOf = (freeBytes: number): FileSystemStatus => ({ type: 0, freeBytes, totalBytes: 2 * freeBytes });

function idsOf(count: number): string[] {
  return Array.from({ length: count }, (_, nth) => `m${String(nth).padStart(2, '0')}`);
}

function large(id: string, bytes = largeBytes): ModelEntry {
  return modelEntry(id, { metadata: { warnings: ['x'.repeat(bytes)] } });
}

function generations(disk: SimulatedDisk, collection: string): string[] {
  return [...disk.snapshotTree().keys()].filter((path) => path.startsWith(`${root}/generations/${collection}/`));
}

async function beginCatalog(world: FullWorld, store: StoreName, count: number, withBytes: boolean): Promise<void> {
  world.store = store;
  world.ids = idsOf(count);
  world.reports = [];
  world.catalog = await openOn(world, { store });
  for (const [nth, id] of world.ids.entries()) {
    if (!withBytes) await world.catalog.put(modelEntry(id));
    else {
      world.disk.plant(`${sources}/${id}.gguf`, new Uint8Array(modelBytes).fill(nth + 1));
      await world.catalog.add(`${sources}/${id}.gguf`, { id, mode: 'copy' });
    }
  }
}

async function openOn(world: FullWorld, options: OpenCatalogOptions = {}): Promise<Catalog> {
  const disk = options.disk ?? countingReads(world, world.seen);
  const catalog = await openCatalog({ root, ...options, disk });
  world.onEnd(() => catalog.close());
  return catalog;
}

async function removeEach(world: FullWorld, ids: readonly string[]): Promise<void> {
  fillAhead(world.disk);
  for (const id of ids) {
    fill(world.disk);
    world.reports.push(await world.catalog.evict(id));
  }
}

function addSource(world: FullWorld, mode: 'copy' | 'auto' | 'link' | 'reference'): Promise<Added> {
  const isOne = !world.disk.snapshotTree().has(`${sources}/2.gguf`);
  return world.catalog.addWithReport(isOne ? `${sources}/1.gguf` : sources, { id: 'added', mode });
}

/** All names and bytes, and what the lock says apart, which is for people. */
function shapeOf(disk: SimulatedDisk): (readonly [string, string])[] {
  return [...disk.snapshotTree()]
    .filter(([path, { type }]) => type !== 'directory' && !path.endsWith('.lock'))
    .map(([path, entry]) => [path, entry.type === 'file' ? Buffer.from(entry.bytes).toString('base64') : ''] as const);
}

function tellingBefore(disk: Disk, tell: (step: Step) => void): Disk {
  return {
    ...contextOf(disk),
    perform(step) {
      tell(step);
      return disk.perform(step);
    },
  };
}

function countingReads(world: FullWorld, disk: Disk): Disk {
  const names = new Map<Handle, string>();
  return {
    ...contextOf(disk),
    perform(step) {
      const answer = disk.perform(step);
      if (step.op === 'open' && step.path.startsWith(`${sources}/`)) names.set(answer as Handle, step.path.slice(sources.length + 1));
      if (step.op === 'close') names.delete(step.handle);
      const name = step.op === 'read' ? names.get(step.handle) : undefined;
      if (name !== undefined) world.read?.set(name, (world.read.get(name) ?? 0) + (answer as number));
      return answer;
    },
  };
}
