import { join } from 'node:path';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { blobPath } from '../src/core/model-layout.js';
import type { SimulatedDisk } from '../src/disk/simulated-disk.js';
import type { Step } from '../src/disk/steps.js';
import type { EvictReport } from '../src/evict-model.js';
import {
  diskOf,
  expectBlobsGood,
  expectWhole,
  isWriting,
  namesBelow,
  openOn,
  type Recorded,
  recording,
  sha256,
  simulatedRoot,
  simulatedSources,
  stopOn,
} from '../support/artifact-helpers.js';
import { interleavedScene } from '../support/artifact-scenes.js';
import type { ModelWorld } from './catalog.js';

interface ClaimWorld extends ModelWorld {
  report: EvictReport | undefined;
  steps: Recorded[];
  simulated: SimulatedDisk;
  stopped: Awaited<ReturnType<typeof stopOn>>;
}

Given(
  /^an add of (known|new) content that is about to (?:be recorded|take its place) on a simulated disk$/,
  async function (this: ClaimWorld, kind) {
    const [name, isReached] = kind === 'known' ? ['a.gguf', recordsEntry] : ['b.gguf', publishesBlob];
    const scene = interleavedScene('adding its content', 'removing it');
    this.simulated = await diskOf(scene);
    this.stopped = await stopOn(this.simulated, (catalog) => catalog.add(join(simulatedSources, name), { id: 'other' }), isReached);
    expect(this.stopped.wasStopped).to.equal(true);
  },
);

Given('the process that adds is killed', function (this: ClaimWorld) {
  this.stopped.process.kill();
});

When('the other model of that content is removed', async function (this: ClaimWorld) {
  this.report = await (await openOn(this.simulated.process(), 'removing')).evict('first');
});

When(/^another process opens that catalog( to read)?$/, async function (this: ClaimWorld, reading) {
  await openOn(this.simulated.process(), 'opening', Boolean(reading));
});

When('a healthy catalog on a simulated disk is opened to write', async function (this: ClaimWorld) {
  const disk = await diskOf(interleavedScene('adding its content', 'removing it'));
  this.steps = [];
  await openOn(recording(disk.process(), this.steps), 'opening');
});

Then('no step of that changed the disk', function (this: ClaimWorld) {
  expect(this.steps.length).to.be.greaterThan(5);
  expect(this.steps.filter(({ step }) => isWriting(step)).map(({ text }) => text)).to.deep.equal([]);
});

Then('its blob is still there, and the report says that an add needs it', function (this: ClaimWorld) {
  expectBlobsGood(this.simulated);
  const path = blobPath(sha256('some weights'));
  expect(namesBelow(this.simulated, `${simulatedRoot}/blobs`, 'file')).to.deep.equal([join(simulatedRoot, path)]);
  expect(this.report?.kept).to.deep.equal([{ path, because: 'an add that is under way needs it' }]);
});

Then('the add comes to its end, and every entry has its bytes', async function (this: ClaimWorld) {
  await this.stopped.letGo();
  expect((await expectWhole(this.simulated)).map(({ id }) => id)).to.include('other');
  expect(namesBelow(this.simulated, `${simulatedRoot}/ingest`)).to.deep.equal([]);
});

Then('nothing is left in its ingest', async function (this: ClaimWorld) {
  expect(namesBelow(this.simulated, `${simulatedRoot}/ingest`)).to.deep.equal([]);
  expect((await expectWhole(this.simulated)).map(({ id }) => id)).to.deep.equal(['first']);
});

Then('its claim is still in ingest', function (this: ClaimWorld) {
  const claims = namesBelow(this.simulated, `${simulatedRoot}/ingest`).map((path) => JSON.parse(textAt(this.simulated, path)));
  expect(claims).to.deep.equal([{ schema: 'catalog-core/claim', version: 1, id: 'other', digests: [sha256('some weights')] }]);
});

Then('the bytes of that content are still in ingest', function (this: ClaimWorld) {
  const left = namesBelow(this.simulated, `${simulatedRoot}/ingest`).map((path) => textAt(this.simulated, path));
  expect(left).to.deep.equal(['other weight']);
});

function textAt(disk: SimulatedDisk, path: string): string {
  return Buffer.from(disk.bytesAt(path)).toString();
}

/** Bytes and links have their place, and the lock is asked for. */
function recordsEntry(step: Step): boolean {
  return step.op === 'open' && step.path === join(simulatedRoot, 'catalog.lock');
}

function publishesBlob(step: Step): boolean {
  return step.op === 'link' && step.to.startsWith(`${simulatedRoot}/blobs/`);
}
