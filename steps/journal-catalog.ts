import { createHash } from 'node:crypto';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { isCatalogError } from '../src/core/errors.js';
import { Journal, kind } from '../src/journal/index.js';
import { JournalCatalog } from '../src/stores/journal/journal-catalog.js';
import { withEachStep } from '../support/interrupt/disks.js';
import { quoted } from '../support/journal-helpers.js';
import { engineEntry, modelEntry } from '../support/model-entry.js';
import { begin, directory, idsOf, inDirectory, open, opened, put, type RememberingWorld, root } from '../support/remembering-world.js';

const repeated = (count: number, text: string): string => text.repeat(count);

Given('a journal catalog on a disk of its own', async function (this: RememberingWorld) {
  begin(this);
  await open(this);
});

When('the model {string} is put', async function (this: RememberingWorld, id: string) {
  await put(this, id);
});

When('the model of {int} times {string} is put', async function (this: RememberingWorld, count: number, text: string) {
  await put(this, repeated(count, text));
});

When(/^the models? ("[^"]*"(?:(?:, | and )"[^"]*")*) are put$/, async function (this: RememberingWorld, ids: string) {
  for (const id of quoted(ids)) await put(this, id);
});

When('the model {string} is deleted', async function (this: RememberingWorld, id: string) {
  expect(await this.store.models.delete(id)).to.equal(true);
});

When('the model of {int} times {string} is deleted', async function (this: RememberingWorld, count: number, text: string) {
  expect(await this.store.models.delete(repeated(count, text))).to.equal(true);
});

Then(/^the store refuses it with (\w+)$/, function (this: RememberingWorld, code: string) {
  expect(this.takeRefusal().code).to.equal(code);
});

function lastEvent(world: RememberingWorld) {
  return [...Journal.open({ directory, disk: world.disk.process(), readOnly: true }).read()].at(-1) ?? expect.fail('there is no event');
}

Then(/^its event lies under the entity "(.*)", and its payload tells the id$/, function (this: RememberingWorld, entity: string) {
  const event = lastEvent(this);
  expect(event.coordinate).to.deep.equal({ entity: entity.replaceAll('\\|', '|'), scope: 'catalog' });
  expect(event.payload).to.deep.include({ id: this.put.at(-1)?.record.id, record: this.put.at(-1)?.record });
});

Then('its event lies under "model:~" and the SHA-256 of its id', function (this: RememberingWorld) {
  const id = this.put.at(-1)?.record.id ?? '';
  expect(lastEvent(this).coordinate.entity).to.equal(`model:~${createHash('sha256').update(id).digest('hex')}`);
});

Then('the model is found again by its id, also when the catalog is opened again', async function (this: RememberingWorld) {
  const [stored] = this.put;
  expect(await this.store.models.get(stored?.record.id ?? '')).to.deep.equal(stored);
  expect(await (await opened(this)).models.get(stored?.record.id ?? '')).to.deep.equal(stored);
});

Then('{int} model is there', async function (this: RememberingWorld, count: number) {
  expect(await idsOf(this.store)).to.have.length(count);
});

Then(
  /^the models ("[^"]*"(?:(?:, | and )"[^"]*")*) are there(, also when the catalog is opened again)?$/,
  async function (this: RememberingWorld, ids: string, again: string | null) {
    expect(await idsOf(this.store)).to.deep.equal(quoted(ids));
    if (again) expect(await idsOf(await opened(this))).to.deep.equal(quoted(ids));
  },
);

When('the model "x" and the engine "x" are put', async function (this: RememberingWorld) {
  await put(this, 'x');
  await this.store.engines.put(engineEntry('x'));
});

Then('the engine "x" is still there', async function (this: RememberingWorld) {
  expect((await this.store.engines.list()).map(({ record }) => record.id)).to.deep.equal(['x']);
  expect(await idsOf(this.store)).to.deep.equal([]);
});

