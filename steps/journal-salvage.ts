import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { Journal, type JournalEvent, type SalvageReport } from '../src/journal/index.js';
import { cancelledRangesPath, checkpointPath, segmentPath } from '../src/journal/place.js';
import { decodeSegmentHeader } from '../src/journal/segment-header.js';
import type { SimulatedDisk } from '../src/sim/index.js';
import {
  asText,
  certain,
  type DamageKind,
  damageRandomly,
  directory,
  framesOn,
  segmentsOn,
  shownIn,
  untouched,
  type WrittenFrame,
  type WrittenJournal,
  writeJournal,
} from '../support/journal-copies/damaged.js';
import { drawing } from '../support/journal-copies/piecewise.js';
import type { CatalogWorld } from '../support/world.js';

interface SalvageWorld extends CatalogWorld {
  written: WrittenJournal;
  disk: SimulatedDisk;
  /** The ids of what cannot be read any more. */
  gone: ReadonlySet<string>;
  untouchedFiles: string;
  report: SalvageReport;
  wrong: string[];
  outcomes: string[];
}

const target = '/salvaged';

const filesIn = (disk: SimulatedDisk): string =>
  JSON.stringify(
    [...disk.snapshotTree()].flatMap(([path, entry]) =>
      entry.type === 'file' && path.startsWith(`${directory}/`) && !path.includes('journal.lock')
        ? [[path, Buffer.from(entry.bytes).toString('base64')]]
        : [],
    ),
  );

const salvaged = (disk: SimulatedDisk, readOnly = true): Journal => Journal.open({ directory: target, disk, readOnly, lifecycle: 'lazy' });

Given('a journal of all that there can be in one', function (this: SalvageWorld) {
  // One of which the first frames are single events, and others batches and fences.
  for (let seed = 1; ; seed++) {
    this.written = writeJournal(drawing(seed), { calls: 40 });
    const { frames } = this.written;
    const committed = frames.some(({ type }) => type === 'fence committed');
    const cancelled = [...this.written.disk.snapshotTree().keys()].includes(cancelledRangesPath(directory));
    const batches = frames.some(({ fence, events }) => fence === 0 && events.length === 3);
    if (committed && cancelled && batches) break;
  }
  this.disk = this.written.disk;
  // What the checkpoint knows is not read when a journal is opened.
  this.disk.uproot(checkpointPath(directory));
  this.gone = new Set();
});

const flips: Readonly<Record<string, (frame: WrittenFrame) => number>> = {
  'a payload': ({ events }) => (events[0]?.offset ?? 0) + (events[0]?.length ?? 0) - 3,
  "a batch's second payload": ({ events }) => (events[1]?.offset ?? 0) + (events[1]?.length ?? 0) - 3,
  "a frame's checksum": ({ offset }) => offset + 5,
  "a frame's hash": ({ offset }) => offset + 20,
  "a frame's length": ({ offset }) => offset + 1,
};

/** A frame in the middle of the journal, of a segment that is full. */
function middleFrame({ frames }: WrittenJournal, fits: (frame: WrittenFrame) => boolean): WrittenFrame {
  const last = Math.max(...frames.map(({ segment }) => segment));
  const found = frames.filter((frame) => frame.segment > 1 && frame.segment < last && frame.type === 'events' && fits(frame));
  return found.at(Math.floor(found.length / 2)) ?? expect.fail('there is no such frame');
}

function change(world: SalvageWorld, segment: number, work: (bytes: Buffer) => void): void {
  const path = segmentPath(directory, segment);
  const bytes = Buffer.from(world.disk.bytesAt(path));
  work(bytes);
  world.disk.plant(path, bytes);
}

When(/^a bit of (a payload|a batch's second payload|a frame's \w+) is flipped$/, function (this: SalvageWorld, what: string) {
  const isBatch = what.startsWith("a batch's");
  const frame = middleFrame(this.written, ({ fence, events }) => fence === 0 && events.length === (isBatch ? 3 : 1));
  change(this, frame.segment, (bytes) => bytes.writeUInt8(bytes.readUInt8(flips[what]?.(frame) ?? 0) ^ 4, flips[what]?.(frame) ?? 0));
  if (what.endsWith('payload')) this.gone = new Set([frame.events[isBatch ? 1 : 0]?.id ?? '']);
});

When("a batch's second event is cut out", function (this: SalvageWorld) {
  const frame = middleFrame(this.written, ({ fence, events }) => fence === 0 && events.length === 3);
  const { offset, length } = frame.events[1] ?? expect.fail('there is no second event');
  const path = segmentPath(directory, frame.segment);
  const bytes = Buffer.from(this.disk.bytesAt(path));
  this.disk.plant(path, Buffer.concat([bytes.subarray(0, offset), bytes.subarray(offset + length)]));
  this.gone = idsOf([frame]);
});

