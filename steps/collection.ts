import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DataTable, Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Keeper } from '../src/core/keepers.js';
import { blobPath, modelFolder } from '../src/core/model-layout.js';
import { RealDisk } from '../src/disk/real-disk.js';
import type { SimulatedDisk } from '../src/disk/simulated-disk.js';
import type { Fetcher } from '../src/fetch/fetcher.js';
import type { GcOptions, GcReport } from '../src/gc-report.js';
import type { Lease } from '../src/lease-model.js';
import { filesBelow } from '../support/artifact-folders.js';
import {
  expectWhole,
  interleave,
  interleaveTwice,
  namesBelow,
  openOn,
  sha256,
  simulatedRoot,
  type stopOn,
} from '../support/artifact-helpers.js';
import { interleavedScene } from '../support/artifact-scenes.js';
import { withEachStep } from '../support/interrupt/disks.js';
import { withoutKernelLock } from '../support/sweep/handicaps.js';
import { blobOf } from './artifacts.js';
import { type ModelWorld, sourcePath, writeSource } from './catalog.js';

interface CollectionWorld extends ModelWorld {
  lease: Lease | undefined;
  epochs: number[];
  collected: GcReport | undefined;
  collections: GcReport[];
  planned: GcReport | undefined;
  left: string;
  simulated: SimulatedDisk;
  stopped: Awaited<ReturnType<typeof stopOn>>;
  interleaved: number;
  present: readonly string[][];
  underWay: Promise<unknown>;
  letGo: () => void;
}

const units: Readonly<Record<string, number>> = { s: 1000, min: 60_000, h: 3_600_000 };

// Pins and leases

When(/^"([^"]*)" is pinned for "([^"]*)"$/, async function (this: CollectionWorld, id: string, reason: string) {
  await this.catalog.pin(id, reason);
});

Given(/^"([^"]*)" is unpinned$/, async function (this: CollectionWorld, id: string) {
  await this.catalog.unpin(id);
});

Then(/^its pins are "([^"]*)" and "([^"]*)", each since now$/, async function (this: CollectionWorld, one: string, other: string) {
  const { pins = [] } = (await this.catalog.get('m')) ?? expect.fail();
  expect(pins.map(({ reason }) => reason)).to.deep.equal([one, other]);
  for (const { since } of pins) expect(Date.parse(since)).to.be.within(Date.now() - 60_000, Date.now());
});

When(/^(pinning|unpinning|leasing) "([^"]*)" is tried$/, async function (this: CollectionWorld, what: string, id: string) {
  const ways: Readonly<Record<string, () => Promise<unknown>>> = {
    pinning: () => this.catalog.pin(id, 'a demo'),
    unpinning: () => this.catalog.unpin(id),
    leasing: () => this.catalog.lease(id, { holder: 'a reader', ttlMs: 1000 }),
  };
  await this.attempt(async () => void (await ways[what]?.()));
});

When(/^"([^"]*)" is leased by "([^"]*)" for (\d+) s$/, async function (this: CollectionWorld, id: string, holder: string, seconds: string) {
  this.lease = await this.catalog.lease(id, { holder, ttlMs: Number(seconds) * 1000 });
  expect([this.lease.id, this.lease.holder]).to.deep.equal([id, holder]);
});

When(/^"([^"]*)" is leased with (\{.*\})$/, async function (this: CollectionWorld, id: string, options: string) {
  await this.attempt(async () => void (await this.catalog.lease(id, JSON.parse(options))));
});

When(/^the lease is renewed for (\d+) s$/, async function (this: CollectionWorld, seconds: string) {
  const before = this.lease?.expires_at;
  await this.lease?.renew(Number(seconds) * 1000);
  expect(Date.parse(this.lease?.expires_at ?? '')).to.be.greaterThan(Date.parse(before ?? ''));
});

When('the lease is released', async function (this: CollectionWorld) {
  await this.lease?.release();
});

When(
  '{string} is leased {int} times, and released each time while it is renewed',
  async function (this: CollectionWorld, id: string, times: number) {
    for (let time = 0; time < times; time++) {
      const lease = await this.catalog.lease(id, { holder: 'a reader', ttlMs: 60_000 });
      await Promise.all([lease.renew(60_000), lease.release()]);
    }
  },
);

When('the file of that lease is cut off', async function (this: CollectionWorld) {
  const folder = join(await this.root(), 'leases');
  for (const name of readdirSync(folder)) truncateSync(join(folder, name), 20);
});

