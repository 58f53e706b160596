import { createHash } from 'node:crypto';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Catalog } from '../src/catalog.js';
import { isCatalogError } from '../src/core/errors.js';
import type { Versioned } from '../src/core/generation.js';
import type { ModelEntry } from '../src/core/records.js';
import { SimulatedDisk } from '../src/disk/simulated-disk.js';
import type { Step } from '../src/disk/steps.js';
import { Journal, kind, saveCursorCheckpoint } from '../src/journal/index.js';
import { regionIdentity } from '../src/journal/region.js';
import { openCatalog } from '../src/open-catalog.js';
import { FsCatalog } from '../src/stores/fs/fs-catalog.js';
import type { HistoryEntry, PastState } from '../src/stores/journal/history.js';
import { JournalCatalog, type JournalCatalogOptions } from '../src/stores/journal/journal-catalog.js';
import { journalFolder } from '../src/stores/journal/journal-root.js';
import { withEachStep } from '../support/interrupt/disks.js';
import { quoted } from '../support/journal-helpers.js';
import { engineEntry, modelEntry } from '../support/model-entry.js';
import type { CatalogWorld } from '../support/world.js';

interface RememberingWorld extends CatalogWorld {
  disk: SimulatedDisk;
  store: JournalCatalog;
  catalogOfAll: Catalog;
  steps: { readonly step: Step; readonly path: string }[];
  beforeStep: ((step: Step, path: string) => void) | undefined;
  put: Versioned<ModelEntry>[];
  shown: readonly string[];
  outcomes: string[];
  engineBefore: number;
  reader: JournalCatalog;
  other: Journal;
  story: HistoryEntry[];
  past: { readonly revision: number; readonly ms: number; readonly state: readonly Versioned<ModelEntry>[] }[];
}

const root = '/home/user/models';
const directory = journalFolder(root);
const inDirectory = (path: string): boolean => path.endsWith('.seg');

function begin(world: RememberingWorld): void {
  world.disk = new SimulatedDisk({ root: ['/home/user'] });
  Object.assign(world, { steps: [], beforeStep: undefined, put: [], outcomes: [], past: [], story: [] });
}

/** A handle of a process of its own. */
function opened(world: RememberingWorld, options: Partial<JournalCatalogOptions> = {}, disk = world.disk): Promise<JournalCatalog> {
  return JournalCatalog.open({ root, disk: disk.process(), segmentMaxBytes: 8192, ...options });
}

/** The handle of the scenario, every step of which is noted. */
async function open(world: RememberingWorld): Promise<void> {
  const noting = withEachStep(world.disk.process(), (step, paths) => {
    const path = paths.of(step);
    world.steps.push({ step, path });
    world.beforeStep?.(step, path);
    return undefined;
  });
  world.store = await JournalCatalog.open({ root, disk: noting, segmentMaxBytes: 32_768 });
}

const idsOf = async (store: Pick<JournalCatalog, 'models'>): Promise<string[]> =>
  (await store.models.list()).map(({ record }) => record.id);

async function idsAfterPowerCut(disk: SimulatedDisk): Promise<string[]> {
  return idsOf(await JournalCatalog.open({ root, disk: disk.crash(), segmentMaxBytes: 8192 }));
}

async function put(world: RememberingWorld, id: string): Promise<void> {
  await world.attempt(async () => {
    world.put.push(await world.store.models.put(modelEntry(id, { name: `${id} ${world.put.length}` })));
  });
}

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

When('the catalog is listed, and a model asked for', async function (this: RememberingWorld) {
  expect(await this.store.models.list()).to.deep.equal([]);
  expect(await this.store.models.get('a')).to.equal(undefined);
});

Then('nothing is on the disk', function (this: RememberingWorld) {
  expect([...this.disk.snapshotTree().keys()].filter((path) => path.startsWith(root))).to.deep.equal([]);
});

Then('wherever its first put is killed, the next one makes the root whole and puts its model', async function (this: RememberingWorld) {
  let tried = 0;
  for (let nth = 1; ; nth++) {
    begin(this);
    const process = this.disk.process();
    let step = 0;
    const killed = withEachStep(process, () => {
      if (++step === nth) process.kill();
      return undefined;
    });
    const store = await JournalCatalog.open({ root, disk: killed, segmentMaxBytes: 8192 }).catch(() => undefined);
    const wasPut = await store?.models.put(modelEntry('a')).then(
      () => true,
      () => false,
    );
    for (const disk of [this.disk.fork(), this.disk.crash()]) {
      const next = await JournalCatalog.open({ root, disk, segmentMaxBytes: 8192 });
      const before = await idsOf(next);
      if (wasPut) expect(before).to.deep.equal(['a']);
      else expect(before.filter((id) => id !== 'a')).to.deep.equal([]);
      await next.models.put(modelEntry('b'));
      await next.close();
      expect(await idsAfterPowerCut(disk)).to.deep.equal([...before, 'b']);
      expect(JSON.parse(Buffer.from(disk.bytesAt(`${root}/root.json`)).toString())).to.include({ store: 'journal' });
    }
    if (step < nth) break;
    tried++;
  }
  expect(tried).to.be.above(30);
});

