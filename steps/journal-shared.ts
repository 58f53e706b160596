import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { isCatalogError } from '../src/core/errors.js';
import { SimulatedDisk } from '../src/disk/simulated-disk.js';
import { Journal } from '../src/journal/journal.js';
import type { JournalOptions } from '../src/journal/settings.js';
import { directory, filesOf, note, numbersIn, openCompleted, quoted, segmentsOf } from '../support/journal-helpers.js';
import {
  afterPowerCut,
  append,
  begin,
  callersOf,
  cutPower,
  event,
  everybody,
  expectEverybodyReads,
  idsOf,
  inOrder,
  join,
  memberOf,
  type SharedWorld,
} from '../support/shared-journal.js';

Given('a journal that "ann" and "bob" share', function (this: SharedWorld) {
  begin(this, {});
});

Given('a journal of segments of {int} bytes that "ann" and "bob" share', function (this: SharedWorld, segmentMaxBytes: number) {
  begin(this, { segmentMaxBytes });
});

Given(
  /^a journal (?:of segments of (\d+) bytes )?that "ann" and "bob" share, of whom "ann" syncs every (\d+) events$/,
  function (this: SharedWorld, bytes: string | undefined, events: string) {
    begin(this, !bytes ? {} : { segmentMaxBytes: Number(bytes) }, { ann: { syncEveryNEvents: Number(events) } });
  },
);

When(/^((?:"\w+"(?:, | and )?)+) append an event of "a" each$/, function (this: SharedWorld, names: string) {
  for (const name of quoted(names)) append(this, name);
});

When(
  /^"(\w+)" appends an event of "a"(?: where (\w+) is expected| under the key "([^"]*)")?$/,
  function (this: SharedWorld, name: string, expected?: string, key?: string) {
    append(this, name, {
      ...(expected && { expected: expected === 'none' ? 'none' : Number(expected) }),
      ...(key && { idempotencyKey: key }),
    });
  },
);

When('"ann" and "bob" append {int} events in turn', function (this: SharedWorld, count: number) {
  for (let nth = 0; nth < count; nth++) append(this, nth % 2 === 0 ? 'ann' : 'bob');
});

When('the clock goes back by an hour', function (this: SharedWorld) {
  this.disk.jumpClock(-3_600_000);
});

When('the power is cut for all who share it', function (this: SharedWorld) {
  cutPower(this);
});

Then('everybody reads these events, in this order', function (this: SharedWorld) {
  expect(this.acknowledged).to.have.length.above(0);
  expectEverybodyReads(this);
});

Then(/^everybody reads these events, in this order, as the versions? ([\d, and]+) of "a"$/, function (this: SharedWorld, versions: string) {
  expectEverybodyReads(this);
  for (const journal of everybody(this)) expect(callersOf(journal).map(({ version }) => version)).to.deep.equal(numbersIn(versions));
});

Then('{string} finds it by its id, with the same hashes', function (this: SharedWorld, name: string) {
  const [receipt] = this.acknowledged;
  expect(memberOf(this, name).journal.get(receipt?.event_id ?? '')).to.deep.include({
    event_id: receipt?.event_id,
    event_hash: receipt?.event_hash,
    content_hash: receipt?.content_hash,
  });
});

Then(/^"(\w+)" is refused with (\w+)$/, function (this: SharedWorld, name: string, code: string) {
  expect(this.refused.get(name)?.code).to.equal(code);
  this.refused.delete(name);
});

Then('both were given the same receipt', function (this: SharedWorld) {
  const [ann, bob] = ['ann', 'bob'].map((name) => memberOf(this, name).receipts.at(-1));
  expect(bob).to.deep.equal(ann);
  expect(this.acknowledged).to.have.length(1);
});

Then('the times of both do not go back', function (this: SharedWorld) {
  const [first, second] = callersOf(memberOf(this, 'ann').journal).map(({ wall_ms }) => wall_ms);
  expect(second).to.equal(first);
});

Then('there are several segments', function (this: SharedWorld) {
  expect(segmentsOf(this.disk)).to.have.length.above(3);
});

