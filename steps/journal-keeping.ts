import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { RealDisk } from '../src/disk/real-disk.js';
import { runToMerge } from '../src/journal/compaction.js';
import {
  type Cursor,
  EventIndex,
  type Fence,
  Journal,
  type JournalEvent,
  saveCursorCheckpoint,
  writeCancelledRanges,
  writeCheckpoint,
} from '../src/journal/index.js';
import { type Disk, SimulatedDisk, type StepKind } from '../src/sim/index.js';
import type { CatalogWorld } from '../support/world.js';

interface KeepingWorld extends CatalogWorld {
  disk: SimulatedDisk;
  journal: Journal;
  reader: Journal;
  fence: Fence;
  cursor: Cursor;
  before: readonly JournalEvent[];
  read: readonly JournalEvent[];
  compacted: ReturnType<Journal['compact']>;
  tries: readonly { readonly at: string; readonly outcome: string; readonly isSame: boolean }[];
  folder1: string;
  failure: unknown;
}

const directory = '/journal';
const of = (entity: string) => ({ entity, scope: 'test' });
const fact = 0x1001;
const lineage = '019ab000-0000-7000-8000-000000000000';

function opened(disk: Disk, options: Partial<Parameters<typeof Journal.open>[0]> = {}): Journal {
  return Journal.open({ directory, disk, lifecycle: 'lazy', ...options });
}

function begin(world: KeepingWorld, options: Partial<Parameters<typeof Journal.open>[0]> = {}): void {
  world.disk = new SimulatedDisk();
  world.journal = opened(world.disk, options);
}

const payloads = (journal: Journal, entity: string): unknown[] => [...journal.read({ entity })].map(({ payload }) => payload);
const all = (journal: Journal): JournalEvent[] => JSON.parse(JSON.stringify([...journal.read()]));

Given('a journal with a reader beside it', function (this: KeepingWorld) {
  begin(this);
  this.journal.append(of('a'), fact, 'before');
  this.reader = opened(this.disk.process(), { readOnly: true });
});

When('two events are appended under a fence', function (this: KeepingWorld) {
  this.fence = this.journal.fence();
  for (const payload of [1, 2]) this.fence.append(of('fenced'), fact, payload);
});

When('the fence is committed', function (this: KeepingWorld) {
  this.fence.commit();
});

When('the fence is cancelled', function (this: KeepingWorld) {
  this.fence.cancel();
});

When(/^its writer is (closed|killed)$/, function (this: KeepingWorld, how: string) {
  if (how === 'closed') this.journal.close();
  else this.disk = this.disk.fork();
});

Then('the writer sees {int} of them, and the reader {int}', function (this: KeepingWorld, writers: number, readers: number) {
  expect(payloads(this.journal, 'fenced')).to.have.length(writers);
  expect(payloads(this.reader, 'fenced')).to.have.length(readers);
  expect(payloads(this.reader, 'a')).to.deep.equal(['before']);
});

Then('when the power is cut and the journal is opened, {int} of them are there', function (this: KeepingWorld, count: number) {
  const journal = opened(this.disk.crash());
  expect(payloads(journal, 'fenced')).to.deep.equal([1, 2].slice(0, count));
  expect(payloads(journal, 'a')).to.include('before');
});

Then('an event that is appended then has the sequence after theirs', function (this: KeepingWorld) {
  const { sequence } = this.journal.append(of('a'), fact, 'after');
  // What tells of the opening, and the one before them, come first.
  expect(sequence).to.equal(2 + 2 + 1);
  expect(payloads(this.reader, 'a')).to.deep.equal(['before', 'after']);
});

Then(
  'when the journal is opened again, {int} of them are there, and the file says which are hidden',
  function (this: KeepingWorld, count: number) {
    const journal = opened(this.disk);
    expect(payloads(journal, 'fenced')).to.have.length(count);
    const bytes = Buffer.from(this.disk.bytesAt(`${directory}/cancelled-ranges`));
    expect([bytes.readUInt32LE(16), bytes.readUInt32LE(24), bytes.readUInt32LE(32)]).to.deep.equal([1, 3, 4]);
  },
);

