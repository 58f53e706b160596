import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { Journal, type JournalOptions, type Receipt } from '../src/journal/index.js';
import { type Disk, SimulatedDisk } from '../src/sim/index.js';
import type { CatalogWorld } from '../support/world.js';

interface ReceiptWorld extends CatalogWorld {
  disk: SimulatedDisk;
  journal: Journal;
  receipts: readonly Receipt[];
  publicKey: KeyObject;
  syncs: number;
  settled: readonly PromiseSettledResult<Receipt>[];
}

const directory = '/journal';
const fact = 0x1001;

function opened(disk: SimulatedDisk, options: Partial<JournalOptions> = {}): Journal {
  return Journal.open({ directory, disk: disk.process(), segmentMaxBytes: 1024, ...options });
}

/** As they are kept: plain data. */
function receiptsOf(journal: Journal, word: string): readonly Receipt[] {
  const given = Array.from({ length: 12 }, (_, nth) =>
    journal.append({ entity: `entity-${nth % 3}`, scope: 'test' }, fact, `${word} ${nth}`, { idempotencyKey: `${word} ${nth}` }),
  );
  return JSON.parse(JSON.stringify(given));
}

Given('a journal of several segments, and the receipts of all its events', function (this: ReceiptWorld) {
  this.disk = new SimulatedDisk();
  this.journal = opened(this.disk);
  this.receipts = receiptsOf(this.journal, 'event');
});

Given('a journal with a signing key, and the receipts of all its events', function (this: ReceiptWorld) {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  this.publicKey = publicKey;
  this.disk = new SimulatedDisk();
  this.journal = opened(this.disk, { signingKey: String(privateKey.export({ type: 'pkcs8', format: 'pem' })) });
  this.receipts = receiptsOf(this.journal, 'event');
});

Then('each receipt holds', function (this: ReceiptWorld) {
  expect(this.receipts).to.have.length(12);
  for (const receipt of this.receipts) expect(this.journal.verifyReceipt(receipt)).to.equal(true);
});

Then('each receipt holds when the journal was compacted, and when it was opened again', function (this: ReceiptWorld) {
  expect(this.journal.compact({ strategy: 'merge' }).outcome).to.equal('Performed');
  for (const receipt of this.receipts) expect(this.journal.verifyReceipt(receipt)).to.equal(true);
  this.journal.close();
  const again = opened(this.disk.crash());
  for (const receipt of this.receipts) expect(again.verifyReceipt(receipt)).to.equal(true);
});

const changes: Readonly<Record<string, (receipt: Receipt, other: Receipt) => Receipt>> = {
  'another id': (receipt, { event_id }) => ({ ...receipt, event_id }),
  'another sequence': (receipt) => ({ ...receipt, sequence: receipt.sequence + 1 }),
  'another content hash': (receipt, { content_hash }) => ({ ...receipt, content_hash }),
  'another event hash': (receipt, { event_hash }) => ({ ...receipt, event_hash }),
};

Then(/^none of the receipts holds with (another .*)$/, function (this: ReceiptWorld, what: string) {
  const change = changes[what] ?? expect.fail(`there is no ${what}`);
  for (const [nth, receipt] of this.receipts.entries()) {
    const other = this.receipts[(nth + 1) % this.receipts.length] as Receipt;
    expectInvalid(this.journal, change(receipt, other));
  }
});

Then('the receipts of a journal with other events do not hold', function (this: ReceiptWorld) {
  const others = receiptsOf(opened(new SimulatedDisk()), 'other');
  for (const receipt of others) expectInvalid(this.journal, receipt);
  // Nor of one with the same events: it is another one, in which other things came before.
  for (const receipt of receiptsOf(opened(new SimulatedDisk({ clockMs: 1 })), 'event')) expectInvalid(this.journal, receipt);
});

Then('each receipt holds, and holds for a reader that has the public key', function (this: ReceiptWorld) {
  const reader = opened(this.disk, { readOnly: true });
  for (const receipt of this.receipts) {
    expect(receipt.signature).to.have.length(86);
    expect(this.journal.verifyReceipt(receipt)).to.equal(true);
    expect(reader.verifyReceipt(receipt, { publicKey: this.publicKey })).to.equal(true);
  }
});

Then('none holds for a reader that has another public key', function (this: ReceiptWorld) {
  const reader = opened(this.disk, { readOnly: true });
  const { publicKey } = generateKeyPairSync('ed25519');
  for (const receipt of this.receipts) expectInvalid(reader, receipt, publicKey);
});

Then('none of the receipts holds without its signature, or with that of another', function (this: ReceiptWorld) {
  for (const [nth, { signature: _signature, ...unsigned }] of this.receipts.entries()) {
    const other = this.receipts[(nth + 1) % this.receipts.length]?.signature ?? '';
    for (const receipt of [unsigned, { ...unsigned, signature: other }, { ...unsigned, signature: '' }])
      expectInvalid(this.journal, receipt);
  }
});

