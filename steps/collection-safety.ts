import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Catalog } from '../src/catalog.js';
import { blobPath, modelFolder } from '../src/core/model-layout.js';
import { hostOf } from '../src/disk/host.js';
import { acquireLock, releaseLock } from '../src/disk/lock.js';
import { contextOf, type Disk, run } from '../src/disk/program.js';
import { defaultDisk, RealDisk } from '../src/disk/real-disk.js';
import type { SimulatedDisk } from '../src/disk/simulated-disk.js';
import type { Step } from '../src/disk/steps.js';
import type { EvictReport } from '../src/evict-model.js';
import type { GcOptions, GcReport } from '../src/gc-report.js';
import { filesBelow } from '../support/artifact-folders.js';
import {
  diskOf,
  expectWhole,
  isLockOf,
  namesBelow,
  openOn,
  type Stopped,
  sha256,
  simulatedRoot,
  stopOn,
} from '../support/artifact-helpers.js';
import { type Ran, runCatalog, treeOf, untilClosed, untilOpen } from '../support/cli.js';
import { HandlePaths, whenPerformed } from '../support/interrupt/disks.js';
import { engineEntry, modelEntry } from '../support/model-entry.js';
import { type ModelWorld, sourcePath } from './catalog.js';

interface SafetyWorld extends ModelWorld {
  collected: GcReport | undefined;
  simulated: SimulatedDisk;
  stopped: Omit<Stopped, 'disk'>;
  other: Omit<Stopped, 'disk'>;
  fresh: string;
  own: string;
  evicted: EvictReport | undefined;
  looked: Set<string>;
  written: { readonly path: string; readonly isHeld: boolean }[];
  line: string;
  tree: Record<string, string>;
  ran: Ran;
}

const namesOf = (count: number): string[] => Array.from({ length: count }, (_, place) => `part-${place}.json`);

// What is in use

Given(/^a model "([^"]*)" of (\d+) files$/, async function (this: SafetyWorld, id: string, count: string) {
  const files = namesOf(Number(count)).map((path) => ({ path, bytes: path.length, digest: sha256(path) }));
  await this.catalog.put(modelEntry(id, { files, mode: 'copy', local_path: modelFolder(id) }));
});

Then(
  /^each of its (\d+) blobs is kept by entry "([^"]*)" and lease "([^"]*)"$/,
  async function (this: SafetyWorld, count: string, entry: string, lease: string) {
    for (const name of namesOf(Number(count)).filter((_, place) => place % 500 === 499)) {
      const { because } = await this.catalog.why(sha256(name));
      expect(because).to.have.deep.members([
        { kind: 'entry', id: entry },
        { kind: 'lease', id: lease },
      ]);
    }
  },
);

When(/^the entry "([^"]*)" is put again, adopted from "([^"]*)"$/, async function (this: SafetyWorld, id: string, tool: string) {
  const entry = (await this.catalog.get(id)) ?? expect.fail();
  await this.catalog.put({ ...entry, adopted_from: { tool, path: '/elsewhere' } });
});

Given(/^an engine that names the blob of "([^"]*)" (.*)$/, async function (this: SafetyWorld, name: string, how: string) {
  const digest = sha256(readFileSync(await sourcePath(this, name)));
  const hex = digest.slice('sha256:'.length);
  const ways: Readonly<Record<string, string>> = {
    'as it is written': digest,
    'in capital letters': `sha256:${hex.toUpperCase()}`,
    'by its hex digits only': hex,
  };
  await this.catalog.engines.put(engineEntry('e', { artifacts: [ways[how] ?? expect.fail(how)] }));
});

// Evictions

const large = (count: number): Record<string, string> => Object.fromEntries(namesOf(count).map((name) => [`large/${name}`, name]));

Given('a simulated catalog of the models "a" and "b"', async function (this: SafetyWorld) {
  const add = (catalog: Catalog, id: string) => catalog.add(`/home/user/sources/${id}.gguf`, { id });
  this.simulated = await diskOf({
    files: { 'a.gguf': 'some weights', 'b.gguf': 'other weight' },
    prepare: async (catalog) => {
      for (const id of ['a', 'b']) {
        await add(catalog, id);
        await catalog.setState(id, 'Retired');
      }
    },
    act: async () => {},
  });
});

