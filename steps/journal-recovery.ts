import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { isCatalogError } from '../src/core/errors.js';
import type { SimulatedDisk } from '../src/disk/simulated-disk.js';
import { Journal } from '../src/journal/journal.js';
import type { OpenReport } from '../src/journal/open.js';
import {
  acknowledgedIds,
  appendEach,
  begin,
  beginAndOpen,
  damaged,
  directory,
  eventsOf,
  expectAcknowledged,
  firstSegment,
  flipped,
  frameBounds,
  type JournalWorld,
  judged,
  killed,
  open,
  openCompleted,
  recovered,
  segmentsOf,
  sha256,
} from '../support/journal-helpers.js';

interface RecoveryWorld extends JournalWorld {
  /** What was found wherever it was looked, each time. */
  looks: string[];
  /** What there was before. */
  files: Record<string, string>;
  /** The segment, and the bytes that a last write of which nobody was told would have put behind. */
  before: Uint8Array;
  writes: Buffer;
  torn: { readonly segment: number; readonly offset: number; readonly bytes: number };
}

Given(/^a journal whose writer died and left (.*)$/, async function (this: RecoveryWorld, what: string) {
  await unacknowledged(this, what.includes('batch') ? 3 : 1);
  leave(this, (remains[what] ?? expect.fail(`there is no ${what}`))(this.writes));
});

Then(
  /^what was cut is reported by where it was, its bytes and a reason, to the observer, the diagnostics and the first event since$/,
  function (this: RecoveryWorld) {
    const report = this.reports.at(-1);
    expectTorn(this, report);
    expect(this.journal.diagnostics().open_report).to.deep.equal(report);
    expect([...this.journal.read()].at(-1)).to.deep.include({ kind: openCompleted, payload: report });
    const after = Buffer.from(this.disk.bytesAt(firstSegment));
    const opened = frameBounds(after).at(-1) ?? 0;
    expect(after.subarray(opened).every((byte) => byte === 0)).to.equal(true);
  },
);

Then('{int} batches were discarded', function (this: RecoveryWorld, count: number) {
  expect(this.reports.at(-1)).to.include({ batches_discarded: count });
});

When('it is opened lazily, and the power is cut', function (this: RecoveryWorld) {
  open(this, { lifecycle: 'lazy' });
  expectTorn(this, this.reports.at(-1));
});

Then('the next opening finds nothing to cut, and all that was acknowledged', function (this: RecoveryWorld) {
  const states = [...this.disk.crashStates()];
  expect(states).to.have.length.above(0);
  for (const { disk } of states) {
    this.disk = disk;
    open(this, { lifecycle: 'lazy' });
    expect(this.reports.at(-1)).to.include({ bytes_cut: 0 });
    expectAcknowledged(this);
  }
});

Then('what is torn is reported by where it is, its bytes and a reason', function (this: RecoveryWorld) {
  expectTorn(this, this.reports.at(-1));
  expect(this.journal.diagnostics().open_report).to.deep.equal(this.reports.at(-1));
});

Given('a journal whose last write stopped after each of its bytes', async function (this: RecoveryWorld) {
  await unacknowledged(this, 1);
  this.looks = Array.from(this.writes, (_, length) => {
    const isWhole = this.writes.subarray(length).every((byte) => byte === 0);
    return lookAfter(this, this.writes.subarray(0, length), isWhole ? 'all of it' : 'none of it');
  });
});

Then('each time all from before is there, and the last event only where all of it is', function (this: RecoveryWorld) {
  expect(this.looks).to.have.length.above(150);
  expect(this.looks.filter((look) => look !== 'as it must be')).to.deep.equal([]);
});

Given('a journal whose last write has each of its bytes wrong in turn', async function (this: RecoveryWorld) {
  await unacknowledged(this, 1);
  this.looks = Array.from(this.writes, (_, at) => lookAfter(this, flipped(this.writes, at), 'none of it'));
});

Then('each time all from before is there, and the last event is not', function (this: RecoveryWorld) {
  expect(this.looks).to.have.length.above(150);
  expect(this.looks.filter((look) => look !== 'as it must be')).to.deep.equal([]);
});

Given('a journal that was never opened', function (this: RecoveryWorld) {
  begin(this, { segmentMaxBytes: 1024 });
});

When('its writer is killed, and another opens it lazily', function (this: RecoveryWorld) {
  this.disk = this.disk.fork();
  open(this, { lifecycle: 'lazy' });
});

When(/^it is opened, and meets (\w+) once before and after each step$/, function (this: RecoveryWorld, errno: string) {
  this.looks = [false, true].flatMap((after) => {
    const looks: string[] = [];
    for (let nth = 1; ; nth++) {
      const disk = this.disk.fork();
      const fault = disk.fault({ nth, effect: errno, after });
      const outcome = opened(disk);
      if (fault.strikes === 0) return looks;
      disk.disarm();
      expect(disk.openHandles(), `handles after ${errno} at step ${nth}, ${after ? 'after' : 'before'} it`).to.equal(0);
      for (const left of [disk.crash(), disk]) expect(recovered(left)).to.deep.equal(acknowledgedIds(this));
      looks.push(outcome);
    }
  });
});

