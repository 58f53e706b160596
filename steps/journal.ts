import { join } from 'node:path';
import { type DataTable, Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { SimulatedProcess } from '../src/disk/simulated-disk.js';
import type { AppendOptions, NewEvent } from '../src/journal/appending.js';
import type { JournalDiagnostics } from '../src/journal/diagnostics.js';
import type { JournalEvent } from '../src/journal/event.js';
import { Journal } from '../src/journal/journal.js';
import type { Receipt } from '../src/journal/receipts.js';
import type { Region } from '../src/journal/region.js';
import {
  acknowledge,
  appendBatch,
  appendEach,
  begin,
  beginAndOpen,
  calling,
  directory,
  eventOf,
  eventsOf,
  expectAcknowledged,
  expectNothingWritten,
  firstSegment,
  flipped,
  found,
  frameBounds,
  type JournalWorld,
  linkToDirectory,
  listed,
  note,
  numbersIn,
  open,
  openCompleted,
  quoted,
  reopen,
  sha256,
} from '../support/journal-helpers.js';

interface AppendingWorld extends JournalWorld {
  asked: Iterable<JournalEvent>;
  said: NewEvent;
  other: readonly JournalEvent[];
  own: readonly JournalEvent[];
  read: readonly JournalEvent[];
  kept: readonly Receipt[];
  hashes: readonly (readonly string[])[];
  diagnosis: JournalDiagnostics | undefined;
  writer: { readonly process: SimulatedProcess; readonly journal: Journal };
}

const version7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const someId = '0190a2b4-7d2e-7c31-9f00-1234567890ab';
const otherId = '0190a2b4-7d2e-7c31-9f00-1234567890ac';

Given('an empty disk', function (this: AppendingWorld) {
  begin(this);
});

Given('a journal', function (this: AppendingWorld) {
  beginAndOpen(this);
});

Given('a journal of segments of {int} bytes', function (this: AppendingWorld, segmentMaxBytes: number) {
  beginAndOpen(this, { segmentMaxBytes });
});

Given('a journal that syncs every {int} events', function (this: AppendingWorld, syncEveryNEvents: number) {
  beginAndOpen(this, { syncEveryNEvents });
});

Given('a journal of segments of {int} bytes that syncs every {int} events', function (this: AppendingWorld, bytes: number, events: number) {
  beginAndOpen(this, { segmentMaxBytes: bytes, syncEveryNEvents: events });
});

Given('a journal in which "a" has {int} events and "b" has {int}', async function (this: AppendingWorld, ofA: number, ofB: number) {
  beginAndOpen(this);
  await appendEach(this, [...Array(ofA).fill(eventOf('a')), ...Array(ofB).fill(eventOf('b'))]);
});

When('the journal is opened again', function (this: AppendingWorld) {
  reopen(this);
});

When('the power is cut and the journal is opened again', function (this: AppendingWorld) {
  this.disk = this.disk.crash();
  open(this);
});

When(/^the journal is opened( for reading)?$/, async function (this: AppendingWorld, reading?: string) {
  await calling(this, () => open(this, { readOnly: Boolean(reading) }));
});

When(/^the journal is opened with (\{.*\})$/, async function (this: AppendingWorld, options: string) {
  await calling(this, () => open(this, JSON.parse(options)));
});

When('the journal is synced', async function (this: AppendingWorld) {
  await calling(this, () => this.journal.sync());
});

When(/^the journal is closed(?: again)?$/, async function (this: AppendingWorld) {
  await calling(this, () => this.journal.close());
});

When(/^events of ("[^"]*"(?:(?:, | and )"[^"]*")*) are appended$/, async function (this: AppendingWorld, entities: string) {
  await appendEach(
    this,
    quoted(entities).map((entity, nth) => eventOf(entity, { payload: { nth } })),
  );
});

When('{int} events are appended', async function (this: AppendingWorld, count: number) {
  await appendEach(this, eventsOf(count));
});

