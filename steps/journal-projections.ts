import { crc32 } from 'node:zlib';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import fc from 'fast-check';
import { isCatalogError } from '../src/core/errors.js';
import { SimulatedDisk } from '../src/disk/simulated-disk.js';
import { Journal, type JournalEvent, type Projection, type Region } from '../src/journal/index.js';
import { decodeProjection } from '../src/journal/projection-file.js';
import { withEachStep } from '../support/interrupt/disks.js';
import {
  appendBatch,
  appendEach,
  beginAndOpen,
  calling,
  directory,
  eventOf,
  eventsOf,
  filesOf,
  flipped,
  type JournalWorld,
  lookAtEachStep,
  note,
  numbersIn,
  open,
  reopen,
} from '../support/journal-helpers.js';

interface Sums {
  readonly events: number;
  readonly last: number;
  readonly of: Readonly<Record<string, number>>;
}

interface ProjectingWorld extends JournalWorld {
  reader: Journal;
  /** What is asked for, of which entity, and what it applied the last time. */
  projection: Projection<unknown>;
  entity: string | undefined;
  applied: number;
  given: never[];
  isThrowing: boolean;
  outcomes: string[];
}

const trail: Projection<readonly number[]> = {
  name: 'trail',
  version: 1,
  initial: [],
  apply: (sequences, { sequence }) => [...sequences, sequence],
};

const sums: Projection<Sums> = {
  name: 'sums',
  version: 3,
  keep: true,
  initial: { events: 0, last: 0, of: {} },
  apply: ({ events, of }, { sequence, coordinate: { entity } }) => ({
    events: events + 1,
    last: sequence,
    of: { ...of, [entity]: (of[entity] ?? 0) + 1 },
  }),
};

const keptFile = `${directory}/projections/sums`;
const boom = new Error('apply does not like this one');

/** Without what anybody remembers or keeps. */
function atOnce<State>(disk: SimulatedDisk, projection: Projection<State>, entity?: string): State {
  const journal = Journal.open({ directory, disk: disk.process(), readOnly: true });
  try {
    return journal.project({ ...projection, keep: false }, entity).state;
  } finally {
    journal.close();
  }
}

Then(
  /^the sequences that a projection over (?:the region )?(\{.*\}) folds are (.*)$/,
  function (this: ProjectingWorld, region: string, sequences: string) {
    const { state, sequence } = this.journal.project({ ...trail, region: JSON.parse(region) as Region });
    expect(state).to.deep.equal(numbersIn(sequences));
    expect(sequence).to.equal(5);
  },
);

Then(
  /^the sequences that a projection over the entity "(\w+)" folds are (.*)$/,
  function (this: ProjectingWorld, entity: string, sequences: string) {
    const { state, applied } = this.journal.project(trail, entity);
    expect(state).to.deep.equal(numbersIn(sequences));
    expect(applied).to.equal(state.length);
  },
);

Then(
  /^the sequences that a projection over the kinds (.*) folds are (.*)$/,
  function (this: ProjectingWorld, kinds: string, sequences: string) {
    expect(this.journal.project({ ...trail, kinds: numbersIn(kinds) }).state).to.deep.equal(numbersIn(sequences));
  },
);

const flaws: Readonly<Record<string, Partial<Projection<unknown>>>> = {
  'no name': { name: '' },
  'a slash in its name': { name: 'a/b' },
  'a long name': { name: 'a'.repeat(129) },
  'version -1': { version: -1 },
  'version 0.5': { version: 0.5 },
  'no function': { apply: undefined as never },
  'a bad region': { region: { entity: 'a|b' } },
  'a bad entity': {},
};

When(/^a projection with (.*) is asked for$/, async function (this: ProjectingWorld, flaw: string) {
  const wrong = flaws[flaw] ?? expect.fail(flaw);
  await calling(this, () =>
    this.journal.project({ ...trail, ...wrong } as Projection<unknown>, flaw === 'a bad entity' ? 'a/b' : undefined),
  );
});

Then(/^asking for the projection folds (\d+) events$/, function (this: ProjectingWorld, count: number) {
  expect(this.journal.project(this.projection ?? trail).applied).to.equal(Number(count));
});

