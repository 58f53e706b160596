import { Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { AppendOptions, NewEvent } from '../src/journal/appending.js';
import { appendBatch, eventOf, found, type JournalWorld, listed, quoted, someId } from '../support/journal-helpers.js';

When(/^an event of "a" is appended where (\S+) is expected$/, async function (this: JournalWorld, expected: string) {
  await appendBatch(this, [eventOf('a', expecting(expected))]);
});

Then('it is appended as the event {int} of "a"', function (this: JournalWorld, version: number) {
  expect(found(this, this.latest[0]?.event_id ?? '').version).to.equal(version);
});

Then(
  /^the journal refuses it with SequenceMismatch, expected (\S+) and actual (\d+)$/,
  function (this: JournalWorld, expected: string, actual: string) {
    const { code, details } = this.takeRefusal();
    expect({ code, ...details }).to.include({ code: 'SequenceMismatch', ...expecting(expected), actual: Number(actual) });
  },
);

When(
  /^a batch is appended of events of (.*) that expects (.*)$/,
  async function (this: JournalWorld, entities: string, expectations: string) {
    const expected = expectations.split(/, | and /).map(expecting);
    await appendBatch(
      this,
      quoted(entities).map((entity, nth) => eventOf(entity, expected[nth])),
    );
  },
);

When(
  /^an event of "([^"]*)"( with another payload)? is appended under the key "([^"]*)"(?:, where (none|\d+) is expected)?$/,
  async function (this: JournalWorld, entity: string, other: string | undefined, idempotencyKey: string, expected?: string) {
    await appendBatch(this, [eventOf(entity, { payload: { first: !other }, idempotencyKey, ...(expected && expecting(expected)) })]);
  },
);

When(/^a batch is appended under the keys (.*)$/, async function (this: JournalWorld, keys: string) {
  const events = keys.split(/, | and /).map((key) => eventOf('a', key === 'none' ? {} : { idempotencyKey: key.slice(1, -1) }));
  await appendBatch(this, events);
});

Then('both receipts are the same', function (this: JournalWorld) {
  const [first, second, ...others] = this.given.filter(({ event_id }) => event_id === this.latest[0]?.event_id);
  expect(others).to.deep.equal([]);
  expect(first?.event_id).to.be.a('string');
  expect(second).to.deep.equal(first);
});

Then('the id of both is {string}', function (this: JournalWorld, id: string) {
  expect(this.given.map(({ event_id }) => event_id)).to.deep.equal([id, id]);
  expect(found(this, id).event_id).to.equal(id);
});

Then('that event is still of "a", with its first payload', function (this: JournalWorld) {
  const { coordinate, payload } = found(this, this.latest[0]?.event_id ?? '');
  expect([coordinate.entity, payload]).to.deep.equal(['a', { first: true }]);
});

Then(/^the receipts say that it is durable: (.*)$/, function (this: JournalWorld, answers: string) {
  expect(this.given.map(({ durable }) => (durable ? 'yes' : 'no'))).to.deep.equal(answers.split(', '));
});

Then('each key has one receipt, given twice', function (this: JournalWorld) {
  const [x, y, z, ...again] = this.given;
  expect(again).to.deep.equal([z, x, y]);
  expect([x?.sequence, y?.sequence, z?.sequence]).to.deep.equal([2, 3, 4]);
});

Then('it has no receipts', function (this: JournalWorld) {
  expect(this.given).to.deep.equal([]);
});

When(/^a batch is appended whose third event has (.*)$/, async function (this: JournalWorld, flaw: string) {
  await appendBatch(this, [eventOf('a'), eventOf('b'), eventOf('a', changeTo(flaw)), eventOf('b')]);
});

When(
  /^an event is appended with ((?:an? |no |the )(?:causation|correlation|payload version|empty|key|kind|entity|coordinate).*)$/,
  async function (this: JournalWorld, what: string) {
    await appendBatch(this, [eventOf('a', changeTo(what))]);
  },
);

When(/^an event with a payload that is (.*) is appended$/, async function (this: JournalWorld, what: string) {
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

Then('it is read with the payload version {int}', function (this: JournalWorld, version: number) {
  expect(found(this, this.latest[0]?.event_id ?? '').payload_version).to.equal(version);
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