When('ranges beyond its end are cancelled, and it is opened again', function (this: KeepingWorld) {
  this.journal.close();
  writeCancelledRanges(this.disk, directory, [{ from: 2, to: 9 }]);
  this.journal = opened(this.disk);
  expect(this.journal.diagnostics().sequence.accepted).to.equal(2);
});

Then('what is appended after any power cut is seen, and seen again', function (this: KeepingWorld) {
  for (const { disk } of this.disk.crashStates({ samples: 50, limit: 50 })) {
    const journal = opened(disk);
    for (const payload of [1, 2, 3]) journal.append(of('later'), fact, payload);
    expect(payloads(journal, 'later')).to.deep.equal([1, 2, 3]);
    expect(payloads(journal, 'fenced')).to.deep.equal([]);
    expect(payloads(opened(disk.crash()), 'later')).to.deep.equal([1, 2, 3]);
  }
});

Then('other appends and another fence are refused with FenceActive', function (this: KeepingWorld) {
  for (const work of [() => this.journal.append(of('a'), fact, 1), () => this.journal.fence()]) {
    expect(work).to.throw().with.property('code', 'FenceActive');
  }
});

Then('what is appended under the fence goes on from what is under it: versions, keys and hashes', function (this: KeepingWorld) {
  const keyed = this.fence.append(of('fenced'), fact, 3, { expected: 2, idempotencyKey: 'third' });
  expect(this.fence.append(of('fenced'), fact, 'other', { idempotencyKey: 'third' }).event_id).to.equal(keyed.event_id);
  const { event_hash } = keyed;
  this.fence.commit();
  expect(this.journal.get(keyed.event_id)).to.include({ version: 3, event_hash, payload: 3 });
  expect(this.journal.verify()).to.include({ ok: true });
});

Then('appending under it, committing it and cancelling it are refused with Closed', function (this: KeepingWorld) {
  for (const work of [() => this.fence.append(of('a'), fact, 1), () => this.fence.commit(), () => this.fence.cancel()]) {
    expect(work).to.throw().with.property('code', 'Closed');
  }
});

Given('a journal of 10 events with a cursor', function (this: KeepingWorld) {
  begin(this);
  for (let nth = 1; nth <= 10; nth++) this.journal.append(of('a'), fact, nth);
  this.cursor = this.journal.cursor('follower', { entity: 'a' });
});

Given('a journal of 10 events that were not synced, with a cursor of a reader', function (this: KeepingWorld) {
  begin(this, { syncEveryNEvents: 1000 });
  for (let nth = 1; nth <= 10; nth++) this.journal.append(of('a'), fact, nth);
  this.cursor = opened(this.disk.process(), { readOnly: true }).cursor('follower', { entity: 'a' });
});

Given('a journal of 10 events that are not synced, with a cursor', function (this: KeepingWorld) {
  begin(this, { syncEveryNEvents: 1000 });
  for (let nth = 1; nth <= 10; nth++) this.journal.append(of('a'), fact, nth);
  this.cursor = this.journal.cursor('follower', { entity: 'a' });
});

When('a sync fails as they are polled', function (this: KeepingWorld) {
  this.disk.faultOn('Sync', 1);
  expect(() => this.cursor.poll())
    .to.throw()
    .with.property('code', 'IoError');
});

Then('polling again gives none of them, and what was submitted is CommitUnknown', async function (this: KeepingWorld) {
  expect(this.cursor.poll()).to.deep.equal([]);
  this.cursor.commit();
  expect(this.cursor.committed).to.equal(0);
  expect(this.journal.diagnostics().sequence.durable).to.equal(0);
  begin(this, { syncEveryNEvents: 1000, segmentMaxBytes: 512 });
  const submitted = [1, 2, 3, 4, 5].map((nth) => this.journal.submit(of('a'), fact, 'x'.repeat(60 * nth)));
  // The first sync is that of a segment that is full, after some of them were written.
  this.disk.faultOn('Sync', 3);
  const outcomes = (await Promise.allSettled(submitted)).map((one) => (one.status === 'fulfilled' ? 'told' : one.reason.code));
  expect(outcomes[0]).to.equal('CommitUnknown');
  expect(outcomes).not.to.include('told');
});

