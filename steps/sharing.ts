import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { chmod, link, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Catalog } from '../src/catalog.js';
import { canonicalJson } from '../src/core/canonical-json.js';
import { blobPath, modelFolder } from '../src/core/model-layout.js';
import type { ModelEntry } from '../src/core/records.js';
import type { Correlation } from '../src/correlate.js';
import type { DedupeReport } from '../src/dedupe.js';
import { createExclusive, run, tryLock } from '../src/disk/program.js';
import { defaultDisk, RealDisk } from '../src/disk/real-disk.js';
import type { SimulatedDisk } from '../src/disk/simulated-disk.js';
import type { UsageReport } from '../src/usage.js';
import { verifyDigest } from '../src/verify-model.js';
import {
  cutAtEachStep,
  diskOf,
  disturbed,
  type Explored,
  expectBlobsGood,
  expectWhole,
  isBusy,
  killAtEachStep,
  type Left,
  namesBelow,
  openOn,
  type Recorded,
  recording,
  type Scene,
  sha256,
  simulatedRoot,
  simulatedSources,
  stopOn,
  systemError,
} from '../support/artifact-helpers.js';
import { type Ran, treeOf } from '../support/cli.js';
import { withoutHardLinks } from '../support/interrupt/disks.js';
import { engineEntry } from '../support/world.js';
import { type ModelWorld, sourcePath, writeSource } from './catalog.js';
import { blobOf, contentOf } from './verify-all.js';

interface SharingWorld extends ModelWorld {
  usage: UsageReport;
  deduped: DedupeReport;
  tree: Record<string, string>;
  entries: ModelEntry[];
  explored: Explored;
  steps: Recorded[];
  correlations: (Correlation | undefined)[];
  ran?: Ran;
  times: number;
}

// What takes room

Given(/^a blob of "([^"]*)" that nothing reaches$/, async function (this: SharingWorld, name: string) {
  const bytes = readFileSync(await sourcePath(this, name));
  await put(join(await this.root(), blobPath(sha256(bytes))), bytes);
});

Given(/^an ingest of (\d+) bytes whose maker (is dead|lives)$/, async function (this: SharingWorld, bytes: string, maker: string) {
  const path = join(await this.root(), 'ingest', (maker === 'lives' ? 'l' : 'd').repeat(22));
  await mkdir(dirname(path), { recursive: true });
  const handle = await run(createExclusive(path, 0o600), defaultDisk);
  await writeFile(path, Buffer.alloc(Number(bytes)));
  if (maker === 'lives') expect(await run(tryLock(handle), defaultDisk)).to.equal(true);
  const close = async () => defaultDisk.perform({ op: 'close', kind: 'Close', handle });
  if (maker === 'lives') this.onEnd(close);
  else await close();
});

When('it is asked what takes room', async function (this: SharingWorld) {
  this.tree = await treeOf(await this.root());
  this.usage = await this.catalog.usage();
});

Then('the usage is:', function (this: SharingWorld, report: string) {
  expect(this.usage).to.deep.equal(JSON.parse(report));
});

Then(/^the usage has (\{.*\})$/, function (this: SharingWorld, members: string) {
  for (const [member, value] of Object.entries(JSON.parse(members))) {
    const found = this.usage[member as keyof UsageReport];
    if (value === '<more>') expect(found, member).to.be.greaterThan(0);
    else expect(found, member).to.deep.equal(value);
  }
});

Then('nothing in the root has changed', async function (this: SharingWorld) {
  expect(await treeOf(await this.root())).to.deep.equal(this.tree);
});

Then(/^no line of it is longer than (\d+) columns$/, function (this: SharingWorld, columns: string) {
  for (const line of this.ran?.stdout.split('\n') ?? []) expect(line.length).to.be.at.most(Number(columns));
});

// Copies

Given(/^the link of "([^"]*)" became a file of its content$/, async function (this: SharingWorld, id: string) {
  const path = await placeOf(this, id);
  await rm(path);
  await writeFile(path, contentOf(id));
  this.before = await this.catalog.get(id);
});