When(/^a batch of events of ("[^"]*"(?:(?:, | and )"[^"]*")*) is appended$/, async function (this: AppendingWorld, entities: string) {
  await appendBatch(
    this,
    quoted(entities).map((entity) => eventOf(entity)),
  );
});

When(/^a batch of (\d+|no) events is appended$/, async function (this: AppendingWorld, count: string) {
  await appendBatch(this, eventsOf(count === 'no' ? 0 : Number(count)));
});

Then(/^the journal refuses it with (\w+)$/, function (this: AppendingWorld, code: string) {
  expect(this.takeRefusal().code).to.equal(code);
});

Then('nothing is written', function (this: AppendingWorld) {
  expectNothingWritten(this);
});

Then('no step was taken on the disk', function (this: AppendingWorld) {
  expect(this.call.steps).to.deep.equal([]);
});

Then('all that was acknowledged is read in its order', function (this: AppendingWorld) {
  expectAcknowledged(this);
});

Then('{int} event(s) is/are there', function (this: AppendingWorld, count: number) {
  expect([...this.journal.read()]).to.have.lengthOf(count);
  expect(this.journal.diagnostics().event_count).to.equal(count);
});

Then('no event is read', function (this: AppendingWorld) {
  expect([...this.journal.read()]).to.deep.equal([]);
});

Then('no handle of it is left open', function (this: AppendingWorld) {
  expect(this.disk.openHandles()).to.equal(0);
});

Then(
  'its only event is of the kind 0x0008, of the entity {string} and the scope {string}',
  function (this: AppendingWorld, entity: string, scope: string) {
    const [event, ...others] = [...this.journal.read()];
    expect(others).to.deep.equal([]);
    expect(event).to.deep.include({ kind: 0x0008, sequence: 1, version: 1, coordinate: { entity, scope } });
  },
);

Then('that event says what opening reported', function (this: AppendingWorld) {
  const [event] = [...this.journal.read()];
  expect(event?.payload).to.include.keys('path', 'events', 'segments', 'bytes_cut', 'batches_discarded', 'elapsed_ms');
  expect(event?.payload).to.deep.equal(this.reports.at(-1));
});

Then(
  /^they are read with the sequences ([\d, ]+) and the versions ([\d, ]+)$/,
  function (this: AppendingWorld, sequences: string, versions: string) {
    const read = this.latest.map(({ event_id }) => found(this, event_id));
    expect(read.map(({ sequence }) => sequence)).to.deep.equal(numbersIn(sequences));
    expect(this.latest.map(({ sequence }) => sequence)).to.deep.equal(numbersIn(sequences));
    expect(read.map(({ version }) => version)).to.deep.equal(numbersIn(versions));
  },
);

When('an event is appended with all that can be said of it', async function (this: AppendingWorld) {
  const ids = { idempotencyKey: someId, correlation: otherId, causation: otherId.replace('c', 'd') };
  this.said = { coordinate: { entity: 'modèle:a', scope: 'ranges' }, kind: 0xe123, payload: { a: [1] }, payloadVersion: 7, ...ids };
  await appendBatch(this, [this.said]);
});

Then('it is read with all of that', function (this: AppendingWorld) {
  const { coordinate, kind, payload } = this.said;
  expect(found(this, someId)).to.deep.include({
    event_id: this.said.idempotencyKey,
    coordinate,
    kind,
    payload,
    payload_version: this.said.payloadVersion,
    correlation_id: this.said.correlation,
    causation_id: this.said.causation,
  });
  expect(this.said.causation).not.to.equal(this.said.correlation);
});

Then('the ids of both are UUIDs of version 7, of which the second comes after the first', function (this: AppendingWorld) {
  const ids = this.latest.map(({ event_id }) => event_id);
  for (const id of ids) expect(id).to.match(version7);
  expect(ids).to.have.lengthOf(2);
  expect([...ids].sort()).to.deep.equal(ids);
  expect(ids[0]).not.to.equal(ids[1]);
});