const others: Readonly<Record<string, Partial<Projection<readonly number[]>>>> = {
  'another version': { version: 2 },
  'another name': { name: 'trail2' },
  'another region': { region: { from: 2 } },
  'another kind': { kinds: [note] },
  'one entity': {},
};

Then(/^asking for it with (.*) folds (\d+) events$/, function (this: ProjectingWorld, what: string, count: string) {
  const other = { ...trail, ...(others[what] ?? expect.fail(what)) };
  expect(this.journal.project(other, what === 'one entity' ? 'e0' : undefined).applied).to.equal(Number(count));
});

When('a reader asks for the projection', function (this: ProjectingWorld) {
  this.reader = Journal.open({ directory, disk: this.disk.process(), readOnly: true });
  expect(this.reader.project(trail).applied).to.equal(1);
});

Then('the reader folds {int} events', function (this: ProjectingWorld, count: number) {
  expect(this.reader.project(trail).applied).to.equal(count);
});

When('the segments are merged and {int} events are appended', async function (this: ProjectingWorld, count: number) {
  expect(this.journal.compact({ strategy: 'merge' }).outcome).to.equal('Performed');
  await appendEach(this, eventsOf(count));
});

Then('the state of the reader is that of folding at once', function (this: ProjectingWorld) {
  expect(this.reader.project(trail).state).to.deep.equal(atOnce(this.disk, trail));
});

Then('the state is that of folding at once', function (this: ProjectingWorld) {
  expect(this.journal.project(trail).state).to.deep.equal(atOnce(this.disk, trail));
});

When('2 events lie under a fence', function (this: ProjectingWorld) {
  const fence = this.journal.fence();
  fence.appendBatch(eventsOf(2));
  Object.assign(this, { fence });
});

When(
  'that fence is cancelled, 2 more lie under another, and that is committed',
  function (this: ProjectingWorld & { fence: ReturnType<Journal['fence']> }) {
    this.fence.cancel();
    const fence = this.journal.fence();
    fence.appendBatch(eventsOf(2));
    fence.commit();
  },
);

Then('{int} versions of a projection are right each, and right again', function (this: ProjectingWorld, count: number) {
  const first = Array.from({ length: count }, (_, version) => this.journal.project({ ...trail, version }).state);
  const again = Array.from({ length: count }, (_, version) => this.journal.project({ ...trail, version }).state);
  for (const state of [...first, ...again]) expect(state).to.deep.equal([1, 2, 3, 4, 5, 6]);
});

When('the projection is asked for', function (this: ProjectingWorld) {
  this.projection = {
    ...trail,
    apply: (state, event) => {
      if (this.isThrowing && event.sequence === 8) throw boom;
      return trail.apply(state as readonly number[], event);
    },
  };
  this.journal.project(this.projection);
});

When('{int} events are appended, at the second of which apply throws', async function (this: ProjectingWorld, count: number) {
  await appendEach(this, eventsOf(count));
  this.isThrowing = true;
});

Then('asking for the projection throws that', function (this: ProjectingWorld) {
  for (let nth = 0; nth < 2; nth++)
    expect(() => this.journal.project(this.projection))
      .to.throw()
      .that.equals(boom);
});

Then(/^once apply does not throw, asking for the projection folds (\d+) events$/, function (this: ProjectingWorld, count: string) {
  this.isThrowing = false;
  expect(this.journal.project(this.projection).applied).to.equal(Number(count));
});

interface Changed {
  list: number[];
  taken?: { of: string };
}

const spoiling: Readonly<Record<string, (state: Changed, event: JournalEvent) => Changed>> = {
  'its state': (state) => Object.assign(state, { list: [] }),
  'what is deep in its state': (state, { sequence }) => {
    state.list.push(sequence);
    return state;
  },
  'the state that it began with': (state, { sequence }) => {
    if (sequence === 1) state.list.push(sequence);
    return { list: [] };
  },
  'what it took from a payload': ({ taken }, { payload }) => {
    if (taken !== undefined) taken.of = 'spoiled';
    return { list: [], taken: payload as { of: string } };
  },
};

Then(/^asking for a projection that changes (.*) throws a TypeError$/, function (this: ProjectingWorld, what: string) {
  const initial: Changed = Object.freeze({ list: [] });
  const apply = spoiling[what] ?? expect.fail(what);
  expect(() => this.journal.project({ name: 'spoils', version: 1, initial, apply })).to.throw(TypeError);
});