When('what stores too much is evicted, and is held before the first record is changed', async function (this: SafetyWorld) {
  const act = async (catalog: Catalog) => {
    this.collected = await catalog.gc({ maxBytes: 0 });
  };
  this.stopped = await stopOn(this.simulated, act, (step) => step.op === 'open' && step.access === 'create');
  expect(this.stopped.wasStopped).to.equal(true);
});

When('another process makes "b" Active', async function (this: SafetyWorld) {
  await (await openOn(this.simulated.process(), 'another')).setState('b', 'Active', { allowUnverified: true });
});

When('it goes on to its end', async function (this: SafetyWorld) {
  await this.stopped.letGo();
});

Then('"a" is gone, and "b" is whole', async function (this: SafetyWorld) {
  expect((await expectWhole(this.simulated)).map(({ id }) => id)).to.deep.equal(['b']);
});

Then('the collection told of "a" alone', function (this: SafetyWorld) {
  const { plan, errors } = this.collected ?? expect.fail();
  expect(plan.map(({ path }) => path).filter((path) => path.startsWith('models/'))).to.deep.equal([`${modelFolder('a')}/a.gguf`]);
  expect(errors).to.deep.equal([]);
});

Then(/^(nothing|\d+ bytes) (?:is|are) over the budget$/, function (this: SafetyWorld, bytes: string) {
  expect(this.collected?.over_budget_bytes).to.equal(bytes === 'nothing' ? undefined : Number.parseInt(bytes, 10));
});

Given('the models "a", "b" and "c", which nobody has used for 3 days', async function (this: SafetyWorld) {
  this.aheadMs = 0;
  this.catalog = await this.openCatalog({ clock: () => Date.now() + (this.aheadMs ?? 0) });
  for (const id of ['a', 'b', 'c']) {
    const path = join(await this.folder(), `${id}.gguf`);
    writeFileSync(path, `weights of ${id}`);
    await this.catalog.add(path, { id });
    await this.catalog.setState(id, 'Retired', { allowUnverified: true });
  }
  this.aheadMs = 3 * 86_400_000;
});

Then(/^(\d) models? (?:is|are) gone, and it is (not )?complete$/, async function (this: SafetyWorld, gone: string, not: string | null) {
  expect((await this.catalog.list()).length).to.equal(3 - Number(gone));
  expect([this.collected?.complete, this.collected?.errors]).to.deep.equal([not === null, []]);
});

When('the collection goes on with its token alone', async function (this: SafetyWorld) {
  const { resume } = this.collected ?? expect.fail();
  this.collected = await this.catalog.gc({ resume } as GcOptions);
});

// What is on its way in

When('it is added while somebody looks at each new file for a moment', async function (this: SafetyWorld) {
  const paths = new HandlePaths();
  const real = new RealDisk();
  this.looked = new Set();
  this.written = [];
  const held = new Set<string>();
  const disk: Disk = {
    ...contextOf(real),
    perform: (step) => {
      const path = paths.of(step);
      const isOnItsWay = path.includes('/ingest/');
      // In this moment the lock is somebody else's.
      if (step.op === 'lock' && isOnItsWay && !this.looked.has(path)) {
        this.looked.add(path);
        return false;
      }
      if (step.op === 'write' && isOnItsWay) this.written.push({ path, isHeld: held.has(path) });
      return whenPerformed(real, step, (answer) => {
        paths.note(step, answer);
        if (step.op === 'lock' && answer === true) held.add(path);
      });
    },
  };
  const catalog = await this.openCatalog({ disk });
  await catalog.add(await sourcePath(this, 'a.gguf'), { id: 'm', mode: 'copy' });
});

