import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DataTable, Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { canonicalJson } from '../src/core/canonical-json.js';
import type { ModelEntry } from '../src/core/records.js';
import { EtcdCatalog, type EtcdCatalogOptions } from '../src/stores/etcd/index.js';
import { type Ran, runCatalog } from '../support/cli.js';
import { type EtcdServer, inBase64 } from '../support/servers/etcd.js';
import { type FleetWorld, fleetOn, historyOf, openFar, openFleet, watching } from '../support/servers/fleet-world.js';
import { freePort } from '../support/servers/free-port.js';
import { impostor, silentServer } from '../support/servers/impostor.js';
import { modelEntry } from '../support/world.js';

interface EtcdWorld extends FleetWorld {
  catalogs?: readonly EtcdCatalog[];
  lists?: readonly (readonly ModelEntry[])[];
  given?: readonly ModelEntry[];
  goBack?: () => Promise<void>;
}

const serverOf = (world: EtcdWorld): EtcdServer => world.server as EtcdServer;

async function openAt(world: EtcdWorld, url: string, more: Partial<EtcdCatalogOptions> = {}): Promise<EtcdCatalog> {
  const catalog = await EtcdCatalog.open({ url, prefix: world.place, ...more });
  world.onEnd(() => catalog.close());
  return catalog;
}

/** A model whose record has exactly so many bytes. */
function modelOf(id: string, bytes: number, filler: string): ModelEntry {
  const model = modelEntry(id, { name: filler });
  return { ...model, name: filler.repeat(bytes - canonicalJson(model).length + 1) };
}

const under = (world: EtcdWorld, name: string): object => ({
  key: inBase64(`/${world.place}/${name}`),
  range_end: inBase64(`/${world.place}/${name}\uffff`),
});

Given('an etcd that asks everybody for a name, with a catalog in it', async function (this: EtcdWorld) {
  const skipped = await fleetOn(this, 'etcd', {});
  if (skipped !== undefined) return skipped;
  this.store = await openFleet(this);
  await this.store.models.put(modelEntry('known'));
  await serverOf(this).guard();
  return undefined;
});

Given(
  'a catalog under each of {string}, {string}, {string} and {string}',
  async function (this: EtcdWorld, one: string, two: string, three: string, four: string) {
    const prefixes = [one, two, three, four].map((name) => `${this.place}${name}`);
    this.catalogs = await Promise.all(prefixes.map((prefix) => openAt(this, this.server.url, { prefix })));
  },
);

When('a model is put into each', async function (this: EtcdWorld) {
  for (const [place, catalog] of (this.catalogs ?? []).entries()) await catalog.models.put(modelEntry(`model ${place}`));
});

Then('each has its own model alone, and tells of it alone', async function (this: EtcdWorld) {
  for (const [place, catalog] of (this.catalogs ?? []).entries()) {
    expect((await catalog.models.list()).map(({ record }) => record.id)).to.deep.equal([`model ${place}`]);
    expect((await historyOf(catalog)).map(({ id }) => id)).to.deep.equal([`model ${place}`]);
  }
});

When('models of these ids are put into the fleet catalog:', async function (this: EtcdWorld, table: DataTable) {
  this.store = await openFleet(this);
  this.given = table.raw().map(([id = '']) => modelEntry(id, { name: `named ${id}`, labels: { [id]: id } }));
  for (const model of this.given) await this.store.models.put(model);
});

Then('each of them comes back as it was, from a list too', async function (this: EtcdWorld) {
  for (const model of this.given ?? []) expect((await this.store.models.get(model.id))?.record).to.deep.equal(model);
  expect((await this.store.models.list()).map(({ record }) => record)).to.have.deep.members([...(this.given ?? [])]);
  expect((await historyOf(this.store)).map(({ id }) => id)).to.deep.equal(this.given?.map(({ id }) => id));
});

When('a record of {int} bytes of {string} is put twice', async function (this: EtcdWorld, bytes: number, filler: string) {
  this.store ??= await openFleet(this);
  this.given = [modelOf('large', bytes, filler)];
  await this.store.models.put(modelOf('large', bytes, 'y'));
  this.puts = [await this.store.models.put(this.given[0] as ModelEntry)];
});

