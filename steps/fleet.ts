import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as elapsed } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type * as Kit from '../src/conformance/index.js';
import type { Change } from '../src/core/changes.js';
import { CatalogError } from '../src/core/errors.js';
import type { Holding } from '../src/core/holding.js';
import type { ModelEntry } from '../src/core/records.js';
import type { PutOptions } from '../src/stores/catalog-store.js';
import { projectRoot } from '../support/checks/sources.js';
import type { Trap } from '../support/servers/between.js';
import { engines } from '../support/servers/engines.js';
import { type FleetWorld, fleetOn, historyOf, openFar, openFleet, patienceMs, watching } from '../support/servers/fleet-world.js';
import { killServerUnderWriters, lossesOf } from '../support/servers/server-kills.js';
import { modelEntry } from '../support/world.js';

/** What it says; fails where it does not end with 0. */
const runProcess = async (program: string, ...words: string[]): Promise<string> =>
  (await promisify(execFile)(process.execPath, [join(projectRoot, 'build/support/servers', program), ...words])).stdout;
const engineOf = ({ engine }: FleetWorld): string => Object.keys(engines).find((name) => engines[name] === engine) ?? '';
const timeout = 600_000;
/** Its actors are processes of their own, which run what was built. */
const builtKit = pathToFileURL(join(projectRoot, 'build/src/conformance/index.js')).href;
/** Somebody who waits for another is not waited for: how far he comes must not matter. */
const aWhileMs = 200;

const put = async (world: FleetWorld, id: string, rest: Partial<ModelEntry> = {}): Promise<void> => {
  world.puts.push(await world.store.models.put(modelEntry(id, rest)));
};

const named = (count: number): string[] => Array.from({ length: count }, (_, nth) => `m${nth}`);

Given(/^an? (PostgreSQL|etcd) server( of its own)?$/, { timeout }, function (this: FleetWorld, name: string, own?: string) {
  return fleetOn(this, name, own ? {} : undefined);
});

Given('a catalog of the fleet on it', async function (this: FleetWorld) {
  this.store = await openFleet(this);
});

Given(/^a handle on it over a connection that can be cut$/, async function (this: FleetWorld) {
  await openFar(this);
});

Given(
  /^a handle on it over a connection that can be cut, which waits (\d+) ms for its server$/,
  async function (this: FleetWorld, ms: string) {
    await openFar(this, { unreachableMs: Number(ms) });
  },
);

When(/^the conformance kit is run on the server(?: at the levels? (.+))?$/, { timeout }, async function (this: FleetWorld, words?: string) {
  const { name, variable } = this.engine.kit;
  process.env[variable] = this.server.url;
  const levels = words?.split(/, | and /) as ('core' | 'history')[] | undefined;
  const { loadModule, runConformance } = (await import(builtKit)) as typeof Kit;
  this.verdict = await runConformance(await loadModule(name), { levels, patienceMs });
});

/** What no store need claim: that no revision is left out. */
const mayLack = ['core.revisions-gapless'];

Then('every promise is kept that the store claims', function (this: FleetWorld) {
  const { cases, totals } = this.verdict;
  const broken = cases.filter(
    ({ id, status }) => status === 'fail' || status === 'error' || (status === 'unsupported' && !mayLack.includes(id)),
  );
  expect(broken.map(({ id, message }) => `${id}: ${message}`)).to.deep.equal([]);
  expect(totals.pass).to.be.at.least(1);
});

When(/^(\d+) models are put into the catalog$/, async function (this: FleetWorld, count: string) {
  for (const id of named(Number(count))) await put(this, id);
});

When(
  '{int} handles put {int} models each at the same time',
  { timeout },
  async function (this: FleetWorld, handles: number, count: number) {
    const stores = await Promise.all(Array.from({ length: handles }, () => openFleet(this)));
    await Promise.all(stores.flatMap((store, nth) => named(count).map((id) => store.models.put(modelEntry(`${nth}-${id}`)))));
  },
);