When(/^(\d+) (s|min|h) have gone by$/, function (this: CollectionWorld, count: string, unit: string) {
  this.aheadMs = (this.aheadMs ?? 0) + Number(count) * (units[unit] ?? Number.NaN);
});

Then(/^the catalog refuses it with InUse, and names "([^"]*)" and when its lease ends$/, function (this: CollectionWorld, holder: string) {
  const { code, details, message } = this.takeRefusal();
  expect([code, details]).to.deep.equal(['InUse', { leases: [{ holder, expires_at: this.lease?.expires_at }] }]);
  expect(message).to.include(holder).and.to.include(this.lease?.expires_at);
});

Then(/^the lease cannot be renewed: (\w+)$/, async function (this: CollectionWorld, code: string) {
  await this.attempt(async () => void (await this.lease?.renew(60_000)));
  expect(this.takeRefusal().code).to.equal(code);
});

Then('nothing is left in leases', async function (this: CollectionWorld) {
  const folder = join(await this.root(), 'leases');
  expect(existsSync(folder) ? readdirSync(folder) : []).to.deep.equal([]);
});

When(
  /^"([^"]*)" is leased (\d+) times, by 2 handles, and released each time$/,
  async function (this: CollectionWorld, id: string, times: string) {
    const handles = [this.catalog, await this.openCatalog({})];
    this.epochs = [];
    for (let time = 0; time < Number(times); time++) {
      const lease = await handles[time % 2]?.lease(id, { holder: `reader ${time}`, ttlMs: 1000 });
      this.epochs.push(lease?.epoch ?? Number.NaN);
      await lease?.release();
    }
  },
);

Then('each epoch is greater than the one before it', function (this: CollectionWorld) {
  for (const [place, epoch] of this.epochs.entries()) expect(epoch).to.be.greaterThan(this.epochs[place - 1] ?? 0);
});

// Collecting

Given(/^a catalog over the fs store, and (.*) in it$/, async function (this: CollectionWorld, what: string) {
  this.aheadMs = 0;
  this.catalog = await this.openCatalog({ clock: () => Date.now() + (this.aheadMs ?? 0) });
  await this.catalog.add(await writeSource(this, 'kept.gguf', 'kept weights'), { id: 'kept' });
  const root = await this.root();
  const token = 'T'.repeat(22);
  const hex = sha256('weights in the trash').slice('sha256:'.length);
  const put = (path: string, text: string): void => {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text, { mode: 0o600 });
    this.left = path;
  };
  const many = /^(\d+) blobs that nothing reaches$/.exec(what)?.[1];
  if (many !== undefined) {
    for (let number = 0; number < Number(many); number++) put(blobPath(sha256(`blob ${number}`)), `blob ${number}`);
    return;
  }
  const ways: Readonly<Record<string, () => unknown>> = {
    'a blob that nothing reaches': () => put(blobPath(sha256('a blob')), 'a blob'),
    'bytes of a killed add': () => put(`ingest/${token}`, 'half of a model'),
    'a folder of a killed fetch': () => {
      put(`ingest/${token}.live`, '');
      put(`ingest/${token}/deep/model.gguf`, 'half of a model');
    },
    'a blob in the trash': () => put(`trash/${token}-${hex}`, 'weights in the trash'),
    'links of an entry that is not there': async () => {
      await this.catalog.add(await writeSource(this, 'gone.gguf', 'kept weights'), { id: 'gone' });
      await this.catalog.store.models.delete('gone');
    },
    'a damaged blob in quarantine': async () => {
      const path = join(root, blobPath(sha256('kept weights')));
      rmSync(path);
      writeFileSync(path, 'KEPT weights');
      await this.catalog.verify('kept');
      await this.catalog.add(join(await this.folder(), 'sources', 'kept.gguf'), { id: 'kept' });
      expect(filesBelow(join(root, 'quarantine'))).to.have.length(2);
    },
  };
  const way = ways[what] ?? expect.fail(what);
  await way();
});

Given(/^files of somebody else in (.*)$/, async function (this: CollectionWorld, folders: string) {
  const root = await this.root();
  for (const folder of folders.split(/, | and /)) {
    mkdirSync(join(root, folder, 'mine'), { recursive: true });
    for (const name of ['notes.txt', 'mine/weights.gguf']) {
      // What lies in ingest is of adds, whatever it is called.
      if (folder !== 'ingest') writeFileSync(join(root, folder, name), 'somebody else wrote this');
    }
  }
  const foreign = join(root, modelFolder('not ours'));
  mkdirSync(foreign, { recursive: true });
  writeFileSync(join(foreign, 'weights.gguf'), 'somebody else wrote this');
  mkdirSync(join(root, 'blobs/sha256/ab'), { recursive: true });
  writeFileSync(join(root, 'blobs/sha256/ab/README'), 'somebody else wrote this');
});