When('a record of {int} bytes is put', async function (this: EtcdWorld, bytes: number) {
  await this.attempt(() => this.store.models.put(modelOf('large', bytes, 'z')));
});

Then('it comes back as it was, from a list, a watch and the history too', async function (this: EtcdWorld) {
  const [put] = this.puts;
  expect(put?.record).to.deep.equal(this.given?.[0]);
  expect(await this.store.models.get('large')).to.deep.equal(put);
  expect(await this.store.models.list()).to.deep.equal([put]);
  expect((await this.store.at(put?.revision ?? 0)).models).to.deep.equal([put]);
  const entries = await historyOf(this.store);
  expect(entries.map(({ change }) => change)).to.deep.equal(['added', 'changed']);
  expect(entries[1]?.members.map(({ member, after }) => [member, after])).to.deep.equal([['name', put?.record.name]]);
  const told = await watching(this, this.store, 0).until(put?.revision ?? 0);
  expect(told.at(-1)?.record).to.deep.equal(put?.record);
});

Then('it is refused as too large, with its size', async function (this: EtcdWorld) {
  const { code, details } = this.takeRefusal();
  expect([code, details]).to.deep.equal(['EntryTooLarge', { id: 'large', bytes: 1_048_577, max_bytes: 1_048_576 }]);
  expect(await this.store.models.list()).to.deep.equal(this.puts);
});

When('{int} models are changed one after the other while lists are read', async function (this: EtcdWorld, count: number) {
  this.store = await openFleet(this);
  const other = await openFleet(this);
  const named = (place: number, name: string) => modelEntry(`m${String(place).padStart(4, '0')}`, { name });
  await Promise.all(Array.from({ length: count }, (_, place) => this.store.models.put(named(place, 'before'))));
  let isChanged = false;
  const changing = (async () => {
    for (let place = 0; place < count; place++) await other.models.put(named(place, 'after'));
    isChanged = true;
  })();
  const lists: (readonly ModelEntry[])[] = [];
  while (!isChanged) lists.push((await this.store.models.list()).map(({ record }) => record));
  await changing;
  this.lists = lists;
});

Then('each list shows the changes up to some moment and none after it', function (this: EtcdWorld) {
  expect(this.lists?.length).to.be.above(0);
  for (const list of this.lists ?? []) {
    const names = list.map(({ name }) => name);
    expect(names.lastIndexOf('after'), 'a change after one that is not shown').to.equal(
      names.filter((name) => name === 'after').length - 1,
    );
  }
});

Then(
  'a client that only reads finds nothing, makes nothing, and a put by it is refused with {word}',
  async function (this: EtcdWorld, code: string) {
    const reader = await openFleet(this, { readOnly: true });
    expect(await reader.models.list()).to.deep.equal([]);
    expect(await historyOf(reader)).to.deep.equal([]);
    await this.attempt(() => reader.models.put(modelEntry('a')));
    expect(this.takeRefusal().code).to.equal(code);
    expect((await serverOf(this).ask('/v3/kv/range', under(this, ''))).count).to.equal(undefined);
  },
);

When('a put is kept back on its way until another has taken a name that cannot be told from it', async function (this: EtcdWorld) {
  this.store = await openFleet(this);
  const far = await openFar(this);
  const caught = this.between.trap({ text: this.engine.commitText, cut: 'late' });
  const put = this.attempt(() => far.models.put(modelEntry('LLaMA')));
  this.between.refuse();
  this.between.pass();
  await Promise.race([caught, put]);
  await this.store.models.put(modelEntry('llama'));
  await put;
});

When('the other is deleted, and what was kept back arrives', async function (this: EtcdWorld) {
  await this.store.models.delete('llama');
  this.between.release();
});

Then('nobody has the model that was refused', async function (this: EtcdWorld) {
  // Whatever arrived before this read has been done before it.
  for (let look = 0; look < 5; look++) expect(await this.store.models.list()).to.deep.equal([]);
  expect((await historyOf(this.store)).map(({ id }) => id)).to.deep.equal(['llama', 'llama']);
});