When('the header of a frame is zeros', function (this: SalvageWorld) {
  const { frames } = this.written;
  const isAlone = ({ number }: WrittenFrame) => frames.every((one) => Math.abs(one.number - number) > 1 || one.fence === 0);
  const frame = middleFrame(this.written, (one) => one.events.length === 1 && isAlone(one));
  change(this, frame.segment, (bytes) => bytes.fill(0, frame.offset, frame.offset + 120));
});

When('the header of a segment is damaged', function (this: SalvageWorld) {
  change(this, 3, (bytes) => bytes.fill(0x2f, 0, 40));
});

When('a segment is gone', function (this: SalvageWorld) {
  this.gone = idsOf(this.written.frames.filter(({ segment }) => segment === 3));
  // Its fences cannot be told.
  const commits = new Set(
    this.written.frames.filter(({ segment, type }) => segment === 3 && type === 'fence committed').map(({ fence }) => fence),
  );
  this.gone = new Set([...this.gone, ...idsOf(this.written.frames.filter(({ fence }) => commits.has(fence)))]);
  this.disk.uproot(segmentPath(directory, 3));
});

When("a fence's commit is damaged", function (this: SalvageWorld) {
  const last = this.written.frames.at(-1)?.segment;
  const commit =
    this.written.frames.find(({ type, segment }) => type === 'fence committed' && segment !== last) ?? expect.fail('no commit');
  change(this, commit.segment, (bytes) => bytes.fill(0x2f, commit.offset + 60, commit.offset + 118));
  this.gone = idsOf(this.written.frames.filter(({ fence }) => fence === commit.fence));
});

When('its last segment is gone', function (this: SalvageWorld) {
  const last = segmentsOn(this.disk).at(-1) ?? 0;
  const journal = Journal.open({ directory, disk: this.disk, lifecycle: 'lazy', segmentMaxBytes: 1024 });
  journal.close();
  this.gone = idsOf(this.written.frames.filter(({ segment }) => segment === last));
  this.disk.uproot(segmentPath(directory, last));
});

When('its cancelled ranges are gone, and a bit of a frame beside a cancelled fence is flipped', function (this: SalvageWorld) {
  const shown = new Set(this.written.shown.map(({ event_id }) => event_id));
  const { frames } = this.written;
  const last = frames.findLastIndex(({ events }) => events.length > 0 && !shown.has(events[0]?.id ?? ''));
  const beside = frames[last + 1] ?? expect.fail('nothing follows the fence');
  this.disk.uproot(cancelledRangesPath(directory));
  change(this, beside.segment, (bytes) => bytes.writeUInt8(bytes.readUInt8(beside.offset + 90) ^ 1, beside.offset + 90));
});

Given(
  'a journal of full segments of which some were merged, with their leftovers, and a bit flipped in the merged one',
  function (this: SalvageWorld) {
    this.written = writeJournal(drawing(3), { calls: 40 });
    this.disk = this.written.disk;
    this.gone = new Set();
    const before = this.disk.fork();
    const journal = Journal.open({ directory, disk: this.disk, lifecycle: 'lazy', segmentMaxBytes: 1024 });
    expect(journal.compact({ strategy: 'merge' })).to.include({ outcome: 'Performed' });
    this.disk = this.disk.fork();
    for (const number of segmentsOn(before)) {
      const path = segmentPath(directory, number);
      if (!segmentsOn(this.disk).includes(number)) this.disk.plant(path, before.bytesAt(path));
    }
    const frame = framesOn(before).find(({ segment, events }) => segment === 3 && events.length > 0) ?? expect.fail('no frame');
    const inMerged =
      framesOn(this.disk).find(({ number, segment }) => number === frame.number && segment === 1) ?? expect.fail('not merged');
    change(this, 1, (bytes) => bytes.fill(0x2f, inMerged.offset + 50, inMerged.offset + 140));
  },
);

When(/^(?:it is|and it is) salvaged$/, function (this: SalvageWorld) {
  this.untouchedFiles = filesIn(this.disk);
  this.report = Journal.salvage(directory, target, { disk: this.disk, segmentMaxBytes: 1024 });
});