When('changes are refused between others that are done', async function (this: FleetWorld) {
  for (const id of named(5)) {
    await put(this, id);
    await this.attempt(() => this.store.models.put(modelEntry(id), { ifRevision: 'absent' }));
    expect(this.takeRefusal().code).to.equal('RevisionConflict');
    await this.attempt(() => this.store.models.put(modelEntry(id.toUpperCase())));
    expect(this.takeRefusal().code).to.equal('AlreadyExists');
    expect(await this.store.models.delete('nobody')).to.equal(false);
  }
});

Then('the revisions are one after the other, without a gap', async function (this: FleetWorld) {
  const revisions = (await historyOf(this.store)).map(({ revision }) => revision);
  expect(revisions.length).to.be.at.least(1);
  expect(revisions).to.deep.equal(revisions.map((_, place) => place + 1));
});

const traps: Readonly<Record<string, Trap['cut']>> = {
  'before the server hears of the commit': 'before',
  'before the commit is answered': 'after',
  'while the commit is on its way': 'late',
};

type Asking = (world: FleetWorld) => Promise<unknown>;
const changes: Readonly<Record<string, Asking>> = {
  'a put': ({ far }) => far.models.put(modelEntry('doubtful', { name: 'changed' })),
  'a put that expects what it saw': ({ far, puts }) =>
    far.models.put(modelEntry('doubtful', { name: 'changed' }), { ifRevision: puts[0]?.revision }),
  'a deletion': async ({ far }) => expect(await far.models.delete('doubtful')).to.equal(true),
  'a put of what was not there': ({ far }) => far.models.put(modelEntry('new'), { ifRevision: 'absent' }),
};

When(
  /^(.+) is asked for over a connection that is lost (before the server hears of the commit|before the commit is answered|while the commit is on its way)$/,
  async function (this: FleetWorld, what: string, when: string) {
    const { between, engine } = this;
    const sprung = between.trap({ text: engine.commitText, cut: traps[when] ?? 'before' });
    await put(this, 'doubtful');
    const asked = this.attempt(() => changes[what]?.(this));
    await sprung;
    // The next attempt may meet the first, which is still to be committed.
    await Promise.race([asked, elapsed(aWhileMs)]);
    between.release();
    await asked;
  },
);

Then('it is acknowledged, and was made once', async function (this: FleetWorld) {
  const entries = await historyOf(this.store);
  expect(entries.length).to.equal(2);
  if (this.store.claims.gapless) expect(entries.map(({ revision }) => revision)).to.deep.equal([1, 2]);
});

When('a put is asked for, and the server is away from the commit on', async function (this: FleetWorld) {
  const sprung = this.between.trap({ text: this.engine.commitText, cut: 'after' });
  const asked = this.attempt(() => this.far.models.put(modelEntry('doubtful')));
  await sprung;
  this.between.refuse();
  await asked;
});

When(
  'the put of {string} is held before it is committed, and that of {string} is asked for',
  async function (this: FleetWorld, held: string, other: string) {
    const sprung = this.between.trap({ text: this.engine.commitText, cut: 'held' });
    const first = this.far.models.put(modelEntry(held));
    await sprung;
    const second = this.store.models.put(modelEntry(other));
    this.asked.push(first, second);
    await Promise.race([second, elapsed(aWhileMs)]);
  },
);

When('the one that was held goes on', async function (this: FleetWorld) {
  this.between.release();
  await Promise.all(this.asked);
});

Given(
  /^somebody watches the models( over the connection that can be cut)?(?: after (\d+))?$/,
  async function (this: FleetWorld, far?: string, after?: string) {
    const store = far ? this.far : this.store;
    watching(this, store, after ? Number(after) : undefined);
    // The watch has begun when the handle has looked once.
    await store.models.list();
  },
);

Given('{int} watch the models with one handle', async function (this: FleetWorld, count: number) {
  for (let nth = 0; nth < count; nth++) watching(this, this.store);
  await this.store.models.list();
});

