import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { type DiskProgram, runSync, stat, symlink } from '../src/disk/program.js';
import { RealDisk } from '../src/disk/real-disk.js';
import type { Fence, Journal, JournalEvent, Receipt, SnapshotReport } from '../src/journal/index.js';
import { Journal as Journals, writeCancelledRanges } from '../src/journal/index.js';
import { type CrashExperiment, CrashExplorer, type Disk, type ProfileName, SimulatedDisk } from '../src/sim/index.js';
import { attachCrash } from '../support/exploration/attached.js';
import { freshlyBuilt } from '../support/interrupt/fresh-build.js';
import { drawing, PiecewiseCopy } from '../support/journal-copies/piecewise.js';
import { firstOf, snapshotExperiment } from '../support/journal-copies/snapshot-experiment.js';
import type { CatalogWorld } from '../support/world.js';

interface SnapshotWorld extends CatalogWorld {
  disk: SimulatedDisk;
  journal: Journal;
  receipts: Receipt[];
  before: readonly JournalEvent[];
  report: SnapshotReport;
  fence: Fence;
  changes: number;
  /** What the disk was when its writer was killed. */
  left: SimulatedDisk[];
  outcomes: readonly (string | number)[];
  explorer: CrashExplorer;
}

const directory = '/journal';
const target = '/copy';
const fact = 0x1001;
const of = (entity: string) => ({ entity, scope: 'test' });

function opened(disk: Disk, place = directory, options: Partial<Parameters<typeof Journals.open>[0]> = {}): Journal {
  return Journals.open({ directory: place, disk, lifecycle: 'lazy', segmentMaxBytes: 512, ...options });
}

const all = (journal: Journal): JournalEvent[] => JSON.parse(JSON.stringify([...journal.read()]));
const payloads = (journal: Journal): unknown[] => [...journal.read({ kind: fact })].map(({ payload }) => payload);

function begin(world: SnapshotWorld, options: Partial<Parameters<typeof Journals.open>[0]> = {}, disk = new SimulatedDisk()): void {
  world.disk = disk;
  world.journal = opened(disk, directory, options);
  world.receipts = [];
  for (let nth = 1; nth <= 10; nth++)
    world.receipts.push({ ...world.journal.append(of(`e${nth % 3}`), fact, { nth, pad: 'x'.repeat(40) }) });
  world.before = all(world.journal);
}

function snapshotBy(world: SnapshotWorld, whom: string): void {
  const journal = whom === 'its writer' ? world.journal : opened(world.disk.process(), directory, { readOnly: true });
  world.report = journal.snapshot(target);
}

/** The numbers of segments of a journal, and of those that are files of another one too. */
function segmentsIn(disk: SimulatedDisk, place: string): { readonly names: string[]; readonly shared: string[] } {
  const files = [...disk.snapshotTree()].filter(([path]) => path.startsWith(`${place}/`) && path.endsWith('.seg'));
  const names = files.map(([path]) => path.slice(place.length + 1));
  return { names, shared: names.filter((name) => runSync(statOf(`${place}/${name}`), disk) > 1) };
}

function* statOf(path: string): DiskProgram<number> {
  return (yield* stat(path))?.links ?? 0;
}

Given('a journal of full segments that is to be copied', function (this: SnapshotWorld) {
  begin(this);
});

Given('a journal of full segments that is to be copied, on a disk without hard links', function (this: SnapshotWorld) {
  begin(this, {}, new SimulatedDisk({ hardLinks: false }));
});

Given('a journal whose events are not synced, that is to be copied', function (this: SnapshotWorld) {
  begin(this, { syncEveryNEvents: 1000, segmentMaxBytes: 4096 });
});

Given('a journal of full segments that is to be copied, whose writer met a failed sync of an event', function (this: SnapshotWorld) {
  begin(this, { segmentMaxBytes: 1024 });
  this.disk.faultOn('Sync', 1);
  expect(() => this.journal.append(of('a'), fact, 'lost'))
    .to.throw()
    .with.property('code', 'CommitUnknown');
});

