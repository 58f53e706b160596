import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { type CompactReport, Journal, type JournalEvent, type Receipt, type RetentionOptions, tombstone } from '../src/journal/index.js';
import { type CrashExperiment, CrashExplorer, type Disk, type ProfileName, SimulatedDisk } from '../src/sim/index.js';
import { attachCrash } from '../support/exploration/attached.js';
import { type Draw, drawing } from '../support/journal-copies/piecewise.js';
import { retentionExperiment } from '../support/journal-copies/retention-experiment.js';
import type { CatalogWorld } from '../support/world.js';

interface RetentionWorld extends CatalogWorld {
  disk: SimulatedDisk;
  journal: Journal;
  reader: Journal;
  receipts: Receipt[];
  before: readonly JournalEvent[];
  asked: JournalEvent[];
  report: CompactReport;
  files: string;
  outcomes: string[];
  explorer: CrashExplorer;
}

const directory = '/journal';
const fact = 0x1001;
const secret = 0x1002;
const of = (entity: string) => ({ entity, scope: 'test' });

function opened(disk: Disk, options: Partial<Parameters<typeof Journal.open>[0]> = {}): Journal {
  return Journal.open({ directory, disk, segmentMaxBytes: 1024, lifecycle: 'lazy', ...options });
}

const all = (journal: Journal): JournalEvent[] => JSON.parse(JSON.stringify([...journal.read()]));
const isSecret = ({ kind }: Pick<JournalEvent, 'kind'>): boolean => kind === secret;
const keepOthers = (event: JournalEvent): boolean => !isSecret(event);
const filesIn = (disk: SimulatedDisk): string =>
  JSON.stringify(
    [...disk.snapshotTree()].flatMap(([path, entry]) =>
      entry.type === 'file' && !path.includes('journal.lock') ? [[path, Buffer.from(entry.bytes).toString('base64')]] : [],
    ),
  );

Given('a journal of full segments with secrets in it, and a reader beside it', function (this: RetentionWorld) {
  this.disk = new SimulatedDisk();
  this.journal = opened(this.disk, { lifecycle: 'eager' });
  this.receipts = [];
  let last: string | undefined;
  for (let nth = 1; nth <= 24; nth++) {
    if (nth === 9 || nth === 15) {
      const fence = this.journal.fence();
      const under = fence.appendBatch([1, 2].map((one) => ({ coordinate: of('e1'), kind: fact, payload: { fenced: nth, one } })));
      if (nth === 15) fence.cancel();
      else {
        fence.commit();
        this.receipts.push(...under.map((one) => ({ ...one, durable: true })));
      }
    }
    const isOne = nth % 3 === 0;
    const payload = isOne ? { nth, text: `secret ${nth} `.repeat(8) } : { nth, text: 'x'.repeat(40) };
    const options = { ...(last !== undefined && { causation: last, correlation: last }), ...(isOne && { idempotencyKey: `key ${nth}` }) };
    const event = { coordinate: of(`e${nth % 2}`), kind: isOne ? secret : fact, payload, ...options };
    const other = { coordinate: of('batched'), kind: nth % 4 === 0 ? secret : fact, payload: `secret of the batch ${nth}` };
    const receipts =
      nth % 6 === 0 || isOne
        ? [this.journal.append(event.coordinate, event.kind, payload, options)]
        : this.journal.appendBatch([event, other]);
    this.receipts.push(...receipts.map((receipt) => ({ ...receipt })));
    last = receipts[0]?.event_id;
  }
  // Nothing of it is in the last segment, which is not thinned.
  for (let nth = 0; nth < 8; nth++) this.journal.append(of('filling'), fact, 'y'.repeat(60));
  this.reader = opened(this.disk.process(), { readOnly: true });
  this.before = all(this.reader);
  this.asked = [];
});

function thin(world: RetentionWorld, strategy: RetentionOptions['strategy'], keep: RetentionOptions['keep'] = keepOthers): void {
  world.report = world.journal.compact({ strategy, keep });
  expect(world.report, world.report.reason).to.include({ outcome: 'Performed' });
}