Then('repeating a key gives the same receipt, with the same signature', function (this: ReceiptWorld) {
  expect(receiptsOf(this.journal, 'event')).to.deep.equal(this.receipts);
});

const badKeys: Readonly<Record<string, () => JournalOptions['signingKey']>> = {
  'a text': () => 'no key',
  'an RSA key': () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
  'a public key': () => generateKeyPairSync('ed25519').publicKey,
};

Then(/^a journal is not opened with (.*), which is InvalidArgument, and nothing was made$/, (what: string) => {
  const disk = new SimulatedDisk();
  const signingKey = (badKeys[what] ?? expect.fail(`there is no ${what}`))() as NonNullable<JournalOptions['signingKey']>;
  expect(() => opened(disk, { signingKey }))
    .to.throw()
    .with.property('code', 'InvalidArgument');
  expect([...disk.snapshotTree().keys()]).to.not.include(directory);
});

const place = { entity: 'a', scope: 'test' };

Given('a journal on a disk whose syncs are counted', function (this: ReceiptWorld) {
  this.disk = new SimulatedDisk();
  const process = this.disk.process();
  const counted: Disk = {
    host: process.host,
    perform: (step) => {
      if (step.op === 'sync') this.syncs++;
      return process.perform(step);
    },
  };
  this.journal = Journal.open({ directory, disk: counted });
  this.syncs = 0;
});

When('{int} events are submitted at once', async function (this: ReceiptWorld, count: number) {
  this.settled = await Promise.allSettled(Array.from({ length: count }, (_, nth) => this.journal.submit(place, fact, nth)));
});

When('{int} events are submitted at once, the second of which may not be', async function (this: ReceiptWorld, count: number) {
  const options = (nth: number) => (nth === 1 ? { expected: 99 } : {});
  this.settled = await Promise.allSettled(Array.from({ length: count }, (_, nth) => this.journal.submit(place, fact, nth, options(nth))));
});

When('{int} events are submitted at once, and the sync fails', async function (this: ReceiptWorld, count: number) {
  this.disk.faultOn('Sync', 1);
  this.settled = await Promise.allSettled(Array.from({ length: count }, (_, nth) => this.journal.submit(place, fact, nth)));
});

When('2 events are submitted, and the journal is closed at once', async function (this: ReceiptWorld) {
  const submitted = [1, 2].map((nth) => this.journal.submit(place, fact, nth));
  this.journal.close();
  this.settled = await Promise.allSettled(submitted);
});

Then(
  '{int} sync was made, and all {int} are durable, in the order in which they were submitted',
  function (this: ReceiptWorld, syncs: number, count: number) {
    expect(this.syncs).to.equal(syncs);
    const receipts = this.settled.map((one) => (one.status === 'fulfilled' ? one.value : expect.fail(String(one.reason))));
    expect(receipts.map(({ durable }) => durable)).to.deep.equal(Array(count).fill(true));
    expect(receipts.map(({ sequence }) => sequence)).to.deep.equal(Array.from({ length: count }, (_, nth) => nth + 2));
  },
);

Then('after a power cut all {int} are there', function (this: ReceiptWorld, count: number) {
  const found = [...opened(this.disk.crash()).read({ entity: 'a' })];
  expect(found.map(({ payload }) => payload)).to.deep.equal(Array.from({ length: count }, (_, nth) => nth));
});

Then('the second is refused with SequenceMismatch, and the others are durable', function (this: ReceiptWorld) {
  const [first, second, third] = this.settled;
  expect(second).to.have.property('status', 'rejected');
  expect(second).to.have.nested.property('reason.code', 'SequenceMismatch');
  for (const one of [first, third]) expect(one).to.have.nested.property('value.durable', true);
});

Then(
  'all {int} are refused with CommitUnknown, and what is submitted then with StorePoisoned',
  async function (this: ReceiptWorld, count: number) {
    expect(this.settled).to.have.length(count);
    for (const one of this.settled) expect(one).to.have.nested.property('reason.code', 'CommitUnknown');
    const [later] = await Promise.allSettled([this.journal.submit(place, fact, 'later')]);
    expect(later).to.have.nested.property('reason.code', 'StorePoisoned');
  },
);

Then('both are durable', function (this: ReceiptWorld) {
  for (const one of this.settled) expect(one).to.have.nested.property('value.durable', true);
  expect([...opened(this.disk.crash()).read({ entity: 'a' })]).to.have.length(2);
});

function expectInvalid(journal: Journal, receipt: Receipt, publicKey?: KeyObject): void {
  expect(() => journal.verifyReceipt(receipt, publicKey && { publicKey }), receipt.event_id)
    .to.throw()
    .with.property('code', 'ReceiptInvalid');
}