Given(/^a file "([^"]*)" in the root of the content of "([^"]*)"$/, async function (this: SharingWorld, name: string, id: string) {
  await put(join(await this.root(), name), contentOf(id));
});

Given(/^in the root there is (.*)$/, async function (this: SharingWorld, what: string) {
  const root = await this.root();
  const inRoot = async (name: string, bytes: Uint8Array = contentOf('a')) => put(join(root, name), bytes);
  const reference = { mode: 'reference' } as const;
  const kinds: Readonly<Record<string, () => Promise<unknown>>> = {
    'a file of other content and the same size': () => inRoot('x/a.bin', contentOf('z')),
    'a file of the same beginning': () => inRoot('x/a.bin', Buffer.concat([contentOf('a'), Buffer.alloc(1)])),
    'a link to the blob': async () => {
      await mkdir(join(root, 'x'));
      await symlink(await blobOf(this, 'a'), join(root, 'x/a.bin'));
    },
    'a second name of the blob': async () => {
      await mkdir(join(root, 'x'));
      await link(await blobOf(this, 'a'), join(root, 'x/a.bin'));
    },
    'a copy in ingest': () => inRoot('ingest/some-token'),
    'a copy in quarantine': () => inRoot('quarantine/a.bin'),
    'a copy in set-aside': () => inRoot('set-aside/fs-1/a.bin'),
    'a copy that bears the name of a lock': () => inRoot('journal.lock'),
    'a copy that is referenced': async () => this.catalog.add(await inRoot('x/r.bin'), { id: 'r', ...reference }),
    'a copy to which a referenced link leads': async () => {
      const path = await sourcePath(this, 'link.gguf');
      await symlink(await inRoot('x/r.bin'), path);
      await this.catalog.add(path, { id: 'r', ...reference });
    },
    'a copy in the store of a tool that was adopted': async () => {
      await inRoot('x/blobs/a.bin');
      const { id } = await this.catalog.add(await inRoot('x/blobs/b.bin', contentOf('z')), { id: 'z', ...reference });
      const stored = (await this.catalog.get(id)) ?? expect.fail(id);
      await this.catalog.put({ ...stored, adopted_from: { tool: 'ollama', path: join(root, 'x') } });
    },
    'a copy, and the blob is damaged': async () => {
      await inRoot('x/a.bin');
      const blob = await blobOf(this, 'a');
      await rm(blob);
      await writeFile(blob, contentOf('z'));
    },
  };
  await (kinds[what] ?? expect.fail(what))();
});

Given(
  /^a model "([^"]*)" that was added by a link to a file of mode (\d+)$/,
  async function (this: SharingWorld, id: string, mode: string) {
    const path = await writeSource(this, `${id}.gguf`, contentOf(id));
    await chmod(path, Number.parseInt(mode, 8));
    await this.catalog.add(path, { id, mode: 'link' });
  },
);

Given(/^the file that was linked is (there|gone)$/, async function (this: SharingWorld, there: string) {
  if (there === 'gone') await rm(await sourcePath(this, 'a.gguf'));
});

Given(/^the content of "([^"]*)" is added as "([^"]*)" too$/, async function (this: SharingWorld, id: string, other: string) {
  await this.catalog.add(await writeSource(this, `${other}.gguf`, contentOf(id)), { id: other });
});

Given(/^a catalog on a disk that does not read "([^"]*)"$/, async function (this: SharingWorld, name: string) {
  const disk = disturbed(new RealDisk(), (step, path) => {
    if (step.op === 'read' && path.endsWith(`/${name}`)) throw systemError('EIO');
  });
  this.catalog = await this.openCatalog({ disk });
});

Given('a catalog on a disk without hard links', async function (this: SharingWorld) {
  this.catalog = await this.openCatalog({ disk: withoutHardLinks(new RealDisk()) });
});

When('copies are replaced', async function (this: SharingWorld) {
  this.tree = await treeOf(await this.root());
  this.entries = await this.catalog.list();
  this.deduped = await this.catalog.dedupe();
});

When('it is asked which copies would be replaced', async function (this: SharingWorld) {
  this.tree = await treeOf(await this.root());
  this.deduped = await this.catalog.dedupe({ dryRun: true });
});

When(/^the model "([^"]*)" is removed$/, async function (this: SharingWorld, id: string) {
  expect(await this.catalog.delete(id)).to.equal(true);
});

Then(/^"models" of "([^"]*)" was replaced, which freed (\d+) bytes$/, async function (this: SharingWorld, id: string, freed: string) {
  expectReplaced(this.deduped, relative(await this.root(), await placeOf(this, id)), Number(freed));
});

Then(/^"([^"]*)" was replaced, which freed (\d+) bytes$/, function (this: SharingWorld, path: string, freed: string) {
  expectReplaced(this.deduped, path, Number(freed));
});

Then(/^the path of "([^"]*)" is a relative link to its blob$/, async function (this: SharingWorld, id: string) {
  const path = await placeOf(this, id);
  const target = readlinkSync(path);
  expect(isAbsolute(target)).to.equal(false);
  expect(resolve(dirname(path), target)).to.equal(await blobOf(this, id));
});