Then(
  'the revisions of "a", "b" and "c" rise in the order of their last changes, and the snapshot has the last of them',
  async function (this: RememberingWorld) {
    const revisions = Object.fromEntries((await this.store.models.list()).map(({ record, revision }) => [record.id, revision]));
    expect(
      Object.entries(revisions)
        .sort(([, a], [, b]) => a - b)
        .map(([id]) => id),
    ).to.deep.equal(['b', 'a', 'c']);
    expect(new Set(this.put.map(({ revision }) => revision)).size).to.equal(4);
    expect((await this.store.snapshot()).revision).to.deep.equal({ models: revisions.c, engines: 0 });
    this.engineBefore = revisions.c ?? 0;
  },
);

When('an engine is put', async function (this: RememberingWorld) {
  await this.store.engines.put(engineEntry('e'));
});

Then('the revision of the models stays, and that of the engines is beyond it', async function (this: RememberingWorld) {
  const { revision } = await this.store.snapshot();
  expect(revision.models).to.equal(this.engineBefore);
  expect(revision.engines).to.be.above(revision.models);
});

When(
  '{int} handles put the model "a" at the same time, each at the revision that all of them saw',
  async function (this: RememberingWorld, count: number) {
    await put(this, 'a');
    const handles = await Promise.all(Array.from({ length: count }, () => opened(this)));
    const ifRevision = (await this.store.models.get('a'))?.revision ?? 0;
    const ends = await Promise.allSettled(
      handles.map((handle, nth) => handle.models.put(modelEntry('a', { name: `${nth}` }), { ifRevision })),
    );
    this.outcomes = ends.map((end) =>
      end.status === 'fulfilled' ? 'acknowledged' : isCatalogError(end.reason) ? end.reason.code : 'untyped',
    );
  },
);

Then('one of them is acknowledged, and {int} are refused with RevisionConflict', function (this: RememberingWorld, count: number) {
  expect(this.outcomes.sort()).to.deep.equal([...Array(count).fill('RevisionConflict'), 'acknowledged']);
});

When('{int} models are put by one handle at the same time', async function (this: RememberingWorld, count: number) {
  await put(this, 'first');
  this.steps.length = 0;
  await Promise.all(Array.from({ length: count }, (_, nth) => this.store.models.put(modelEntry(`m${nth}`))));
});

Then('all of them are there, in one write and one sync', async function (this: RememberingWorld) {
  const ops = this.steps.filter(({ path }) => inDirectory(path)).map(({ step }) => step.op);
  expect(ops.filter((op) => op === 'write' || op === 'sync')).to.deep.equal(['write', 'sync']);
  expect(await idsOf(await opened(this))).to.have.length(65);
});

When(
  'these come at the same time, to one handle: "a" is put where there is none, and so once more; "Llama" is put, and "llama"; "b" is put, and deleted',
  async function (this: RememberingWorld) {
    await put(this, 'first');
    this.steps.length = 0;
    const { models } = this.store;
    const [ifRevision, absent] = ['absent', [modelEntry('a'), modelEntry('a', { name: 'another' })]] as const;
    const ends = await Promise.allSettled([
      ...absent.map((record) => models.put(record, { ifRevision })),
      ...['Llama', 'llama', 'b'].map((id) => models.put(modelEntry(id))),
      models.delete('b'),
    ]);
    this.outcomes = ends.map((end) => {
      if (end.status === 'rejected') return isCatalogError(end.reason) ? end.reason.code : 'untyped';
      return typeof end.value === 'boolean' ? `existed: ${end.value}` : `put ${end.value.record.name}`;
    });
  },
);

Then(
  'the second "a" is refused with RevisionConflict and "llama" with AlreadyExists, "b" was there and is gone, and all is in one write',
  async function (this: RememberingWorld) {
    expect(this.steps.filter(({ step, path }) => step.op === 'write' && inDirectory(path))).to.have.length(1);
    expect(this.outcomes).to.deep.equal(['put a', 'RevisionConflict', 'put Llama', 'AlreadyExists', 'put b', 'existed: true']);
    for (const store of [this.store, await opened(this)]) expect(await idsOf(store)).to.deep.equal(['Llama', 'a', 'first']);
  },
);

