import { setImmediate } from 'node:timers/promises';
import { Given, Then, When, type World } from '@cucumber/cucumber';
import { expect } from 'chai';
import { LateWork } from '../src/disk/late-work.js';
import { known } from '../support/known.js';

interface LateWorld extends World {
  late: LateWork;
  begun: Begun[];
}

/** A piece of work that ends when the scenario says so. */
interface Begun {
  readonly name: string;
  readonly end: (count: number) => void;
  readonly fail: (error: Error) => void;
}

type Name = 'write' | 'sync' | 'reading';

const failure = new Error('the disk said no');
const room = Buffer.alloc(16);
const ahead = { into: room.subarray(0, 4), position: 10 };

const asking = (into: Uint8Array, position: number) => ({ op: 'read', kind: 'Read', handle: 3, into, position }) as const;

function beginning(world: LateWorld, name: Name): () => Promise<number> {
  return () => new Promise((end, fail) => world.begun.push({ name, end, fail }));
}

function doing(world: LateWorld, name: Name): () => Promise<void> {
  const begin = beginning(world, name);
  return async () => {
    await begin();
  };
}

/** All that can go on without the scenario has gone on. */
const settle = (): Promise<void> => setImmediate();

async function done(world: LateWorld, name: string, how: string): Promise<void> {
  await settle();
  const one = world.begun.find((begun) => begun.name === name);
  if (one === undefined) expect.fail(`no ${name} has begun`);
  world.begun = [...world.begun.filter((other) => other !== one), { ...one, name: `${name}, ended` }];
  if (how === 'fails') one.fail(failure);
  else one.end(3);
  await settle();
}

const countOf = (world: LateWorld, name: string): number => world.begun.filter((one) => one.name.startsWith(name)).length;

async function outcomeOf(work: Promise<unknown>): Promise<unknown> {
  try {
    return await work;
  } catch (error) {
    expect(error).to.equal(failure);
    return 'failed';
  }
}

Given('work for one file', function (this: LateWorld) {
  this.late = new LateWork();
  this.begun = [];
});

function beginWrite(world: LateWorld, bytes: number): void {
  world.late.write(bytes, doing(world, 'write'));
}

When('a write of {int} bytes is begun, and then a sync', function (this: LateWorld, bytes: number) {
  beginWrite(this, bytes);
  this.late.sync(doing(this, 'sync'));
});

When(/^a write of (\d+) bytes is begun(?: and|, and) (ends|fails)$/, async function (this: LateWorld, bytes: string, how: string) {
  beginWrite(this, Number(bytes));
  await done(this, 'write', how);
});

When(/^a sync is begun(?: and|, and) (ends|fails)$/, async function (this: LateWorld, how: string) {
  this.late.sync(doing(this, 'sync'));
  await done(this, 'sync', how);
});

When(/^(?:a|another) sync is begun$/, async function (this: LateWorld) {
  this.late.sync(doing(this, 'sync'));
  await settle();
});

When('nothing comes after it', () => {
  // That is all.
});

When('the file is changed', function (this: LateWorld) {
  this.late.changes();
});

When('the sync is asked for', async function (this: LateWorld) {
  await this.late.takeSync();
});

When(/^writes of ([\d, ]+) bytes are begun and end, with a sync every 10 bytes$/, async function (this: LateWorld, writes: string) {
  for (const bytes of writes.split(', ')) {
    beginWrite(this, Number(bytes));
    const before = this.begun.length;
    this.late.syncEvery(10, doing(this, 'sync'));
    await done(this, 'write', 'ends');
    if (this.begun.length > before) await done(this, 'sync', 'ends');
  }
});

When(
  /^a write of (\d+) bytes is begun and ends, with a sync every 10 bytes that (goes on|fails)$/,
  async function (this: LateWorld, bytes: string, how: string) {
    beginWrite(this, Number(bytes));
    this.late.syncEvery(10, doing(this, 'sync'));
    await done(this, 'write', 'ends');
    if (how === 'fails') await done(this, 'sync', how);
  },
);

When(/^4 bytes are read ahead at 10, which (gives 3|fails)$/, async function (this: LateWorld, how: string) {
  this.late.read(ahead, beginning(this, 'reading')());
  await done(this, 'reading', how);
});

When(/^a (write|sync|reading) is begun that goes on$/, async function (this: LateWorld, name: Name) {
  if (name === 'write') beginWrite(this, 1);
  else if (name === 'sync') this.late.sync(doing(this, name));
  else this.late.read(ahead, beginning(this, name)());
  await settle();
});

When(/^"(\w+)" (ends|fails)$/, async function (this: LateWorld, name: string, how: string) {
  await done(this, name, how);
});

Then('{string} has begun, but not {string}', async function (this: LateWorld, begun: string, not: string) {
  await settle();
  expect(countOf(this, begun)).to.equal(1);
  expect(countOf(this, not)).to.equal(0);
});

Then(/^"(\w+)" has (not )?begun$/, async function (this: LateWorld, name: string, not: string | undefined) {
  await settle();
  expect(countOf(this, name)).to.equal(not ? 0 : 1);
});

Then('{int} syncs have begun', async function (this: LateWorld, count: number) {
  await settle();
  expect(countOf(this, 'sync')).to.equal(count);
});

Then(/^the sync that is asked for is (done already|still to do)$/, async function (this: LateWorld, found: string) {
  expect(await this.late.takeSync()).to.equal(found === 'done already');
});

Then('the sync that is asked for fails', async function (this: LateWorld) {
  expect(await outcomeOf(this.late.takeSync())).to.equal('failed');
});

Then(/^what comes behind the writes (fails|goes on)$/, async function (this: LateWorld, how: string) {
  expect(await outcomeOf(this.late.afterWrites())).to.equal(how === 'fails' ? 'failed' : undefined);
});

const asked: Readonly<Record<string, ReturnType<typeof asking>>> = {
  these: asking(room.subarray(0, 4), 10),
  '4 bytes at 11': asking(room.subarray(0, 4), 11),
  '3 of them': asking(room.subarray(0, 3), 10),
  '3 of them behind the first': asking(room.subarray(1, 4), 10),
  '4 other bytes at 10': asking(Buffer.alloc(4), 10),
};

Then(
  /^(these|4 bytes at 11|3 of them|3 of them behind the first|4 other bytes at 10) (?:are )?(3 read|not there|fail)$/,
  async function (this: LateWorld, what: string, found: string) {
    const wanted = { '3 read': 3, 'not there': undefined, fail: 'failed' }[found];
    expect(await outcomeOf(this.late.takeRead(known(asked, what)))).to.equal(wanted);
  },
);

Then(/^the work has (not )?ended$/, async function (this: LateWorld, not: string | undefined) {
  let ended = false;
  const waiting = this.late.ended().then(() => {
    ended = true;
  });
  await settle();
  expect(ended).to.equal(!not);
  if (ended) await waiting;
});