When('it is open for reading while a bit is flipped, and is salvaged by itself', function (this: SalvageWorld) {
  const journal = Journal.open({ directory, disk: this.disk, readOnly: true });
  const frame = middleFrame(this.written, ({ fence, events }) => fence === 0 && events.length === 1);
  change(this, frame.segment, (bytes) => bytes.fill(0x2f, frame.offset + 160, frame.offset + frame.length - 8));
  this.gone = idsOf([frame]);
  expect(() => [...journal.read()])
    .to.throw()
    .with.property('code', 'CorruptSegment');
  this.untouchedFiles = filesIn(this.disk);
  this.report = journal.salvage(target);
});

Then('it is refused with CorruptSegment', function (this: SalvageWorld) {
  expect(() => Journal.open({ directory, disk: this.disk.fork() }))
    .to.throw()
    .with.property('code', 'CorruptSegment');
});

Then('every event that was shown reads back the same, with its sequence, version and hashes', function (this: SalvageWorld) {
  const journal = salvaged(this.disk);
  expect(shownIn(journal)).to.deep.equal(this.written.shown);
  expect(this.report.events).to.equal(this.written.shown.length);
});

Then('nothing is told to be lost, and all that was hidden is hidden', function (this: SalvageWorld) {
  expect(this.report).to.deep.include({ lost: [], events_lost: 0 });
  const written = this.written.frames.reduce((sum, { events }) => sum + events.length, 0);
  expect(this.report.events_hidden)
    .to.equal(written - this.written.shown.length)
    .and.to.be.above(0);
});

Then('nothing of the journal was changed, and the new one has a lineage of its own and is verified', function (this: SalvageWorld) {
  expect(filesIn(this.disk) === this.untouchedFiles).to.equal(true);
  const [ours, theirs] = [directory, target].map((place) => decodeSegmentHeader(Buffer.from(this.disk.bytesAt(segmentPath(place, 1)))));
  if (ours?.kind === 'intact' && theirs?.kind === 'intact') expect(ours.header.lineage).not.to.equal(theirs.header.lineage);
  for (const disk of [this.disk, this.disk.crash()]) expectVerified(disk);
});

/** It opens without a word, and goes on. */
function expectVerified(disk: SimulatedDisk): void {
  expect(salvaged(disk).verify()).to.deep.include({ ok: true, problems: [] });
  const journal = salvaged(disk.fork(), false);
  expect(journal.diagnostics().open_report).to.include({ bytes_cut: 0 });
  journal.append({ entity: 'e1', scope: 'test' }, 0x1001, 'after');
  expect(journal.verify()).to.deep.include({ ok: true, problems: [] });
}

Then(
  /^(?:nothing is|that event is|all of that segment is|all of that batch is|all under that fence is|what it cannot read is) lost, and every other event that was shown reads back the same$/,
  function (this: SalvageWorld) {
    const wanted = this.written.shown.filter(({ event_id }) => !this.gone.has(event_id));
    expect(shownIn(salvaged(this.disk)).map(asText)).to.deep.equal(wanted.map(asText));
    const gone = this.written.shown.length - wanted.length;
    expect(this.report.events).to.equal(wanted.length);
    expect(this.report.events_lost).to.be.at.least(gone);
    if (gone === 0) expect(this.report.events_lost).to.equal(0);
  },
);

Then('what is lost is told by segment, offset, bytes and reason', function (this: SalvageWorld) {
  for (const one of this.report.lost) {
    expect(one).to.have.all.keys('segment', 'offset', 'bytes', 'reason');
    expect(one.reason).to.have.length.above(5);
  }
  if (this.gone.size > 0) expect(this.report.lost).not.to.deep.equal([]);
});

Then('nothing is lost, and every event is there once', function (this: SalvageWorld) {
  expect(this.report).to.deep.include({ lost: [], events_lost: 0 });
  expect(shownIn(salvaged(this.disk))).to.deep.equal(this.written.shown);
});

Then('nothing that was cancelled is shown', function (this: SalvageWorld) {
  const shown = new Set(this.written.shown.map(asText));
  const found = shownIn(salvaged(this.disk)).map(asText);
  expect(found).to.have.length.above(10);
  expect(found.filter((event) => !shown.has(event))).to.deep.equal([]);
});

Then('what is appended has a sequence that nothing in the journal had', function (this: SalvageWorld) {
  const highest = Math.max(...this.written.shown.map(({ sequence }) => sequence));
  const journal = salvaged(this.disk, false);
  expect(this.gone.size).to.be.above(0);
  expect(journal.append({ entity: 'e1', scope: 'test' }, 0x1001, 'after').sequence).to.be.above(highest);
  expectVerified(this.disk);
});

