import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import fc from 'fast-check';
import { encodeEvent } from '../src/journal/event-record.js';
import { encodeFrame, noHash } from '../src/journal/frame.js';
import {
  type CausalGraphOptions,
  type CausedEvent,
  causalGraph,
  type EventId,
  idempotencyKey,
  type JournalEvent,
  writeCancelledRanges,
} from '../src/journal/index.js';
import { encodeSegmentHeader } from '../src/journal/segment-header.js';
import { readGraph } from '../support/drawn-graph.js';
import {
  acknowledgedIds,
  appendEach,
  begin,
  beginAndOpen,
  calling,
  directory,
  eventOf,
  firstSegment,
  flipped,
  frameBounds,
  type JournalWorld,
  note,
  numbersIn,
  open,
} from '../support/journal-helpers.js';

interface GraphWorld extends JournalWorld {
  asked: Generator<JournalEvent, void>;
  graph: readonly string[];
}

const nobody = '0190a2b4-7d2e-7c31-9f00-1234567890ab';

/** The id of a sequence; callers append from the second on. */
function idOf(world: GraphWorld, sequence: number): EventId {
  return [...world.journal.read({ from: sequence, to: sequence })][0]?.event_id ?? expect.fail(`no event ${sequence}`);
}

const sequencesOf = (events: Iterable<JournalEvent>): number[] => Array.from(events, ({ sequence }) => sequence);

function expectAncestors(world: GraphWorld, sequence: number, ancestors: string, end: string, limit?: number): void {
  const found = world.journal.ancestors(idOf(world, sequence), limit === undefined ? {} : { limit });
  expect(found?.end).to.equal(end);
  expect(sequencesOf(found?.events ?? [])).to.deep.equal(numbersIn(ancestors));
}

Then(
  /^the ancestors of the event (\d+) are (none|[\d, ]+), and end with (.*)$/,
  function (this: GraphWorld, sequence: string, ancestors: string, end: string) {
    expectAncestors(this, Number(sequence), ancestors, end);
  },
);

Then(
  /^at most (\d+) ancestors of the event (\d+) are (none|[\d, ]+), and end with (.*)$/,
  function (this: GraphWorld, limit: string, sequence: string, ancestors: string, end: string) {
    expectAncestors(this, Number(sequence), ancestors, end, Number(limit));
  },
);

Then(
  /^at most (\S+) ancestors of the event (\d+) are refused with InvalidArgument$/,
  async function (this: GraphWorld, limit: string, sequence: string) {
    const id = idOf(this, Number(sequence));
    await calling(this, () => this.journal.ancestors(id, { limit: Number(limit) }));
    expect(this.takeRefusal().code).to.equal('InvalidArgument');
  },
);

Then('each bears the event hash that the one after it names as its previous, and the first names zeros', function (this: GraphWorld) {
  const newest = this.journal.get(idOf(this, 5)) ?? expect.fail('no event 5');
  const chain = [newest, ...(this.journal.ancestors(newest.event_id)?.events ?? [])];
  expect(chain).to.have.length(3);
  expect(chain.map(({ previous_hash }) => previous_hash)).to.deep.equal([
    ...chain.slice(1).map(({ event_hash }) => event_hash),
    '0'.repeat(64),
  ]);
});

Given('a journal whose first events of "a" are its third and its fourth', function (this: GraphWorld) {
  begin(this);
  const lineage = '019ab000-0000-7000-8000-000000000000';
  const event = (version: number) =>
    encodeEvent({
      ...{ id: `019ab000-0000-7000-8000-00000000000${version}`, correlation: nobody, causation: undefined, version },
      ...{
        coordinate: { entity: 'a', scope: 's' },
        kind: note,
        wallMs: 1,
        payloadVersion: 1,
        gates: Buffer.alloc(0),
        payload: Buffer.from('1'),
      },
    });
  const frame = { type: 'events', number: 1, count: 2, sequence: 1, durableTo: 0, fence: 0, previousHash: noHash } as const;
  const header = { number: 1, firstFrame: 1, sequence: 1, lineage, previousHash: noHash, createdMs: 1, durableTo: 0 };
  this.disk.plantDirectory(directory);
  this.disk.plant(
    firstSegment,
    Buffer.concat([encodeSegmentHeader(header), encodeFrame({ ...frame, body: Buffer.concat([event(3), event(4)]) })]),
  );
  open(this, { readOnly: true });
});

