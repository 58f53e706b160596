import { Before, Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Catalog } from '../src/catalog.js';
import { fleetFolder } from '../src/stores/fleet-copy/place.js';
import { sha256 } from '../support/artifact-helpers.js';
import { Following } from '../support/fleet/following.js';
import { exploreSync, failEachStep, interruptedSync, killEachStep } from '../support/fleet/interrupted-sync.js';
import { MemoryFleet } from '../support/fleet/memory-fleet.js';
import {
  add,
  begin,
  expectSame,
  fill,
  idsIn,
  type NodesWorld,
  nodeOf,
  openNode,
  rootOf,
  sync,
  written,
} from '../support/fleet/nodes-world.js';
import { engineEntry, modelEntry } from '../support/model-entry.js';

Before({ tags: '@CAT-FLT-7010' }, function (this: NodesWorld) {
  begin(this);
});

Given('a fleet with the models {string} and the engines {string}', function (this: NodesWorld, models: string, engines: string) {
  return fill(this.fleet, models, engines);
});

Given('a fleet with {int} models', function (this: NodesWorld, count: number) {
  this.fleet.load(Array.from({ length: count }, (_, place) => modelEntry(`m${place}`)));
});

Given('a fleet that has {string} as {string}', async function (this: NodesWorld, content: string, id: string) {
  const entry = modelEntry(id, { source: `hf:org/${id}`, digest: sha256(content), digest_source: 'declared', trust_state: 'unverified' });
  await this.fleet.models.put(entry);
});

Given('a node {string} with the {word} store', async function (this: NodesWorld, name: string, store: 'fs' | 'journal') {
  await openNode(this, name, { store });
});

Given('a node {string} that has synced', async function (this: NodesWorld, name: string) {
  await openNode(this, name);
  await sync(this, name);
});

Given('a node {string} that has synced, with a model {string} of its own', async function (this: NodesWorld, name: string, id: string) {
  await (await openNode(this, name)).put(modelEntry(id));
  await sync(this, name);
});

Given(
  'node {string} has added {string} as {string} and synced',
  async function (this: NodesWorld, name: string, content: string, id: string) {
    await add(this, name, content, { id });
    await sync(this, name);
  },
);

Given('the fleet is backed up', function (this: NodesWorld) {
  this.backup = this.fleet.backup();
});

Given(
  /^(the first sync of a node|a sync of a node that followed before|a sync that takes another history)$/,
  async function (this: NodesWorld, words: string) {
    this.interrupted = await interruptedSync(words);
  },
);

Given('node {string} follows', function (this: NodesWorld, name: string) {
  this.following = new Following(nodeOf(this, name), this.fleet, name);
});

When('node {string} syncs', function (this: NodesWorld, name: string) {
  return sync(this, name);
});

When('node {string} tries to sync', function (this: NodesWorld, name: string) {
  return this.attempt(() => sync(this, name));
});

When('node {string} tries to sync as {string}', function (this: NodesWorld, name: string, node: string) {
  return this.attempt(() => sync(this, name, { node }));
});

When('node {string} syncs as {string}', function (this: NodesWorld, name: string, node: string) {
  return sync(this, name, { node });
});

const flags = { restart: { restart: true }, 'no announce': { announce: false }, 'take over': { takeOver: true } } as const;

When('node {string} syncs with {string}', function (this: NodesWorld, name: string, flag: keyof typeof flags) {
  return sync(this, name, flags[flag]);
});

When('node {string} syncs as {string} with {string}', function (this: NodesWorld, name: string, node: string, flag: keyof typeof flags) {
  return sync(this, name, { node, ...flags[flag] });
});

When(
  'node {string} syncs, and node {string}, and node {string} again',
  async function (this: NodesWorld, one: string, two: string, three: string) {
    for (const name of [one, two, three]) await sync(this, name);
  },
);

When('node {string} syncs without being told from where', function (this: NodesWorld, name: string) {
  return this.attempt(() => nodeOf(this, name).sync());
});

