import { existsSync } from 'node:fs';
import { chmod, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Catalog } from '../src/catalog.js';
import { type CatalogError, exitCodes, isCatalogError } from '../src/core/errors.js';
import type { Disk } from '../src/disk/program.js';
import { RealDisk } from '../src/disk/real-disk.js';
import type { SimulatedDisk } from '../src/disk/simulated-disk.js';
import { FsCatalog } from '../src/stores/fs/fs-catalog.js';
import { putAsNobody, readAsNobody, squeezeDescriptors, writeUnderSizeLimit } from '../support/failing/children.js';
import type { Squeezed } from '../support/failing/crowded.js';
import { prepared, type Struck, root as simulatedRoot, strikeEveryStep } from '../support/failing/faults.js';
import { type Forgets, forgetEverySync } from '../support/failing/forgetful-disk.js';
import { fillAtEveryByte } from '../support/failing/full-disk.js';
import { fillUp, makeRoom, mountSmall, remount, unmount } from '../support/failing/small-file-system.js';
import { giveWithoutWriting, treeBelow } from '../support/failing/tree.js';
import { type Resolved, resolveUnknown } from '../support/failing/unresolved.js';
import { withEachStep } from '../support/interrupt/disks.js';
import type { History } from '../support/interrupt/history.js';
import { histories } from '../support/interrupt/scenes.js';
import type { Ended } from '../support/interrupt/start.js';
import { type CatalogWorld, engineEntry, modelEntry } from '../support/world.js';

interface FailingWorld extends CatalogWorld {
  store: FsCatalog;
  early: FsCatalog | undefined;
  refusal: CatalogError;
  catalog: Catalog;
  /** What every read gave while nothing had failed. */
  given: unknown;
  tree: Readonly<Record<string, string>>;
  struck: readonly Struck[];
  bytes: number;
  syncs: number;
  resolved: Resolved;
  ended: Ended;
  squeezed: readonly Squeezed[];
  simulated: SimulatedDisk;
}

const nobody = 65_534;
const small = (id: string) => ({ type: 'put', entry: modelEntry(id) }) as const;
const large = (id: string) => ({ type: 'put', entry: modelEntry(id, { metadata: { warnings: ['x'.repeat(9 * 1024)] } }) }) as const;

// A file system of its own

Given(/^a file system of (\d+) MiB$/, async function (this: FailingWorld, megabytes: string) {
  const folder = await this.folder();
  const reason = mountSmall(folder, Number(megabytes));
  if (reason !== undefined) {
    this.log(reason);
    return 'skipped';
  }
  this.onEnd(async () => unmount(folder));
  return undefined;
});

Given('a catalog whose root is not made yet', async function (this: FailingWorld) {
  this.store = await this.openStore();
});

Given('a healthy catalog, open in a handle that has read it', async function (this: FailingWorld) {
  await fillAndClose(this);
  this.store = await this.openStore();
  this.given = await reads(this.store);
});

Given(/^a healthy catalog (?:on it )?that is not open$/, async function (this: FailingWorld) {
  await fillAndClose(this);
});

Given('a temp of a writer that died', async function (this: FailingWorld) {
  await writeFile(join(await this.root(), `catalog.json.${'T'.repeat(22)}.tmp`), '');
});

Given('a file of 1 MiB to add', async function (this: FailingWorld) {
  await writeFile(await sourceOf(this), Buffer.alloc(2 ** 20, 'm'));
  this.catalog = await this.openCatalog();
});

Given('no byte of its file system is free', async function (this: FailingWorld) {
  if (this.early) this.store = this.early;
  this.given = await reads(this.store);
  fillUp(await fillerOf(this));
});

When('there is room again', async function (this: FailingWorld) {
  makeRoom(await fillerOf(this));
});

When(/^its file system becomes (read-only|writable)$/, async function (this: FailingWorld, access: string) {
  remount(await this.folder(), access === 'writable' ? 'rw' : 'ro');
});

When('it is tried to open it for writing', async function (this: FailingWorld) {
  await this.attempt(() => this.openStore());
});

When('that file is added', async function (this: FailingWorld) {
  await this.attempt(async () => this.catalog.add(await sourceOf(this), { id: 'added', mode: 'copy' }));
});