/** What each is told in the end is what the history tells of. */
Then(
  /^(?:whoever watches|each of them) is told every change once, in the order of revisions$/,
  { timeout },
  async function (this: FleetWorld) {
    const expected = (await historyOf(this.store)).map(({ revision, id }) => [revision, id]);
    for (const watcher of this.watchers) {
      const told = await watcher.until(Number(expected.at(-1)?.[0]));
      expect(told.map(({ revision, id }) => [revision, id])).to.deep.equal(expected);
    }
  },
);

When('{int} models are put, and all connections are cut after every third', async function (this: FleetWorld, count: number) {
  for (const [nth, id] of named(count).entries()) {
    await put(this, id);
    if (nth % 3 === 2) this.between.cutAll();
  }
});

Given('the server wakes nobody who watches over the connection that can be cut', function (this: FleetWorld) {
  void this.between.trap({ text: this.engine.wakeText, cut: 'deaf' });
});

When('the story is compacted to its newest {int} revisions', async function (this: FleetWorld, keep: number) {
  await this.engine.compact(this.store, keep);
});

When('the models are watched after {int}', async function (this: FleetWorld, after: number) {
  await this.attempt(async () => {
    await watching(this, this.store, after).next();
  });
});

Then('after {int} all that is there is told, and what comes then', async function (this: FleetWorld, after: number) {
  const watcher = watching(this, this.store, after);
  const { revision } = await this.store.models.put(modelEntry('later'));
  const known = new Map<string, Change<ModelEntry>['record']>();
  for (const { id, record } of await watcher.until(revision)) {
    if (record === undefined) known.delete(id);
    else known.set(id, record);
  }
  const there = (await this.store.models.list()).map(({ record }) => record);
  expect([...known.values()].sort((a, b) => (String(a?.id) < String(b?.id) ? -1 : 1))).to.deep.equal(there);
});

When('the catalog is removed, and another is made in its place', async function (this: FleetWorld) {
  await this.engine.remove(this.server, this.place);
  await openFleet(this);
});

When('the handle that was open before lists its models', async function (this: FleetWorld) {
  await this.attempt(() => this.store.models.list());
});

When('the handle that was open before is asked for {string}', async function (this: FleetWorld, id: string) {
  await this.attempt(() => this.store.models.get(id));
});

When('the handle that was open before puts {string}', async function (this: FleetWorld, id: string) {
  await this.attempt(() => this.store.models.put(modelEntry(id)));
});

const holderMs = 60_000;

When('{string} takes the lease {string}', async function (this: FleetWorld, holder: string, name: string) {
  await this.attempt(async () => {
    this.lease = await this.store.leases.acquire(name, { holder, ttlMs: holderMs });
    this.leases.push(this.lease);
  });
});

When(
  '{string} takes the lease {string} for a moment, which passes',
  { timeout },
  async function (this: FleetWorld, holder: string, name: string) {
    this.leases.push(await this.store.leases.acquire(name, { holder, ttlMs: 1 }));
    while ((await this.store.leases.holder(name)) !== undefined);
  },
);

When('{string} releases it', async function (this: FleetWorld, holder: string) {
  const mine = this.leases.findLast((lease) => lease.holder === holder);
  if (mine !== undefined) await this.store.leases.release(mine);
});

When('the first holder renews it', async function (this: FleetWorld) {
  const [first] = this.leases;
  await this.attempt(async () => first && this.store.leases.renew(first, holderMs));
});

When('a model is put under the lease of {string}', async function (this: FleetWorld, holder: string) {
  const fence = this.leases.findLast((lease) => lease.holder === holder);
  await this.attempt(() =>
    this.store.models.put(modelEntry('guarded', { name: holder }), { fence: fence && { name: fence.name, epoch: fence.epoch } }),
  );
});

When('a model is deleted under the lease of {string}', async function (this: FleetWorld, holder: string) {
  const fence = this.leases.findLast((lease) => lease.holder === holder);
  await this.attempt(() => this.store.models.delete('guarded', { fence: fence && { name: fence.name, epoch: fence.epoch } }));
});