When('node {string} looks for the fleet in {string}', function (this: NodesWorld, name: string, from: string) {
  return this.attempt(() => nodeOf(this, name).sync({ from }));
});

When(
  'in the fleet the model {string} is put, {string} is renamed to {string}, {string} is deleted, and the engine {string} is deleted',
  async function (this: NodesWorld, put: string, renamed: string, name: string, deleted: string, engine: string) {
    const { models, engines } = this.fleet;
    await models.put(modelEntry(put));
    await models.put(modelEntry(renamed, { name }));
    await models.delete(deleted);
    await engines.delete(engine);
  },
);

When(
  'in the fleet {string} is deleted and put again, and {string} is put and deleted',
  async function (this: NodesWorld, one: string, other: string) {
    const { models } = this.fleet;
    await models.delete(one);
    await models.put(modelEntry(one, { name: 'another' }));
    await models.put(modelEntry(other));
    await models.delete(other);
  },
);

When('in the fleet the models {string} are put', async function (this: NodesWorld, ids: string) {
  for (const id of idsIn(ids)) await this.fleet.models.put(modelEntry(id, { name: 'new' }));
});

When('{int} models more are put in the fleet', function (this: NodesWorld, count: number) {
  this.fleet.load(Array.from({ length: count }, (_, place) => modelEntry(`more-${place}`)));
});

When(
  'in the fleet {string} is deleted and {string} is put, and the fleet forgets how it came to that',
  async function (this: NodesWorld, gone: string, put: string) {
    await this.fleet.models.delete(gone);
    await this.fleet.models.put(modelEntry(put));
    this.fleet.compact();
  },
);

When('the fleet is put back to its backup', function (this: NodesWorld) {
  this.fleet.restore(this.backup);
});

When('the fleet is made anew, with {string}', async function (this: NodesWorld, ids: string) {
  this.fleet = new MemoryFleet(this.fleet.name);
  await fill(this.fleet, ids);
});

When('there is another fleet, with {string}', async function (this: NodesWorld, ids: string) {
  this.fleet = new MemoryFleet('fleet://other');
  await fill(this.fleet, ids);
});

When('the fleet cannot be reached', function (this: NodesWorld) {
  this.fleet.goAway();
});

When(
  'the fleet is out of reach until it was asked {int} times, and the models {string} are put there',
  async function (this: NodesWorld, times: number, ids: string) {
    for (const id of idsIn(ids)) this.fleet.change('models', id, modelEntry(id));
    this.fleet.goAway(times);
  },
);

When('the clock of the machine goes back {int} years', function (this: NodesWorld, years: number) {
  this.disk.jumpClock(-years * 365 * 24 * 3600 * 1000);
});

When('node {string} adds {string} as {string}', function (this: NodesWorld, name: string, content: string, id: string) {
  return add(this, name, content, { id });
});

When('node {string} tries to add {string} as {string}', function (this: NodesWorld, name: string, content: string, id: string) {
  return this.attempt(() => add(this, name, content, { id }));
});

When('node {string} tries to add {string} as {string}, saying so', function (this: NodesWorld, name: string, content: string, id: string) {
  return this.attempt(() => add(this, name, content, { id, digest: sha256(content) }));
});

When('node {string} verifies {string}', async function (this: NodesWorld, name: string, id: string) {
  await nodeOf(this, name).verify(id, { expected: sha256('some weights') });
});

const losses: Readonly<Record<string, (node: Catalog, id: string, world: NodesWorld) => Promise<unknown>>> = {
  evicts: (node, id) => node.evict(id),
  retires: (node, id) => node.setState(id, 'Retired'),
  'loses the file of': async (node, id, { disk }) => disk.uproot(await blobOf(node, id, disk)),
  truncates: async (node, id, { disk }) => disk.plant(await blobOf(node, id, disk), 'some'),
};

async function blobOf(node: Catalog, id: string, disk: NodesWorld['disk']): Promise<string> {
  const { digest = '' } = (await node.get(id)) ?? {};
  const hex = digest.slice('sha256:'.length);
  return [...disk.snapshotTree().keys()].find((path) => path.startsWith(rootOf('one')) && path.endsWith(hex)) ?? '';
}

