import { crc32 } from 'node:zlib';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { SimulatedDisk } from '../src/disk/simulated-disk.js';
import { segmentPath } from '../src/journal/place.js';
import { segmentHeaderBytes } from '../src/journal/segment-header.js';
import {
  appendEach,
  beginAndOpen,
  calling,
  damaged,
  directory,
  eventOf,
  eventsOf,
  filesOf,
  firstSegment,
  frameBounds,
  type JournalWorld,
  killed,
  open,
  reopen,
  segmentsOf,
  severalSegments,
} from '../support/journal-helpers.js';

interface SegmentWorld extends JournalWorld {
  /** What there was before. */
  files: Record<string, string>;
  others: readonly string[];
}

Then(
  'there are several segments, numbered from 1 on, none larger than {int} bytes but for a single event',
  function (this: SegmentWorld, most: number) {
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

When(/^events of ([\d, and]+) bytes are appended$/, async function (this: SegmentWorld, sizes: string) {
  await appendEach(
    this,
    sizes.split(/, | and /).map((size) => eventOf('a', { payload: size.padEnd(Number(size), '.') })),
  );
});

Then('each of the large ones has a segment of its own', function (this: SegmentWorld) {
  const large = segmentsOf(this.disk).map((number) => Buffer.from(this.disk.bytesAt(segmentPath(directory, number))).toString('latin1'));
  const holding = (size: string) => large.findIndex((text) => text.includes(`"${size}.`));
  const places = ['2000', '3000', '4000'].map(holding);
  expect(new Set([-1, ...places]).size).to.equal(4);
  // One frame of events in each, and none of the small ones.
  for (const place of places) expect(large[place]).not.to.include('"10.');
});

When('it is opened again with segments of {int} bytes', function (this: SegmentWorld, segmentMaxBytes: number) {
  reopen(this, { segmentMaxBytes });
});

When(/^files named (.*) are put beside its segments$/, function (this: SegmentWorld, names: string) {
  this.others = [...names.matchAll(/"([^"]*)"/g)].map(([, name]) => `${directory}/${name}`);
  for (const path of this.others) this.disk.plant(path, path);
});

Then('those files are there as they were', function (this: SegmentWorld) {
  expect(this.others).to.have.lengthOf(5);
  for (const path of this.others) expect(Buffer.from(this.disk.bytesAt(path)).toString()).to.equal(path);
});

When('events are appended until there is a second segment', async function (this: SegmentWorld) {
  while (segmentsOf(this.disk).length < 2) await appendEach(this, eventsOf(1));
});

Then(
  'that was created exclusively, written, synced, and its name synced, before an event was written to it',
  function (this: SegmentWorld) {
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
  async function (this: SegmentWorld, bytes: number) {
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

Then('the report says that segment {int} was unfinished', function (this: SegmentWorld, number: number) {
  expect(this.reports.at(-1)).to.include({ unfinished_segment: number, bytes_cut: 0 });
});

Given(
  /^a journal of several segments, the (first|second|last) of which is of the version (\d+)$/,
  async function (this: SegmentWorld, which: string, version: string) {
    await severalSegments(this);
    const place = which === 'last' ? -1 : ['first', 'second'].indexOf(which);
    const path = segmentPath(directory, segmentsOf(this.disk).at(place) ?? 0);
    const bytes = Buffer.from(this.disk.bytesAt(path));
    bytes.writeUInt32LE(Number(version), 8);
    bytes.writeUInt32LE(crc32(bytes.subarray(0, 124)), 124);
    damaged(this, { [path]: bytes });
  },
);

When(/^it is opened for (writing|reading), whatever comes of it$/, async function (this: SegmentWorld, kind: string) {
  await calling(this, () => open(this, { readOnly: kind === 'reading' }));
});

Then(
  /^the journal refuses it with SchemaVersionUnsupported, found (\d+) and supported (\d+)$/,
  function (this: SegmentWorld, newer: string, supported: string) {
    const { code, details } = this.takeRefusal();
    expect({ code, ...details }).to.include({ code: 'SchemaVersionUnsupported', found: Number(newer), supported: Number(supported) });
  },
);

Then('not a byte of it has changed', function (this: SegmentWorld) {
  expect(Object.keys(this.files).length).to.be.above(0);
  expect(filesOf(this.disk)).to.deep.equal(this.files);
  expect(this.disk.crash()).to.satisfy((disk: SimulatedDisk) => JSON.stringify(filesOf(disk)) === JSON.stringify(this.files));
});