Then('each is its own correlation, has no causation, and the payload version {int}', function (this: AppendingWorld, version: number) {
  for (const { event_id } of this.latest) {
    expect(found(this, event_id)).to.include({ correlation_id: event_id, causation_id: undefined, payload_version: version });
  }
});

When(/^an event with the payload (.*) is appended$/, async function (this: AppendingWorld, payload: string) {
  await appendBatch(this, [eventOf('a', { payload: JSON.parse(payload) })]);
});

Then(/^its payload is read as (.*)$/, function (this: AppendingWorld, payload: string) {
  const { payload: read } = found(this, this.latest[0]?.event_id ?? '');
  expect(JSON.stringify(read)).to.equal(JSON.stringify(JSON.parse(payload)));
});

When('an event with a payload of {int} characters is appended', async function (this: AppendingWorld, count: number) {
  this.said = eventOf('a', { payload: 'ü模'.repeat(count / 2) });
  await appendBatch(this, [this.said]);
});

Then('its payload is read whole', function (this: AppendingWorld) {
  expect(found(this, this.latest[0]?.event_id ?? '').payload === this.said.payload).to.equal(true);
});

Then('the content hash of each is the SHA-256 of its payload as JSON', function (this: AppendingWorld) {
  expect(this.latest).to.have.lengthOf(4);
  for (const [nth, { event_id }] of this.latest.entries()) expect(found(this, event_id).content_hash).to.equal(sha256(`{"nth":${nth}}`));
});

Then(
  'each follows the event hash of the one of its entity before it, and the first of an entity follows zeros',
  function (this: AppendingWorld) {
    const [first, ofB, second, third] = this.latest.map(({ event_id }) => found(this, event_id));
    for (const one of [first, ofB]) expect(one?.previous_hash).to.equal('0'.repeat(64));
    expect(second?.previous_hash).to.equal(first?.event_hash);
    expect(third?.previous_hash).to.equal(second?.event_hash);
    expect(new Set([first, ofB, second, third].map((one) => one?.event_hash)).size).to.equal(4);
  },
);

Then('the receipts tell the same hashes', function (this: AppendingWorld) {
  for (const { event_id, content_hash, event_hash } of this.latest) {
    expect(event_hash).to.match(/^[0-9a-f]{64}$/);
    expect(found(this, event_id)).to.include({ content_hash, event_hash });
  }
});

Given('two journals of events of "a", "a", "b" and "a", the second of which differs', async function (this: AppendingWorld) {
  const journalOf = async (words: readonly string[]) => {
    beginAndOpen(this);
    await appendEach(
      this,
      ['a', 'a', 'b', 'a'].map((entity, nth) => eventOf(entity, { payload: words[nth] })),
    );
    return this.latest.map(({ event_id }) => found(this, event_id));
  };
  this.own = await journalOf(['one', 'two', 'three', 'four']);
  this.other = await journalOf(['one', 'too', 'three', 'four']);
  expect(this.own.map(({ event_id, wall_ms }) => [event_id, wall_ms])).to.deep.equal(
    this.other.map(({ event_id, wall_ms }) => [event_id, wall_ms]),
  );
});

Then('the event hashes of the second and the fourth differ, and the others are equal', function (this: AppendingWorld) {
  const areEqual = this.own.map(({ event_hash }, nth) => event_hash === this.other[nth]?.event_hash);
  expect(areEqual).to.deep.equal([true, false, true, false]);
});

When('{int} events are appended whose receipts are kept', function (this: AppendingWorld, count: number) {
  this.kept = eventsOf(count).map(({ coordinate, kind, payload }) => this.journal.append(coordinate, kind, payload));
});

When('the hashes of those receipts are asked for', function (this: AppendingWorld) {
  this.hashes = this.kept.map(({ content_hash, event_hash }) => [content_hash, event_hash]);
});

