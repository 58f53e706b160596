import { dirname } from 'node:path';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Disk } from '../src/disk/program.js';
import { SimulatedDisk, type SimulatedDiskOptions } from '../src/disk/simulated-disk.js';
import type { Step } from '../src/disk/steps.js';
import type { JournalEvent, OpenReport } from '../src/journal/index.js';
import { Journal } from '../src/journal/journal.js';
import { cancelledRangesPath, checkpointPath, cursorPath, segmentPath } from '../src/journal/place.js';
import type { JournalOptions } from '../src/journal/settings.js';
import { withEachStep } from '../support/interrupt/disks.js';
import { directory, eventOf, eventsOf, filesOf, flipped, frameBounds, note, segmentsOf } from '../support/journal-helpers.js';
import type { CatalogWorld } from '../support/world.js';

interface RestWorld extends CatalogWorld {
  disk: SimulatedDisk;
  /** All that was in it. */
  before: string;
  looks: readonly string[];
  /** The sources of a compaction, by path. */
  sources: Readonly<Record<string, string>>;
  temp: string;
}

const checkpoint = checkpointPath(directory);
const segmentMaxBytes = 1024;

Given('a journal of several segments that came to a clean end', function (this: RestWorld) {
  this.disk = new SimulatedDisk();
  const journal = opened(this.disk, { lifecycle: 'eager' });
  append(journal, 14);
  journal.close();
  expect(segmentsOf(this.disk)).to.have.length.above(3);
  this.before = allIn(this.disk).said;
});

Given('an empty journal that came to a clean end', function (this: RestWorld) {
  this.disk = new SimulatedDisk();
  opened(this.disk).close();
  this.before = allIn(this.disk).said;
});

When(
  /^its checkpoint has become one that is (there|gone|empty|of another journal|from before its compaction)$/,
  function (this: RestWorld, state: string) {
    const bytes = this.disk.bytesAt(checkpoint);
    if (state === 'gone') this.disk.uproot(checkpoint);
    if (state === 'empty') this.disk.plant(checkpoint, new Uint8Array());
    if (state === 'of another journal') this.disk.plant(checkpoint, ofAnotherJournal());
    if (state !== 'from before its compaction') return;
    const journal = opened(this.disk);
    expect(journal.compact({ strategy: 'merge' }).outcome).to.equal('Performed');
    journal.close();
    this.disk.plant(checkpoint, bytes);
  },
);

Then(
  /^opening takes the path (\w+), because (.*), and (?:all that is in the journal is the same|nothing is in it)$/,
  function (this: RestWorld, path: string, why: string) {
    expectPath(allIn(this.disk).report, path, why);
    expect(allIn(this.disk).said).to.equal(this.before);
    expectPath(opened(this.disk.fork()).diagnostics().open_report, path, why);
  },
);

When('each byte of its checkpoint is wrong in turn', function (this: RestWorld) {
  const bytes = this.disk.bytesAt(checkpoint);
  this.looks = Array.from(bytes, (_, place) => {
    const { report, said } = allIn(this.disk.fork().plant(checkpoint, flipped(bytes, place)));
    return `${report.path}: ${said === this.before ? 'the same' : `byte ${place} changes what is read`}`;
  });
});

Then('each time opening takes the path rebuild, and all that is in the journal is the same', function (this: RestWorld) {
  expect(this.looks).to.have.length.above(500);
  expect(new Set(this.looks)).to.deep.equal(new Set(['rebuild: the same']));
});

When('its last event is cut off', function (this: RestWorld) {
  const path = segmentPath(directory, segmentsOf(this.disk).at(-1) ?? 0);
  const bytes = this.disk.bytesAt(path);
  this.disk.plant(path, bytes.subarray(0, frameBounds(bytes).at(-2)));
});

Then('opening is refused with CorruptSegment, for readers and for writers', function (this: RestWorld) {
  const before = filesOf(this.disk);
  for (const readOnly of [true, false]) {
    expect(() => opened(this.disk.fork(), { readOnly }), `read-only: ${readOnly}`)
      .to.throw()
      .with.property('code', 'CorruptSegment');
  }
  expect(filesOf(this.disk)).to.deep.equal(before);
});

When('it is opened, 3 events are appended, and its writer is killed', function (this: RestWorld) {
  append(opened(this.disk, { lifecycle: 'lazy' }), 3);
  this.disk = this.disk.fork();
});

