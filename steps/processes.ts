import { join } from 'node:path';
import { type DataTable, defineParameterType, Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { isCatalogError } from '../src/core/errors.js';
import { defaultDisk, RealDisk } from '../src/disk/real-disk.js';
import type { StepKind } from '../src/disk/steps.js';
import type { FsCatalog } from '../src/stores/fs/fs-catalog.js';
import { expectTidy, expectWritable, modelsIn, type Place, snapshotOf } from '../support/interrupt/aftermath.js';
import { type Handicaps, handicapped, withLockDisabled, withoutHardLinks } from '../support/interrupt/disks.js';
import { type IdleWriter, idleId, idleWhileOthersPut } from '../support/interrupt/idle-writer.js';
import type { Acknowledged, Plan, Point } from '../support/interrupt/job.js';
import { killAtEveryStep, type Sweep } from '../support/interrupt/kills.js';
import { callsOfPut, firstOutOfOrder, stepsOfPut, type Trace, whyNoCallsAreTraced } from '../support/interrupt/orders.js';
import { scenes } from '../support/interrupt/scenes.js';
import { type Actor, startFor } from '../support/interrupt/start.js';
import { type Look, lookWhile } from '../support/interrupt/witness.js';
import { known } from '../support/known.js';
import { noPredecessorCheck } from '../support/saboteurs/no-predecessor-check.js';
import { type CatalogWorld, modelEntry } from '../support/world.js';

interface ProcessWorld extends CatalogWorld {
  sweep?: Sweep;
  writer?: Actor;
  told?: Acknowledged[];
  looks?: readonly Look[];
  busy?: readonly { readonly point: Point; readonly holder: unknown }[];
  tried?: readonly Point[];
  idle?: IdleWriter;
  idleRevision?: number;
  trace?: Trace;
}

const barrier: Plan = { act: 'hold', at: { type: 'step', step: 1, when: 'before' } };
const everyStep: Plan = { act: 'hold', at: { type: 'advancing', when: 'before' } };

defineParameterType({
  name: 'waiting',
  regexp: /syncs its temp|publishes/,
  transformer: (words: string): StepKind => (words === 'publishes' ? 'Publish' : 'Sync'),
});

When(
  /^a process is killed before and after every (eighth )?step of (.+)$/,
  async function (this: ProcessWorld, eighth: string | null, operation: string) {
    const scene = known(scenes, operation);
    this.sweep = await killAtEveryStep({ ...scene, folder: await this.folder() }, eighth ? 8 : 1);
    const { steps, children, oldStates, newStates } = this.sweep;
    this.log(`${operation}: ${children} processes killed at ${steps} steps; ${oldStates} found the old state, ${newStates} the new one`);
  },
);

Then('each time the next process found all that was acknowledged, and the rest whole or not at all', function (this: ProcessWorld) {
  // Found out after each kill; here: both happened, and often where it was killed often.
  const { steps = 0, children = 0, oldStates = 0, newStates = 0 } = this.sweep ?? {};
  const least = children > steps ? 5 : 1;
  expect(steps).to.be.at.least(20);
  expect(oldStates).to.be.greaterThan(least);
  expect(newStates).to.be.greaterThan(least);
});

Then('each time the next process found all that was published', function (this: ProcessWorld) {
  const { steps = 0, children = 0 } = this.sweep ?? {};
  expect(steps).to.be.at.least(20);
  expect(children).to.be.greaterThan(steps);
});

Given(/^a writer process that waits at one step further in each of its puts, (.+)$/, async function (this: ProcessWorld, words: string) {
  const changes = puts('paused', 120);
  this.writer = startFor(this, { role: 'writer', root: await this.root(), changes, plan: everyStep, ...handicapsIn(words) });
});

When(/^another process puts (\d+) models each time, (.+)$/, async function (this: ProcessWorld, count: string, words: string) {
  const other = await this.openStore({ disk: handicapped(new RealDisk(), handicapsIn(words)) });
  const told: Acknowledged[] = [];
  const points = await whileHeld(this.writer as Actor, async ({ step }) => {
    for (let at = 0; at < Number(count); at++) told.push(await acknowledged(other, `other-${step}-${at}`));
  });
  this.told = [...told, ...(this.writer as Actor).acknowledged];
  this.log(`the writer was paused at ${points.length} steps; ${told.length} puts went by`);
});

When(/^another process opens the catalog for writing each time, (.+)$/, async function (this: ProcessWorld, words: string) {
  const place = { ...(await placeOf(this)), disk: handicapped(new RealDisk(), handicapsIn(words)) };
  const points = await whileHeld(this.writer as Actor, async () => {
    await snapshotOf(place, { readOnly: false });
  });
  this.told = (this.writer as Actor).acknowledged;
  this.log(`the writer was paused at ${points.length} steps`);
});

When('another process tries to put a model each time', async function (this: ProcessWorld) {
  const other = await this.openStore({ lockTimeoutMs: 3 });
  const told: Acknowledged[] = [];
  const busy: { point: Point; holder: unknown }[] = [];
  this.tried = await whileHeld(this.writer as Actor, async (point) => {
    try {
      told.push(await acknowledged(other, `other-${point.step}`));
    } catch (error) {
      if (!isCatalogError(error, 'Busy')) throw error;
      busy.push({ point, holder: error.details.pid });
    }
  });
  this.busy = busy;
  this.told = [...told, ...(this.writer as Actor).acknowledged];
  this.log(`the writer was paused at ${this.tried.length} steps; at ${busy.length} of them the other was refused`);
});

Then('it was refused with Busy, which names the writer, exactly while the writer held the lock', function (this: ProcessWorld) {
  const held = (this.tried ?? []).filter(({ lock }) => lock !== 'free');
  expect(held.length).to.be.at.least(20);
  expect(this.busy?.map(({ point }) => point)).to.deep.equal(held);
  // Between taking the lock and writing its name the holder is not known yet.
  const named = this.busy?.filter(({ point }) => point.lock === 'named') ?? [];
  expect(named.length).to.be.at.least(20);
  for (const { holder, point } of named) expect(holder, point.what).to.equal(this.writer?.pid);
});

Then('every model is there that any of them was told, and nothing else', async function (this: ProcessWorld) {
  await expectAllThere(await placeOf(this), this.told ?? []);
});

When(
  /^(\d+) processes put (\d+) models each at once, with the lock (in place|disabled), (\d+) generations kept$/,
  async function (this: ProcessWorld, writers: string, count: string, lock: string, kept: string) {
    await contend(this, {
      writers: Number(writers),
      count: Number(count),
      lockDisabled: lock === 'disabled',
      keepGenerations: Number(kept),
    });
  },
);

When(
  '{int} processes put {int} models each at once without hard links, with the lock disabled',
  async function (this: ProcessWorld, writers: number, count: number) {
    await contend(this, { writers, count, lockDisabled: true, withoutHardLinks: true });
  },
);

When(
  /^two handles in one process put (\d+) models each at once, with the lock (in place|disabled)$/,
  async function (this: ProcessWorld, count: string, lock: string) {
    const disk = () => (lock === 'disabled' ? withLockDisabled(new RealDisk()) : defaultDisk);
    const handles = [await this.openStore({ disk: disk() }), await this.openStore({ disk: disk() })];
    const tasks = handles.flatMap((handle, which) =>
      Array.from({ length: Number(count) }, (_, at) => acknowledged(handle, `${which}-${at}`)),
    );
    this.told = await Promise.all(tasks);
  },
);

Then('all {int} are there, each under the revision that its writer was told', async function (this: ProcessWorld, count: number) {
  expect(this.told).to.have.length(count);
  await expectAllThere(await placeOf(this), this.told ?? []);
});

Then('no view that was looked at meanwhile lacked what was acknowledged before it', function (this: ProcessWorld) {
  // Checked at each look.
  expect(this.looks?.length).to.be.greaterThan(0);
});

Then('a new process reads them and puts one more', async function (this: ProcessWorld) {
  const place = { ...(await placeOf(this)), disk: withoutHardLinks(defaultDisk) };
  await expectWritable(place, modelsIn(await snapshotOf(place, { readOnly: true })));
});

Given(
  'a writer that waits just before it {waiting} while another puts {int} models, 2 generations kept',
  async function (this: ProcessWorld, before: StepKind, meanwhile: number) {
    this.idle = await idleWhileOthersPut(await this.root(), { before, meanwhile });
  },
);

Given(
  'the saboteur {string} in a writer that waits just before it {waiting} while another puts {int} models, 2 generations kept',
  async function (this: ProcessWorld, name: string, before: StepKind, meanwhile: number) {
    expect(noPredecessorCheck.name).to.equal(name);
    this.idle = await idleWhileOthersPut(await this.root(), { before, meanwhile, sabotage: noPredecessorCheck.wrap });
  },
);

When('it goes on', async function (this: ProcessWorld) {
  this.idleRevision = (await this.idle?.goOn()) ?? 0;
});

Then('its model is there, with all of the other', async function (this: ProcessWorld) {
  const { ids = [] } = this.idle ?? {};
  expect(await idsIn(this)).to.have.members([...ids]);
  expect(this.idleRevision).to.equal(ids.length);
  await expectTidy(await placeOf(this));
});

Then('its model was acknowledged and is lost', async function (this: ProcessWorld) {
  expect(this.idleRevision).to.equal(2);
  expect(await idsIn(this)).to.have.members((this.idle?.ids ?? []).filter((id) => id !== idleId));
});

When('the steps of a put are traced', async function (this: ProcessWorld) {
  this.trace = await stepsOfPut(await this.root());
});

When('the system calls of a put by another process are traced', async function (this: ProcessWorld) {
  const reason = whyNoCallsAreTraced();
  if (reason !== undefined) {
    this.log(reason);
    return 'skipped';
  }
  this.trace = await callsOfPut(await this.root(), join(await this.folder(), 'calls'));
  return undefined;
});

Then('each comes after the one before:', function (this: ProcessWorld, table: DataTable) {
  const trace = this.trace as Trace;
  const wanted = table.raw().map(([name = '']) => name);
  expect(firstOutOfOrder(trace, wanted), `out of order in:\n${trace.lines.join('\n')}\n`).to.equal(undefined);
});

/** Does something each time an actor waits, and lets it go on; gives where it waited. */
async function whileHeld(actor: Actor, act: (point: Point) => Promise<void>): Promise<readonly Point[]> {
  const points: Point[] = [];
  for (let point = await actor.nextHold(); point !== undefined; point = await actor.nextHold()) {
    points.push(point);
    await act(point);
    actor.letGo();
  }
  const { refused, acknowledged: told } = await actor.ended;
  expect(refused).to.deep.equal([]);
  // One put for each step, and the one that had no step left.
  expect(told).to.have.length(points.length + 1);
  expect(points.length).to.be.at.least(30);
  return points;
}

async function contend(
  world: ProcessWorld,
  options: { writers: number; count: number; lockDisabled: boolean; keepGenerations?: number; withoutHardLinks?: boolean },
): Promise<void> {
  const { writers, count, ...surroundings } = options;
  const place = await placeOf(world);
  const began = performance.now();
  const actors = Array.from({ length: writers }, (_, which) => {
    const changes = puts(`model-${which}`, count);
    const job = { role: 'writer', root: place.root, changes, plan: barrier, lockTimeoutMs: 100_000, ...surroundings } as const;
    return startFor(world, job, { deadlineMs: 110_000 });
  });
  for (const actor of actors) await actor.untilHeld();
  for (const actor of actors) actor.letGo();
  world.looks = await lookWhile(place, actors);
  const ended = await Promise.all(actors.map((actor) => actor.ended));
  expect(ended.flatMap(({ refused }) => refused)).to.deep.equal([]);
  world.told = ended.flatMap(({ acknowledged: told }) => told);
  world.log(`${world.told.length} puts in ${Math.round(performance.now() - began)} ms; ${world.looks.length} looks meanwhile`);
}

async function expectAllThere(place: Place, told: readonly Acknowledged[]): Promise<void> {
  const { models, revision } = await snapshotOf(place, { readOnly: true });
  const there = models.map(({ record, revision: at }) => ({ id: record.id, revision: at }));
  const inOrder = (all: readonly Acknowledged[]) => [...all].sort((a, b) => (a.id < b.id ? -1 : 1));
  expect(inOrder(there)).to.deep.equal(inOrder(told));
  expect(revision.models).to.equal(Math.max(...told.map(({ revision: at }) => at ?? 0)));
  await expectTidy(place);
}

async function acknowledged(store: FsCatalog, id: string): Promise<Acknowledged> {
  const { revision } = await store.models.put(modelEntry(id));
  return { id, revision };
}

async function idsIn(world: ProcessWorld): Promise<string[]> {
  return modelsIn(await snapshotOf(await placeOf(world), { readOnly: true })).map(({ id }) => id);
}

async function placeOf(world: CatalogWorld): Promise<Place> {
  return { disk: defaultDisk, root: await world.root() };
}

function puts(prefix: string, count: number): { type: 'put'; entry: ReturnType<typeof modelEntry> }[] {
  return Array.from({ length: count }, (_, at) => ({ type: 'put', entry: modelEntry(`${prefix}-${at}`) }));
}

function handicapsIn(words: string): Handicaps {
  return { lockDisabled: words.includes('with the lock disabled'), withoutHardLinks: words.includes('without hard links') };
}