Given('a journal of full segments that is to be copied, whose writer met a failed sync of a full segment', function (this: SnapshotWorld) {
  begin(this, { segmentMaxBytes: 1024 });
  expect(() => {
    for (let nth = 0; nth < 10; nth++) {
      // Of an append that begins a segment the third sync is that of the seal before.
      this.disk.disarm().faultOn('Sync', 3);
      this.journal.append(of('a'), fact, nth);
    }
  })
    .to.throw()
    .with.property('code', 'IoError');
  this.disk.disarm();
});

When(/^a snapshot of it is made by (its writer|a reader beside it)$/, function (this: SnapshotWorld, whom: string) {
  snapshotBy(this, whom);
});

When(/^the (journal|copy) is merged$/, function (this: SnapshotWorld, which: string) {
  const journal = which === 'journal' ? this.journal : opened(this.disk, target);
  expect(journal.compact({ strategy: 'merge' })).to.include({ outcome: 'Performed' });
  if (which === 'copy') journal.close();
});

Then('the copy shows what the journal showed, is verified, and its receipts hold', function (this: SnapshotWorld) {
  for (const readOnly of [true, false]) {
    const copy = opened(this.disk, target, { readOnly });
    expect(all(copy)).to.deep.equal(this.before);
    expect(copy.verify()).to.deep.include({ ok: true, problems: [] });
    for (const receipt of this.receipts) expect(copy.verifyReceipt(receipt)).to.equal(true);
    copy.close();
  }
});

Then('the journal shows what it showed', function (this: SnapshotWorld) {
  expect(all(this.journal)).to.deep.equal(this.before);
  expect(this.journal.verify()).to.include({ ok: true });
});

Then('all of its segments but the last are shared, and nothing but segments is in it', function (this: SnapshotWorld) {
  const fresh = this.disk.fork();
  const { names, shared } = segmentsIn(fresh, target);
  expect(names).to.have.length.above(4);
  // Who opened it has made a lock and a checkpoint.
  expect(shared).to.deep.equal(names.slice(0, -1));
  expect(this.report).to.include({ segments: names.length, linked: names.length - 1, copied: 1 });
  const again = opened(this.disk.process(), directory, { readOnly: true });
  again.snapshot('/second');
  const inIt = [...this.disk.snapshotTree().keys()].filter((path) => path.startsWith('/second/'));
  expect(inIt.map((path) => path.slice('/second/'.length))).to.deep.equal(names);
});

Then('none of its segments is shared', function (this: SnapshotWorld) {
  expect(segmentsIn(this.disk, target).shared).to.deep.equal([]);
  expect(this.report).to.include({ linked: 0, copied: this.report.segments });
});

Then('what is appended to either of the two is in none but that one, also after a power cut', function (this: SnapshotWorld) {
  const copy = opened(this.disk, target);
  for (let nth = 1; nth <= 6; nth++) {
    this.journal.append(of('a'), fact, `to the journal ${nth}`.repeat(4));
    copy.append(of('a'), fact, `to the copy ${nth}`.repeat(4));
  }
  const [ours, theirs] = [all(this.journal), all(copy)];
  expect(ours).to.have.length(this.before.length + 6);
  expect(theirs.slice(0, this.before.length)).to.deep.equal(this.before);
  expect(JSON.stringify(ours)).not.to.include('to the copy');
  expect(JSON.stringify(theirs)).not.to.include('to the journal');
  const after = this.disk.crash();
  for (const [place, events] of [[directory, ours] as const, [target, theirs] as const]) {
    const journal = opened(after, place);
    expect(all(journal)).to.deep.equal(events);
    expect(journal.verify()).to.include({ ok: true });
  }
});

Then('after a power cut the journal and the copy show what the journal showed', function (this: SnapshotWorld) {
  const after = this.disk.crash();
  for (const place of [directory, target]) expect(all(opened(after, place))).to.deep.equal(this.before);
});