When('{int} events are polled and committed, and {int} more are polled', function (this: KeepingWorld, committed: number, polled: number) {
  expect(this.cursor.poll({ limit: committed })).to.have.length(committed);
  this.cursor.commit();
  expect(this.cursor.poll({ limit: polled })).to.have.length(polled);
});

Then('whoever opens the cursor next is delivered the events from the {int}th on', function (this: KeepingWorld, first: number) {
  this.journal.close();
  const delivered = opened(this.disk.crash()).cursor('follower', { entity: 'a' }).poll();
  expect(delivered.map(({ payload }) => payload)).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10].slice(first - 1));
});

When('all events are polled and committed, and 3 others and 2 of its region are appended', function (this: KeepingWorld) {
  expect(this.cursor.poll()).to.have.length(10);
  this.cursor.commit();
  for (const entity of ['b', 'a', 'ab', 'a:c', 'b']) this.journal.append(of(entity), fact, entity);
});

Then('the cursor is delivered those 2, and then none', function (this: KeepingWorld) {
  expect(this.cursor.poll().map(({ payload }) => payload)).to.deep.equal(['a', 'a:c']);
  expect(this.cursor.poll()).to.deep.equal([]);
});

When('all events are polled and committed while 2 are appended under a fence', function (this: KeepingWorld) {
  this.fence = this.journal.fence();
  for (const payload of ['first', 'second']) this.fence.append(of('a'), fact, payload);
  expect(this.cursor.poll()).to.have.length(10);
  this.cursor.commit();
});

Then('they are delivered after the fence was committed', function (this: KeepingWorld) {
  expect(this.cursor.poll()).to.deep.equal([]);
  this.fence.commit();
  expect(this.cursor.poll().map(({ payload }) => payload)).to.deep.equal(['first', 'second']);
});

When('all events are polled and committed', function (this: KeepingWorld) {
  expect(this.cursor.poll()).to.have.length(10);
  this.cursor.commit();
});

Then(
  'a reader and the next writer find the cursor where it was, and are delivered only what is appended then',
  function (this: KeepingWorld) {
    const { committed } = this.cursor;
    const reader = opened(this.disk.process(), { readOnly: true }).cursor('follower', { entity: 'a' });
    const writer = opened(this.disk.crash()).cursor('follower', { entity: 'a' });
    for (const cursor of [reader, writer]) {
      expect(cursor.committed).to.equal(committed);
      expect(cursor.poll()).to.deep.equal([]);
    }
    this.journal.append(of('a'), fact, 'later');
    expect(reader.poll().map(({ payload }) => payload)).to.deep.equal(['later']);
  },
);

When('all events are polled and committed, and the power is cut', function (this: KeepingWorld) {
  expect(this.cursor.poll()).to.have.length(10);
  this.cursor.commit();
  this.disk = this.disk.crash();
});

Then('all that the cursor has passed is there', function (this: KeepingWorld) {
  const journal = opened(this.disk);
  expect(payloads(journal, 'a')).to.have.length(10);
  expect(journal.cursor('follower', { entity: 'a' }).poll()).to.deep.equal([]);
});

When(
  /^what was saved of it is (damaged|of another region|of another journal|beyond the end)$/,
  function (this: KeepingWorld, saved: string) {
    this.cursor.poll();
    this.cursor.commit();
    const path = `${directory}/cursors/follower`;
    const bytes = Buffer.from(this.disk.bytesAt(path));
    const mine = `${bytes
      .subarray(16, 32)
      .toString('hex')
      .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')}`;
    const region = bytes.subarray(40).toString();
    const save = (checkpoint: Parameters<typeof saveCursorCheckpoint>[3]): void =>
      saveCursorCheckpoint(this.disk, directory, 'follower', checkpoint);
    if (saved === 'damaged') this.disk.plant(path, bytes.subarray(0, -1));
    if (saved === 'of another region') save({ lineage: mine, region: 'entity=b|scope|fact|from|to', position: 3 });
    if (saved === 'of another journal') save({ lineage, region, position: 3 });
    if (saved === 'beyond the end') save({ lineage: mine, region, position: 1000 });
  },
);

