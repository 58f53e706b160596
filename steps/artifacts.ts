import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
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
import { dirname, isAbsolute, join } from 'node:path';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Progress } from '../src/artifacts/hash-file.js';
import { blobPath } from '../src/core/model-layout.js';
import { RealDisk } from '../src/disk/real-disk.js';
import type { Step } from '../src/disk/steps.js';
import type { EvictReport } from '../src/evict-model.js';
import { defaultModelCacheDir } from '../src/open-catalog.js';
import { filesBelow, treeOf } from '../support/artifact-folders.js';
import { disturbed, sha256, systemError } from '../support/artifact-helpers.js';
import { ggufBytes } from '../support/gguf.js';
import { expanded, type ModelWorld, sourcePath, writeSource } from './catalog.js';

interface ArtifactWorld extends ModelWorld {
  /** The bytes of the blocks of all blobs, before the last was removed. */
  blocks: number;
  report: EvictReport | undefined;
  progress: Progress[];
  /** Names, bytes and times of the sources, or of what is outside the root. */
  tree: readonly string[];
  contents: Map<string, Buffer>;
  /** The source that a step is about without naming it. */
  odd: string;
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
  const blobs = filesBelow(join(await this.root(), 'blobs')).map((path) => statSync(path));
  this.blocks = blobs.reduce((sum, { blocks }) => sum + blocks * 512, 0);
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

Then('its report says that the blocks of that blob were reclaimed', function (this: ArtifactWorld) {
  expect(this.blocks).to.be.greaterThan(0);
  expect(this.report?.bytes_reclaimed).to.equal(this.blocks);
});

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

export async function blobOf(world: ModelWorld, name: string): Promise<string> {
  return join(await world.root(), blobPath(sha256(readFileSync(await sourcePath(world, name)))));
}

async function expectFoundWhole(world: ArtifactWorld, id: string): Promise<void> {
  const entry = (await world.catalog.get(id)) ?? expect.fail(`${id} is not there`);
  const located = (await world.catalog.locate(id)) ?? expect.fail(`the files of ${id} are not there`);
  expect(located.path).to.equal(await world.catalog.modelPath(id));
  expect(located.files.map((path) => sha256(readFileSync(path)))).to.deep.equal(entry.files?.map(({ digest }) => digest));
}

function fifo(path: string): string {
  if (spawnSync('mkfifo', [path]).status !== 0) throw new Error('mkfifo failed');
  return path;
}

function linked(target: string, path: string): string {
  symlinkSync(target, path);
  return path;
}