Then(
  /^opening takes the path (\w+), because (.*), and those 3 events are there after all others$/,
  function (this: RestWorld, path: string, why: string) {
    const { report, said } = allIn(this.disk);
    expectPath(report, path, why);
    const [events, before] = [JSON.parse(said), JSON.parse(this.before)];
    expect(events.slice(0, before.length)).to.deep.equal(before);
    // And one that says that it was opened.
    expect(events).to.have.length(before.length + 1 + 3);
  },
);

Given(/^a journal with a fence that was cancelled(, whose writer did not close it)?$/, function (this: RestWorld, open?: string) {
  this.disk = new SimulatedDisk();
  const journal = opened(this.disk);
  const fence = journal.fence();
  for (const payload of ['hidden', 'hidden too']) fence.append({ entity: 'a', scope: 's' }, note, payload);
  fence.cancel();
  if (!open) journal.close();
});

When('the power is cut in every way, and 3 events are appended', function (this: RestWorld) {
  this.looks = Array.from(this.disk.crashStates(), ({ disk }) => {
    const journal = opened(disk);
    append(journal, 3);
    const here = payloadsIn(journal);
    return `${here}; again: ${payloadsIn(opened(disk.crash()))}`;
  });
});

Then('each time those 3 are read, and nothing that was cancelled', function (this: RestWorld) {
  expect(this.looks).to.have.length.above(0);
  expect(new Set(this.looks)).to.deep.equal(new Set(['0, 1, 2; again: 0, 1, 2']));
});

When('the file of cancelled ranges is damaged', function (this: RestWorld) {
  const path = cancelledRangesPath(directory);
  this.disk.plant(path, flipped(this.disk.bytesAt(path), 30));
});

Given('a journal of segments to compact on a disk of the profile {string}', function (this: RestWorld, profile: Profile) {
  this.disk = new SimulatedDisk({ profile });
  const journal = opened(this.disk);
  append(journal, 12);
  journal.close();
  this.before = allIn(this.disk).said;
});

When('it is compacted, and the power is cut in many ways before each step', function (this: RestWorld) {
  const looks: string[] = [];
  const look = (): void => {
    for (const { disk } of this.disk.crashStates({ exhaustUpTo: 4, samples: 12, limit: 12 })) looks.push(seen(disk, this.before));
  };
  compactWatched(this.disk, look);
  look();
  this.looks = looks;
});

Then('each time every event was as it was, by id, sequence and payload', function (this: RestWorld) {
  expect(this.looks).to.have.length.above(100);
  expect(new Set(this.looks)).to.deep.equal(new Set(['as it was']));
});

When('it is compacted, and its writer is killed before it has removed the sources', function (this: RestWorld) {
  const before = filesOf(this.disk);
  const died = this.disk;
  let killed: SimulatedDisk | undefined;
  compactWatched(died, (step) => {
    if (step.op === 'unlink' && step.path.endsWith('.seg')) killed ??= died.fork();
  });
  this.disk = killed ?? expect.fail('no source was removed');
  const merged = filesOf(this.disk);
  this.sources = Object.fromEntries(Object.entries(before).filter(([path]) => path.endsWith('.seg') && path !== segmentPath(directory, 1)));
  expect(merged[segmentPath(directory, 1)]).to.not.equal(before[segmentPath(directory, 1)]);
});

Then('readers are given every event once, and the sources are there', function (this: RestWorld) {
  expect(allIn(this.disk).said).to.equal(this.before);
  expect(filesOf(this.disk)).to.include(this.sources);
});

Then('who opens to write is given every event once, and the sources are gone', function (this: RestWorld) {
  const journal = opened(this.disk);
  expect(JSON.stringify([...journal.read()])).to.equal(this.before);
  expect(segmentsOf(this.disk.crash())).to.deep.equal([1, segmentsOf(this.disk).at(-1)]);
});

When('one of the sources goes on further than what was merged', function (this: RestWorld) {
  // The last segment was not merged: what bears its frames under a number before it is no source of the merged one.
  const last = segmentPath(directory, segmentsOf(this.disk).at(-1) ?? 0);
  this.disk.plant(segmentPath(directory, 2), this.disk.bytesAt(last));
});

Given('a journal with a reader that has a cursor', function (this: RestWorld) {
  this.disk = new SimulatedDisk();
  const journal = opened(this.disk);
  append(journal, 3);
  const cursor = opened(this.disk.process(), { readOnly: true }).cursor('follower');
  cursor.poll();
  cursor.commit();
  journal.close();
});