Then('each lease has a greater epoch than the one before it', function (this: FleetWorld) {
  const epochs = this.leases.map(({ epoch }) => epoch);
  expect(
    epochs.every((epoch, place) => epoch > (epochs[place - 1] ?? 0)),
    epochs.join(', '),
  ).to.equal(true);
});

Then('{string} has the lease {string}', async function (this: FleetWorld, holder: string, name: string) {
  expect((await this.store.leases.holder(name))?.holder).to.equal(holder);
});

Then('the model {string} is there as {string} put it', async function (this: FleetWorld, id: string, name: string) {
  expect((await this.store.models.get(id))?.record.name).to.equal(name);
});

Then('nobody has the lease {string}', async function (this: FleetWorld, name: string) {
  expect(await this.store.leases.holder(name)).to.equal(undefined);
});

Then('it is refused as {word}', function (this: FleetWorld, code: string) {
  expect(this.takeRefusal().code).to.equal(code);
});

Then('the refusal tells who has it', function (this: FleetWorld) {
  const { code, details } = this.takeRefusal();
  expect(code).to.equal('InUse');
  expect(details).to.deep.equal({ holder: this.lease.holder, epoch: this.lease.epoch, expires_at: this.lease.expires_at });
});

When(
  '{int} writers of their own processes put models while the server is killed {int} times',
  { timeout: 1_200_000 },
  async function (this: FleetWorld, writers: number, cycles: number) {
    const killed = await killServerUnderWriters({
      engine: engineOf(this),
      server: this.server,
      place: this.place,
      writers,
      cycles,
      draw: Math.random,
    });
    this.log(`${killed.acknowledged.size} acknowledged under ${killed.kills} kills`);
    const store = await openFleet(this);
    expect(await lossesOf(killed, store)).to.deep.equal([]);
    expect(killed.acknowledged.size).to.be.at.least(16 * cycles);
  },
);

const hostileIds = [
  'constructor',
  "'; DROP TABLE entry; --",
  '$1',
  '%s',
  'a/b c',
  '漢字/é',
  '\u{1F600}',
  '--',
  'x'.repeat(512),
  '{}',
  'NULL',
  '\\x00'.slice(1),
];
const hostileText = `'"\\ \u0000 \u0001 $$ %s \u2028 ${'é'.repeat(3)} \u{1F600} {{}} --`;

When('models with hostile ids and values are put', async function (this: FleetWorld) {
  for (const id of hostileIds)
    await put(this, id, { name: hostileText, labels: { [hostileText]: hostileText }, source: `file:///${'x'.repeat(200_000)}` });
});

Then('each is there as it was put, and is found by its id alone', async function (this: FleetWorld) {
  for (const versioned of this.puts) {
    expect(await this.store.models.get(versioned.record.id)).to.deep.equal(versioned);
    expect(versioned.record.name).to.equal(hostileText);
  }
  expect((await this.store.models.list()).length).to.equal(hostileIds.length);
});

const operation = { operation: 'add', operation_id: '00000000-0000-4000-8000-000000000002' };
/** What could be compressed to nothing is not. */
const longId = Array.from({ length: 5_000 }, (_, nth) => String.fromCodePoint(0x4e00 + ((nth * 7919) % 20_000))).join('');
const unfit: Readonly<Record<string, PutOptions>> = {
  'a reason with a NUL': { note: { ...operation, reason: 'a\0b' } },
  'an operation id of 5000 characters': { note: { ...operation, operation_id: longId } },
  'a lease with a NUL': { fence: { name: 'a\0b', epoch: 1 } },
};

When(/^a model is put with (.+), and another at the same time$/, async function (this: FleetWorld, what: string) {
  const one = this.attempt(() => this.store.models.put(modelEntry('one'), unfit[what]));
  await Promise.all([one, put(this, 'other')]);
});

Then('the one is refused as {word}, and the other is there', async function (this: FleetWorld, code: string) {
  expect(this.takeRefusal().code).to.equal(code);
  expect((await this.store.models.list()).map(({ record }) => record.id)).to.deep.equal(['other']);
});

