import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { emptyGeneration } from '../src/core/generation.js';
import { encodeIndex } from '../src/core/index-file.js';
import { decodeRoot } from '../src/core/root-file.js';
import { RealDisk } from '../src/disk/real-disk.js';
import { expectShown, type IndexWorld, type Named, put, seen, tree } from '../support/index-world.js';
import { modelEntry } from '../support/world.js';

const token = 'T'.repeat(22);

Given(/^a root that is (.*)$/, async function (this: IndexWorld, shape: string) {
  const root = await this.root();
  const folders = () => Promise.all(['models', 'engines'].map((name) => mkdir(join(root, 'generations', name), { recursive: true })));
  const generation = (name: Named) => writeFile(join(root, 'generations', name, '0'), firstGeneration(name), { mode: 0o400 });
  const temps = (bytes: string) =>
    Promise.all(['catalog', 'engines', 'root'].map((name) => writeFile(join(root, `${name}.json.${token}.tmp`), bytes)));
  const shapes: Readonly<Record<string, () => Promise<unknown>>> = {
    missing: async () => {},
    'an empty folder': () => mkdir(root),
    'folders for generations': () => mkdir(join(root, 'generations'), { recursive: true }),
    'folders for both generations': folders,
    'folders and a temp of no bytes': () => folders().then(() => temps('')),
    'folders and a temp of other bytes': () => folders().then(() => temps('{"schema":"catalog-core/models","version":7')),
    'generation 0 of models alone': () => folders().then(() => generation('models')),
    'generation 0 of models with its index': () =>
      folders()
        .then(() => generation('models'))
        .then(() => writeFile(join(root, 'catalog.json'), firstGeneration('models'))),
    'both generations 0 without a root.json': () => folders().then(() => Promise.all([generation('models'), generation('engines')])),
  };
  await (shapes[shape]?.() ?? expect.fail(shape));
  await seen(this);
});

Given('an empty folder', async function (this: IndexWorld) {
  await mkdir(await this.root());
  await seen(this);
});

When('it is opened for writing and a model is put', async function (this: IndexWorld) {
  this.store = await this.openStore();
  await this.store.models.put(modelEntry('first'));
});

When(/^4 handles, each with a disk of its own, make it at the same time$/, async function (this: IndexWorld) {
  const handles = await Promise.all(Array.from({ length: 4 }, () => this.openStore({ disk: new RealDisk() })));
  this.outcomes = await Promise.allSettled(handles.map((handle, place) => handle.models.put(modelEntry(String(place)))));
});

When('a catalog is opened whose root is a file', async function (this: IndexWorld) {
  await writeFile(await this.root(), '');
  await this.attempt(() => this.openStore());
});

Then('all 4 models are there', async function (this: IndexWorld) {
  expect(this.outcomes.map(({ status }) => status)).to.deep.equal(Array.from({ length: 4 }, () => 'fulfilled'));
  expect(await (await this.openStore()).models.list()).to.have.lengthOf(4);
});

Then('it is a finished root with that model alone', async function (this: IndexWorld) {
  const root = await this.root();
  const names = Object.keys(await tree(this)).filter((path) => path !== '.');
  expect(names).to.have.members([
    'catalog.json',
    'catalog.lock',
    'engines.json',
    'generations',
    'generations/engines',
    'generations/engines/0',
    'generations/models',
    'generations/models/0',
    'generations/models/1',
    'reserve',
    'root.json',
  ]);
  const form = /^\{"schema":"catalog-core\/root","version":1,"store":"fs","lineage":"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"\}\n?$/;
  expect(await readFile(join(root, 'root.json'), 'utf8')).to.match(form);
  await expectShown(this, 'models');
  await expectShown(this, 'engines');
  const again = await this.openStore();
  expect((await again.models.list()).map(({ record, revision }) => [record.id, revision])).to.deep.equal([['first', 1]]);
});

Then('its root.json is the same after more writes and after reopening', async function (this: IndexWorld) {
  const path = join(await this.root(), 'root.json');
  const before = await readFile(path, 'utf8');
  const again = await this.openStore();
  await put(again, 'models', 'more');
  await put(again, 'engines', 'more');
  expect(await readFile(path, 'utf8')).to.equal(before);
});

Then(
  'its root.json with any one bit flipped or cut off anywhere names no other store and no other lineage',
  async function (this: IndexWorld) {
    const bytes = await readFile(join(await this.root(), 'root.json'));
    const intact = decodeRoot(bytes);
    for (let bit = 0; bit < bytes.byteLength * 8; bit++) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(decodeRoot(flipped).kind, `bit ${bit}`).to.be.oneOf(['damaged', 'newer']);
    }
    for (let size = 0; size < bytes.byteLength - 1; size++)
      expect(decodeRoot(bytes.subarray(0, size)).kind, `${size} bytes`).to.equal('damaged');
    expect(decodeRoot(bytes.subarray(0, -1))).to.deep.equal(intact);
  },
);

function firstGeneration(collection: Named): Buffer {
  return Buffer.concat(encodeIndex(emptyGeneration(collection, token)).chunks);
}
