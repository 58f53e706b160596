import { createHash } from 'node:crypto';
import { type BigIntStats, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { type CatalogError, type ErrorCode, isCatalogError } from '../src/core/errors.js';
import { emptyGeneration, type Versioned } from '../src/core/generation.js';
import { encodeIndex } from '../src/core/index-file.js';
import type { EngineEntry, ModelEntry } from '../src/core/records.js';
import { decodeRoot } from '../src/core/root-file.js';
import type { Disk } from '../src/disk/program.js';
import { RealDisk } from '../src/disk/real-disk.js';
import type { Step } from '../src/disk/steps.js';
import type { CatalogStore, Snapshot } from '../src/stores/catalog-store.js';
import { FsCatalog } from '../src/stores/fs/fs-catalog.js';
import { type CatalogWorld, engineEntry, modelEntry } from '../support/world.js';

type Named = 'models' | 'engines';

interface IndexWorld extends CatalogWorld {
  store: CatalogStore;
  /** A writing handle that was there before anything happened to the files. */
  early: FsCatalog;
  disk: FailingDisk;
  before: Tree;
  refusal: CatalogError;
  written: unknown;
  read: readonly unknown[];
  snapshot: Snapshot;
  outcomes: readonly PromiseSettledResult<Versioned<ModelEntry>>[];
}

const indexNames = { models: 'catalog.json', engines: 'engines.json' } as const;
const token = 'T'.repeat(22);
const lastLineBytes = 88;

// A healthy catalog, and what can befall it

Given('a healthy catalog', async function (this: IndexWorld) {
  this.early = await this.openStore();
  for (const id of ['a', 'b', 'c', 'b']) await this.early.models.put(modelEntry(id));
  for (const id of ['e', 'f']) await this.early.engines.put(engineEntry(id));
  await seen(this);
});

Given(/^its (models|engines) index has version 2 in (.*)$/, async function (this: IndexWorld, collection: Named, place: string) {
  const newer = sealed(bodyOf(await newestBytes(this, collection)).replace('"version":1', '"version":2'));
  const generations = await generationPaths(this, collection);
  const index = join(await this.root(), indexNames[collection]);
  const places: Readonly<Record<string, readonly string[]>> = {
    'the newest generation': generations.slice(-1),
    'the newest generation and the index': [...generations.slice(-1), index],
    'every generation and the index': [...generations, index],
    [indexNames[collection]]: [index],
  };
  for (const path of places[place] ?? expect.fail(place)) await replaced(path, newer);
  await seen(this);
});

Given(
  /^the newest generation of its (models|engines) is (.*?)( together with its index)?$/,
  async function (this: IndexWorld, collection: Named, damage: string, both?: string) {
    const [newest = ''] = (await generationPaths(this, collection)).slice(-1);
    if (damage === 'at revision 2^53-1') {
      const last = sealed(bodyOf(await readFile(newest)).replace('"revision":4', `"revision":${Number.MAX_SAFE_INTEGER}`));
      await writeFile(join(newest, '..', String(Number.MAX_SAFE_INTEGER)), last);
    } else {
      await befall(this, newest, damage);
      if (both) await befall(this, join(await this.root(), indexNames[collection]), damage);
    }
    await seen(this);
  },
);

Given(/^its catalog\.json alone is (.*)$/, async function (this: IndexWorld, damage: string) {
  await befall(this, join(await this.root(), 'catalog.json'), damage);
  await seen(this);
});

Given(
  /^its root\.json (?:is|names) (emptied|cut .*|filled .*|followed .*|of .*|the journal store)$/,
  async function (this: IndexWorld, damage: string) {
    const path = join(await this.root(), 'root.json');
    const text = await readFile(path, 'utf8');
    const forms: Readonly<Record<string, () => string>> = {
      'of a newer version': () => '{"schema":"catalog-core/root","version":2,"store":"other","more":[]}\n',
      'the journal store': () => text.replace('"fs"', '"journal"'),
      'of another store': () => text.replace('"fs"', '"postgres"'),
      'of another schema': () => text.replace('catalog-core/root', 'catalog-core/models'),
      'of another lineage': () => text.replace(/"lineage":"../, (start) => start.slice(0, -2) + (start.endsWith('00') ? '11' : '00')),
    };
    if (forms[damage]) await replaced(path, forms[damage]());
    else await befall(this, path, damage);
    await seen(this);
  },
);

Given(/^it has lost (.*)$/, async function (this: IndexWorld, what: string) {
  const generations = join('generations', 'models');
  const losses: Readonly<Record<string, readonly string[]>> = {
    'the generations of models': [],
    'the folder of generations of models': [generations],
    'the generations of models and catalog.json': ['catalog.json'],
    'the generations of models and root.json': ['root.json'],
    'all folders of generations': ['generations'],
    'all folders of generations and root.json': ['generations', 'root.json'],
    'all but engines and their generations': [generations, 'catalog.json', 'root.json'],
    'all but root.json': ['generations', 'catalog.json', 'engines.json'],
  };
  for (const path of await generationPaths(this, 'models')) await rm(path);
  for (const name of losses[what] ?? expect.fail(what)) await rm(join(await this.root(), name), { recursive: true });
  await seen(this);
});

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

Given('a reader of a root that is not there', async function (this: IndexWorld) {
  this.store = await this.openStore({ readOnly: true });
  expect(await this.store.models.list()).to.deep.equal([]);
});

Given(
  /^an? (memory|fs|journal) catalog where "a" is (missing|at revision 2)$/,
  async function (this: IndexWorld, name: string, there: string) {
    this.store = await this.openNamed(name);
    if (there === 'missing') await this.store.models.put(modelEntry('other'));
    else for (let revision = 1; revision <= 2; revision++) await this.store.models.put(modelEntry('a'));
  },
);

Given(
  /^(a|no) catalog on a disk that will fail with (\w+) at (.*)$/,
  async function (this: IndexWorld, there: string, errno: string, step: string) {
    this.disk = new FailingDisk();
    this.store = await this.openStore({ disk: this.disk, keepGenerations: 2 });
    if (there === 'a') for (const id of ['a', 'b']) await this.store.models.put(modelEntry(id));
    this.disk.failOnce(step, errno);
    await seen(this);
  },
);

// Opening and reading

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

When('it is opened for writing and a model is put', async function (this: IndexWorld) {
  this.store = await this.openStore();
  await this.store.models.put(modelEntry('first'));
});

When(/^the next (writing open|commit) is done$/, async function (this: IndexWorld, writer: string) {
  if (writer === 'commit') await (this.early ?? this.store).models.put(modelEntry('next'));
  else await (await this.openStore()).close();
});

When(/^a catalog is opened with (\w+) of (.*)$/, async function (this: IndexWorld, option: string, value: string) {
  await this.attempt(async () => FsCatalog.open({ root: await this.root(), [option]: JSON.parse(value) }));
});

When('a catalog is opened whose root is a file', async function (this: IndexWorld) {
  await writeFile(await this.root(), '');
  await this.attempt(() => this.openStore());
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

Then('there was nothing to read', function (this: IndexWorld) {
  expect(this.read).to.deep.equal([undefined, undefined]);
});

// What is told, and what stays

Then(
  /^every call that needs its (models|engines) is refused with (\w+), (.*)$/,
  async function (this: IndexWorld, collection: Named, code: ErrorCode, what: string) {
    const [reader, writer] = [await this.openStore({ readOnly: true }), await this.openStore()];
    const reading = [reader, writer].flatMap((store) => [store[collection].get('a'), store[collection].list(), store.snapshot()]);
    const refusals = await refusalsOf([...reading, put(writer, collection, 'a'), writer[collection].delete('a')]);
    for (const { code: found, details } of refusals) {
      expect(found).to.equal(code);
      if (what.includes('found 2')) expect(details).to.include({ found: 2, supported: 1 });
      expect(details.path)
        .to.be.a('string')
        .that.includes(await this.root());
      if (what.includes('reason')) expect(details.reason).to.be.a('string').that.is.not.empty;
    }
  },
);

Then(/^opening it is refused with (\w+)$/, async function (this: IndexWorld, code: string) {
  for (const readOnly of [true, false]) {
    await this.attempt(() => this.openStore({ readOnly }));
    expect(this.takeRefusal().code).to.equal(code);
  }
});

Then('the other index works', async function (this: IndexWorld) {
  const store = await this.openStore();
  let worked = 0;
  for (const collection of ['models', 'engines'] as const) {
    if (
      await store[collection].list().then(
        () => false,
        () => true,
      )
    )
      continue;
    expect(await store[collection].list()).not.to.have.lengthOf(0);
    await put(store, collection, 'new');
    expect((await store[collection].get('new'))?.record.id).to.equal('new');
    worked++;
  }
  expect(worked).to.equal(1);
});

Then('nothing in it has changed', async function (this: IndexWorld) {
  expect(contentOf(await tree(this))).to.deep.equal(contentOf(this.before));
});

Then('not a byte nor a time in it has changed', async function (this: IndexWorld) {
  expect(await tree(this)).to.deep.equal(this.before);
});

Then('what was in its place is in quarantine', async function (this: IndexWorld) {
  const name =
    Object.keys(await tree(this)).find((path) => /^quarantine\/models-[\w-]{22}\.json$/.test(path)) ??
    expect.fail('nothing is in quarantine');
  expect(contentOf(await tree(this))[name]).to.deep.equal(contentOf(this.before)['catalog.json']);
});

Then('there is no quarantine', async function (this: IndexWorld) {
  expect(await readdir(await this.root())).not.to.include('quarantine');
});

Then('no temp remains', async function (this: IndexWorld) {
  expect((await readdir(await this.root())).filter((name) => name.includes('.tmp'))).to.deep.equal([]);
});

// Writing

When(/^"(.*)" is put (without a condition|if absent|if at revision \d+)$/, async function (this: IndexWorld, id: string, expected: string) {
  this.written = await this.attempt(() => this.store.models.put(modelEntry(id, { name: 'new' }), conditionOf(expected)));
});

When(
  /^"(.*)" is deleted (without a condition|if absent|if at revision \d+)$/,
  async function (this: IndexWorld, id: string, expected: string) {
    this.written = await this.attempt(() => this.store.models.delete(id, conditionOf(expected) as { ifRevision?: number }));
  },
);

When('a model is put', async function (this: IndexWorld) {
  await this.attempt(() => this.store.models.put(modelEntry('new')));
});

When(/^64 models are put at the same time(, every second if at revision 9)?$/, async function (this: IndexWorld, conditions?: string) {
  const puts = ids64.map((id, place) => this.store.models.put(modelEntry(id), conditions && place % 2 ? { ifRevision: 9 } : {}));
  this.outcomes = await Promise.allSettled(puts);
});

When('64 models are put at the same time and the catalog is closed at once', async function (this: IndexWorld) {
  const puts = ids64.map((id) => this.store.models.put(modelEntry(id)));
  await this.store.close();
  this.outcomes = await Promise.allSettled(puts);
});

When('8 writers put "a" at the same time, each if at revision 2', async function (this: IndexWorld) {
  const writers = Array.from({ length: 8 }, (_, place) =>
    this.store.models.put(modelEntry('a', { name: String(place) }), { ifRevision: 2 }),
  );
  this.outcomes = await Promise.allSettled(writers);
});

When(/^4 handles, each with a disk of its own, make it at the same time$/, async function (this: IndexWorld) {
  const handles = await Promise.all(Array.from({ length: 4 }, () => this.openStore({ disk: new RealDisk() })));
  this.outcomes = await Promise.allSettled(handles.map((handle, place) => handle.models.put(modelEntry(String(place)))));
});

When('a model of 2^53-1 bytes and an engine made at 2^53-1 ms are put', async function (this: IndexWorld) {
  await this.store.models.put(modelEntry('large', { bytes: 2 ** 53 - 1, last_used_ms: 2 ** 53 - 1 }));
  await this.store.engines.put(engineEntry('late', { created_ms: 2 ** 53 - 1 }));
});

When('a snapshot is taken and 20 changes are made', async function (this: IndexWorld) {
  this.snapshot = await this.early.snapshot();
  this.written = structuredClone([this.snapshot.models, this.snapshot.engines, this.snapshot.revision]);
  for (let turn = 0; turn < 20; turn++) await this.early.models.put(modelEntry(`new ${turn}`));
});

When('it is closed, twice', async function (this: IndexWorld) {
  await this.store.close();
  await this.store.close();
});

Then(
  /^deleting the model "(.*)" tells that it was there, and deleting it again that it was not$/,
  async function (this: IndexWorld, id: string) {
    expect(await this.store.models.delete(id)).to.equal(true);
    expect(await this.store.models.delete(id)).to.equal(false);
    expect(await this.store.models.get(id)).to.equal(undefined);
  },
);

Then('the write is done', async function (this: IndexWorld) {
  const found = await this.store.models.get('a');
  expect(found?.record.name).to.equal(this.written === true ? undefined : 'new');
  if (this.written !== true) expect(this.written).to.deep.equal(found);
});

Then('the write is done, with nothing to do', async function (this: IndexWorld) {
  expect(this.written).to.equal(false);
  expect(await this.store.models.list()).to.have.lengthOf(1);
});

Then(/^the write is refused: expected (\w+), actual (\w+)$/, async function (this: IndexWorld, expected: string, actual: string) {
  const { code, details } = this.takeRefusal();
  expect([code, details]).to.deep.equal(['RevisionConflict', { expected: revisionOf(expected), actual: revisionOf(actual) }]);
  const list = await this.store.models.list();
  expect(list.map(({ record, revision }) => [record.name, revision])).to.deep.equal(actual === 'absent' ? [['other', 1]] : [['a', 2]]);
});

Then(/^one of them is taken and (\d+) are refused with RevisionConflict$/, async function (this: IndexWorld, count: string) {
  const refused = this.outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => reason.code);
  expect(refused).to.deep.equal(Array.from({ length: Number(count) }, () => 'RevisionConflict'));
  expect((await this.store.models.get('a'))?.revision).to.equal(3);
});

Then('puts and deletes of "a" if at -1, 1.5, NaN, "2" or null are refused with InvalidArgument', async function (this: IndexWorld) {
  for (const ifRevision of [-1, 1.5, Number.NaN, '2', null]) {
    const condition = { ifRevision: ifRevision as number };
    const refusals = await refusalsOf([this.store.models.put(modelEntry('a'), condition), this.store.models.delete('a', condition)]);
    expect(refusals.map(({ code }) => code)).to.deep.equal(['InvalidArgument', 'InvalidArgument']);
  }
});

Then('all 64 are there, at no more than 2 revisions', async function (this: IndexWorld) {
  const list = await this.store.models.list();
  expect(list).to.have.lengthOf(64);
  expect(new Set(list.map(({ revision }) => revision)).size).to.be.at.most(2);
});

Then('all 64 are there after reopening', async function (this: IndexWorld) {
  expect(this.outcomes.map(({ status }) => status)).to.deep.equal(ids64.map(() => 'fulfilled'));
  expect(await (await this.openStore()).models.list()).to.have.lengthOf(64);
});

Then('every second is refused with RevisionConflict and the others are there', async function (this: IndexWorld) {
  const codes = this.outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason.code : 'done'));
  expect(codes).to.deep.equal(ids64.map((_, place) => (place % 2 ? 'RevisionConflict' : 'done')));
  expect((await this.store.models.list()).map(({ record }) => record.id)).to.deep.equal(ids64.filter((_, place) => place % 2 === 0));
});

Then(/^all 64 are refused with (\w+)$/, function (this: IndexWorld, code: string) {
  const codes = this.outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason.code : 'done'));
  expect(codes).to.deep.equal(ids64.map(() => code));
});

