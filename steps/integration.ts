import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { EngineEntry } from '../src/core/records.js';
import { defaultDisk } from '../src/disk/real-disk.js';
import { clause } from '../support/clauses.js';
import { expectRecovers, expectTidy, type Place, snapshotOf } from '../support/interrupt/aftermath.js';
import { expectGarbledNeverLoads } from '../support/interrupt/garbled.js';
import type { Seen } from '../support/interrupt/job.js';
import { countSteps, type Kill, type KillPoint, killAt, pointsOf, type Scene, together } from '../support/interrupt/kills.js';
import { fill } from '../support/interrupt/scenes.js';
import { type Actor, start, startFor } from '../support/interrupt/start.js';
import { type Look, lookWhile } from '../support/interrupt/witness.js';
import { type CatalogWorld, engineEntry, modelEntry } from '../support/world.js';

interface IntegrationWorld extends CatalogWorld {
  scene?: Scene;
  kills?: readonly Kill[];
  reopened?: readonly Seen[];
  interrupted?: readonly Place[];
  written?: readonly EngineEntry[];
  engines?: readonly (EngineEntry | undefined)[];
  reader?: Actor;
  writer?: Actor;
  writers?: readonly Actor[];
  looks?: readonly Look[];
  oldFile?: { readonly before: string; readonly read: () => Promise<string> };
}

const prior = modelEntry('model', { name: 'the prior state' });
const fresh = modelEntry('model', { name: 'the new state' });
const neighbour = modelEntry('neighbour');

// CAT-INT-3301

Given(clause('CAT-INT-3301', 'given'), async function (this: IntegrationWorld) {
  this.scene = overwriting(await this.folder());
  const scene = this.scene;
  this.kills = await together(await pointsBetweenTempAndRename(scene), (point) => killAt(scene, point));
});

When(clause('CAT-INT-3301', 'when'), async function (this: IntegrationWorld) {
  this.reopened = await together(this.kills ?? [], ({ root }) => reopened(root));
});

Then(clause('CAT-INT-3301', 'then'), async function (this: IntegrationWorld) {
  const seen = (this.reopened ?? []).map(({ models }) => models);
  for (const models of seen)
    expect([
      [prior, neighbour],
      [fresh, neighbour],
    ]).to.deep.include(models);
  // The interval holds the publish: both states are met, and nothing else.
  expect(new Set(seen.map(([model]) => model?.name)).size).to.equal(2);
  for (const { place, legal } of this.kills ?? []) await expectRecovers(place, legal);
  const garbled = await placeWith(join(await this.folder(), 'garbled'), [prior, neighbour]);
  const count = await expectGarbledNeverLoads(garbled, [prior, neighbour]);
  this.log(`${seen.length} writers were killed between temp write and rename; ${count} garbled indices were refused`);
});

// CAT-INT-3302

Given(clause('CAT-INT-3302', 'given'), async function (this: IntegrationWorld) {
  this.written = [completeEngine(), engineEntry('least:1.0.0')];
  for (const entry of this.written) await provisioned(await this.root(), entry);
});

When(clause('CAT-INT-3302', 'when'), async function (this: IntegrationWorld) {
  this.engines = await readEngines(this, this.written ?? []);
});

Then(clause('CAT-INT-3302', 'then'), async function (this: IntegrationWorld) {
  expect(this.engines).to.deep.equal(this.written);
  expect((await reopened(await this.root())).engines).to.have.deep.members(this.written ?? []);
  const entry = completeEngine();
  const scene = provisioning(await this.folder(), entry);
  const states = await together(pointsOf(await countSteps(scene)), async (point) => {
    const kill = await killAt(scene, point);
    await expectRecovers(kill.place, [[prior]]);
    return enginesOf(kill, entry);
  });
  expect(new Set(states)).to.deep.equal(new Set(['absent', 'whole']));
  this.log(`${states.length} provisioners were killed: ${states.filter((state) => state === 'whole').length} left the entry whole`);
});

// CAT-INT-3303

Given(clause('CAT-INT-3303', 'given'), async function (this: IntegrationWorld) {
  const root = await this.root();
  await fill({ disk: defaultDisk, root }, [prior, neighbour]);
  this.oldFile = await openedFile(this, join(root, 'catalog.json'));
  this.reader = startFor(this, { role: 'reader', root });
  await this.reader.untilHeld();
  const plan = { act: 'hold', at: { type: 'matching', kind: 'Rename', path: 'catalog\\.json$', nth: 1, when: 'before' } } as const;
  this.writer = startFor(this, { role: 'writer', root, changes: [{ type: 'put', entry: fresh }], plan });
  await this.writer.untilHeld();
});

When(clause('CAT-INT-3303', 'when'), async function (this: IntegrationWorld) {
  this.writer?.letGo();
  const ended = await this.writer?.ended;
  expect(ended?.acknowledged.map(({ id }) => id)).to.deep.equal(['model']);
});

