import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { Journal, kind } from '../src/journal/index.js';
import { freshlyBuilt } from '../support/interrupt/fresh-build.js';
import type { LargeReading } from '../support/large-journal.js';
import type { CatalogWorld } from '../support/world.js';

interface LargeWorld extends CatalogWorld {
  directory: string;
  count: number;
  reading: LargeReading;
}

const patient = { timeout: 600_000 };
const batch = 1000;

Given(
  'a journal of {int} events of {int} entities on the disk of the machine',
  patient,
  async function (this: LargeWorld, count: number, entities: number) {
    this.directory = join(await this.folder(), 'journal');
    this.count = count;
    const journal = Journal.open({ directory: this.directory, lifecycle: 'lazy' });
    for (let nth = 0; nth < count; nth += batch) {
      journal.appendBatch(
        Array.from({ length: batch }, (_, at) => ({
          coordinate: { entity: `model:${(nth + at) % entities}`, scope: 'large' },
          kind: kind(0x1, 0x001),
          payload: { nth: nth + at },
        })),
      );
    }
    journal.close();
  },
);

function readBy(world: LargeWorld, heapMiB: number): LargeReading {
  const script = freshlyBuilt('support/large-journal.ts');
  const { status, stdout, stderr } = spawnSync(process.execPath, [`--max-old-space-size=${heapMiB}`, script, world.directory], {
    encoding: 'utf8',
  });
  expect(status, stderr).to.equal(0);
  return JSON.parse(stdout);
}

When('a process that may use {int} MiB of heap opens it, reads it and verifies it', patient, function (this: LargeWorld, heapMiB: number) {
  this.reading = readBy(this, heapMiB);
  this.log(JSON.stringify(this.reading));
});

Then('it was opened from its checkpoint, and all events were read in their order and found to be whole', function (this: LargeWorld) {
  const { path, events, inOrder, verified } = this.reading;
  // One more says that it was opened.
  expect({ path, events, inOrder, verified }).to.deep.equal({
    path: 'checkpoint',
    events: this.count + 1,
    inOrder: true,
    verified: { ok: true, events: this.count + 1 },
  });
});

Then(
  'without its checkpoint opening takes at least {int} times as long, and gives the same',
  patient,
  function (this: LargeWorld, times: number) {
    rmSync(join(this.directory, 'checkpoint'));
    const { path, events, inOrder, openMs, bytesRead } = readBy(this, 256);
    this.log(`without its checkpoint it is opened in ${openMs} ms, with it in ${this.reading.openMs} ms`);
    expect({ path, events, inOrder, bytesRead }).to.deep.equal({
      path: 'rebuild',
      events: this.count + 1,
      inOrder: true,
      bytesRead: this.reading.bytesRead,
    });
    expect(openMs).to.be.above(times * this.reading.openMs);
  },
);