When('all of its journal is gone', async function (this: RememberingWorld) {
  await this.store.close();
  for (const path of [...this.disk.snapshotTree().keys()]) if (path.startsWith(`${directory}/`)) this.disk.uproot(path);
});

Then('opening it for writing is refused with IndexCorrupt', async function (this: RememberingWorld) {
  await this.attempt(() => opened(this));
  expect(this.takeRefusal().code).to.equal('IndexCorrupt');
});

Given(/^a root that (?:the )?(fs store|journal) made$/, async function (this: RememberingWorld, name: string) {
  begin(this);
  const place = { root, disk: this.disk.process() };
  const store = name === 'journal' ? await JournalCatalog.open(place) : await FsCatalog.open(place);
  await store.models.put(modelEntry('a'));
  await store.close();
});

When(/^it is opened as that of the (fs store|journal)$/, async function (this: RememberingWorld, name: string) {
  const place = { root, disk: this.disk.process() };
  await this.attempt(async () => void (name === 'journal' ? await JournalCatalog.open(place) : await FsCatalog.open(place)));
});

When('a catalog is opened there without a store', async function (this: RememberingWorld) {
  this.catalogOfAll = await openCatalog({ root, disk: this.disk.process() });
});

Then('it is a catalog of the journal, with its models', async function (this: RememberingWorld) {
  expect(this.catalogOfAll.store.name).to.equal('journal');
  expect((await this.catalogOfAll.list()).map(({ id }) => id)).to.deep.equal(['a']);
});

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

Given('a catalog over the journal store on a disk of its own', async function (this: RememberingWorld) {
  begin(this);
  this.catalogOfAll = await openCatalog({ root, store: 'journal', disk: this.disk.process() });
  this.disk.plantDirectory('/home/user/sources');
  this.disk.plant('/home/user/sources/a.gguf', 'the weights of a');
});

When('a model is registered, added and verified, and removed', async function (this: RememberingWorld) {
  const catalog = this.catalogOfAll;
  await catalog.register({ id: 'a', source: 'https://example.org/a.gguf' });
  await catalog.add('/home/user/sources/a.gguf', { id: 'a' });
  const digest = `sha256:${createHash('sha256').update('the weights of a').digest('hex')}`;
  await catalog.verify('a', { expected: digest });
  await catalog.delete('a');
  for await (const entry of (catalog.store as JournalCatalog).history()) this.story.push(entry);
});

Then('the history tells each change with its operation, its members, its author and its time', function (this: RememberingWorld) {
  expect(this.story.map(({ change, operation }) => `${operation} ${change}`)).to.deep.equal([
    'register added',
    ...this.story.slice(1, -2).map(() => 'add changed'),
    'verify changed',
    'rm removed',
  ]);
  const { host } = this.disk.host.identity;
  for (const { by, at, id } of this.story) {
    expect(Object.keys(by)).to.deep.equal(['pid', 'host', 'command']);
    expect(by).to.deep.equal({ ...this.story[0]?.by, host });
    expect(by.command).to.match(/^simulated process \d+$/);
    expect(new Date(at).toISOString()).to.equal(at);
    expect(id).to.equal('a');
  }
  const became = this.story.flatMap(({ members }) =>
    members.filter(({ member }) => member === 'state').map(({ after }) => after ?? 'gone'),
  );
  expect(became).to.deep.equal(['Pending', 'Active', 'gone']);
  expect(this.story.at(-2)?.members.map(({ member }) => member)).to.include('trust_state');
});

Then('the changes of one call are part of one thing, and each names the one before it as its cause', function (this: RememberingWorld) {
  const byPart = new Map<string, HistoryEntry[]>();
  for (const entry of this.story) byPart.set(entry.part_of, [...(byPart.get(entry.part_of) ?? []), entry]);
  expect([...byPart.values()].map(([first]) => first?.operation)).to.deep.equal(['register', 'add', 'verify', 'rm']);
  for (const [first, ...others] of byPart.values()) {
    expect(first?.because_of).to.equal(undefined);
    let before = first?.event_id;
    for (const { because_of, event_id } of others) {
      expect(because_of).to.equal(before);
      before = event_id;
    }
  }
});

When('models are put, changed and deleted, a minute apart', async function (this: RememberingWorld) {
  const works: (() => Promise<unknown>)[] = [
    () => put(this, 'a'),
    () => put(this, 'b'),
    () => put(this, 'a'),
    () => this.store.models.delete('b'),
    () => put(this, 'c'),
    () => put(this, 'b'),
  ];
  for (const work of works) {
    await work();
    const { models, revision } = await this.store.snapshot();
    this.past.push({ revision: revision.models, ms: this.disk.clockMs, state: models });
    this.disk.jumpClock(60_000);
  }
});

Then('the state at each revision and at each time is what was listed then', async function (this: RememberingWorld) {
  expect((await this.store.at(0)).models).to.deep.equal([]);
  for (const { revision, ms, state } of this.past) {
    expect((await this.store.at(revision)).models).to.deep.equal(state);
    expect((await this.store.at(new Date(ms + 1000).toISOString())).models).to.deep.equal(state);
  }
});