Then('that file can be added', async function (this: FailingWorld) {
  const entry = await this.catalog.add(await sourceOf(this), { id: 'added', mode: 'copy' });
  expect(entry).to.deep.include({ state: 'Active', bytes: 2 ** 20 });
  expect((await this.catalog.verify('added')).kind).to.equal('pass');
});

Then('the add is refused with NoSpace, and told what it needs and that nothing is free', function (this: FailingWorld) {
  const { code, details } = this.takeRefusal();
  expect([code, details.free]).to.deep.equal(['NoSpace', 0]);
  expect(details.needed).to.be.above(2 ** 20);
});

Then('there is no entry and no byte of it', async function (this: FailingWorld) {
  expect(await this.catalog.get('added')).to.equal(undefined);
  for (const folder of ['ingest', 'trash', 'models', join('blobs', 'sha256')]) {
    const path = join(await this.root(), folder);
    const below = existsSync(path) ? await readdir(path, { recursive: true, withFileTypes: true }) : [];
    expect(below.filter((found) => !found.isDirectory()).map(({ name }) => name)).to.deep.equal([]);
  }
});

Then(/^the refusal has the exit code (\d+) and names (\w+)$/, function (this: FailingWorld, exitCode: string, errno: string) {
  expect(exitCodes[this.refusal.code]).to.equal(Number(exitCode));
  expect(this.refusal.details).to.include({ errno });
});

Then('every read gives what it gave before', async function (this: FailingWorld) {
  expect(await reads(this.store)).to.deep.equal(this.given);
});

Then('the same handle and a new one can write', async function (this: FailingWorld) {
  const written = await this.store.models.put(modelEntry('again'));
  const fresh = await this.openStore();
  expect(await fresh.models.get('again')).to.deep.equal(written);
  const other = await fresh.models.put(modelEntry('anew'));
  expect(await this.store.models.get('anew')).to.deep.equal(other);
});

// A simulated disk

When(/^(.*) meets a full disk after each of its bytes$/, async function (this: FailingWorld, operation: string) {
  this.bytes = await fillAtEveryByte(historyOf(operation));
});

When(/^(.*) meets (E\w+) once, before and after each of its steps$/, async function (this: FailingWorld, operation: string, errno: string) {
  const history = historyOf(operation);
  this.struck = [await strikeEveryStep(history, { errno, when: 'before' }), await strikeEveryStep(history, { errno, when: 'after' })];
});

When(/^(.*) meets (E\w+) from each of its steps on$/, async function (this: FailingWorld, operation: string, errno: string) {
  this.struck = [await strikeEveryStep(historyOf(operation), { errno, when: 'before', lasts: true })];
});

When(/^(.*) ends as CommitUnknown, and the power is cut in every way$/, async function (this: FailingWorld, operation: string) {
  this.resolved = await resolveUnknown(historyOf(operation));
});

When(
  /^each sync of (.*) fails once and forgets (.*), the catalog is opened again, written to, and loses power$/,
  async function (this: FailingWorld, operation: string, forgets: Forgets) {
    this.syncs = await forgetEverySync(historyOf(operation), forgets);
  },
);

Then(
  /^each of at least (\d+) times it was refused with NoSpace, left all as it was, and was done once there was room$/,
  function (this: FailingWorld, least: string) {
    expect(this.bytes).to.be.at.least(Number(least));
  },
);

Then('each time it was there or absent as it was told, for every handle, and no temp remained', function (this: FailingWorld) {
  for (const { faults, acknowledged, refused, unknown, kinds } of this.struck) {
    expect(faults).to.equal(acknowledged + refused + unknown);
    for (const count of [acknowledged, refused, unknown]) expect(count).to.be.above(0);
    expect([...kinds]).to.include.members([
      'Open',
      'Lock',
      'Write',
      'ChangeMode',
      'Sync',
      'Publish',
      'SyncDirectory',
      'Stat',
      'List',
      'Close',
    ]);
  }
});

Then(
  'each time it was there or absent as it was told, for every handle, and the next writer removed what remained',
  function (this: FailingWorld) {
    for (const { faults, acknowledged, refused } of this.struck) {
      expect(faults).to.be.at.least(20);
      for (const count of [acknowledged, refused]) expect(count).to.be.above(0);
    }
  },
);

