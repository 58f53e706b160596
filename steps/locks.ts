import { readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import fc from 'fast-check';
import { isAbandoned, type LockOwner, parseOwner } from '../src/core/lock-owner.js';
import type { Host } from '../src/disk/host.js';
import { type OwnerLock, readOwner, releaseOwnerLock, tryOwnerLock } from '../src/disk/owner-lock.js';
import { type Disk, type DiskProgram, runSync } from '../src/disk/program.js';
import { RealDisk } from '../src/disk/real-disk.js';
import { thisSystem } from '../src/disk/real-host.js';
import { SimulatedDisk } from '../src/disk/simulated-disk.js';
import type { Step } from '../src/disk/steps.js';
import type { FsCatalog } from '../src/stores/fs/fs-catalog.js';
import { seeded } from '../support/artifact-helpers.js';
import { withEachStep } from '../support/interrupt/disks.js';
import { type CatalogWorld, modelEntry } from '../support/world.js';

interface LockWorld extends CatalogWorld {
  first: FsCatalog;
  other: FsCatalog;
  letGo: () => void;
  putting: Promise<unknown>;
  disk: SimulatedDisk;
  stolen: OwnerLock;
  taken: number;
  temp: string;
}

const lock = '/locks/catalog.lock.owner';
const hour = 3_600_000;
const now = Date.UTC(2026, 0, 2);
const ages: Readonly<Record<string, number>> = {
  '10 seconds': 10_000,
  '2 hours': 2 * hour,
  '59 minutes': hour - 60_000,
  '61 minutes': hour + 60_000,
};
const mostSteps = 400;
const askers: Readonly<Record<string, Partial<LockOwner>>> = {
  'the same machine': {},
  'one that knows no boot': { boot_id: undefined },
  'one that knows no namespace': { pid_namespace: undefined },
  'one that knows neither': { boot_id: undefined, pid_namespace: undefined },
  'one of another name': { host: 'other' },
  'one that cannot tell': {},
};

Given("two writers without the kernel's lock", async function (this: LockWorld) {
  let reached: () => void = () => {};
  const stop = new Promise<void>((resolve) => {
    this.letGo = resolve;
  });
  const held = new Promise<void>((resolve) => {
    reached = resolve;
  });
  this.first = await this.openStore({
    disk: withEachStep(withoutKernelLock(new RealDisk()), (step) => {
      if (step.kind !== 'Publish' || !step.to.includes('models') || !step.to.endsWith('/2')) return undefined;
      reached();
      return stop;
    }),
  });
  this.other = await this.openStore({ disk: withoutKernelLock(new RealDisk()), lockTimeoutMs: 30 });
  await this.first.models.put(modelEntry('a'));
  this.putting = this.first.models.put(modelEntry('b'));
  await held;
});

When('one stands still before it publishes, and the other puts a model', async function (this: LockWorld) {
  await this.attempt(() => this.other.models.put(modelEntry('c')));
});

Then('the other is refused with Busy, which names the holder', function (this: LockWorld) {
  const { code, details, message } = this.takeRefusal();
  expect([code, details.pid]).to.deep.equal(['Busy', process.pid]);
  expect(details).to.include.keys('host', 'command', 'since');
  expect(message).to.include(String(process.pid));
});

Then('both can put a model once it goes on, and no record of an owner is left', async function (this: LockWorld) {
  this.letGo();
  await this.putting;
  await this.other.models.put(modelEntry('c'));
  await this.first.models.put(modelEntry('d'));
  expect((await this.other.models.list()).map(({ record }) => record.id)).to.deep.equal(['a', 'b', 'c', 'd']);
  await this.first.close();
  expect((await readdir(await this.root())).filter((name) => name.includes('owner'))).to.deep.equal([]);
});

When("two takers of a dead owner's lock are interleaved at every pair of steps", function (this: LockWorld) {
  this.taken = 0;
  for (let first = 0; first < 45; first++) {
    for (let second = 0; second < 45; second++) {
      // The first goes some steps, the second some, the first a few or to its end, the second to its end, and then the first.
      for (const third of [1, 2, mostSteps]) {
        expectOneAtATime(2, [...Array(first).fill(0), ...Array(second).fill(1), ...Array(third).fill(0), ...Array(mostSteps).fill(1)]);
        this.taken++;
      }
    }
  }
});

When("three takers of a dead owner's lock are interleaved at random", function (this: LockWorld) {
  this.taken = 0;
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(2), fc.integer({ min: 1, max: 12 })), { maxLength: 25 }), (runs) => {
      expectOneAtATime(
        3,
        runs.flatMap(([who, count]) => Array(count).fill(who)),
      );
      this.taken++;
    }),
    { numRuns: 1500, examples: [[ownerGoneAndAnotherCome]] },
  );
});