Then(
  'a put takes the same steps at {int} and at {int} records: one write and one sync',
  async function (this: RememberingWorld, few: number, many: number) {
    const taken: string[][] = [];
    for (const count of [few, many]) {
      begin(this);
      this.store = await JournalCatalog.open({ root, disk: withNotes(this) });
      await Promise.all(Array.from({ length: count }, (_, nth) => this.store.models.put(modelEntry(`m${nth}`))));
      await put(this, 'warm');
      this.steps.length = 0;
      await put(this, 'one more');
      taken.push(this.steps.map(({ step }) => step.op));
    }
    expect(taken[1]).to.deep.equal(taken[0]);
    expect(taken[0]?.filter((op) => op === 'write' || op === 'sync')).to.deep.equal(['write', 'sync']);
  },
);

Then(
  'a list of {int} models takes the steps of a get, once they were listed, and sees what another process puts',
  async function (this: RememberingWorld, count: number) {
    begin(this);
    this.store = await JournalCatalog.open({ root, disk: withNotes(this) });
    await Promise.all(Array.from({ length: count }, (_, nth) => this.store.models.put(modelEntry(`m${nth}`))));
    const { models } = this.store;
    const stepsOf = async (work: () => Promise<unknown>) => {
      this.steps.length = 0;
      await work();
      return this.steps.map(({ step }) => step.op);
    };
    expect(await models.list()).to.have.length(count);
    const ofGet = await stepsOf(() => models.get('m1'));
    expect(await stepsOf(() => models.list())).to.deep.equal(ofGet);
    const put = await (await opened(this)).models.put(modelEntry('other'));
    expect(await models.list()).to.have.length(count + 1);
    expect((await models.list()).at(-1)).to.deep.equal(put);
  },
);

function withNotes(world: RememberingWorld) {
  return withEachStep(world.disk.process(), (step, paths) => {
    world.steps.push({ step, path: paths.of(step) });
    return undefined;
  });
}

When('another process appends events of its own to that journal', function (this: RememberingWorld) {
  this.other = Journal.open({ directory, disk: this.disk.process(), shared: true, lifecycle: 'lazy', segmentMaxBytes: 8192 });
  this.other.append({ entity: 'job:1', scope: 'work' }, kind(0x2, 0x001), { started: true });
  this.other.append({ entity: 'models', scope: 'work' }, kind(0x1, 0x001), 'not a record');
});

Then('that process reads {int} events of models', function (this: RememberingWorld, count: number) {
  expect([...this.other.read({ entity: 'model' })]).to.have.length(count);
});

When(
  'another process puts the models {string} and {string}, and deletes {string}',
  async function (this: RememberingWorld, one: string, two: string, gone: string) {
    this.reader = await opened(this, { readOnly: true });
    const other = await opened(this);
    for (const id of [one, two]) await other.models.put(modelEntry(id));
    await other.models.delete(gone);
  },
);

Then('a reader that was open before sees the same', async function (this: RememberingWorld) {
  expect(await this.reader.models.list()).to.deep.equal(await this.store.models.list());
});

When('another process appends an event under the entity of {string} that no catalog wrote', function (this: RememberingWorld, id: string) {
  const other = Journal.open({ directory, disk: this.disk.process(), shared: true, lifecycle: 'lazy', segmentMaxBytes: 8192 });
  other.append({ entity: `model:${id}`, scope: 'catalog' }, kind(0x3, 0x001), { id, odd: true });
});

Then('asking for "a" is refused with IndexCorrupt, and "b" is there', async function (this: RememberingWorld) {
  await this.attempt(() => this.store.models.get('a'));
  expect(this.takeRefusal().code).to.equal('IndexCorrupt');
  expect((await this.store.models.get('b'))?.record.id).to.equal('b');
});
