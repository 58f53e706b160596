import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import fc from 'fast-check';
import { isCatalogError } from '../src/core/errors.js';
import { SimulatedDisk } from '../src/disk/simulated-disk.js';
import { type Fence, Journal, type Notice, type Region, type SubscribeOptions, type Subscription } from '../src/journal/index.js';
import {
  appendBatch,
  appendEach,
  calling,
  directory,
  eventOf,
  eventsOf,
  firstSegment,
  flipped,
  frameBounds,
  type JournalWorld,
  numbersIn,
} from '../support/journal-helpers.js';

/** One who listens, and what it was told. */
interface Listening {
  readonly told: Notice[];
  readonly subscription: Subscription;
  /** How it ended, once it did. */
  end: { readonly as: unknown } | undefined;
}

interface SubscribingWorld extends JournalWorld {
  reader: Journal;
  listening: Listening;
  all: Listening[];
  other: Listening;
  /** Lets the listener be done with what it was told. */
  done: (() => void) | undefined;
  abort: AbortController;
  fence: Fence;
  lost: unknown[];
}

const sequenceOf = (notice: Notice): number | string => (notice.type === 'event' ? notice.event.sequence : `behind ${notice.after}`);
const toldTo = ({ told }: Listening): (number | string)[] => told.map(sequenceOf);

/** A turn of the event loop in which everything that was due is done. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Until nothing more happens by itself. */
async function quiet(...listening: readonly Listening[]): Promise<void> {
  const count = () => listening.reduce((sum, { told, end }) => sum + told.length + (end === undefined ? 0 : 1), 0);
  for (let before = -1, still = 0; still < 5; before = count()) {
    await turn();
    still = count() === before ? still + 1 : 0;
  }
}

interface Listener {
  readonly journal: Journal;
  readonly region?: Region;
  readonly options?: SubscribeOptions;
  readonly told?: Notice[];
  readonly listener?: (notice: Notice) => unknown;
}

function listen({ journal, region = {}, options = {}, told = [], listener }: Listener): Listening {
  const subscription = journal.subscribe(
    region,
    (notice) => {
      told.push(notice);
      return listener?.(notice);
    },
    options,
  );
  const listening: Listening = { told, subscription, end: undefined };
  subscription.ended.then(
    (as) => {
      listening.end = { as };
    },
    (as) => {
      listening.end = { as };
    },
  );
  return listening;
}

/** Is done with what it is told when it is let. */
const slowly = (world: SubscribingWorld) => (): Promise<void> =>
  new Promise((resolve) => {
    world.done = resolve;
  });

/** Lets a slow listener be done with everything. */
async function letDone(world: SubscribingWorld): Promise<void> {
  for (await quiet(world.listening); world.done !== undefined; await quiet(world.listening)) {
    const { done } = world;
    world.done = undefined;
    done();
  }
}

Given(
  /^a subscriber(?: to (\{.*?\}))?(?: with a queue of (\d+))?( that takes its time)?$/,
  function (this: SubscribingWorld, region: string | undefined, queue: string | undefined, slow: string | undefined) {
    this.abort = new AbortController();
    const options = { signal: this.abort.signal, ...(queue ? { queue: Number(queue) } : {}) };
    const listener = slow ? slowly(this) : () => undefined;
    this.listening = listen({ journal: this.journal, region: JSON.parse(region ?? '{}') as Region, options, listener });
  },
);

Given('a subscriber of a reader', function (this: SubscribingWorld) {
  this.reader = Journal.open({ directory, disk: this.disk.process(), readOnly: true });
  this.listening = listen({ journal: this.reader });
});

Given('a subscriber that appends an event for each of the first {int} that it is told', function (this: SubscribingWorld, count: number) {
  const listener = (): void => {
    if (this.listening.told.length <= count) this.journal.appendBatch([eventOf('a')]);
  };
  this.listening = listen({ journal: this.journal, listener });
});

Given('a subscriber that looks at what a power cut would leave', function (this: SubscribingWorld) {
  this.lost = [];
  const listener = (notice: Notice): void => {
    const left = Journal.open({ directory, disk: this.disk.crash(), readOnly: true });
    if (notice.type === 'event' && left.get(notice.event.event_id) === undefined) this.lost.push(sequenceOf(notice));
  };
  this.listening = listen({ journal: this.journal, listener });
});