Then('never did both own it, and each owned it once', function (this: LockWorld) {
  // Found out at each interleaving; here: there were many.
  expect(this.taken).to.be.above(1000);
});

When("a taker of a dead owner's lock dies at every step", function (this: LockWorld) {
  this.taken = 0;
  for (let step = 1; ; step++) {
    const dead = new Set([1]);
    const disk = diskWithOwner(ownerNamed(1));
    const taker = owning(hostOf(2, dead), { owners: 0 });
    const wasStopped = advance(taker, disk, step);
    dead.add(2);
    const next = owning(hostOf(3, dead), { owners: 0 });
    expect(advance(next, disk, mostSteps), `the next after a death at step ${step}`).to.equal(false);
    this.taken++;
    if (!wasStopped) return;
  }
});

Then('each time the next one took the lock', function (this: LockWorld) {
  expect(this.taken).to.be.above(15);
});

Given('a lock that was stolen from its owner by another', function (this: LockWorld) {
  this.disk = new SimulatedDisk({ root: ['/locks'] });
  this.stolen = runSync(tryOwnerLock(lock, hostOf(2, new Set())), this.disk) as OwnerLock;
  expect(this.stolen).to.have.property('token');
  const thief = hostOf(3, new Set([2]));
  expect(runSync(tryOwnerLock(lock, thief), this.disk)).to.have.nested.property('heldBy.pid', 2);
  expect(runSync(tryOwnerLock(lock, thief), this.disk)).to.have.property('token');
});

When('its first owner gives it back', function (this: LockWorld) {
  runSync(releaseOwnerLock(this.stolen, hostOf(2, new Set())), this.disk);
});

Then('the thief still owns it', function (this: LockWorld) {
  expect(runSync(readOwner(lock), this.disk)?.pid).to.equal(3);
});

Given(/^a lock of (.*), (10 seconds|2 hours|59 minutes|61 minutes) old$/, function (this: LockWorld, owner: string, age: string) {
  const since = new Date(now - (ages[age] ?? 0)).toISOString();
  const owners: Readonly<Record<string, Partial<LockOwner>>> = {
    'a live process': { pid: 4, process_start: '4' },
    'a dead process': { pid: 1, process_start: '1' },
    'a process whose number another has now': { pid: 4, process_start: 'earlier' },
    'the same number on another host': { pid: 2, host: 'other' },
    'the same number after another boot': { pid: 2, boot_id: 'earlier' },
    'the same number in another namespace': { pid: 2, pid_namespace: 'other' },
  };
  this.disk = diskWithOwner({ ...ownerNamed(1), ...owners[owner], since });
  if (owner.startsWith('nobody')) this.disk.plant(lock, '{"pid":');
  const { mtimeNs } = this.disk.perform({ op: 'stat', kind: 'Stat', path: lock, follow: false }) as { mtimeNs: bigint };
  this.taken = owner.startsWith('nobody') ? Number(mtimeNs / 1_000_000n) + (ages[age] ?? 0) : now;
});

