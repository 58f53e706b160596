import { Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { SimulatedDisk } from '../src/disk/simulated-disk.js';
import type { Step } from '../src/disk/steps.js';
import type { JournalEvent } from '../src/journal/event.js';
import { Journal } from '../src/journal/journal.js';
import { suspectPath } from '../src/journal/place.js';
import { directory, filesOf, quoted } from '../support/journal-helpers.js';
import {
  afterPowerCut,
  append,
  callersOf,
  everybody,
  expectOneSequence,
  idsOf,
  inOrder,
  join,
  type Member,
  memberOf,
  type SharedWorld,
  segment,
} from '../support/shared-journal.js';

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