Then('what lies between any two of these states is told as the difference of both', async function (this: RememberingWorld) {
  for (const before of this.past) {
    for (const after of this.past) {
      const told = await this.store.diff(before.revision, after.revision);
      const [was, is] = [before, after].map(({ state }) => new Map(state.map(({ record }) => [record.id, record.name])));
      const ids = [...new Set([...(was?.keys() ?? []), ...(is?.keys() ?? [])])].sort();
      const expected = ids.flatMap((id) => {
        if (was?.get(id) === is?.get(id)) return [];
        return [`${id} ${!was?.has(id) ? 'added' : is?.has(id) ? 'changed' : 'removed'}`];
      });
      expect(told.map(({ id, change }) => `${id} ${change}`)).to.deep.equal(expected);
    }
  }
});

When(/^the state at (.+) is asked for$/, async function (this: RememberingWorld, moment: string) {
  await this.attempt(async (): Promise<PastState> => this.store.at(JSON.parse(moment)));
});

async function followed(world: RememberingWorld, commits?: string): Promise<string[]> {
  const store = await opened(world);
  const told: string[] = [];
  for await (const change of store.follow('sync', { isOnce: true })) {
    told.push(`${change.record === undefined ? '-' : ''}${change.id}`);
    if (change.id === commits) await change.commit();
  }
  await store.close();
  return told;
}

When('the follower "sync" is told of all, and commits {string}', async function (this: RememberingWorld, id: string) {
  expect(await followed(this, id)).to.deep.equal(['a', 'b', 'c']);
});

Then('the follower "sync" of another process is told of "c" and "d"', async function (this: RememberingWorld) {
  expect(await followed(this)).to.deep.equal(['c', 'd']);
  // What it did not commit it is told again, also after a power cut.
  this.disk = this.disk.crash();
  expect(await followed(this)).to.deep.equal(['c', 'd']);
});

Then('the follower "sync" is told of "a", "a", "b" and the end of "a"', async function (this: RememberingWorld) {
  expect(await followed(this)).to.deep.equal(['a', 'a', 'b', '-a']);
});

Then(
  'wherever the follower "sync" is killed, those after it are told of all that it had not committed',
  async function (this: RememberingWorld) {
    let tried = 0;
    for (let nth = 1; ; nth++) {
      const disk = this.disk.fork();
      const process = disk.process();
      let step = 0;
      const killed = withEachStep(process, () => {
        if (++step === nth) process.kill();
        return undefined;
      });
      const committed: string[] = [];
      try {
        const store = await JournalCatalog.open({ root, disk: killed, readOnly: true });
        for await (const change of store.follow('sync', { isOnce: true })) {
          await change.commit();
          committed.push(change.id);
        }
      } catch {
        // It was killed.
      }
      for (const left of [disk.fork(), disk.crash()]) {
        const store = await JournalCatalog.open({ root, disk: left, readOnly: true });
        const rest: string[] = [];
        for await (const change of store.follow('sync', { isOnce: true })) rest.push(change.id);
        expect(['a', 'b', 'c', 'd'].slice(committed.length)).to.satisfy(
          (missing: string[]) => missing.join() === rest.join() || missing.slice(1).join() === rest.join(),
        );
      }
      if (step < nth) break;
      tried++;
    }
    expect(tried).to.be.above(20);
  },
);

When(/^the place of the follower "sync" is (.*)$/, async function (this: RememberingWorld, place: string) {
  const { lineage, last } = await this.store.prepare().then(() => {
    const journal = Journal.open({ directory, disk: this.disk.process(), readOnly: true });
    return { lineage: '0190a2b4-7d2e-7c31-9f00-1234567890ab', last: journal.diagnostics().sequence.visible };
  });
  const region = regionIdentity({ entity: 'model' });
  const path = `${directory}/cursors/sync`;
  await followed(this, 'a');
  const saved = Buffer.from(this.disk.bytesAt(path));
  switch (place) {
    case 'damaged':
      this.disk.plant(
        path,
        saved.map((byte, at) => (at === 20 ? byte ^ 1 : byte)),
      );
      return;
    case 'of another region':
      saveCursorCheckpoint(this.disk, directory, 'sync', { lineage, region: regionIdentity({ entity: 'engine' }), position: 1 });
      return;
    case 'of another journal':
      saveCursorCheckpoint(this.disk, directory, 'sync', { lineage, region, position: 1 });
      return;
    default: {
      const own = Journal.open({ directory, disk: this.disk.process(), readOnly: true });
      const cursor = own.cursor('sync', { entity: 'model' });
      expect(cursor.position).to.be.above(0);
      saveCursorCheckpoint(this.disk, directory, 'sync', { lineage: lineageOf(saved), region, position: last + 50 });
    }
  }
});

/** Of which journal a saved place is. */
function lineageOf(saved: Buffer): string {
  return saved
    .subarray(16, 32)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

Then(/^following as "sync" is refused with (\w+)$/, async function (this: RememberingWorld, code: string) {
  await this.attempt(async () => void (await followed(this)));
  expect(this.takeRefusal().code).to.equal(code);
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