When('all but the secrets are retained', function (this: RetentionWorld) {
  thin(this, 'retain');
});

When('all but the secrets are kept, with tombstones', function (this: RetentionWorld) {
  thin(this, 'tombstone');
});

When(/^the secrets are dropped by (retain|tombstone)$/, function (this: RetentionWorld, strategy: RetentionOptions['strategy']) {
  thin(this, strategy);
});

When('nothing is retained', function (this: RetentionWorld) {
  thin(this, 'retain', (event) => {
    this.asked.push(event);
    return false;
  });
});

Then('the report says how many events and bytes were dropped', function (this: RetentionWorld) {
  const dropped = this.before.filter(isSecret);
  expect(dropped).to.have.length.above(8);
  const bytes = dropped.reduce((sum, { payload }) => sum + JSON.stringify(payload).length, 0);
  expect(this.report).to.include({ events_dropped: dropped.length, bytes_dropped: bytes });
  expect(this.report.segments_removed).to.be.above(0);
});

/** What is shown of events of which some were dropped. */
function thinned(events: readonly JournalEvent[], strategy: RetentionOptions['strategy'], keep = keepOthers): JournalEvent[] {
  if (strategy === 'retain') return events.filter(keep);
  return events.map((event) => {
    if (keep(event)) return event;
    const { kind, content_hash } = event;
    const payload = { dropped: true, kind, content_hash, bytes: JSON.stringify(event.payload).length };
    return { ...(event.toJSON?.() ?? event), kind: tombstone, payload, payload_version: 1 };
  });
}

Then(
  /^every other event reads back the same with its hashes, and (no secret is read|tombstones say what was dropped), here, by the reader, after a power cut and after a clean end$/,
  function (this: RetentionWorld, what: string) {
    expect(tombstone).to.equal(0x0ffe);
    const wanted = thinned(this.before, what === 'no secret is read' ? 'retain' : 'tombstone');
    expect(all(this.journal)).to.deep.equal(wanted);
    expect(all(this.reader)).to.deep.equal(wanted);
    expect(this.journal.verify()).to.deep.include({ ok: true, problems: [] });
    const cut = opened(this.disk.crash());
    expect(all(cut)).to.deep.equal(wanted);
    expect(cut.verify()).to.include({ ok: true });
    this.journal.close();
    const again = opened(this.disk);
    expect(again.diagnostics().open_report).to.include({ path: 'checkpoint' });
    expect(all(again)).to.deep.equal(wanted);
    for (const { event_id } of this.before.filter(isSecret)) {
      for (const journal of [again, this.reader])
        expect(journal.get(event_id)?.kind).to.equal(what === 'no secret is read' ? undefined : tombstone);
    }
  },
);

Then('no byte of a secret is on the disk', function (this: RetentionWorld) {
  const secrets = this.before.filter(isSecret).map(({ payload }) => JSON.stringify(payload));
  for (const [path, entry] of this.disk.snapshotTree()) {
    if (entry.type !== 'file') continue;
    const text = Buffer.from(entry.bytes).toString('latin1');
    for (const one of secrets) expect(text.includes(one), path).to.equal(false);
  }
});

Then('every receipt holds, here and when it is opened again', function (this: RetentionWorld) {
  for (const journal of [this.journal, this.reader, opened(this.disk.crash())]) {
    for (const receipt of this.receipts) expect(journal.verifyReceipt(receipt)).to.equal(true);
    const [first] = this.receipts.filter(({ event_id }) => journal.get(event_id)?.kind !== fact);
    expect(() => journal.verifyReceipt({ ...(first as Receipt), content_hash: '0'.repeat(64) }))
      .to.throw()
      .with.property('code', 'ReceiptInvalid');
  }
});