Then('no model of them is there, then or after reopening', async function (this: IndexWorld) {
  for (const store of [this.store, await this.openStore()]) {
    expect((await store.models.list()).map(({ record }) => record.id)).to.deep.equal(['a', 'b']);
  }
});

Then('all 4 models are there', async function (this: IndexWorld) {
  expect(this.outcomes.map(({ status }) => status)).to.deep.equal(Array.from({ length: 4 }, () => 'fulfilled'));
  expect(await (await this.openStore()).models.list()).to.have.lengthOf(4);
});

Then('both numbers are exactly that, after reopening too', async function (this: IndexWorld) {
  for (const store of await reopened(this)) {
    expect((await store.models.get('large'))?.record).to.include({ bytes: 9007199254740991, last_used_ms: 9007199254740991 });
    expect((await store.engines.get('late'))?.record.created_ms).to.equal(9007199254740991);
  }
});

Then('a model of 64 levels is as it was, after reopening too', async function (this: IndexWorld) {
  const model = { ...modelEntry('deep'), 'x-deep': levels(64) };
  await this.store.models.put(model);
  for (const store of await reopened(this)) expect((await store.models.get('deep'))?.record).to.deep.equal(model);
});

Then('a model of 65 levels is refused with InvalidRecord, and is not there', async function (this: IndexWorld) {
  await this.attempt(() => this.store.models.put({ ...modelEntry('deeper'), 'x-deep': levels(65) } as ModelEntry));
  expect(this.takeRefusal().code).to.equal('InvalidRecord');
  for (const store of await reopened(this)) expect(await store.models.get('deeper')).to.equal(undefined);
});