Then('the state of a projection is frozen at every depth, also what was frozen above it by another', function (this: ProjectingWorld) {
  const apply = (_: unknown, { payload }: JournalEvent): unknown => Object.freeze({ deep: { list: [payload] } });
  const state = this.journal.project({ name: 'deep', version: 1, initial: {}, apply }).state as { deep: { list: { of?: string }[] } };
  for (const part of [state, state.deep, state.deep.list, state.deep.list[0]]) expect(part).to.be.frozen;
});

const impure: Readonly<Record<string, () => unknown>> = {
  'a Map': () => new Map(),
  'a Date': () => new Date(0),
  'a function': () => () => 1,
  'an instance': () => new (class Instance {})(),
  'typed bytes': () => new Uint8Array(2),
};

When(/^a projection is asked for whose state holds (.*)$/, async function (this: ProjectingWorld, what: string) {
  const make = impure[what] ?? expect.fail(what);
  await calling(this, () => this.journal.project<unknown>({ name: 'impure', version: 1, initial: {}, apply: () => ({ deep: [make()] }) }));
});

Then('a projection whose state holds itself gives that state', function (this: ProjectingWorld) {
  const apply = (): unknown => {
    const state: { self?: unknown } = {};
    state.self = state;
    return state;
  };
  const state = this.journal.project({ name: 'itself', version: 1, initial: {}, apply }).state as { self: unknown };
  expect(state.self).to.equal(state);
});

/** A payload of a version is its name; each upcaster adds the next. */
const payloadOf = (version: number) => eventOf('a', { payload: String(version), payloadVersion: version });

Given(/^a journal of payloads of the versions (.*)$/, async function (this: ProjectingWorld, versions: string) {
  beginAndOpen(this);
  await appendEach(this, numbersIn(versions).map(payloadOf));
});

When('a payload of the version {int} is appended', async function (this: ProjectingWorld, version: number) {
  await appendEach(this, [payloadOf(version)]);
});

const shown: Projection<readonly JournalEvent[]> = {
  name: 'shown',
  version: 1,
  region: { entity: 'a' },
  initial: [],
  // What is shown is asked again only when it is compared.
  apply: (events, event) => [...events, event],
};

When(/^the projection understands (\d+), with upcasters from (.*)$/, function (this: ProjectingWorld, understood: string, froms: string) {
  const upcasters = numbersIn(froms).map((from) => ({ kind: note, from, up: (payload: unknown) => `${payload}>${from + 1}` }));
  this.projection = {
    ...shown,
    version: Number(understood),
    payloadVersions: { [note]: Number(understood) },
    upcasters,
  } as Projection<unknown>;
});

When('the projection understands what it understands unless told', function (this: ProjectingWorld) {
  this.projection = shown as Projection<unknown>;
});

When('the projection is of other kinds', function (this: ProjectingWorld) {
  this.projection = { ...shown, kinds: [note + 1] } as Projection<unknown>;
});

Then(/^it is shown the payloads "(.*)", all of version (\d+)$/, function (this: ProjectingWorld, payloads: string, version: string) {
  const events = this.journal.project(this.projection).state as readonly JournalEvent[];
  expect(events.map(({ payload }) => payload)).to.deep.equal(payloads === '' ? [] : payloads.split(', '));
  for (const { payload_version } of events) expect(payload_version).to.equal(Number(version));
});

Then('the hashes that it is shown are those of what is stored', function (this: ProjectingWorld) {
  const events = this.journal.project(this.projection).state as readonly JournalEvent[];
  const stored = [...this.journal.read({ entity: 'a' })];
  const hashesOf = (all: readonly JournalEvent[]) =>
    all.map(({ content_hash, previous_hash, event_hash }) => [content_hash, previous_hash, event_hash]);
  expect(hashesOf(events)).to.deep.equal(hashesOf(stored));
  expect(events.map(({ event_id }) => event_id)).to.deep.equal(stored.map(({ event_id }) => event_id));
});

