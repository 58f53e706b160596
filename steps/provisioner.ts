import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Given, Then, When } from '@cucumber/cucumber';
import { type Catalog, CatalogError, type EngineEntry, type Fetcher, openCatalog } from 'catalog-core';
import { expect } from 'chai';
import {
  EngineProvisioner,
  type EngineSpec,
  type EnsureOptions,
  ModelProvisioner,
  type ProvisionedModel,
} from '../packages/provisioner/src/index.js';
import { gate } from '../support/contention/gate.js';
import { bytesNamed, sha256Of } from '../support/hub/fetching-from-hub.js';
import { type ProvisionJob, smallEngine, smallFetcher } from '../support/hub/provision-actor.js';
import { ProvisionProcess } from '../support/hub/provision-process.js';
import { type RanProvision, runProvision } from '../support/hub/run-provision.js';
import type { HubWorld } from './downloads.js';

interface ProvisioningWorld extends HubWorld {
  opened: Catalog | undefined;
  model: ProvisionedModel | undefined;
  many: readonly { readonly path: string; readonly fetched: boolean }[];
  refused: CatalogError | undefined;
  engine: EngineEntry | undefined;
  engines: readonly EngineEntry[];
  /** How often an engine was prepared. */
  prepared: number;
  waiting: { readonly first: ProvisionProcess; readonly second: ProvisionProcess };
  kills: { readonly at: number; readonly isRight: boolean; readonly isDone: boolean }[];
  /** What was synced while the engine was made, and whether its entry was there by then. */
  synced: readonly { readonly path: string; readonly isRecorded: boolean }[];
  ended: RanProvision;
}

const refOfModel = 'hf:org/model/model.gguf';
const zeros = '0'.repeat(64);

Given(
  'the model {string} is in the catalog with the bytes of {string}',
  async function (this: ProvisioningWorld, id: string, name: string) {
    const path = join(this.stage.folder, 'theirs.gguf');
    await writeFile(path, contentNamed(this, name));
    await (await opened(this)).add(path, { id });
  },
);

Given('the model {string} is registered as {string} with its digest', async function (this: ProvisioningWorld, id: string, ref: string) {
  await (await opened(this)).register({ id, source: ref, ref, digest: sha256Of(contentNamed(this, 'model.gguf')) });
});

Given('the model {string} was brought', async function (this: ProvisioningWorld, ref: string) {
  await ensured(this, ref);
});

Given('the model {string} was there, and its bytes were found damaged', async function (this: ProvisioningWorld, ref: string) {
  await ensured(this, ref);
  const catalog = await opened(this);
  const path = await fs.promises.realpath(this.model?.path ?? '');
  await rm(path);
  await writeFile(path, 'damaged');
  expect((await catalog.verify('model')).kind).to.equal('fail');
});

Given(
  'the engine {string} {string} is there as {string}',
  async function (this: ProvisioningWorld, engine: string, version: string, id: string) {
    await engineEnsured(this, { engine, version, id, prepare: counting(this) });
  },
);

Given(
  'the engine {string} {string} was there, and its files were removed',
  async function (this: ProvisioningWorld, engine: string, version: string) {
    await engineEnsured(this, { engine, version, prepare: counting(this) });
    await rm(join(await this.folder(), 'engines'), { recursive: true });
  },
);

Given(
  'the model {string} was brought, and its process died before the download was removed',
  async function (this: ProvisioningWorld, ref: string) {
    const catalog = await opened(this);
    const http = this.stage.fetcher({ downloads: join(catalog.root, 'downloads') });
    const fetcher: Fetcher = {
      fetch: async (...asked) => ({ ...(await http.fetch(...asked)), release: async () => {} }),
    };
    await catalog.add(ref, { fetcher });
    expect((await http.partials()).length).to.equal(1);
  },
);

When(
  'the hub has another model there, which is to be there as {string} by its digest',
  async function (this: ProvisioningWorld, id: string) {
    const content = bytesNamed('another', 200);
    this.stage.contents.set('other', content);
    this.stage.hub.put('org/model', 'model.gguf', content);
    await ensured(this, refOfModel, { id, digest: sha256Of(content) });
  },
);

Then(
  'the model {string} is whole, and {string} is what the hub has now',
  async function (this: ProvisioningWorld, first: string, other: string) {
    const catalog = await opened(this);
    expect((await catalog.verify(first)).kind).to.equal('pass');
    expect(await readFile(await catalog.modelPath(first))).to.deep.equal(contentNamed(this, 'model.gguf'));
    expect(await readFile(await catalog.modelPath(other))).to.deep.equal(contentNamed(this, 'other'));
  },
);

