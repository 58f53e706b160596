import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { type CatalogError, isCatalogError } from '../src/core/errors.js';
import { openForUpdate, runSync, write } from '../src/disk/program.js';
import { SimulatedDisk, type SimulatedProcess } from '../src/disk/simulated-disk.js';
import type { Step } from '../src/disk/steps.js';
import type { AppendOptions } from '../src/journal/appending.js';
import type { JournalEvent } from '../src/journal/event.js';
import type { EventId } from '../src/journal/event-id.js';
import { Journal } from '../src/journal/journal.js';
import { suspectPath } from '../src/journal/place.js';
import type { Receipt } from '../src/journal/receipts.js';
import type { JournalOptions } from '../src/journal/settings.js';
import { withEachStep } from '../support/interrupt/disks.js';
import {
  directory,
  filesOf,
  frameBounds,
  isCallers,
  note,
  numbersIn,
  openCompleted,
  quoted,
  segmentsOf,
} from '../support/journal-helpers.js';
import type { CatalogWorld } from '../support/world.js';

/** A process that shares the journal. */
interface Member {
  readonly process: SimulatedProcess;
  journal: Journal;
  readonly options: Partial<JournalOptions>;
  /** What its last call did. */
  steps: { readonly step: Step; readonly path: string }[];
  beforeStep: ((step: Step, path: string) => void) | undefined;
  receipts: Receipt[];
}

interface SharedWorld extends CatalogWorld {
  disk: SimulatedDisk;
  members: Map<string, Member>;
  options: Partial<JournalOptions>;
  acknowledged: Receipt[];
  refused: Map<string, CatalogError>;
  outcomes: readonly string[];
  untouched: Record<string, string>;
  hidden: EventId | undefined;
}

const event = { entity: 'a', scope: 's' };
const segment = (disk: SimulatedDisk): string => `${directory}/${String(segmentsOf(disk).at(-1)).padStart(6, '0')}.seg`;

function begin(world: SharedWorld, options: Partial<JournalOptions>, own: Readonly<Record<string, Partial<JournalOptions>>> = {}): void {
  const disk = new SimulatedDisk();
  Object.assign(world, {
    disk,
    options: { segmentMaxBytes: 4096, ...options },
    members: new Map(),
    acknowledged: [],
    refused: new Map(),
    outcomes: [],
  });
  for (const name of ['ann', 'bob']) join(world, name, own[name]);
}

function join(world: SharedWorld, name: string, own: Partial<JournalOptions> = {}): Member {
  const options = { shared: true, lifecycle: 'lazy', lockTimeoutMs: 20, ...world.options, ...own } as const;
  const process = world.disk.process();
  const member: Member = { process, options, steps: [], beforeStep: undefined, receipts: [], journal: undefined as unknown as Journal };
  const disk = withEachStep(process, (step, paths) => {
    const path = paths.of(step);
    member.steps.push({ step, path });
    member.beforeStep?.(step, path);
    return undefined;
  });
  member.journal = Journal.open({ directory, disk, ...options });
  world.members.set(name, member);
  return member;
}

function memberOf(world: SharedWorld, name: string): Member {
  return world.members.get(name) ?? expect.fail(`${name} is not there`);
}

/** Appends an event, and notes what came of it. */
function append(world: SharedWorld, name: string, options: AppendOptions = {}, payload: unknown = { by: name }): Receipt | undefined {
  const member = memberOf(world, name);
  member.steps = [];
  try {
    const receipt = member.journal.append(event, note, payload, options);
    const kept = { ...receipt };
    member.receipts.push(kept);
    if (!world.acknowledged.some(({ event_id }) => event_id === kept.event_id)) world.acknowledged.push(kept);
    return kept;
  } catch (error) {
    if (!isCatalogError(error)) throw error;
    world.refused.set(name, error);
    return undefined;
  }
}

function cutPower(world: SharedWorld): void {
  const names = [...world.members].filter(([, { options }]) => options.shared).map(([name, { options }]) => [name, options] as const);
  world.disk = world.disk.crash();
  world.members.clear();
  for (const [name, options] of names) join(world, name, options);
}

const inOrder = (receipts: readonly Receipt[]): EventId[] =>
  [...receipts].sort((a, b) => a.sequence - b.sequence).map(({ event_id }) => event_id);
const callersOf = (journal: Journal): JournalEvent[] => [...journal.read()].filter(isCallers);
const idsOf = (journal: Journal): EventId[] => callersOf(journal).map(({ event_id }) => event_id);