Then(/^the entry "([^"]*)" is as it was before$/, async function (this: SharingWorld, id: string) {
  expect(await this.catalog.get(id)).to.deep.equal(this.before);
});

Then(/^"([^"]*)" and the blob of "([^"]*)" are one file$/, async function (this: SharingWorld, name: string, id: string) {
  const [file, blob] = [lstatSync(join(await this.root(), name)), lstatSync(await blobOf(this, id))];
  expect([file.dev, file.ino]).to.deep.equal([blob.dev, blob.ino]);
});

Then(/^"([^"]*)" has the content of "([^"]*)" still$/, async function (this: SharingWorld, name: string, id: string) {
  expect(readFileSync(join(await this.root(), name)).equals(contentOf(id))).to.equal(true);
  expect(existsSync(join(await this.root(), blobPath(sha256(contentOf(id)))))).to.equal(false);
});

Then('nothing was replaced and nothing kept', function (this: SharingWorld) {
  expect(this.deduped).to.deep.include({ replaced: [], kept: [], errors: [], bytes_reclaimed: 0, dry_run: false });
});

Then(/^nothing was replaced, and what was kept is (.*)$/, function (this: SharingWorld, because: string) {
  expect(this.deduped).to.deep.include({ replaced: [], errors: [], bytes_reclaimed: 0 });
  expect(this.deduped.kept.map((kept) => kept.because)).to.deep.equal(because === 'nothing' ? [] : [because]);
});

Then(/^(\d+) files would be replaced, which would free (\d+) bytes$/, function (this: SharingWorld, count: string, bytes: string) {
  expect(this.deduped.replaced).to.have.length(Number(count));
  expect(this.deduped).to.deep.include({ bytes_reclaimed: Number(bytes), dry_run: true, errors: [] });
});

Then(/^(\d+) files were replaced, which freed (\d+) bytes$/, function (this: SharingWorld, count: string, bytes: string) {
  expect(this.deduped).to.deep.include({ bytes_reclaimed: Number(bytes), dry_run: false, errors: [], kept: [] });
  expect(this.deduped.replaced).to.have.length(Number(count));
});

Then('no file of a model has drifted', async function (this: SharingWorld) {
  expect(await this.catalog.drift()).to.deep.equal([]);
});

Then(/^"([^"]*)" alone has drifted: (\w+)$/, async function (this: SharingWorld, id: string, reason: string) {
  expect((await this.catalog.drift()).map((drift) => [drift.id, drift.reason])).to.deep.equal([[id, reason]]);
});

Then(/^the entries "([^"]*)" are as they were, but for the identity of their files$/, async function (this: SharingWorld, ids: string) {
  const entries = await this.catalog.list();
  expect(entries.map(({ id }) => id)).to.deep.equal(ids.split(', '));
  expect(entries.map(withoutIdentity)).to.deep.equal(this.entries.map(withoutIdentity));
  expect(entries).to.not.deep.equal(this.entries);
});

Then(/^there was an error of "([^"]*)", (\w+)$/, function (this: SharingWorld, path: string, code: string) {
  expect(this.deduped.errors.map((error) => [error.path, error.code])).to.deep.equal([[path, code]]);
});

Then(/^"([^"]*)" was kept because (.*)$/, function (this: SharingWorld, path: string, because: string) {
  expect(this.deduped.kept).to.deep.equal([{ path, because }]);
});

// What befalls a replacement

const content = 'some weights';
const other = 'weights by somebody else';
const copyPath = join(simulatedRoot, 'copy.bin');
const placePath = join(simulatedRoot, modelFolder('a'), 'a.gguf');

/** A model whose link a backup tool made a file, and a copy of it beside. */
const scene: Scene = {
  files: { 'a.gguf': content, 'new/a.gguf': other },
  prepare: (catalog) => catalog.add(join(simulatedSources, 'a.gguf')),
  leave: async (disk) => {
    for (const path of [placePath, copyPath]) putThere(disk, path, content);
  },
  act: (catalog) => catalog.dedupe(),
};

When(/^a replacement of copies meets a (kill|power cut) at each of its steps$/, async function (this: SharingWorld, end: string) {
  this.explored = await (end === 'kill' ? killAtEachStep : cutAtEachStep)(scene, judgeCopies);
});