Then('repeating the key of a secret appends nothing and gives its receipt', function (this: RetentionWorld) {
  for (const journal of [this.journal, opened(this.disk.crash())]) {
    const { accepted } = journal.diagnostics().sequence;
    for (const nth of [3, 6, 9]) {
      const { event_id, sequence, content_hash, event_hash } = journal.append(of('e1'), secret, 'again', { idempotencyKey: `key ${nth}` });
      const given = this.receipts.find((receipt) => receipt.event_id === event_id) ?? expect.fail(`there is no receipt of ${event_id}`);
      expect({ sequence, content_hash, event_hash }).to.deep.equal({
        sequence: given.sequence,
        content_hash: given.content_hash,
        event_hash: given.event_hash,
      });
    }
    expect(journal.diagnostics().sequence.accepted).to.equal(accepted);
  }
});

Then(
  'an event of that entity has the version after the last, and its ancestors end with a missing parent',
  function (this: RetentionWorld) {
    const versions = this.before.filter(({ coordinate }) => coordinate.entity === 'e1').map(({ version }) => version);
    const { event_id } = this.journal.append(of('e1'), fact, 'next', { expected: Math.max(...versions) });
    expect(this.journal.get(event_id)?.version).to.equal(Math.max(...versions) + 1);
    const { events, end } = this.journal.ancestors(event_id) ?? expect.fail('no ancestry');
    expect(end).to.equal('missing parent');
    const dropped = this.before.filter(({ coordinate, kind }) => coordinate.entity === 'e1' && kind === secret);
    expect((events.at(-1)?.version ?? Math.max(...versions) + 1) - 1).to.equal(Math.max(...dropped.map(({ version }) => version)));
    expect(this.journal.verify()).to.include({ ok: true });
  },
);

Then(
  'it has no ancestors and is no effect, is in no region and in no correlation, and no cursor delivers it',
  function (this: RetentionWorld) {
    const ids = new Set(this.before.filter(isSecret).map(({ event_id }) => event_id));
    for (const journal of [this.journal, opened(this.disk.crash())]) {
      for (const { event_id, causation_id, correlation_id, coordinate, sequence } of this.before.filter(isSecret)) {
        expect(journal.ancestors(event_id)).to.equal(undefined);
        const seen = [
          ...journal.effects(causation_id ?? event_id),
          ...journal.correlated(correlation_id),
          ...journal.read({ entity: coordinate.entity }),
          ...journal.read({ kind: secret }),
          ...journal.read({ from: sequence, to: sequence }),
          ...journal.cursor('follower', {}).poll({ limit: 1000 }),
        ];
        expect(seen.filter((one) => ids.has(one.event_id))).to.deep.equal([]);
      }
    }
  },
);

Then('the counts say so', function (this: RetentionWorld) {
  const kept = this.before.filter(keepOthers).length;
  for (const journal of [this.journal, opened(this.disk.crash())]) expect(journal.diagnostics().event_count).to.equal(kept);
  expect(this.journal.verify().events).to.equal(kept);
});

Given('a journal of events of one length, and a reader that has read none of them', function (this: RetentionWorld) {
  this.disk = new SimulatedDisk();
  this.journal = opened(this.disk, { segmentMaxBytes: 4096 });
  // A frame of 480 bytes, which has 240 without its payload; the first has what tells of the opening in it.
  this.journal.append(of('b'), fact, 'first');
  this.receipts = Array.from({ length: 10 }, (_, nth) => this.journal.append(of('a'), fact, `${nth}`.repeat(312)));
  this.before = all(this.journal);
  this.reader = opened(this.disk.process(), { readOnly: true });
});

When('so many are dropped that each of the others lies where one of them lay', function (this: RetentionWorld) {
  thin(this, 'retain', ({ version, coordinate }) => version > 2 || coordinate.entity === 'b');
  expect(this.report).to.include({ events_dropped: 2, segments_removed: 0 });
});

Then('the reader gives each event by its id, and none that was dropped', function (this: RetentionWorld) {
  const shown = this.receipts.map(({ event_id }) => this.reader.get(event_id));
  expect(JSON.parse(JSON.stringify(shown.slice(2)))).to.deep.equal(this.before.slice(-8));
  expect(shown.slice(0, 2)).to.deep.equal([undefined, undefined]);
});