Then('who asks for an id that there cannot be is told of none', async function (this: FleetWorld) {
  for (const id of ['', '\u0000', 'a\u0000', '\ud800', 'nobody', 'x'.repeat(1_000_000)]) {
    expect(await this.store.models.get(id)).to.equal(undefined);
    expect(await this.store.models.delete(id)).to.equal(false);
  }
});

When('{int} open the catalog at the same time, where there is none yet', { timeout }, async function (this: FleetWorld, count: number) {
  const stores = await Promise.all(Array.from({ length: count }, () => openFleet(this)));
  [this.store] = stores as [typeof this.store];
  expect(new Set(stores.map(({ lineage }) => lineage)).size).to.equal(1);
  await Promise.all(stores.map((store, nth) => store.models.put(modelEntry(`m${nth}`))));
});

Then('all of them have written into one catalog', async function (this: FleetWorld) {
  const all = await this.store.models.list();
  expect(all.map(({ record }) => record.id)).to.deep.equal(named(6));
  const revisions = all.map(({ revision }) => revision).sort((a, b) => a - b);
  if (this.store.claims.gapless) expect(revisions).to.deep.equal(revisions.map((_, place) => place + 1));
});

When('a handle is opened to read only, and puts a model', async function (this: FleetWorld) {
  const store = await openFleet(this, { readOnly: true });
  expect((await store.models.list()).length).to.equal((await this.store.models.list()).length);
  await this.attempt(() => store.models.put(modelEntry('mine')));
});

When('it is closed, and used', async function (this: FleetWorld) {
  const watcher = watching(this, this.store);
  await this.store.models.list();
  const ended = watcher.ended();
  await this.store.close();
  await ended;
  const uses: (() => Promise<unknown>)[] = [
    () => this.store.models.list(),
    () => this.store.holdings.list(),
    () => this.store.at(1),
    () => this.store.leases.holder('a'),
    () => this.store.models.put(modelEntry('a')),
  ];
  for (const use of uses) {
    await this.attempt(use);
    expect(this.takeRefusal().code).to.equal('Closed');
  }
});

Then('it can be closed again', function (this: FleetWorld) {
  return this.store.close();
});

When('it is opened while nobody can connect', async function (this: FleetWorld) {
  this.between.refuse();
  const url = this.between.through(this.server.url);
  await this.attempt(() => openFleet(this, { url, unreachableMs: 200 }));
});

When(
  'nobody can connect for a while, and {string} is put meanwhile over the connection that can be cut',
  async function (this: FleetWorld, id: string) {
    this.between.refuse();
    const asked = this.far.models.put(modelEntry(id));
    await Promise.race([asked, elapsed(aWhileMs)]);
    this.between.pass();
    await asked;
  },
);

When('the server falls silent', function (this: FleetWorld) {
  this.between.fallSilent();
});

Then('the handle over the connection that can be cut is closed all the same', { timeout: patienceMs }, function (this: FleetWorld) {
  return this.far.close();
});

When(
  '{int} ask over the connection that can be cut at the same time',
  { timeout: patienceMs },
  async function (this: FleetWorld, count: number) {
    this.connections = this.between.connections;
    const asked = await Promise.allSettled(named(count).map((id) => this.far.models.get(id)));
    this.codes = asked.map((one) => (one.status === 'rejected' ? one.reason.code : 'answered'));
  },
);

Then('all of them are refused as {word}, and none had to wait for a connection of his own', function (this: FleetWorld, code: string) {
  expect(new Set(this.codes)).to.deep.equal(new Set([code]));
  expect(this.between.connections - this.connections).to.be.below(this.codes.length / 2);
});

Then('whoever watches is refused as {word}', { timeout }, async function (this: FleetWorld, code: string) {
  await this.attempt(async () => {
    for (;;) await this.watchers[0]?.next();
  });
  expect(this.takeRefusal().code).to.equal(code);
});

When('every connection is cut as soon as it is made', function (this: FleetWorld) {
  this.between.refuse();
});