/** By each who shares it, and by one who only reads. */
function everybody(world: SharedWorld): Journal[] {
  const reader = Journal.open({ directory, disk: world.disk.process(), readOnly: true });
  return [...[...world.members.values()].filter(({ process }) => isAlive(process)).map(({ journal }) => journal), reader];
}

function isAlive(process: SimulatedProcess): boolean {
  return process.openHandles() > 0;
}

function expectOneSequence(journal: Journal, hidden = 0): void {
  const events = [...journal.read()];
  const sequences = events.map(({ sequence }) => sequence);
  expect(sequences).to.deep.equal([...new Set(sequences)].sort((a, b) => a - b));
  expect(sequences.at(-1) ?? 0).to.equal(events.length + hidden);
  expect(journal.verify()).to.include({ ok: true, events: events.length });
}

function expectEverybodyReads(world: SharedWorld): void {
  for (const journal of everybody(world)) {
    expect(idsOf(journal)).to.deep.equal(inOrder(world.acknowledged));
    expectOneSequence(journal, world.hidden === undefined ? 0 : 1);
  }
}

/** What is there after a power cut, as whoever opens it first finds it. */
function afterPowerCut(disk: SimulatedDisk): EventId[] {
  return idsOf(Journal.open({ directory, disk: disk.crash(), shared: true, lifecycle: 'lazy' }));
}

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

When('{string} is killed when half of an event is written', function (this: SharedWorld, name: string) {
  const member = memberOf(this, name);
  const before = Buffer.from(this.disk.bytesAt(segment(this.disk)));
  const probe = this.disk.fork();
  Journal.open({ directory, disk: probe, shared: true, lifecycle: 'lazy' }).append(event, note, { by: name, lost: true });
  const end = frameBounds(before).at(-1) ?? 0;
  const whole = Buffer.from(probe.bytesAt(segment(probe)));
  const half = whole.subarray(end, end + 150);
  runSync(writeAt(segment(this.disk), half, end), member.process);
  member.process.kill();
  this.members.delete(name);
});

function* writeAt(path: string, bytes: Buffer, position: number) {
  const handle = yield* openForUpdate(path);
  yield* write(handle, [bytes], position);
}

Then('"bob" cut the tail, synced the cut and only then wrote', function (this: SharedWorld) {
  const { steps } = memberOf(this, 'bob');
  const ops = steps.filter(({ path }) => path === segment(this.disk)).map(({ step }) => step.op);
  expect(ops.filter((op) => ['truncate', 'sync', 'write'].includes(op))).to.deep.equal(['truncate', 'sync', 'write', 'sync']);
});

Then('"bob" reports where the tail was, how many bytes it had and why', function (this: SharedWorld) {
  const [report] = memberOf(this, 'bob').journal.diagnostics().repairs;
  expect(report?.bytes_cut).to.equal(150);
  expect(report?.cut).to.include({ segment: 1, bytes: 150 });
  expect(report?.cut?.reason).to.match(/its|bytes/);
});

When('"bob" appends an event of "a", and the power is cut at each step', function (this: SharedWorld) {
  const before = inOrder(this.acknowledged);
  const outcomes: string[] = [];
  const look = (known: readonly EventId[]): void => {
    for (const { disk } of this.disk.crashStates({ exhaustUpTo: 6, samples: 40, limit: 40 })) {
      const ids = idsOf(Journal.open({ directory, disk, shared: true, lifecycle: 'lazy' }));
      const isFine = ids.slice(0, known.length).join() === known.join() && ids.length <= before.length + 1;
      outcomes.push(isFine ? 'kept' : `of ${known.length} events ${ids.length} are there`);
    }
  };
  memberOf(this, 'bob').beforeStep = () => look(before);
  append(this, 'bob');
  memberOf(this, 'bob').beforeStep = undefined;
  look(inOrder(this.acknowledged));
  this.outcomes = outcomes;
});

Then('each time all that was acknowledged before is there, and "bob"\'s event wherever it was acknowledged', function (this: SharedWorld) {
  expect(this.outcomes).to.have.length.above(10);
  expect(new Set(this.outcomes)).to.deep.equal(new Set(['kept']));
});

Then('a reader reads these events, in this order, and changes nothing', function (this: SharedWorld) {
  const before = filesOf(this.disk);
  const { changes } = this.disk;
  const reader = Journal.open({ directory, disk: this.disk.process(), readOnly: true });
  expect(idsOf(reader)).to.deep.equal(inOrder(this.acknowledged));
  expect(reader.diagnostics().open_report.bytes_cut).to.equal(150);
  expect(filesOf(this.disk)).to.deep.equal(before);
  expect(this.disk.changes).to.equal(changes);
});