When('it is added while somebody keeps the lock of each new file', async function (this: SafetyWorld) {
  const paths = new HandlePaths();
  const real = new RealDisk();
  const disk: Disk = {
    ...contextOf(real),
    perform: (step) => {
      if (step.op === 'lock' && paths.of(step).includes('/ingest/')) return false;
      return whenPerformed(real, step, (answer) => paths.note(step, answer));
    },
  };
  const catalog = await this.openCatalog({ disk });
  await this.attempt(async () => catalog.add(await sourcePath(this, 'a.gguf'), { id: 'm', mode: 'copy' }));
});

Then('every file in ingest was held by its maker before its first byte was written', function (this: SafetyWorld) {
  expect(this.looked.size).to.be.at.least(2);
  expect(new Set(this.written.map(({ path }) => path))).to.deep.equal(this.looked);
  for (const { path, isHeld } of this.written) expect(isHeld, path).to.equal(true);
});

Given(/^a simulated catalog, and a folder of (\d+) files$/, async function (this: SafetyWorld, count: string) {
  this.simulated = await diskOf({ files: { 'b.gguf': 'other weight', ...large(Number(count)) }, act: async () => {} });
});

const addLarge = (catalog: Catalog) => catalog.add('/home/user/sources/large', { id: 'large' });
const isLink: (step: Step) => boolean = (step) => step.op === 'symlink';

When('that folder is being added, and is held before its first link is made', async function (this: SafetyWorld) {
  this.stopped = await stopOn(this.simulated, addLarge, isLink);
  expect(this.stopped.wasStopped).to.equal(true);
});

When('that folder is being added, and is killed after its first link was made', async function (this: SafetyWorld) {
  let links = 0;
  this.stopped = await stopOn(this.simulated, addLarge, (step) => isLink(step) && ++links === 2);
  expect(this.stopped.wasStopped).to.equal(true);
  this.stopped.process.kill();
});

When(/^(?:another|a third) process collects all garbage, however young$/, async function (this: SafetyWorld) {
  await collecting(this, await openOn(this.simulated.process(), 'another'));
});

async function collecting(world: SafetyWorld, catalog: Catalog): Promise<void> {
  world.collected = await catalog.gc({ graceMs: 0 });
}

/** Which of the files that an add makes in ingest it is: for each it tries to share blocks first. */
const newFiles: Readonly<Record<string, number>> = { 'copy of the first file': 2, claim: 5 };

When(/^that folder is being added, and is held before it locks the (.+)$/, async function (this: SafetyWorld, file: string) {
  const isLock = isLockOf(({ access, path }) => {
    const isNew = access === 'create' && path.startsWith(`${simulatedRoot}/ingest/`);
    if (isNew) this.fresh = path;
    return isNew;
  }, newFiles[file] ?? expect.fail(file));
  this.stopped = await stopOn(this.simulated, addLarge, isLock);
  expect(this.stopped.wasStopped).to.equal(true);
});

When('it goes on, and is held before its first link is made', async function (this: SafetyWorld) {
  expect(await this.stopped.goOn(isLink)).to.equal(true);
});

When('it goes on, and is killed when its first link was made', async function (this: SafetyWorld) {
  let links = 0;
  expect(await this.stopped.goOn((step) => isLink(step) && ++links === 2)).to.equal(true);
  this.stopped.process.kill();
});

When(
  'another process collects all garbage, however young, and is held before it locks that file to remove it',
  async function (this: SafetyWorld) {
    // It looks when it lists what is there, and again when it comes to the file.
    const isThird = isLockOf(({ path }) => path === this.fresh, 3);
    this.other = await stopOn(this.simulated, (catalog) => collecting(this, catalog), isThird);
    expect(this.other.wasStopped).to.equal(true);
  },
);

When(/^(?:that|the other) collection comes to its end$/, async function (this: SafetyWorld) {
  await this.other.letGo();
});

Then('that collection removed that file alone', function (this: SafetyWorld) {
  const { plan, errors } = this.collected ?? expect.fail();
  expect(plan.map(({ path }) => path)).to.deep.equal([relative(simulatedRoot, this.fresh)]);
  expect(errors).to.deep.equal([]);
});

