import { join } from 'node:path';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { type Disk, type DiskProgram, openOrCreate, run, tryLock, unlock, wait } from '../src/disk/program.js';
import { RealDisk } from '../src/disk/real-disk.js';
import { SimulatedDisk } from '../src/disk/simulated-disk.js';
import type { FsCatalog } from '../src/stores/fs/fs-catalog.js';
import { type Count, countTogether } from '../support/contention/counting.js';
import { type Container, containerOn } from '../support/contention/elsewhere.js';
import { type PausedPut, PausingDisk, type Told, toldBy } from '../support/contention/paused-put.js';
import { commits, isTrue, type Pause, pauseAtEveryStep, turnsUntil, waitingItsTurn } from '../support/contention/pauses.js';
import { type PutResult, putInWorker } from '../support/contention/put-worker.js';
import { contentOf, expectTidy, snapshotOf } from '../support/interrupt/aftermath.js';
import { handicapped, withLockDisabled } from '../support/interrupt/disks.js';
import type { Plan, PlannedPoint } from '../support/interrupt/job.js';
import { type Actor, startFor } from '../support/interrupt/start.js';
import { type CatalogWorld, modelEntry } from '../support/world.js';

interface ContentionWorld extends CatalogWorld {
  count: Count;
  pauses: readonly Pause[];
  containers: readonly Container[];
  actor: Actor;
  told: Told;
  ids: readonly string[];
  disk: PausingDisk;
  put: PausedPut;
  first: FsCatalog;
  neighbour: FsCatalog;
  waiting: Promise<Told>;
  worker: PutResult;
  turns: number;
}

const brief = 50;
const patient = { timeout: 600_000 };
const simulatedRoot = '/home/user/models';

// Counting

When(
  /^(\d+) processes add to the count of one record (\d+) times each at once, with the lock (disabled|in place)$/,
  patient,
  async function (this: ContentionWorld, processes: string, times: string, lock: string) {
    const counting = { processes: Number(processes), times: Number(times), lockDisabled: lock === 'disabled' };
    this.count = await countTogether(this, await this.root(), counting);
    const { tookMs, conflicts, longestPutMs } = this.count;
    this.log(`${tookMs} ms, ${conflicts} conflicts, the longest put took ${Math.round(longestPutMs)} ms`);
  },
);

Then('the count is {int}', function (this: ContentionWorld, count: number) {
  expect(this.count.count).to.equal(count);
});

// A ratio, because the machine's speed is not the promise: with growing pauses the longest put took 112 times the mean one.
Then('no put took longer than {int} times the mean of its writer', function (this: ContentionWorld, times: number) {
  expect(this.count.longestPutMs / (this.count.tookMs / this.count.times)).to.be.below(times);
});

// Pauses

When(
  /^a put is paused at every step in turn while another commits (\d+) times?, (.+)$/,
  patient,
  async function (this: ContentionWorld, count: string, words: string) {
    const contest = { root: await this.root(), paused: diskOf(words), other: diskOf(words) };
    this.pauses = await pauseAtEveryStep(contest, commits(Number(count)));
    this.log(outcomesOf(this.pauses));
  },
);

When('a put is paused at every step in turn while another tries to commit, with the lock in place', async function (this: ContentionWorld) {
  const { contest, meanwhile } = waitingItsTurn({ root: await this.root(), paused: new RealDisk(), other: new RealDisk() });
  this.pauses = await pauseAtEveryStep(contest, meanwhile);
});

Then('each time its promise told the truth', function (this: ContentionWorld) {
  expect(this.pauses.length).to.be.at.least(30);
  for (const pause of this.pauses) expect(isTrue(pause.paused), toldOf(pause)).to.equal(true);
});

Then("each time the other's last commit is there", function (this: ContentionWorld) {
  for (const pause of this.pauses)
    expect(pause.other.told, toldOf(pause)).to.deep.equal({ kind: 'acknowledged', revision: pause.other.there });
});

Then('its promise was CommitUnknown just before and just after its publishing, and at no other step', function (this: ContentionWorld) {
  const unknown = this.pauses.filter(({ paused: { told } }) => told.kind === 'refused' && told.error.code === 'CommitUnknown');
  const around = this.pauses.filter(({ where }) => where.before.kind === 'Publish' || where.after?.kind === 'Publish');
  expect(around).to.have.lengthOf(2);
  expect(unknown.map(toldOf)).to.deep.equal(around.map(toldOf));
});