Then(
  'each copy had its content every time, each model was whole, and nothing half done was left under models',
  function (this: SharingWorld) {
    expect(this.explored.steps).to.be.greaterThan(20);
    expect(this.explored.done, 'how often both were links').to.be.greaterThan(0).and.lessThan(this.explored.states);
  },
);

When('somebody puts another file in place of each copy before each step of a replacement', async function (this: SharingWorld) {
  const steps = await stepsOf(scene);
  this.times = 0;
  for (let step = 1; step <= steps.length; step++) {
    // Nobody can look after the last look.
    if (isOnto(steps[step - 1])) continue;
    const disk = await diskOf(scene);
    const stopped = await stopOn(disk, scene.act, step);
    for (const path of [placePath, copyPath]) putThere(disk, path, other);
    await stopped.letGo();
    for (const path of [placePath, copyPath])
      expect((await verifyDigest(path, sha256(other), { disk })).kind, `${path}, step ${step}`).to.equal('pass');
    expectBlobsGood(disk);
    this.times++;
  }
});

Then('the other file was there every time', function (this: SharingWorld) {
  expect(this.times).to.be.greaterThan(20);
});

When('a model gets other content before each step of a replacement', async function (this: SharingWorld) {
  const steps = await stepsOf(scene);
  this.times = 0;
  for (let step = 1; step <= steps.length; step++) {
    const disk = await diskOf(scene);
    const stopped = await stopOn(disk, scene.act, step);
    const replacing = await openOn(disk.process(), 'another');
    const adding = () => replacing.add(join(simulatedSources, 'new/a.gguf'), { id: 'a', replace: true });
    const wasBusy = await isBusy(adding());
    await stopped.letGo();
    if (wasBusy) await adding();
    await expectWhole(disk);
    expect((await verifyDigest(placePath, sha256(other), { disk })).kind, `step ${step}`).to.equal('pass');
    expect((await verifyDigest(copyPath, sha256(content), { disk })).kind, `step ${step}`).to.equal('pass');
    this.times++;
  }
});

Then('it showed its new content every time', function (this: SharingWorld) {
  expect(this.times).to.be.greaterThan(20);
});

When('a copy is referenced before each step of a replacement', async function (this: SharingWorld) {
  const steps = await stepsOf(scene);
  // Nobody can look after the last look.
  const last = steps.slice(0, steps.findIndex(isOnto)).findLastIndex(({ path }) => /\/generations\/models\//.test(path));
  this.times = 0;
  for (let step = 1; step <= last; step++) {
    const disk = await diskOf(scene);
    const before = inodeAt(disk, copyPath);
    const stopped = await stopOn(disk, scene.act, step);
    const referencing = await openOn(disk.process(), 'another');
    await referencing.add(copyPath, { id: 'r', mode: 'reference' });
    await stopped.letGo();
    expect(inodeAt(disk, copyPath), `step ${step}`).to.equal(before);
    expect(await referencing.drift(), `step ${step}`).to.deep.equal([]);
    this.times++;
  }
});

Then('it was as it had been every time, and no other was taken for it', function (this: SharingWorld) {
  expect(this.times).to.be.greaterThan(20);
});

When('the steps of a replacement are traced', async function (this: SharingWorld) {
  this.steps = await stepsOf(scene);
});

// A model and an engine

Given(/^an engine "([^"]*)" with flags "([^"]*)"$/, async function (this: SharingWorld, id: string, flags: string) {
  await this.catalog.engines.put(engineEntry(id, { build_flags: flags.split(' ') }));
});

When(
  /^"([^"]*)" and "([^"]*)" are correlated, here and in another catalog of the same$/,
  async function (this: SharingWorld, model, engine) {
    const elsewhere = await this.openCatalog({ root: join(await this.folder(), 'elsewhere') });
    await elsewhere.add(await writeSource(this, `elsewhere/${model}.gguf`, contentOf(model)), { id: model });
    const entry = (await this.catalog.engines.get(engine))?.record ?? expect.fail(engine);
    await elsewhere.engines.put(entry);
    this.correlations = [await this.catalog.correlate(model, engine), await elsewhere.correlate(model, engine)];
  },
);

When(/^"([^"]*)" and "([^"]*)" are correlated$/, async function (this: SharingWorld, model: string, engine: string) {
  this.correlations = [await this.attempt(() => this.catalog.correlate(model, engine))];
});

Then('both records are equal, frozen, and their digest is that of their canonical JSON', function (this: SharingWorld) {
  const [here, elsewhere] = this.correlations;
  expect(here).to.deep.equal(elsewhere);
  const { model, engine, digest } = here ?? expect.fail('there is none');
  expect(digest).to.equal(`sha256:${createHash('sha256').update(canonicalJson({ engine, model })).digest('hex')}`);
  for (const part of [here, model, model.files, engine, engine.build_flags]) expect(part).to.be.frozen;
  expect(model).to.have.all.keys('id', 'digest', 'files');
  expect(engine.build_flags).to.deep.equal(['-ngl', '99']);
});

Then(/^there is a record with the digest of "([^"]*)"$/, async function (this: SharingWorld, id: string) {
  expect(this.correlations.map((one) => one?.model.digest)).to.deep.equal([(await this.catalog.get(id))?.digest]);
});