Then('every call is refused with Closed', async function (this: IndexWorld) {
  const { store } = this;
  const calls = (['models', 'engines'] as const).flatMap((name) => [
    store[name].get('a'),
    store[name].list(),
    put(store, name, 'a'),
    store[name].delete('a'),
  ]);
  const refusals = await refusalsOf([...calls, ...(store instanceof FsCatalog ? [store.snapshot()] : [])]);
  expect(new Set(refusals.map(({ code }) => code))).to.deep.equal(new Set(['Closed']));
});

Then('puts and deletes are refused with ReadOnly', async function (this: IndexWorld) {
  const { store } = this;
  const calls = (['models', 'engines'] as const).flatMap((name) => [
    put(store, name, 'a'),
    store[name].delete('a'),
    store[name].delete('missing'),
  ]);
  expect((await refusalsOf(calls)).map(({ code }) => code)).to.deep.equal(calls.map(() => 'ReadOnly'));
});

// Readers beside writers

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

// A disk that says no

Then(/^the call is refused with (\w+)(?:, caused by (\w+))?$/, function (this: IndexWorld, code: string, errno?: string) {
  this.refusal = this.takeRefusal();
  expect(this.refusal.code).to.equal(code);
  if (errno) expect(this.refusal.cause).to.have.property('code', errno);
});