Then('they are those of the events when the journal is opened again', function (this: AppendingWorld) {
  reopen(this);
  const read = this.kept.map(({ event_id }) => found(this, event_id));
  expect(read).to.have.lengthOf(3);
  expect(this.hashes).to.deep.equal(read.map(({ content_hash, event_hash }) => [content_hash, event_hash]));
});

When('events are appended as the clock shows', async function (this: AppendingWorld, table: DataTable) {
  let now = 0;
  reopen(this, { clock: () => now });
  const latest: Receipt[] = [];
  for (const { entity, clock } of table.hashes()) {
    now = Number(clock);
    await appendEach(this, [eventOf(entity ?? '')]);
    latest.push(...this.latest);
  }
  this.latest = latest;
});

Then(/^they are read with the times ([\d, ]+)$/, function (this: AppendingWorld, times: string) {
  expect(this.latest.map(({ event_id }) => found(this, event_id).wall_ms)).to.deep.equal(numbersIn(times));
});

When('a batch is appended while the clock goes back', async function (this: AppendingWorld) {
  let now = 1_000_000;
  reopen(this, { clock: () => now-- });
  await appendBatch(this, Array(5).fill(eventOf('a')));
});

Then('the times that are read do not go back', function (this: AppendingWorld) {
  const times = this.latest.map(({ event_id }) => found(this, event_id).wall_ms);
  expect(times).to.deep.equal(Array(5).fill(times[0]));
});

When(/^an event of "a" is appended where (\S+) is expected$/, async function (this: AppendingWorld, expected: string) {
  await appendBatch(this, [eventOf('a', expecting(expected))]);
});

Then('it is appended as the event {int} of "a"', function (this: AppendingWorld, version: number) {
  expect(found(this, this.latest[0]?.event_id ?? '').version).to.equal(version);
});

Then(
  /^the journal refuses it with SequenceMismatch, expected (\S+) and actual (\d+)$/,
  function (this: AppendingWorld, expected: string, actual: string) {
    const { code, details } = this.takeRefusal();
    expect({ code, ...details }).to.include({ code: 'SequenceMismatch', ...expecting(expected), actual: Number(actual) });
  },
);

When(
  /^a batch is appended of events of (.*) that expects (.*)$/,
  async function (this: AppendingWorld, entities: string, expectations: string) {
    const expected = expectations.split(/, | and /).map(expecting);
    await appendBatch(
      this,
      quoted(entities).map((entity, nth) => eventOf(entity, expected[nth])),
    );
  },
);