Then(clause('CAT-INT-3303', 'then'), async function (this: IntegrationWorld) {
  this.reader?.letGo();
  await this.reader?.untilHeld();
  this.reader?.finish();
  const [pinned, later] = (await this.reader?.ended)?.seen ?? [];
  expect(pinned?.models).to.deep.equal([prior, neighbour]);
  expect(later).to.deep.equal(pinned);
  expect(await this.oldFile?.read()).to.equal(this.oldFile?.before);
  const root = await this.root();
  expect((await reopened(root)).models).to.deep.equal([fresh, neighbour]);
  expect(await readFile(join(root, 'catalog.json'), 'utf8')).to.include(fresh.name);
});

// CAT-INT-3311

Given(clause('CAT-INT-3311', 'given'), async function (this: IntegrationWorld) {
  this.scene = overwriting(await this.folder());
});

When(clause('CAT-INT-3311', 'when'), async function (this: IntegrationWorld) {
  const scene = this.scene as Scene;
  this.interrupted = await together(await pointsBetweenTempAndRename(scene), (point) => interruptAt(this, scene, point));
});

Then(clause('CAT-INT-3311', 'then'), async function (this: IntegrationWorld) {
  const legal = [
    [prior, neighbour],
    [fresh, neighbour],
  ];
  const found = await together(this.interrupted ?? [], async (place) => {
    expect(legal).to.deep.include((await reopened(place.root)).models);
    return expectRecovers(place, legal);
  });
  expect(new Set(found)).to.deep.equal(new Set([0, 1]));
});

// CAT-INT-3312

Given(clause('CAT-INT-3312', 'given'), async function (this: IntegrationWorld) {
  const { sampler_profile_version: _left, ...plain } = completeEngine();
  this.written = [completeEngine(), { ...plain, id: 'plain:1.0.0', artifacts: [], binary_path: '/opt/engines/plain' }];
  for (const entry of this.written) await provisioned(await this.root(), entry);
});

When(clause('CAT-INT-3312', 'when'), async function (this: IntegrationWorld) {
  this.engines = await readEngines(this, this.written ?? []);
});

Then(clause('CAT-INT-3312', 'then'), function (this: IntegrationWorld) {
  const [complete, plain] = this.engines ?? [];
  expect(complete).to.include({ engine: 'llama.cpp', version: '1.0.0', binary_path: '/opt/engines/llama', sampler_profile_version: '7' });
  expect(plain).to.include({ engine: 'llama.cpp', version: '1.0.0', binary_path: '/opt/engines/plain' });
  expect(plain).to.not.have.property('sampler_profile_version');
  expect(this.engines).to.deep.equal(this.written);
});

// CAT-INT-3313

const writerCount = 4;
const pairsEach = 20;

Given(clause('CAT-INT-3313', 'given'), async function (this: IntegrationWorld) {
  const root = await this.root();
  const plan = { act: 'hold', at: { type: 'step', step: 1, when: 'before' } } as const;
  this.writers = Array.from({ length: writerCount }, (_, writer) =>
    startFor(this, { role: 'writer', root, changes: pairs(writer), together: 2, plan }),
  );
  for (const writer of this.writers) await writer.untilHeld();
});

When(clause('CAT-INT-3313', 'when'), async function (this: IntegrationWorld) {
  const writers = this.writers ?? [];
  for (const writer of writers) writer.letGo();
  this.looks = await lookWhile({ disk: defaultDisk, root: await this.root() }, writers);
});

Then(clause('CAT-INT-3313', 'then'), async function (this: IntegrationWorld) {
  const place = { disk: defaultDisk, root: await this.root() };
  const told = (await Promise.all((this.writers ?? []).map(({ ended }) => ended))).flatMap(({ acknowledged }) => acknowledged);
  expect(told).to.have.length(2 * writerCount * pairsEach);
  const { models, revision } = await snapshotOf(place, { readOnly: true });
  expect(revision.models).to.equal(writerCount * pairsEach);
  expect(models.map(({ record, revision: at }) => ({ id: record.id, revision: at }))).to.have.deep.members(told);
  // Both of a pair are one commit: no view has one without the other.
  for (const { revisions } of this.looks ?? []) {
    for (const [id, at] of revisions) expect(revisions.get(partner(id)), id).to.equal(at);
  }
  await expectTidy(place);
  this.log(`${this.looks?.length} views were looked at, of ${new Set(this.looks?.map((look) => look.revision)).size} revisions`);
});

function overwriting(folder: string): Scene {
  return {
    folder,
    prepare: (place) => fill(place, [prior, neighbour]),
    job: (root) => ({ role: 'writer', root, changes: [{ type: 'put', entry: fresh }] }),
    before: [prior, neighbour],
    after: [fresh, neighbour],
  };
}