Given('the hub is away behind 150 bytes', function (this: ProvisioningWorld) {
  this.stage.hub.manners.push({ cutAfter: 150 });
  this.stage.hub.always = { status: 503 };
});

When(
  /^the model "([^"]*)" is to be there(?: with (\{.*\}))?$/,
  async function (this: ProvisioningWorld, ref: string, options: string | null) {
    await ensured(this, ref, JSON.parse((options ?? '{}').replace('<zeros>', zeros)));
  },
);

When(/^the model "([^"]*)" is to be there by its (digest|SHA-512)$/, async function (this: ProvisioningWorld, ref: string, what: string) {
  const bytes = contentNamed(this, 'model.gguf');
  await ensured(this, ref, { digest: what === 'digest' ? sha256Of(bytes) : `sha512:${createHash('sha512').update(bytes).digest('hex')}` });
});

When('{int} callers want the model {string} to be there at once', async function (this: ProvisioningWorld, callers: number, ref: string) {
  const provisioner = await modelProvisioner(this);
  this.many = await Promise.all(Array.from({ length: callers }, () => provisioner.ensurePresent(ref)));
});

When('{int} processes want the model {string} to be there at once', async function (this: ProvisioningWorld, count: number, ref: string) {
  const { hub } = this.stage;
  const all = gate();
  hub.beforeBytes = () => all.opened;
  const job = await jobFor(this, { model: ref });
  const processes = Array.from({ length: count }, () => new ProvisionProcess(job));
  // The first answer is held until every one of them asks.
  await Promise.all(processes.map(({ asking }) => asking));
  all.open();
  this.many = (await Promise.all(processes.map(({ ended }) => ended))).map((done) => done ?? expect.fail('it was killed'));
});

When('a process fetches the model {string}, and another waits for it', async function (this: ProvisioningWorld, ref: string) {
  this.stage.hub.manners.push({}, { stallAfter: 60 });
  const job = await jobFor(this, { model: ref });
  const first = new ProvisionProcess({ ...job, stallMs: 600_000 });
  await keptAtLeast(job, 150);
  const second = new ProvisionProcess(job);
  this.waiting = { first, second };
  await second.asking;
});

When('the first is killed behind 200 bytes', async function (this: ProvisioningWorld) {
  this.waiting.first.kill();
  expect(await this.waiting.first.ended).to.equal(undefined);
});

When(
  /^a process that (fetches "[^"]*"|prepares an engine) is killed before every (\d+)(?:st|th) of its steps, one time after the other$/,
  async function (this: ProvisioningWorld, what: string, stride: string) {
    const [, model] = /"(.*)"/.exec(what) ?? [];
    const asked = model === undefined ? { engine: 'llama.cpp', version: 'b4000' } : { model };
    const folder = await this.folder();
    this.kills = [];
    const whole = await new ProvisionProcess({ ...(await jobFor(this, asked)), root: join(folder, 'whole', 'root') }).ended;
    const total = whole?.steps ?? expect.fail('it was killed');
    expect(total).to.be.greaterThan(30);
    for (let at = 1; at <= total; at += Number(stride)) {
      const job = { ...(await jobFor(this, asked)), root: join(folder, String(at), 'root'), dieAt: at };
      expect(await new ProvisionProcess(job).ended, `it was to be killed before ${at} of ${total}`).to.equal(undefined);
      this.kills.push({ at, ...(await (model === undefined ? engineAfterKill(job) : modelAfterKill(this, job, model))) });
    }
  },
);

When('the engine {string} {string} is to be there', async function (this: ProvisioningWorld, engine: string, version: string) {
  await engineEnsured(this, { engine, version, prepare: counting(this) });
});

When('the engine {string} {string} is to be there as {string}', async function (this: ProvisioningWorld, engine, version, id: string) {
  await engineEnsured(this, { engine, version, id, prepare: counting(this) });
});

When(
  '{int} callers want the engine {string} {string} to be there at once',
  async function (this: ProvisioningWorld, callers: number, engine, version) {
    const provisioner = new EngineProvisioner({ catalog: await opened(this) });
    this.engines = await Promise.all(
      Array.from({ length: callers }, () => provisioner.ensure({ engine, version, prepare: counting(this) })),
    );
  },
);

When('an engine at a path of this machine is to be there', async function (this: ProvisioningWorld) {
  await engineEnsured(this, { engine: 'node', version: process.version, binary_path: await ownBinary(this) });
});

