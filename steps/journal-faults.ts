import { Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { Journal } from '../src/journal/journal.js';
import { segmentPath } from '../src/journal/place.js';
import {
  acknowledgedIds,
  appendEach,
  calling,
  directory,
  eventsOf,
  expectAcknowledged,
  found,
  frameBounds,
  idsIn,
  type JournalWorld,
  open,
  openCompleted,
  outcomeOf,
  reopen,
  segmentsOf,
  strikeEachStep,
} from '../support/journal-helpers.js';

interface FaultyWorld extends JournalWorld {
  /** What was found wherever it was looked, each time. */
  looks: string[];
}

When(
  /^a batch (to a segment|that begins a segment|larger than a segment) is struck by (\w+) at each of its steps(, before and after it| and from there on)$/,
  function (this: FaultyWorld, where: string, effect: string, times: string) {
    const faults = times.startsWith(' and') ? [{ effect, sticky: true }] : [{ effect }, { effect, after: true }];
    this.looks = faults.flatMap((fault) => strikeEachStep(where, fault));
  },
);

Then('each time it was there as it was told, and so was what was acknowledged after it', function (this: FaultyWorld) {
  // What was there was judged each time; here: it was told of failures of both sorts.
  expect(this.looks).to.have.length.above(1);
  expect(this.looks).to.include('CommitUnknown');
});

When(/^an event is appended whose write meets (\w+) (before|after) it$/, async function (this: FaultyWorld, errno: string, when: string) {
  const fault = this.disk.fault({ kind: 'Write', effect: errno, after: when === 'after' });
  await appendEach(this, eventsOf(1));
  expect(fault.strikes).to.equal(1);
  this.disk.disarm();
});

Then('nothing had to be cut', function (this: FaultyWorld) {
  expect(this.reports.at(-1)).to.include({ bytes_cut: 0, batches_discarded: 0 }).and.not.to.have.property('cut');
});

When(
  'an event is appended of which the disk takes {int} to {int} bytes at first',
  async function (this: FaultyWorld, from: number, to: number) {
    for (let bytes = from; bytes <= to; bytes += 7) {
      const fault = this.disk.fault({ kind: 'Write', effect: { type: 'short', bytes } });
      await appendEach(this, eventsOf(1, 100));
      expect(fault.strikes).to.equal(1);
    }
  },
);

When(
  'an event is appended of which the disk takes {int} to {int} bytes, and then nothing',
  async function (this: FaultyWorld, from: number, to: number) {
    this.looks = [];
    for (let bytes = from; bytes <= to; bytes += 13) {
      this.disk.fault({ kind: 'Write', effect: { type: 'short', bytes } });
      this.disk.fault({ kind: 'Write', nth: 2, effect: 'EIO' });
      await refusedAndGoingOn(this, eventsOf(1, 300));
    }
  },
);

When('the disk is full after each byte of a new segment', async function (this: FaultyWorld) {
  this.looks = [];
  for (let bytes = 0; bytes < 512; bytes += 37) {
    while (roomLeft(this) > 200) await appendEach(this, eventsOf(1));
    this.disk.fault({ kind: 'Write', effect: { type: 'no-space', bytes } });
    await refusedAndGoingOn(this, eventsOf(1, 200));
  }
  expect(segmentsOf(this.disk)).to.have.length.above(10);
});

Then(/^each time it was refused with (\w+), and the next append was there after a power cut$/, function (this: FaultyWorld, code: string) {
  expect(this.looks).to.have.length.above(10);
  expect(new Set(this.looks)).to.deep.equal(new Set([code]));
});

When('an event is appended whose write fails, and so does cutting it back', async function (this: FaultyWorld) {
  this.disk.fault({ kind: 'Write', effect: 'EIO', after: true });
  this.disk.fault({ kind: 'Truncate', effect: 'EIO' });
  await appendEach(this, eventsOf(1));
});

When(/^an event is appended whose sync fails (.*)$/, async function (this: FaultyWorld, when: string) {
  const forgets = when.startsWith('and forgot');
  const fault = this.disk.fault({ kind: 'Sync', effect: forgets ? { type: 'dropped-sync' } : 'EIO', after: when === 'after it' });
  await appendEach(this, eventsOf(1));
  expect(fault.strikes).to.equal(1);
});

When('the journal is synced, and that fails', async function (this: FaultyWorld) {
  this.disk.faultOn('Sync', 1);
  await calling(this, () => this.journal.sync());
});

When('the journal is closed, and its sync fails', async function (this: FaultyWorld) {
  this.disk.faultOn('Sync', 1);
  await calling(this, () => this.journal.close());
});

Then('every call that writes is refused with StorePoisoned, and reads go on', async function (this: FaultyWorld) {
  const calls = [
    () => this.journal.append({ entity: 'a', scope: 's' }, 0x1001, 1),
    () => this.journal.appendBatch([]),
    () => this.journal.sync(),
  ];
  const taken: JournalWorld['taken'] = [];
  for (const call of calls) {
    await calling(this, call);
    expect(this.takeRefusal()).to.include({ code: 'StorePoisoned' }).and.to.have.property('cause');
    taken.push(...this.call.steps);
  }
  this.call = { ...this.call, steps: taken };
  expectAcknowledged(this);
  for (const { event_id, sequence } of this.events) expect(found(this, event_id).sequence).to.equal(sequence);
});

Then('the disk saw no write and no sync since', function (this: FaultyWorld) {
  expect(this.call.steps).to.deep.equal([]);
});

When('the disk recovers and the journal is opened again', function (this: FaultyWorld) {
  this.disk.disarm();
  reopen(this);
});

Then('all that was acknowledged is read in its order, maybe with one event more', function (this: FaultyWorld) {
  const known = acknowledgedIds(this);
  const events = [...this.journal.read()].filter(({ kind }) => kind !== openCompleted);
  expect(events.map(({ event_id }) => event_id).slice(0, known.length)).to.deep.equal(known);
  expect(events.length - known.length).to.be.within(0, 1);
  // What is served now stays.
  this.events = events;
});

Then('{int} more events are appended and survive a power cut', async function (this: FaultyWorld, count: number) {
  await appendEach(this, eventsOf(count));
  this.journal.sync();
  expect(this.latest).to.have.lengthOf(count);
  expectAcknowledged(this);
  this.disk = this.disk.crash();
  open(this);
  expectAcknowledged(this);
});

async function refusedAndGoingOn(world: FaultyWorld, events: ReturnType<typeof eventsOf>): Promise<void> {
  const outcome = outcomeOf(() => world.journal.appendBatch(events));
  world.disk.disarm();
  world.looks.push('refused' in outcome ? outcome.refused.code : 'acknowledged');
  await appendEach(world, eventsOf(1));
  expect(idsIn(Journal.open({ directory, disk: world.disk.crash(), readOnly: true }))).to.deep.equal(acknowledgedIds(world));
}

/** How many bytes the last segment has left. */
function roomLeft({ disk, options }: FaultyWorld): number {
  const bytes = disk.bytesAt(segmentPath(directory, segmentsOf(disk).length));
  return (options.segmentMaxBytes ?? 0) - (frameBounds(bytes).at(-1) ?? 0);
}
