import { setImmediate } from 'node:timers/promises';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Change } from '../src/core/changes.js';
import type { ModelEntry } from '../src/core/records.js';
import { RealDisk } from '../src/disk/real-disk.js';
import { SimulatedDisk } from '../src/disk/simulated-disk.js';
import type { CatalogStore } from '../src/stores/catalog-store.js';
import { MemoryCatalog } from '../src/stores/memory-catalog.js';
import { stopOn } from '../support/artifact-helpers.js';
import { type Ran, runCatalog } from '../support/cli.js';
import { harmed, newestPath, openSimulated, simulatedCatalog } from '../support/damage.js';
import { startFor } from '../support/interrupt/start.js';
import { Follower, followRandomly, take, wordsOfChanges } from '../support/watching.js';
import { type CatalogWorld, modelEntry } from '../support/world.js';

interface WatchWorld extends CatalogWorld {
  watched: CatalogStore;
  watch: AsyncIterator<Change<ModelEntry>>;
  next: Promise<IteratorResult<Change<ModelEntry>>>;
  follower: Follower;
  states: number;
  told: Ran;
}

Given(/^a watched (memory|fs|journal) catalog of "(.*)"$/, async function (this: WatchWorld, name: string, ids: string) {
  this.watched = await this.openNamed(name);
  await put(this.watched, ids);
});

Given('a reader that watches a root that is not there', async function (this: WatchWorld) {
  this.watched = await this.openStore({ readOnly: true, disk: new RealDisk() });
  this.watch = iterated(this.watched);
  this.next = this.watch.next();
  await setImmediate();
});

When('it is watched, and then "d" and "a" are put together, "b" is deleted, and "e" is put', async function (this: WatchWorld) {
  this.watch = iterated(this.watched);
  const models = this.watched.models;
  const both = [models.put(modelEntry('d')), models.put(modelEntry('a', { name: 'new' }))];
  await Promise.all(both);
  await models.delete('b');
  await models.put(modelEntry('e'));
});

When(
  /^"(\w)" is deleted, and "(\w)" and "(\w)" are put while nobody watches$/,
  async function (this: WatchWorld, gone: string, one: string, other: string) {
    await this.watched.models.delete(gone);
    await put(this.watched, `${one}, ${other}`);
  },
);

When('it is watched, and asked only after "b" and "c" were put', async function (this: WatchWorld) {
  this.watch = iterated(this.watched);
  await put(this.watched, 'b, c');
});

When('it is watched while the newest generation is damaged and repaired', async function (this: WatchWorld) {
  await this.watched.models.put(modelEntry('b', { name: 'lost' }));
  this.follower = new Follower();
  await this.follower.follow(this.watched, { revision: 3 });
  const watch = iterated(this.watched);
  const next = watch.next();
  await setImmediate();
  await this.watched.models.list();
  const path = await newestPath(await this.root(), 'models');
  const repairer = await this.openStore();
  await harmed(path, 'emptied in place');
  await repairer.repair();
  const { value } = await next;
  expect(wordsOfChanges([value])).to.equal('4 b last');
  this.follower.known.set(value.id, value.record);
});

When(/^it is watched, and while it waits comes (the abortion|the closing)$/, async function (this: WatchWorld, end: string) {
  const controller = new AbortController();
  this.watch = this.watched.models.watch({ signal: controller.signal })[Symbol.asyncIterator]();
  this.next = this.watch.next();
  for (let turn = 0; turn < 20; turn++) await setImmediate();
  if (end === 'the abortion') controller.abort();
  else await this.watched.close();
});

When('another handle puts "a" and "b" there', async function (this: WatchWorld) {
  await put(await this.openStore(), 'a, b');
});

When('it is watched, and another process puts 20 models', async function (this: WatchWorld) {
  this.follower = new Follower();
  await this.follower.follow(this.watched, { revision: 1 });
  const changes = Array.from({ length: 20 }, (_, at) => ({ type: 'put', entry: modelEntry(`m${at}`) }) as const);
  const following = this.follower.follow(this.watched, { revision: 21 });
  await startFor(this, { role: 'writer', root: await this.root(), changes }).ended;
  await following;
});