When('a put is cut off after the etcd has it, and nobody answers from then on', async function (this: EtcdWorld) {
  this.far = await openFar(this, { unreachableMs: 300 });
  const caught = this.between.trap({ text: this.engine.commitText, cut: 'after' }).then(() => this.between.refuse());
  await this.attempt(() => this.far.models.put(modelEntry('a')));
  await caught;
});

When('{int} changes are made and then forgotten by the etcd', async function (this: EtcdWorld, count: number) {
  this.store = await openFleet(this);
  for (let place = 0; place < count; place++)
    this.puts.push(await this.store.models.put(modelEntry(`m${place % 7}`, { name: `change ${place}` })));
  await serverOf(this).compact();
});

Then('who watches after change {int} is told all others once and in order', async function (this: EtcdWorld, first: number) {
  const after = this.puts[first - 1]?.revision ?? 0;
  const told = await watching(this, this.store, after).until(this.puts.at(-1)?.revision ?? 0);
  expect(told.map(({ revision, record }) => [revision, record?.name])).to.deep.equal(
    this.puts.slice(first).map(({ revision, record }) => [revision, record.name]),
  );
});

Then('a watch after change {int} is refused with {word}', async function (this: EtcdWorld, change: number, code: string) {
  await this.attempt(() => watching(this, this.store, this.puts[change - 1]?.revision).next());
  expect(this.takeRefusal().code).to.equal(code);
});

Then('a watch after a revision that there is not is refused with {word}', async function (this: EtcdWorld, code: string) {
  await this.attempt(() => watching(this, this.store, (this.puts.at(-1)?.revision ?? 0) + 100_000).next());
  expect(this.takeRefusal().code).to.equal(code);
});

Then(
  'what was there after change {int} is told as it was, and after change {int} it is {word}',
  async function (this: EtcdWorld, kept: number, gone: number, code: string) {
    const then = new Map(this.puts.slice(0, kept).map((put) => [put.record.id, put]));
    const { models } = await this.store.at(this.puts[kept - 1]?.revision ?? 0);
    expect(models).to.have.deep.members([...then.values()]);
    await this.attempt(() => this.store.at(this.puts[gone - 1]?.revision ?? 0));
    expect(this.takeRefusal().code).to.equal(code);
  },
);

When('the etcd is copied', async function (this: EtcdWorld) {
  this.goBack = await serverOf(this).copy();
});

When('the etcd is set back to the copy', async function (this: EtcdWorld) {
  await this.goBack?.();
});

When('what comes next is forgotten by the etcd while a watcher is cut off', async function (this: EtcdWorld) {
  this.store = await openFleet(this);
  const far = await openFar(this);
  this.puts.push(await this.store.models.put(modelEntry('a', { name: 'first' })));
  const watcher = watching(this, far, 0);
  await watcher.until(this.puts[0]?.revision ?? 0);
  this.between.refuse();
  for (const name of ['second', 'third']) this.puts.push(await this.store.models.put(modelEntry('a', { name })));
  await this.store.models.delete('a');
  await serverOf(this).compact();
  this.between.pass();
  this.puts.push(await this.store.models.put(modelEntry('b', { name: 'last' })));
});

Then('the watcher is told it all the same, once and in order', async function (this: EtcdWorld) {
  const told = await (this.watchers[0] as (typeof this.watchers)[number]).until(this.puts.at(-1)?.revision ?? 0);
  expect(told.map(({ id, record }) => record?.name ?? `no ${id}`)).to.deep.equal(['first', 'second', 'third', 'no a', 'last']);
});

When('a client opens the catalog in what answers as an etcd of version {string}', async function (this: EtcdWorld, version: string) {
  const body = JSON.stringify({ etcdserver: version, etcdcluster: version });
  const url = `etcd://${await impostor(this, { status: 200, body })}`;
  await this.attempt(() => openAt(this, url));
});

When('a client opens the catalog where something answers with status {int}', async function (this: EtcdWorld, status: number) {
  const url = `etcd://${await impostor(this, { status, body: '<html>hello</html>' })}`;
  await this.attempt(() => openAt(this, url));
});

When('a client opens the catalog where nobody answers', async function (this: EtcdWorld) {
  const url = `etcd://someone:very-secret@127.0.0.1:${await freePort()}`;
  await this.attempt(() => openAt(this, url, { unreachableMs: 100 }));
});