Then(/^asking for it is refused with (\w+)$/, function (this: KeepingWorld, code: string) {
  expect(() => this.journal.cursor('follower', { entity: 'a' }))
    .to.throw()
    .with.property('code', code);
});

Then(/^cursors called (.*) are refused with InvalidArgument$/, function (this: KeepingWorld, names: string) {
  begin(this);
  const called = [...names.matchAll(/"([^"]*)"/g)].map(([, name = '']) => name);
  expect(called).to.have.length(7);
  for (const name of called)
    expect(() => this.journal.cursor(name), name)
      .to.throw()
      .with.property('code', 'InvalidArgument');
});

Given('a journal of many segments', function (this: KeepingWorld) {
  begin(this, { segmentMaxBytes: 512 });
  for (let nth = 1; nth <= 16; nth++) this.journal.append(of(`entity-${nth % 3}`), fact, { nth, pad: 'x'.repeat(40) });
  this.reader = opened(this.disk.process(), { readOnly: true });
  this.before = all(this.reader);
  expect(this.before).to.have.length(17);
});

Then(
  /^of sealed segments of ([\d, ]+) MiB those that are merged are ([\d, ]+|none), where at least (\d+) must be$/,
  (sizes: string, merged: string, least: string) => {
    const sealed = sizes.split(', ').map((size, at) => ({ number: at + 1, end: Number(size) * 2 ** 20, size: Number(size) * 2 ** 20 }));
    const run = runToMerge(sealed, Number(least))?.map(({ number }) => number);
    expect(run?.join(', ') ?? 'none').to.equal(merged);
  },
);

When('it is compacted', function (this: KeepingWorld) {
  this.before = all(this.journal);
  this.compacted = this.journal.compact({ strategy: 'merge' });
});

Then('it was Performed, and fewer segments are there', function (this: KeepingWorld) {
  expect(this.compacted).to.include({ outcome: 'Performed' });
  expect(this.compacted.segments_removed).to.be.above(3);
  expect(this.compacted.bytes_reclaimed).to.be.above(0);
  expect(segmentsOn(this.disk)).to.have.length(2);
});

Then(
  'every event reads back the same, by id, sequence and payload, here, by a reader that was open, and when it is opened again',
  function (this: KeepingWorld) {
    expect(all(this.journal)).to.deep.equal(this.before);
    expect(all(this.reader)).to.deep.equal(this.before);
    this.journal.append(of('a'), fact, 'after');
    const after = all(this.journal);
    expect(after.slice(0, this.before.length)).to.deep.equal(this.before);
    expect(all(opened(this.disk.crash()))).to.deep.equal(after);
    this.journal.close();
    expect(all(opened(this.disk))).to.deep.equal(after);
    expect(opened(this.disk, { readOnly: true }).verify()).to.include({ ok: true });
  },
);

Then('it was Skipped, and nothing changed', function (this: KeepingWorld) {
  expect(this.compacted).to.include({ outcome: 'Skipped', segments_removed: 0, bytes_reclaimed: 0 });
  expect(all(this.journal)).to.deep.equal(this.before);
});

When('it is compacted, and EIO is met at each step, before it and after it', function (this: KeepingWorld) {
  const tries: KeepingWorld['tries'][number][] = [];
  this.journal.close();
  for (const when of ['before', 'after'] as const) {
    for (let nth = 1; ; nth++) {
      const disk = this.disk.fork();
      const journal = opened(disk);
      const struck = strike(disk, nth, when);
      const { outcome } = journal.compact({ strategy: 'merge' });
      if (!struck.isStruck()) break;
      struck.rest();
      const isSame = [journal, opened(disk.crash()), opened(disk.fork())].every((one) => sameEvents(all(one), this.before));
      tries.push({ at: `${when} ${struck.kind()}`, outcome, isSame });
    }
  }
  this.tries = tries;
});