function provisioning(folder: string, entry: EngineEntry): Scene {
  return {
    ...overwriting(folder),
    prepare: (place) => fill(place, [prior]),
    job: (root) => ({ role: 'provisioner', root, entry }),
    before: [prior],
    after: [prior],
  };
}

async function placeWith(folder: string, entries: Scene['before']): Promise<Place> {
  await mkdir(folder, { recursive: true });
  const place = { disk: defaultDisk, root: join(folder, 'root') };
  await fill(place, entries);
  return place;
}

/** From the end of the write of the temp to just before the rename over the index. */
async function pointsBetweenTempAndRename(scene: Scene): Promise<readonly KillPoint[]> {
  const steps = await countSteps(scene);
  const written = steps.findIndex((step) => /^Write .*catalog\.json\.[^/]+\.tmp$/.test(step));
  const renamed = steps.findIndex((step) => /^Rename .*catalog\.json$/.test(step));
  expect([written, renamed], steps.join('\n')).to.not.include(-1);
  return pointsOf(steps).filter(
    ({ step, when }) => step - 1 > written - (when === 'after' ? 1 : 0) && step - 1 < renamed + (when === 'before' ? 1 : 0),
  );
}

/** Stops a writer at a point, and kills it there from outside. */
async function interruptAt(world: IntegrationWorld, scene: Scene, at: KillPoint): Promise<Place> {
  const place = await placeWith(join(scene.folder, `held-${at.when}-${at.step}`), scene.before);
  const plan = { act: 'hold', at: { type: 'step', ...at } } as const;
  const writer = startFor(world, { ...scene.job(place.root), plan });
  await writer.untilHeld();
  writer.kill();
  await writer.ended;
  return place;
}

/** What a new process sees that opens the catalog: to read, and then as a writer does. */
async function reopened(root: string): Promise<Seen> {
  const [reader, writer] = [
    await start({ role: 'reopener', root, readOnly: true }).ended,
    await start({ role: 'reopener', root, readOnly: false }).ended,
  ];
  expect(reader.done?.refused).to.equal(undefined);
  expect(writer.done?.seen).to.deep.equal(reader.done?.seen);
  return reader.done?.seen as Seen;
}

async function provisioned(root: string, entry: EngineEntry): Promise<void> {
  const { acknowledged } = await start({ role: 'provisioner', root, entry }).ended;
  expect(acknowledged.map(({ id }) => id)).to.deep.equal([entry.id]);
}

async function readEngines(world: IntegrationWorld, written: readonly EngineEntry[]): Promise<(EngineEntry | undefined)[]> {
  const store = await world.openStore({ readOnly: true });
  const found: (EngineEntry | undefined)[] = [];
  for (const { id } of written) found.push((await store.engines.get(id))?.record);
  return found;
}

/** Whether the entry is there after a kill: all of it, or nothing; and all of it if it was acknowledged. */
async function enginesOf({ place, ended }: Kill, entry: EngineEntry): Promise<'absent' | 'whole'> {
  const engines = (await snapshotOf(place, { readOnly: true })).engines.map(({ record }) => record);
  expect([[], [entry]]).to.deep.include(engines);
  if (ended.acknowledged.length > 0) expect(engines).to.deep.equal([entry]);
  return engines.length === 0 ? 'absent' : 'whole';
}

function completeEngine(): EngineEntry {
  return engineEntry('llama.cpp:1.0.0', {
    build_ref: 'b1234',
    digest: `sha256:${'5e'.repeat(32)}`,
    build_flags: ['-DGGML_CUDA=ON', '-O3'],
    artifacts: ['/opt/engines/llama', `sha256:${'0a'.repeat(32)}`],
    binary_path: '/opt/engines/llama',
    sampler_profile_version: '7',
  });
}

function pairs(writer: number): { type: 'put'; entry: Scene['before'][number] }[] {
  return Array.from({ length: 2 * pairsEach }, (_, at) => {
    const side = at % 2 === 0 ? 'left' : 'right';
    return { type: 'put', entry: modelEntry(`${side}-of-${writer}-${Math.floor(at / 2)}`) };
  });
}

function partner(id: string): string {
  return id.startsWith('left') ? id.replace('left', 'right') : id.replace('right', 'left');
}

/** The open file itself, which a rename over its name does not touch. */
async function openedFile(world: IntegrationWorld, path: string): Promise<{ before: string; read: () => Promise<string> }> {
  const file = await open(path);
  world.onEnd(() => file.close());
  const read = async (): Promise<string> => {
    const bytes = Buffer.alloc((await file.stat()).size);
    await file.read(bytes, 0, bytes.byteLength, 0);
    return bytes.toString();
  };
  return { before: await read(), read };
}
