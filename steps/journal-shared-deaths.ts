import { Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { openForUpdate, runSync, write } from '../src/disk/program.js';
import type { EventId } from '../src/journal/event-id.js';
import { Journal } from '../src/journal/journal.js';
import { directory, filesOf, frameBounds, note, segmentsOf } from '../support/journal-helpers.js';
import {
  afterPowerCut,
  append,
  begin,
  event,
  everybody,
  expectEverybodyReads,
  idsOf,
  inOrder,
  memberOf,
  type SharedWorld,
  segment,
} from '../support/shared-journal.js';

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