When(
  /^an engine (with another digest|without a binary|with artifacts .*|of which nothing is told|with a binary .*|whose preparation fails) is to be there$/,
  async function (this: ProvisioningWorld, what) {
    const binary = (binary_path: string) => async (folder: string) => ({ ...(await smallEngine(folder)), binary_path });
    const specs: Record<string, Partial<EngineSpec>> = {
      'with another digest': { digest: `sha256:${zeros}`, prepare: smallEngine },
      'without a binary': { prepare: async () => ({}) },
      'with artifacts that are no list': { prepare: async () => ({ artifacts: {} }) as never },
      'of which nothing is told': { prepare: async () => undefined as never },
      'with a binary outside its folder': { prepare: binary('../../../bin/sh') },
      'with a binary that is not there': { prepare: binary('gone') },
      'whose preparation fails': { prepare: () => Promise.reject(Object.assign(new Error('the line is cut'), { code: 'ECONNRESET' })) },
    };
    await engineEnsured(this, { engine: 'odd', version: '1', ...specs[what] });
  },
);

When(/^"catalog-provision ([^"]*)" is run$/, async function (this: ProvisioningWorld, line: string) {
  const env = { CATALOG_ROOT: await this.root(), HF_ENDPOINT: this.stage.hub.url, HOME: this.stage.folder };
  const words = line.split(' ').map((word) => JSON.parse(`"${word}"`) as string);
  this.ended = await runProvision(words, env);
});

Then(
  /^it is there as "([^"]*)"(, fetched, Active and verified, under its reference)?(?:, and the hub was (asked once|not asked))?$/,
  async function (this: ProvisioningWorld, id: string, isNew: string | null, asked: string | null) {
    const model = this.model ?? expect.fail('it is not there');
    expect(model.id).to.equal(id);
    expect(await readFile(model.path)).to.deep.equal(contentNamed(this, 'model.gguf'));
    const { state, trust_state, ref } = model.entry;
    expect(model.fetched).to.equal(isNew !== null);
    if (isNew !== null) expect([state, trust_state, ref]).to.deep.equal(['Active', 'verified', refOfModel]);
    if (asked !== null) expect(this.stage.hub.asked.length).to.equal(asked === 'asked once' ? 1 : 0);
  },
);

Then(/^it is refused to the caller with (\w+)$/, function (this: ProvisioningWorld, code: string) {
  expect(this.refused?.code, this.refused?.message).to.equal(code);
  this.refused = undefined;
});

Then('the catalog is empty', async function (this: ProvisioningWorld) {
  expect(await (await opened(this)).list()).to.deep.equal([]);
});

Then('it cannot be removed, because {string} uses it', async function (this: ProvisioningWorld, holder: string) {
  const catalog = await opened(this);
  const refused: unknown = await catalog.evict('model').catch((error: unknown) => error);
  expect(refused instanceof CatalogError && refused.code).to.equal('InUse');
  expect((await catalog.leases('model')).map((lease) => lease.holder)).to.deep.equal([holder]);
  await this.model?.lease?.release();
});

Then(/^the events were (.*)$/, function (this: ProvisioningWorld, types: string) {
  expect(this.stage.events.map(({ type }) => type)).to.deep.equal(types.split(' '));
});

Then('all have it by one path, and the hub was asked once', async function (this: ProvisioningWorld) {
  const paths = new Set(this.many.map(({ path }) => path));
  expect([paths.size, this.many.filter(({ fetched }) => fetched).length]).to.deep.equal([1, 1]);
  expect(await readFile([...paths][0] ?? '')).to.deep.equal(contentNamed(this, 'model.gguf'));
  // By spans of 100 bytes, where it is fetched by processes.
  expect(this.stage.hub.bytesSent).to.equal(contentNamed(this, 'model.gguf').byteLength);
  expect(this.stage.hub.asked.map(({ range }) => range?.split('-')[0]).filter((from) => from === 'bytes=0').length).to.equal(1);
});

Then('the other has it, and fetched what was missing', async function (this: ProvisioningWorld) {
  const done = await this.waiting.second.ended;
  expect(done?.fetched).to.equal(true);
  expect(await readFile(done?.path ?? '')).to.deep.equal(contentNamed(this, 'model.gguf'));
  const froms = this.stage.hub.asked.map(({ range }) => Number(/\d+/.exec(range ?? '')?.[0]));
  expect(froms.slice(0, 2)).to.deep.equal([0, 100]);
  expect(froms.slice(2).every((from) => from >= 150)).to.equal(true);
});

