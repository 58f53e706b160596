import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { ModelEntry } from '../src/core/records.js';
import type { CatalogStore } from '../src/stores/catalog-store.js';
import { FsCatalog } from '../src/stores/fs/fs-catalog.js';
import { type IndexWorld, put, refusalsOf } from '../support/index-world.js';
import { engineEntry, modelEntry } from '../support/world.js';

Given(
  /^an? (memory|fs|journal) catalog where "a" is (missing|at revision 2)$/,
  async function (this: IndexWorld, name: string, there: string) {
    this.store = await this.openNamed(name);
    if (there === 'missing') await this.store.models.put(modelEntry('other'));
    else for (let revision = 1; revision <= 2; revision++) await this.store.models.put(modelEntry('a'));
  },
);

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

When('a model of 2^53-1 bytes and an engine made at 2^53-1 ms are put', async function (this: IndexWorld) {
  await this.store.models.put(modelEntry('large', { bytes: 2 ** 53 - 1, last_used_ms: 2 ** 53 - 1 }));
  await this.store.engines.put(engineEntry('late', { created_ms: 2 ** 53 - 1 }));
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

const ids64 = Array.from({ length: 64 }, (_, place) => `m${String(place).padStart(2, '0')}`);

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