Then(/^it is (kept|taken)$/, function (this: LockWorld, verdict: string) {
  const before = this.disk.bytesAt(lock);
  const host = { ...hostOf(2, new Set([1])), clock: () => this.taken };
  const tried = runSync(tryOwnerLock(lock, host), this.disk);
  expect(tried).not.to.have.property('token');
  const again = runSync(tryOwnerLock(lock, host), this.disk);
  if (verdict === 'taken') expect(again).to.have.property('token');
  else expect(this.disk.bytesAt(lock)).to.deep.equal(before);
});

Then(
  /^an owner that is told to be dead, seen by (.*), (\d+) minutes old, is (kept|taken)$/,
  (seenBy: string, age: string, verdict: string) => {
    const asker = askers[seenBy] ?? expect.fail(seenBy);
    // What nobody tells of the machine is told by neither of the two.
    const untold = Object.fromEntries(Object.entries(asker).filter(([, value]) => value === undefined));
    const owner = { ...ownerNamed(1), ...untold, since: new Date(now - (Number(age) * hour) / 60).toISOString() };
    const liveness = seenBy === 'one that cannot tell' ? 'cannot be told' : 'dead';
    expect(isAbandoned(owner, { ...ownerNamed(2), ...asker }, { liveness, nowMs: now })).to.equal(verdict === 'taken');
  },
);

Then(/^a record of an owner in which (\w+) is (.*) is (that of an owner|nobody's)$/, (member: string, value: string, whose: string) => {
  const record = { ...ownerNamed(1), [member]: value === '(absent)' ? undefined : JSON.parse(value) };
  const text = JSON.stringify(record);
  expect(parseOwner(text)).to.deep.equal(whose === "nobody's" ? undefined : JSON.parse(text));
});

Given('a catalog whose lock a process of another machine holds', async function (this: LockWorld) {
  this.first = await this.openStore({ disk: withoutKernelLock(new RealDisk()), lockTimeoutMs: 20 });
  await this.first.models.put(modelEntry('a'));
  const owner = { ...ownerNamed(2), host: 'other', since: new Date().toISOString() };
  await writeFile(join(await this.root(), 'catalog.lock.owner'), JSON.stringify(owner));
});

Then('a put is Busy, and after a repair that breaks the lock it works', async function (this: LockWorld) {
  await this.attempt(() => this.first.models.put(modelEntry('b')));
  expect(this.takeRefusal().details).to.include({ pid: 2, host: 'other' });
  await this.first.repair({ breakLock: true });
  expect((await this.first.models.put(modelEntry('b'))).revision).to.equal(2);
});

Given(/^a catalog with a temp that is (59 minutes|61 minutes) old$/, async function (this: LockWorld, age: string) {
  await (await this.openStore()).models.put(modelEntry('a'));
  this.temp = `catalog.json.${'T'.repeat(22)}.tmp`;
  const path = join(await this.root(), this.temp);
  await writeFile(path, '');
  const seconds = (Date.now() - (ages[age] ?? 0)) / 1000;
  await utimes(path, seconds, seconds);
});

When("it is opened for writing without the kernel's lock", async function (this: LockWorld) {
  await this.openStore({ disk: withoutKernelLock(new RealDisk()) });
});

Then(/^the temp is (kept|gone)$/, async function (this: LockWorld, fate: string) {
  expect((await readdir(await this.root())).includes(this.temp)).to.equal(fate === 'kept');
});

/** A machine that has no kernel's lock. */
function withoutKernelLock(disk: Disk): Disk {
  return { perform: (step: Step) => (step.op === 'lock' ? 'unsupported' : disk.perform(step)) };
}

function ownerNamed(pid: number): LockOwner {
  const place = { host: 'one', boot_id: 'boot', pid_namespace: 'namespace' };
  return { ...place, pid, process_start: String(pid), command: 'catalog', since: new Date(now).toISOString(), token: 'D'.repeat(22) };
}