Then(
  /^each time (?:the model was not there, or right|there was no engine, or one with all its artifacts)$/,
  function (this: ProvisioningWorld) {
    expect(this.kills.length).to.be.greaterThan(5);
    expect(this.kills.filter(({ isRight }) => !isRight)).to.deep.equal([]);
  },
);

Then(
  /^each time the next process has (?:it, and nothing of the download is left|the engine, and one folder of it is there)$/,
  function (this: ProvisioningWorld) {
    expect(this.kills.filter(({ isDone }) => !isDone)).to.deep.equal([]);
  },
);

Then('its entry names a binary that is there, with its digest', async function (this: ProvisioningWorld) {
  const { binary_path = '', digest, artifacts = [] } = this.engine ?? expect.fail('there is none');
  expect(digest).to.equal(sha256Of(await readFile(binary_path)));
  expect(artifacts.map((path) => fs.existsSync(path))).to.deep.equal([true]);
});

Then('its files were durable before its entry was written', function (this: ProvisioningWorld) {
  const ends = ['/server', '/lib/one.so', '/lib', '.tmp', '/engines'];
  expect(ends.filter((end) => !this.synced.some(({ path }) => path.endsWith(end)))).to.deep.equal([]);
  expect(this.synced.filter(({ isRecorded }) => isRecorded)).to.deep.equal([]);
});

Then(/^it was prepared once, and (?:the entry is as it was|all have one entry)$/, async function (this: ProvisioningWorld) {
  expect(this.prepared).to.equal(1);
  const [only, ...others] = this.engines ?? [this.engine];
  for (const other of others) expect(other).to.deep.equal(only);
  expect((await (await opened(this)).engines.list()).length).to.equal(1);
});

Then('its entry names that path, with its digest', async function (this: ProvisioningWorld) {
  const path = await ownBinary(this);
  expect([this.engine?.binary_path, this.engine?.digest]).to.deep.equal([path, sha256Of(await readFile(path))]);
});

Then('there is no engine, and nothing of one', async function (this: ProvisioningWorld) {
  expect(await (await opened(this)).engines.list()).to.deep.equal([]);
  expect(await readdir(join(await this.folder(), 'engines')).catch(() => [])).to.deep.equal([]);
});

Then(
  /^it ends with (\d+) and prints (?:the path of "([^"]*)"|(nothing)|a document in which (\{.*\}))$/,
  async function (this: ProvisioningWorld, code, id, nothing, document) {
    const { out, err } = this.ended;
    expect([this.ended.code, err]).to.deep.equal([Number(code), err]);
    if (nothing) expect(out).to.equal('');
    if (id) expect(out).to.equal(`${await (await opened(this)).modelPath(id)}\n`);
    if (document) expectWithin(JSON.parse(out), JSON.parse(document));
  },
);

Then(/^it ends with (\d+), and says what was wrong and what to do$/, function (this: ProvisioningWorld, code: string) {
  const { err, out } = this.ended;
  expect([this.ended.code, out]).to.deep.equal([Number(code), '']);
  expect(err).to.match(/^catalog-provision: .+$/m);
  expect(err).to.match(/^hint: .+$/m);
});

Then(/^nowhere it says "([^"]*)"$/, function (this: ProvisioningWorld, words: string) {
  expect(`${this.ended.out}${this.ended.err}`).to.not.include(JSON.parse(`"${words}"`));
});

function expectWithin(found: unknown, wanted: unknown): void {
  if (typeof wanted !== 'object' || wanted === null) return void expect(found).to.equal(wanted);
  if (Array.isArray(wanted)) expect((found as unknown[]).length).to.equal(wanted.length);
  for (const [member, value] of Object.entries(wanted)) expectWithin((found as Record<string, unknown>)[member], value);
}

const contentNamed = (world: ProvisioningWorld, name: string): Buffer =>
  world.stage.contents.get(name) ?? expect.fail(`there is no ${name}`);

async function opened(world: ProvisioningWorld): Promise<Catalog> {
  if (world.opened === undefined) {
    const catalog = await openCatalog({ root: await world.root() });
    world.opened = catalog;
    world.onEnd(() => catalog.close());
  }
  return world.opened;
}

async function modelProvisioner(world: ProvisioningWorld): Promise<ModelProvisioner> {
  const catalog = await opened(world);
  const fetcher = world.stage.fetcher({ downloads: join(catalog.root, 'downloads') });
  return new ModelProvisioner({ catalog, fetcher, onEvent: (event) => world.stage.events.push(event) });
}

