import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { crc32 } from 'node:zlib';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { isCatalogError } from '../src/core/errors.js';
import { encodeEvent } from '../src/journal/event-record.js';
import { encodeFrame, noHash } from '../src/journal/frame.js';
import { Journal, type JournalEvent, type JournalSequences, type Receipt } from '../src/journal/index.js';
import { encodeSegmentHeader } from '../src/journal/segment-header.js';
import { SimulatedDisk } from '../src/sim/index.js';
import { projectRoot } from '../support/checks/sources.js';
import type { CatalogWorld } from '../support/world.js';

/** What was said of a journal when it was made. */
interface Said {
  readonly verification: unknown;
  readonly sequence: Pick<JournalSequences, 'accepted' | 'visible'>;
  readonly cursor: number;
  readonly events: readonly JournalEvent[];
}

interface FormatWorld extends CatalogWorld {
  disk: SimulatedDisk;
  said: Said;
  shown: Said;
  receipt: Receipt | undefined;
  untouched: ReadonlyMap<string, Buffer>;
  flips: { count: number; readonly wrong: string[]; readonly cuts: string[] };
  made: Buffer;
  documented: Buffer;
}

const directory = '/journal';
const fixtures = join(projectRoot, 'features/fixtures');
const followed = { entity: 'model:mistral-7b' };
const allowed = ['CorruptSegment', 'SchemaVersionUnsupported', 'CursorCheckpointCorrupt'];

Given('the journal that version 1 left', function (this: FormatWorld) {
  const folder = join(fixtures, 'journal-1');
  const said = JSON.parse(readFileSync(`${folder}.json`, 'utf8'));
  this.said = { ...said, sequence: reachOf(said.sequence) };
  this.disk = new SimulatedDisk({ root: [directory, `${directory}/cursors`] });
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) this.disk.plant(join(directory, relative(folder, path)), readFileSync(path));
  }
});

Given('a journal of 16 KiB with a clean end', function (this: FormatWorld) {
  this.disk = new SimulatedDisk({ root: ['/'] });
  const journal = Journal.open({ directory, disk: this.disk, segmentMaxBytes: 4096 });
  for (let nth = 0; filesOf(this.disk).reduce((sum, [, bytes]) => sum + bytes.byteLength, 0) < 20 * 1024; nth++) {
    journal.append({ ...followed, scope: 'catalog' }, 0x1001, { nth, pad: 'some text that takes room' });
  }
  journal.cursor('follower', followed).commit();
  journal.close();
  this.said = saidOf(this.disk);
});

Given('its checkpoint is gone', function (this: FormatWorld) {
  this.disk.uproot(`${directory}/checkpoint`);
});

Given(/^its (\S+) is of version 2$/, function (this: FormatWorld, file: string) {
  const bytes = Buffer.from(this.disk.bytesAt(join(directory, file)));
  bytes.writeUInt32LE(2, 8);
  if (file.endsWith('.seg')) bytes.writeUInt32LE(crc32(bytes.subarray(0, 124)), 124);
  else bytes.writeUInt32LE(crc32(bytes.subarray(16), crc32(bytes.subarray(0, 12))), 12);
  this.disk.plant(join(directory, file), bytes);
});

When('all of it is read', function (this: FormatWorld) {
  this.shown = saidOf(this.disk);
});

Then('it is what version 1 said of it', function (this: FormatWorld) {
  expect(this.shown).to.deep.equal(this.said);
});

When('it is opened for writing, and an event is appended', async function (this: FormatWorld) {
  this.untouched = new Map(filesOf(this.disk));
  await this.attempt(() => {
    const journal = Journal.open({ directory, disk: this.disk, segmentMaxBytes: 1024, lifecycle: 'lazy' });
    this.receipt = journal.append({ ...followed, scope: 'catalog' }, 0x1001, 'one more');
    journal.close();
  });
});

Then(
  'its sequence follows the last, its version follows that of its entity, and all events before it are as they were',
  function (this: FormatWorld) {
    const { events } = saidOf(this.disk);
    const before = this.said.events.length;
    expect(events.slice(0, before)).to.deep.equal(this.said.events);
    // The first tells of the opening.
    const [opening, added, ...others] = events.slice(before);
    expect(others).to.deep.equal([]);
    expect(opening).to.deep.include({ kind: 0x0008, sequence: (this.said.events.at(-1)?.sequence ?? 0) + 1 });
    expect(added).to.deep.include({ event_id: this.receipt?.event_id, sequence: (opening?.sequence ?? 0) + 1, payload: 'one more' });
    const versions = this.said.events.filter(({ coordinate }) => coordinate.entity === followed.entity).map(({ version }) => version);
    expect(added?.version).to.equal(Math.max(...versions) + 1);
  },
);

When('each of its files is taken away in turn', function (this: FormatWorld) {
  this.flips = { count: 0, wrong: [], cuts: [] };
});

Then(
  'without {string} it is the same, and without a segment it is refused with CorruptSegment',
  function (this: FormatWorld, spare: string) {
    const segments = filesOf(this.disk).flatMap(([path]) => (path.endsWith('.seg') ? [path] : []));
    expect(segments).to.have.length.above(3);
    for (const segment of segments) {
      const disk = this.disk.fork();
      disk.uproot(segment);
      expect(() => saidOf(disk), segment)
        .to.throw()
        .with.property('code', 'CorruptSegment');
    }
    const disk = this.disk.fork();
    disk.uproot(join(directory, spare));
    expect(saidOf(disk)).to.deep.equal(this.said);
  },
);