When(
  /^node "(\w+)" (evicts|retires|loses the file of|truncates) "(\w+)"$/,
  async function (this: NodesWorld, name: string, doing: string, id: string) {
    await losses[doing]?.(nodeOf(this, name), id, this);
  },
);

When(
  'node {string} registers {string}, and in the fleet the models {string} are put',
  async function (this: NodesWorld, name: string, id: string, other: string) {
    await nodeOf(this, name).register({ id, source: 'hf:org/mine' });
    await this.fleet.models.put(modelEntry(other));
  },
);

When('node {string} is opened read-only', async function (this: NodesWorld, name: string) {
  await openNode(this, name, { readOnly: true });
});

When('node {string} is killed when the fleet has been told', async function (this: NodesWorld, name: string) {
  const process = this.disk.process();
  const node = await openNode(this, name, { disk: process });
  const { revision } = this.fleet.server;
  const { put } = this.fleet.holdings;
  this.fleet.holdings.put = async (...given) => {
    const done = await put.apply(this.fleet.holdings, given);
    process.kill();
    return done;
  };
  await node.sync({ from: this.fleet }).catch(() => {});
  this.fleet.holdings.put = put;
  expect(this.fleet.server.revision).to.equal(revision + 1);
  await openNode(this, name);
});

When('node {string} syncs twice at once, the first waiting for the fleet', async function (this: NodesWorld, name: string) {
  const { fleet } = this;
  let goOn = (): void => {};
  const waits = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const { list } = fleet.models;
  const asked = new Promise<void>((resolve) => {
    fleet.models.list = async () => {
      resolve();
      await waits;
      return list.call(fleet.models);
    };
  });
  const first = nodeOf(this, name).sync({ from: fleet, node: name });
  await asked;
  const second = await openNode(this, name);
  await this.attempt(() => second.sync({ from: fleet, node: name }));
  goOn();
  fleet.models.list = list;
  await first;
});

When(/^the (\w+) of the copy is (changed|cut short|emptied|gone)$/, async function (this: NodesWorld, part: string, damage: string) {
  const path = partPath(this, part);
  const bytes = Buffer.from(this.disk.bytesAt(path));
  this.disk.uproot(path);
  if (damage === 'changed') bytes[Math.floor(bytes.length / 2)] = (bytes[Math.floor(bytes.length / 2)] ?? 0) ^ 1;
  const left = { changed: bytes, 'cut short': bytes.subarray(0, -7), emptied: Buffer.alloc(0), gone: undefined }[damage];
  if (left !== undefined) this.disk.plant(path, left);
  await openNode(this, 'one');
});

function partPath({ disk }: NodesWorld, part: string): string {
  const folder = `${fleetFolder(rootOf('one'))}/`;
  return [...disk.snapshotTree().keys()].find((path) => path.startsWith(folder) && path.endsWith(`/${part}.json`)) ?? '';
}

const changes: Readonly<Record<string, (node: Catalog) => Promise<unknown>>> = {
  put: (node) => node.put(modelEntry('a')),
  register: (node) => node.register({ id: 'a', source: 'hf:org/a' }),
  setState: (node) => node.setState('a', 'Retired'),
  verify: (node) => node.verify('a'),
  delete: (node) => node.delete('a'),
  evict: (node) => node.evict('a', { force: true }),
  'evict dry': (node) => node.evict('a', { dryRun: true }),
  pin: (node) => node.pin('a', 'mine'),
  unpin: (node) => node.unpin('a'),
  lease: (node) => node.lease('a', { holder: 'me', ttlMs: 1000 }),
  'engines.put': (node) => node.engines.put(engineEntry('e')),
  'engines.delete': (node) => node.engines.delete('e'),
  'fleet put': (node) => node.fleet.models.put(modelEntry('a')),
  'fleet delete': (node) => node.fleet.models.delete('a'),
  'holding put': (node) => node.fleet.holdings.delete('x'),
};