Then('each time both are there', function (this: ContentionWorld) {
  expect(this.pauses.length).to.be.at.least(30);
  for (const pause of this.pauses) {
    for (const { told, there } of [pause.paused, pause.other])
      expect(told, toldOf(pause)).to.deep.equal({ kind: 'acknowledged', revision: there });
  }
});

// Signals

Given(
  /^a writer process that is stopped by a signal just before it (.+), with the lock (disabled|in place)$/,
  async function (this: ContentionWorld, step: string, lock: string) {
    const store = await this.openStore();
    await store.models.put(modelEntry('first'));
    const plan: Plan = { act: 'hold', at: points[step] ?? expect.fail(step) };
    const changes = [{ type: 'put', entry: modelEntry('stopped') }] as const;
    this.actor = startFor(this, { role: 'writer', root: await this.root(), changes, plan, lockDisabled: lock === 'disabled' });
    await this.actor.untilHeld();
    await this.actor.freeze();
    this.actor.letGo();
  },
);

When(
  'another commits {int} times, with the lock disabled, and the process is continued',
  async function (this: ContentionWorld, count: number) {
    const other = await this.openStore({ disk: withLockDisabled(new RealDisk()) });
    this.ids = ['first', ...Array.from({ length: count }, (_, at) => `other-${at}`)];
    for (const id of this.ids.slice(1)) await other.models.put(modelEntry(id));
    expect(this.actor.acknowledged).to.deep.equal([]);
    this.actor.thaw();
  },
);

Then('its put is acknowledged, and its model is there with all of the other', async function (this: ContentionWorld) {
  const { acknowledged, refused } = await this.actor.ended;
  const place = { disk: new RealDisk(), root: await this.root() };
  const { models } = await snapshotOf(place, { readOnly: true });
  expect(refused).to.deep.equal([]);
  expect(acknowledged).to.deep.equal([{ id: 'stopped', revision: models.find(({ record }) => record.id === 'stopped')?.revision }]);
  expect(models.map(({ record }) => record.id)).to.have.members([...this.ids, 'stopped']);
  await expectTidy(place);
});

When('another tries to put a model', async function (this: ContentionWorld) {
  this.first = await this.openStore({ lockTimeoutMs: brief });
  this.told = await toldBy(this.first, 'other');
});

Then('it is Busy, and that names the stopped process', function (this: ContentionWorld) {
  expectBusy(this.told, this.actor.pid);
});

Then('once the process is continued both can write', async function (this: ContentionWorld) {
  this.actor.thaw();
  expect((await this.actor.ended).acknowledged.map(({ id }) => id)).to.deep.equal(['stopped']);
  expect(await toldBy(this.first, 'other')).to.include({ kind: 'acknowledged' });
});

// The same pid

When(
  /^a put is paused at every step in turn while one of the same pid elsewhere opens and puts, (.+)$/,
  async function (this: ContentionWorld, words: string) {
    const contest = inContainers(this, words);
    this.pauses = await pauseAtEveryStep(contest, async (_, id) => {
      const opened = await this.openStore({ root: simulatedRoot, disk: contest.other, lockTimeoutMs: 5 });
      return toldBy(opened, id);
    });
  },
);

When(
  'a put is paused at every step in turn while one of the same pid and the same randomness puts, with the lock disabled',
  async function (this: ContentionWorld) {
    const contest = inContainers(this, 'with the lock disabled');
    const reseed = (which: 0 | 1, seed: number) => this.containers[which]?.reseed(String(seed));
    let now = 0;
    this.pauses = await pauseAtEveryStep(
      contest,
      (other, id) => {
        reseed(1, now);
        return toldBy(other, id);
      },
      (step) => {
        now = step;
        reseed(0, step);
      },
    );
    this.log(outcomesOf(this.pauses));
  },
);

Then('no two temps had the same name', function (this: ContentionWorld) {
  const temps = this.containers.flatMap((container) => container.temps);
  expect(temps.length).to.be.greaterThan(this.pauses.length);
  expect(new Set(temps).size).to.equal(temps.length);
});

Then('each time both told the truth', function (this: ContentionWorld) {
  expect(this.pauses.length).to.be.at.least(30);
  for (const pause of this.pauses) for (const outcome of [pause.paused, pause.other]) expect(isTrue(outcome), toldOf(pause)).to.equal(true);
});

