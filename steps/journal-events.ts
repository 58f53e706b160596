import { type DataTable, Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { NewEvent } from '../src/journal/appending.js';
import type { JournalEvent } from '../src/journal/event.js';
import type { Receipt } from '../src/journal/receipts.js';
import {
  appendBatch,
  appendEach,
  beginAndOpen,
  eventOf,
  eventsOf,
  found,
  type JournalWorld,
  numbersIn,
  otherId,
  reopen,
  sha256,
  someId,
} from '../support/journal-helpers.js';

interface EventWorld extends JournalWorld {
  said: NewEvent;
  other: readonly JournalEvent[];
  own: readonly JournalEvent[];
  kept: readonly Receipt[];
  hashes: readonly (readonly string[])[];
}

const version7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

When('an event is appended with all that can be said of it', async function (this: EventWorld) {
  const ids = { idempotencyKey: someId, correlation: otherId, causation: otherId.replace('c', 'd') };
  this.said = { coordinate: { entity: 'modèle:a', scope: 'ranges' }, kind: 0xe123, payload: { a: [1] }, payloadVersion: 7, ...ids };
  await appendBatch(this, [this.said]);
});

Then('it is read with all of that', function (this: EventWorld) {
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

Then('the ids of both are UUIDs of version 7, of which the second comes after the first', function (this: EventWorld) {
  const ids = this.latest.map(({ event_id }) => event_id);
  for (const id of ids) expect(id).to.match(version7);
  expect(ids).to.have.lengthOf(2);
  expect([...ids].sort()).to.deep.equal(ids);
  expect(ids[0]).not.to.equal(ids[1]);
});

Then('each is its own correlation, has no causation, and the payload version {int}', function (this: EventWorld, version: number) {
  for (const { event_id } of this.latest) {
    expect(found(this, event_id)).to.include({ correlation_id: event_id, causation_id: undefined, payload_version: version });
  }
});

When(/^an event with the payload (.*) is appended$/, async function (this: EventWorld, payload: string) {
  await appendBatch(this, [eventOf('a', { payload: JSON.parse(payload) })]);
});

Then(/^its payload is read as (.*)$/, function (this: EventWorld, payload: string) {
  const { payload: read } = found(this, this.latest[0]?.event_id ?? '');
  expect(JSON.stringify(read)).to.equal(JSON.stringify(JSON.parse(payload)));
});

When('an event with a payload of {int} characters is appended', async function (this: EventWorld, count: number) {
  this.said = eventOf('a', { payload: 'ü模'.repeat(count / 2) });
  await appendBatch(this, [this.said]);
});

Then('its payload is read whole', function (this: EventWorld) {
  expect(found(this, this.latest[0]?.event_id ?? '').payload === this.said.payload).to.equal(true);
});

Then('the content hash of each is the SHA-256 of its payload as JSON', function (this: EventWorld) {
  expect(this.latest).to.have.lengthOf(4);
  for (const [nth, { event_id }] of this.latest.entries()) expect(found(this, event_id).content_hash).to.equal(sha256(`{"nth":${nth}}`));
});

Then(
  'each follows the event hash of the one of its entity before it, and the first of an entity follows zeros',
  function (this: EventWorld) {
    const [first, ofB, second, third] = this.latest.map(({ event_id }) => found(this, event_id));
    for (const one of [first, ofB]) expect(one?.previous_hash).to.equal('0'.repeat(64));
    expect(second?.previous_hash).to.equal(first?.event_hash);
    expect(third?.previous_hash).to.equal(second?.event_hash);
    expect(new Set([first, ofB, second, third].map((one) => one?.event_hash)).size).to.equal(4);
  },
);

Then('the receipts tell the same hashes', function (this: EventWorld) {
  for (const { event_id, content_hash, event_hash } of this.latest) {
    expect(event_hash).to.match(/^[0-9a-f]{64}$/);
    expect(found(this, event_id)).to.include({ content_hash, event_hash });
  }
});

Given('two journals of events of "a", "a", "b" and "a", the second of which differs', async function (this: EventWorld) {
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

Then('the event hashes of the second and the fourth differ, and the others are equal', function (this: EventWorld) {
  const areEqual = this.own.map(({ event_hash }, nth) => event_hash === this.other[nth]?.event_hash);
  expect(areEqual).to.deep.equal([true, false, true, false]);
});

When('{int} events are appended whose receipts are kept', function (this: EventWorld, count: number) {
  this.kept = eventsOf(count).map(({ coordinate, kind, payload }) => this.journal.append(coordinate, kind, payload));
});

When('the hashes of those receipts are asked for', function (this: EventWorld) {
  this.hashes = this.kept.map(({ content_hash, event_hash }) => [content_hash, event_hash]);
});

Then('they are those of the events when the journal is opened again', function (this: EventWorld) {
  reopen(this);
  const read = this.kept.map(({ event_id }) => found(this, event_id));
  expect(read).to.have.lengthOf(3);
  expect(this.hashes).to.deep.equal(read.map(({ content_hash, event_hash }) => [content_hash, event_hash]));
});

When('events are appended as the clock shows', async function (this: EventWorld, table: DataTable) {
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

Then(/^they are read with the times ([\d, ]+)$/, function (this: EventWorld, times: string) {
  expect(this.latest.map(({ event_id }) => found(this, event_id).wall_ms)).to.deep.equal(numbersIn(times));
});

When('a batch is appended while the clock goes back', async function (this: EventWorld) {
  let now = 1_000_000;
  reopen(this, { clock: () => now-- });
  await appendBatch(this, Array(5).fill(eventOf('a')));
});

Then('the times that are read do not go back', function (this: EventWorld) {
  const times = this.latest.map(({ event_id }) => found(this, event_id).wall_ms);
  expect(times).to.deep.equal(Array(5).fill(times[0]));
});
