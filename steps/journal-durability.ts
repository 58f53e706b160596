import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { SimulatedDisk, type SimulatedDiskOptions } from '../src/disk/simulated-disk.js';
import { Journal } from '../src/journal/journal.js';
import {
  acknowledgedIds,
  appendBatch,
  appendEach,
  batches,
  beginAndOpen,
  calling,
  directory,
  eventOf,
  eventsOf,
  everySurvivor,
  expectAcknowledged,
  expectOneWriteAndOneSync,
  type JournalWorld,
  judged,
  lookAtEachStep,
  open,
  openCompleted,
  recovered,
  segmentsOf,
} from '../support/journal-helpers.js';

interface DurableWorld extends JournalWorld {
  /** What was found wherever it was looked, each time. */
  looks: string[];
}

type Profile = NonNullable<SimulatedDiskOptions['profile']>;

Then('each of those appends was one write and one sync of the data, and nothing else', function (this: DurableWorld) {
  expect(this.calls).to.have.lengthOf(10);
  for (const call of this.calls) expectOneWriteAndOneSync(call);
});

Then('that was one write and one sync of the data, and nothing else', function (this: DurableWorld) {
  expectOneWriteAndOneSync(this.call);
});

Given('a journal on a disk of the profile {string}', function (this: DurableWorld, profile: Profile) {
  beginAndOpen(this, {}, new SimulatedDisk({ profile }));
});

Given(
  'a journal of segments of {int} bytes on a disk of the profile {string}',
  function (this: DurableWorld, bytes: number, profile: Profile) {
    beginAndOpen(this, { segmentMaxBytes: bytes }, new SimulatedDisk({ profile }));
  },
);

When(
  /^the power is cut after each of (\d+) appends(?: of (\d+) bytes)?$/,
  async function (this: DurableWorld, count: string, bytes?: string) {
    this.looks = [];
    for (const event of eventsOf(Number(count), Number(bytes ?? 0))) {
      await appendEach(this, [event]);
      this.looks.push(judged(recovered(this.disk.crash()), acknowledgedIds(this), 0));
    }
  },
);

Then('each time all that was acknowledged was there', function (this: DurableWorld) {
  expect(this.looks).to.have.length.above(3);
  expect(new Set(this.looks)).to.deep.equal(new Set(['none of it']));
});

When('the journal is synced again', async function (this: DurableWorld) {
  this.journal.sync();
  await calling(this, () => this.journal.sync());
});

Then(
  'whatever a power cut leaves, the first {int} are read, and of the others those up to some event',
  function (this: DurableWorld, durable: number) {
    const all = acknowledgedIds(this);
    const survivors = everySurvivor(this.disk, { most: 150 });
    for (const ids of survivors) expect(ids).to.deep.equal(all.slice(0, ids.length));
    const counts = new Set(survivors.map((ids) => ids.length));
    expect([...counts].sort()).to.deep.equal(all.map((_, nth) => nth + 1).slice(durable - 1));
  },
);

// Power cuts at each step

When(
  /^a batch is appended (to a segment|that begins a segment|larger than a segment), and the power is cut in many ways at each of its steps$/,
  async function (this: DurableWorld, where: string) {
    const { before, bytes, begins } = batches[where] ?? expect.fail(where);
    await appendEach(this, eventsOf(before));
    const segments = segmentsOf(this.disk).length;
    const known = acknowledgedIds(this);
    const { looks, finish } = lookAtEachStep(this, { most: 25 }, (disk) => judged(recovered(disk), known, 3));
    await appendBatch(this, eventsOf(3, bytes));
    finish();
    this.looks = looks;
    expect(segmentsOf(this.disk).length - segments, 'segments that were begun').to.equal(begins);
    for (const ids of everySurvivor(this.disk, { most: 25 })) expect(ids).to.deep.equal(acknowledgedIds(this));
  },
);

Then('each time all of the batch was there or nothing of it, and all from before', function (this: DurableWorld) {
  expect(new Set(this.looks)).to.deep.equal(new Set(['none of it', 'all of it']));
  expect(this.looks).to.have.length.above(5);
});

When('{int} events are appended, and the power is cut in many ways at each step', async function (this: DurableWorld, count: number) {
  const { looks, finish } = lookAtEachStep(this, { most: 8 }, (disk) => judged(recovered(disk), acknowledgedIds(this), 1));
  await appendEach(this, eventsOf(count, 60));
  finish();
  this.looks = looks;
  expect(segmentsOf(this.disk)).to.have.length.above(2);
});

Then('each time all that was acknowledged was there, and events could be appended', function (this: DurableWorld) {
  expect(this.looks).to.have.length.above(10);
  expect(this.looks.filter((look) => look !== 'none of it' && look !== 'all of it')).to.deep.equal([]);
});

When(
  '{int} events are appended and synced in groups, and the power is cut in many ways at each step',
  async function (this: DurableWorld, count: number) {
    const { looks, finish } = lookAtEachStep(this, { most: 10 }, (disk) => {
      const durable = this.events.filter(({ sequence }) => sequence <= this.journal.diagnostics().sequence.durable);
      const ids = recovered(disk);
      const known = acknowledgedIds(this).slice(0, Math.max(durable.length, ids.length));
      return ids.length < known.length ? 'lost' : judged(ids, known, 1);
    });
    await appendEach(this, eventsOf(count, 60));
    finish();
    this.looks = looks;
    expect(this.given.filter(({ durable }) => !durable)).to.have.length.above(count / 2);
    expect(segmentsOf(this.disk)).to.have.length.above(2);
  },
);

Then('each time all that was durable was there, and what followed up to some event', function (this: DurableWorld) {
  expect(this.looks).to.have.length.above(10);
  expect(this.looks.filter((look) => look !== 'none of it' && look !== 'all of it')).to.deep.equal([]);
});

When('an event is appended, and the power is cut in many ways at each step', async function (this: DurableWorld) {
  const { looks, finish } = lookAtEachStep(this, { most: 60 }, (disk) => {
    const events = [...Journal.open({ directory, disk, readOnly: true }).read()];
    return JSON.stringify(events.map(({ kind }) => kind === openCompleted));
  });
  await appendEach(this, [eventOf('a', { payload: 'x'.repeat(1500) })]);
  finish();
  this.looks = looks;
});

Then('each time both were there or neither was', function (this: DurableWorld) {
  expect(new Set(this.looks)).to.deep.equal(new Set(['[]', '[true,false]']));
});

When('it is opened, and the power is cut in many ways at each step', function (this: DurableWorld) {
  const { looks, finish } = lookAtEachStep(this, { most: 25 }, (disk) => judged(recovered(disk), acknowledgedIds(this), 0));
  open(this);
  finish();
  this.looks = looks;
  expectAcknowledged(this);
});