When('"ann" appends {int} events that are not synced', function (this: SharedWorld, count: number) {
  for (let nth = 0; nth < count; nth++) expect(append(this, 'ann')?.durable).to.equal(false);
});

When('"ann" appends {int} events that are not synced, and syncs', function (this: SharedWorld, count: number) {
  for (let nth = 0; nth < count; nth++) expect(append(this, 'ann')?.durable).to.equal(false);
  memberOf(this, 'ann').journal.sync();
});

When('"bob" appends events until there is another segment', function (this: SharedWorld) {
  const { length } = segmentsOf(this.disk);
  while (segmentsOf(this.disk).length === length) append(this, 'bob');
});

Then('all that was acknowledged to "bob" is there, and what is before it', function (this: SharedWorld) {
  expectEverybodyReads(this);
});

When('"ann" is killed before each step of an append that rotates, and "bob" appends after it', function (this: SharedWorld) {
  const outcomes: string[] = [];
  const before = beforeRotation(this);
  for (let nth = 1; ; nth++) {
    begin(this, this.options);
    for (let at = 0; at < before; at++) append(this, 'ann');
    const ann = memberOf(this, 'ann');
    let step = 0;
    ann.beforeStep = () => {
      if (++step === nth) ann.process.kill();
    };
    const wasAcknowledged = appendUnlessKilled(this, 'ann');
    if (step < nth) break;
    this.members.delete('ann');
    for (let after = 0; after < 3; after++) append(this, 'bob');
    const known = inOrder(this.acknowledged);
    const seen = everybody(this).map((journal) => idsOf(journal));
    const lost = afterPowerCut(this.disk);
    const isFine = [...seen, lost].every((ids) => known.every((id) => ids.includes(id)) && ids.length <= known.length + 1);
    outcomes.push(
      isFine && !wasAcknowledged
        ? 'kept'
        : `step ${nth}: ${known.length} known, ${seen.map((ids) => ids.length)} seen, ${lost.length} after a power cut`,
    );
  }
  this.outcomes = outcomes;
});

/** How many appends there are before the one that rotates. */
function beforeRotation(world: SharedWorld): number {
  begin(world, world.options);
  while (segmentsOf(world.disk).length < 2) append(world, 'ann');
  return world.acknowledged.length - 1;
}

function appendUnlessKilled(world: SharedWorld, name: string): boolean {
  try {
    return append(world, name) !== undefined;
  } catch {
    return false;
  }
}

Then('each time everybody reads all that was acknowledged, also after a power cut', function (this: SharedWorld) {
  expect(this.outcomes).to.have.length.above(15);
  expect(new Set(this.outcomes)).to.deep.equal(new Set(['kept']));
});

const syncFaults: Readonly<Record<string, Pick<Parameters<SimulatedDisk['fault']>[0], 'effect' | 'after'>>> = {
  'its sync fails': { effect: 'EIO' },
  'its sync fails after it': { effect: 'EIO', after: true },
  'its sync fails and forgets what it was to make durable': { effect: { type: 'dropped-sync' } },
  'its sync fails, and no mark can be made': { effect: 'EIO' },
};

When(/^an append of "ann" is not made durable: (.*)$/, function (this: SharedWorld, what: string) {
  this.disk.fault({ kind: 'Sync', path: /\.seg$/, ...(syncFaults[what] ?? expect.fail(what)) });
  if (what.includes('no mark')) this.disk.fault({ kind: 'Open', path: /suspect$/, effect: 'EROFS' });
  append(this, 'ann', {}, { by: 'ann', unknown: true });
  this.disk.disarm();
});

Then('"bob" reports that a segment was replaced, and its mark is gone', function (this: SharedWorld) {
  expect(memberOf(this, 'bob').journal.diagnostics().repairs.at(-1)).to.deep.include({ replaced_segments: [1] });
  expect(Object.keys(filesOf(this.disk))).not.to.include(suspectPath(directory, 1));
});

Then('everybody reads these events, in this order, maybe with that of "ann" among them', function (this: SharedWorld) {
  for (const journal of everybody(this)) {
    const events = callersOf(journal);
    const isUnknown = ({ payload }: JournalEvent): boolean => (payload as { unknown?: boolean }).unknown === true;
    expect(events.filter((one) => !isUnknown(one)).map(({ event_id }) => event_id)).to.deep.equal(inOrder(this.acknowledged));
    expect(events.filter(isUnknown)).to.have.length.at.most(1);
    expectOneSequence(journal);
  }
});