Then('that collection left that file', function (this: SafetyWorld) {
  const { plan, errors } = this.collected ?? expect.fail();
  expect(plan.map(({ path }) => path)).not.to.include(relative(simulatedRoot, this.fresh));
  expect(errors).to.deep.equal([]);
  expect(this.simulated.snapshotTree().has(this.fresh)).to.equal(true);
});

Then(/^that file (is a claim|has its place as a blob)$/, function (this: SafetyWorld, what: string) {
  const isThere = this.simulated.snapshotTree().has(this.fresh);
  expect(isThere).to.equal(what === 'is a claim');
  if (isThere) expect(Buffer.from(this.simulated.bytesAt(this.fresh)).toString()).to.include('catalog-core/claim');
});

Then('every entry is whole, and no link is left of what was killed', async function (this: SafetyWorld) {
  expect((await expectWhole(this.simulated)).map(({ id }) => id)).to.deep.equal(['b']);
});

Then('that collection removed nothing', function (this: SafetyWorld) {
  const { plan, errors } = this.collected ?? expect.fail();
  expect([plan, errors]).to.deep.equal([[], []]);
});

Then('the model is whole', async function (this: SafetyWorld) {
  expect((await expectWhole(this.simulated)).map(({ id }) => id)).to.deep.equal(['large']);
});

When('another process opens the catalog, and adds something', async function (this: SafetyWorld) {
  await (await openOn(this.simulated.process(), 'another')).add('/home/user/sources/b.gguf', { id: 'b' });
});

Then('nothing is in ingest, and every entry is whole', async function (this: SafetyWorld) {
  expect(namesBelow(this.simulated, `${simulatedRoot}/ingest`)).to.deep.equal([]);
  await expectWhole(this.simulated);
});

Given('a claim in ingest that was cut off, 2 h old', async function (this: SafetyWorld) {
  const path = join(await this.root(), 'ingest', 'T'.repeat(22));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, '{"schema":"catalog-core/claim","version":1,"id":"m","dig', { mode: 0o600 });
  // Its age is that of its inode too, which no clock can be told.
  this.aheadMs = 2 * 3_600_000;
  this.catalog = await this.openCatalog({ clock: () => Date.now() + (this.aheadMs ?? 0) });
});

// What is somebody's

Given(/^a file of one's own "([^"]*)" beside its links$/, async function (this: SafetyWorld, name: string) {
  this.own = join(await this.root(), modelFolder('m'), name);
  mkdirSync(dirname(this.own), { recursive: true });
  writeFileSync(this.own, 'my own words');
  const { evict } = this.catalog;
  this.catalog.evict = async (...asked) => {
    this.evicted = await evict.apply(this.catalog, asked);
    return this.evicted;
  };
});

Then('that file is there, its folder too, and the report says so', async function (this: SafetyWorld) {
  expect(readFileSync(this.own, 'utf8')).to.equal('my own words');
  const path = relative(await this.root(), this.own);
  const { kept, removed, files_removed } = this.evicted ?? expect.fail();
  expect([removed, kept]).to.deep.equal([true, [{ path, because: 'it is no link of the catalog’s' }]]);
  expect(files_removed).not.to.include(path);
});

Then('"m" can be added from "a.gguf" again, and that file is there still', async function (this: SafetyWorld) {
  await this.catalog.add(await sourcePath(this, 'a.gguf'), { id: 'm' });
  expect((await this.catalog.verify('m')).kind).to.equal('pass');
  expect(readFileSync(this.own, 'utf8')).to.equal('my own words');
});

// Dry runs

Given('a root in which a dead process left a claim and a blob in the trash', async function (this: SafetyWorld) {
  const root = await this.root();
  const path = join(await this.folder(), 'a.gguf');
  writeFileSync(path, 'some weights');
  await using catalog = await this.openCatalog();
  await catalog.add(path, { id: 'm' });
  const blob = join(root, blobPath(sha256('some weights')));
  mkdirSync(join(root, 'trash'), { recursive: true });
  renameSync(blob, join(root, 'trash', `${'T'.repeat(22)}-${basename(blob)}`));
  writeFileSync(join(root, 'ingest', 'C'.repeat(22)), '{"schema":"catalog-core/claim","version":1,"id":"gone","digests":[]}\n', {
    mode: 0o600,
  });
  this.tree = await treeOf(root);
});