Then('there is no record of it', function (this: SharingWorld) {
  expect(this.correlations).to.deep.equal([undefined]);
});

Then('other pairs have other digests', async function (this: SharingWorld) {
  const pairs = [
    ['a', 'llama.cpp:1'],
    ['a', 'llama.cpp:2'],
    ['b', 'llama.cpp:1'],
  ] as const;
  const digests = await Promise.all(pairs.map(async ([model, engine]) => (await this.catalog.correlate(model, engine)).digest));
  expect(new Set(digests).size).to.equal(3);
});

async function put(path: string, bytes: Uint8Array): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
  return path;
}

/** In place of what is there, if anything. */
function putThere(disk: SimulatedDisk, path: string, bytes: string): void {
  if (disk.snapshotTree().has(path)) disk.uproot(path);
  disk.plant(path, bytes);
}

/** Where the file of a model is shown. */
async function placeOf(world: SharingWorld, id: string): Promise<string> {
  return join(await world.root(), modelFolder(id), `${id}.gguf`);
}

function expectReplaced({ replaced, bytes_reclaimed, errors }: DedupeReport, path: string, freed: number): void {
  const bytes = 4096;
  expect(replaced.map((one) => [one.path, one.bytes])).to.deep.equal([[path, bytes]]);
  expect(bytes_reclaimed).to.equal(freed);
  expect(errors.filter((error) => error.path === path)).to.deep.equal([]);
}

function withoutIdentity({ files = [], ...entry }: ModelEntry): unknown {
  return { ...entry, files: files.map(({ identity: _, ...file }) => file) };
}

async function stepsOf(one: Scene): Promise<Recorded[]> {
  const steps: Recorded[] = [];
  await openOn(recording(await diskOf(one), steps), 'the one that is stopped').then(one.act);
  return steps;
}

function isOnto(recorded: Recorded | undefined): boolean {
  return recorded?.step.op === 'rename' && [placePath, copyPath].includes(recorded.step.to);
}

/** Whether both were replaced; whatever was, the content is there, before anybody mends anything and after it. */
async function judgeCopies({ disk, acknowledged }: Left): Promise<boolean> {
  await expectContent(disk);
  const catalog = await openOn(disk.process(), 'recovery');
  await expectContent(disk);
  expectBlobsGood(disk);
  expect((await catalog.locate('a'))?.files).to.deep.equal([placePath]);
  expect(
    namesBelow(disk, join(simulatedRoot, 'models')).filter((path) => disk.snapshotTree().get(path)?.type !== 'directory'),
  ).to.deep.equal([placePath]);
  const tree = disk.snapshotTree();
  await expectHealing(catalog);
  const isDone = tree.get(placePath)?.type === 'symlink' && tree.get(copyPath)?.type === 'file' && isBlob(disk);
  expect(isDone || !acknowledged, 'what was told was done').to.equal(true);
  return isDone;
}

/** Who is killed between the link and the record leaves a model that looks changed, until it is verified. */
async function expectHealing(catalog: Catalog): Promise<void> {
  expect((await catalog.drift()).filter(({ reason }) => reason !== 'changed')).to.deep.equal([]);
  expect((await catalog.verify('a')).kind).to.equal('pass');
  expect(await catalog.drift()).to.deep.equal([]);
}

async function expectContent(disk: SimulatedDisk): Promise<void> {
  for (const path of [placePath, copyPath]) expect((await verifyDigest(path, sha256(content), { disk })).kind, path).to.equal('pass');
}

/** Whether the copy is another name of the blob. */
function isBlob(disk: SimulatedDisk): boolean {
  const inodes = [copyPath, join(simulatedRoot, blobPath(sha256(content)))].map((path) => inodeAt(disk, path));
  return inodes[0] === inodes[1];
}

function inodeAt(disk: SimulatedDisk, path: string): bigint {
  return (disk.perform({ op: 'stat', kind: 'Stat', path, follow: false }) as { inode: bigint }).inode;
}