Then(
  'to salvage nothing is refused with NotFound, into the journal with InvalidArgument, and over something with AlreadyExists',
  function (this: SalvageWorld) {
    const refused = (from: string, to: string): unknown => {
      try {
        return Journal.salvage(from, to, { disk: this.disk });
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    this.disk.plant('/full/of-something', 'x');
    expect([refused('/nowhere', target), refused(directory, `${directory}/new`), refused(directory, '/full')]).to.deep.equal([
      'NotFound',
      'InvalidArgument',
      'AlreadyExists',
    ]);
  },
);

Then('a journal of a newer version is refused with SchemaVersionUnsupported', async function (this: SalvageWorld) {
  const { crc32 } = await import('node:zlib');
  change(this, 2, (bytes) => {
    bytes.writeUInt32LE(2, 8);
    bytes.writeUInt32LE(crc32(bytes.subarray(0, 124)), 124);
  });
  expect(() => Journal.salvage(directory, target, { disk: this.disk }))
    .to.throw()
    .with.property('code', 'SchemaVersionUnsupported');
  expect([...this.disk.snapshotTree().keys()]).not.to.include(target);
});

When(
  /^(\d+) journals with (.+) in random places are salvaged$/,
  { timeout: 900_000 },
  function (this: SalvageWorld, count: string, kind: DamageKind) {
    this.wrong = [];
    for (let seed = 0; seed < Number(count); seed++) {
      const wrong = whyNotSalvaged(seed, kind);
      if (wrong !== undefined) this.wrong.push(`seed ${seed}: ${wrong}`);
    }
  },
);

/** Damages a journal and salvages it; what is wrong with what comes of it. */
function whyNotSalvaged(seed: number, kind: DamageKind): string | undefined {
  const draw = drawing(seed);
  const written = writeJournal(draw);
  const { disk } = written;
  const damages = damageRandomly(disk, kind, draw);
  if (segmentsOn(disk).length === 0) return undefined;
  const { events, lost } = Journal.salvage(directory, target, { disk, segmentMaxBytes: 512 + draw(2048) });
  const journal = salvaged(disk);
  const { ok, problems } = journal.verify();
  if (!ok) return `it is not verified: ${JSON.stringify(problems)}`;
  const found = shownIn(journal);
  if (found.length !== events) return `it shows ${found.length} events, and ${events} are told`;
  const known = new Set(written.shown.map(asText));
  const invented = found.find((event) => !known.has(asText(event)));
  if (invented !== undefined) return `it shows ${JSON.stringify(invented)}`;
  const there = new Set(found.map(asText));
  const missing = certain(written, untouched(written.frames, damages)).filter((event) => !there.has(asText(event)));
  if (missing.length > 0) return `it does not show ${JSON.stringify(missing[0])}`;
  if (kind === 'flipped bits' && lost.length === 0 && found.length < written.shown.length) return 'events are missing, and nothing is told';
  expectVerified(disk);
  return undefined;
}

Then('each new one is verified, and shows no event that was not shown, nor any other bytes', function (this: SalvageWorld) {
  expect(this.wrong).to.deep.equal([]);
});

Then('each shows every event whose frame is whole', function (this: SalvageWorld) {
  expect(this.wrong).to.deep.equal([]);
});

When('it is salvaged, and EIO is met at each step', function (this: SalvageWorld) {
  this.outcomes = [];
  for (const when of ['before', 'after']) {
    for (let nth = 1; ; nth++) {
      const disk = this.disk.fork();
      const fault = disk.fault({ nth, after: when === 'after', effect: 'EIO' });
      let told = 'made';
      try {
        Journal.salvage(directory, target, { disk, segmentMaxBytes: 1024 });
      } catch (error) {
        told = (error as { code: string }).code;
      }
      disk.disarm();
      if (fault.strikes === 0) break;
      this.outcomes.push(`${told}: ${lookedAt(disk, this.written.shown)}, ${lookedAt(disk.crash(), this.written.shown)}`);
    }
  }
});

function lookedAt(disk: SimulatedDisk, wanted: readonly JournalEvent[]): string {
  if (![...disk.snapshotTree().keys()].includes(target)) return 'none';
  return JSON.stringify(shownIn(salvaged(disk))) === JSON.stringify(wanted) ? 'whole' : 'something else';
}

Then('each time the new journal is there whole, also after a power cut, or not at all', function (this: SalvageWorld) {
  expect(this.outcomes).to.have.length.above(100);
  expect(this.outcomes.filter((one) => !/^(made: whole, whole|\w+: (none|whole), (none|whole))$/.test(one))).to.deep.equal([]);
  expect(this.outcomes.some((one) => one === 'IoError: none, none')).to.equal(true);
});

const idsOf = (frames: readonly WrittenFrame[]): Set<string> => new Set(frames.flatMap(({ events }) => events.map(({ id }) => id)));