When('the event {int} is damaged on the disk', function (this: GraphWorld, sequence: number) {
  const bytes = this.disk.bytesAt(firstSegment);
  this.disk.plant(firstSegment, flipped(bytes, (frameBounds(bytes)[sequence - 1] ?? 0) + 160));
});

Then('there are no ancestors of an id of nobody, and of a text that is no id', function (this: GraphWorld) {
  for (const id of [nobody, '', 'a']) expect(this.journal.ancestors(id)).to.equal(undefined);
});

/** `2, 3 by 2` and `2 to 2, 3 to 2`: sequences, and what each names. */
const pairsIn = (words: string): (readonly [number, number | undefined])[] =>
  words.split(', ').map((pair) => {
    const [sequence, other] = pair.split(/ by | to /).map(Number);
    return [sequence ?? 0, other];
  });

async function appendPairs(world: GraphWorld, words: string, name: 'causation' | 'correlation'): Promise<void> {
  beginAndOpen(world);
  for (const [sequence, other] of pairsIn(words)) {
    const id = other === undefined || other === sequence ? {} : { [name]: idOf(world, other) };
    await appendEach(world, [eventOf('a', id)]);
    expect(world.latest[0]?.sequence).to.equal(sequence);
  }
}

Given(/^a journal of events with causes: (.*)$/, async function (this: GraphWorld, words: string) {
  await appendPairs(this, words, 'causation');
});

Given(/^a journal of events that belong to: (.*)$/, async function (this: GraphWorld, words: string) {
  await appendPairs(this, words, 'correlation');
});

Then(
  /^(whatever the letters of its id, )?the effects of the event (\d+) are (none|[\d, ]+)$/,
  function (this: GraphWorld, letters: string | undefined, sequence: string, effects: string) {
    const id = idOf(this, Number(sequence));
    expect(sequencesOf(this.journal.effects(letters ? id.toUpperCase() : id))).to.deep.equal(numbersIn(effects));
  },
);

Then(/^what is correlated with the event (\d+) is (none|[\d, ]+)$/, function (this: GraphWorld, sequence: string, correlated: string) {
  const id = idOf(this, Number(sequence));
  for (const one of [id, id.toUpperCase()]) expect(sequencesOf(this.journal.correlated(one))).to.deep.equal(numbersIn(correlated));
});

Then('an id of nobody and a text that is no id have no effects, and correlate nothing', function (this: GraphWorld) {
  for (const id of [nobody, '', 'none', undefined as unknown as EventId]) {
    expect([...this.journal.effects(id), ...this.journal.correlated(id)]).to.deep.equal([]);
  }
});

When(
  'an event says that the key {string} is its cause, and then one is appended under that key',
  async function (this: GraphWorld, key: string) {
    await appendEach(this, [eventOf('a', { causation: idempotencyKey(key) }), eventOf('a', { idempotencyKey: key })]);
  },
);

When(
  'the effects of the event {int} are asked for, and one more is appended before the first is taken',
  async function (this: GraphWorld, sequence: number) {
    const id = idOf(this, sequence);
    this.asked = this.journal.effects(id);
    await appendEach(this, [eventOf('a', { causation: id })]);
  },
);

Then(/^those effects are ([\d, ]+)$/, function (this: GraphWorld, effects: string) {
  expect(sequencesOf(this.asked)).to.deep.equal(numbersIn(effects));
});

When(
  'an effect of the event 2, of its entity and correlated with it, is appended under a fence that is cancelled, and one that is not',
  async function (this: GraphWorld) {
    const id = idOf(this, 2);
    const { coordinate, kind, payload, ...named } = eventOf('a', { causation: id, correlation: id });
    const fence = this.journal.fence();
    this.latest = [fence.append(coordinate, kind, payload, named)];
    fence.cancel();
    const cancelled = this.latest;
    await appendEach(this, [eventOf('a', named)]);
    this.latest = cancelled;
  },
);

Then('the event that was cancelled has no ancestors', function (this: GraphWorld) {
  expect(this.journal.ancestors(this.latest[0]?.event_id ?? '')).to.equal(undefined);
});

When(
  'the journal is opened again, and the events {int} to {int} are among the cancelled ranges',
  function (this: GraphWorld, from: number, to: number) {
    this.journal.close();
    writeCancelledRanges(this.disk, directory, [{ from, to }]);
    open(this, { lifecycle: 'lazy' });
  },
);