Then('it was refused or acknowledged each time', function (this: FailingWorld) {
  expect(this.struck.map(({ unknown }) => unknown)).to.deep.equal([0]);
});

Then('every handle that was opened then found it whole or not at all, and each of both was met', function (this: FailingWorld) {
  const { unknown, there, absent } = this.resolved;
  for (const count of [unknown, there, absent]) expect(count).to.be.above(0);
  this.log(`${unknown} commits could not be told; after power cuts ${there} were there and ${absent} were not`);
});

Then('all that was acknowledged was there each time, and nothing that was refused', function (this: FailingWorld) {
  expect(this.syncs).to.be.at.least(3);
});

// Processes with limits

Given('a process that may write files of 8 KiB', () => {});

When('it puts a small model, a model of 9 KiB and a small model', async function (this: FailingWorld) {
  this.ended = await writeUnderSizeLimit(await this.root(), 16, [small('first'), large('large'), small('second')]);
});

Then('the model of 9 KiB alone is refused with NoSpace', function (this: FailingWorld) {
  expect(this.ended.refused.map(({ id, code }) => [id, code])).to.deep.equal([['large', 'NoSpace']]);
  expect(this.ended.acknowledged.map(({ id }) => id)).to.deep.equal(['first', 'second']);
});

Then('the small models are there and no temp', async function (this: FailingWorld) {
  const store = await this.openStore({ readOnly: true });
  expect((await store.models.list()).map(({ record }) => record.id)).to.deep.equal(['first', 'second']);
  expect((await readdir(await this.root())).filter((name) => name.includes('.tmp'))).to.deep.equal([]);
});

Given('a process that may have 64 files open', () => {});

When('it puts with 0 to 10 descriptors left', async function (this: FailingWorld) {
  this.squeezed = await squeezeDescriptors(await this.root(), 64);
  this.log(this.squeezed.map(({ free, outcome }) => `${free}: ${outcome}`).join(', '));
});

Then('each put was acknowledged and there, or refused with TooManyFiles and absent', function (this: FailingWorld) {
  for (const { outcome, isThere, isThereForOthers } of this.squeezed) {
    expect(outcome).to.be.oneOf(['acknowledged', 'TooManyFiles']);
    expect([isThere, isThereForOthers]).to.deep.equal(Array(2).fill(outcome === 'acknowledged'));
  }
  expect(new Set(this.squeezed.map(({ outcome }) => outcome)).size, 'both happened').to.equal(2);
});

Then('its reads went on without a descriptor', function (this: FailingWorld) {
  for (const { readWhileCrowded } of this.squeezed) expect(readWhileCrowded).to.be.above(0);
});

Then('it could put again each time when descriptors were free', function (this: FailingWorld) {
  expect(this.squeezed.map(({ worksAgain }) => worksAgain)).to.deep.equal(this.squeezed.map(() => true));
});

// A root that vanishes

When('its root is removed', async function (this: FailingWorld) {
  await rm(await this.root(), { recursive: true });
});

Then(/^every call of that handle is refused with (.*)$/, async function (this: FailingWorld, codes: string) {
  const { store } = this;
  const reading = (['models', 'engines'] as const).flatMap((name) => [store[name].get('a'), store[name].list()]);
  const writing = [store.models.put(modelEntry('a')), store.engines.put(engineEntry('e')), store.models.delete('a')];
  expect(await codesOf([...reading, store.snapshot()])).to.deep.equal(Array(5).fill('IndexCorrupt'));
  expect(await codesOf(writing)).to.deep.equal(Array(3).fill(codes.endsWith('ReadOnly') ? 'ReadOnly' : 'IndexCorrupt'));
});

Then('its root is not there', async function (this: FailingWorld) {
  expect(existsSync(await this.root())).to.equal(false);
});

// Readers without rights

Given('it belongs to a user who may not write to it', async function (this: FailingWorld) {
  if (process.getuid?.() !== 0) {
    this.log('only root may start a process of another user');
    return 'skipped';
  }
  await chmod(await this.folder(), 0o755);
  await giveWithoutWriting(await this.root(), nobody);
  this.tree = treeBelow(await this.root());
  return undefined;
});