When(/^a temp of (the checkpoint|a cursor) is left, whose maker (died|lives)$/, function (this: RestWorld, file: string, fate: string) {
  const of = file === 'a cursor' ? cursorPath(directory, 'follower') : checkpoint;
  this.temp = `${of}.${'A'.repeat(22)}.tmp`;
  this.disk.plant(this.temp, 'half of it');
  if (fate === 'died') return;
  const maker = this.disk.process();
  const handle = maker.perform({ op: 'open', kind: 'Open', path: this.temp, access: 'update' }) as number;
  maker.perform({ op: 'lock', kind: 'Lock', handle, shared: false });
});

When('the journal is opened to write', function (this: RestWorld) {
  opened(this.disk.process());
});

Then(/^that temp is (there|gone)$/, function (this: RestWorld, where: string) {
  expect(this.disk.snapshotTree().has(this.temp)).to.equal(where === 'there');
});

Given('a journal with a reader that has a cursor in a folder which another made and died', function (this: RestWorld) {
  this.disk = new SimulatedDisk();
  append(opened(this.disk), 3);
  this.disk
    .process()
    .perform({ op: 'make-directory', kind: 'MakeDirectory', path: dirname(cursorPath(directory, 'follower')), mode: 0o700 });
});

When('its place is saved, and the power is cut', function (this: RestWorld) {
  const cursor = opened(this.disk.process(), { readOnly: true }).cursor('follower');
  cursor.poll();
  cursor.commit();
  this.disk = this.disk.crash();
});

Given('a journal with a reader that died when its cursor had its name', function (this: RestWorld) {
  this.disk = new SimulatedDisk();
  append(opened(this.disk), 3);
  let died: SimulatedDisk | undefined;
  const watched = withEachStep(this.disk.process(), (step, paths) => {
    if (step.kind === 'SyncDirectory' && paths.of(step).endsWith('cursors')) died ??= this.disk.fork();
    return undefined;
  });
  const cursor = opened(watched, { readOnly: true }).cursor('follower');
  cursor.poll();
  cursor.commit();
  this.disk = died ?? expect.fail('the folder of cursors was not synced');
});

When('another consumer goes on with that cursor, and the power is cut', function (this: RestWorld) {
  expect(opened(this.disk.process(), { readOnly: true }).cursor('follower').committed).to.equal(4);
  this.disk = this.disk.crash();
});

Then('the cursor is where it was saved', function (this: RestWorld) {
  expect(opened(this.disk, { readOnly: true }).cursor('follower').committed).to.equal(4);
});

type Profile = NonNullable<SimulatedDiskOptions['profile']>;

function opened(disk: Disk, options: Partial<JournalOptions> = {}): Journal {
  return Journal.open({ directory, disk, segmentMaxBytes, lifecycle: 'lazy', ...options });
}

function append(journal: Journal, count: number): void {
  for (const { coordinate, kind, payload } of eventsOf(count, 40)) journal.append(coordinate, kind, payload);
}

/** All that a reader is shown, and what it is told of its opening. */
function allIn(disk: SimulatedDisk): { readonly report: OpenReport; readonly said: string } {
  const journal = opened(disk, { readOnly: true });
  const events: readonly JournalEvent[] = [...journal.read()];
  for (const { event_id, sequence } of events) expect(journal.get(event_id)?.sequence).to.equal(sequence);
  return { report: journal.diagnostics().open_report, said: JSON.stringify(events) };
}

function payloadsIn(journal: Journal): string {
  const events = [...journal.read({ kind: note })];
  return events.map(({ payload }) => (payload as { nth?: number }).nth ?? payload).join(', ');
}

function seen(disk: SimulatedDisk, before: string): string {
  const read = allIn(disk).said;
  const journal = opened(disk);
  return [read, JSON.stringify([...journal.read()])].every((said) => said === before) ? 'as it was' : 'it is not as it was';
}

function expectPath({ path, reason }: OpenReport, wanted: string, why: string): void {
  expect(path).to.equal(wanted);
  if (why === 'nothing is wrong') expect(reason).to.equal(undefined);
  else expect(reason).to.include(why);
}

function ofAnotherJournal(): Uint8Array {
  const disk = new SimulatedDisk({ seed: 2 });
  const journal = opened(disk);
  journal.append(eventOf('a').coordinate, note, 'of another');
  journal.close();
  return disk.bytesAt(checkpoint);
}

function compactWatched(disk: SimulatedDisk, before: (step: Step) => void): void {
  let isCompacting = false;
  const watched = withEachStep(disk, (step) => (isCompacting ? void before(step) : undefined));
  const journal = Journal.open({ directory, disk: watched, segmentMaxBytes, lifecycle: 'lazy' });
  isCompacting = true;
  expect(journal.compact({ strategy: 'merge' }).outcome).to.equal('Performed');
}
