import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { type DataTable, Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Progress } from '../src/artifacts/hash-file.js';
import { blobPath } from '../src/core/model-layout.js';
import { RealDisk } from '../src/disk/real-disk.js';
import { SimulatedDisk } from '../src/disk/simulated-disk.js';
import type { Step } from '../src/disk/steps.js';
import type { EvictReport } from '../src/evict-model.js';
import { defaultModelCacheDir } from '../src/open-catalog.js';
import {
  cutAtEachStep,
  diskOf,
  disturbed,
  type Explored,
  expectBlobsGood,
  expectOrder,
  expectWhole,
  type Faulted,
  failEach,
  interleave,
  interleavedScene,
  isWriting,
  judgeScene,
  killAfterInterleaving,
  killAtEachStep,
  namesBelow,
  openOn,
  type Recorded,
  recording,
  scenes,
  sha256,
  simulatedRoot,
  simulatedSources,
  stopOn,
  systemError,
  traceLines,
} from '../support/artifact-helpers.js';
import { ggufBytes } from '../support/gguf.js';
import { engineEntry } from '../support/world.js';
import { expanded, type ModelWorld, sourcePath, writeSource } from './catalog.js';

interface ArtifactWorld extends ModelWorld {
  report: EvictReport | undefined;
  progress: Progress[];
  /** Names, bytes and times of the sources, or of what is outside the root. */
  tree: readonly string[];
  contents: Map<string, Buffer>;
  steps: Recorded[];
  simulated: SimulatedDisk;
  explored: Explored;
  faulted: readonly Faulted[];
  /** The source that a step is about without naming it. */
  odd: string;
  interleaved: number;
  stopped: Awaited<ReturnType<typeof stopOn>>;
  present: readonly (readonly string[])[];
}

// Sources and what befalls them

Given(/^a source "([^"]*)" that is a GGUF file of (\d+) MiB$/, async function (this: ArtifactWorld, name: string, megabytes: string) {
  await writeSource(this, name, ggufBytes({ megabytes: Number(megabytes), seed: 7 }));
});

Given(/^the mode of "([^"]*)" is (\d+)$/, async function (this: ArtifactWorld, name: string, mode: string) {
  chmodSync(await sourcePath(this, name), Number.parseInt(mode, 8));
});

Given('a source with a name of 255 bytes', async function (this: ArtifactWorld) {
  this.odd = await writeSource(this, `${'n'.repeat(250)}.gguf`, 'some weights');
});

Given(
  /^a source directory "([^"]*)" that holds a link "([^"]*)" to "([^"]*)"$/,
  async function (this: ArtifactWorld, folder, name, target) {
    const path = await sourcePath(this, folder);
    mkdirSync(path, { recursive: true });
    symlinkSync(await sourcePath(this, target), join(path, name));
  },
);

Given(/^a source that is (.*)$/, async function (this: ArtifactWorld, what: string) {
  const folder = await sourcePath(this, 'odd');
  mkdirSync(folder, { recursive: true });
  const inside = (name: string) => writeFileSync(join(folder, name), 'some weights');
  const named = (name: string) => () => {
    inside(name);
    return join(folder, name);
  };
  const odd: Readonly<Record<string, () => string>> = {
    nothing: () => join(folder, 'nothing'),
    'a FIFO': () => fifo(join(folder, 'fifo')),
    'an empty directory': () => folder,
    'a directory with a FIFO in it': () => dirname(fifo(join(folder, 'fifo'))),
    'a directory with a dangling link': () => dirname(linked(join(folder, 'gone'), join(folder, 'link'))),
    'a directory with a link to itself': () => dirname(linked(folder, join(folder, 'again'))),
    'a split GGUF without its second': named('s-00001-of-00002.gguf'),
    'shard 9 of 3': named('s-00009-of-00003.gguf'),
    'shard 1 of 99999': named('s-00001-of-99999.gguf'),
    'a link to itself': () => linked('circle', join(folder, 'circle')),
    'a name that is not UTF-8 inside': () => {
      writeFileSync(Buffer.concat([Buffer.from(`${folder}/a`), Buffer.from([0xff])]), 'some weights');
      return folder;
    },
    'a name with a newline inside': () => dirname(named('a\nb')()),
    'a name with a backslash inside': () => dirname(named('a\\b')()),
  };
  this.odd = odd[what]?.() ?? expect.fail(what);
});

