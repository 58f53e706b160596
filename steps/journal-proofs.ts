import { generateKeyPairSync } from 'node:crypto';
import { type DataTable, Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { SimulatedDisk } from '../src/disk/simulated-disk.js';
import type { EventId, JournalEvent, JournalVerification, Receipt } from '../src/journal/index.js';
import { Journal } from '../src/journal/journal.js';
import { type Forgery, forged } from '../support/forged-journal.js';
import { directory, firstSegment, flipped, frameBounds, listed, note } from '../support/journal-helpers.js';
import type { CatalogWorld } from '../support/world.js';

interface ProvingWorld extends CatalogWorld {
  disk: SimulatedDisk;
  journal: Journal;
  verification: JournalVerification;
  ids: Map<string, EventId>;
  signed: readonly { readonly journal: Journal; readonly receipts: readonly Receipt[] }[];
}

const nobody = '019ab000-0000-7000-8000-000000000000';

Given('an open journal of 6 frames of one event each', function (this: ProvingWorld) {
  this.disk = new SimulatedDisk();
  this.journal = ofSixFrames(this.disk);
});

When(/^on its disk (.*)$/, function (this: ProvingWorld, what: Forgery) {
  const other = new SimulatedDisk();
  ofSixFrames(other, 'other');
  this.disk.plant(firstSegment, forged(what, this.disk.bytesAt(firstSegment), other.bytesAt(firstSegment)));
});

When('it is verified', function (this: ProvingWorld) {
  this.verification = this.journal.verify();
});

Then('it is intact, with {int} events in {int} frames', function (this: ProvingWorld, events: number, frames: number) {
  expect(this.verification).to.deep.equal({ ok: true, events, frames, segments: 1, problems: [] });
});

Then(/^it is told that it is damaged where frame (\d) should be, because (.*)$/, function (this: ProvingWorld, frame: string, why: string) {
  const { ok, problems } = this.verification;
  expect(ok).to.equal(false);
  expect(problems).to.have.length(1);
  const bounds = frameBounds(sixFrames());
  expect(problems[0]?.segment).to.equal(1);
  expect(problems[0]?.offset).to.be.within(bounds[Number(frame) - 1] ?? 0, (bounds[Number(frame)] ?? 0) - 1);
  expect(problems[0]?.reason).to.include(why);
});

Given('a journal of events that have causes', function (this: ProvingWorld, table: DataTable) {
  this.disk = new SimulatedDisk();
  this.journal = Journal.open({ directory, disk: this.disk });
  this.ids = new Map();
  for (const { name = '', entity = '', 'because of': cause = '', 'part of': whole = '' } of table.hashes()) {
    const [causation, correlation] = [this.ids.get(cause), this.ids.get(whole)];
    const receipt = this.journal.append({ entity, scope: 's' }, note, name, {
      ...(causation && { causation }),
      ...(correlation && { correlation }),
    });
    this.ids.set(name, receipt.event_id);
  }
});

When(/^a bit of (\w+) is flipped on the disk$/, function (this: ProvingWorld, name: string) {
  const bytes = this.disk.bytesAt(firstSegment);
  this.disk.plant(firstSegment, flipped(bytes, Buffer.from(bytes).indexOf(`"${name}"`)));
});

Then(
  /^the ancestors of (\w+), at most (\d+), are (.*), and then (.*)$/,
  function (this: ProvingWorld, name: string, limit: string, ancestors: string, end: string) {
    const found = this.journal.ancestors(idOf(this, name), { limit: Number(limit) });
    expect(found?.end).to.equal(end);
    expect(names(found?.events ?? [])).to.deep.equal(listed(ancestors));
  },
);

Then(/^the effects of (\w+) are (.*)$/, function (this: ProvingWorld, name: string, effects: string) {
  expect(names(this.journal.effects(idOf(this, name)))).to.deep.equal(listed(effects));
});

Then(/^what is a part of (\w+) is (.*)$/, function (this: ProvingWorld, name: string, parts: string) {
  expect(names(this.journal.correlated(idOf(this, name)))).to.deep.equal(listed(parts));
});

Then('an event that is not there has no ancestors, no effects and no parts', function (this: ProvingWorld) {
  expect(this.journal.ancestors(nobody)).to.equal(undefined);
  expect(names(this.journal.effects(nobody))).to.deep.equal([]);
  expect(names(this.journal.correlated(nobody))).to.deep.equal([]);
});

Given('two journals of one lineage and one key, which were told different things under the same ids', function (this: ProvingWorld) {
  const { privateKey } = generateKeyPairSync('ed25519');
  this.signed = ['one', 'other'].map((said) => {
    const journal = Journal.open({ directory, disk: new SimulatedDisk(), signingKey: privateKey });
    const receipts = [1, 2, 3].map((nth) => ({ ...journal.append({ entity: 'a', scope: 's' }, note, `${said} ${nth}`) }));
    return { journal, receipts };
  });
});

Then('no receipt of the one holds in the other, nor one of the other with the signature of the first', function (this: ProvingWorld) {
  const [one, other] = this.signed;
  for (const [nth, receipt] of (one?.receipts ?? []).entries()) {
    const twin = other?.receipts[nth];
    expect(twin).to.include({ event_id: receipt.event_id, sequence: receipt.sequence });
    expect(twin && other?.journal.verifyReceipt(twin)).to.equal(true);
    for (const forgery of [receipt, { ...twin, signature: receipt.signature } as Receipt]) {
      expect(() => other?.journal.verifyReceipt(forgery))
        .to.throw()
        .with.property('code', 'ReceiptInvalid');
    }
  }
  expect(one?.receipts).to.have.length(3);
});

const idOf = ({ ids }: ProvingWorld, name: string): EventId => ids.get(name) ?? expect.fail(`no event is called ${name}`);
const names = (events: Iterable<JournalEvent>): unknown[] => Array.from(events, ({ payload }) => payload);

function ofSixFrames(disk: SimulatedDisk, said = 'event'): Journal {
  const journal = Journal.open({ directory, disk, clock: () => 1e12 });
  for (let nth = 2; nth <= 6; nth++) journal.append({ entity: 'a', scope: 's' }, note, `${said} ${nth}`);
  return journal;
}

function sixFrames(): Uint8Array {
  const disk = new SimulatedDisk();
  ofSixFrames(disk);
  return disk.bytesAt(firstSegment);
}