When(
  /^an event of "([^"]*)"( with another payload)? is appended under the key "([^"]*)"(?:, where (none|\d+) is expected)?$/,
  async function (this: AppendingWorld, entity: string, other: string | undefined, idempotencyKey: string, expected?: string) {
    await appendBatch(this, [eventOf(entity, { payload: { first: !other }, idempotencyKey, ...(expected && expecting(expected)) })]);
  },
);

When(/^a batch is appended under the keys (.*)$/, async function (this: AppendingWorld, keys: string) {
  const events = keys.split(/, | and /).map((key) => eventOf('a', key === 'none' ? {} : { idempotencyKey: key.slice(1, -1) }));
  await appendBatch(this, events);
});

Then('both receipts are the same', function (this: AppendingWorld) {
  const [first, second, ...others] = this.given.filter(({ event_id }) => event_id === this.latest[0]?.event_id);
  expect(others).to.deep.equal([]);
  expect(first?.event_id).to.be.a('string');
  expect(second).to.deep.equal(first);
});

Then('the id of both is {string}', function (this: AppendingWorld, id: string) {
  expect(this.given.map(({ event_id }) => event_id)).to.deep.equal([id, id]);
  expect(found(this, id).event_id).to.equal(id);
});

Then('that event is still of "a", with its first payload', function (this: AppendingWorld) {
  const { coordinate, payload } = found(this, this.latest[0]?.event_id ?? '');
  expect([coordinate.entity, payload]).to.deep.equal(['a', { first: true }]);
});

Then(/^the receipts say that it is durable: (.*)$/, function (this: AppendingWorld, answers: string) {
  expect(this.given.map(({ durable }) => (durable ? 'yes' : 'no'))).to.deep.equal(answers.split(', '));
});

Then('each key has one receipt, given twice', function (this: AppendingWorld) {
  const [x, y, z, ...again] = this.given;
  expect(again).to.deep.equal([z, x, y]);
  expect([x?.sequence, y?.sequence, z?.sequence]).to.deep.equal([2, 3, 4]);
});

Then('it has no receipts', function (this: AppendingWorld) {
  expect(this.given).to.deep.equal([]);
});

When(/^a batch is appended whose third event has (.*)$/, async function (this: AppendingWorld, flaw: string) {
  await appendBatch(this, [eventOf('a'), eventOf('b'), eventOf('a', changeTo(flaw)), eventOf('b')]);
});

When(
  /^an event is appended with ((?:an? |no |the )(?:causation|correlation|payload version|empty|key|kind|entity|coordinate).*)$/,
  async function (this: AppendingWorld, what: string) {
    await appendBatch(this, [eventOf('a', changeTo(what))]);
  },
);

When(/^an event with a payload that is (.*) is appended$/, async function (this: AppendingWorld, what: string) {
  const cycle: Record<string, unknown> = {};
  cycle.again = cycle;
  const payloads: Readonly<Record<string, unknown>> = {
    undefined: undefined,
    'a function': () => 1,
    'a symbol': Symbol('s'),
    'a BigInt': { deep: [1n] },
    'a cycle': cycle,
    'what throws as JSON': { toJSON: () => expect.fail('no') },
    'nothing as JSON': { toJSON: () => undefined },
  };
  expect(payloads).to.have.property(what);
  await appendBatch(this, [eventOf('a', { payload: payloads[what] })]);
});

Then('it is read with the payload version {int}', function (this: AppendingWorld, version: number) {
  expect(found(this, this.latest[0]?.event_id ?? '').payload_version).to.equal(version);
});

Given('a journal of these events from the sequence 2 on', async function (this: AppendingWorld, table: DataTable) {
  beginAndOpen(this);
  await appendEach(
    this,
    table.hashes().map(({ entity = '', scope = '', kind }) => ({ coordinate: { entity, scope }, kind: Number(kind), payload: 1 })),
  );
});

When(/^the region (\{.*?\}) is read(?: with (\{.*\}))?$/, async function (this: AppendingWorld, region: string, options?: string) {
  this.read = (await calling(this, () => [...this.journal.read(JSON.parse(region), JSON.parse(options ?? '{}'))])) ?? [];
});

When(/^the region (\{.*\}) is asked for, and nothing is taken$/, async function (this: AppendingWorld, region: string) {
  await calling(this, () => {
    this.asked = this.journal.read(JSON.parse(region) as Region);
  });
});

Then(/^the events ([\d, ]+|none) are read$/, function (this: AppendingWorld, sequences: string) {
  expect(this.read.map(({ sequence }) => sequence)).to.deep.equal(numbersIn(sequences));
});

When('an event is appended after each event that a reader is given', async function (this: AppendingWorld) {
  this.read = [];
  for (const event of this.journal.read()) {
    this.read = [...this.read, event];
    await appendEach(this, [eventOf('late')]);
    expect(this.read).to.have.lengthOf.below(100);
  }
});

When('an event is appended after a reader asked and before it takes the first', async function (this: AppendingWorld) {
  const reader = this.journal.read();
  await appendEach(this, [eventOf('late')]);
  this.read = [...reader];
});

Then(/^that reader was given the events ([\d, ]+)$/, function (this: AppendingWorld, sequences: string) {
  expect(this.read.map(({ sequence }) => sequence)).to.deep.equal(numbersIn(sequences));
});

Then(/^another reader is given the events ([\d, ]+)$/, function (this: AppendingWorld, sequences: string) {
  expect([...this.journal.read()].map(({ sequence }) => sequence)).to.deep.equal(numbersIn(sequences));
});

Then('two readers that take turns are given all events each', function (this: AppendingWorld) {
  const [one, other] = [this.journal.read(), this.journal.read({ from: 11 })];
  const given: [number[], number[]] = [[], []];
  for (let turn = 0; turn < 30; turn++) {
    for (const [nth, reader] of [one, other].entries()) {
      const { value } = reader.next();
      if (value !== undefined) given[nth]?.push(value.sequence);
    }
  }
  const all = Array.from({ length: 21 }, (_, nth) => nth + 1);
  expect(given).to.deep.equal([all, all.slice(10)]);
});

Then('each is found by its id, in whatever letters that is written', function (this: AppendingWorld) {
  expect(this.events).to.have.lengthOf(20);
  for (const { event_id, sequence } of this.events) {
    expect([this.journal.get(event_id)?.sequence, this.journal.get(event_id.toUpperCase())?.sequence]).to.deep.equal([sequence, sequence]);
  }
});

Then('none is found by an id of nobody or by a text that is no id', function (this: AppendingWorld) {
  for (const id of [otherId, '', 'order 17', 'x'.repeat(36)]) expect(this.journal.get(id), id).to.equal(undefined);
});

Then('none is found by its id with something behind it', function (this: AppendingWorld) {
  for (const { event_id } of this.latest) {
    for (const id of [`${event_id}0`, `${event_id}-x`]) expect(this.journal.get(id), id).to.equal(undefined);
  }
});

When('diagnostics are asked for', async function (this: AppendingWorld) {
  this.diagnosis = await calling(this, () => this.journal.diagnostics());
});

Then(
  'they say that {int} events were accepted, {int} of them durable and all visible',
  function (this: AppendingWorld, accepted: number, durable: number) {
    expect(this.diagnosis).to.deep.include({ event_count: accepted, sequence: { accepted, durable, visible: accepted } });
  },
);

Then('they name the directory, the {int} bytes of a segment, and what opening reported', function (this: AppendingWorld, bytes: number) {
  expect(this.diagnosis).to.deep.include({ data_dir: directory, segment_max_bytes: bytes, open_report: this.reports.at(-1) });
  expect(this.reports).to.have.lengthOf(1);
});

Given('a journal that is opened by a symbolic link to its directory', function (this: AppendingWorld) {
  begin(this);
  open(this, { directory: linkToDirectory(this.disk) });
});

Then('they name the directory, and not the link', function (this: AppendingWorld) {
  expect(this.diagnosis?.data_dir).to.equal(directory);
});

When('the journal is opened by its own path', async function (this: AppendingWorld) {
  await calling(this, () => open(this, { directory }));
});

When('every event is read, by region and by id, with its hashes', async function (this: AppendingWorld) {
  await calling(this, () => {
    for (const { event_id, event_hash } of this.journal.read()) expect(found(this, event_id).event_hash).to.equal(event_hash);
  });
});

Given('a journal that another process has open', async function (this: AppendingWorld) {
  begin(this);
  const process = this.disk.process();
  this.writer = { process, journal: Journal.open({ directory, disk: process }) };
  acknowledge(this, this.writer.journal.appendBatch(eventsOf(3)));
});

Then('the journal refuses it with JournalLocked, which names that process', function (this: AppendingWorld) {
  const { code, details } = this.takeRefusal();
  const { pid, host, command } = this.writer.process.host.identity;
  expect({ code, ...details }).to.include({ code: 'JournalLocked', pid, host, command });
  expect(details.since).to.match(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
});

When(/^that process (closed it|was killed)$/, function (this: AppendingWorld, left: string) {
  if (left === 'closed it') this.writer.journal.close();
  else this.writer.process.kill();
});

Then('that process can still append', function (this: AppendingWorld) {
  const [receipt] = this.writer.journal.appendBatch([eventOf('a')]);
  expect(this.writer.journal.get(receipt?.event_id ?? '')?.sequence).to.equal(5);
});

Given('a journal on a disk of this machine', async function (this: AppendingWorld) {
  begin(this);
  this.options = { directory: join(await this.folder(), 'deep', 'journal') };
  this.journal = Journal.open({ directory, ...this.options });
  this.onEnd(async () => this.journal.close());
  acknowledge(this, this.journal.appendBatch(eventsOf(3)));
});

When('it is opened a second time', async function (this: AppendingWorld) {
  await this.attempt(() => Journal.open({ directory, ...this.options }));
});

Then('the journal refuses it with JournalLocked, which names this process', function (this: AppendingWorld) {
  const { code, details } = this.takeRefusal();
  expect({ code, ...details }).to.include({ code: 'JournalLocked', pid: process.pid });
  expect(details).to.include.keys('host', 'command', 'since');
});

Then('what the first has appended is there when it was closed and is opened again', function (this: AppendingWorld) {
  acknowledge(this, this.journal.appendBatch(eventsOf(2)));
  this.journal.close();
  this.journal = Journal.open({ directory, ...this.options });
  expectAcknowledged(this);
});

Given('a journal that is damaged', async function (this: AppendingWorld) {
  beginAndOpen(this);
  await appendEach(this, eventsOf(3));
  this.disk = this.disk.crash();
  const bytes = this.disk.bytesAt(firstSegment);
  this.disk.plant(firstSegment, flipped(bytes, (frameBounds(bytes)[1] ?? 0) + 130));
});

When(
  /^(an append|an empty batch|a sync|an event by id|a region|a diagnosis) is asked of it$/,
  async function (this: AppendingWorld, call: string) {
    const calls: Readonly<Record<string, (journal: Journal) => unknown>> = {
      'an append': (journal) => journal.append({ entity: 'a', scope: 's' }, note, 1),
      'an empty batch': (journal) => journal.appendBatch([]),
      'a sync': (journal) => journal.sync(),
      'an event by id': (journal) => journal.get(someId),
      'a region': (journal) => [...journal.read()],
      'a diagnosis': (journal) => journal.diagnostics(),
    };
    await calling(this, () => calls[call]?.(this.journal));
  },
);

When('the journal is closed while a reader is on its way', async function (this: AppendingWorld) {
  await calling(this, () => {
    for (const { kind } of this.journal.read()) if (kind === openCompleted) this.journal.close();
  });
});

function expecting(words: string): Pick<AppendOptions, 'expected'> {
  if (words === 'none') return { expected: 'none' };
  return { expected: words === 'some' ? ('some' as 'none') : Number(words) };
}

/** What is wrong with an event, or special, by the words of a scenario. */
function changeTo(words: string): Partial<NewEvent> {
  const number = Number(listed(words)[0]?.split(' ').at(-1));
  if (words.startsWith('the payload version')) return { payloadVersion: number };
  if (words.startsWith('the kind')) return { kind: number };
  return (changes[words] ?? expect.fail(`there is no ${words}`)) as Partial<NewEvent>;
}

const changes: Readonly<Record<string, object>> = {
  'a bad coordinate': { coordinate: { entity: 'a|b', scope: 's' } },
  'a reserved kind': { kind: 0xd001 },
  'a payload that JSON cannot say': { payload: undefined },
  'a version that does not hold': { expected: 0 },
  'a gate that denies it': { gates: [{ name: 'no', check: () => ({ permits: false, code: 'NO', message: 'no' }) }] },
  'a bypass of no gate': { bypass: { no: 'because' } },
  'a causation that is no id': { causation: 'order 17' },
  'an empty causation': { causation: '' },
  'a correlation that is no id': { correlation: `${someId}0` },
  'a correlation that is a number': { correlation: 7 },
  'an empty key': { idempotencyKey: '' },
  'a key that is a number': { idempotencyKey: 17 },
  'the entity a/b': { coordinate: { entity: 'a/b', scope: 's' } },
  'an empty scope': { coordinate: { entity: 'a', scope: '' } },
  'no coordinate': { coordinate: undefined },
};
