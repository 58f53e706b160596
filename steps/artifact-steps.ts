import { dirname, join } from 'node:path';
import { type DataTable, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { blobPath } from '../src/core/model-layout.js';
import { SimulatedDisk } from '../src/disk/simulated-disk.js';
import type { Step } from '../src/disk/steps.js';
import {
  cutAtEachStep,
  type Explored,
  expectBlobsGood,
  expectOrder,
  expectWhole,
  type Faulted,
  failEach,
  interleave,
  killAfterInterleaving,
  killAtEachStep,
  namesBelow,
  openOn,
  type Recorded,
  recording,
  sha256,
  simulatedRoot,
  simulatedSources,
  traceLines,
} from '../support/artifact-helpers.js';
import { interleavedScene, judgeScene, scenes } from '../support/artifact-scenes.js';
import type { ModelWorld } from './catalog.js';

interface TracedWorld extends ModelWorld {
  steps: Recorded[];
  /** Those of the same with one file. */
  ofOne: readonly Recorded[];
  simulated: SimulatedDisk;
  explored: Explored;
  faulted: readonly Faulted[];
  interleaved: number;
  present: readonly (readonly string[])[];
}

// The order of steps

When('the steps of the first add to a new root are traced', async function (this: TracedWorld) {
  this.steps = await traced((catalog) => catalog.add(join(simulatedSources, 'a.gguf'), { mode: 'copy' }));
});

When('the steps of an add by link are traced', async function (this: TracedWorld) {
  this.steps = await traced((catalog) => catalog.add(join(simulatedSources, 'a.gguf'), { mode: 'link' }));
});

When('the steps of an add with a declared sha512 are traced', async function (this: TracedWorld) {
  const digest =
    'sha512:d4c1dc5d30fe8f9f3e55d0b5a7ee0a5e2e02e5c9ac1e4b8c9e9a3a0d1c1d1a7ad4c1dc5d30fe8f9f3e55d0b5a7ee0a5e2e02e5c9ac1e4b8c9e9a3a0d1c1d1a7a';
  this.steps = await traced((catalog) => catalog.add(join(simulatedSources, 'a.gguf'), { mode: 'copy', digest }).catch(() => {}));
});

When('the steps of removing a model are traced', async function (this: TracedWorld) {
  this.steps = await traced(async (catalog) => {
    await catalog.add(join(simulatedSources, 'a.gguf'));
    await catalog.delete('a');
  });
});

When(
  /^the steps of adding a folder of (\d+) files to a root that has models are traced$/,
  async function (this: TracedWorld, count: string) {
    const folders = { before: 30, one: 1, many: Number(count) };
    const disk = newDisk(false);
    for (const [folder, files] of Object.entries(folders)) {
      disk.plantDirectory(join(simulatedSources, folder));
      for (let number = 0; number < files; number++) disk.plant(join(simulatedSources, folder, `part-${number}`), `${folder} ${number}`);
    }
    const steps: Recorded[] = [];
    await withCatalog(recording(disk, steps), async (catalog) => {
      const stepsOf = async (folder: string): Promise<Recorded[]> => {
        steps.length = 0;
        await catalog.add(join(simulatedSources, folder), { mode: 'copy' });
        return [...steps];
      };
      await stepsOf('before');
      this.ofOne = await stepsOf('one');
      this.steps = await stepsOf('many');
    });
  },
);

Then(/^the bytes of all (\d+) are synced, each once, before the first has its name$/, function (this: TracedWorld, count: string) {
  const named = this.steps.findIndex(({ step }) => step.op === 'link' && step.to.includes('/blobs/'));
  const contents = this.steps.flatMap(({ step, path }) => (step.op === 'change-mode' && path.includes('/ingest/') ? [path] : []));
  const synced = this.steps.slice(0, named).flatMap(({ step, path }) => (step.op === 'sync' && contents.includes(path) ? [path] : []));
  expect(synced.toSorted()).to.deep.equal(contents.toSorted()).and.have.length(Number(count));
});

Then(
  'each folder of blobs is synced once when all of them have their names, and so is the folder of the links',
  function (this: TracedWorld) {
    const lastOf = (isMeant: (step: Step) => boolean): number => this.steps.findLastIndex(({ step }) => isMeant(step));
    const [linked, shown] = [lastOf((step) => step.op === 'link' && step.to.includes('/blobs/')), lastOf(({ op }) => op === 'symlink')];
    const folders = this.steps.flatMap(({ step }) => (step.op === 'link' && step.to.includes('/blobs/') ? [dirname(step.to)] : []));
    expect(syncsOf(this.steps.slice(linked), /\/blobs\/sha256\/..$/)).to.deep.equal(
      new Map([...new Set(folders)].map((path) => [path, 1])),
    );
    const ofLinks = syncsOf(this.steps, /\/models\/many-[^/]+$/);
    expect(ofLinks).to.deep.equal(syncsOf(this.steps.slice(shown), /\/models\/many-[^/]+$/));
    expect([...ofLinks.values()]).to.deep.equal([1]);
  },
);

Then('no other folder is synced more often than for a model of one file', function (this: TracedWorld) {
  const others = /^(?!.*\/blobs\/sha256\/..$)(?!.*\/models\/(one|many)-)/;
  const [ofOne, ofMany] = [syncsOf(this.ofOne, others), syncsOf(this.steps, others)];
  // New folders of blobs are made durable in theirs, once for all.
  for (const [path, syncs] of ofMany) expect(syncs, path).to.be.at.most(Math.max(1, ofOne.get(path) ?? 0));
});

function syncsOf(steps: readonly Recorded[], isMeant: RegExp): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { step, path } of steps) {
    if (step.kind === 'SyncDirectory' && isMeant.test(path)) counts.set(path, (counts.get(path) ?? 0) + 1);
  }
  return counts;
}