Given('{int} subscribers', function (this: SubscribingWorld, count: number) {
  this.all = Array.from({ length: count }, () => listen({ journal: this.journal }));
});

Given(/^another that (throws|rejects) at the event (\d+)$/, function (this: SubscribingWorld, how: string, at: string) {
  const error = new Error('the listener does not like this one');
  const fail = (): unknown => {
    if (how === 'rejects') return Promise.reject(error);
    throw error;
  };
  this.lost = [error];
  this.other = listen({ journal: this.journal, listener: (notice) => (sequenceOf(notice) === Number(at) ? fail() : undefined) });
});

When('an event is appended, and nothing was told when the call returned', async function (this: SubscribingWorld) {
  await turn();
  this.journal.appendBatch([eventOf('a')]);
  expect(toldTo(this.listening)).to.deep.equal([]);
});

When(
  /^somebody subscribes after (-?[\d.]+|nothing)(?: with a queue of (\d+))?$/,
  async function (this: SubscribingWorld, after: string, queue?: string) {
    const options = { ...(after === 'nothing' ? {} : { after: Number(after) }), ...(queue ? { queue: Number(queue) } : {}) };
    await calling(this, () => {
      this.listening = listen({ journal: this.journal, options });
    });
  },
);

const flaws: Readonly<Record<string, (journal: Journal) => unknown>> = {
  'with a queue of 0': (journal) => journal.subscribe({}, () => 1, { queue: 0 }),
  'with a queue of NaN': (journal) => journal.subscribe({}, () => 1, { queue: Number.NaN }),
  'without a listener': (journal) => journal.subscribe({}, undefined as never),
  'to an entity "a/b"': (journal) => journal.subscribe({ entity: 'a/b' }, () => 1),
};

When(
  /^somebody subscribes (with a queue of (?:0|NaN)|without a listener|to an entity "a\/b")$/,
  async function (this: SubscribingWorld, flaw: string) {
    await calling(this, () => (flaws[flaw] ?? expect.fail(flaw))(this.journal));
  },
);

When('somebody subscribes with a signal that has come', function (this: SubscribingWorld) {
  this.listening = listen({ journal: this.journal, options: { signal: AbortSignal.abort() } });
});

async function expectTold(world: SubscribingWorld, sequences: readonly (number | string)[]): Promise<void> {
  await letDone(world);
  expect(toldTo(world.listening)).to.deep.equal(sequences);
}

Then(/^the subscriber is told (none|\d+(?:, \d+)*), and stays$/, async function (this: SubscribingWorld, sequences: string) {
  await expectTold(this, numbersIn(sequences));
  expect(this.listening.end).to.equal(undefined);
});

Then('the subscriber is told {int} to {int}, and stays', async function (this: SubscribingWorld, first: number, last: number) {
  await expectTold(
    this,
    Array.from({ length: last - first + 1 }, (_, nth) => first + nth),
  );
  expect(this.listening.end).to.equal(undefined);
});

Then(
  /^the subscriber is told ([\d, ]+) and then that it is behind after (\d+)$/,
  async function (this: SubscribingWorld, sequences: string, after: string) {
    await expectTold(this, [...numbersIn(sequences), `behind ${after}`]);
  },
);

Then('each subscriber is told {}', async function (this: SubscribingWorld, sequences: string) {
  await quiet(...this.all);
  for (const listening of this.all) expect(toldTo(listening)).to.deep.equal(numbersIn(sequences));
});

Then('its position is {int}', function (this: SubscribingWorld, position: number) {
  expect(this.listening.subscription.position).to.equal(position);
});

Then('the subscriber was told {int} alone until it was done with that', async function (this: SubscribingWorld, sequence: number) {
  await quiet(this.listening);
  expect(toldTo(this.listening)).to.deep.equal([sequence]);
  expect(this.listening.subscription.position).to.equal(1);
});