Given(/^a catalog over the fs store on a disk that (cannot share blocks|keeps its blobs)$/, async function (this: ArtifactWorld, kind) {
  const real = new RealDisk();
  const disk = {
    perform(step: Step): unknown {
      if (step.op === 'clone' && kind === 'cannot share blocks') {
        rmSync(step.to, { force: true });
        return false;
      }
      if (step.op === 'unlink' && kind === 'keeps its blobs' && step.path.includes('/blobs/')) throw systemError('EACCES');
      return real.perform(step);
    },
  };
  this.catalog = await this.openCatalog({ disk });
});

Given(/^a catalog over the fs store on a disk where the source (.*)$/, async function (this: ArtifactWorld, befalls: string) {
  const source = await sourcePath(this, 'a.gguf');
  let [reads, opens] = [0, 0];
  const onSecondRead: Readonly<Record<string, () => void>> = {
    grows: () => appendFileSync(source, 'more'),
    shrinks: () => truncateSync(source, 1000),
    'is replaced': () => {
      writeFileSync(`${source}.new`, 'other weights');
      renameSync(`${source}.new`, source);
    },
    'cannot be read': () => {
      throw systemError('EIO');
    },
  };
  const onOpen: Readonly<Record<string, () => void>> = {
    'vanishes before open': () => rmSync(source),
    'is forbidden to open': () => {
      throw systemError('EACCES');
    },
  };
  const disk = disturbed(new RealDisk(), (step, path) => {
    if (step.op === 'open' && path === source && ++opens === 1) onOpen[befalls]?.();
    const isOfContent = path === source || path.includes('/ingest/');
    if (step.op === 'read' && isOfContent && ++reads === 2) onSecondRead[befalls]?.();
  });
  this.catalog = await this.openCatalog({ disk });
});

Given('the sources are as they are now', async function (this: ArtifactWorld) {
  const folder = await sourcePath(this, '');
  this.tree = treeOf(folder);
  this.contents = new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
});

When('that source is added as {string}', async function (this: ArtifactWorld, id: string) {
  this.added = await this.attempt(() => this.catalog.addWithReport(this.odd, { id }));
});

When(/^the reference "([^"]*)" is added by reference$/, async function (this: ArtifactWorld, reference: string) {
  await this.attempt(() => this.catalog.add(reference, { mode: 'reference' }));
});

When(/^"([^"]*)" is removed( by force)?$/, async function (this: ArtifactWorld, id: string, force) {
  this.report = await this.attempt(() => this.catalog.evict(id, force ? { force: true } : {}));
});

When(/^"([^"]*)" is verified, retired and removed$/, async function (this: ArtifactWorld, id: string) {
  await this.catalog.verify(id);
  await this.catalog.setState(id, 'Retired');
  expect(await this.catalog.delete(id)).to.equal(true);
});

When('the catalog is opened again', async function (this: ArtifactWorld) {
  this.catalog = await this.openCatalog();
});

// What lies in the root

Then(/^the blob of "([^"]*)" is there once, with mode (\d+)$/, async function (this: ArtifactWorld, name: string, mode: string) {
  const blob = await blobOf(this, name);
  expect(statSync(blob).mode & 0o7777).to.equal(Number.parseInt(mode, 8));
  expect(readFileSync(blob).equals(readFileSync(await sourcePath(this, name)))).to.equal(true);
  const all = filesBelow(join(await this.root(), 'blobs'));
  expect(all).to.deep.equal([blob]);
});

Then(/^the blob of "([^"]*)" is gone$/, async function (this: ArtifactWorld, name: string) {
  expect(existsSync(await blobOf(this, name))).to.equal(false);
});