Then('the files of somebody else are there', async function (this: CollectionWorld) {
  const root = await this.root();
  const texts = ['blobs', 'models', 'trash'].flatMap((folder) => filesBelow(join(root, folder)));
  expect(texts.filter((path) => /notes\.txt|mine\/weights\.gguf|README|weights\.gguf/.test(path))).to.have.length(8);
});

When('garbage is collected', async function (this: CollectionWorld) {
  this.collected = await this.catalog.gc();
});

When('garbage is collected, quarantine too', async function (this: CollectionWorld) {
  this.collected = await this.catalog.gc({ quarantine: true });
});

When('what would be collected is asked for', async function (this: CollectionWorld) {
  this.collected = this.planned = await this.catalog.gc({ dryRun: true });
  expect(this.planned).to.include({ dry_run: true, complete: true });
});

When(/^garbage is collected with (\{.*\})$/, async function (this: CollectionWorld, options: string) {
  this.collected = await this.attempt(() => this.catalog.gc(JSON.parse(options)));
});

Then(/^nothing was removed of (\w+)$/, async function (this: CollectionWorld, folder: string) {
  const folderPath = join(await this.root(), folder);
  const isDry = this.collected?.dry_run;
  if (!isDry) expect(this.collected).to.include({ removed: 0, bytes_reclaimed: 0, complete: true });
  expect(filesBelow(folderPath)).to.not.be.empty;
});

Then(/^its plan is (.*), because (.*)$/, function (this: CollectionWorld, paths: string, reason: string) {
  const { plan, errors, removed } = this.collected ?? expect.fail();
  const forms = paths
    .split(' and ')
    .map(
      (path) =>
        new RegExp(
          `^${path.replace('<xx>', '..').replace('<hex>', '[0-9a-f]{64}').replace('<token>', 'T{22}').replace('<key>', '[0-9a-f]{16}')}$`,
        ),
    );
  expect(errors).to.deep.equal([]);
  expect([plan.length, removed]).to.deep.equal([forms.length, forms.length]);
  for (const [place, one] of plan.entries()) {
    expect(one.path).to.match(forms[place] ?? expect.fail());
    expect(one.reason).to.equal(reason);
  }
});

Then('it did what was planned', function (this: CollectionWorld) {
  const [{ plan, removed, bytes_reclaimed } = expect.fail(), planned = expect.fail()] = [this.collected, this.planned];
  expect({ plan, removed, bytes_reclaimed }).to.deep.equal({
    plan: planned.plan,
    removed: planned.removed,
    bytes_reclaimed: planned.bytes_reclaimed,
  });
});

When('garbage is collected, 0 ms at a time', async function (this: CollectionWorld) {
  this.collections = [];
  for (let resume: string | undefined; ; ) {
    const report = await this.catalog.gc({ maxMs: 0, ...(resume !== undefined && { resume }) });
    this.collections.push(report);
    resume = report.resume;
    if (resume === undefined) break;
    expect(this.collections.length).to.be.lessThan(1000);
  }
});

Then(
  /^it took more than (\d+) collections, each went on where the one before stopped, and the last is complete$/,
  function (this: CollectionWorld, count: string) {
    expect(this.collections.length).to.be.greaterThan(Number(count));
    expect(this.collections.map(({ complete }) => complete)).to.deep.equal(
      this.collections.map((_, place) => place === this.collections.length - 1),
    );
    expect(new Set(this.collections.map(({ resume }) => resume)).size).to.equal(this.collections.length);
  },
);

Then(/^all of them together removed (\d+) blobs, each once$/, function (this: CollectionWorld, count: string) {
  const paths = this.collections.flatMap(({ plan }) => plan.map(({ path }) => path));
  expect([paths.length, new Set(paths).size]).to.deep.equal([Number(count), Number(count)]);
});

When('garbage is collected, and stopped after the first', async function (this: CollectionWorld) {
  const controller = new AbortController();
  const disk = withEachStep(new RealDisk(), (step) => void (step.op === 'unlink' && step.path.includes('/trash/') && controller.abort()));
  const catalog = await this.openCatalog({ disk, clock: () => Date.now() + (this.aheadMs ?? 0) });
  this.collected = await catalog.gc({ signal: controller.signal });
});