Then('it is told 2, 3, 4, 5 as it is done with each, and its position follows', async function (this: SubscribingWorld) {
  for (const sequence of [2, 3, 4, 5]) {
    expect(toldTo(this.listening).at(-1)).to.equal(sequence);
    expect(this.listening.subscription.position).to.equal(sequence - 1);
    this.done?.();
    await quiet(this.listening);
    expect(this.listening.subscription.position).to.equal(sequence);
  }
  expect(this.listening.told).to.have.length(4);
});

When('20 events are appended in batches of all sizes', async function (this: SubscribingWorld) {
  for (const size of [1, 2, 3, 4, 1, 1, 5, 3]) {
    await appendBatch(this, eventsOf(size));
    await quiet(this.listening);
  }
});

Then('each that was told was there', function (this: SubscribingWorld) {
  expect(this.lost).to.deep.equal([]);
});

Then('of {int} events at least {int} were told', function (this: SubscribingWorld, _: number, least: number) {
  expect(this.listening.told).to.have.length.at.least(least);
});

When('two events lie under a fence that is cancelled, and two under one that is not ended yet', function (this: SubscribingWorld) {
  const cancelled = this.journal.fence();
  cancelled.appendBatch(eventsOf(2));
  cancelled.cancel();
  this.fence = this.journal.fence();
  this.fence.appendBatch(eventsOf(2));
});

When('that one is committed', function (this: SubscribingWorld) {
  this.fence.commit();
});

When('{int} events are submitted, and all are acknowledged', async function (this: SubscribingWorld, count: number) {
  await Promise.all(eventsOf(count).map(({ coordinate, kind, payload }) => this.journal.submit(coordinate, kind, payload)));
});

When('the reader looks', function (this: SubscribingWorld) {
  expect([...this.reader.read({ to: 1 })]).to.have.length(1);
});

Then('after a power cut these are there', function (this: SubscribingWorld) {
  const left = Journal.open({ directory, disk: this.disk.crash(), readOnly: true });
  const there = new Set([...left.read()].map(({ sequence }) => sequence));
  expect(toldTo(this.listening).filter((sequence) => !there.has(Number(sequence)))).to.deep.equal([]);
});

When('the segments are merged, and {int} events more are appended', async function (this: SubscribingWorld, count: number) {
  expect(this.journal.compact({ strategy: 'merge' }).outcome).to.equal('Performed');
  await appendEach(this, eventsOf(count));
});

When(/^1 event(?: of "(\w+)")? is appended and told$/, async function (this: SubscribingWorld, entity?: string) {
  await appendEach(this, [eventOf(entity || 'a')]);
  await quiet(this.listening);
  expect(toldTo(this.listening)).to.deep.equal([2]);
});

When('it is done with the first, and {int} more events are appended', async function (this: SubscribingWorld, count: number) {
  await quiet(this.listening);
  this.done?.();
  await quiet(this.listening);
  expect(toldTo(this.listening)).to.deep.equal([2, 3]);
  await appendEach(this, eventsOf(count));
});

Then('it has ended as behind', function (this: SubscribingWorld) {
  expect(this.listening.end).to.deep.equal({ as: 'behind' });
});

When('it subscribes again after that', function (this: SubscribingWorld) {
  const told = this.listening.told.filter(({ type }) => type === 'event');
  const last = this.listening.told.at(-1);
  expect(last?.type).to.equal('behind');
  this.listening = listen({ journal: this.journal, told, options: { after: last?.type === 'behind' ? last.after : 0 } });
});

When('{int} events are appended in one call', async function (this: SubscribingWorld, count: number) {
  await appendBatch(this, eventsOf(count));
});

When(/^it has ended by (.*) after the first was told$/, async function (this: SubscribingWorld, how: string) {
  await quiet(this.listening);
  const ends: Readonly<Record<string, () => void>> = {
    'being unsubscribed': () => this.listening.subscription.unsubscribe(),
    'its signal': () => this.abort.abort(),
    'being disposed of': () => this.listening.subscription[Symbol.dispose](),
    'closing the journal': () => this.journal.close(),
  };
  (ends[how] ?? expect.fail(how))();
  await quiet(this.listening);
  // It is over when the listener is done.
  expect(this.listening.end).to.equal(undefined);
  await letDone(this);
});