Then(/^the blob of "([^"]*)" is the same file as "([^"]*)", with mode (\d+)$/, async function (this: ArtifactWorld, name, same, mode) {
  const [blob, source] = [statSync(await blobOf(this, name)), statSync(await sourcePath(this, same))];
  expect([blob.ino, blob.uid, blob.mode & 0o7777]).to.deep.equal([source.ino, source.uid, Number.parseInt(mode, 8)]);
});

Then(/^there is nothing in (.*)$/, async function (this: ArtifactWorld, folders: string) {
  for (const name of folders.split(/, | and /)) expect(filesBelow(join(await this.root(), name)), name).to.deep.equal([]);
});

Then('the folder {string} of the catalog is empty', async function (this: ArtifactWorld, name: string) {
  const path = join(await this.root(), name);
  expect(existsSync(path) ? readdirSync(path) : []).to.deep.equal([]);
});

Then(/^the models? "([^"]*)"(?: and "([^"]*)")? (?:is|are) found whole$/, async function (this: ArtifactWorld, one: string, two) {
  for (const id of two === undefined || two === null ? [one] : [one, two]) await expectFoundWhole(this, id);
});

Then(/^the model "([^"]*)" is found whole, with the content that "([^"]*)" had$/, async function (this: ArtifactWorld, id, name) {
  await expectFoundWhole(this, id);
  expect((await this.catalog.get(id))?.digest).to.equal(sha256(this.contents.get(name) ?? ''));
});

Then(/^the model "([^"]*)" is found whole after its root was moved$/, async function (this: ArtifactWorld, id: string) {
  const moved = join(await this.folder(), 'moved');
  renameSync(await this.root(), moved);
  this.catalog = await this.openCatalog({ root: moved });
  await expectFoundWhole(this, id);
});

Then(/^the path of model "([^"]*)" is "([^"]*)"$/, async function (this: ArtifactWorld, id: string, path: string) {
  const wanted = await expanded(this, JSON.stringify({ path }));
  expect({ path: await this.catalog.modelPath(id) }).to.deep.equal(wanted);
});

Then(/^every file of model "([^"]*)" is a relative symbolic link$/, async function (this: ArtifactWorld, id: string) {
  for (const path of (await this.catalog.locate(id))?.files ?? expect.fail(id)) {
    expect(lstatSync(path).isSymbolicLink() && !isAbsolute(readlinkSync(path)), path).to.equal(true);
  }
});

Then(/^the catalog has (\d+) folders of models, each with a readable name and 16 hex digits$/, async function (this: ArtifactWorld, count) {
  const names = readdirSync(join(await this.root(), 'models'));
  expect(names).to.have.length(Number(count));
  for (const name of names) expect(name).to.match(/^[A-Za-z0-9_][A-Za-z0-9._-]*-[0-9a-f]{16}$/);
});

Then(/^the entry "([^"]*)" is of these files: (.*)$/, async function (this: ArtifactWorld, id: string, list: string) {
  const files = list.split(', ').map((text) => {
    const [path = '', content = ''] = text.split('=');
    return { path, digest: sha256(content), bytes: Buffer.byteLength(content) };
  });
  const entry = (await this.catalog.get(id)) ?? expect.fail(id);
  expect(entry.files?.map(({ path, digest, bytes }) => ({ path, digest, bytes }))).to.deep.equal(files);
  expect(entry.bytes).to.equal(files.reduce((sum, { bytes }) => sum + bytes, 0));
  const manifest = files.map(({ path, digest, bytes }) => `${digest} ${bytes} ${path}\n`).join('');
  expect(entry.digest).to.equal(files.length === 1 ? files[0]?.digest : sha256(manifest));
});

// What the reports say

Then(/^the add wrote (\d+) bytes by (\w+)$/, function (this: ArtifactWorld, bytes: string, mode: string) {
  expect([this.added?.bytesWritten, this.added?.mode]).to.deep.equal([Number(bytes), mode]);
});

Then('the add told its progress up to the total', function (this: ArtifactWorld) {
  const last = this.progress.at(-1) ?? expect.fail('no progress');
  expect(this.progress.length).to.be.greaterThan(2);
  expect(last.bytes).to.equal(last.total_bytes);
  const done = this.progress.map(({ bytes }) => bytes);
  expect(done).to.deep.equal([...done].sort((a, b) => a - b));
});

Then(
  /^its report says (\d+) bytes reclaimed(?:, and why the blob of "([^"]*)" stays)?$/,
  async function (this: ArtifactWorld, bytes, name) {
    expect(this.report?.bytes_reclaimed).to.equal(Number(bytes));
    expect(this.report?.errors).to.deep.equal([]);
    if (name) expect(this.report?.kept.map(({ path }) => path)).to.include(blobPath(sha256(readFileSync(await sourcePath(this, name)))));
  },
);

