import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import fc from 'fast-check';
import { isCatalogError } from '../src/core/errors.js';
import { asText } from '../src/journal/event-id.js';
import { type EventRecord, encodeEvent } from '../src/journal/event-record.js';
import { encodeFrame, frameHeaderBytes, noHash } from '../src/journal/frame.js';
import { kind } from '../src/journal/index.js';
import { ReadWindow } from '../src/journal/read-window.js';
import { beginAndOpen, calling, eventsOf, firstSegment, flipped, type JournalWorld } from '../support/journal-helpers.js';

interface BatchesWorld extends JournalWorld {
  batch: number;
  reads: readonly (readonly number[])[];
  shown: readonly unknown[];
}

const callers = kind(0x1, 0x001);

/** How many bytes each read of the last call was to give. */
const readsOf = ({ call }: JournalWorld): number[] => call.steps.flatMap(({ step }) => (step.op === 'read' ? [step.into.byteLength] : []));

Given('a journal of {int} batches of {int} events', function (this: BatchesWorld, batches: number, count: number) {
  beginAndOpen(this, { lifecycle: 'lazy' });
  this.batch = count;
  for (let nth = 0; nth < batches; nth++) this.given.push(...this.journal.appendBatch(eventsOf(count)));
});

When('each of its events is got by its id', async function (this: BatchesWorld) {
  const reads: number[][] = [];
  for (const { event_id } of this.given) {
    await calling(this, () => this.journal.get(event_id)?.payload);
    reads.push(readsOf(this));
  }
  this.reads = reads;
});

Then('each time but the first one read was made, of fewer than {int} bytes', function (this: BatchesWorld, bytes: number) {
  expect(this.reads).to.have.length(this.given.length);
  for (const read of this.reads.slice(1)) expect(read).to.have.length(1);
  expect(Math.max(...this.reads.flat())).to.be.below(bytes);
});

When('all of them are read', async function (this: BatchesWorld) {
  this.shown = (await calling(this, () => Array.from(this.journal.read({ kind: callers }), ({ payload }) => payload))) ?? [];
});

Then('at most {int} reads were made, and every event is as it was appended', function (this: BatchesWorld, most: number) {
  expect(readsOf(this)).to.have.length.of.at.most(most);
  const batch = eventsOf(this.batch).map(({ payload }) => payload);
  expect(this.shown).to.deep.equal(this.given.map((_, nth) => batch[nth % this.batch]));
});

When('a bit of the payload of event {int} flips', function (this: BatchesWorld, sequence: number) {
  const { event_id } = this.given.find((receipt) => receipt.sequence === sequence) ?? expect.fail('there is no such event');
  const bytes = this.disk.bytesAt(firstSegment);
  const id = Buffer.from(event_id.replaceAll('-', ''), 'hex');
  this.disk.plant(firstSegment, flipped(bytes, Buffer.from(bytes).indexOf(id) + bytesToPayload));
});

Then('who reads them all is told of damage at event {int}, after those before it', async function (this: BatchesWorld, sequence: number) {
  const read: number[] = [];
  await calling(this, () => {
    for (const event of this.journal.read()) read.push(event.sequence);
  });
  expect(this.takeRefusal()).to.include({ code: 'CorruptSegment' });
  expect(read).to.deep.equal(Array.from({ length: sequence - 1 }, (_, nth) => nth + 1));
});

Then('{int} random batches, in which some payloads are JSON only beside others, are parsed as each payload alone', (runs: number) => {
  const payload = fc.constantFrom('1', '"a"', '{"a":[1]}', 'null', '[]', '[1', '2]', '2],3', '{"b":"', '"}', '"', '', '4,5');
  const mostly = fc.oneof({ weight: 20, arbitrary: fc.constantFrom('1', '{"a":[1]}') }, { weight: 1, arbitrary: payload });
  const batch = fc.array(fc.oneof(mostly, mostly, payload), { minLength: 2, maxLength: 90 });
  fc.assert(
    fc.property(
      fc.oneof(batch, fc.array(mostly, { minLength: 2, maxLength: 90 })),
      fc.array(fc.nat(89), { maxLength: 5 }),
      (payloads, skips) => {
        const { window, places } = windowOf(payloads);
        const inOrder = payloads.map((_, nth) => nth).filter((nth) => !skips.includes(nth));
        for (const nth of [...inOrder, ...skips.filter((skipped) => skipped < payloads.length)]) {
          const event = window.event(places[nth] ?? expect.fail('no place'), 7 + nth) ?? expect.fail('no event');
          expect(outcome(() => event.parsedPayload)).to.deep.equal(outcome(() => JSON.parse(payloads[nth] ?? '')));
        }
      },
    ),
    { numRuns: runs },
  );
});

/** From the first byte of an id to somewhere in the payload, where names are short. */
const bytesToPayload = 26;

/** A piece of a segment with a batch of such payloads, the first of which has the sequence 7. */
function windowOf(payloads: readonly string[]) {
  const events = payloads.map((payload) => encodeEvent({ ...plain, payload: Buffer.from(payload) }));
  const header = { type: 'events', number: 1, sequence: 7, durableTo: 0, fence: 0, previousHash: noHash } as const;
  const bytes = encodeFrame({ ...header, count: events.length, body: Buffer.concat(events) });
  let end = frameHeaderBytes;
  const places = events.map(({ byteLength: length }) => {
    end += length;
    return { segment: 1, offset: end - length, length };
  });
  return { window: new ReadWindow(1, 0, bytes), places };
}

const someId = asText(Buffer.alloc(16, 1));
const plain: EventRecord = {
  id: someId,
  coordinate: { entity: 'a', scope: 's' },
  kind: callers,
  wallMs: 1,
  version: 1,
  correlation: someId,
  causation: undefined,
  payloadVersion: 1,
  gates: Buffer.alloc(0),
  payload: Buffer.alloc(0),
};

function outcome(parse: () => unknown): unknown {
  try {
    return { gave: parse() };
  } catch (error) {
    if (!(error instanceof SyntaxError) && !isCatalogError(error, 'CorruptSegment')) throw error;
    return 'no JSON';
  }
}
