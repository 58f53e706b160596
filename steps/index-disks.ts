import { Given, Then } from '@cucumber/cucumber';
import { expect } from 'chai';
import { FailingDisk } from '../support/failing/failing-once.js';
import { contentOf, type IndexWorld, put, refusalsOf, seen, tree } from '../support/index-world.js';
import { modelEntry } from '../support/world.js';

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