Then(/^its report names a problem of (\w+)$/, function (this: ArtifactWorld, code: string) {
  expect(this.report?.errors.map((problem) => problem.code)).to.deep.equal([code]);
});

Then(/^deleting "([^"]*)" gives false$/, async function (this: ArtifactWorld, id: string) {
  expect(await this.catalog.delete(id)).to.equal(false);
});

Then('the sources have not changed', async function (this: ArtifactWorld) {
  expect(treeOf(await sourcePath(this, ''))).to.deep.equal(this.tree);
});

Then(/^with (\{.*\}) the default directory is "([^"]*)"$/, function (this: ArtifactWorld, environment: string, directory: string) {
  const before = { ...process.env };
  try {
    for (const name of ['CATALOG_ROOT', 'XDG_CACHE_HOME', 'HOME']) delete process.env[name];
    Object.assign(process.env, JSON.parse(environment));
    expect(defaultModelCacheDir()).to.equal(directory);
  } finally {
    for (const name of ['CATALOG_ROOT', 'XDG_CACHE_HOME', 'HOME']) delete process.env[name];
    Object.assign(process.env, before);
  }
});

// The order of steps

When('the steps of the first add to a new root are traced', async function (this: ArtifactWorld) {
  this.steps = await traced((catalog) => catalog.add(join(simulatedSources, 'a.gguf'), { mode: 'copy' }));
});

When('the steps of an add by link are traced', async function (this: ArtifactWorld) {
  this.steps = await traced((catalog) => catalog.add(join(simulatedSources, 'a.gguf'), { mode: 'link' }));
});

When('the steps of an add with a declared sha512 are traced', async function (this: ArtifactWorld) {
  const digest =
    'sha512:d4c1dc5d30fe8f9f3e55d0b5a7ee0a5e2e02e5c9ac1e4b8c9e9a3a0d1c1d1a7ad4c1dc5d30fe8f9f3e55d0b5a7ee0a5e2e02e5c9ac1e4b8c9e9a3a0d1c1d1a7a';
  this.steps = await traced((catalog) => catalog.add(join(simulatedSources, 'a.gguf'), { mode: 'copy', digest }).catch(() => {}));
});

When('the steps of removing a model are traced', async function (this: ArtifactWorld) {
  this.steps = await traced(async (catalog) => {
    await catalog.add(join(simulatedSources, 'a.gguf'));
    await catalog.delete('a');
  });
});

Then('each of these comes before the next:', function (this: ArtifactWorld, table: DataTable) {
  expectOrder(
    traceLines(this.steps),
    table.raw().map(([line = '']) => line),
  );
});

Then('each folder that was made is synced in its parent before the record is published', function (this: ArtifactWorld) {
  const published = this.steps.findIndex(({ step }) => step.kind === 'Publish' && 'to' in step && step.to.endsWith('generations/models/1'));
  const before = this.steps.slice(0, published);
  const made = before.flatMap(({ step }, place) => (step.op === 'make-directory' ? [{ path: step.path, place }] : []));
  expect(made.length).to.be.greaterThan(5);
  for (const { path, place } of made) {
    const isSynced = before.some((one, at) => at > place && one.step.kind === 'SyncDirectory' && one.path === dirname(path));
    expect(isSynced, `${dirname(path)} after ${path} was made`).to.equal(true);
  }
});

Then('each byte of the source was read once', function (this: ArtifactWorld) {
  const reads = this.steps.filter(({ step, path }) => step.op === 'read' && path === join(simulatedSources, 'a.gguf'));
  const bytes = reads.reduce((sum, { step }) => sum + (step.op === 'read' ? step.into.byteLength : 0), 0);
  expect(bytes).to.equal('some weights'.length);
  expect(this.steps.some(({ step, path }) => step.op === 'read' && path.includes('/ingest/'))).to.equal(false);
});

// Crashes, kills and faults on the simulated disk

When(/^the power is cut at each step of (.*)$/, async function (this: ArtifactWorld, name: string) {
  const scene = scenes[name] ?? expect.fail(name);
  this.explored = await cutAtEachStep(scene, (left) => judgeScene(scene, left));
});

When(/^a process is killed at each step of (.*) on a simulated disk$/, async function (this: ArtifactWorld, name: string) {
  const scene = scenes[name] ?? expect.fail(name);
  this.explored = await killAtEachStep(scene, (left) => judgeScene(scene, left));
});