Then('it is not complete, and says how to go on', async function (this: CollectionWorld) {
  const { complete, resume, removed } = this.collected ?? expect.fail();
  expect(complete).to.equal(false);
  expect(removed).to.be.within(1, 39);
  const rest = await this.catalog.gc({ resume });
  expect([rest.complete, rest.removed]).to.deep.equal([true, 40 - removed]);
});

Then('what was planned is gone, and the model "kept" is whole', async function (this: CollectionWorld) {
  const root = await this.root();
  for (const { path } of this.planned?.plan ?? expect.fail()) expect(existsSync(join(root, path)), path).to.equal(false);
  expect((await this.catalog.verify('kept')).kind).to.equal('pass');
});

// Why

async function expectKept(world: CollectionWorld, asked: string, because: readonly Keeper[]): Promise<void> {
  const reasons = await world.catalog.why(asked);
  expect([reasons.kept, reasons.because]).to.deep.equal([because.length > 0, because]);
}

Then(
  /^(the blob of|the digest of|the path of model|the source) "([^"]*)" is kept by ((?:(?:entry|pin|engine|lease) "[^"]*"(?:, | and )?)+)(?: alone)?$/,
  async function (this: CollectionWorld, what: string, name: string, keepers: string) {
    const asked = {
      'the blob of': () => blobOf(this, name),
      'the digest of': async () => sha256(readFileSync(await sourcePath(this, name))),
      'the path of model': () => this.catalog.modelPath(name),
      'the source': () => sourcePath(this, name),
    }[what];
    const because = [...keepers.matchAll(/(\w+) "([^"]*)"/g)].map(([, kind, id]) => ({ kind, id }) as Keeper);
    await expectKept(this, (await asked?.()) ?? expect.fail(what), because);
  },
);

Then('that blob is kept by nothing', async function (this: CollectionWorld) {
  await expectKept(this, join(await this.root(), this.left), []);
});

When(/^it is asked why "([^"]*)" is kept$/, async function (this: CollectionWorld, path: string) {
  await this.attempt(async () => void (await this.catalog.why(path)));
});

// Budgets

Given('these models, each of 1000 bytes, used so many days ago:', async function (this: CollectionWorld, table: DataTable) {
  this.aheadMs = 0;
  const dayMs = 86_400_000;
  for (const { id = '', days = '', state } of table.hashes()) {
    const content = (id === 'twin' ? 'shared' : id).padEnd(1000, '.');
    const entry = await this.catalog.add(await writeSource(this, `${id}.gguf`, content), { id });
    await this.catalog.store.models.put({ ...entry, last_used_ms: Date.now() - Number(days) * dayMs });
    if (state === 'Retired') await this.catalog.setState(id, 'Retired');
  }
  await this.catalog.pin('pinned', 'the demo');
  this.lease = await this.catalog.lease('leased', { holder: 'a reader', ttlMs: 60_000 });
});

When(/^garbage is collected with (\{.*\}), as planned$/, async function (this: CollectionWorld, options: string) {
  const given = JSON.parse(options) as GcOptions;
  const before = await this.catalog.list();
  const planned = await this.catalog.gc({ ...given, dryRun: true });
  expect(await this.catalog.list()).to.deep.equal(before);
  const { plan, bytes_reclaimed, removed } = await this.catalog.gc(given);
  expect({ plan, bytes_reclaimed, removed }).to.deep.equal({
    plan: planned.plan,
    bytes_reclaimed: planned.bytes_reclaimed,
    removed: planned.removed,
  });
});

Then(/^of those models (.*) are gone$/, async function (this: CollectionWorld, gone: string) {
  const left = (await this.catalog.list()).map(({ id }) => id);
  const wanted = gone === 'nothing' ? [] : gone.split(', ');
  const all = ['oldest', 'older', 'used', 'pinned', 'leased', 'shared', 'twin', 'new'];
  expect(all.filter((id) => !left.includes(id))).to.have.members(wanted);
  for (const id of left) expect((await this.catalog.verify(id)).kind, id).to.equal('pass');
});

// Beside each other

