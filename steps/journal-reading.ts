import { type DataTable, Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { JournalEvent } from '../src/journal/event.js';
import type { Region } from '../src/journal/region.js';
import { appendEach, beginAndOpen, calling, eventOf, found, type JournalWorld, numbersIn, otherId } from '../support/journal-helpers.js';

interface ReadingWorld extends JournalWorld {
  asked: Iterable<JournalEvent>;
  read: readonly JournalEvent[];
}

Given('a journal of these events from the sequence 2 on', async function (this: ReadingWorld, table: DataTable) {
  beginAndOpen(this);
  await appendEach(
    this,
    table.hashes().map(({ entity = '', scope = '', kind }) => ({ coordinate: { entity, scope }, kind: Number(kind), payload: 1 })),
  );
});

When(/^the region (\{.*?\}) is read(?: with (\{.*\}))?$/, async function (this: ReadingWorld, region: string, options?: string) {
  this.read = (await calling(this, () => [...this.journal.read(JSON.parse(region), JSON.parse(options ?? '{}'))])) ?? [];
});

When(/^the region (\{.*\}) is asked for, and nothing is taken$/, async function (this: ReadingWorld, region: string) {
  await calling(this, () => {
    this.asked = this.journal.read(JSON.parse(region) as Region);
  });
});

Then(/^the events ([\d, ]+|none) are read$/, function (this: ReadingWorld, sequences: string) {
  expect(this.read.map(({ sequence }) => sequence)).to.deep.equal(numbersIn(sequences));
});

When('an event is appended after each event that a reader is given', async function (this: ReadingWorld) {
  this.read = [];
  for (const event of this.journal.read()) {
    this.read = [...this.read, event];
    await appendEach(this, [eventOf('late')]);
    expect(this.read).to.have.lengthOf.below(100);
  }
});

When('an event is appended after a reader asked and before it takes the first', async function (this: ReadingWorld) {
  const reader = this.journal.read();
  await appendEach(this, [eventOf('late')]);
  this.read = [...reader];
});

Then(/^that reader was given the events ([\d, ]+)$/, function (this: ReadingWorld, sequences: string) {
  expect(this.read.map(({ sequence }) => sequence)).to.deep.equal(numbersIn(sequences));
});

Then(/^another reader is given the events ([\d, ]+)$/, function (this: ReadingWorld, sequences: string) {
  expect([...this.journal.read()].map(({ sequence }) => sequence)).to.deep.equal(numbersIn(sequences));
});

Then('two readers that take turns are given all events each', function (this: ReadingWorld) {
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

Then('each is found by its id, in whatever letters that is written', function (this: ReadingWorld) {
  expect(this.events).to.have.lengthOf(20);
  for (const { event_id, sequence } of this.events) {
    expect([this.journal.get(event_id)?.sequence, this.journal.get(event_id.toUpperCase())?.sequence]).to.deep.equal([sequence, sequence]);
  }
});

Then('none is found by an id of nobody or by a text that is no id', function (this: ReadingWorld) {
  for (const id of [otherId, '', 'order 17', 'x'.repeat(36)]) expect(this.journal.get(id), id).to.equal(undefined);
});

Then('none is found by its id with something behind it', function (this: ReadingWorld) {
  for (const { event_id } of this.latest) {
    for (const id of [`${event_id}0`, `${event_id}-x`]) expect(this.journal.get(id), id).to.equal(undefined);
  }
});

When('every event is read, by region and by id, with its hashes', async function (this: ReadingWorld) {
  await calling(this, () => {
    for (const { event_id, event_hash } of this.journal.read()) expect(found(this, event_id).event_hash).to.equal(event_hash);
  });
});