async function ensured(world: ProvisioningWorld, ref: string, options: EnsureOptions = {}): Promise<void> {
  const provisioner = await modelProvisioner(world);
  world.model = await refusedOr(world, () => provisioner.ensurePresent(ref, options));
}

async function engineEnsured(world: ProvisioningWorld, spec: EngineSpec): Promise<void> {
  const provisioner = new EngineProvisioner({ catalog: await opened(world) });
  const before = world.engine;
  world.engine = await refusedOr(world, () => syncsOf(world, () => provisioner.ensure(spec)));
  world.engines = [before, world.engine].filter((entry) => entry !== undefined);
}

/** Does some work, and notes each file and folder that is synced by a handle of `fs.promises`. */
async function syncsOf<T>(world: ProvisioningWorld, work: () => Promise<T>): Promise<T> {
  const index = join(await world.root(), 'engines.json');
  const paths = new WeakMap<object, string>();
  const synced: { path: string; isRecorded: boolean }[] = [];
  const { open } = fs.promises;
  const some = await open(process.execPath, 'r');
  const prototype = Object.getPrototypeOf(some) as { sync: () => Promise<void> };
  const { sync } = prototype;
  await some.close();
  fs.promises.open = async (path, ...rest) => {
    const handle = await open(path, ...rest);
    paths.set(handle, String(path));
    return handle;
  };
  prototype.sync = function (this: object) {
    synced.push({ path: paths.get(this) ?? '', isRecorded: fs.existsSync(index) && fs.readFileSync(index, 'utf8').includes('llama.cpp') });
    return sync.call(this);
  };
  try {
    return await work();
  } finally {
    [fs.promises.open, prototype.sync] = [open, sync];
    world.synced = synced;
  }
}

async function refusedOr<T>(world: ProvisioningWorld, work: () => Promise<T>): Promise<T | undefined> {
  if (world.refused !== undefined) throw world.refused;
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CatalogError)) throw error;
    world.refused = error;
    return undefined;
  }
}

function counting(world: ProvisioningWorld): NonNullable<EngineSpec['prepare']> {
  world.prepared ??= 0;
  return (folder) => {
    world.prepared++;
    return smallEngine(folder);
  };
}

async function ownBinary(world: ProvisioningWorld): Promise<string> {
  const path = join(await world.folder(), 'binary');
  await writeFile(path, 'a binary of this machine', { mode: 0o755 });
  return path;
}

async function jobFor(world: ProvisioningWorld, what: ProvisionJob['what']): Promise<ProvisionJob> {
  return { root: await world.root(), hub: world.stage.hub.url, home: world.stage.folder, what };
}

/** Waits until so much of a download is durable. */
async function keptAtLeast(job: ProvisionJob, bytes: number): Promise<void> {
  const fetcher = smallFetcher(job);
  for (;;) {
    const [partial] = await fetcher.partials();
    if ((partial?.bytes ?? 0) >= bytes) return fetcher.close();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function modelAfterKill(world: ProvisioningWorld, job: ProvisionJob, ref: string): Promise<{ isRight: boolean; isDone: boolean }> {
  const content = contentNamed(world, 'model.gguf');
  await mkdir(job.root, { recursive: true });
  const catalog = await openCatalog({ root: job.root });
  const fetcher = smallFetcher(job);
  try {
    const entry = await catalog.get('model');
    const isRight = entry === undefined || (entry.state === 'Active' && (await catalog.verify('model')).kind === 'pass');
    const { path } = await new ModelProvisioner({ catalog, fetcher }).ensurePresent(ref);
    const isThere = content.equals(await readFile(path)) && (await catalog.verify('model')).kind === 'pass';
    return { isRight, isDone: isThere && (await fetcher.partials()).length === 0 };
  } finally {
    await fetcher.close();
    await catalog.close();
  }
}

async function engineAfterKill(job: ProvisionJob): Promise<{ isRight: boolean; isDone: boolean }> {
  await mkdir(job.root, { recursive: true });
  const catalog = await openCatalog({ root: job.root });
  try {
    const areThere = ({ binary_path = '', artifacts }: EngineEntry): boolean =>
      [binary_path, ...artifacts].every((path) => fs.existsSync(path));
    const isRight = (await catalog.engines.list()).every(({ record }) => areThere(record));
    const entry = await new EngineProvisioner({ catalog }).ensure({ engine: 'llama.cpp', version: 'b4000', prepare: smallEngine });
    const folders = await readdir(join(job.root, '..', 'engines'));
    return { isRight, isDone: areThere(entry) && folders.length === 1 };
  } finally {
    await catalog.close();
  }
}