When(
  /^a client waits (\d+) ms for an answer of what (takes requests|begins an answer) and is silent$/,
  async function (this: EtcdWorld, ms: string, what: string) {
    const url = `etcd://${await silentServer(this, { begins: what === 'begins an answer' })}`;
    await this.attempt(() => openAt(this, url, { unreachableMs: 1, answerMs: Number(ms) }));
  },
);

Then(
  'it is refused as {word}, because there was no answer to {string} within {float} s',
  function (this: EtcdWorld, code: string, path: string, seconds: number) {
    const refusal = this.takeRefusal();
    expect(refusal.code).to.equal(code);
    expect(refusal.message).to.include(`no answer to ${path} within ${seconds} s`);
  },
);

When('a client opens the catalog with members of which the first does not answer', async function (this: EtcdWorld) {
  const url = `etcd://127.0.0.1:${await freePort()},127.0.0.1:${this.server.port}`;
  this.store = await openAt(this, url);
});

Then('it can be used', async function (this: EtcdWorld) {
  const put = await this.store.models.put(modelEntry('a'));
  expect(await this.store.models.get('a')).to.deep.equal(put);
});

When('a client opens the url {string}', async function (this: EtcdWorld, url: string) {
  await this.attempt(() => openAt(this, url));
});

When('a client opens a catalog of which {string} is {string}', async function (this: EtcdWorld, key: string, value: string) {
  await serverOf(this).ask('/v3/kv/put', { key: inBase64(`/${this.place}/${key}`), value: inBase64(value) });
  await this.attempt(() => openFleet(this));
});

When('somebody writes {string} over a model of the fleet catalog', async function (this: EtcdWorld, value: string) {
  this.store = await openFleet(this);
  await this.store.models.put(modelEntry('a'));
  await serverOf(this).ask('/v3/kv/put', { key: inBase64(`/${this.place}/r/models/a`), value: inBase64(value) });
  await this.attempt(() => this.store.models.get('a'));
});

When('{string} opens it with {string}', async function (this: EtcdWorld, user: string, password: string) {
  const name = user === '' ? '' : `${user}:${password}@`;
  const opened = await this.attempt(() => openAt(this, this.server.url.replace('//', `//${name}`)));
  if (opened !== undefined) this.store = opened;
});

Then('what is there is read, and a put is refused with {word}', async function (this: EtcdWorld, code: string) {
  expect((await this.store.models.list()).map(({ record }) => record.id)).to.deep.equal(['known']);
  await this.attempt(() => this.store.models.put(modelEntry('new')));
  expect(this.takeRefusal().code).to.equal(code);
});

When('the etcd is killed and comes back', async function (this: EtcdWorld) {
  await this.server.kill();
  await this.server.start();
});

Then('it is refused with {word}, and nobody sees {string}', function (this: EtcdWorld, code: string, secret: string) {
  const refusal = this.takeRefusal();
  expect(refusal.code, refusal.message).to.equal(code);
  expect(`${refusal.stack} ${JSON.stringify(refusal)} ${String((refusal.cause as Error | undefined)?.stack)}`).not.to.include(secret);
});

When('processes of their own put the etcd to the test at every level', async function (this: EtcdWorld & { ended?: Ran }) {
  const environment = { [this.engine.kit.variable]: this.server.url };
  this.ended = await runCatalog(['conformance', '--store', this.engine.kit.name], { cwd: await this.folder(), environment });
});

When(
  'a model is added, listed, logged and removed by the command with the etcd as its store',
  async function (this: EtcdWorld & { ran?: Ran[] }) {
    const cwd = await this.folder();
    await writeFile(join(cwd, 'tiny.gguf'), 'the weights');
    const shared = ['--root', join(cwd, 'blobs'), '--store', `${this.server.url}/${this.place}`, '--json'];
    const lines = ['add tiny.gguf', 'ls', 'verify tiny', 'log', 'at 1', 'diff 0', 'rm tiny --yes', 'ls'];
    this.ran = [];
    for (const line of lines) this.ran.push(await runCatalog([...line.split(' '), ...shared], { cwd }));
  },
);
