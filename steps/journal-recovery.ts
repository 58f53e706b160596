import { crc32 } from 'node:zlib';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { isCatalogError } from '../src/core/errors.js';
import { SimulatedDisk, type SimulatedDiskOptions } from '../src/disk/simulated-disk.js';
import { Journal } from '../src/journal/journal.js';
import type { OpenReport } from '../src/journal/open.js';
import { segmentPath } from '../src/journal/place.js';
import { segmentHeaderBytes } from '../src/journal/segment-header.js';
import type { JournalOptions } from '../src/journal/settings.js';
import {
  acknowledgedIds,
  appendBatch,
  appendEach,
  batches,
  begin,
  beginAndOpen,
  calling,
  damage,
  directory,
  eventOf,
  eventsOf,
  everySurvivor,
  expectAcknowledged,
  expectOneWriteAndOneSync,
  filesOf,
  firstSegment,
  flipped,
  found,
  frameBounds,
  idsIn,
  type JournalWorld,
  judged,
  killed,
  lookAtEachStep,
  open,
  openCompleted,
  outcomeOf,
  recovered,
  reopen,
  segmentsOf,
  severalSegments,
  sha256,
  strikeEachStep,
} from '../support/journal-helpers.js';

type Profile = NonNullable<SimulatedDiskOptions['profile']>;

interface RecoveryWorld extends JournalWorld {
  /** What was found wherever it was looked, each time. */
  looks: string[];
  /** What there was before. */
  files: Record<string, string>;
  others: readonly string[];
  /** The segment, and the bytes that a last write of which nobody was told would have put behind. */
  before: Uint8Array;
  writes: Buffer;
  torn: { readonly segment: number; readonly offset: number; readonly bytes: number };
}

// Durable by default

Then('each of those appends was one write and one sync of the data, and nothing else', function (this: RecoveryWorld) {
  expect(this.calls).to.have.lengthOf(10);
  for (const call of this.calls) expectOneWriteAndOneSync(call);
});

Then('that was one write and one sync of the data, and nothing else', function (this: RecoveryWorld) {
  expectOneWriteAndOneSync(this.call);
});

Given('a journal on a disk of the profile {string}', function (this: RecoveryWorld, profile: Profile) {
  beginAndOpen(this, {}, new SimulatedDisk({ profile }));
});

Given(
  'a journal of segments of {int} bytes on a disk of the profile {string}',
  function (this: RecoveryWorld, bytes: number, profile: Profile) {
    beginAndOpen(this, { segmentMaxBytes: bytes }, new SimulatedDisk({ profile }));
  },
);

When(
  /^the power is cut after each of (\d+) appends(?: of (\d+) bytes)?$/,
  async function (this: RecoveryWorld, count: string, bytes?: string) {
    this.looks = [];
    for (const event of eventsOf(Number(count), Number(bytes ?? 0))) {
      await appendEach(this, [event]);
      this.looks.push(judged(recovered(this.disk.crash()), acknowledgedIds(this), 0));
    }
  },
);

Then('each time all that was acknowledged was there', function (this: RecoveryWorld) {
  expect(this.looks).to.have.length.above(3);
  expect(new Set(this.looks)).to.deep.equal(new Set(['none of it']));
});

When('the journal is synced again', async function (this: RecoveryWorld) {
  this.journal.sync();
  await calling(this, () => this.journal.sync());
});