Then('each time every event reads back the same, before and after it was opened again', function (this: KeepingWorld) {
  expect(this.tries.filter(({ isSame }) => !isSame)).to.deep.equal([]);
  expect(this.tries).to.have.length.above(40);
});

Then('it was Failed or Performed, and Failed where the swap was refused', function (this: KeepingWorld) {
  const outcomes = new Set(this.tries.map(({ outcome }) => outcome));
  expect([...outcomes]).to.have.members(['Failed', 'Performed']);
  const swaps = this.tries.filter(({ at }) => at === 'before Rename');
  expect(swaps.map(({ outcome }) => outcome)).to.deep.equal(['Failed']);
});

Given(
  /^a journal of segments of 512 bytes with a reader that knows (its first event|several segments)$/,
  function (this: KeepingWorld, knows: string) {
    begin(this, { segmentMaxBytes: 512 });
    for (let nth = 1; nth <= (knows === 'several segments' ? 12 : 1); nth++) this.journal.append(of('a'), fact, nth);
    this.reader = opened(this.disk.process(), { readOnly: true });
    if (knows === 'its first event') expect(all(this.reader)).to.have.length(2);
  },
);

When('12 events are appended to it and it is compacted, before the reader looks again', function (this: KeepingWorld) {
  for (let nth = 1; nth <= 12; nth++) this.journal.append(of('a'), fact, nth);
  this.before = all(this.journal);
  expect(this.journal.compact({ strategy: 'merge' })).to.include({ outcome: 'Performed' });
});

Then('the reader finds every event, by id, in order and with its hashes', function (this: KeepingWorld) {
  for (const { event_id, payload } of this.before) expect(this.reader.get(event_id)).to.deep.include({ event_id, payload });
  expect(all(this.reader)).to.deep.equal(this.before);
});

When('the reader takes one event, and the journal is compacted before it takes the next', function (this: KeepingWorld) {
  this.before = all(this.journal);
  const reading = this.reader.read();
  const first = reading.next().value as JournalEvent;
  expect(this.journal.compact({ strategy: 'merge' })).to.include({ outcome: 'Performed' });
  this.read = [first, ...reading];
});

Then('the reader was given every event', function (this: KeepingWorld) {
  expect(JSON.parse(JSON.stringify(this.read))).to.deep.equal(this.before);
});

When(/^it is compacted on a disk of which the first Rename fails$/, function (this: KeepingWorld) {
  this.before = all(this.journal);
  this.disk.faultOn('Rename', 1);
  this.compacted = this.journal.compact({ strategy: 'merge' });
});

Then(
  'it was Failed, the reason names Rename, and every event reads back the same, before and after it was opened again',
  function (this: KeepingWorld) {
    expect(this.compacted).to.include({ outcome: 'Failed', segments_removed: 0 });
    expect(this.compacted.reason).to.include('Rename');
    expect(all(this.journal)).to.deep.equal(this.before);
    expect(all(opened(this.disk.crash()))).to.deep.equal(this.before);
    this.disk.disarm();
    this.journal.close();
    expect(all(opened(this.disk))).to.deep.equal(this.before);
  },
);

const chain = { next: 1, sequence: 1, hash: Buffer.alloc(32), durableTo: 0 };

/** What is persisted, and under which name. */
const persists: Readonly<
  Record<string, { readonly file: string; readonly persist: (disk: Disk, directory: string, nth: number) => void }>