When('its cursor is asked for', async function (this: FormatWorld) {
  this.untouched = new Map(filesOf(this.disk));
  const journal = Journal.open({ directory, disk: this.disk, readOnly: true });
  await this.attempt(() => journal.cursor('follower', followed));
});

Then('that is refused with SchemaVersionUnsupported, and no file was changed', function (this: FormatWorld) {
  const { code, details } = this.takeRefusal();
  expect([code, details.found, details.supported]).to.deep.equal(['SchemaVersionUnsupported', 2, 1]);
  const left = filesOf(this.disk).filter(([path]) => !path.endsWith('journal.lock'));
  expect(left).to.deep.equal([...this.untouched]);
});

When(
  /^(a bit of every third byte|each bit) of each of its files is flipped in turn, and the journal is read$/,
  { timeout: 900_000 },
  function (this: FormatWorld, which: string) {
    this.flips = { count: 0, wrong: [], cuts: [] };
    for (const [path, bytes] of filesOf(this.disk)) {
      if (path.endsWith('journal.lock')) continue;
      for (let bit = 0; bit < bytes.byteLength * 8; bit += which === 'each bit' ? 1 : 25) flip(this, path, bytes, bit);
    }
  },
);

Then(
  'each time every event is as it was said, or the error is CorruptSegment, SchemaVersionUnsupported or CursorCheckpointCorrupt',
  function (this: FormatWorld) {
    expect(this.flips.count).to.be.above(1500);
    expect(this.flips.wrong).to.deep.equal([]);
  },
);

Then('nothing was cut', function (this: FormatWorld) {
  expect(this.flips.cuts).to.deep.equal([]);
});

Then('at least {int} bits were flipped, and nothing was cut', function (this: FormatWorld, least: number) {
  expect(this.flips.count).to.be.at.least(least);
  expect(this.flips.cuts).to.deep.equal([]);
});

When('the segment of FORMAT.md is made by the code', function (this: FormatWorld) {
  const text = readFileSync(join(projectRoot, 'FORMAT.md'), 'utf8');
  const [, dump = ''] = /```hexdump\n([^`]+)```/.exec(text) ?? [];
  const lines = dump.split('\n').map((line) => line.slice(6, 54).replaceAll(' ', ''));
  this.documented = Buffer.from(lines.join(''), 'hex');
  this.made = exampleSegment();
});

Then('its bytes are those that are shown', function (this: FormatWorld) {
  expect(this.documented.byteLength).to.be.above(300);
  expect(this.made.toString('hex')).to.equal(this.documented.toString('hex'));
});

function flip({ disk, said, flips }: FormatWorld, path: string, bytes: Buffer, bit: number): void {
  const flipped = Buffer.from(bytes);
  flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
  const damaged = disk.fork().plant(path, flipped);
  flips.count++;
  try {
    const journal = Journal.open({
      directory,
      disk: damaged,
      readOnly: true,
      onOpen: ({ cut }) => cut && flips.cuts.push(`${path} ${bit}`),
    });
    const events = JSON.stringify([...journal.read()]);
    const { position } = journal.cursor('follower', followed);
    if (events !== JSON.stringify(said.events) || position !== said.cursor) flips.wrong.push(`${path} ${bit}: other data`);
  } catch (error) {
    if (!isCatalogError(error) || !allowed.includes(error.code)) flips.wrong.push(`${path} ${bit}: ${String(error)}`);
  }
}

function saidOf(disk: SimulatedDisk): Said {
  const journal = Journal.open({ directory, disk, readOnly: true });
  const said = {
    verification: journal.verify(),
    sequence: reachOf(journal.diagnostics().sequence),
    cursor: journal.cursor('follower', followed).position,
    events: [...journal.read()],
  };
  // As JSON has it, without what is not there.
  return JSON.parse(JSON.stringify(said));
}

function filesOf(disk: SimulatedDisk): [string, Buffer][] {
  return [...disk.snapshotTree()].flatMap(([path, found]) =>
    found.type === 'file' && path.startsWith(`${directory}/`) ? [[path, Buffer.from(found.bytes)]] : [],
  );
}

/** A header, and a frame of one event; all that is shown in FORMAT.md. */
function exampleSegment(): Buffer {
  const id = '019ab000-0000-7000-8000-000000000001';
  const createdMs = Date.UTC(2026, 10, 21);
  const event = encodeEvent({
    id,
    coordinate: { entity: 'a', scope: 'b' },
    kind: 0x1001,
    wallMs: createdMs,
    version: 1,
    correlation: id,
    causation: undefined,
    payloadVersion: 1,
    gates: Buffer.alloc(0),
    payload: Buffer.from('{"n":1}'),
  });
  const lineage = '019ab000-0000-7000-8000-000000000000';
  return Buffer.concat([
    encodeSegmentHeader({ number: 1, firstFrame: 1, sequence: 1, lineage, previousHash: noHash, createdMs, durableTo: 0 }),
    encodeFrame({ type: 'events', number: 1, count: 1, sequence: 1, durableTo: 0, fence: 0, previousHash: noHash, body: event }),
  ]);
}

/** How far it is known to be durable depends on whether a checkpoint says so. */
function reachOf({ accepted, visible }: Said['sequence']): Said['sequence'] {
  return { accepted, visible };
}