When(
  /^(\d+) events are appended under a fence that begins (within a segment|at a segment's end), and a snapshot of it is made by (.+)$/,
  function (this: SnapshotWorld, count: string, where: string, whom: string) {
    // So much that the next one does not fit behind it.
    if (where === "at a segment's end") {
      const segments = () => segmentsIn(this.disk, directory).names.length;
      for (const before = segments(); segments() === before; ) this.journal.append(of('filling'), fact, 'x'.repeat(20));
      this.journal.append(of('filling'), fact, 'x'.repeat(100));
    }
    this.before = all(this.journal);
    this.fence = this.journal.fence();
    for (let nth = 1; nth <= Number(count); nth++) this.fence.append(of('fenced'), fact, { under: nth, pad: 'y'.repeat(100) });
    snapshotBy(this, whom);
  },
);

Then(
  'the copy shows what was shown before the fence, and what is appended to it has the sequence after that',
  function (this: SnapshotWorld) {
    const last = this.before.at(-1)?.sequence ?? 0;
    expect(this.report).to.include({ events: this.before.length, last_sequence: last });
    const copy = opened(this.disk.fork(), target);
    expect(all(copy)).to.deep.equal(this.before);
    // What tells of the opening comes first.
    expect(copy.append(of('a'), fact, 'after').sequence).to.equal(last + 2);
    expect(payloads(copy).at(-1)).to.equal('after');
    expect(copy.verify()).to.include({ ok: true });
  },
);

Then('the fence can be committed, and then the journal alone shows it', function (this: SnapshotWorld) {
  this.fence.commit();
  const copy = opened(this.disk, target);
  expect(all(copy)).to.deep.equal(this.before);
  expect(all(this.journal).length).to.be.at.least(this.before.length);
  expect(this.journal.verify()).to.include({ ok: true });
});

When(
  /^events are cancelled and (nothing follows them|others follow them|only the file says so), and a snapshot of it is made$/,
  function (this: SnapshotWorld, when: string) {
    const fence = this.journal.fence();
    for (let nth = 1; nth <= 3; nth++) fence.append(of('e1'), fact, { cancelled: nth, pad: 'y'.repeat(60) });
    fence.cancel();
    if (when === 'others follow them') this.journal.append(of('e1'), fact, 'follows');
    if (when === 'only the file says so') {
      this.journal.close();
      writeCancelledRanges(this.disk, directory, [{ from: 3, to: 4 }]);
      this.journal = opened(this.disk);
      this.receipts = this.receipts.filter(({ sequence }) => sequence < 3 || sequence > 4);
    }
    this.before = all(this.journal);
    snapshotBy(this, 'its writer');
  },
);

Then('in the copy as in the journal they are never shown', function (this: SnapshotWorld) {
  const copy = opened(this.disk, target);
  copy.append(of('e1'), fact, 'more');
  for (const journal of [copy, this.journal]) expect(JSON.stringify(all(journal))).not.to.include('cancelled');
  expect(payloads(copy).at(-1)).to.equal('more');
});

Then(
  'a snapshot is refused with AlreadyExists in a folder that is not empty, at a file and at a link that leads nowhere',
  function (this: SnapshotWorld) {
    this.disk.plant('/full/a-file', 'x');
    runSync(symlink('/nowhere', '/dangling'), this.disk);
    this.changes = this.disk.changes;
    for (const place of ['/full', '/full/a-file', '/dangling']) {
      expect(() => this.journal.snapshot(place), place)
        .to.throw()
        .with.property('code', 'AlreadyExists');
    }
  },
);

Then('it is refused with InvalidArgument in the journal, below it, and nowhere', function (this: SnapshotWorld) {
  for (const place of [directory, `${directory}/below`, '']) {
    expect(() => this.journal.snapshot(place), place)
      .to.throw()
      .with.property('code', 'InvalidArgument');
  }
});

Then('no step of that changed anything', function (this: SnapshotWorld) {
  expect(this.disk.changes).to.equal(this.changes);
});

Then('a snapshot can be made in an empty folder, in a missing one, and in one whose parents are missing', function (this: SnapshotWorld) {
  this.disk.plantDirectory('/empty');
  for (const place of ['/empty', '/missing', '/some/where/else']) {
    this.journal.snapshot(place);
    expect(all(opened(this.disk.crash(), place)), place).to.deep.equal(this.before);
  }
  expect([...this.disk.snapshotTree().keys()].filter((path) => path.endsWith('.tmp'))).to.deep.equal([]);
});

Then(
  'the report says how many segments there are, how many are shared, their bytes, the events and the last sequence',
  function (this: SnapshotWorld) {
    const { names, shared } = segmentsIn(this.disk, target);
    const bytes = names.map((name) => {
      const file = Buffer.from(this.disk.bytesAt(`${target}/${name}`));
      return file.byteLength - [...file].reverse().findIndex((byte) => byte !== 0);
    });
    expect(this.report).to.include({
      segments: names.length,
      linked: shared.length,
      copied: names.length - shared.length,
      events: this.before.length,
      last_sequence: this.before.at(-1)?.sequence,
    });
    // But for the zeros at the end of a frame.
    expect(this.report.bytes - bytes.reduce((sum, count) => sum + count, 0)).to.be.within(0, 8 * names.length);
  },
);

Then('a snapshot by its writer is refused with StorePoisoned', function (this: SnapshotWorld) {
  expect(() => this.journal.snapshot(target))
    .to.throw()
    .with.property('code', 'StorePoisoned');
});

Then(
  'one by a reader shows what it showed after a power cut, and shares no segment of which that is not known',
  function (this: SnapshotWorld) {
    const reader = opened(this.disk.process(), directory, { readOnly: true, segmentMaxBytes: 1024 });
    this.before = all(reader);
    reader.snapshot(target);
    const [marked] = [...this.disk.snapshotTree().keys()].filter((path) => path.endsWith('.suspect'));
    expect(marked).to.match(/\d+\.seg\.suspect$/);
    const { names, shared } = segmentsIn(this.disk, target);
    expect(shared).to.deep.equal(names.slice(0, -1).filter((name) => marked !== `${directory}/${name}.suspect`));
    expect(all(opened(this.disk.crash(), target))).to.deep.equal(this.before);
  },
);

Given('a journal of full segments whose writer is killed at each of its syncs', function (this: SnapshotWorld) {
  const disk = new SimulatedDisk();
  const process = disk.process();
  this.left = [];
  const watched: Disk = {
    host: process.host,
    perform: (step) => {
      if (step.kind === 'Sync') this.left.push(disk.fork());
      return process.perform(step);
    },
  };
  // What is full for these has room for less.
  const journal = opened(watched, directory, { segmentMaxBytes: 2048 });
  for (let nth = 1; nth <= 5; nth++) journal.append(of('a'), fact, { nth, pad: 'x'.repeat(700) });
});

When('a reader makes a snapshot each time, and the power is cut', function (this: SnapshotWorld) {
  this.outcomes = this.left.flatMap((disk) => {
    const reader = opened(disk.process(), directory, { readOnly: true });
    const shown = all(reader);
    reader.snapshot(target);
    const after = [disk.crash(), ...Array.from(disk.crashStates({ samples: 20, limit: 20 }), (state) => state.disk)];
    return after.map((left) => whyNotApart(left, shown));
  });
});

/** Appends to both; what is wrong with what they show then. */
function whyNotApart(disk: SimulatedDisk, shown: readonly JournalEvent[]): string {
  for (const place of [directory, target]) {
    const journal = opened(disk, place, { segmentMaxBytes: 2048 });
    if (JSON.stringify(all(journal).slice(0, shown.length)) !== JSON.stringify(shown))
      return `${place} does not show what the reader showed`;
    for (let nth = 1; nth <= 3; nth++) journal.append(of('a'), fact, `${place} ${nth}`);
    journal.close();
  }
  for (const [place, other] of [[directory, target] as const, [target, directory] as const]) {
    const journal = opened(disk, place);
    if (!journal.verify().ok) return `${place} is not verified`;
    if (JSON.stringify(payloads(journal)).includes(`${other} 1`)) return `${place} shows what was appended to ${other}`;
  }
  return 'apart';
}

Then(
  'each time the copy shows what the reader showed, and what is appended to one of the two is not in the other',
  function (this: SnapshotWorld) {
    expect(this.outcomes).to.have.length.above(30);
    expect(new Set(this.outcomes)).to.deep.equal(new Set(['apart']));
  },
);

Given('a journal on a disk of the machine', async function (this: SnapshotWorld) {
  this.journal = opened(new RealDisk({ blocking: true }), join(await this.folder(), 'journal'));
  this.onEnd(async () => this.journal.close());
  for (let nth = 1; nth <= 10; nth++) this.journal.append(of('a'), fact, { nth, pad: 'x'.repeat(40) });
});

When('a snapshot of it is made there', async function (this: SnapshotWorld) {
  mkdirSync(join(await this.folder(), 'copy'));
  this.report = this.journal.snapshot(join(await this.folder(), 'copy'));
});

Then('both show the same, and all segments of the copy but the last are shared', async function (this: SnapshotWorld) {
  const place = join(await this.folder(), 'copy');
  const names = readdirSync(place).sort();
  expect(names.map((name) => statSync(join(place, name)).nlink)).to.deep.equal(names.map((_, nth) => (nth < names.length - 1 ? 2 : 1)));
  const copy = opened(new RealDisk({ blocking: true }), place);
  this.onEnd(async () => copy.close());
  expect(all(copy)).to.deep.equal(all(this.journal));
  copy.append(of('a'), fact, 'to the copy');
  expect(this.journal.verify()).to.include({ ok: true });
  expect(readdirSync(await this.folder()).sort()).to.deep.equal(['copy', 'journal']);
});

When('a snapshot of it meets EIO at each of its steps, before it and after it', function (this: SnapshotWorld) {
  const outcomes: string[] = [];
  for (const after of [false, true]) {
    for (let nth = 1; ; nth++) {
      const disk = this.disk.fork();
      const reader = opened(disk, directory, { readOnly: true });
      const fault = disk.fault({ nth, after, effect: 'EIO' });
      let told = 'made';
      try {
        reader.snapshot(target);
      } catch (error) {
        told = (error as { code: string }).code;
      }
      disk.disarm();
      if (fault.strikes === 0) break;
      outcomes.push(`${told}: ${lookedAt(disk, this.before)}, and after a power cut ${lookedAt(disk.crash(), this.before)}`);
    }
  }
  this.outcomes = outcomes;
});

function lookedAt(disk: SimulatedDisk, wanted: readonly JournalEvent[]): string {
  const same = (place: string) => JSON.stringify(all(opened(disk, place, { readOnly: true }))) === JSON.stringify(wanted);
  if (!same(directory)) return 'the journal is another';
  const isThere = [...disk.snapshotTree().keys()].includes(target);
  if (!isThere) return 'none';
  return same(target) ? 'whole' : 'something else';
}

Then('each time there is the whole copy or none, and the journal shows what it showed', function (this: SnapshotWorld) {
  expect(this.outcomes).to.have.length.above(60);
  const wrong = this.outcomes.filter((one) => !/^\w+: (whole|none), and after a power cut (whole|none)$/.test(String(one)));
  expect(wrong).to.deep.equal([]);
});

Then('a snapshot that was made is there after a power cut', function (this: SnapshotWorld) {
  const made = this.outcomes.filter((one) => String(one).startsWith('made'));
  expect(new Set(made)).to.deep.equal(new Set(['made: whole, and after a power cut whole']));
  expect(this.outcomes.some((one) => String(one).startsWith('IoError: none'))).to.equal(true);
});

When(
  /^a snapshot by (writer|reader) is explored on a disk of the profile (\S+), and its recovery (once|not) again$/,
  { timeout: 900_000 },
  async function (this: SnapshotWorld, whom: 'writer' | 'reader', profile: ProfileName, again: string) {
    this.explorer = new CrashExplorer({ exhaustUpTo: 12, depth: again === 'once' ? 1 : 0 });
    const view = await this.explorer.explore('a snapshot', snapshotExperiment(whom, profile));
    await attachCrash(this, {
      name: 'a snapshot',
      experiment: snapshotExperiment(whom, profile) as CrashExperiment,
      failure: this.explorer.failures[0],
    });
    expect(JSON.parse(view).copy).to.deep.equal(JSON.parse(view).journal);
  },
);

Then('there is the whole copy or none, wherever the power is cut, and it goes on as a journal does', function (this: SnapshotWorld) {
  expect(this.explorer.failures).to.deep.equal([]);
  expect(this.explorer.refused).to.deep.equal({});
  this.log(`${this.explorer.states.size} disks, ${this.explorer.opened} opened`);
  expect(this.explorer.states.size).to.be.above(20);
});

When(
  'the files of a journal are copied at random moments between the steps of its writer, {int} times',
  function (this: SnapshotWorld, times: number) {
    this.outcomes = Array.from({ length: times }, (_, seed) => copiedWhileWritten(seed));
  },
);

/** A writer and one who copies, in turns that are drawn. */
function copiedWhileWritten(seed: number): string | number {
  const draw = drawing(seed);
  const disk = new SimulatedDisk();
  const writer = disk.process();
  const copy = new PiecewiseCopy(disk, directory, draw);
  const [begins, patience] = [draw(300), 1 + draw(40)];
  let [steps, isOver] = [0, false];
  const slow: Disk = {
    host: writer.host,
    perform: (step) => {
      steps++;
      if (steps > begins && steps % patience === 0) for (let more = draw(8); more > 0 && !isOver; more--) isOver = !copy.step();
      return writer.perform(step);
    },
  };
  const journal = Journals.open({ directory, disk: slow, lifecycle: 'lazy', segmentMaxBytes: 512, syncEveryNEvents: 1 + draw(4) });
  const ids: string[] = [];
  for (let nth = 0; !isOver; nth++) {
    const pad = 'x'.repeat(draw(120));
    const events = Array.from({ length: 1 + draw(3) }, (_, at) => ({ coordinate: of(`e${at}`), kind: fact, payload: { nth, pad } }));
    const what = draw(12);
    if (what < 2) {
      const fence = journal.fence();
      const under = fence.appendBatch(events).map(({ event_id }) => event_id);
      if (what === 0) fence.cancel();
      else {
        fence.commit();
        ids.push(...under);
      }
    } else if (what === 2) journal.compact({ strategy: 'merge' });
    else ids.push(...journal.appendBatch(events).map(({ event_id }) => event_id));
  }
  return firstOf(ids, copy.disk(), directory);
}

Then('each copy shows the first of all events, as many as there are, or is refused with a typed error', function (this: SnapshotWorld) {
  for (const outcome of this.outcomes) expect(outcome).to.satisfy((one: unknown) => typeof one === 'number' || one === 'CorruptSegment');
});

Then('some of them show events, and some are refused', function (this: SnapshotWorld) {
  const shown = this.outcomes.filter((one) => typeof one === 'number' && one > 0).length;
  expect(shown).to.be.within(20, this.outcomes.length - 20);
});

When(
  'the files of a journal on the disk of the machine are copied while another process writes, {int} times',
  async function (this: SnapshotWorld, times: number) {
    const folder = await this.folder();
    const place = join(folder, 'journal');
    const writer = spawn(process.execPath, [freshlyBuilt('support/journal-copies/writing-process.ts'), place], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(writer, 'exit');
    this.onEnd(async () => {
      writer.kill('SIGKILL');
      await ended;
    });
    await once(writer.stdout, 'data');
    for (let nth = 0; nth < times; nth++) copyLoosely(place, join(folder, `copy-${nth}`));
    writer.kill('SIGKILL');
    await ended;
    const disk = new RealDisk({ blocking: true });
    const source = opened(disk, place);
    const ids = [...source.read({ kind: fact })].map(({ event_id }) => event_id);
    source.close();
    this.outcomes = Array.from({ length: times }, (_, nth) => firstOf(ids, disk, join(folder, `copy-${nth}`)));
    this.log(JSON.stringify(this.outcomes));
  },
);

/** As `cp -r` does, for which what goes away in between is no reason to stop. */
function copyLoosely(from: string, to: string): void {
  mkdirSync(to);
  for (const name of readdirSync(from)) {
    if (name === 'journal.lock') continue;
    try {
      cpSync(join(from, name), join(to, name));
    } catch (error) {
      if (existsSync(join(from, name))) throw error;
      writeFileSync(join(to, `${name}.gone`), '');
    }
  }
}