/** Another append falls into one, before one of its steps; again and again, a step later each time. Gives what came of each. */
function nested(world: SharedWorld, work: (nth: number) => void, options: Partial<JournalOptions> = {}): void {
  for (let nth = 1; ; nth++) {
    begin(world, { ...world.options, ...options });
    for (let before = 0; before < 4; before++) append(world, before % 2 === 0 ? 'ann' : 'bob');
    const ann = memberOf(world, 'ann');
    let step = 0;
    ann.beforeStep = () => {
      if (++step === nth) append(world, 'bob');
    };
    append(world, 'ann');
    ann.beforeStep = undefined;
    if (step < nth) return;
    work(nth);
  }
}

When('"bob" appends an event of "a" before each step of an append of "ann"', function (this: SharedWorld) {
  const outcomes: string[] = [];
  nested(this, () => {
    const isRefused = this.refused.get('bob')?.code === 'JournalLocked';
    const kinds = memberOf(this, 'ann').steps.map(({ step }) => step.op);
    outcomes.push(isRefused ? 'locked' : 'acknowledged');
    expect(this.refused.has('ann')).to.equal(false);
    expect(kinds).to.include('lock');
    expectEverybodyReads(this);
  });
  this.outcomes = outcomes;
});

Then('"bob" was refused with JournalLocked wherever "ann" had the lock, and acknowledged elsewhere', function (this: SharedWorld) {
  // The first step opens the lock's file, the second takes the lock; it is given back by closing it, and then comes the sync.
  expect(this.outcomes.join(' ')).to.match(/^(acknowledged ){2}(locked )+acknowledged( acknowledged)*$/);
});

Then('everybody reads all that was acknowledged, as one sequence', function (this: SharedWorld) {
  expectEverybodyReads(this);
});

When('"bob" appends an event of "a" before each step of an append of "ann", and the power is cut after both', function (this: SharedWorld) {
  const outcomes: string[] = [];
  nested(this, () => outcomes.push(String(afterPowerCut(this.disk).join() === inOrder(this.acknowledged).join())));
  this.outcomes = outcomes;
});

Then('all that was acknowledged is there each time', function (this: SharedWorld) {
  expect(this.outcomes).to.have.length.above(5);
  expect(new Set(this.outcomes)).to.deep.equal(new Set(['true']));
});

Then('the last append wrote once and synced once, and the lock had been given back before the sync', function (this: SharedWorld) {
  const { steps } = memberOf(this, 'ann');
  const ops = steps.map(({ step }) => step.op);
  expect(ops.filter((op) => op === 'write' || op === 'sync')).to.deep.equal(['write', 'sync']);
  const lockHandle = steps.find(({ step }) => step.op === 'lock')?.step;
  const released = steps.findIndex(
    ({ step }) => step.op === 'close' && lockHandle !== undefined && 'handle' in lockHandle && step.handle === lockHandle.handle,
  );
  expect(released).to.be.above(ops.indexOf('write'));
  expect(ops.indexOf('sync')).to.be.above(released);
  expect(steps.find(({ step }) => step.op === 'sync')?.step).to.include({ dataOnly: true });
});

Then('each receipt says that it is durable', function (this: SharedWorld) {
  expect(this.acknowledged.map(({ durable }) => durable)).to.deep.equal([true, true, true]);
});

When('{string} submits {int} events of "a"', async function (this: SharedWorld, name: string, count: number) {
  const member = memberOf(this, name);
  append(this, name);
  member.steps = [];
  const receipts = await Promise.all(Array.from({ length: count - 1 }, (_, nth) => member.journal.submit(event, note, { nth })));
  this.acknowledged.push(...receipts.map((receipt) => ({ ...receipt })));
});

Then(
  'everybody reads {int} events of "a", and "ann" wrote {int} times, synced once and took the lock once',
  function (this: SharedWorld, events: number, _writes: number) {
    const ops = memberOf(this, 'ann').steps.map(({ step }) => step.op);
    const count = (wanted: string): number => ops.filter((op) => op === wanted).length;
    expect({ writes: count('write'), syncs: count('sync'), locks: count('lock') }).to.deep.equal({
      writes: events - 1,
      syncs: 1,
      locks: 1,
    });
    expect(this.acknowledged).to.have.length(events);
    expectEverybodyReads(this);
  },
);