Then(
  /^it is refused with (SchemaVersionUnsupported|InvalidArgument)(?:, found (\d+) and supported (\d+))?$/,
  async function (this: ProjectingWorld, code: string, found?: string, supported?: string) {
    await calling(this, () => this.journal.project(this.projection));
    const refused = this.takeRefusal();
    expect(refused.code).to.equal(code);
    if (found) expect(refused.details).to.include({ found: Number(found), supported: Number(supported) });
  },
);

/** Asks for a fold and notes it; a journal that is closed in between writes its checkpoint. */
function keep(world: ProjectingWorld): void {
  world.applied = world.journal.project(world.projection, world.entity).applied;
}

Given(
  /^a journal of 1500 events( that were not synced)?, with a projection that is (about to be )?kept(?: of the entity "(\w+)"| of (a state that JSON cannot say))?$/,
  async function (
    this: ProjectingWorld,
    unsynced: string | undefined,
    later: string | undefined,
    entity: string | undefined,
    odd: string | undefined,
  ) {
    beginAndOpen(this, unsynced ? { syncEveryNEvents: 100_000 } : {});
    this.entity = entity ?? undefined;
    this.projection = (odd ? { ...sums, apply: () => ({ nan: Number.NaN }) } : sums) as Projection<unknown>;
    await appendBatch(this, entity ? Array(1500).fill(eventOf(entity)) : eventsOf(1500));
    if (!later) keep(this);
  },
);

When('the power is cut and the journal is opened again, lazily', function (this: ProjectingWorld) {
  this.disk = this.disk.crash();
  open(this, { lifecycle: 'lazy' });
});

Then('it folds {int} events, and its state is that of folding at once', function (this: ProjectingWorld, count: number) {
  const { state, applied } = this.journal.project(this.projection, this.entity);
  expect(state).to.deep.equal(atOnce(this.disk, this.projection, this.entity));
  expect(applied).to.equal(count);
});

Then('its state is that of folding at once', function (this: ProjectingWorld) {
  const { state } = this.journal.project(this.projection);
  expect(state).to.deep.equal(atOnce(this.disk, this.projection));
});

Then('asking for it under another version folds {int} events', function (this: ProjectingWorld, count: number) {
  expect(this.journal.project({ ...this.projection, version: 4 }, this.entity).applied).to.equal(count);
});

When('{int} events more are folded, and then {int}', async function (this: ProjectingWorld, first: number, second: number) {
  for (const count of [first, second]) {
    await appendBatch(this, eventsOf(count));
    keep(this);
    expect(this.applied).to.equal(count);
  }
});

/** What a file kept of a projection becomes; each leaves the journal as it was. */
const spoiledFiles: Readonly<Record<string, (world: ProjectingWorld, bytes: Uint8Array) => Uint8Array | undefined>> = {
  gone: () => undefined,
  empty: () => new Uint8Array(),
  'cut off': (_, bytes) => bytes.subarray(0, -1),
  'of another journal': () => keptElsewhere(new SimulatedDisk({ seed: 2 }), [...eventsOf(1501), eventOf('a', { idempotencyKey: 'here' })]),
  'of the journal in another state': ({ disk }) => keptElsewhere(disk.fork(), [eventOf('a', { idempotencyKey: 'elsewhere' })]),
  'beyond its end': ({ disk }) => keptElsewhere(disk.fork(), eventsOf(1500)),
  'of another entity': ({ disk }) => keptElsewhere(disk.fork(), Array(1500).fill(eventOf('other')), 'other'),
};

function keptElsewhere(disk: SimulatedDisk, events: Parameters<Journal['appendBatch']>[0], entity?: string): Uint8Array {
  const journal = Journal.open({ directory, disk, lifecycle: 'lazy' });
  journal.appendBatch(events);
  if (disk.snapshotTree().has(keptFile)) disk.uproot(keptFile);
  journal.project(sums, entity);
  const [path = ''] = Object.keys(filesOf(disk)).filter(
    (file) => file.startsWith(keptFile) && file.includes('~') === (entity !== undefined),
  );
  return disk.bytesAt(path);
}