When(/^on node "(\w+)" (.+) is tried$/, async function (this: NodesWorld, name: string, doing: string) {
  this.steps.length = 0;
  await this.attempt(() => changes[doing]?.(nodeOf(this, name)));
});

When('it is killed before each of its steps', function (this: NodesWorld) {
  return killEachStep(this.interrupted);
});

When(/^each of its steps fails once with (\w+)$/, async function (this: NodesWorld, error: string) {
  this.codes = await failEachStep(this.interrupted, error);
});

When('it has told of a round', async function (this: NodesWorld) {
  await this.following.round();
});

When('it is told to stop', function (this: NodesWorld) {
  this.following.stop();
});

Then(
  'node {string} knows the models {string} and the engines {string} of the fleet',
  async function (this: NodesWorld, name: string, models: string, engines: string) {
    const { fleet } = nodeOf(this, name);
    expect((await fleet.models.list()).map(({ record }) => record.id)).to.deep.equal(idsIn(models));
    expect((await fleet.engines.list()).map(({ record }) => record.id)).to.deep.equal(idsIn(engines));
  },
);

Then(
  'node {string} knows {string} of the fleet by the name {string}',
  async function (this: NodesWorld, node: string, id: string, name: string) {
    expect((await nodeOf(this, node).fleet.models.get(id))?.record.name).to.equal(name);
  },
);

Then('what it knows is what the fleet has, at the same revisions', async function (this: NodesWorld) {
  for (const node of this.nodes.values()) await expectSame(this, node);
  // Whoever opens the root anew is told the same.
  for (const name of this.nodes.keys()) await expectSame(this, await openNode(this, name));
});

Then(
  'it has followed {int} added, {int} changed and {int} removed models, and {int} added, {int} changed and {int} removed engines',
  function (this: NodesWorld, a: number, b: number, c: number, d: number, e: number, f: number) {
    const { models, engines } = this.report;
    const told = [models, engines].flatMap(({ added, changed, removed }) => [added, changed, removed]);
    expect(told).to.deep.equal([a, b, c, d, e, f]);
  },
);

Then('it has followed {int} added models', function (this: NodesWorld, count: number) {
  expect(this.report.models).to.deep.equal({ added: count, changed: 0, removed: 0 });
});

Then('the fleet has listed {int} records and told of {int} changes', function (this: NodesWorld, listed: number, told: number) {
  expect(this.fleet.asked).to.deep.equal({ listed, told });
});

Then('nothing was written on node {string}', function (this: NodesWorld, _: string) {
  expect(written(this)).to.deep.equal([]);
});

Then('one file of the copy was published for them', function (this: NodesWorld) {
  expect(this.steps.filter(({ step }) => step.op === 'rename').map(({ path }) => path.split('/').at(-1))).to.deep.equal(['models.json']);
});

Then('it has taken {string} as a whole', function (this: NodesWorld, names: string) {
  expect(this.report.anew).to.deep.equal(idsIn(names));
});

Then('it is refused for the node with {word}', function (this: NodesWorld, code: string) {
  expect(this.takeRefusal().code).to.equal(code);
});

Then('it is refused for the node with Unsupported, naming {string} and the fleet', function (this: NodesWorld, id: string) {
  const { code, details } = this.takeRefusal();
  expect([code, details.id, details.from]).to.deep.equal(['Unsupported', id, this.fleet.name]);
});

Then(
  'each time the copy was one that may be there, also after a power cut, and the next sync made it that of the fleet',
  function (this: NodesWorld) {
    // Found out after each death; here: there were many.
    expect(this.interrupted.tried).to.be.above(30);
  },
);

Then(
  'whatever disk a power cut at any of its steps leaves shows a copy that may be there, and the next sync makes it that of the fleet',
  { timeout: 600_000 },
  async function (this: NodesWorld) {
    const explorer = await exploreSync(this.interrupted);
    expect(explorer.failures.map(({ complaint, events }) => [complaint, events])).to.deep.equal([]);
    expect(explorer.states.size).to.be.above(50);
  },
);