When('a watcher looks at every step of a put, and then the power is cut in every way', async function (this: WatchWorld) {
  const { disk } = await simulatedCatalog();
  this.states = 0;
  for (let step = 1; ; step++) {
    const volume = disk.crash('kept');
    const paused = await stopOn(volume, (catalog) => catalog.put(modelEntry('mine')), step);
    const watcher = await openSimulated(volume.process(), 'watcher');
    const { revision } = (await watcher.models.list()).reduce((one, other) => (other.revision > one.revision ? other : one));
    const follower = new Follower();
    await follower.follow(watcher, { revision });
    for (const { disk: left } of volume.crashStates({ limit: 20 })) {
      await follower.expectSame(await openSimulated(left, 'next'));
      this.states++;
    }
    if (!paused.wasStopped) return;
  }
});

Then('each time what it was told is there', function (this: WatchWorld) {
  // Found out after each cut; here: there were many.
  expect(this.states).to.be.above(50);
});

Then(/^the watch tells "(.*)"$/, async function (this: WatchWorld, words: string) {
  const count = words.split(', ').length;
  const first = this.next ? [(await this.next).value] : [];
  expect(wordsOfChanges([...first, ...(await take(this.watch, count - first.length))])).to.equal(words);
});

Then(/^watching it after (\S+) tells "(.*)"$/, async function (this: WatchWorld, after: unknown, words: string) {
  const watch = iterated(this.watched, Number(after));
  expect(wordsOfChanges(await take(watch, words.split(', ').length))).to.equal(words);
  await watch.return?.();
});

Then(/^watching it after (\S+) is refused with (\w+)$/, async function (this: WatchWorld, after: unknown, code: string) {
  await this.attempt(() => iterated(this.watched, Number(after)).next());
  expect(this.takeRefusal().code).to.equal(code);
});

Then(/^a watcher that stops and begins again at random knows what is in a random (memory|fs|journal) catalog$/, async (name: string) => {
  const open = () => (name === 'fs' ? openSimulated(new SimulatedDisk({ root: ['/home/user'] }), 'random') : MemoryCatalog.open());
  await followRandomly(open, name === 'fs' ? 40 : 300);
});

Then(/^a watcher from 1 that stops at each revision is told "(.*)"$/, async function (this: WatchWorld, words: string) {
  const follower = new Follower();
  follower.after = 1;
  for (const _ of words.split(', ')) await follower.follow(this.watched, { revisions: 1, revision: 4 });
  expect(wordsOfChanges(follower.told)).to.equal(words);
});

Then('the watcher knows what is in the catalog', async function (this: WatchWorld) {
  await this.follower.expectSame(this.watched);
});

Then('the watch has ended', async function (this: WatchWorld) {
  expect((await this.next).done).to.equal(true);
  expect((await this.watch.next()).done).to.equal(true);
});

When(
  'the watching command is run with {string} until it told {int} lines, and is interrupted',
  async function (this: WatchWorld, words: string, lines: number) {
    let told = 0;
    this.told = await runCatalog(['watch', ...words.split(' '), '--root', await this.root()], {
      cwd: await this.folder(),
      meanwhile: (child) => {
        child.stdout?.on('data', (text: string) => {
          told += String(text).split('\n').length - 1;
          if (told >= lines) child.kill('SIGINT');
        });
      },
    });
  },
);

Then('it told {int} changes as JSON, and its exit code is {int}', function (this: WatchWorld, count: number, code: number) {
  expect(this.told.exitCode).to.equal(code);
  const lines = this.told.stdout.trim().split('\n');
  expect(lines).to.have.length(count);
  for (const line of lines) expect(JSON.parse(line)).to.include({ schema: 1, type: 'change', last: true });
});

Then('it told the line {string}, and its exit code is {int}', function (this: WatchWorld, line: string, code: number) {
  expect([this.told.stdout, this.told.exitCode]).to.deep.equal([`${line}\n`, code]);
});

function iterated(store: CatalogStore, after?: number): AsyncIterator<Change<ModelEntry>> {
  return store.models.watch(after === undefined ? {} : { after })[Symbol.asyncIterator]();
}

async function put(store: CatalogStore, ids: string): Promise<void> {
  for (const id of ids.split(', ')) await store.models.put(modelEntry(id));
}