Then('the event {int} has no ancestors', function (this: GraphWorld, sequence: number) {
  // Of the events of callers the first has the sequence 2.
  expect(this.journal.ancestors(acknowledgedIds(this)[sequence - 2] ?? '')).to.equal(undefined);
});

/** `5<3, 1`: names, and that of the cause behind those that have one. */
const namedEvents = (words: string): CausedEvent[] =>
  (words === '' ? [] : words.split(', ')).map((word) => {
    const [event_id = '', causation_id] = word.split('<');
    return { event_id, ...(causation_id !== undefined && { causation_id }) };
  });

const draw = (events: readonly CausedEvent[], options: Partial<CausalGraphOptions<CausedEvent>> = {}): readonly string[] =>
  causalGraph(events, { label: ({ event_id }) => event_id, ...options });

When(
  /^the events ([\d<, ]*) are drawn( in Unicode)?(, the oldest first)?(?: in (\d+) columns)?$/,
  function (this: GraphWorld, words: string, unicode: string | undefined, oldest: string | undefined, columns: string | undefined) {
    const events = namedEvents(words);
    this.graph = draw(oldest ? events.reverse() : events, {
      style: unicode ? 'unicode' : 'ascii',
      order: oldest ? 'oldest first' : 'newest first',
      ...(columns ? { maxColumns: Number(columns) } : {}),
    });
  },
);

When('an event is drawn whose label has a line break, an escape and a sign that turns the direction', function (this: GraphWorld) {
  this.graph = draw([{ event_id: '1' }], { label: () => 'a\nb\u001b[2J\u202ec' });
});

Then('the graph is', function (this: GraphWorld, text: string) {
  expect(this.graph.join('\n')).to.equal(text);
});

When(/^events are drawn in (\S+) columns$/, async function (this: GraphWorld, columns: string) {
  await this.attempt(() => draw([], { maxColumns: Number(columns) }));
});

Then('that drawing is refused with InvalidArgument', function (this: GraphWorld) {
  expect(this.takeRefusal().code).to.equal('InvalidArgument');
});

/** Of each effect that has a cause further down, that cause, where there is room for its line. */
function causesBelow(events: readonly CausedEvent[]): ReadonlyMap<string, string> {
  const below = new Map<string, string>();
  for (const [nth, { event_id, causation_id }] of events.entries()) {
    if (causation_id !== undefined && events.slice(nth + 1).some((other) => other.event_id === causation_id))
      below.set(event_id, causation_id);
  }
  return below;
}

Then('{int} random graphs show each event once, and lead from each effect to its cause', (runs: number) => {
  const graphs = fc.array(fc.option(fc.nat(24)), { maxLength: 24 });
  const property = fc.property(graphs, (causes) => {
    const events = causes.map((cause, nth) => ({ event_id: `${nth}`, ...(cause !== null && { causation_id: `${cause}` }) }));
    const drawn = readGraph(draw(events, { maxColumns: 30 }));
    expect(drawn.labels).to.deep.equal(events.map(({ event_id }) => event_id));
    expect([...drawn.causes].sort()).to.deep.equal([...causesBelow(events)].sort());
    expect(draw(events.toReversed(), { order: 'oldest first' })).to.have.length(draw(events).length);
  });
  fc.assert(property, { numRuns: runs });
});

const hostile: Readonly<Record<string, (nth: number, count: number) => number>> = {
  chains: (nth) => nth + 1,
  combs: (nth, count) => count - 1 - (nth % 2),
  stars: (_, count) => count - 1,
  circles: (nth, count) => (nth + 1) % count,
  'long lines': (nth, count) => count / 2 + (nth % (count / 2)),
  'causes of nobody': (nth, count) => nth + count,
};

Then(
  'of {int} events each graph of chains, combs, stars, circles and causes of nobody has at most {int} lines of at most {int} characters',
  (count: number, lines: number, width: number) => {
    for (const [what, causeOf] of Object.entries(hostile)) {
      const events = Array.from({ length: count }, (_, nth) => ({ event_id: `${nth}`, causation_id: `${causeOf(nth, count)}` }));
      const drawn = draw(events);
      expect(drawn.length, what).to.be.within(count, lines);
      expect(Math.max(...drawn.map(({ length }) => length)), what).to.be.at.most(width);
    }
  },
);
