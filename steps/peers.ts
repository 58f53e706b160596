import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { ModelEntry } from '../src/core/records.js';
import type { Disk } from '../src/disk/program.js';
import { RealDisk } from '../src/disk/real-disk.js';
import type { CatalogStore } from '../src/stores/catalog-store.js';
import type { FsCatalog } from '../src/stores/fs/fs-catalog.js';
import type { PausedPut } from '../support/contention/paused-put.js';
import { type CatalogWorld, modelEntry } from '../support/world.js';

interface PeerWorld extends CatalogWorld {
  store: CatalogStore;
  early: FsCatalog;
  put: PausedPut;
  models: readonly ModelEntry[];
  entries: readonly ModelEntry[];
  blob: string;
}

const longName = 'l'.repeat(5000);

Given('a catalog on a disk that takes at most {int} bytes at a time', async function (this: PeerWorld, bytes: number) {
  this.store = await this.openStore({ disk: sippingDisk(bytes) });
});

When(/^models of (characters of one to four bytes|more than 512 KiB) are put$/, async function (this: PeerWorld, content: string) {
  const count = content.startsWith('more') ? 12 : 2;
  const name = content.startsWith('more') ? 'n'.repeat(50_000) : 'aé模🦙';
  this.models = Array.from({ length: count }, (_, at) => modelEntry(`m${String(at).padStart(2, '0')}`, { labels: { note: name } }));
  await Promise.all(this.models.map((model) => this.store.models.put(model)));
});

Then('they are there, character for character, after reopening', async function (this: PeerWorld) {
  const again = await this.openStore({ readOnly: true });
  expect((await again.models.list()).map(({ record }) => record)).to.deep.equal(this.models);
});

When('the folder of its generations is removed', async function (this: PeerWorld) {
  await rm(join(await this.root(), 'generations', 'models'), { recursive: true });
});

Then('the put that was held is refused', async function (this: PeerWorld) {
  const told = await this.put.goOn();
  expect(told.kind === 'refused' ? told.error.code : told).to.be.oneOf(['IoError', 'IndexCorrupt']);
});

When('a model with a long name is put again with a short one', async function (this: PeerWorld) {
  for (const name of [longName, 's']) await this.store.models.put(modelEntry('m', { name }));
});

Then('neither catalog.json nor the newest generation holds a byte of the long one', async function (this: PeerWorld) {
  for (const name of ['catalog.json', 'generations/models/2']) {
    expect(readFileSync(join(await this.root(), name), 'utf8'))
      .not.to.include('ll"')
      .and.not.to.include('lll');
  }
  expect((await (await this.openStore()).models.get('m'))?.record.name).to.equal('s');
});

Then('its newest generation is the same file with the same bytes after 5 more commits', async function (this: PeerWorld) {
  const path = join(await this.root(), 'generations/models/4');
  const before = [lstatSync(path).ino, lstatSync(path).mtimeMs, readFileSync(path, 'utf8')];
  for (let at = 0; at < 5; at++) await this.early.models.put(modelEntry(`more ${at}`));
  expect([lstatSync(path).ino, lstatSync(path).mtimeMs, readFileSync(path, 'utf8')]).to.deep.equal(before);
});

Then('no published file can be written to', async function (this: PeerWorld) {
  const root = await this.root();
  const published = ['catalog.json', ...readdirSync(join(root, 'generations/models')).map((name) => `generations/models/${name}`)];
  for (const name of published) expect(lstatSync(join(root, name)).mode & 0o777, name).to.equal(0o400);
});

Given(/^a catalog whose lock file (.+), and which nobody holds$/, async function (this: PeerWorld, says: string) {
  const store = await this.openStore();
  await store.models.put(modelEntry('first'));
  const path = join(await this.root(), 'catalog.lock');
  const owner = JSON.parse(readFileSync(path, 'utf8')) as object;
  const forms: Readonly<Record<string, string>> = {
    'names this very process': JSON.stringify({ ...owner, pid: process.pid, host: hostname(), token: 'T'.repeat(22) }),
    'names process 1': JSON.stringify({ ...owner, pid: 1 }),
    'names a process of another host': JSON.stringify({ ...owner, host: 'elsewhere', pid: 77 }),
    'is empty': '',
    'holds no name': '\0\0\0{"pid":',
  };
  await writeFile(path, forms[says] ?? expect.fail(says));
});

Then('a model can be put without waiting', async function (this: PeerWorld) {
  const store = await this.openStore({ lockTimeoutMs: 0 });
  expect((await store.models.put(modelEntry('next'))).revision).to.equal(2);
});

When('one file is added {int} times at once as one model', async function (this: PeerWorld, times: number) {
  const path = await source(this);
  const catalogs = await Promise.all(Array.from({ length: times }, () => this.openCatalog()));
  this.entries = await Promise.all(catalogs.map((catalog) => catalog.add(path, { id: 'm' })));
});

Then('each add gives the same entry, and its content is there once', async function (this: PeerWorld) {
  for (const entry of this.entries) expect(entry).to.deep.equal(this.entries[0]);
  expect(await blobs(this)).to.have.lengthOf(1);
});

When('one file is added as two models', async function (this: PeerWorld) {
  const [path, catalog] = [await source(this), await this.openCatalog()];
  await catalog.add(path, { id: 'one' });
  this.blob = JSON.stringify(await blobs(this));
  await catalog.add(path, { id: 'two' });
});

Then('the content of both is the file that it was', async function (this: PeerWorld) {
  expect(JSON.stringify(await blobs(this))).to.equal(this.blob);
});

/** A disk that writes a few bytes at a time and says so; what it takes of them ends within a chunk or a character. */
function sippingDisk(most: number): Disk {
  const disk = new RealDisk();
  return {
    perform: (step) => {
      if (step.op !== 'write') return disk.perform(step);
      const [first] = step.chunks.filter(({ byteLength }) => byteLength > 0);
      return disk.perform({ ...step, chunks: first === undefined ? [] : [first.subarray(0, most)] });
    },
  };
}

async function source(world: PeerWorld): Promise<string> {
  const path = join(await world.folder(), 'source.gguf');
  await writeFile(path, 'some weights');
  return path;
}

/** The blobs of the catalog: name, file, and when it was written. */
async function blobs(world: PeerWorld): Promise<(string | number)[][]> {
  const folder = join(await world.root(), 'blobs');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map(({ name, parentPath }) => {
    const { ino, mtimeMs } = lstatSync(join(parentPath, name));
    return [name, ino, mtimeMs];
  });
}