When('that user reads it in a process of its own', async function (this: FailingWorld) {
  this.ended = await readAsNobody(await this.root());
});

When('that user puts a model in a process of its own', async function (this: FailingWorld) {
  this.ended = await putAsNobody(await this.root(), small('new'));
});

Then('that user saw all of it, and never opened the lock', function (this: FailingWorld) {
  const { seen, steps = [], refused } = this.ended.done ?? {};
  expect(refused).to.equal(undefined);
  expect(seen?.models.map(({ id }) => id)).to.deep.equal(['a', 'b']);
  expect(seen?.engines.map(({ id }) => id)).to.deep.equal(['e']);
  expect(steps.length).to.be.above(5);
  expect(steps.filter((step) => step.includes('catalog.lock'))).to.deep.equal([]);
});

Then(/^the put was refused with (\w+)$/, function (this: FailingWorld, code: string) {
  expect(this.ended.refused.map((refusal) => refusal.code)).to.deep.equal([code]);
});

Then('not a byte, a mode nor a time below its root has changed', async function (this: FailingWorld) {
  expect(treeBelow(await this.root())).to.deep.equal(this.tree);
});

Then('a read-only handle gives all of it as durable, and never opens the lock', async function (this: FailingWorld) {
  const opened: string[] = [];
  const disk = withEachStep(new RealDisk(), (step) => {
    if (step.op === 'open') opened.push(step.path);
    return undefined;
  });
  const store = await this.openStore({ readOnly: true, disk });
  expect(await reads(store)).to.deep.equal(this.given);
  expect((await store.snapshot()).durable).to.equal(true);
  expect(opened).not.to.have.lengthOf(0);
  expect(opened.filter((path) => path.endsWith('catalog.lock'))).to.deep.equal([]);
});

Given('a simulated catalog whose index lags behind its newest generation', async function (this: FailingWorld) {
  this.simulated = await prepared(historyOf('a put'));
  const older = this.simulated.bytesAt(`${simulatedRoot}/generations/models/1`);
  this.simulated.uproot(`${simulatedRoot}/catalog.json`).plant(`${simulatedRoot}/catalog.json`, older, 0o400);
});

Then(
  /^a reader whose syncs are (refused|done) gives the newest, and says that it is (not )?durable$/,
  async function (this: FailingWorld, syncs: string, not?: string) {
    const disk = syncs === 'refused' ? withoutSyncs(this.simulated.process()) : this.simulated.process();
    const store = await FsCatalog.open({ disk, root: simulatedRoot, readOnly: true });
    const { durable, revision } = await store.snapshot();
    await store.close();
    expect([revision.models, durable]).to.deep.equal([2, !not]);
  },
);

async function fillAndClose(world: FailingWorld): Promise<void> {
  const store = await world.openStore();
  for (const id of ['a', 'b']) await store.models.put(modelEntry(id));
  await store.engines.put(engineEntry('e'));
  world.given = await reads(store);
  await store.close();
  world.tree = treeBelow(await world.root());
}

async function reads(store: FsCatalog): Promise<unknown> {
  const { models, engines, revision } = await store.snapshot();
  return [models, engines, revision, await store.models.list(), await store.engines.list(), await store.models.get('a')];
}

async function codesOf(calls: readonly Promise<unknown>[]): Promise<string[]> {
  const outcomes = await Promise.allSettled(calls);
  return outcomes.map((outcome) => {
    if (outcome.status === 'fulfilled') return `done: ${JSON.stringify(outcome.value)}`;
    if (!isCatalogError(outcome.reason)) throw outcome.reason;
    return outcome.reason.code;
  });
}

function withoutSyncs(disk: Disk): Disk {
  return withEachStep(disk, (step) => {
    if (step.op === 'sync') throw Object.assign(new Error('EROFS: no sync'), { code: 'EROFS' });
    return undefined;
  });
}

function historyOf(operation: string): History {
  return histories[operation] ?? expect.fail(`no history of ${operation}`);
}

async function fillerOf(world: FailingWorld): Promise<string> {
  return join(await world.folder(), 'filler');
}

async function sourceOf(world: FailingWorld): Promise<string> {
  return join(await world.folder(), 'source.gguf');
}
