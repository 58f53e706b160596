import { cp, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { RealDisk } from '../src/disk/real-disk.js';
import { FsCatalog } from '../src/stores/fs/fs-catalog.js';
import { type Recorded, recording } from '../support/artifact-helpers.js';
import { expectShown, type IndexWorld, type Named } from '../support/index-world.js';
import { modelEntry } from '../support/world.js';

Given('a reader of a root that is not there', async function (this: IndexWorld) {
  this.store = await this.openStore({ readOnly: true });
  expect(await this.store.models.list()).to.deep.equal([]);
});

When(/^it is opened (?:again )?for (reading|writing)$/, async function (this: IndexWorld, kind: string) {
  this.store = await this.openStore({ readOnly: kind === 'reading' });
});

When(/^it is opened (?:again )?for (reading|writing), read in every way, and closed$/, async function (this: IndexWorld, kind: string) {
  const store = await this.openStore({ readOnly: kind === 'reading' });
  const { models, engines } = await store.snapshot();
  this.read = [
    ...models,
    ...engines,
    ...(await store.models.list()),
    ...(await store.engines.list()),
    await store.models.get('x'),
    await store.engines.get('x'),
  ];
  await store.close();
});

When(/^the next (writing open|commit) is done$/, async function (this: IndexWorld, writer: string) {
  if (writer === 'commit') await (this.early ?? this.store).models.put(modelEntry('next'));
  else await (await this.openStore()).close();
});

When(/^a catalog is opened with (\w+) of (.*)$/, async function (this: IndexWorld, option: string, value: string) {
  await this.attempt(async () => FsCatalog.open({ root: await this.root(), [option]: JSON.parse(value) }));
});

Then(/^the (models|engines) are at the revisions "(.*)"$/, async function (this: IndexWorld, collection: Named, revisions: string) {
  const list = await this.store[collection].list();
  expect(list.map(({ record, revision }) => `${record.id} ${revision}`).join(', ')).to.equal(revisions);
  for (const versioned of list) expect(await this.store[collection].get(versioned.record.id)).to.deep.equal(versioned);
});

Then(/^its snapshot is of models (\d+) and engines (\d+)$/, async function (this: IndexWorld, models: string, engines: string) {
  const { revision } = await (this.store as FsCatalog).snapshot();
  expect(revision).to.deep.equal({ models: Number(models), engines: Number(engines) });
});

Then(
  'its {string} says that it is {string} version {int} at revision {int}',
  async function (this: IndexWorld, name: string, schema: string, version: number, revision: number) {
    const document = JSON.parse(await readFile(join(await this.root(), name), 'utf8'));
    expect(document).to.include({ schema, version, revision });
  },
);

Then('both are the newest generations, byte for byte', async function (this: IndexWorld) {
  await expectShown(this, 'models');
  await expectShown(this, 'engines');
});

Then('catalog.json is the newest generation', async function (this: IndexWorld) {
  await expectShown(this, 'models');
});

Then(
  'a get of what was read before is refused with IndexCorrupt once older generations are in their place',
  async function (this: IndexWorld) {
    const root = await this.root();
    const store = await this.openStore();
    const [generations, older] = [join(root, 'generations'), join(root, 'older')];
    await cp(generations, older, { recursive: true });
    await store.models.put(modelEntry('later'));
    for (let time = 0; time < 3; time++) expect((await store.models.get('later'))?.record.id).to.equal('later');
    await rename(generations, join(root, 'aside'));
    await rename(older, generations);
    const error = await store.models.get('later').then(
      () => undefined,
      (thrown) => thrown,
    );
    expect(error).to.include({ code: 'IndexCorrupt' });
  },
);

Then('there was nothing to read', function (this: IndexWorld) {
  expect(this.read).to.deep.equal([undefined, undefined]);
});

When('a snapshot is taken and 20 changes are made', async function (this: IndexWorld) {
  this.snapshot = await this.early.snapshot();
  this.written = structuredClone([this.snapshot.models, this.snapshot.engines, this.snapshot.revision]);
  for (let turn = 0; turn < 20; turn++) await this.early.models.put(modelEntry(`new ${turn}`));
});

Then(
  /^a (reading|writing) handle sees each of 20 changes of another handle as soon as it is acknowledged$/,
  async function (this: IndexWorld, kind: string) {
    const other = await this.openStore({ readOnly: kind === 'reading', disk: new RealDisk() });
    for (let turn = 0; turn < 20; turn++) {
      const written = await this.early.models.put(modelEntry('a', { name: String(turn) }));
      expect(await other.models.get('a')).to.deep.equal(written);
      expect((await other.models.list()).find(({ record }) => record.id === 'a')).to.deep.equal(written);
      await this.early.engines.delete('e');
      expect(await other.engines.get('e')).to.equal(undefined);
    }
  },
);

Then('it sees what another handle writes as soon as it is acknowledged', async function (this: IndexWorld) {
  const other = await this.openStore();
  const written = await other.models.put(modelEntry('a'));
  expect(await this.store.models.get('a')).to.deep.equal(written);
});

Then('the snapshot is as it was', function (this: IndexWorld) {
  expect([this.snapshot.models, this.snapshot.engines, this.snapshot.revision]).to.deep.equal(this.written);
  this.snapshot.close();
});

Then('a new snapshot shows the changes', async function (this: IndexWorld) {
  const { models, revision, durable } = await this.early.snapshot();
  expect([models.length, revision, durable]).to.deep.equal([23, { models: 24, engines: 2 }, true]);
});

Then('readers beside a writer that always changes two models together see both at one revision', async function (this: IndexWorld) {
  const readers = await Promise.all([this.openStore({ readOnly: true, disk: new RealDisk() }), this.openStore({ disk: new RealDisk() })]);
  const rounds = Array.from({ length: 40 }, (_, turn) => String(turn));
  let writing = true;
  const write = async (): Promise<void> => {
    for (const name of rounds) await Promise.all(['a', 'b'].map((id) => this.store.models.put(modelEntry(id, { name }))));
  };
  const read = async (reader: FsCatalog): Promise<number> => {
    let answers = 0;
    for (; writing; answers++) {
      expect(new Set((await reader.models.list()).map(({ revision }) => revision)).size).to.be.at.most(1);
      // A read of what is cached does not wait for the disk, and would leave the writer no turn.
      await setImmediate();
    }
    return answers;
  };
  const reading = readers.map(read);
  await write().finally(() => {
    writing = false;
  });
  for (const answers of await Promise.all(reading)) expect(answers).to.be.above(0);
});

Then(
  'a get takes three looks and reads nothing, once two have found the same, and sees at once what another process puts',
  async function (this: IndexWorld) {
    const steps: Recorded[] = [];
    const store = await this.openStore({ disk: recording(new RealDisk(), steps) });
    const other = await this.openStore();
    for (const id of ['one', 'two']) {
      for (let time = 0; time < 2; time++) await store.models.get('a');
      steps.length = 0;
      expect((await store.models.get('a'))?.record.id).to.equal('a');
      expect(steps.map(({ step }) => step.op)).to.deep.equal(['stat', 'stat', 'stat']);
      const put = await other.models.put(modelEntry(id));
      expect(await store.models.get(id)).to.deep.equal(put);
    }
  },
);