Then('the paused one was acknowledged each time', function (this: ContentionWorld) {
  for (const pause of this.pauses) expect(pause.paused.told.kind, toldOf(pause)).to.equal('acknowledged');
});

Then('the other was Busy exactly while the lock was held', function (this: ContentionWorld) {
  const [held, busy] = [
    this.pauses.filter(({ where }) => where.holdsLock),
    this.pauses.filter(({ other }) => other.told.kind === 'refused'),
  ];
  expect(held.length).to.be.at.least(20);
  expect(busy.map(toldOf)).to.deep.equal(held.map(toldOf));
  for (const { other } of busy) expectCode(other.told, 'Busy');
});

Then('some were refused as their temps would have had the same name', function (this: ContentionWorld) {
  const refused = this.pauses.map(({ other }) => other.told).filter(({ kind }) => kind === 'refused');
  expect(refused).not.to.have.lengthOf(0);
  for (const told of refused) {
    expectCode(told, 'IoError');
    if (told.kind === 'refused') expect(told.error.details.errno).to.equal('EEXIST');
  }
});

// Threads and handles of one process

When(
  '{int} worker threads and {int} handles of the main thread put {int} models each at once',
  async function (this: ContentionWorld, threads: number, handles: number, count: number) {
    const ids = (who: string) => Array.from({ length: count }, (_, at) => `${who}-${at}`);
    const root = await this.root();
    const workers = Array.from({ length: threads }, (_, at) => putInWorker({ root, ids: ids(`worker-${at}`), lockTimeoutMs: 60_000 }));
    const stores = await Promise.all(Array.from({ length: handles }, () => this.openStore({ lockTimeoutMs: 60_000 })));
    const puts = stores.map(async (store, at) => {
      for (const id of ids(`handle-${at}`)) await store.models.put(modelEntry(id));
    });
    expect(await Promise.all(workers)).to.deep.equal(Array.from({ length: threads }, () => ({ acknowledged: count })));
    await Promise.all(puts);
  },
);

Then('each of the {int} models is there', async function (this: ContentionWorld, count: number) {
  const place = { disk: new RealDisk(), root: await this.root() };
  expect(await contentOf(place, { readOnly: true })).to.have.lengthOf(count);
  await expectTidy(place);
});

Given('a handle of the main thread that holds the lock', async function (this: ContentionWorld) {
  this.disk = new PausingDisk(new RealDisk());
  this.first = await this.openStore({ disk: this.disk });
  await this.first.models.put(modelEntry('first'));
  this.put = (await this.disk.pausedPut(this.first, 'held', (step) => step.kind === 'Publish')) ?? expect.fail('it did not publish');
  this.onEnd(() => this.put.goOn());
  this.neighbour = await this.openStore({ disk: this.disk, lockTimeoutMs: brief });
});

When('a worker thread tries to put a model', async function (this: ContentionWorld) {
  this.worker = await putInWorker({ root: await this.root(), ids: ['worker'], lockTimeoutMs: brief });
});

Then('the worker is Busy, and that names this process', async function (this: ContentionWorld) {
  expect(this.worker).to.deep.equal({ acknowledged: 0, refused: { code: 'Busy', pid: process.pid } });
});

When('a neighbour handle on the same root puts a model', async function (this: ContentionWorld) {
  this.neighbour = await this.openStore({ disk: this.disk });
  this.waiting = toldBy(this.neighbour, 'neighbour');
});

Then('that put waits until the first handle is done, and then is there', async function (this: ContentionWorld) {
  expect((await this.put.goOn()).kind).to.equal('acknowledged');
  const told = await this.waiting;
  expect(told).to.deep.equal({ kind: 'acknowledged', revision: 3 });
  expect((await this.first.models.get('neighbour'))?.revision).to.equal(3);
});

When('a neighbour handle on the same root tries to put a model', async function (this: ContentionWorld) {
  this.told = await toldBy(this.neighbour, 'neighbour');
});

Then('that put is Busy, and that names this process', function (this: ContentionWorld) {
  expectBusy(this.told, process.pid);
});

Then('once the first handle is done the neighbour can put, and what was refused is not there', async function (this: ContentionWorld) {
  expect((await this.put.goOn()).kind).to.equal('acknowledged');
  expect(await toldBy(this.neighbour, 'later')).to.deep.equal({ kind: 'acknowledged', revision: 3 });
  expect(await this.neighbour.models.get('neighbour')).to.equal(undefined);
});