Then('every index and generation is as it was, and no temp remains', async function (this: IndexWorld) {
  expect(contentOf(await tree(this))).to.deep.equal(contentOf(this.before));
});

Then('the same handle can write again', async function (this: IndexWorld) {
  const written = await this.store.models.put(modelEntry('again'));
  expect(written.revision).to.equal(3);
  expect(await (await this.openStore()).models.get('again')).to.deep.equal(written);
});

Then('that model is there at revision 1, also after reopening', async function (this: IndexWorld) {
  for (const store of [this.store, await this.openStore()]) expect((await store.models.get('new'))?.revision).to.equal(1);
});

Then('every write is refused with StorePoisoned, caused by that refusal', async function (this: IndexWorld) {
  const calls = (['models', 'engines'] as const).flatMap((name) => [put(this.store, name, 'x'), this.store[name].delete('x')]);
  for (const { code, cause } of await refusalsOf(calls)) {
    expect(code).to.equal('StorePoisoned');
    expect(cause).to.equal(this.refusal);
  }
});

Then('reads go on', async function (this: IndexWorld) {
  expect((await this.store.models.get('a'))?.revision).to.equal(1);
  expect(await this.store.models.list()).to.have.lengthOf.at.least(2);
  expect(await this.store.engines.list()).to.have.lengthOf(0);
});