Then('every catalog that was left named whole bytes only, and all that was acknowledged', function (this: ArtifactWorld) {
  const { steps, states, done } = this.explored;
  this.log(`${steps} steps, ${states} states, ${done} with the operation done`);
  expect(steps).to.be.greaterThan(30);
  expect(done).to.be.within(1, states - 1);
});

When(/^a file is added by (\w+) on a simulated disk that shares blocks$/, async function (this: ArtifactWorld, mode) {
  this.simulated = newDisk(true);
  this.added = await (await openOn(this.simulated, 'sharing')).addWithReport(join(simulatedSources, 'a.gguf'), { mode });
});

Then(
  /^it was added by (\w+) with (\d+) bytes written, whole and with mode (\d+)$/,
  async function (this: ArtifactWorld, mode, bytes, bits) {
    expect([this.added?.mode, this.added?.bytesWritten]).to.deep.equal([mode, Number(bytes)]);
    const [entry] = await expectWhole(this.simulated);
    expect(entry?.mode).to.equal(mode);
    const blob = this.simulated.snapshotTree().get(join(simulatedRoot, blobPath(sha256('some weights'))));
    expect(blob?.mode).to.equal(Number.parseInt(bits, 8));
  },
);

When('the disk is full at each write of an add on a simulated disk', async function (this: ArtifactWorld) {
  this.faulted = await failEach(scenes['adding a model beside another'] ?? expect.fail(), 'Write', 'ENOSPC');
});

Then(
  'each was refused with NoSpace or acknowledged, left nothing in ingest, and could be added afterwards',
  async function (this: ArtifactWorld) {
    expect(this.faulted.filter(({ refusal }) => refusal === 'NoSpace').length).to.be.greaterThan(1);
    for (const { nth, refusal, disk } of this.faulted) {
      expect(refusal ?? 'NoSpace', `write ${nth}`).to.equal('NoSpace');
      await expectUsable(disk, nth);
    }
  },
);

When(/^each (\w+) of an add fails once on a simulated disk$/, async function (this: ArtifactWorld, kind: string) {
  this.faulted = await failEach(scenes['adding a model beside another'] ?? expect.fail(), kind as Step['kind'], 'EIO');
});

Then('each left no entry without its bytes and could be added afterwards by a new handle', async function (this: ArtifactWorld) {
  expect(this.faulted.length).to.be.greaterThan(0);
  for (const { nth, disk } of this.faulted) {
    const entries = await expectWhole(disk);
    expect(
      entries.map(({ id }) => id),
      `fault ${nth}`,
    ).to.include('a');
    expectBlobsGood(disk);
    await (await openOn(disk.process(), 'again')).add(join(simulatedSources, 'b.gguf'));
    expect(await expectWhole(disk)).to.have.length(2);
  }
});

When(/^(.*) is held at each of its steps while (.*) runs$/, async function (this: ArtifactWorld, one: string, two: string) {
  const present: string[][] = [];
  this.interleaved = await interleave(interleavedScene(one, two), async (disk) => {
    present.push((await expectWhole(disk)).map(({ id }) => id));
  });
  this.present = present;
});

When(
  /^(.*) is held at each of its steps beside (.*), and killed at each of its changes after that$/,
  async function (this: ArtifactWorld, one: string, two: string) {
    this.interleaved = await killAfterInterleaving(interleavedScene(one, two), async (disk) => void (await expectWhole(disk)));
    this.log(`${this.interleaved} kills`);
  },
);

Then('every entry had its bytes each time', function (this: ArtifactWorld) {
  expect(this.interleaved).to.be.greaterThan(100);
});

Then(/^every entry had its bytes each time, and "([^"]*)" was there$/, function (this: ArtifactWorld, id: string) {
  expect(this.interleaved).to.be.greaterThan(20);
  if (id !== '') for (const ids of this.present) expect(ids).to.include(id);
});

// Claims on the simulated disk