When(
  /^what was kept of it is (gone|empty|cut off|of another .*|of the journal .*|beyond .*)$/,
  async function (this: ProjectingWorld, what: string) {
    this.journal.close();
    const other = (spoiledFiles[what] ?? expect.fail(what))(this, this.disk.bytesAt(keptFile));
    if (other === undefined) this.disk.uproot(keptFile);
    else this.disk.plant(keptFile, other);
    // The same sequence: another journal has the same id there, this one in another state has another.
    if (['of the journal in another state', 'of another journal'].includes(what)) await growTo(this, 'here');
    open(this, { lifecycle: 'lazy' });
  },
);

async function growTo(world: ProjectingWorld, key: string): Promise<void> {
  open(world, { lifecycle: 'lazy' });
  await appendBatch(world, [eventOf('a', { idempotencyKey: key })]);
  world.journal.close();
}

Then('each bit of what was kept is flipped in turn, and each time it is damaged', function (this: ProjectingWorld) {
  const bytes = this.disk.bytesAt(keptFile);
  expect(decodeProjection(Buffer.from(bytes)).kind).to.equal('intact');
  for (let bit = 0; bit < bytes.byteLength * 8; bit++) {
    expect(decodeProjection(Buffer.from(flipped(bytes, bit >> 3, bit & 7))).kind, `bit ${bit}`).to.equal('damaged');
  }
});

When('what was kept of it is of a newer version', function (this: ProjectingWorld) {
  const bytes = Buffer.from(this.disk.bytesAt(keptFile));
  bytes.writeUInt32LE(2, 8);
  bytes.writeUInt32LE(crc32(bytes.subarray(16), crc32(bytes.subarray(0, 12))), 12);
  this.disk.plant(keptFile, bytes);
  reopen(this);
});

Then('asking for it is refused with SchemaVersionUnsupported, and the file is as it was', async function (this: ProjectingWorld) {
  const before = this.disk.bytesAt(keptFile);
  await calling(this, () => this.journal.project(this.projection));
  const { code, details } = this.takeRefusal();
  expect([code, details.found, details.supported]).to.deep.equal(['SchemaVersionUnsupported', 2, 1]);
  expect(this.disk.bytesAt(keptFile)).to.deep.equal(before);
});

Then('a reader folds {int} events, and changes nothing on the disk', function (this: ProjectingWorld, count: number) {
  const before = this.disk.changes;
  const reader = Journal.open({ directory, disk: this.disk.process(), readOnly: true });
  expect(reader.project(this.projection).applied).to.equal(count);
  expect(this.disk.changes).to.equal(before);
});

When('a sync of them fails', async function (this: ProjectingWorld) {
  this.disk.faultOn('Sync', 1);
  await calling(this, () => this.journal.sync());
  expect(this.takeRefusal().code).to.equal('IoError');
});

Then('nothing is kept of it', function (this: ProjectingWorld) {
  expect(Object.keys(filesOf(this.disk)).filter((path) => path.includes('projections'))).to.deep.equal([]);
});

When('each step of keeping it meets EIO', function (this: ProjectingWorld) {
  this.outcomes = [];
  const expected = atOnce(this.disk, this.projection);
  for (let nth = 1; ; nth++) {
    const disk = this.disk.fork();
    const kinds: string[] = [];
    const noting = withEachStep(disk, ({ kind }) => void kinds.push(kind));
    const journal = Journal.open({ directory, disk: noting, readOnly: false, lifecycle: 'lazy' });
    kinds.length = 0;
    const armed = disk.fault({ effect: 'EIO', nth });
    const outcome = outcomeWith(() => journal.project(this.projection).state);
    disk.disarm();
    if (armed.strikes === 0) break;
    // What cannot be read cannot be folded.
    if (outcome === 'IoError') expect(kinds.at(-1), `step ${nth}`).to.be.oneOf(['Open', 'Stat', 'Read', 'Close']);
    else expect(outcome).to.deep.equal(expected);
    expect(journal.project(this.projection).state).to.deep.equal(expected);
    journal.close();
    const again = Journal.open({ directory, disk, lifecycle: 'lazy' });
    expect(again.project(this.projection).state).to.deep.equal(expected);
    again.project({ ...this.projection, version: 9 });
    const temps = Object.keys(filesOf(disk)).filter((path) => path.endsWith('.tmp'));
    this.outcomes.push(`${kinds[nth - 1]} ${outcome === 'IoError' ? 'told' : 'given'} ${temps.length}`);
  }
});