When('the steps of a collection over models of {int} files are traced', async function (this: TracedWorld, count: number) {
  const disk = newDisk(false);
  disk.plantDirectory(join(simulatedSources, 'many'));
  for (let number = 0; number < count; number++) disk.plant(join(simulatedSources, 'many', `part-${number}`), `${number}`);
  const steps: Recorded[] = [];
  await withCatalog(recording(disk, steps), async (catalog) => {
    await catalog.add(join(simulatedSources, 'many'), { mode: 'copy' });
    steps.length = 0;
    const { scanned } = await catalog.gc({ dryRun: true });
    expect(scanned).to.be.at.least(count);
  });
  this.steps = steps;
});

Then('nothing is asked of a blob but its name', function (this: TracedWorld) {
  const asked = this.steps.filter(({ step, path }) => step.op !== 'list' && /\/blobs\/sha256\/..\/./.test(path));
  expect(asked.map(({ step }) => step.op)).to.deep.equal([]);
  expect(this.steps.some(({ step }) => step.op === 'list' && /\/blobs\/sha256\/..$/.test(step.path))).to.equal(true);
});

Then('each of these comes before the next:', function (this: TracedWorld, table: DataTable) {
  expectOrder(
    traceLines(this.steps),
    table.raw().map(([line = '']) => line),
  );
});

Then('each folder that was made is synced in its parent before the record is published', function (this: TracedWorld) {
  const published = this.steps.findIndex(({ step }) => step.kind === 'Publish' && 'to' in step && step.to.endsWith('generations/models/1'));
  const before = this.steps.slice(0, published);
  const made = before.flatMap(({ step }, place) => (step.op === 'make-directory' ? [{ path: step.path, place }] : []));
  expect(made.length).to.be.greaterThan(5);
  for (const { path, place } of made) {
    const isSynced = before.some((one, at) => at > place && one.step.kind === 'SyncDirectory' && one.path === dirname(path));
    expect(isSynced, `${dirname(path)} after ${path} was made`).to.equal(true);
  }
});

Then('each byte of the source was read once', function (this: TracedWorld) {
  const reads = this.steps.filter(({ step, path }) => step.op === 'read' && path === join(simulatedSources, 'a.gguf'));
  const bytes = reads.reduce((sum, { step }) => sum + (step.op === 'read' ? step.into.byteLength : 0), 0);
  expect(bytes).to.equal('some weights'.length);
  expect(this.steps.some(({ step, path }) => step.op === 'read' && path.includes('/ingest/'))).to.equal(false);
});

// Crashes, kills and faults on the simulated disk

When(/^the power is cut at each step of (.*)$/, async function (this: TracedWorld, name: string) {
  const scene = scenes[name] ?? expect.fail(name);
  this.explored = await cutAtEachStep(scene, (left) => judgeScene(scene, left));
});

When(/^a process is killed at each step of (.*) on a simulated disk$/, async function (this: TracedWorld, name: string) {
  const scene = scenes[name] ?? expect.fail(name);
  this.explored = await killAtEachStep(scene, (left) => judgeScene(scene, left));
});

Then('every catalog that was left named whole bytes only, and all that was acknowledged', function (this: TracedWorld) {
  const { steps, states, done } = this.explored;
  this.log(`${steps} steps, ${states} states, ${done} with the operation done`);
  expect(steps).to.be.greaterThan(30);
  expect(done).to.be.within(1, states - 1);
});