Given(
  /^an add of (known|new) content that is about to (?:be recorded|take its place) on a simulated disk$/,
  async function (this: ArtifactWorld, kind) {
    const [name, isReached] = kind === 'known' ? ['a.gguf', recordsEntry] : ['b.gguf', publishesBlob];
    const scene = interleavedScene('adding its content', 'removing it');
    this.simulated = await diskOf(scene);
    this.stopped = await stopOn(this.simulated, (catalog) => catalog.add(join(simulatedSources, name), { id: 'other' }), isReached);
    expect(this.stopped.wasStopped).to.equal(true);
  },
);

Given('the process that adds is killed', function (this: ArtifactWorld) {
  this.stopped.process.kill();
});

When('the other model of that content is removed', async function (this: ArtifactWorld) {
  this.report = await (await openOn(this.simulated.process(), 'removing')).evict('first');
});

When(/^another process opens that catalog( to read)?$/, async function (this: ArtifactWorld, reading) {
  await openOn(this.simulated.process(), 'opening', Boolean(reading));
});

When('a healthy catalog on a simulated disk is opened to write', async function (this: ArtifactWorld) {
  const disk = await diskOf(interleavedScene('adding its content', 'removing it'));
  this.steps = [];
  await openOn(recording(disk.process(), this.steps), 'opening');
});

Then('no step of that changed the disk', function (this: ArtifactWorld) {
  expect(this.steps.length).to.be.greaterThan(5);
  expect(this.steps.filter(({ step }) => isWriting(step)).map(({ text }) => text)).to.deep.equal([]);
});

Then('its blob is still there, and the report says that an add needs it', function (this: ArtifactWorld) {
  expectBlobsGood(this.simulated);
  const path = blobPath(sha256('some weights'));
  expect(namesBelow(this.simulated, `${simulatedRoot}/blobs`, 'file')).to.deep.equal([join(simulatedRoot, path)]);
  expect(this.report?.kept).to.deep.equal([{ path, because: 'an add that is under way needs it' }]);
});

Then('the add comes to its end, and every entry has its bytes', async function (this: ArtifactWorld) {
  await this.stopped.letGo();
  expect((await expectWhole(this.simulated)).map(({ id }) => id)).to.include('other');
  expect(namesBelow(this.simulated, `${simulatedRoot}/ingest`)).to.deep.equal([]);
});

Then('nothing is left in its ingest', async function (this: ArtifactWorld) {
  expect(namesBelow(this.simulated, `${simulatedRoot}/ingest`)).to.deep.equal([]);
  expect((await expectWhole(this.simulated)).map(({ id }) => id)).to.deep.equal(['first']);
});

Then('its claim is still in ingest', function (this: ArtifactWorld) {
  const claims = namesBelow(this.simulated, `${simulatedRoot}/ingest`).map((path) => JSON.parse(textAt(this.simulated, path)));
  expect(claims).to.deep.equal([{ schema: 'catalog-core/claim', version: 1, id: 'other', digests: [sha256('some weights')] }]);
});

Then('the bytes of that content are still in ingest', function (this: ArtifactWorld) {
  const left = namesBelow(this.simulated, `${simulatedRoot}/ingest`).map((path) => textAt(this.simulated, path));
  expect(left).to.deep.equal(['other weight']);
});

// Containment

Given(/^its folder "([^"]*)" is a link to a copy of it outside$/, async function (this: ArtifactWorld, place: string) {
  const [folder = ''] = readdirSync(join(await this.root(), 'models'));
  const path = join(await this.root(), place.replace('FOLDER', folder));
  const outside = join(await this.folder(), 'outside');
  if (existsSync(path)) cpSync(path, outside, { recursive: true, verbatimSymlinks: true });
  else mkdirSync(outside);
  writeFileSync(join(outside, 'mine'), 'not the catalog’s');
  rmSync(path, { recursive: true, force: true });
  symlinkSync(outside, path);
  this.tree = treeOf(outside);
});

Given(
  /^its folder "trash" is a link outside, where a file has the name of a removed blob of "([^"]*)"$/,
  async function (this: ArtifactWorld, name: string) {
    const outside = join(await this.folder(), 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, `${'T'.repeat(22)}-${basename(await blobOf(this, name))}`), 'not the catalog’s');
    rmSync(join(await this.root(), 'trash'), { recursive: true, force: true });
    symlinkSync(outside, join(await this.root(), 'trash'));
    this.tree = treeOf(outside);
  },
);

When(/^the same content is added again$/, async function (this: ArtifactWorld) {
  await this.attempt(async () => this.catalog.add(await sourcePath(this, 'a.gguf'), { id: 'm' }));
});

