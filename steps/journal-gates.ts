import { type DataTable, Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { NewEvent } from '../src/journal/appending.js';
import type { Gate, Proposed, Verdict } from '../src/journal/gates.js';
import type { JournalOptions } from '../src/journal/settings.js';
import {
  appendBatch,
  begin,
  beginAndOpen,
  calling,
  eventOf,
  isCallers,
  type JournalWorld,
  open,
  quoted,
} from '../support/journal-helpers.js';

interface GatesWorld extends JournalWorld {
  asked: string[];
  shown: Proposed[];
}

const denial = { permits: false, code: 'NOT_HERE', message: 'not from here', context: { allowed: ['there'] } } as const;
const said = eventOf('a', { payload: { size: 17, tags: ['x'] }, payloadVersion: 3 });

Given(/^a journal (that records denials, )?with the gates$/, function (this: GatesWorld, records: string | undefined, table: DataTable) {
  this.asked = [];
  this.shown = [];
  beginAndOpen(this, { gates: gatesOf(this, table), recordDenials: Boolean(records) });
});

When('an event is appended', async function (this: GatesWorld) {
  await appendBatch(this, [said]);
});

When('an event is appended with the gates', async function (this: GatesWorld, table: DataTable) {
  await appendBatch(this, [{ ...said, gates: gatesOf(this, table) }]);
});

When('an event is appended, whatever comes of it', async function (this: GatesWorld) {
  await appendBatch(this, [eventOf('a', { payload: { size: 17, tags: ['x'] } })]);
  if (this.latest.length === 0) this.takeRefusal();
});

When(/^an event is appended with (.*) for gates$/, async function (this: GatesWorld, words: string) {
  const permitting = (name: string): Gate => ({ name, check: () => ({ permits: true }) });
  const gates: Readonly<Record<string, readonly object[]>> = {
    'one without a name': [permitting('')],
    'one that cannot check': [{ name: 'digest' }],
    'two of one name': [permitting('digest'), permitting('digest')],
    'one called like another of the journal': [permitting('size')],
  };
  await appendBatch(this, [{ ...said, gates: (gates[words] ?? expect.fail(words)) as readonly Gate[] }]);
});

When('a journal is opened with two gates of one name', async function (this: GatesWorld) {
  begin(this);
  const gate: Gate = { name: 'size', check: () => ({ permits: true }) };
  await calling(this, () => open(this, { gates: [gate, gate] } satisfies Partial<JournalOptions>));
});

When(
  /^an event is appended that goes round "(\w+)" because of "([^"]*)" under the key "([^"]*)"$/,
  async function (this: GatesWorld, gate: string, reason: string, idempotencyKey: string) {
    await appendBatch(this, [{ ...said, idempotencyKey, bypass: { [gate]: reason } }]);
  },
);

When('a batch of two events is appended of which the first goes round {string}', async function (this: GatesWorld, gate: string) {
  await appendBatch(this, [{ ...said, bypass: { [gate]: 'a drill' } }, said]);
});

Then(/^("\w+"(?:(?:, | and )"\w+")*) (?:was|were) asked$/, function (this: GatesWorld, names: string) {
  expect(this.asked).to.deep.equal(quoted(names));
});

Then('no gate was asked', function (this: GatesWorld) {
  expect(this.asked).to.deep.equal([]);
});

Then('{int} events are there, and no gate was asked', function (this: GatesWorld, count: number) {
  expect([...this.journal.read()]).to.have.lengthOf(count);
  expect(this.asked).to.deep.equal([]);
});

Then(/^its receipt says that it passed (.*)$/, function (this: GatesWorld, names: string) {
  expect(this.latest.map(({ gates }) => gates)).to.deep.equal([quoted(names).map((gate) => ({ gate }))]);
});

Then(
  'its receipt says that it went round {string} because of {string}, and passed {string}',
  function (this: GatesWorld, gate: string, bypassed: string, passed: string) {
    expect(this.latest.map(({ gates }) => gates)).to.deep.equal([[{ gate: passed }, { gate, bypassed }]]);
  },
);

Then(
  /^the journal refuses it with GateDenied, by "(\w+)" with the code "(\w+)"(, its message and its context)?$/,
  function (this: GatesWorld, gate: string, code: string, all?: string) {
    const refusal = this.takeRefusal();
    expect([refusal.code, refusal.details.gate, refusal.details.code]).to.deep.equal(['GateDenied', gate, code]);
    expect(refusal.details.message).to.be.a('string').and.not.to.equal('');
    for (const part of [gate, code, refusal.details.message as string]) expect(refusal.message).to.include(part);
    if (all) expect(refusal.details).to.deep.include({ message: denial.message, context: denial.context });
  },
);

Then(
  'the gate was shown each of them, with {int}, {int} and {int} events that its entity had',
  function (this: GatesWorld, first: number, ofB: number, second: number) {
    const had = [first, ofB, second];
    const shown = ['a', 'b', 'a'].map((entity, nth) => {
      const { coordinate, kind, payload } = eventOf(entity);
      return { coordinate, kind, payload, payload_version: 1, entity_version: had[nth] };
    });
    expect(this.shown).to.deep.equal(shown);
  },
);

Then('no event is read that is not as it was asked for', function (this: GatesWorld) {
  for (const { coordinate, payload } of [...this.journal.read()].filter(isCallers)) {
    expect({ coordinate, payload }).to.deep.equal({ coordinate: said.coordinate, payload: said.payload });
  }
});

Then(
  'the last event is of the kind 0x000f, of the entity {string} and the scope {string}, and says all of that',
  function (this: GatesWorld, entity: string, scope: string) {
    const last = [...this.journal.read()].at(-1);
    expect(last).to.deep.include({ kind: 0x000f, coordinate: { entity, scope } });
    const { code, message, context } = denial;
    expect(last?.payload).to.deep.include({ gate: 'source', code, message, context });
  },
);

Then('one event of the kind 0x000f is there', function (this: GatesWorld) {
  expect([...this.journal.read({ kind: 0x000f })]).to.have.lengthOf(1);
});

Then('no event of "a" is there', function (this: GatesWorld) {
  expect([...this.journal.read({ entity: 'a' })]).to.deep.equal([]);
});

function gatesOf(world: GatesWorld, table: DataTable): readonly Gate[] {
  return table.hashes().map(({ name = '', verdict = '' }) => {
    const judge = verdicts[verdict] ?? expect.fail(`there is no gate that ${verdict}`);
    const check = (proposed: Proposed): Verdict => {
      world.asked.push(name);
      world.shown.push(proposed);
      const time = world.asked.filter((one) => one === name).length;
      return judge(proposed, time) as Verdict;
    };
    return { name, check };
  });
}

/** What a gate may do, also what no gate should; with the how-manieth time it is asked. */
const verdicts: Readonly<Record<string, (proposed: Proposed, time: number) => unknown>> = {
  permits: () => ({ permits: true }),
  denies: () => denial,
  'denies the second time': (_, time) => (time === 2 ? denial : { permits: true }),
  'denies with a BigInt in the context': () => ({ ...denial, context: { size: 17n } }),
  throws: () => expect.fail('a gate that does not work'),
  'throws what is no error': () => {
    throw 'a text';
  },
  'gives nothing': () => undefined,
  'gives true': () => true,
  'gives a promise': () => Promise.resolve({ permits: true }),
  'permits in other words': () => ({ permits: 'yes' }),
  'denies without a code': () => ({ permits: false, message: 'no' }),
  'denies without a message': () => ({ permits: false, code: 'NO' }),
  'changes the payload': ({ payload }) => {
    Object.assign(payload as NewEvent, { size: 18 });
    return { permits: true };
  },
  'changes the coordinate': ({ coordinate }) => {
    Object.assign(coordinate, { entity: 'b/c' });
    return { permits: true };
  },
};