Then(
  'whatever a power cut leaves, the first {int} are read, and of the others those up to some event',
  function (this: RecoveryWorld, durable: number) {
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
  async function (this: RecoveryWorld, where: string) {
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

Then('each time all of the batch was there or nothing of it, and all from before', function (this: RecoveryWorld) {
  expect(new Set(this.looks)).to.deep.equal(new Set(['none of it', 'all of it']));
  expect(this.looks).to.have.length.above(5);
});

When('{int} events are appended, and the power is cut in many ways at each step', async function (this: RecoveryWorld, count: number) {
  const { looks, finish } = lookAtEachStep(this, { most: 8 }, (disk) => judged(recovered(disk), acknowledgedIds(this), 1));
  await appendEach(this, eventsOf(count, 60));
  finish();
  this.looks = looks;
  expect(segmentsOf(this.disk)).to.have.length.above(2);
});

Then('each time all that was acknowledged was there, and events could be appended', function (this: RecoveryWorld) {
  expect(this.looks).to.have.length.above(10);
  expect(this.looks.filter((look) => look !== 'none of it' && look !== 'all of it')).to.deep.equal([]);
});

When(
  '{int} events are appended and synced in groups, and the power is cut in many ways at each step',
  async function (this: RecoveryWorld, count: number) {
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

Then('each time all that was durable was there, and what followed up to some event', function (this: RecoveryWorld) {
  expect(this.looks).to.have.length.above(10);
  expect(this.looks.filter((look) => look !== 'none of it' && look !== 'all of it')).to.deep.equal([]);
});

When('an event is appended, and the power is cut in many ways at each step', async function (this: RecoveryWorld) {
  const { looks, finish } = lookAtEachStep(this, { most: 60 }, (disk) => {
    const events = [...Journal.open({ directory, disk, readOnly: true }).read()];
    return JSON.stringify(events.map(({ kind }) => kind === openCompleted));
  });
  await appendEach(this, [eventOf('a', { payload: 'x'.repeat(1500) })]);
  finish();
  this.looks = looks;
});

Then('each time both were there or neither was', function (this: RecoveryWorld) {
  expect(new Set(this.looks)).to.deep.equal(new Set(['[]', '[true,false]']));
});

When('it is opened, and the power is cut in many ways at each step', function (this: RecoveryWorld) {
  const { looks, finish } = lookAtEachStep(this, { most: 25 }, (disk) => judged(recovered(disk), acknowledgedIds(this), 0));
  open(this);
  finish();
  this.looks = looks;
  expectAcknowledged(this);
});

// Disks that fail

When(
  /^a batch (to a segment|that begins a segment|larger than a segment) is struck by (\w+) at each of its steps(, before and after it| and from there on)$/,
  function (this: RecoveryWorld, where: string, effect: string, times: string) {
    const faults = times.startsWith(' and') ? [{ effect, sticky: true }] : [{ effect }, { effect, after: true }];
    this.looks = faults.flatMap((fault) => strikeEachStep(where, fault));
  },
);

Then('each time it was there as it was told, and so was what was acknowledged after it', function (this: RecoveryWorld) {
  // What was there was judged each time; here: it was told of failures of both sorts.
  expect(this.looks).to.have.length.above(1);
  expect(this.looks).to.include('CommitUnknown');
});

When(/^an event is appended whose write meets (\w+) (before|after) it$/, async function (this: RecoveryWorld, errno: string, when: string) {
  const fault = this.disk.fault({ kind: 'Write', effect: errno, after: when === 'after' });
  await appendEach(this, eventsOf(1));
  expect(fault.strikes).to.equal(1);
  this.disk.disarm();
});

Then('nothing had to be cut', function (this: RecoveryWorld) {
  expect(this.reports.at(-1)).to.include({ bytes_cut: 0, batches_discarded: 0 }).and.not.to.have.property('cut');
});

When(
  'an event is appended of which the disk takes {int} to {int} bytes at first',
  async function (this: RecoveryWorld, from: number, to: number) {
    for (let bytes = from; bytes <= to; bytes += 7) {
      const fault = this.disk.fault({ kind: 'Write', effect: { type: 'short', bytes } });
      await appendEach(this, eventsOf(1, 100));
      expect(fault.strikes).to.equal(1);
    }
  },
);

When(
  'an event is appended of which the disk takes {int} to {int} bytes, and then nothing',
  async function (this: RecoveryWorld, from: number, to: number) {
    this.looks = [];
    for (let bytes = from; bytes <= to; bytes += 13) {
      this.disk.fault({ kind: 'Write', effect: { type: 'short', bytes } });
      this.disk.fault({ kind: 'Write', nth: 2, effect: 'EIO' });
      await refusedAndGoingOn(this, eventsOf(1, 300));
    }
  },
);

When('the disk is full after each byte of a new segment', async function (this: RecoveryWorld) {
  this.looks = [];
  for (let bytes = 0; bytes < 512; bytes += 37) {
    while (roomLeft(this) > 200) await appendEach(this, eventsOf(1));
    this.disk.fault({ kind: 'Write', effect: { type: 'no-space', bytes } });
    await refusedAndGoingOn(this, eventsOf(1, 200));
  }
  expect(segmentsOf(this.disk)).to.have.length.above(10);
});

Then(
  /^each time it was refused with (\w+), and the next append was there after a power cut$/,
  function (this: RecoveryWorld, code: string) {
    expect(this.looks).to.have.length.above(10);
    expect(new Set(this.looks)).to.deep.equal(new Set([code]));
  },
);

When('an event is appended whose write fails, and so does cutting it back', async function (this: RecoveryWorld) {
  this.disk.fault({ kind: 'Write', effect: 'EIO', after: true });
  this.disk.fault({ kind: 'Truncate', effect: 'EIO' });
  await appendEach(this, eventsOf(1));
});

When(/^an event is appended whose sync fails (.*)$/, async function (this: RecoveryWorld, when: string) {
  const forgets = when.startsWith('and forgot');
  const fault = this.disk.fault({ kind: 'Sync', effect: forgets ? { type: 'dropped-sync' } : 'EIO', after: when === 'after it' });
  await appendEach(this, eventsOf(1));
  expect(fault.strikes).to.equal(1);
});

When('the journal is synced, and that fails', async function (this: RecoveryWorld) {
  this.disk.faultOn('Sync', 1);
  await calling(this, () => this.journal.sync());
});

When('the journal is closed, and its sync fails', async function (this: RecoveryWorld) {
  this.disk.faultOn('Sync', 1);
  await calling(this, () => this.journal.close());
});

Then('every call that writes is refused with StorePoisoned, and reads go on', async function (this: RecoveryWorld) {
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

Then('the disk saw no write and no sync since', function (this: RecoveryWorld) {
  expect(this.call.steps).to.deep.equal([]);
});

When('the disk recovers and the journal is opened again', function (this: RecoveryWorld) {
  this.disk.disarm();
  reopen(this);
});

Then('all that was acknowledged is read in its order, maybe with one event more', function (this: RecoveryWorld) {
  const known = acknowledgedIds(this);
  const events = [...this.journal.read()].filter(({ kind }) => kind !== openCompleted);
  expect(events.map(({ event_id }) => event_id).slice(0, known.length)).to.deep.equal(known);
  expect(events.length - known.length).to.be.within(0, 1);
  // What is served now stays.
  this.events = events;
});

Then('{int} more events are appended and survive a power cut', async function (this: RecoveryWorld, count: number) {
  await appendEach(this, eventsOf(count));
  this.journal.sync();
  expect(this.latest).to.have.lengthOf(count);
  expectAcknowledged(this);
  this.disk = this.disk.crash();
  open(this);
  expectAcknowledged(this);
});

// Segments

Then(
  'there are several segments, numbered from 1 on, none larger than {int} bytes but for a single event',
  function (this: RecoveryWorld, most: number) {
    const segments = segmentsOf(this.disk);
    expect(segments).to.deep.equal(segments.map((_, nth) => nth + 1));
    expect(segments).to.have.length.above(2);
    expect([...this.disk.snapshotTree().keys()])
      .to.include(`${directory}/000001.seg`)
      .and.to.include(`${directory}/000003.seg`);
    const large = segments.map((number) => this.disk.bytesAt(segmentPath(directory, number))).filter(({ length }) => length > most);
    // One event, and the seal behind it.
    for (const bytes of large) expect(frameBounds(bytes)).to.have.length.at.most(3);
    expect(large).to.have.length.below(segments.length / 2);
  },
);

When(/^events of ([\d, and]+) bytes are appended$/, async function (this: RecoveryWorld, sizes: string) {
  await appendEach(
    this,
    sizes.split(/, | and /).map((size) => eventOf('a', { payload: size.padEnd(Number(size), '.') })),
  );
});

Then('each of the large ones has a segment of its own', function (this: RecoveryWorld) {
  const large = segmentsOf(this.disk).map((number) => Buffer.from(this.disk.bytesAt(segmentPath(directory, number))).toString('latin1'));
  const holding = (size: string) => large.findIndex((text) => text.includes(`"${size}.`));
  const places = ['2000', '3000', '4000'].map(holding);
  expect(new Set([-1, ...places]).size).to.equal(4);
  // One frame of events in each, and none of the small ones.
  for (const place of places) expect(large[place]).not.to.include('"10.');
});

When('it is opened again with segments of {int} bytes', function (this: RecoveryWorld, segmentMaxBytes: number) {
  reopen(this, { segmentMaxBytes });
});

When(/^files named (.*) are put beside its segments$/, function (this: RecoveryWorld, names: string) {
  this.others = [...names.matchAll(/"([^"]*)"/g)].map(([, name]) => `${directory}/${name}`);
  for (const path of this.others) this.disk.plant(path, path);
});

Then('those files are there as they were', function (this: RecoveryWorld) {
  expect(this.others).to.have.lengthOf(5);
  for (const path of this.others) expect(Buffer.from(this.disk.bytesAt(path)).toString()).to.equal(path);
});

When('events are appended until there is a second segment', async function (this: RecoveryWorld) {
  while (segmentsOf(this.disk).length < 2) await appendEach(this, eventsOf(1));
});

Then(
  'that was created exclusively, written, synced, and its name synced, before an event was written to it',
  function (this: RecoveryWorld) {
    const second = segmentPath(directory, 2);
    const touching = this.call.steps.filter(({ path, step }) => path === second || (path === directory && step.kind === 'SyncDirectory'));
    const kinds = touching.map(({ step }) => (step.op === 'open' ? `Open ${step.access}` : step.kind));
    expect(kinds).to.deep.equal(['Open create', 'Write', 'Sync', 'SyncDirectory', 'Write', 'Sync']);
    const [write] = touching.flatMap(({ step }) => (step.op === 'write' ? [Buffer.concat(step.chunks)] : []));
    expect(frameBounds(write ?? Buffer.alloc(0))).to.deep.equal([segmentHeaderBytes]);
  },
);

Given(
  'a journal of segments of {int} bytes whose writer died when it had made a second segment',
  async function (this: RecoveryWorld, bytes: number) {
    beginAndOpen(this, { segmentMaxBytes: bytes });
    const left: { readonly disk: SimulatedDisk; readonly events: JournalWorld['events'] }[] = [];
    this.beforeStep = ({ step, path }) => {
      const isSeal = step.kind === 'Write' && path === firstSegment && segmentsOf(this.disk).length === 2;
      if (isSeal) left.push({ disk: this.disk.fork(), events: this.events });
    };
    while (left.length === 0) await appendEach(this, eventsOf(1));
    const [first] = left;
    killed(this, first?.disk ?? expect.fail('it is there'), first?.events);
  },
);

Then('the report says that segment {int} was unfinished', function (this: RecoveryWorld, number: number) {
  expect(this.reports.at(-1)).to.include({ unfinished_segment: number, bytes_cut: 0 });
});

Given(
  /^a journal of several segments, the (first|second|last) of which is of the version (\d+)$/,
  async function (this: RecoveryWorld, which: string, version: string) {
    await severalSegments(this);
    const place = which === 'last' ? -1 : ['first', 'second'].indexOf(which);
    const path = segmentPath(directory, segmentsOf(this.disk).at(place) ?? 0);
    const bytes = Buffer.from(this.disk.bytesAt(path));
    bytes.writeUInt32LE(Number(version), 8);
    bytes.writeUInt32LE(crc32(bytes.subarray(0, 124)), 124);
    damaged(this, { [path]: bytes });
  },
);

When(/^it is opened for (writing|reading), whatever comes of it$/, async function (this: RecoveryWorld, kind: string) {
  await calling(this, () => open(this, { readOnly: kind === 'reading' }));
});

Then(
  /^the journal refuses it with SchemaVersionUnsupported, found (\d+) and supported (\d+)$/,
  function (this: RecoveryWorld, newer: string, supported: string) {
    const { code, details } = this.takeRefusal();
    expect({ code, ...details }).to.include({ code: 'SchemaVersionUnsupported', found: Number(newer), supported: Number(supported) });
  },
);

Then('not a byte of it has changed', function (this: RecoveryWorld) {
  expect(Object.keys(this.files).length).to.be.above(0);
  expect(filesOf(this.disk)).to.deep.equal(this.files);
  expect(this.disk.crash()).to.satisfy((disk: SimulatedDisk) => JSON.stringify(filesOf(disk)) === JSON.stringify(this.files));
});

// What nobody was told of

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

// Damage

Given(
  /^a journal of 5 events whose writer was killed(, with a flipped bit in the third)?$/,
  async function (this: RecoveryWorld, isFlipped?: string) {
    beginAndOpen(this, { segmentMaxBytes: 4096 });
    await appendEach(this, eventsOf(5));
    killed(this, this.disk.crash());
    const bytes = this.disk.bytesAt(firstSegment);
    damaged(this, { [firstSegment]: isFlipped ? flipped(bytes, (frameBounds(bytes)[3] ?? 0) + 140) : bytes });
  },
);

Then('it is told that segment 1 is damaged where the third event begins, and why', function (this: RecoveryWorld) {
  const { code, details, message } = this.takeRefusal();
  const intact = flipped(this.disk.bytesAt(firstSegment), (frameBounds(this.disk.bytesAt(firstSegment)).at(-1) ?? 0) + 140);
  expect({ code, ...details }).to.include({ code: 'CorruptSegment', segment: 1, offset: frameBounds(intact)[3] });
  expect(details.reason).to.be.a('string').and.not.to.equal('');
  expect(message).to.include(firstSegment);
});

When('each byte before the last event is wrong in turn', function (this: RecoveryWorld) {
  const intact = this.disk.bytesAt(firstSegment);
  const bounds = frameBounds(intact);
  const begins = [0, ...bounds];
  this.looks = Array.from({ length: bounds.at(-2) ?? 0 }, (_, at) => {
    damaged(this, { [firstSegment]: flipped(intact, at) });
    const offset = begins.findLast((begin) => begin <= at);
    return [true, false].map((readOnly) => `byte ${at}: ${toldOf(this, { readOnly }, offset)}`);
  }).flat();
});

Then('each time it is told for writers and readers where the damage begins, and not a byte is changed', function (this: RecoveryWorld) {
  expect(this.looks).to.have.length.above(1500);
  expect(this.looks.filter((look) => !look.endsWith('as it must be'))).to.deep.equal([]);
});

Given(/^a journal of several segments whose writer was killed, (.*)$/, async function (this: RecoveryWorld, words: string) {
  await severalSegments(this, { seed: 2 });
  const another = this.disk;
  await severalSegments(this, { bytes: 11 });
  const astray = this.disk;
  await severalSegments(this);
  const segments = segmentsOf(this.disk);
  const [first, second, third] = [1, 2, 3].map((number) => segmentPath(directory, number)) as [string, string, string];
  const last = segmentPath(directory, segments.length);
  const bytes = (path: string, disk = this.disk) => disk.bytesAt(path);
  const other = (path: string) => bytes(path, another);
  const seal = frameBounds(bytes(first)).at(-2) ?? 0;
  const damages: Readonly<Record<string, () => Record<string, Uint8Array | undefined>>> = {
    'without the first': () => ({ [first]: undefined }),
    'without the second': () => ({ [second]: undefined }),
    'without the last, which the one before it names': () => ({ [last]: undefined }),
    'with the second empty': () => ({ [second]: Buffer.alloc(0) }),
    'with the second cut off in the middle': () => ({ [second]: bytes(second).subarray(0, 256) }),
    'with the third in place of the second': () => ({ [second]: bytes(third) }),
    'with the second of another journal': () => ({ [second]: other(second) }),
    'with the last of another journal': () => ({ [last]: other(last) }),
    'with the second of a copy that went on otherwise': () => ({ [second]: bytes(second, astray) }),
    'with the last of a copy that went on otherwise': () => ({ [last]: bytes(last, astray) }),
    'with the last once more under the next number': () => ({ [segmentPath(directory, segments.length + 1)]: bytes(last) }),
    'with a flipped bit in the seal of the first': () => ({ [first]: flipped(bytes(first), seal + 60) }),
    'with a flipped bit in the header of the second': () => ({ [second]: flipped(bytes(second), 20) }),
  };
  damaged(this, (damages[words] ?? expect.fail(words))());
});

Then('it is told which segment is damaged, where and why', function (this: RecoveryWorld) {
  const { code, details, message } = this.takeRefusal();
  expect(code, message).to.equal('CorruptSegment');
  expect(details.segment).to.be.a('number').and.to.be.above(0);
  expect(details.offset).to.be.a('number').and.to.be.at.least(0);
  expect(details.reason).to.be.a('string').and.not.to.equal('');
});

When('a bit of the third is flipped on the disk', function (this: RecoveryWorld) {
  const bytes = this.disk.bytesAt(firstSegment);
  this.disk.plant(firstSegment, flipped(bytes, (frameBounds(bytes)[3] ?? 0) + 150));
});

Then(
  'reading the third is refused with CorruptSegment, by region and by id, and the others are read',
  async function (this: RecoveryWorld) {
    const [, , third] = this.events;
    const sequence = third?.sequence ?? 0;
    const reads: readonly (() => unknown)[] = [
      () => [...this.journal.read()],
      () => [...this.journal.read({ from: sequence, to: sequence })],
      () => this.journal.get(third?.event_id ?? ''),
    ];
    for (const read of reads) {
      await calling(this, read);
      const { code, details } = this.takeRefusal();
      expect({ code, segment: details.segment }).to.deep.equal({ code: 'CorruptSegment', segment: 1 });
      expect(details).to.include.keys('offset', 'reason');
    }
    for (const { event_id } of this.events.filter((one) => one !== third)) expect(found(this, event_id).payload).to.have.property('nth');
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

// What the steps are made of

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

function damaged(world: RecoveryWorld, files: Parameters<typeof damage>[1]): void {
  damage(world.disk, files);
  world.files = filesOf(world.disk);
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

/** How an opening of damaged bytes is answered. */
function toldOf({ disk }: RecoveryWorld, options: Pick<JournalOptions, 'readOnly'>, offset: number | undefined): string {
  const bytes = disk.bytesAt(firstSegment);
  try {
    Journal.open({ directory, disk, ...options }).close();
    return 'it was opened';
  } catch (error) {
    if (!isCatalogError(error, 'CorruptSegment')) throw error;
    const { details } = error;
    // The very same array: nothing was written into it.
    if (disk.bytesAt(firstSegment) !== bytes || disk.openHandles() > 0) return 'it was changed, or left open';
    return details.segment === 1 && details.offset === offset && details.reason ? 'as it must be' : JSON.stringify(details);
  }
}

async function refusedAndGoingOn(world: RecoveryWorld, events: ReturnType<typeof eventsOf>): Promise<void> {
  const outcome = outcomeOf(() => world.journal.appendBatch(events));
  world.disk.disarm();
  world.looks.push('refused' in outcome ? outcome.refused.code : 'acknowledged');
  await appendEach(world, eventsOf(1));
  expect(idsIn(Journal.open({ directory, disk: world.disk.crash(), readOnly: true }))).to.deep.equal(acknowledgedIds(world));
}

/** How many bytes the last segment has left. */
function roomLeft({ disk, options }: RecoveryWorld): number {
  const bytes = disk.bytesAt(segmentPath(directory, segmentsOf(disk).length));
  return (options.segmentMaxBytes ?? 0) - (frameBounds(bytes).at(-1) ?? 0);
}