When(/^other content is added$/, async function (this: ArtifactWorld) {
  const path = await writeSource(this, 'b.gguf', 'other weights!');
  await this.attempt(() => this.catalog.add(path));
});

When(/^the model is removed$/, async function (this: ArtifactWorld) {
  this.report = await this.attempt(() => this.catalog.evict('m'));
});

Then('that is PathOutsideRoot, and nothing outside has changed', async function (this: ArtifactWorld) {
  const codes = this.report ? this.report.errors.map(({ code }) => code) : [this.takeRefusal().code];
  expect(codes).to.include('PathOutsideRoot');
  expect(treeOf(join(await this.folder(), 'outside'))).to.deep.equal(this.tree);
});

Then('nothing outside has changed', async function (this: ArtifactWorld) {
  expect(treeOf(join(await this.folder(), 'outside'))).to.deep.equal(this.tree);
});

Given(/^an engine whose artifact is the blob of "([^"]*)"$/, async function (this: ArtifactWorld, name: string) {
  await this.catalog.engines.put(engineEntry('e', { artifacts: [sha256(readFileSync(await sourcePath(this, name)))] }));
});

async function blobOf(world: ArtifactWorld, name: string): Promise<string> {
  return join(await world.root(), blobPath(sha256(readFileSync(await sourcePath(world, name)))));
}

async function expectFoundWhole(world: ArtifactWorld, id: string): Promise<void> {
  const entry = (await world.catalog.get(id)) ?? expect.fail(`${id} is not there`);
  const located = (await world.catalog.locate(id)) ?? expect.fail(`the files of ${id} are not there`);
  expect(located.path).to.equal(await world.catalog.modelPath(id));
  expect(located.files.map((path) => sha256(readFileSync(path)))).to.deep.equal(entry.files?.map(({ digest }) => digest));
}

function textAt(disk: SimulatedDisk, path: string): string {
  return Buffer.from(disk.bytesAt(path)).toString();
}

/** Bytes and links have their place, and the lock is asked for. */
function recordsEntry(step: Step): boolean {
  return step.op === 'open' && step.path === join(simulatedRoot, 'catalog.lock');
}

function publishesBlob(step: Step): boolean {
  return step.op === 'link' && step.to.startsWith(`${simulatedRoot}/blobs/`);
}

async function expectUsable(disk: SimulatedDisk, nth: number): Promise<void> {
  expect(namesBelow(disk, `${simulatedRoot}/ingest`), `left by fault ${nth}`).to.deep.equal([]);
  await expectWhole(disk);
  await (await openOn(disk.process(), 'again')).add(join(simulatedSources, 'b.gguf'));
  expect(await expectWhole(disk)).to.have.length(2);
}

async function traced(act: Parameters<typeof withCatalog>[1]): Promise<Recorded[]> {
  const steps: Recorded[] = [];
  await withCatalog(recording(newDisk(false), steps), act);
  return steps;
}

async function withCatalog(disk: Parameters<typeof openOn>[0], act: (catalog: Awaited<ReturnType<typeof openOn>>) => Promise<unknown>) {
  await act(await openOn(disk, 'traced'));
}

function newDisk(reflinks: boolean): SimulatedDisk {
  const disk = new SimulatedDisk({ root: ['/home/user', simulatedSources], reflinks });
  return disk.plant(join(simulatedSources, 'a.gguf'), 'some weights');
}

/** Every name below a folder, with its type, mode, size, owner, times and content. */
function treeOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const path = join(folder, name);
      const found = lstatSync(path);
      const content = found.isFile()
        ? readFileSync(path).toString('base64').slice(0, 100)
        : found.isSymbolicLink()
          ? readlinkSync(path)
          : '';
      // Another name more or less changes the links and the time of the last change of status of somebody's file.
      return `${name} ${found.mode.toString(8)} ${found.size} ${found.uid} ${found.mtimeMs} ${content}`;
    });
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => !lstatSync(path).isDirectory());
}

function fifo(path: string): string {
  if (spawnSync('mkfifo', [path]).status !== 0) throw new Error('mkfifo failed');
  return path;
}

function linked(target: string, path: string): string {
  symlinkSync(target, path);
  return path;
}