Then(/^it was told (none|[\d, ]+) alone, and has ended as (\w+)$/, async function (this: SubscribingWorld, sequences: string, end: string) {
  await expectTold(this, numbersIn(sequences));
  expect(this.listening.end).to.deep.equal({ as: end });
});

Then('the other has ended with what it threw, and its position is {int}', async function (this: SubscribingWorld, position: number) {
  await quiet(this.other);
  expect(this.other.end?.as).to.equal(this.lost[0]);
  expect(this.other.subscription.position).to.equal(position);
});

When('the second of them is damaged on the disk', function (this: SubscribingWorld) {
  const bytes = this.disk.bytesAt(firstSegment);
  this.disk.plant(firstSegment, flipped(bytes, (frameBounds(bytes)[2] ?? 0) + 160));
});

Then(/^it has ended with CorruptSegment, and was told ([\d, ]+)$/, async function (this: SubscribingWorld, sequences: string) {
  await quiet(this.listening);
  expect(isCatalogError(this.listening.end?.as, 'CorruptSegment')).to.equal(true);
  expect(toldTo(this.listening)).to.deep.equal(numbersIn(sequences));
});

When('the next sync fails while an event is appended', async function (this: SubscribingWorld) {
  await quiet(this.listening);
  this.disk.faultOn('Sync', 1);
  await appendBatch(this, [eventOf('a')]);
  expect(this.takeRefusal().code).to.equal('CommitUnknown');
});

type Happening = 'append' | 'batch' | 'turn' | 'done' | 'throw' | 'stop';
const happenings: readonly Happening[] = ['append', 'append', 'batch', 'turn', 'done', 'done', 'throw', 'stop'];

Then(
  'in {int} random histories a subscriber that falls behind, throws and stops at random is told each event once',
  async (runs: number) => {
    const history = fc.array(fc.tuple(fc.constantFrom(...happenings), fc.integer({ min: 1, max: 5 })), { maxLength: 40 });
    const ends = new Set<unknown>();
    await fc.assert(
      fc.asyncProperty(history, fc.integer({ min: 1, max: 4 }), (steps, queue) => toldOnce(steps, queue, ends)),
      { numRuns: runs },
    );
    expect([...ends]).to.have.members(['behind', 'unsubscribed', 'thrown']);
  },
);

/** Subscribes again whenever it has ended, after what it was done with. */
async function toldOnce(history: readonly (readonly [Happening, number])[], queue: number, ends: Set<unknown>): Promise<void> {
  const journal = Journal.open({ directory, disk: new SimulatedDisk(), lifecycle: 'lazy' });
  const finished: number[] = [];
  let settle: ((error?: Error) => void) | undefined;
  const listener = (notice: Notice): unknown => {
    if (notice.type === 'behind') return undefined;
    return new Promise<void>((resolve, reject) => {
      settle = (error) => {
        settle = undefined;
        if (error !== undefined) return reject(error);
        finished.push(notice.event.sequence);
        return resolve();
      };
    });
  };
  const again = (after: number): Listening => listen({ journal, listener, options: { after, queue } });
  let listening = again(0);
  const goOn = async (): Promise<void> => {
    for (await quiet(listening); listening.end !== undefined; await quiet(listening)) {
      ends.add(listening.end.as instanceof Error ? 'thrown' : listening.end.as);
      listening = again(listening.subscription.position);
    }
  };
  for (const [happening, count] of history) {
    if (happening === 'append') journal.appendBatch([eventOf('a')]);
    else if (happening === 'batch') journal.appendBatch(eventsOf(count));
    else if (happening === 'done') settle?.();
    else if (happening === 'throw') settle?.(new Error('thrown'));
    else if (happening === 'stop') {
      listening.subscription.unsubscribe();
      settle?.();
    }
    if (happening !== 'append' && happening !== 'batch') await goOn();
  }
  for (await goOn(); settle !== undefined; await goOn()) settle();
  expect(finished).to.deep.equal([...journal.read()].map(({ sequence }) => sequence));
  journal.close();
}
