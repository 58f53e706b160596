import { crc32 } from 'node:zlib';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { runSync } from '../src/disk/program.js';
import { SimulatedDisk } from '../src/disk/simulated-disk.js';
import { readCheckpoint } from '../src/journal/checkpoint.js';
import { Journal, type JournalEvent, type Receipt } from '../src/journal/index.js';
import { checkpointPath } from '../src/journal/place.js';
import { withEachStep } from '../support/interrupt/disks.js';
import { directory, eventOf, segmentsOf } from '../support/journal-helpers.js';
import type { CatalogWorld } from '../support/world.js';

interface HashesWorld extends CatalogWorld {
  disk: SimulatedDisk;
  journal: Journal;
  receipts: Receipt[];
  reads: number;
}

const asked = 49;

function open(world: HashesWorld): void {
  world.reads = 0;
  const counting = withEachStep(world.disk, (step, paths) => {
    if (step.op === 'read' && paths.of(step).endsWith('.seg')) world.reads++;
    return undefined;
  });
  world.journal = Journal.open({ directory, disk: counting, segmentMaxBytes: 1024, lifecycle: 'lazy' });
  world.reads = 0;
}

function oldEvent({ journal, receipts }: HashesWorld): JournalEvent {
  return journal.get(receipts[asked]?.event_id ?? '') ?? expect.fail('it is not there');
}

Given('a journal of {int} events of "a" in many segments', function (this: HashesWorld, count: number) {
  this.disk = new SimulatedDisk();
  open(this);
  this.receipts = [];
  const { coordinate, kind } = eventOf('a');
  for (let nth = 0; nth < count; nth++) this.receipts.push(this.journal.append(coordinate, kind, { nth, text: 'some text' }));
  expect(segmentsOf(this.disk)).to.have.length.above(8);
});

When(
  /^its hashes are known by (asking for that of the last event|verifying it)(, its segments are merged)?, and it is opened again$/,
  function (this: HashesWorld, how: string, merged: string | null) {
    if (how === 'verifying it') expect(this.journal.verify()).to.include({ ok: true });
    else expect(this.journal.get(this.receipts.at(-1)?.event_id ?? '')?.event_hash).to.equal(this.receipts.at(-1)?.event_hash);
    if (merged) expect(this.journal.compact({ strategy: 'merge' })).to.include({ outcome: 'Performed' });
    this.journal.close();
    open(this);
  },
);

When('it is opened again without its checkpoint', function (this: HashesWorld) {
  this.journal.close();
  this.disk.uproot(checkpointPath(directory));
  open(this);
});

Then('the hash of the event 50 is the same, and is told by reading that event alone', function (this: HashesWorld) {
  expect(oldEvent(this).event_hash).to.equal(hashOf(this));
  // Once to show it, and once for its hash.
  expect(this.reads).to.be.at.most(2);
});

Then('the hash of the event 50 is the same, and is told by reading all events before it', function (this: HashesWorld) {
  expect(oldEvent(this).event_hash).to.equal(hashOf(this));
  expect(this.reads).to.be.at.least(asked);
});

/** As it was told when it was appended, without the journal. */
function hashOf({ disk, receipts }: HashesWorld): string {
  const fresh = disk.fork();
  if (fresh.snapshotTree().has(checkpointPath(directory))) fresh.uproot(checkpointPath(directory));
  const journal = Journal.open({ directory, disk: fresh, readOnly: true });
  return journal.get(receipts[asked]?.event_id ?? '')?.event_hash ?? expect.fail('it is not there');
}

Then('no hash of an event of the last segment is kept', function (this: HashesWorld) {
  const found = runSync(readCheckpoint(directory), this.disk);
  if (found.kind !== 'intact') return expect.fail(`its checkpoint is ${found.kind}`);
  const { index } = found.checkpoint;
  const last = segmentsOf(this.disk).at(-1);
  const sequences = this.receipts.map(({ sequence }) => sequence);
  const [inLast, before] = [true, false].map((isIn) => sequences.filter((one) => (index.placeOf(one)?.segment === last) === isIn));
  expect(inLast).to.have.length.above(0);
  expect(inLast?.filter((one) => index.hashOf(one) !== undefined)).to.deep.equal([]);
  expect(before?.filter((one) => index.hashOf(one) === undefined)).to.deep.equal([]);
});

When('its hashes are known by verifying it, and one that was kept is changed in its checkpoint', function (this: HashesWorld) {
  this.journal.verify();
  this.journal.close();
  const bytes = Buffer.from(this.disk.bytesAt(checkpointPath(directory)));
  const kept = Buffer.from(hashOf(this), 'hex');
  const at = bytes.indexOf(kept);
  expect(at).to.be.above(0);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  bytes.writeUInt32LE(crc32(bytes.subarray(16), crc32(bytes.subarray(0, 12))), 12);
  this.disk.plant(checkpointPath(directory), bytes);
  open(this);
});

Then('verifying it says that the hash of that event is not the one that was kept', function (this: HashesWorld) {
  const { ok, problems } = this.journal.verify();
  expect(ok).to.equal(false);
  expect(problems[0]?.reason).to.include(`the hash of event ${this.receipts[asked]?.sequence} is not the one that was kept`);
});

Then('verifying it says nothing is wrong, and the hash of the event 50 is the same', function (this: HashesWorld) {
  expect(this.journal.verify()).to.include({ ok: true });
  expect(oldEvent(this).event_hash).to.equal(hashOf(this));
});