Then('its bytes and its claim are still in ingest', function (this: CollectionWorld) {
  const left = namesBelow(this.simulated, `${simulatedRoot}/ingest`).map((path) => Buffer.from(this.simulated.bytesAt(path)).toString());
  expect(left.filter((text) => text === 'other weight')).to.have.length(1);
  expect(left.filter((text) => text.includes('catalog-core/claim'))).to.have.length(1);
});

When('another process collects garbage without a time of grace', async function (this: CollectionWorld) {
  await (await openOn(this.simulated.process(), 'collecting')).gc({ graceMs: 0 });
});

When(/^(a link|a fetch) is under way, and 48 h have gone by$/, async function (this: CollectionWorld, what: string) {
  let reached: () => void = () => {};
  const isUnderWay = new Promise<void>((resolve) => {
    reached = resolve;
  });
  const held = new Promise<void>((resolve) => {
    this.letGo = resolve;
  });
  const path = await sourcePath(this, 'a.gguf');
  const fetcher: Fetcher = {
    fetch: async (_, into) => {
      writeFileSync(join(into, 'fetched.gguf'), readFileSync(path));
      reached();
      await held;
      return { path: join(into, 'fetched.gguf') };
    },
  };
  let isLinked = false;
  const disk = withEachStep(new RealDisk(), (step) => {
    if (isLinked || what !== 'a link') return undefined;
    isLinked = step.op === 'open' && step.access === 'read' && step.path.includes('/ingest/');
    if (!isLinked) return undefined;
    reached();
    return held;
  });
  const maker = await this.openCatalog({ fetcher, disk });
  this.underWay = what === 'a link' ? maker.add(path, { id: 'm', mode: 'link' }) : maker.add('hf:acme/weights', { id: 'm' });
  this.underWay.catch(() => {});
  await isUnderWay;
  this.aheadMs = 48 * (units.h ?? 0);
});

Then('it is shown as under way', async function (this: CollectionWorld) {
  const partials = await this.catalog.partials();
  expect(partials.length).to.be.greaterThan(0);
  for (const { isLive, ageMs } of partials) {
    expect(isLive).to.equal(true);
    expect(ageMs).to.be.greaterThan(47 * (units.h ?? 0));
  }
});

Then('garbage that is collected meanwhile leaves it, and it comes to its end', async function (this: CollectionWorld) {
  const report = await this.catalog.gc();
  expect([report.removed, report.errors]).to.deep.equal([0, []]);
  this.letGo();
  await this.underWay;
  expect((await this.catalog.verify('m')).kind).to.equal('pass');
  expect(readdirSync(join(await this.root(), 'ingest'))).to.deep.equal([]);
});

When(
  /^(.*) is held at each of its steps while (.*) runs, (with locks|where there are no locks)$/,
  async function (this: CollectionWorld, one: string, two: string, locks: string) {
    await judgeOrders(this, [one, two, locks], interleave);
  },
);

When(
  /^(.*) is held at each of its steps and (.*) at each of its changes after that, (with locks|where there are no locks)$/,
  async function (this: CollectionWorld, one: string, two: string, locks: string) {
    await judgeOrders(this, [one, two, locks], interleaveTwice);
  },
);

async function judgeOrders(
  world: CollectionWorld,
  [one, two, locks]: readonly [string, string, string],
  run: typeof interleave,
): Promise<void> {
  const present: string[][] = [];
  const scene = { ...interleavedScene(one, two), ...(locks !== 'with locks' && { machine: withoutKernelLock }) };
  world.interleaved = await run(scene, async (disk) => {
    present.push((await expectWhole(disk)).map(({ id }) => id));
    expectLeasesKept(disk, present.at(-1) ?? [], `${one} ${two}`.includes('by force'));
  });
  world.present = present;
}

/** Whoever was given a lease of the model "first" has its bytes, and the model unless that was removed by force. */
function expectLeasesKept(disk: SimulatedDisk, ids: readonly string[], byForce: boolean): void {
  if (namesBelow(disk, `${simulatedRoot}/leases`, 'file').length === 0) return;
  if (!byForce) expect(ids, 'what was leased').to.include('first');
  expect(disk.snapshotTree().has(join(simulatedRoot, blobPath(sha256('some weights')))), 'the bytes of what was leased').to.equal(true);
}

Then(/^every entry and every lease had its bytes each time, and "([^"]*)" was there$/, function (this: CollectionWorld, id: string) {
  this.log(`${this.interleaved} orders`);
  expect(this.interleaved).to.be.greaterThan(20);
  if (id !== '') for (const ids of this.present) expect(ids).to.include(id);
});
