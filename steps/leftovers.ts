import { execFileSync } from 'node:child_process';
import { lstatSync, readdirSync, readFileSync, readlinkSync, unlinkSync } from 'node:fs';
import { link, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { RealDisk } from '../src/disk/real-disk.js';
import { FsCatalog } from '../src/stores/fs/fs-catalog.js';
import { contentOf, expectTidy, type Place } from '../support/interrupt/aftermath.js';
import { handicapped } from '../support/interrupt/disks.js';
import type { PlannedPoint } from '../support/interrupt/job.js';
import { type Actor, startFor } from '../support/interrupt/start.js';
import { type CatalogWorld, modelEntry } from '../support/world.js';

interface LeftoverWorld extends CatalogWorld {
  actor: Actor;
  temps: readonly string[];
  planted: string;
  plantedState: string;
  outsideState: string;
}

const tempName = `catalog.json.${'A'.repeat(22)}.tmp`;

Given(
  /^a writer process that was killed just before it (.+), (with|without) hard links$/,
  async function (this: LeftoverWorld, step: string, links: string) {
    await putFirst(this);
    const actor = startFor(this, {
      role: 'writer',
      root: await this.root(),
      changes: [{ type: 'put', entry: modelEntry('killed') }],
      plan: { act: 'die', at: pointBefore(step) },
      withoutHardLinks: links === 'without',
    });
    await actor.ended;
    this.temps = await tempsIn(this);
    expect(this.temps).not.to.have.lengthOf(0);
  },
);

Given(
  /^a writer process that is held just (before|after) (it .+|its publishing), with the lock (disabled|in place)$/,
  async function (this: LeftoverWorld, moment: 'before' | 'after', step: string, lock: string) {
    await putFirst(this);
    this.actor = startFor(this, {
      role: 'writer',
      root: await this.root(),
      changes: [{ type: 'put', entry: modelEntry('held') }],
      plan: { act: 'hold', at: { ...pointBefore(step.replace('its publishing', 'publishes').replace(/^it /, '')), when: moment } },
      lockDisabled: lock === 'disabled',
    });
    await this.actor.untilHeld();
    this.temps = await tempsIn(this);
    expect(this.temps).to.have.lengthOf(1);
  },
);

Given(/^a catalog with a model, and an? (.+) with the name of a temp$/, async function (this: LeftoverWorld, thing: string) {
  await plant(this, tempName, thing);
});

Given(/^a catalog with a model, and a file named (\S+)$/, async function (this: LeftoverWorld, name: string) {
  await plant(this, name, 'file');
});

When(/^the catalog is opened for (reading|writing) beside it$/, async function (this: LeftoverWorld, kind: string) {
  const store = await FsCatalog.open({ root: await this.root(), readOnly: kind === 'reading' });
  await store.models.list();
  await store.close();
});

When(/^another opens the catalog for writing (\d+) times, (.+)$/, async function (this: LeftoverWorld, times: string, words: string) {
  const disk = handicapped(new RealDisk(), { lockDisabled: words === 'with the lock disabled' });
  for (let at = 0; at < Number(times); at++) await (await FsCatalog.open({ root: await this.root(), disk })).close();
});

When('its temp is removed', async function (this: LeftoverWorld) {
  for (const name of this.temps) unlinkSync(join(await this.root(), name));
});

Then('what the killed writer left is still there', async function (this: LeftoverWorld) {
  expect(await tempsIn(this)).to.deep.equal(this.temps);
});

Then('the temp of the held writer is there', async function (this: LeftoverWorld) {
  expect(await tempsIn(this)).to.deep.equal(this.temps);
});

Then('no temp is left, and the catalog holds what was acknowledged', async function (this: LeftoverWorld) {
  const place = await placeOf(this);
  await expectTidy(place);
  expect((await contentOf(place, { readOnly: true })).map(({ id }) => id)).to.deep.equal(['first']);
});

Then('its put is acknowledged once it goes on, and is there', async function (this: LeftoverWorld) {
  this.actor.letGo();
  const { acknowledged, refused } = await this.actor.ended;
  expect(refused).to.deep.equal([]);
  expect(acknowledged.map(({ id }) => id)).to.deep.equal(['held']);
  const place = await placeOf(this);
  expect((await contentOf(place, { readOnly: true })).map(({ id }) => id)).to.deep.equal(['first', 'held']);
  await expectTidy(place);
});

Then('catalog.json shows it', async function (this: LeftoverWorld) {
  const shown = JSON.parse(readFileSync(join(await this.root(), 'catalog.json'), 'utf8')) as { models: { id: string }[] };
  expect(shown.models.map(({ id }) => id)).to.deep.equal(['first', 'held']);
});

Then('the planted thing is there as it was, and nothing outside has changed', async function (this: LeftoverWorld) {
  expect(stateOf(this.planted)).to.equal(this.plantedState);
  expect(stateOf(await outside(this))).to.equal(this.outsideState);
});

Then('nothing outside of the root has changed', async function (this: LeftoverWorld) {
  expect(stateOf(await outside(this))).to.equal(this.outsideState);
});

async function plant(world: LeftoverWorld, name: string, thing: string): Promise<void> {
  await putFirst(world);
  const [path, folder] = [join(await world.root(), name), await outside(world)];
  await mkdir(join(folder, 'folder'), { recursive: true });
  await writeFile(join(folder, 'file'), 'not ours');
  await writeFile(join(folder, 'folder', 'file'), 'not ours either');
  const things: Readonly<Record<string, () => Promise<unknown>>> = {
    file: () => writeFile(path, 'somebody else made this'),
    'symbolic link to an outside file': () => symlink(join(folder, 'file'), path),
    'symbolic link to an outside folder': () => symlink(join(folder, 'folder'), path),
    'symbolic link to nothing': () => symlink(join(folder, 'nothing'), path),
    'folder with a file in it': () => mkdir(path).then(() => writeFile(join(path, 'file'), 'inside')),
    'empty folder': () => mkdir(path),
    FIFO: async () => execFileSync('mkfifo', [path]),
    'hard link to an outside file': () => link(join(folder, 'file'), path),
  };
  await (things[thing] ?? expect.fail(thing))();
  [world.planted, world.plantedState, world.outsideState] = [path, stateOf(path), stateOf(folder)];
}

async function putFirst(world: LeftoverWorld): Promise<void> {
  const store = await world.openStore();
  await store.models.put(modelEntry('first'));
}

async function tempsIn(world: LeftoverWorld): Promise<readonly string[]> {
  return readdirSync(await world.root()).filter((name) => name.includes('.tmp'));
}

async function outside(world: LeftoverWorld): Promise<string> {
  return join(await world.folder(), 'outside');
}

async function placeOf(world: LeftoverWorld): Promise<Place> {
  return { disk: new RealDisk(), root: await world.root() };
}

function pointBefore(step: string): PlannedPoint {
  const kinds = { 'writes its temp': 'Write', 'syncs its temp': 'Sync', publishes: 'Publish' } as const;
  const kind = kinds[step as keyof typeof kinds] ?? expect.fail(step);
  return { type: 'matching', kind, path: kind === 'Publish' ? 'models/[1-9]' : 'catalog\\.json\\..+\\.tmp$', nth: 1, when: 'before' };
}

/** What is at a path and below it: type, mode, content; not how many names it has. */
function stateOf(path: string): string {
  const status = lstatSync(path);
  const head = `${path} ${status.mode.toString(8)}`;
  if (status.isSymbolicLink()) return `${head} -> ${readlinkSync(path)}`;
  if (status.isFile()) return `${head} ${readFileSync(path, 'utf8')}`;
  if (!status.isDirectory()) return head;
  return [head, ...readdirSync(path).map((name) => stateOf(join(path, name)))].join('\n');
}