When(/^"ann" asks for (a fence|a compaction)$/, function (this: SharedWorld, what: string) {
  const { journal } = memberOf(this, 'ann');
  try {
    if (what === 'a fence') journal.fence();
    else journal.compact({ strategy: 'merge' });
  } catch (error) {
    if (isCatalogError(error)) this.refused.set('ann', error);
  }
});

When('"bob" reads all of it and is closed', function (this: SharedWorld) {
  expect(idsOf(memberOf(this, 'bob').journal)).to.have.length(1);
  memberOf(this, 'bob').journal.close();
});

When('{string} is closed', function (this: SharedWorld, name: string) {
  memberOf(this, name).journal.close();
});

Then('{string} is closed without waiting', function (this: SharedWorld, name: string) {
  const member = memberOf(this, name);
  member.steps = [];
  member.journal.close();
  const ops = member.steps.map(({ step }) => step.op);
  expect(ops).to.include('lock');
  expect(ops).not.to.include('wait');
});

Then('the only event of an opening is that of "ann"', function (this: SharedWorld) {
  const openings = [...memberOf(this, 'ann').journal.read({ kind: openCompleted })];
  expect(openings.map(({ sequence }) => sequence)).to.deep.equal([1]);
});

Then('the next opening begins with the checkpoint, and reads no frame', function (this: SharedWorld) {
  const { journal } = join(this, 'eve');
  const { open_report, event_count } = journal.diagnostics();
  expect(open_report).to.deep.include({ path: 'checkpoint', bytes_cut: 0 });
  // Two openings were told of, and three events appended.
  expect(event_count).to.equal(5);
});

When('"carl" opens it for itself', function (this: SharedWorld) {
  join(this, 'carl', { shared: false });
});

When('{string} opens it to share', function (this: SharedWorld, name: string) {
  try {
    join(this, name);
  } catch (error) {
    if (isCatalogError(error)) this.refused.set(name, error);
  }
});

Then('{string} is refused with JournalLocked, which names "carl"', function (this: SharedWorld, name: string) {
  const { pid, host } = memberOf(this, 'carl').process.host.identity;
  const { code, details } = this.refused.get(name) ?? expect.fail(`${name} was not refused`);
  expect({ code, ...details }).to.include({ code: 'JournalLocked', pid, host });
});

When('"carl" opens it for itself, appends {int} events, compacts and closes', function (this: SharedWorld, count: number) {
  const { journal } = join(this, 'carl', { shared: false });
  for (let nth = 0; nth < count; nth++) append(this, 'carl');
  expect(journal.compact({ strategy: 'merge' })).to.include({ outcome: 'Performed' });
  journal.close();
  this.members.delete('carl');
});

When('"carl" opens it for itself, appends under a fence and is killed', function (this: SharedWorld) {
  const { journal, process } = join(this, 'carl', { shared: false });
  this.hidden = journal.fence().append(event, note, 'hidden').event_id;
  process.kill();
  this.members.delete('carl');
});

Then('the events under the fence are hidden when the journal is opened again', function (this: SharedWorld) {
  for (const { journal } of this.members.values()) journal.close();
  const journal = Journal.open({ directory, disk: this.disk });
  expect(journal.get(this.hidden ?? '')).to.equal(undefined);
  expect(idsOf(journal)).to.deep.equal(inOrder(this.acknowledged));
});

When('another journal is put in its place', function (this: SharedWorld) {
  append(this, 'ann');
  const other = new SimulatedDisk({ seed: 7 });
  const journal = Journal.open({ directory, disk: other });
  for (let nth = 0; nth < 5; nth++) journal.append(event, note, nth);
  journal.close();
  for (const path of Object.keys(filesOf(this.disk))) this.disk.uproot(path);
  for (const [path, text] of Object.entries(filesOf(other))) this.disk.plant(path, Buffer.from(text, 'latin1'));
  this.untouched = filesOf(this.disk);
});

Then('not a byte of the other journal has changed', function (this: SharedWorld) {
  expect(filesOf(this.disk)).to.deep.equal(this.untouched);
});