Then(
  'each time its state was that of folding at once, and is when the journal is opened again, and no temp is left',
  function (this: ProjectingWorld) {
    expect(this.outcomes).to.include.members(['Write given 0', 'Sync given 0', 'PersistTemp given 0', 'SyncDirectory given 0']);
    expect(this.outcomes.filter((outcome) => !outcome.endsWith(' 0'))).to.deep.equal([]);
  },
);

When('the power is cut in many ways at each step of keeping it', function (this: ProjectingWorld) {
  const expected = atOnce(this.disk, this.projection);
  const looking = lookAtEachStep(this, { most: 6 }, (disk) => {
    const journal = Journal.open({ directory, disk, lifecycle: 'lazy' });
    const { state, applied } = journal.project(this.projection);
    expect(state).to.deep.equal(expected);
    // What is kept next sweeps what was left.
    journal.project({ ...this.projection, version: 9 });
    expect(Object.keys(filesOf(disk)).filter((path) => path.endsWith('.tmp'))).to.deep.equal([]);
    return applied === 0 ? 'kept' : `folded ${applied}`;
  });
  this.journal.project(this.projection);
  looking.finish();
  this.outcomes = looking.looks;
});

Then(
  'each time its state was that of folding at once, both what was kept and nothing was met, and no temp stays',
  function (this: ProjectingWorld) {
    expect([...new Set(this.outcomes)]).to.have.members(['folded 1501', 'kept']);
  },
);

function outcomeWith(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    if (!isCatalogError(error)) throw error;
    return error.code;
  }
}

type Action = 'append' | 'batch' | 'committed fence' | 'cancelled fence' | 'ask' | 'ask of one' | 'merge' | 'reopen';
const actions: readonly Action[] = [
  'append',
  'append',
  'batch',
  'committed fence',
  'cancelled fence',
  'ask',
  'ask of one',
  'merge',
  'reopen',
];

Then('in {int} random histories each state that is asked for, here and by a reader, is that of folding at once', (runs: number) => {
  const history = fc.array(fc.tuple(fc.constantFrom(...actions), fc.integer({ min: 0, max: 3 })), { minLength: 4, maxLength: 24 });
  fc.assert(fc.property(history, followed), { numRuns: runs });
});

function followed(history: readonly (readonly [Action, number])[]): void {
  const disk = new SimulatedDisk();
  const options = { directory, segmentMaxBytes: 1024, lifecycle: 'lazy' } as const;
  const reader = (): Journal => Journal.open({ directory, disk: disk.process(), readOnly: true });
  let journal = Journal.open({ ...options, disk });
  journal.append({ entity: 'e0', scope: 's' }, note, 1);
  const beside = reader();
  for (const [action, nth] of history) {
    const events = eventsOf(nth + 1);
    switch (action) {
      case 'append':
        journal.appendBatch([eventOf(`e${nth}`)]);
        break;
      case 'batch':
        journal.appendBatch(events);
        break;
      case 'committed fence':
      case 'cancelled fence': {
        const fence = journal.fence();
        fence.appendBatch(events);
        // What is asked meanwhile shows nothing of it.
        for (const one of [journal, beside]) one.project(sums);
        if (action === 'committed fence') fence.commit();
        else fence.cancel();
        break;
      }
      case 'merge':
        journal.compact({ strategy: 'merge' });
        break;
      case 'reopen':
        journal.close();
        journal = Journal.open({ ...options, disk });
        break;
      case 'ask':
      case 'ask of one': {
        const entity = action === 'ask' ? undefined : `e${nth}`;
        const expected = expectedOf(reader(), entity);
        for (const one of [journal, beside]) expect(one.project(sums, entity).state).to.deep.equal(expected);
      }
    }
  }
  for (const one of [journal, beside]) expect(one.project(sums).state).to.deep.equal(expectedOf(reader(), undefined));
}

/** Without the fold that is looked at. */
function expectedOf(journal: Journal, entity: string | undefined): Sums {
  const events = [...journal.read()].filter(({ coordinate }) => entity === undefined || coordinate.entity === entity);
  const of: Record<string, number> = {};
  for (const { coordinate } of events) of[coordinate.entity] = (of[coordinate.entity] ?? 0) + 1;
  return { events: events.length, last: events.at(-1)?.sequence ?? 0, of };
}