Then(
  "it was asked about every event of a full segment that is a caller's and shown, once, in their order",
  function (this: RetentionWorld) {
    const shown = this.before.filter(({ kind }) => kind >= 0x1000);
    const asked = this.asked.map(({ event_id }) => event_id);
    expect(asked).to.deep.equal(shown.slice(0, asked.length).map(({ event_id }) => event_id));
    expect(asked.length).to.be.within(shown.length - 10, shown.length - 1);
    expect(this.asked[0]).to.have.property('payload');
  },
);

Then('the event that says that the journal was opened is there, and what was cancelled is hidden', function (this: RetentionWorld) {
  for (const journal of [this.journal, opened(this.disk.crash())]) {
    const [first, ...others] = [...journal.read()];
    expect(first).to.include({ kind: 0x0008, sequence: 1 });
    expect(others.map(({ event_id }) => event_id)).to.deep.equal(
      this.before
        .filter(({ kind }) => kind >= 0x1000)
        .slice(this.asked.length)
        .map(({ event_id }) => event_id),
    );
    expect(journal.verify()).to.include({ ok: true });
  }
});

When('more is appended, and all else is dropped by retain, and what is left is merged', function (this: RetentionWorld) {
  for (let nth = 0; nth < 20; nth++) this.receipts.push({ ...this.journal.append(of('more'), fact, 'z'.repeat(100)) });
  this.before = all(this.journal);
  thin(this, 'retain', ({ coordinate }) => coordinate.entity === 'more');
  for (let nth = 0; nth < 20; nth++) this.receipts.push({ ...this.journal.append(of('more'), fact, 'z'.repeat(100)) });
  expect(this.journal.compact({ strategy: 'merge' })).to.include({ outcome: 'Performed' });
});

Then('tombstones are there, nothing else, and all receipts hold', function (this: RetentionWorld) {
  const left = new Set(all(this.journal).map(({ kind, coordinate }) => (kind === fact ? coordinate.entity : kind)));
  expect([...left]).to.have.members([0x0008, tombstone, 'more']);
  for (const receipt of this.receipts) expect(this.journal.verifyReceipt(receipt)).to.equal(true);
  expect(this.journal.verify()).to.include({ ok: true });
});

Then('a snapshot and a salvage of it show the same', function (this: RetentionWorld) {
  this.journal.snapshot('/snapshot');
  const report = this.journal.salvage('/salvaged');
  expect(report).to.deep.include({ lost: [], events_lost: 0, events: all(this.journal).length });
  for (const place of ['/snapshot', '/salvaged']) {
    const copy = opened(this.disk, { directory: place, readOnly: true });
    expect(all(copy), place).to.deep.equal(all(this.journal));
    expect(copy.verify()).to.include({ ok: true });
  }
});

const keeps: Readonly<Record<string, (world: RetentionWorld) => unknown>> = {
  'throws at the last one': ({ asked }) => {
    if (asked.length === 30) throw new Error('no more');
    return false;
  },
  'gives nothing': () => undefined,
  'gives a promise': () => Promise.resolve(true),
};

When(/^it is asked what to retain of a keep that (.+)$/, function (this: RetentionWorld, does: string) {
  this.files = filesIn(this.disk);
  this.report = this.journal.compact({
    strategy: 'retain',
    keep: (event) => {
      this.asked.push(event);
      return keeps[does]?.(this) as boolean;
    },
  });
});

Then('it was Failed, and no byte of the journal changed', function (this: RetentionWorld) {
  expect(this.report).to.include({ outcome: 'Failed', segments_removed: 0, bytes_reclaimed: 0, events_dropped: 0 });
  expect(this.report.reason).to.match(/no more|neither true nor false/);
  expect(filesIn(this.disk) === this.files).to.equal(true);
  expect(all(this.journal)).to.deep.equal(this.before);
});