> = {
  'cancelled ranges are written': {
    file: 'cancelled-ranges',
    persist: (disk, place, nth) => writeCancelledRanges(disk, place, [{ from: nth, to: nth + 1 }]),
  },
  'a cursor is saved': {
    file: 'cursors/follower',
    persist: (disk, place, nth) => saveCursorCheckpoint(disk, place, 'follower', { lineage, region: 'all', position: nth }),
  },
  'a checkpoint is written': {
    file: 'checkpoint',
    persist: (disk, place, nth) => {
      const index = new EventIndex();
      index.add({ segment: 1, offset: 248, length: 50, sequence: nth, id: lineage, entity: 'a', version: 1, wallMs: 1 });
      writeCheckpoint(disk, place, { lineage, chain, lastFrame: undefined, segments: [{ number: 1, end: 128, size: 128 }], index });
    },
  },
  'a checkpoint of nothing is written': {
    file: 'checkpoint',
    persist: (disk, place, nth) =>
      writeCheckpoint(disk, place, {
        lineage,
        chain,
        lastFrame: undefined,
        segments: [{ number: nth, end: 128, size: 128 }],
        index: new EventIndex(),
      }),
  },
};

const persistOf = (what: string) => persists[what] ?? expect.fail(`nothing persists as ${what}`);

When(/^(.*), on a disk of the machine$/, async function (this: KeepingWorld, what: string) {
  this.folder1 = join(await this.folder(), persistOf(what).file);
  persistOf(what).persist(new RealDisk({ blocking: true }), await this.folder(), 1);
});

Then('it is there', function (this: KeepingWorld) {
  expect(existsSync(this.folder1)).to.equal(true);
});

When(/^(.*) on a simulated disk of which the first (\w+) fails$/, function (this: KeepingWorld, what: string, kind: StepKind) {
  const { file, persist } = persistOf(what);
  this.disk = new SimulatedDisk({ root: [directory] });
  persist(this.disk, directory, 1);
  this.folder1 = Buffer.from(this.disk.bytesAt(join(directory, file))).toString('hex');
  this.disk.faultOn(kind, 1);
  try {
    persist(this.disk, directory, 2);
  } catch (error) {
    this.failure = error;
  }
  const after = this.disk.crash();
  expect(Buffer.from(after.bytesAt(join(directory, file))).toString('hex')).to.equal(this.folder1);
});

Then(/^the failure names (\w+), and what was there before is there$/, function (this: KeepingWorld, kind: string) {
  expect(String(this.failure)).to.include(`injected fault on ${kind}`);
  // Nothing is left over.
  expect([...this.disk.snapshotTree().keys()].filter((path) => path.endsWith('.tmp'))).to.deep.equal([]);
});

When(
  'cancelled ranges are written, and then none, on a simulated disk of which the second PersistTemp fails',
  function (this: KeepingWorld) {
    this.disk = new SimulatedDisk({ root: [directory] }).faultOn('PersistTemp', 2);
    writeCancelledRanges(this.disk, directory, [{ from: 1, to: 2 }]);
    expect(this.disk.bytesAt(`${directory}/cancelled-ranges`).byteLength).to.be.above(0);
    writeCancelledRanges(this.disk, directory, []);
  },
);

Then('no file of cancelled ranges is there, and nothing failed', function (this: KeepingWorld) {
  expect([...this.disk.crash().snapshotTree().keys()]).to.not.include(`${directory}/cancelled-ranges`);
});

function segmentsOn(disk: SimulatedDisk): string[] {
  return [...disk.snapshotTree().keys()].filter((path) => path.endsWith('.seg'));
}

function sameEvents(found: readonly JournalEvent[], wanted: readonly JournalEvent[]): boolean {
  return JSON.stringify(found) === JSON.stringify(wanted);
}

interface Striking {
  readonly isStruck: () => boolean;
  readonly kind: () => string;
  readonly rest: () => void;
}

/** EIO at one step of those that come. */
function strike(disk: SimulatedDisk, nth: number, when: 'before' | 'after'): Striking {
  const perform = disk.perform.bind(disk);
  let [count, kind] = [0, ''];
  disk.perform = (step) => {
    if (++count !== nth) return perform(step);
    kind = step.kind;
    if (when === 'after') perform(step);
    throw Object.assign(new Error(`EIO: injected fault on ${step.kind}`), { code: 'EIO' });
  };
  const rest = (): void => {
    disk.perform = perform;
  };
  return { isStruck: () => count >= nth, kind: () => kind, rest };
}
