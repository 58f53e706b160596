import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { JournalDiagnostics } from '../src/journal/diagnostics.js';
import type { Journal } from '../src/journal/journal.js';
import {
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
  note,
  numbersIn,
  open,
  openCompleted,
  quoted,
  reopen,
  someId,
} from '../support/journal-helpers.js';

interface OpeningWorld extends JournalWorld {
  diagnosis: JournalDiagnostics | undefined;
}

Given('an empty disk', function (this: OpeningWorld) {
  begin(this);
});

Given('a journal', function (this: OpeningWorld) {
  beginAndOpen(this);
});

Given('a journal of segments of {int} bytes', function (this: OpeningWorld, segmentMaxBytes: number) {
  beginAndOpen(this, { segmentMaxBytes });
});

Given('a journal that syncs every {int} events', function (this: OpeningWorld, syncEveryNEvents: number) {
  beginAndOpen(this, { syncEveryNEvents });
});

Given('a journal of segments of {int} bytes that syncs every {int} events', function (this: OpeningWorld, bytes: number, events: number) {
  beginAndOpen(this, { segmentMaxBytes: bytes, syncEveryNEvents: events });
});

Given('a journal in which "a" has {int} events and "b" has {int}', async function (this: OpeningWorld, ofA: number, ofB: number) {
  beginAndOpen(this);
  await appendEach(this, [...Array(ofA).fill(eventOf('a')), ...Array(ofB).fill(eventOf('b'))]);
});

When('the journal is opened again', function (this: OpeningWorld) {
  reopen(this);
});

When('the power is cut and the journal is opened again', function (this: OpeningWorld) {
  this.disk = this.disk.crash();
  open(this);
});

When(/^the journal is opened( for reading)?$/, async function (this: OpeningWorld, reading?: string) {
  await calling(this, () => open(this, { readOnly: Boolean(reading) }));
});

When(/^the journal is opened with (\{.*\})$/, async function (this: OpeningWorld, options: string) {
  await calling(this, () => open(this, JSON.parse(options)));
});

When('the journal is synced', async function (this: OpeningWorld) {
  await calling(this, () => this.journal.sync());
});

When(/^the journal is closed(?: again)?$/, async function (this: OpeningWorld) {
  await calling(this, () => this.journal.close());
});

When(/^events of ("[^"]*"(?:(?:, | and )"[^"]*")*) are appended$/, async function (this: OpeningWorld, entities: string) {
  await appendEach(
    this,
    quoted(entities).map((entity, nth) => eventOf(entity, { payload: { nth } })),
  );
});

When('{int} events are appended', async function (this: OpeningWorld, count: number) {
  await appendEach(this, eventsOf(count));
});

When(/^a batch of events of ("[^"]*"(?:(?:, | and )"[^"]*")*) is appended$/, async function (this: OpeningWorld, entities: string) {
  await appendBatch(
    this,
    quoted(entities).map((entity) => eventOf(entity)),
  );
});

When(/^a batch of (\d+|no) events is appended$/, async function (this: OpeningWorld, count: string) {
  await appendBatch(this, eventsOf(count === 'no' ? 0 : Number(count)));
});

Then(/^the journal refuses it with (\w+)$/, function (this: OpeningWorld, code: string) {
  expect(this.takeRefusal().code).to.equal(code);
});

Then('nothing is written', function (this: OpeningWorld) {
  expectNothingWritten(this);
});

Then('no step was taken on the disk', function (this: OpeningWorld) {
  expect(this.call.steps).to.deep.equal([]);
});

Then('all that was acknowledged is read in its order', function (this: OpeningWorld) {
  expectAcknowledged(this);
});

Then('{int} event(s) is/are there', function (this: OpeningWorld, count: number) {
  expect([...this.journal.read()]).to.have.lengthOf(count);
  expect(this.journal.diagnostics().event_count).to.equal(count);
});

Then('no event is read', function (this: OpeningWorld) {
  expect([...this.journal.read()]).to.deep.equal([]);
});

Then('no handle of it is left open', function (this: OpeningWorld) {
  expect(this.disk.openHandles()).to.equal(0);
});

Then(
  'its only event is of the kind 0x0008, of the entity {string} and the scope {string}',
  function (this: OpeningWorld, entity: string, scope: string) {
    const [event, ...others] = [...this.journal.read()];
    expect(others).to.deep.equal([]);
    expect(event).to.deep.include({ kind: 0x0008, sequence: 1, version: 1, coordinate: { entity, scope } });
  },
);

Then('that event says what opening reported', function (this: OpeningWorld) {
  const [event] = [...this.journal.read()];
  expect(event?.payload).to.include.keys('path', 'events', 'segments', 'bytes_cut', 'batches_discarded', 'elapsed_ms');
  expect(event?.payload).to.deep.equal(this.reports.at(-1));
});

Then(
  /^they are read with the sequences ([\d, ]+) and the versions ([\d, ]+)$/,
  function (this: OpeningWorld, sequences: string, versions: string) {
    const read = this.latest.map(({ event_id }) => found(this, event_id));
    expect(read.map(({ sequence }) => sequence)).to.deep.equal(numbersIn(sequences));
    expect(this.latest.map(({ sequence }) => sequence)).to.deep.equal(numbersIn(sequences));
    expect(read.map(({ version }) => version)).to.deep.equal(numbersIn(versions));
  },
);

When('diagnostics are asked for', async function (this: OpeningWorld) {
  this.diagnosis = await calling(this, () => this.journal.diagnostics());
});

Then(
  'they say that {int} events were accepted, {int} of them durable and all visible',
  function (this: OpeningWorld, accepted: number, durable: number) {
    expect(this.diagnosis).to.deep.include({ event_count: accepted, sequence: { accepted, durable, visible: accepted } });
  },
);

Then('they name the directory, the {int} bytes of a segment, and what opening reported', function (this: OpeningWorld, bytes: number) {
  expect(this.diagnosis).to.deep.include({ data_dir: directory, segment_max_bytes: bytes, open_report: this.reports.at(-1) });
  expect(this.reports).to.have.lengthOf(1);
});

Given('a journal that is opened by a symbolic link to its directory', function (this: OpeningWorld) {
  begin(this);
  open(this, { directory: linkToDirectory(this.disk) });
});

Then('they name the directory, and not the link', function (this: OpeningWorld) {
  expect(this.diagnosis?.data_dir).to.equal(directory);
});

When('the journal is opened by its own path', async function (this: OpeningWorld) {
  await calling(this, () => open(this, { directory }));
});

Given('a journal that is damaged', async function (this: OpeningWorld) {
  beginAndOpen(this);
  await appendEach(this, eventsOf(3));
  this.disk = this.disk.crash();
  const bytes = this.disk.bytesAt(firstSegment);
  this.disk.plant(firstSegment, flipped(bytes, (frameBounds(bytes)[1] ?? 0) + 130));
});

When(
  /^(an append|an empty batch|a sync|an event by id|a region|a diagnosis) is asked of it$/,
  async function (this: OpeningWorld, call: string) {
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

When('the journal is closed while a reader is on its way', async function (this: OpeningWorld) {
  await calling(this, () => {
    for (const { kind } of this.journal.read()) if (kind === openCompleted) this.journal.close();
  });
});