Then(
  'each time it was refused or done, left nothing open, and the next opening found all that was acknowledged',
  function (this: RecoveryWorld) {
    expect(this.looks).to.have.length.above(20);
    expect([...new Set(this.looks)])
      .to.include('done')
      .and.to.have.length.above(1);
  },
);

// What opening says

Then('the observer was told of a new journal without events, and the diagnostics say the same', function (this: RecoveryWorld) {
  expect(this.reports).to.have.lengthOf(1);
  expect(this.reports[0]).to.include({ path: 'new', events: 0, bytes_cut: 0, batches_discarded: 0 });
  expect(this.reports[0]?.elapsed_ms).to.be.a('number').and.to.be.at.least(0);
  expect(this.journal.diagnostics().open_report).to.deep.equal(this.reports[0]);
});

Then(
  'the observer was told of {int} events and as many segments as there are, and the diagnostics say the same',
  function (this: RecoveryWorld, events: number) {
    expect(this.reports).to.have.lengthOf(2);
    expect(this.reports[1]).to.include({ events, segments: segmentsOf(this.disk).length, bytes_cut: 0 });
    expect(this.reports[1]?.path).not.to.equal('new');
    expect(this.journal.diagnostics().open_report).to.deep.equal(this.reports[1]);
  },
);

When('the journal is opened with an observer that throws', function (this: RecoveryWorld) {
  open(this, { onOpen: () => expect.fail('the observer does not work') });
});

Given('a journal that is lazy', function (this: RecoveryWorld) {
  beginAndOpen(this, { lifecycle: 'lazy', segmentMaxBytes: 4096 });
});

Then('{int} events are there, the first of which says that the journal was opened', function (this: RecoveryWorld, count: number) {
  const events = [...this.journal.read()];
  expect(events.map(({ kind }) => kind === openCompleted)).to.deep.equal(events.map((_, nth) => nth === 0));
  expect(events).to.have.lengthOf(count);
  expect(events[0]?.payload).to.deep.equal(this.reports.at(-1));
});

const noise = Buffer.from(sha256('nobody').repeat(2), 'hex');

/** What a write may leave of itself, by the words of a scenario. */
const remains: Readonly<Record<string, (write: Buffer) => Uint8Array>> = {
  'half of an event': (write) => write.subarray(0, write.byteLength / 2),
  'the second half of an event': (write) => Buffer.from(write).fill(0, 0, write.byteLength / 2),
  'an event with a flipped bit': (write) => flipped(write, 130),
  'bytes of nobody': () => noise,
  'zeros, and bytes of nobody': () => Buffer.concat([Buffer.alloc(64), noise]),
  'half of a batch': (write) => write.subarray(0, write.byteLength / 2),
  'a batch with a flipped bit': (write) => flipped(write, 130),
};

/** A journal of three events whose writer was killed, and what one more write would put behind them. */
async function unacknowledged(world: RecoveryWorld, count: number): Promise<void> {
  beginAndOpen(world, { segmentMaxBytes: 4096 });
  await appendEach(world, eventsOf(3));
  const left = world.disk.crash();
  world.before = left.bytesAt(firstSegment);
  world.journal.appendBatch(eventsOf(count));
  const after = Buffer.from(world.disk.bytesAt(firstSegment));
  world.writes = after.subarray(frameBounds(world.before).at(-1), frameBounds(after).at(-1));
  expect(world.writes).to.have.length.above(100);
  killed(world, left);
}

/** Puts bytes behind the last event that was acknowledged. */
function leave(world: RecoveryWorld, bytes: Uint8Array): void {
  const offset = frameBounds(world.before).at(-1) ?? 0;
  const segment = Buffer.from(world.before);
  segment.set(bytes, offset);
  world.torn = { segment: 1, offset, bytes: bytes.findLastIndex((byte) => byte !== 0) + 1 };
  damaged(world, { [firstSegment]: segment });
}

function expectTorn({ torn }: RecoveryWorld, report: OpenReport | undefined): void {
  expect(report?.cut).to.include(torn);
  expect(report?.cut?.reason).to.be.a('string').and.not.to.equal('');
  expect(report?.bytes_cut).to.equal(torn.bytes);
}

function lookAfter(world: RecoveryWorld, bytes: Uint8Array, expected: string): string {
  leave(world, bytes);
  const look = judged(recovered(world.disk.fork()), acknowledgedIds(world), 1);
  return look === expected ? 'as it must be' : `${bytes.byteLength} bytes: ${look}`;
}

function opened(disk: SimulatedDisk): string {
  try {
    const journal = Journal.open({ directory, disk, segmentMaxBytes: 4096 });
    disk.disarm();
    journal.close();
    return 'done';
  } catch (error) {
    if (!isCatalogError(error)) throw error;
    return error.code;
  }
}
