import { Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Versioned } from '../src/core/generation.js';
import type { ModelEntry } from '../src/core/records.js';
import type { SimulatedDisk } from '../src/disk/simulated-disk.js';
import { JournalCatalog } from '../src/stores/journal/journal-catalog.js';
import { withEachStep } from '../support/interrupt/disks.js';
import { modelEntry } from '../support/model-entry.js';
import { idsAfterPowerCut, idsOf, inDirectory, opened, put, type RememberingWorld, root } from '../support/remembering-world.js';

When(
  '"a" is put again, "c" put and "b" deleted, and the power is cut in many ways at each step',
  { timeout: 60_000 },
  async function (this: RememberingWorld) {
    const states: { readonly disk: SimulatedDisk; readonly known: readonly Versioned<ModelEntry>[] }[] = [];
    let known = await this.store.models.list();
    let seen = -1;
    this.beforeStep = () => {
      if (this.disk.changes === seen) return;
      seen = this.disk.changes;
      for (const { disk } of this.disk.crashStates({ exhaustUpTo: 3, samples: 8, limit: 8 })) states.push({ disk, known });
    };
    await put(this, 'a');
    known = await listedWithoutSteps(this);
    await put(this, 'c');
    known = await listedWithoutSteps(this);
    await this.store.models.delete('b');
    this.beforeStep = undefined;
    known = await this.store.models.list();
    for (const { disk } of this.disk.crashStates({ exhaustUpTo: 3, samples: 8, limit: 8 })) states.push({ disk, known });
    for (const state of states) this.outcomes.push(await judged(state));
  },
);

async function listedWithoutSteps(world: RememberingWorld): Promise<Versioned<ModelEntry>[]> {
  const { beforeStep } = world;
  world.beforeStep = undefined;
  const known = await world.store.models.list();
  world.beforeStep = beforeStep;
  return known;
}

/** Each record is as it was known, or as the change that was under way makes it. */
async function judged({
  disk,
  known,
}: {
  readonly disk: SimulatedDisk;
  readonly known: readonly Versioned<ModelEntry>[];
}): Promise<string> {
  const store = await JournalCatalog.open({ root, disk, segmentMaxBytes: 8192 });
  const found = await store.models.list();
  const newest = Math.max(...known.map(({ revision }) => revision));
  const missing = known.filter((one) => !found.some(({ record, revision }) => record.id === one.record.id && revision === one.revision));
  const newer = found.filter((one) => !known.some(({ record, revision }) => record.id === one.record.id && revision === one.revision));
  const isFine = missing.length <= 1 && newer.every(({ revision }) => revision > newest) && newer.length <= 1;
  return isFine && missing.every(({ record }) => newer.length === 0 || newer[0]?.record.id === record.id)
    ? 'kept'
    : `${missing.length} are missing, ${newer.length} are new`;
}

Then('each time all that was acknowledged is there', function (this: RememberingWorld) {
  expect(this.outcomes).to.have.length.above(30);
  expect(new Set(this.outcomes)).to.deep.equal(new Set(['kept']));
});

When('a writer is killed before it syncs a put of {string}', async function (this: RememberingWorld, id: string) {
  const process = this.disk.process();
  // Opened before the kill is armed: opening syncs as well.
  let isArmed = false;
  const arming = withEachStep(process, (step, paths) => {
    if (isArmed && step.op === 'sync' && inDirectory(paths.of(step))) process.kill();
    return undefined;
  });
  const writer = await JournalCatalog.open({ root, disk: arming, segmentMaxBytes: 8192 });
  await writer.models.list();
  isArmed = true;
  await writer.models.put(modelEntry(id)).catch(() => {});
  expect(await idsAfterPowerCut(this.disk), 'what was not synced').not.to.include(id);
});

When(/^another handle is asked by (get|list|snapshot|watch)$/, async function (this: RememberingWorld, call: string) {
  const store = await opened(this, { readOnly: true });
  switch (call) {
    case 'get': {
      const found = await store.models.get('c');
      this.shown = found ? [found.record.id] : [];
      break;
    }
    case 'list':
      this.shown = await idsOf(store);
      break;
    case 'snapshot': {
      const { models, durable } = await store.snapshot();
      expect(durable).to.equal(true);
      this.shown = models.map(({ record }) => record.id);
      break;
    }
    default: {
      const told: string[] = [];
      for await (const change of store.models.watch({ after: 0 })) {
        told.push(change.id);
        if (told.includes('c')) break;
      }
      this.shown = told;
    }
  }
});

Then('what it showed is there after a power cut', async function (this: RememberingWorld) {
  expect(this.shown).to.include('c');
  expect(await idsAfterPowerCut(this.disk)).to.include.members([...this.shown]);
});

When('a reader whose syncs are refused takes a snapshot', async function (this: RememberingWorld) {
  const store = await opened(this, { readOnly: true });
  this.disk.fault({ kind: 'Sync', sticky: true, effect: 'EROFS' });
  const { models, durable } = await store.snapshot();
  this.disk.disarm();
  this.shown = [...models.map(({ record }) => record.id), String(durable)];
});

Then('it shows "c", and says that it is not durable', function (this: RememberingWorld) {
  expect(this.shown).to.deep.equal(['a', 'b', 'c', 'false']);
});

When('the sync of a put of {string} fails', async function (this: RememberingWorld, id: string) {
  this.disk.fault({ kind: 'Sync', path: /\.seg$/, effect: { type: 'dropped-sync' } });
  await put(this, id);
  this.disk.disarm();
});

Then('the models "b", "e" and "f" are there after a power cut, and maybe "c"', async function (this: RememberingWorld) {
  expect((await idsAfterPowerCut(this.disk)).filter((id) => id !== 'c')).to.deep.equal(['b', 'e', 'f']);
});

When('the catalog is copied, and the power is cut in many ways at each step', { timeout: 60_000 }, async function (this: RememberingWorld) {
  const target = '/home/user/copy';
  const judge = async (disk: SimulatedDisk): Promise<string> => {
    if (!disk.snapshotTree().has(`${target}/root.json`)) return 'none';
    return (await idsOf(await JournalCatalog.open({ root: target, disk }))).join();
  };
  const states: SimulatedDisk[] = [];
  let seen = -1;
  this.beforeStep = () => {
    if (this.disk.changes === seen) return;
    seen = this.disk.changes;
    for (const { disk } of this.disk.crashStates({ exhaustUpTo: 4, samples: 12, limit: 12 })) states.push(disk);
  };
  await this.store.copyTo(target);
  this.beforeStep = undefined;
  for (const disk of states) this.outcomes.push(await judge(disk));
  expect(await judge(this.disk.crash()), 'when it was told that it is there').to.equal('a,b');
});

Then('each time there is no catalog in that place, or one with "a" and "b"', function (this: RememberingWorld) {
  expect([...new Set(this.outcomes)].sort()).to.deep.equal(['a,b', 'none']);
});