Then(
  'to retain everything is Skipped, and so it is in a journal of one segment, and with more segments asked for',
  function (this: RetentionWorld) {
    const files = filesIn(this.disk);
    expect(this.journal.compact({ strategy: 'retain', keep: () => true })).to.include({ outcome: 'Skipped', events_dropped: 0 });
    expect(this.journal.compact({ strategy: 'retain', keep: () => false, minSegments: 1000 })).to.include({ outcome: 'Skipped' });
    const other = opened(new SimulatedDisk());
    other.append(of('a'), fact, 1);
    expect(other.compact({ strategy: 'tombstone', keep: () => false })).to.include({ outcome: 'Skipped' });
    expect(filesIn(this.disk) === files).to.equal(true);
  },
);

Then('a keep that is no function is refused with InvalidArgument, a fence with FenceActive', function (this: RetentionWorld) {
  const refused = (options: unknown): unknown => {
    try {
      return this.journal.compact(options as RetentionOptions);
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  expect(refused({ strategy: 'retain' })).to.equal('InvalidArgument');
  expect(refused({ strategy: 'retain', keep: () => true, minSegments: 0 })).to.equal('InvalidArgument');
  expect(refused({ strategy: 'forget', keep: () => true })).to.equal('Unsupported');
  this.journal.fence();
  expect(refused({ strategy: 'retain', keep: () => true })).to.equal('FenceActive');
});

Then(
  '{int} random journals, thinned at random, show what was kept, are verified, and their receipts hold',
  { timeout: 300_000 },
  (count: number) => {
    for (let seed = 0; seed < count; seed++) checkThinnedAtRandom(drawing(seed), seed);
  },
);

/** What a journal shows, kept apart from it. */
function checkThinnedAtRandom(draw: Draw, seed: number): void {
  const disk = new SimulatedDisk();
  let journal = opened(disk, { segmentMaxBytes: 512 + draw(3000) });
  const reader = opened(disk.process(), { readOnly: true });
  const receipts: Receipt[] = [];
  let wanted: JournalEvent[] = [];
  for (let round = 0; round < 5; round++) {
    for (let nth = 2 + draw(20); nth > 0; nth--) {
      const events = Array.from({ length: 1 + draw(3) }, () => ({
        coordinate: of(`e${draw(4)}`),
        kind: fact,
        payload: 'p'.repeat(draw(150)),
      }));
      const gave = journal.appendBatch(events);
      receipts.push(...gave.map((receipt) => ({ ...receipt })));
    }
    wanted = [...wanted, ...all(journal).slice(wanted.length)];
    expect(all(reader), `seed ${seed}, before round ${round}`).to.deep.equal(wanted);
    const doomed = new Set(wanted.filter(() => draw(3) === 0).map(({ event_id }) => event_id));
    const asked = new Set<string>();
    const strategy = draw(2) === 0 ? 'retain' : 'tombstone';
    journal.compact({
      strategy,
      keep: ({ event_id }) => {
        asked.add(event_id);
        return !doomed.has(event_id);
      },
    });
    wanted = thinned(wanted, strategy, ({ event_id }) => !(asked.has(event_id) && doomed.has(event_id)));
    if (draw(3) === 0) journal.compact({ strategy: 'merge' });
    if (draw(3) === 0) {
      journal.close();
      journal = opened(disk, { segmentMaxBytes: 512 + draw(3000) });
    }
    expect(all(journal), `seed ${seed}, round ${round}`).to.deep.equal(wanted);
    expect(all(reader), `seed ${seed}, round ${round}, by a reader`).to.deep.equal(wanted);
    expect(journal.verify()).to.include({ ok: true });
    for (const receipt of receipts) expect(journal.verifyReceipt(receipt)).to.equal(true);
  }
  expect(all(opened(disk.crash()))).to.deep.equal(wanted);
}

When(
  /^(retain|tombstone) meets EIO at each of its steps, before it and after it$/,
  function (this: RetentionWorld, strategy: RetentionOptions['strategy']) {
    this.outcomes = [];
    const wanted = JSON.stringify(thinned(this.before, strategy));
    const seen = (journal: Journal): string => {
      const events = JSON.stringify(all(journal));
      if (!journal.verify().ok) return 'not verified';
      return events === wanted ? 'thinned' : events === JSON.stringify(this.before) ? 'as it was' : 'by half';
    };
    this.journal.close();
    for (const when of ['before', 'after']) {
      for (let nth = 1; ; nth++) {
        const disk = this.disk.fork();
        const journal = opened(disk);
        const fault = disk.fault({ nth, after: when === 'after', effect: 'EIO' });
        const { outcome, reason } = journal.compact({ strategy, keep: keepOthers });
        const told = outcome === 'Performed' && reason !== undefined ? 'Performed, perhaps' : outcome;
        disk.disarm();
        if (fault.strikes === 0) break;
        this.outcomes.push(`${told}: ${[journal, opened(disk.crash()), opened(disk.fork())].map(seen).join(', ')}`);
      }
    }
  },
);

Then('each time all is as it was or as it is to be, also when it is opened again, as the outcome says', function (this: RetentionWorld) {
  const told = new Set(this.outcomes);
  // Where the rename cannot be made durable nobody knows what a power cut leaves.
  const allowed =
    /^(Performed: thinned, thinned, thinned|Failed: as it was, as it was, as it was|Performed, perhaps: thinned, (thinned|as it was), thinned)$/;
  expect([...told].filter((one) => !allowed.test(one))).to.deep.equal([]);
  expect([...told]).to.include.members(['Performed: thinned, thinned, thinned', 'Failed: as it was, as it was, as it was']);
  expect(this.outcomes).to.have.length.above(40);
});

When('a retention is struck by EIO at each of its steps and all that follow', function (this: RetentionWorld) {
  this.outcomes = [];
  const views = [this.before, thinned(this.before, 'retain')].map((events) => JSON.stringify(events));
  const look = (work: () => Journal): string => {
    try {
      return ['as it was', 'thinned'][views.indexOf(JSON.stringify(all(work())))] ?? 'by half';
    } catch (error) {
      return String((error as { code?: string }).code);
    }
  };
  this.journal.close();
  for (let nth = 1; ; nth++) {
    const disk = this.disk.fork();
    const journal = opened(disk);
    const fault = disk.fault({ nth, sticky: true, effect: 'EIO' });
    const { outcome } = journal.compact({ strategy: 'retain', keep: keepOthers });
    disk.disarm();
    if (fault.strikes === 0) break;
    const [ours, cut, next] = [look(() => journal), look(() => opened(disk.crash())), look(() => opened(disk.fork()))];
    this.outcomes.push(`${outcome}: ${ours}, ${cut}, ${next}`);
  }
});

Then(
  'each time the writer shows one of the two or tells that it does not know, and so does whoever opens it again',
  function (this: RetentionWorld) {
    const allowed =
      /^(Failed: (as it was|CorruptSegment), (as it was|thinned), (as it was|thinned)|Performed: thinned, (as it was|thinned), thinned)$/;
    this.log(JSON.stringify([...new Set(this.outcomes)]));
    expect([...new Set(this.outcomes)].filter((one) => !allowed.test(one))).to.deep.equal([]);
    expect(this.outcomes).to.have.length.above(20);
  },
);

When(
  /^a retention is explored on a disk of the profile (\S+)$/,
  { timeout: 900_000 },
  async function (this: RetentionWorld, profile: ProfileName) {
    this.explorer = new CrashExplorer({ exhaustUpTo: 12, depth: 1 });
    const view = await this.explorer.explore('a retention', retentionExperiment(profile));
    await attachCrash(this, {
      name: 'a retention',
      experiment: retentionExperiment(profile) as CrashExperiment,
      failure: this.explorer.failures[0],
    });
    expect(JSON.parse(view)).to.have.length.below(6);
  },
);

Then('all is as it was, or as it is to be, wherever the power is cut', function (this: RetentionWorld) {
  expect(this.explorer.failures).to.deep.equal([]);
  expect(this.explorer.refused).to.deep.equal({});
  this.log(`${this.explorer.states.size} disks, ${this.explorer.opened} opened`);
  expect(this.explorer.states.size).to.be.above(20);
});