When(/^a file is added by (\w+) on a simulated disk that shares blocks$/, async function (this: TracedWorld, mode) {
  this.simulated = newDisk(true);
  this.added = await (await openOn(this.simulated, 'sharing')).addWithReport(join(simulatedSources, 'a.gguf'), { mode });
});

Then(/^it was added by (\w+) with (\d+) bytes written, whole and with mode (\d+)$/, async function (this: TracedWorld, mode, bytes, bits) {
  expect([this.added?.mode, this.added?.bytesWritten]).to.deep.equal([mode, Number(bytes)]);
  const [entry] = await expectWhole(this.simulated);
  expect(entry?.mode).to.equal(mode);
  const blob = this.simulated.snapshotTree().get(join(simulatedRoot, blobPath(sha256('some weights'))));
  expect(blob?.mode).to.equal(Number.parseInt(bits, 8));
});

When('the disk is full at each write of an add on a simulated disk', async function (this: TracedWorld) {
  this.faulted = await failEach(scenes['adding a model beside another'] ?? expect.fail(), 'Write', 'ENOSPC');
});

Then(
  'each was refused with NoSpace or acknowledged, left nothing in ingest, and could be added afterwards',
  async function (this: TracedWorld) {
    expect(this.faulted.filter(({ refusal }) => refusal === 'NoSpace').length).to.be.greaterThan(1);
    for (const { nth, refusal, disk } of this.faulted) {
      expect(refusal ?? 'NoSpace', `write ${nth}`).to.equal('NoSpace');
      await expectUsable(disk, nth);
    }
  },
);

When(/^each (\w+) of an add fails once on a simulated disk$/, async function (this: TracedWorld, kind: string) {
  this.faulted = await failEach(scenes['adding a model beside another'] ?? expect.fail(), kind as Step['kind'], 'EIO');
});

Then('each left no entry without its bytes and could be added afterwards by a new handle', async function (this: TracedWorld) {
  expect(this.faulted.length).to.be.greaterThan(0);
  for (const { nth, disk } of this.faulted) {
    const entries = await expectWhole(disk);
    expect(
      entries.map(({ id }) => id),
      `fault ${nth}`,
    ).to.include('a');
    expectBlobsGood(disk);
    await (await openOn(disk.process(), 'again')).add(join(simulatedSources, 'b.gguf'));
    expect(await expectWhole(disk)).to.have.length(2);
  }
});

When(/^(.*) is held at each of its steps while (.*) runs$/, async function (this: TracedWorld, one: string, two: string) {
  const present: string[][] = [];
  this.interleaved = await interleave(interleavedScene(one, two), async (disk) => {
    present.push((await expectWhole(disk)).map(({ id }) => id));
  });
  this.present = present;
});

When(
  /^(.*) is held at each of its steps beside (.*), and killed at each of its changes after that$/,
  async function (this: TracedWorld, one: string, two: string) {
    this.interleaved = await killAfterInterleaving(interleavedScene(one, two), async (disk) => void (await expectWhole(disk)));
    this.log(`${this.interleaved} kills`);
  },
);

Then('every entry had its bytes after each of more than {int} kills', function (this: TracedWorld, least: number) {
  expect(this.interleaved).to.be.greaterThan(least);
});

Then(/^every entry had its bytes each time, and "([^"]*)" was there$/, function (this: TracedWorld, id: string) {
  expect(this.interleaved).to.be.greaterThan(20);
  if (id !== '') for (const ids of this.present) expect(ids).to.include(id);
});

async function expectUsable(disk: SimulatedDisk, nth: number): Promise<void> {
  expect(namesBelow(disk, `${simulatedRoot}/ingest`), `left by fault ${nth}`).to.deep.equal([]);
  await expectWhole(disk);
  await (await openOn(disk.process(), 'again')).add(join(simulatedSources, 'b.gguf'));
  expect(await expectWhole(disk)).to.have.length(2);
}

async function traced(act: Parameters<typeof withCatalog>[1]): Promise<Recorded[]> {
  const steps: Recorded[] = [];
  await withCatalog(recording(newDisk(false), steps), act);
  return steps;
}

async function withCatalog(disk: Parameters<typeof openOn>[0], act: (catalog: Awaited<ReturnType<typeof openOn>>) => Promise<unknown>) {
  await act(await openOn(disk, 'traced'));
}

function newDisk(reflinks: boolean): SimulatedDisk {
  const disk = new SimulatedDisk({ root: ['/home/user', simulatedSources], reflinks });
  return disk.plant(join(simulatedSources, 'a.gguf'), 'some weights');
}