Then('all but {string} were acknowledged', function (this: SharedWorld, name: string) {
  expect([...this.refused.keys()]).to.deep.equal([name]);
});

When(
  /^"bob" appends before the sync of an append of "ann", and the sync of "(\w+)" fails and forgets what it was to make durable$/,
  function (this: SharedWorld, failing: string) {
    const ann = memberOf(this, 'ann');
    ann.beforeStep = (step) => {
      if (step.op !== 'sync') return;
      ann.beforeStep = undefined;
      if (failing === 'bob') this.disk.fault({ kind: 'Sync', path: /\.seg$/, effect: { type: 'dropped-sync' } });
      // Before its own sync the other one's comes, and fails.
      else memberOf(this, 'bob').beforeStep = syncingFirst(this, ann);
      append(this, 'bob');
    };
    append(this, 'ann', {}, { by: 'ann', unknown: true });
    this.disk.disarm();
  },
);

/** The sync of one process fails before that of another, which has appended behind it. */
function syncingFirst(world: SharedWorld, ann: Member): (step: Step) => void {
  const bob = memberOf(world, 'bob');
  return (step) => {
    if (step.op !== 'sync') return;
    bob.beforeStep = undefined;
    world.disk.fault({ kind: 'Sync', path: /\.seg$/, effect: { type: 'dropped-sync' } });
    expect(() => ann.journal.sync()).to.throw();
  };
}

Then('all that was acknowledged is there after a power cut', function (this: SharedWorld) {
  const ids = afterPowerCut(this.disk);
  expect(inOrder(this.acknowledged).filter((id) => !ids.includes(id))).to.deep.equal([]);
});

When('an append of "ann" is not made durable, and what was written is gone from memory too', function (this: SharedWorld) {
  const before = this.disk.bytesAt(segment(this.disk));
  this.disk.fault({ kind: 'Sync', path: /\.seg$/, effect: { type: 'dropped-sync' } });
  append(this, 'ann');
  expect(this.refused.get('ann')?.code).to.equal('CommitUnknown');
  this.disk.disarm().plant(segment(this.disk), before);
  this.members.delete('ann');
});

When(/^(a reader|"\w+") is given (\d+) events by a cursor$/, function (this: SharedWorld, who: string, count: string) {
  const journal =
    who === 'a reader'
      ? Journal.open({ directory, disk: this.disk.process(), readOnly: true })
      : memberOf(this, quoted(who)[0] ?? '').journal;
  const given = journal.cursor('follower', { entity: 'a' }).poll();
  expect(given.map(({ event_id }) => event_id)).to.deep.equal(inOrder(this.acknowledged));
  expect(given).to.have.length(Number(count));
});

Then('"bob" and a reader see {int} events of "a", and know that not all of them are durable', function (this: SharedWorld, count: number) {
  const reader = Journal.open({ directory, disk: this.disk.process(), readOnly: true });
  for (const journal of [memberOf(this, 'bob').journal, reader]) {
    expect(idsOf(journal)).to.have.length(count);
    const { durable, visible } = journal.diagnostics().sequence;
    expect(durable).to.be.below(visible);
  }
});

Then('everybody reads {int} events of "a"', function (this: SharedWorld, count: number) {
  for (const journal of everybody(this)) expect(idsOf(journal)).to.have.length(count);
});

When(/^a reader( whose syncs are refused)? asks a cursor$/, function (this: SharedWorld, areRefused: string | null) {
  const journal = Journal.open({ directory, disk: this.disk.process(), readOnly: true });
  if (areRefused) this.disk.fault({ kind: 'Sync', sticky: true, effect: 'EROFS' });
  this.outcomes = journal
    .cursor('follower', { entity: 'a' })
    .poll()
    .map(({ event_id }) => event_id);
  this.disk.disarm();
});

Then('it is given no event that a power cut can take', function (this: SharedWorld) {
  const left = afterPowerCut(this.disk);
  expect(this.outcomes.filter((id) => !left.includes(id))).to.deep.equal([]);
});

When('a reader sees an event of "ann" whose write fails after it', function (this: SharedWorld) {
  const reader = join(this, 'reader', { shared: false, readOnly: true });
  const ann = memberOf(this, 'ann');
  ann.beforeStep = (step) => {
    if (step.op === 'truncate') expect(idsOf(reader.journal)).to.have.length(2);
  };
  this.disk.fault({ kind: 'Write', path: /\.seg$/, effect: 'EIO', after: true });
  append(this, 'ann', {}, { by: 'ann', unknown: true });
  ann.beforeStep = undefined;
  expect(this.refused.get('ann')?.code).to.equal('IoError');
});