function hostOf(pid: number, dead: ReadonlySet<number>): Host {
  const { since: _since, token: _token, ...identity } = ownerNamed(pid);
  return {
    clock: () => now,
    monotonicMs: () => 0,
    random: seeded(`process ${pid}`),
    identity,
    liveness: (owner) => (dead.has(owner.pid) || owner.process_start !== String(owner.pid) ? 'dead' : 'alive'),
    system: thisSystem(),
  };
}

function diskWithOwner(owner: LockOwner): SimulatedDisk {
  return new SimulatedDisk({ root: ['/locks'] }).plant(lock, `${JSON.stringify(owner)}\n`);
}

/** Tries until it owns the lock, owns it for a step, and gives it back. */
function* owning(host: Host, shared: { owners: number }): DiskProgram<void> {
  for (;;) {
    const tried = yield* tryOwnerLock(lock, host);
    if (!('token' in tried)) continue;
    shared.owners++;
    expect(shared.owners, 'owners at once').to.equal(1);
    expect((yield* readOwner(lock))?.pid, 'whose record it is').to.equal(host.identity.pid);
    shared.owners--;
    yield* releaseOwnerLock(tried, host);
    return;
  }
}

/** One looks when the record is gone, and once more when that of the next owner is there. */
const ownerGoneAndAnotherCome: [number, number][] = [
  [0, 1],
  [1, 12],
  [0, 3],
  [2, 6],
  [1, 11],
  [0, 2],
  [1, 11],
  [2, 7],
  [1, 3],
];

/** Lets processes take their steps in these turns, and then each to its end. */
function expectOneAtATime(count: number, turns: readonly number[]): void {
  const disk = diskWithOwner(ownerNamed(1));
  const shared = { owners: 0 };
  const takers = Array.from({ length: count }, (_, at) => new Driven(owning(hostOf(at + 2, new Set([1])), shared)));
  for (const who of turns) takers[who]?.step(disk);
  for (let left = mostSteps; left > 0 && takers.some(({ isDone }) => !isDone); left--) for (const taker of takers) taker.step(disk);
  for (const taker of takers) expect(taker.isDone, 'it owned the lock in the end').to.equal(true);
  expect([...disk.snapshotTree().keys()].filter((path) => path.startsWith('/locks/'))).to.deep.equal([]);
}

/** True when it was stopped before its end. */
function advance(program: DiskProgram<void>, disk: Disk, steps: number): boolean {
  const driven = new Driven(program);
  for (let left = steps; left > 0 && !driven.isDone; left--) driven.step(disk);
  return !driven.isDone;
}

/** A program that is driven a step at a time. */
class Driven {
  isDone = false;
  readonly #program: DiskProgram<void>;
  #next: IteratorResult<Step, void> | undefined;

  constructor(program: DiskProgram<void>) {
    this.#program = program;
  }

  step(disk: Disk): void {
    if (this.isDone) return;
    this.#next ??= this.#program.next();
    if (!this.#next.done) this.#next = this.#performed(disk, this.#next.value);
    this.isDone = this.#next.done === true;
  }

  #performed(disk: Disk, step: Step): IteratorResult<Step, void> {
    let result: unknown;
    try {
      result = disk.perform(step);
    } catch (error) {
      return this.#program.throw(error);
    }
    return this.#program.next(result);
  }
}

When('a disk is asked to wait for 0.1 ms where no thread may sleep', async function (this: LockWorld & { waited: string }) {
  const { wait } = Atomics;
  Atomics.wait = () => {
    throw new TypeError('Atomics.wait cannot be called in this context');
  };
  try {
    const waiting = new RealDisk().perform({ op: 'wait', kind: 'Wait', ms: 0.1 });
    this.waited = waiting instanceof Promise ? await waiting.then(() => 'waited') : 'at once';
  } finally {
    Atomics.wait = wait;
  }
});

Then('it has waited', function (this: LockWorld & { waited: string }) {
  expect(this.waited).to.equal('waited');
});