Then(
  'a process that opens the catalog there, and waits {int} ms for it, is refused as {word}',
  { timeout: patienceMs },
  async function (this: FleetWorld, waitsMs: number, code: string) {
    const url = this.between.through(this.server.url);
    const told = await runProcess('asker.js', engineOf(this), url, this.place, String(waitsMs));
    expect(told).to.equal(`${code}\n`);
  },
);

Then('a process that watched it, and closed it, ends by itself', { timeout: patienceMs }, async function (this: FleetWorld) {
  await runProcess('onlooker.js', engineOf(this), this.server.url, this.place);
});

Then('the model {string} is there', async function (this: FleetWorld, id: string) {
  expect((await this.store.models.get(id))?.record.id).to.equal(id);
});

const holding = (node: string, digit: string): Holding => {
  const digest = `sha256:${digit.repeat(64)}` as const;
  return { id: `${node}/${digest}`, node, digest, path: `/models/${digit}`, instance: 'one', verified_at: '2026-05-01T00:00:00.000Z' };
};

When('two nodes say what they hold', async function (this: FleetWorld) {
  for (const one of [holding('n1', 'a'), holding('n2', 'a'), holding('n2', 'b')]) await this.store.holdings.put(one);
  await this.store.holdings.delete(holding('n2', 'b').id);
  await put(this, 'm');
});

Then('what they hold is listed and watched, and is no part of the history', async function (this: FleetWorld) {
  const expected = [holding('n1', 'a'), holding('n2', 'a')];
  expect((await this.store.holdings.list()).map(({ record }) => record)).to.deep.equal(expected);
  const told = [];
  for await (const change of this.store.holdings.watch({ after: 0 })) if (told.push(change.id) === 4) break;
  expect(told.slice(0, 2)).to.deep.equal(expected.map(({ id }) => id));
  expect((await historyOf(this.store)).map(({ id }) => id)).to.deep.equal(['m']);
  await this.attempt(() => this.store.holdings.put({ ...holding('n1', 'a'), id: 'n1' }));
  expect(this.takeRefusal().code).to.equal('InvalidRecord');
});

When('models are put with and without a note of what they are put for', async function (this: FleetWorld) {
  const note = { operation: 'add', operation_id: '00000000-0000-4000-8000-000000000001', reason: 'for the demo' };
  await this.store.models.put(modelEntry('a'));
  await this.store.models.put(modelEntry('a', { name: 'b' }), { note });
  await this.store.models.delete('a', { note });
});

Then('the history tells who made each change, what for and because of what', async function (this: FleetWorld) {
  const entries = await historyOf(this.store);
  expect(entries.map(({ change, operation, reason }) => [change, operation, reason])).to.deep.equal([
    ['added', undefined, undefined],
    ['changed', 'add', 'for the demo'],
    ['removed', 'add', 'for the demo'],
  ]);
  expect(entries.map(({ because_of }) => because_of)).to.deep.equal([undefined, undefined, entries[1]?.event_id]);
  expect(entries[1]?.part_of).to.equal(entries[2]?.part_of);
  expect(entries[1]?.members).to.deep.equal([{ member: 'name', before: 'a', after: 'b' }]);
  for (const { by, at } of entries) {
    expect(by.pid).to.equal(process.pid);
    expect(new Date(at).toISOString()).to.equal(at);
  }
  const newest = [];
  for await (const entry of this.store.history({ newest: 1 })) newest.push(entry);
  expect(newest).to.deep.equal(entries.slice(2));
});

Then('what was there at each revision and at each time is told as it was', async function (this: FleetWorld) {
  for (const [place, { revision }] of this.puts.entries()) {
    const { models } = await this.store.at(revision);
    expect(models).to.deep.equal(this.puts.slice(0, place + 1));
  }
  const last = (await historyOf(this.store)).at(-1);
  expect((await this.store.at(String(last?.at))).models.length).to.equal(this.puts.length);
  expect((await this.store.at('2001-01-01')).models).to.deep.equal([]);
  for (const moment of [(last?.revision ?? 0) + 100_000, 'never', -1]) {
    const refused = await this.store.at(moment).catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(CatalogError);
  }
});