Then('a handle that is opened now can write', async function (this: IndexWorld) {
  const now = await this.openStore({ disk: this.disk });
  const written = await now.models.put(modelEntry('now'));
  expect(await this.store.models.get('now')).to.deep.equal(written);
});

Then('it is acknowledged, and every handle sees it', async function (this: IndexWorld) {
  expect(this.disk.hasFailed).to.equal(true);
  for (const store of [this.store, await this.openStore({ readOnly: true })]) expect((await store.models.get('new'))?.revision).to.equal(3);
});

// Roots

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

const ids64 = Array.from({ length: 64 }, (_, place) => `m${String(place).padStart(2, '0')}`);

/** What can befall a file; forged ones get a checksum that fits. */
async function befall(world: IndexWorld, path: string, damage: string): Promise<void> {
  const bytes = await readFile(path);
  const bytewise: Readonly<Record<string, () => Buffer>> = {
    emptied: () => Buffer.alloc(0),
    'cut in half': () => bytes.subarray(0, bytes.byteLength >> 1),
    'cut by one byte': () => bytes.subarray(0, -1),
    'filled with NUL': () => Buffer.alloc(bytes.byteLength),
    'flipped in one bit': () =>
      Buffer.from(bytes.toString('latin1').replace('"name":"b"', '"name":"c"').replace('llama.cpp', 'llama.cpq'), 'latin1'),
    'robbed of its checksum line': () => bytes.subarray(0, -lastLineBytes),
    'followed by other bytes': () => Buffer.concat([bytes, Buffer.from('{}\n')]),
    'given a duplicate key': () => sealed(bodyOf(bytes).replace('{"id":"b"', '{"id":"b","id":"b"')),
    reordered: () => sealed(bodyOf(bytes).replace(/(\{"id":"a".*\n)(\{"id":"b".*\n)/, '$2$1')),
    'given a comma too many': () => sealed(bodyOf(bytes).replace(/\n$/, ',\n')),
    'given a __proto__ member': () => sealed(bodyOf(bytes).replace('{"id":"b"', '{"__proto__":{"polluted":true},"id":"b"')),
    'given a record of a later revision': () => sealed(bodyOf(bytes).replace('"revision":3,', '"revision":5,')),
    'given a number that is not exact': () =>
      sealed(bodyOf(bytes).replace('"trust_state":"unverified"}', '"trust_state":"unverified","x":9007199254740993}')),
  };
  const others: Readonly<Record<string, () => Promise<unknown>>> = {
    missing: () => rm(path),
    'replaced by an older generation': async () => replaced(path, await readFile(join(await world.root(), 'generations/models/3'))),
    'replaced by the other index': async () => replaced(path, await readFile(join(await world.root(), 'engines.json'))),
    'replaced by a directory': () => rm(path).then(() => mkdir(path)),
    'replaced by a symbolic link': () => rename(path, `${path}.kept`).then(() => symlink(`${basename(path)}.kept`, path)),
    'larger than any index': () => replaced(path, bytes).then(() => truncate(path, 2 ** 33)),
  };
  const other = others[damage];
  if (other) await other();
  else await replaced(path, bytewise[damage]?.() ?? expect.fail(damage));
}

/** Other bytes under a name; what bears other names of the same file stays. */
async function replaced(path: string, bytes: Buffer | string): Promise<void> {
  await rm(path);
  await writeFile(path, bytes, { mode: 0o400 });
}

function bodyOf(bytes: Buffer): string {
  return bytes.subarray(0, -lastLineBytes).toString();
}

/** With a last line whose checksum fits. */
function sealed(body: string): Buffer {
  return Buffer.from(`${body}],"checksum":"sha256:${createHash('sha256').update(body).digest('hex')}"}\n`);
}

function firstGeneration(collection: Named): Buffer {
  return Buffer.concat(encodeIndex(emptyGeneration(collection, token)).chunks);
}

async function generationPaths(world: IndexWorld, collection: Named): Promise<string[]> {
  const folder = join(await world.root(), 'generations', collection);
  return (await readdir(folder)).sort((a, b) => Number(a) - Number(b)).map((name) => join(folder, name));
}

async function newestBytes(world: IndexWorld, collection: Named): Promise<Buffer> {
  return readFile((await generationPaths(world, collection)).at(-1) ?? '');
}

async function expectShown(world: IndexWorld, collection: Named): Promise<void> {
  const shown = await readFile(join(await world.root(), indexNames[collection]));
  expect(shown.equals(await newestBytes(world, collection))).to.equal(true);
}

interface Leaf {
  readonly content: string;
  readonly times: string;
}
type Tree = Readonly<Record<string, Leaf>>;

/** All that is under the root, in bytes and in times (that of access apart). */
async function tree(world: IndexWorld): Promise<Tree> {
  const found: Record<string, Leaf> = {};
  const root = await world.root();
  const visit = (path: string): void => {
    const status = lstatSync(join(root, path), { bigint: true, throwIfNoEntry: false });
    if (status === undefined) return;
    const { mode, mtimeNs, ctimeNs, ino, nlink, size } = status;
    found[path] = { content: contentAt(join(root, path), status), times: [mode, mtimeNs, ctimeNs, ino, nlink, size].join(' ') };
    if (status.isDirectory()) for (const name of readdirSync(join(root, path))) visit(path === '.' ? name : `${path}/${name}`);
  };
  visit('.');
  return found;
}

function contentAt(path: string, status: BigIntStats): string {
  if (status.isSymbolicLink()) return `to ${readlinkSync(path)}`;
  if (!status.isFile()) return 'folder';
  return status.size > 2 ** 20 ? `${status.size} bytes` : readFileSync(path, 'latin1');
}

/** The lock file tells who wrote last; it is no part of the catalog. */
function contentOf(found: Tree): Readonly<Record<string, string>> {
  const kept = Object.entries(found).filter(([path]) => path !== 'catalog.lock');
  return Object.fromEntries(kept.map(([path, { content }]) => [path, content]));
}

async function seen(world: IndexWorld): Promise<void> {
  world.before = await tree(world);
}

function put(store: CatalogStore, collection: Named, id: string): Promise<Versioned<ModelEntry | EngineEntry>> {
  return collection === 'models' ? store.models.put(modelEntry(id)) : store.engines.put(engineEntry(id));
}

async function refusalsOf(calls: readonly Promise<unknown>[]): Promise<CatalogError[]> {
  const outcomes = await Promise.allSettled(calls);
  return outcomes.map((outcome, place) => {
    if (outcome.status === 'fulfilled') expect.fail(`call ${place} was not refused: ${JSON.stringify(outcome.value)}`);
    if (!isCatalogError(outcome.reason)) throw outcome.reason;
    return outcome.reason;
  });
}

/** The store as it is, and, where it outlives its process, opened again. */
async function reopened(world: IndexWorld): Promise<CatalogStore[]> {
  return world.store instanceof FsCatalog ? [world.store, await world.openStore()] : [world.store];
}

function levels(count: number): unknown {
  let value: unknown = 'deep';
  for (let level = 1; level < count; level++) value = { a: value };
  return value;
}

function conditionOf(words: string): { ifRevision?: number | 'absent' } {
  if (words === 'without a condition') return {};
  return { ifRevision: words === 'if absent' ? 'absent' : Number(words.replace('if at revision ', '')) };
}

function revisionOf(word: string): number | 'absent' {
  return word === 'absent' ? 'absent' : Number(word);
}

const steps: Readonly<Record<string, RegExp>> = {
  'taking the lock': /^open catalog\.lock/,
  'opening the generations': /^open directory models$/,
  'creating the temp': /^open create catalog\.json\..*\.tmp$/,
  'writing the temp': /^write .*\.tmp$/,
  'writing half of the temp': /^write .*\.tmp$/,
  'setting the mode of the temp': /^change-mode .*\.tmp$/,
  'measuring the temp': /^stat-handle .*\.tmp$/,
  'syncing the temp': /^sync .*\.tmp$/,
  'making a folder': /^make-directory generations$/,
  'naming the root': /^link .* -> root\.json$/,
  publishing: /^link .*\.tmp -> \d+$/,
  'syncing the generations': /^sync models$/,
  'renaming over catalog.json': /^rename .*\.tmp -> catalog\.json$/,
  'removing the temp': /^unlink .*\.tmp$/,
  'syncing the root': /^sync root$/,
  'removing an old generation': /^unlink \d+$/,
};

/** The real disk, which says no once. */
class FailingDisk implements Disk {
  readonly #real = new RealDisk();
  readonly #names = new Map<number, string>();
  #fault: { readonly step: string; readonly errno: string } | undefined;
  #halves = 0;

  failOnce(step: string, errno: string): void {
    this.#fault = { step, errno };
  }

  get hasFailed(): boolean {
    return this.#fault === undefined;
  }

  perform(step: Step): unknown {
    const { step: name = '', errno = '' } = this.#fault ?? {};
    if (steps[name]?.test(this.#described(step))) {
      if (name === 'writing half of the temp' && this.#halves++ === 0) return this.#real.perform(halfOf(step));
      this.#fault = undefined;
      throw Object.assign(new Error(`${errno}: injected at ${name}`), { code: errno });
    }
    const result = this.#real.perform(step);
    if (step.op === 'open') this.#names.set(result as number, basename(step.path));
    return result;
  }

  /** What a step does to which names. */
  #described(step: Step): string {
    if (step.op === 'open')
      return step.access === 'update-or-create' ? `open ${basename(step.path)}` : `open ${step.access} ${basename(step.path)}`;
    if ('from' in step) return `${step.op} ${basename(step.from)} -> ${basename(step.to)}`;
    if ('handle' in step) return `${step.op} ${this.#names.get(step.handle)}`;
    return 'path' in step ? `${step.op} ${basename(step.path)}` : step.op;
  }
}

function halfOf(step: Step): Step {
  const [first] = step.op === 'write' ? step.chunks : [];
  return step.op === 'write' && first ? { ...step, chunks: [first.subarray(0, first.byteLength >> 1)] } : step;
}