// The event loop

Given('a writer process that is held while it has the lock', async function (this: ContentionWorld) {
  const changes = [{ type: 'put', entry: modelEntry('held') }] as const;
  this.actor = startFor(this, {
    role: 'writer',
    root: await this.root(),
    changes,
    plan: { act: 'hold', at: points.publishes as PlannedPoint },
  });
  await this.actor.untilHeld();
});

When('a put waits for that lock until it is Busy', async function (this: ContentionWorld) {
  const store = await this.openStore({ lockTimeoutMs: 10 * brief });
  const put = toldBy(store, 'waiting');
  this.turns = await turnsUntil(put);
  this.told = await put;
});

When('a program pauses {int} times for {int} µs on the real disk', async function (this: ContentionWorld, count: number, us: number) {
  const pauses = function* (): DiskProgram<void> {
    for (let nth = 0; nth < count; nth++) yield* wait(us / 1000);
  };
  this.turns = await turnsUntil(run(pauses(), new RealDisk()));
});

When(
  'a program takes a lock and gives it back on the real disk until {int} ms have passed',
  async function (this: ContentionWorld, ms: number) {
    const [path, endsAt] = [join(await this.folder(), 'some.lock'), performance.now() + ms];
    const locks = function* (): DiskProgram<void> {
      for (const handle = yield* openOrCreate(path, 0o600); performance.now() < endsAt; yield* unlock(handle)) yield* tryLock(handle);
    };
    this.turns = await turnsUntil(run(locks(), new RealDisk()));
  },
);

Then('the event loop turned more than {int} times meanwhile', function (this: ContentionWorld, least: number) {
  expect(this.turns).to.be.greaterThan(least);
});

Then('the refusal names the process that has the lock', function (this: ContentionWorld) {
  expectBusy(this.told, this.actor.pid);
});

const points: Readonly<Record<string, PlannedPoint>> = {
  'creates its temp': { type: 'matching', kind: 'Open', path: 'catalog\\.json\\..+\\.tmp$', nth: 1, when: 'before' },
  'syncs its temp': { type: 'matching', kind: 'Sync', path: 'catalog\\.json\\..+\\.tmp$', nth: 1, when: 'before' },
  publishes: { type: 'matching', kind: 'Publish', path: 'models/[1-9]', nth: 1, when: 'before' },
  'syncs the generations': { type: 'matching', kind: 'SyncDirectory', path: 'generations/models$', nth: 1, when: 'before' },
  'renames its temp': { type: 'matching', kind: 'Rename', path: 'catalog\\.json$', nth: 1, when: 'before' },
};

function inContainers(world: ContentionWorld, words: string): { root: string; paused: Disk; other: Disk; lockTimeoutMs: number } {
  const disk = new SimulatedDisk({ root: ['/home/user'] });
  const places = [
    containerOn(disk.process(), { namespace: 'pid:[1]', seed: 'a' }),
    containerOn(disk.process(), { namespace: 'pid:[2]', seed: 'b' }),
  ];
  world.containers = places;
  const [paused, other] = places.map((place) => (words.includes('disabled') ? withLockDisabled(place.disk) : place.disk));
  return { root: simulatedRoot, paused: paused as Disk, other: other as Disk, lockTimeoutMs: 5 };
}

function diskOf(words: string): Disk {
  return handicapped(new RealDisk(), {
    lockDisabled: words.includes('with the lock disabled'),
    withoutHardLinks: words.includes('without hard links'),
  });
}

function expectBusy(told: Told, pid: number): void {
  expectCode(told, 'Busy');
  if (told.kind === 'refused') expect(told.error.details.pid).to.equal(pid);
}

function expectCode(told: Told, code: string): void {
  expect(told.kind === 'refused' ? told.error.code : told).to.equal(code);
}

function outcomesOf(pauses: readonly Pause[]): string {
  const counts = new Map<string, number>();
  for (const { paused, other } of pauses) {
    const key = [paused, other].map(({ told }) => (told.kind === 'refused' ? told.error.code : told.kind)).join(' / ');
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return `${pauses.length} pauses: ${[...counts].map(([key, count]) => `${count} ${key}`).join(', ')}`;
}

function toldOf({ where, paused, other }: Pause): string {
  return `before ${where.before.kind} ${where.before.op}: ${JSON.stringify({ paused, other })}`;
}