When(/^`catalog (.*) --dry-run` is run there$/, async function (this: SafetyWorld, line: string) {
  this.ran = await runCatalog(['--root', await this.root(), ...line.split(' '), '--dry-run'], { cwd: await this.folder() });
});

Then('it exits with 0, and every file is as it was', async function (this: SafetyWorld) {
  expect(this.ran.exitCode, this.ran.stderr).to.equal(0);
  expect(await treeOf(await this.root())).to.deep.equal(this.tree);
});

// Why

Then(/^the hex digits of the digest of "([^"]*)" are kept by entry "m"$/, async function (this: SafetyWorld, name: string) {
  const digest = sha256(readFileSync(await sourcePath(this, name)));
  for (const hex of [digest.slice('sha256:'.length), digest.slice('sha256:'.length).toUpperCase()]) {
    const { kept, because } = await this.catalog.why(hex);
    expect([kept, because]).to.deep.equal([true, [{ kind: 'entry', id: 'm' }]]);
  }
});

Then("the catalog's own files are kept, by nobody in particular", async function (this: SafetyWorld) {
  for (const name of ['catalog.json', 'root.json', 'generations/models/1', 'catalog.lock']) {
    const { kept, because } = await this.catalog.why(join(await this.root(), name));
    expect([kept, because], name).to.deep.equal([true, []]);
  }
});

// Interrupted

Given(/^a root with a Retired model and (\d+) blobs that nothing reaches$/, async function (this: SafetyWorld, count: string) {
  const root = await this.root();
  const path = join(await this.folder(), 'a.gguf');
  writeFileSync(path, 'some weights');
  await using catalog = await this.openCatalog();
  await catalog.add(path, { id: 'm' });
  await catalog.setState('m', 'Retired');
  for (let number = 0; number < Number(count); number++) {
    const blob = join(root, blobPath(sha256(`blob ${number}`)));
    mkdirSync(dirname(blob), { recursive: true });
    writeFileSync(blob, `blob ${number}`);
  }
});

When(/^`catalog (.*)` is interrupted while it waits for the lock, which it gets then$/, async function (this: SafetyWorld, line: string) {
  const root = await this.root();
  const host = hostOf(defaultDisk, {});
  const lock = await run(acquireLock(join(root, 'catalog.lock'), { timeoutMs: 0, host }), defaultDisk);
  // However slow the machine is, it waits.
  this.ran = await runCatalog(['--root', root, '--lock-timeout', '3600000', ...line.split(' ')], {
    cwd: await this.folder(),
    meanwhile: (child) =>
      void untilOpen(child, 'catalog.lock')
        .then(() => child.kill('SIGINT'))
        // It hears of that in the pause before it tries again.
        .then(() => untilClosed(child, 'catalog.lock'))
        .then(() => untilOpen(child, 'catalog.lock'))
        .then(() => run(releaseLock(lock, host), defaultDisk)),
  });
});

Then('it exits with 130, and says how to go on', function (this: SafetyWorld) {
  expect(this.ran.exitCode, JSON.stringify(this.ran)).to.equal(130);
  this.line = /go on with: catalog (.*)/.exec(this.ran.stderr)?.[1] ?? expect.fail(this.ran.stderr);
});

When('it is run again as it said', async function (this: SafetyWorld) {
  this.ran = await runCatalog(['--root', await this.root(), ...this.line.split(' ')], { cwd: await this.folder() });
});

Then('it exits with 0, and neither that model nor a blob is left', async function (this: SafetyWorld) {
  expect(this.ran.exitCode, this.ran.stderr).to.equal(0);
  expect(filesBelow(join(await this.root(), 'blobs'))).to.deep.equal([]);
  await using catalog = await this.openCatalog({ readOnly: true });
  expect(await catalog.list()).to.deep.equal([]);
});