Then(
  /^each time it was refused with (\w+) or done, the copy was one that may be there, and the next sync made it that of the fleet$/,
  function (this: NodesWorld, code: string) {
    expect([...this.codes].sort()).to.deep.equal([code, 'done'].sort());
    expect(this.interrupted.tried).to.be.above(20);
  },
);

Then('the second is refused with Busy, and the first ends well', function (this: NodesWorld) {
  expect(this.takeRefusal().code).to.equal('Busy');
});

Then("looking into the fleet's part of it is refused with IndexCorrupt", async function (this: NodesWorld) {
  const { fleet } = nodeOf(this, 'one');
  await this.attempt(async () => [await fleet.models.list(), await fleet.engines.list(), await fleet.holdings.list()]);
  expect(this.takeRefusal().code).to.equal('IndexCorrupt');
});

Then('its own model {string} is there and can be changed', async function (this: NodesWorld, id: string) {
  const node = nodeOf(this, 'one');
  expect((await node.get(id))?.id).to.equal(id);
  await node.pin(id, 'mine');
  await node.unpin(id);
});

Then('doctor finds {string}, and that alone', async function (this: NodesWorld, id: string) {
  const { findings, ok } = await nodeOf(this, 'one').doctor();
  expect([ok, ...aboutFleet(findings)]).to.deep.equal([true, id]);
});

Then('doctor tells how node {string} takes its name back', async function (this: NodesWorld, name: string) {
  const { findings } = await nodeOf(this, name).doctor();
  expect(findings.find(({ id }) => id === 'fleet-copy-damaged')?.remedy).to.match(/--node NAME --take-over$/);
});

Then('doctor finds nothing', async function (this: NodesWorld) {
  expect(aboutFleet((await nodeOf(this, 'one').doctor()).findings)).to.deep.equal([]);
});

/** A disk in memory is weaker than a machine's: that is none of ours. */
function aboutFleet(findings: readonly { readonly id: string; readonly severity: string }[]): string[] {
  return findings.filter(({ severity }) => severity !== 'info').map(({ id }) => id);
}

Then('each byte of each file of the copy that is another one is found', async function (this: NodesWorld) {
  for (const part of ['models', 'engines', 'holdings', 'origin']) {
    const path = partPath(this, part);
    const whole = Buffer.from(this.disk.bytesAt(path));
    for (let at = 0; at < whole.length; at++) {
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] ?? 0) ^ 0x10;
      this.disk.uproot(path);
      this.disk.plant(path, bytes);
      const { fleet } = await openNode(this, 'one');
      await this.attempt(async () => [await fleet.models.list(), await fleet.engines.list(), await fleet.holdings.list()]);
      expect(this.takeRefusal().code, `byte ${at} of ${part}`).to.equal('IndexCorrupt');
    }
    this.disk.uproot(path);
    this.disk.plant(path, whole);
  }
});

Then('node {string} syncs and follows nothing more', async function (this: NodesWorld, name: string) {
  await sync(this, name);
  expect([this.report.anew, this.report.models]).to.deep.equal([[], { added: 0, changed: 0, removed: 0 }]);
});

Then(
  'on node {string} {string} is its own, and can be pinned, unpinned and deleted',
  async function (this: NodesWorld, name: string, id: string) {
    const node = nodeOf(this, name);
    expect((await node.get(id))?.fleet).to.equal(undefined);
    await node.pin(id, 'mine');
    await node.unpin(id);
    expect(await node.delete(id)).to.equal(true);
  },
);

Then('it tells of a round with {int} added models', async function (this: NodesWorld, added: number) {
  expect((await this.following.round()).models.added).to.equal(added);
});

Then('it tells of a round that announced {int}', async function (this: NodesWorld, put: number) {
  let report = await this.following.round();
  while (report.announced?.put === 0) report = await this.following.round();
  expect(report.announced?.put).to.equal(put);
});

Then('it has stopped, and node {string} can sync', async function (this: NodesWorld, name: string) {
  await this.following.ended;
  await sync(this, name);
});
