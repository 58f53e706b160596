import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import { ModelProvisioner } from '../packages/provisioner/src/index.js';
import type { Catalog } from '../src/catalog.js';
import type { CatalogError } from '../src/core/errors.js';
import { onOperation, onVerification } from '../src/observe/subscribing.js';
import { CatalogMetrics, prometheusText } from '../src/prometheus/index.js';
import { EtcdCatalog } from '../src/stores/etcd/index.js';
import { PostgresCatalog } from '../src/stores/postgres/index.js';
import { type Ran, runAll } from '../support/cli.js';
import { bytesNamed, HubStage } from '../support/hub/fetching-from-hub.js';
import { runProvision } from '../support/hub/run-provision.js';
import { TunnelProxy } from '../support/hub/tunnel-proxy.js';
import { bearers, canary, environment, filesWithCanary, seenOf, showing, shows } from '../support/security/canary.js';
import type { CatalogWorld } from '../support/world.js';

interface SecretWorld extends CatalogWorld {
  stage: HubStage;
  said: string[];
  catalog: Catalog;
  events: unknown[];
  lines: unknown[];
  metrics: CatalogMetrics;
  came: unknown[];
  ran: readonly Ran[];
}

Given('a catalog over the {word} store that logs, and a canary in the environment', async function (this: SecretWorld, store: string) {
  const before = { ...process.env };
  Object.assign(process.env, environment);
  this.onEnd(async () => {
    for (const name of Object.keys(environment)) delete process.env[name];
    Object.assign(process.env, before);
  });
  Object.assign(this, { events: [], lines: [], came: [] });
  const log = (fields: object, message: string): unknown => this.lines.push([fields, message]);
  this.catalog = await this.openCatalog({ store: store as 'fs', logger: { debug: log, info: log, warn: log, error: log } });
  this.metrics = new CatalogMetrics(this.catalog);
  const ends = [onOperation((event) => this.events.push(event)), onVerification((event) => this.events.push(event))];
  this.onEnd(async () => {
    this.metrics.close();
    for (const end of ends) end();
  });
  const path = join(await this.folder(), 'm.gguf');
  writeFileSync(path, 'the bytes of a model');
  await this.catalog.add(path, { id: 'm' });
});

/** Every method that takes a reference, or an id where somebody may have given one. What is made a name is a name: it is kept and shown. */
const calls: readonly ((catalog: Catalog, bearer: string, id: string) => Promise<unknown>)[] = [
  (catalog, source, id) => catalog.register({ id, source }),
  (catalog, ref, id) => catalog.register({ id: `${id}-ref`, source: 'file:///m', ref }),
  (catalog, digest, id) => catalog.register({ id: `${id}-digest`, source: 'file:///m', digest }),
  (catalog, bearer) => catalog.add(bearer),
  (catalog, bearer) => catalog.get(bearer),
  (catalog, bearer) => catalog.exists(bearer),
  (catalog, bearer) => catalog.locate(bearer),
  (catalog, bearer) => catalog.modelPath(bearer),
  (catalog, bearer) => catalog.setState(bearer, 'Active'),
  (catalog, bearer) => catalog.verify(bearer),
  (catalog, expected) => catalog.verify('m', { expected }),
  (catalog, bearer) => catalog.probe(bearer),
  (catalog, bearer) => catalog.why(bearer),
  (catalog, bearer) => catalog.evict(bearer),
  (catalog, bearer) => catalog.pin(bearer, 'in use'),
  (catalog, bearer) => catalog.lease(bearer, { holder: 'somebody', ttlMs: 1000 }),
  (catalog, bearer) => catalog.leases(bearer),
  // A server that is not there is waited for, by those who wait less as well.
  (catalog, from) => (/^(postgres|etcd):/.test(from) ? Promise.resolve() : catalog.sync({ from, node: 'here' })),
  (_, url) => PostgresCatalog.open({ url, unreachableMs: 1 }),
  (_, url) => EtcdCatalog.open({ url, unreachableMs: 1 }),
  (catalog, bearer) => catalog.where(bearer),
  (catalog, bearer) => catalog.correlate(bearer, 'e'),
  (catalog, bearer) => catalog.correlate('m', bearer),
  (catalog, bearer) => catalog.engines.find({ engine: bearer, version: bearer }),
  (catalog, bearer) => catalog.list({ state: bearer } as never),
];

When('every method is called with the canary in each reference that it takes', { timeout: 300_000 }, async function (this: SecretWorld) {
  for (const [nth, bearer] of bearers.entries())
    for (const call of calls)
      this.came.push(
        await call(this.catalog, bearer, `m-${nth}`).then(
          (answer) => answer,
          (error: CatalogError) => error,
        ),
      );
});

Then('more than {int} answers and errors came back, and none shows the canary', function (this: SecretWorld, few: number) {
  expect(this.came.length).to.be.above(few);
  expect(this.came.filter((one) => shows(seenOf(one))).map((one) => inspect(one).slice(0, 300))).to.deep.equal([]);
});

Then('no event, no line of the log and no metric shows it', async function (this: SecretWorld) {
  expect(this.events.length).to.be.above(bearers.length);
  expect(this.lines.length).to.be.at.least(this.events.length);
  const page = prometheusText(await this.metrics.families());
  for (const one of [...this.events, ...this.lines, page]) expect(shows(seenOf(one)), inspect(one)).to.equal(false);
});

Then('no file of the root has it, plain, in base64 or percent-encoded', async function (this: SecretWorld) {
  expect(filesWithCanary(await this.root())).to.deep.equal([]);
});

Then('neither the report of the catalog, nor its history, nor what inspect shows of it has it', async function (this: SecretWorld) {
  const shown: unknown[] = [this.catalog, await this.catalog.list(), await this.catalog.doctor(), await this.catalog.usage()];
  const { store } = this.catalog as unknown as { store: { history?: () => AsyncIterable<unknown> } };
  if (store.history !== undefined) for await (const entry of store.history()) shown.push(entry);
  for (const one of shown) expect(shows(seenOf(one))).to.equal(false);
});

When('the model {string} is to be pinned', async function (this: SecretWorld, asked: string) {
  const id = JSON.parse(`"${asked}"`).replace('{canary}', canary) as string;
  await this.attempt(() => this.catalog.pin(id, 'in use'));
});

Then('it is refused, logged and told as {string}, without the canary', function (this: SecretWorld, shown: string) {
  const refusal = this.takeRefusal();
  const [event, line] = [this.events.at(-1), this.lines.at(-1)];
  expect(refusal.details).to.deep.equal({ id: shown });
  expect(event).to.have.property('model_id', shown);
  for (const one of [refusal, event, line]) expect(shows(seenOf(one)), inspect(one)).to.equal(false);
});

const secrets = [canary, '>>>???~~~', 'ÿ÷ÿ÷ÿ÷ÿ÷', 'a + b / c = d & e'];
const encodings: Readonly<Record<string, (bytes: Buffer) => string>> = {
  'plain text': (bytes) => bytes.toString(),
  base64: (bytes) => bytes.toString('base64'),
  base64url: (bytes) => bytes.toString('base64url'),
  hex: (bytes) => bytes.toString('hex'),
  'percent-encoding': (bytes) => encodeURIComponent(bytes.toString()),
};

Then('a secret is found in {}, behind and before any number of other bytes', (form: string) => {
  const encoded = encodings[form] ?? expect.fail(form);
  for (const secret of secrets)
    for (const before of ['', 'a', 'ab', '???'])
      for (const after of ['', '~', '~~', '~~~']) {
        const text = encoded(Buffer.from(before + secret + after));
        expect(showing(secret)(text), text).to.equal(true);
        expect(showing(secret)(encoded(Buffer.from(before + after.repeat(20)))), text).to.equal(false);
      }
});

// The command

Given('a catalog with a model, and a canary in the environment of the command', async function (this: SecretWorld) {
  const path = join(await this.folder(), 'm.gguf');
  writeFileSync(path, 'the bytes of a model');
  this.catalog = await this.openCatalog();
  await this.catalog.add(path, { id: 'm' });
});

const lines: readonly (readonly string[])[] = [
  ['add', '@'],
  ['add', 'm.gguf', '--digest', '@'],
  ['register', 'later', '--source', '@'],
  ['show', '@'],
  ['locate', '@'],
  ['exists', '@'],
  ['verify', '@'],
  ['probe', '@'],
  ['state', '@', 'Active'],
  ['pin', '@', '--reason', 'because'],
  ['unpin', '@'],
  ['why', '@'],
  ['rm', '@', '--dry-run'],
  ['where', '@'],
  ['sync', '--from', '@'],
  ['migrate', '--to', '@', '--dry-run'],
  ['ls', '--store', '@'],
  ['ls', '--state', '@'],
  ['engine', 'show', '@'],
  ['report', '--html', '-'],
  ['metrics'],
  ['doctor', '--json'],
  ['ls', '--json'],
];

When(
  'every verb is run with the canary in each place that takes a reference or a URL',
  { timeout: 600_000 },
  async function (this: SecretWorld) {
    const some = bearers.filter((bearer) => !/localhost/.test(bearer));
    const asked = some.flatMap((bearer) =>
      lines.flatMap((line) => [line, [...line, '--json']]).map((line) => line.map((word) => (word === '@' ? bearer : word))),
    );
    const root = await this.root();
    this.ran = await runAll(
      asked.map((words) => ['--root', root, ...words]),
      { cwd: await this.folder(), environment },
    );
  },
);

Then('no verb printed it, and no file of the root has it', async function (this: SecretWorld) {
  expect(this.ran.length).to.be.above(500);
  const told = this.ran.filter(({ stdout, stderr }) => shows(stdout) || shows(stderr));
  expect(told.map(({ words, stdout, stderr }) => [words.join(' '), stdout.slice(0, 200), stderr.slice(0, 300)])).to.deep.equal([]);
  expect(filesWithCanary(await this.root())).to.deep.equal([]);
  expect(canary.length).to.be.above(10);
});

Given(
  'a hub that wants the canary as its token, signs what is stored with it, and is asked through a proxy with it',
  async function (this: SecretWorld) {
    this.stage = await HubStage.begin(this);
    const { hub } = this.stage;
    hub.put('org/model', 'model.gguf', bytesNamed('model.gguf', 300));
    Object.assign(hub, { token: canary, signature: canary });
    const proxy = await TunnelProxy.begin();
    this.onEnd(() => proxy.end());
    this.stage.environment = { ...environment, HTTP_PROXY: proxy.urlFor(`user:${canary}`), HTTPS_PROXY: proxy.urlFor(`user:${canary}`) };
    Object.assign(this, { events: this.stage.events, lines: [], came: [], said: [] });
    const log = (fields: object, message: string): unknown => this.lines.push([fields, message]);
    this.catalog = await this.openCatalog({ logger: { debug: log, info: log, warn: log, error: log } });
  },
);

/** The references with the canary, to a place that answers: the storage of the hub, which knows none of them. */
const bearersTo = (storage: string): string[] =>
  bearers.map((bearer) => bearer.replaceAll('example.com', new URL(storage).host).replace(/^https:/, 'http:'));

When('models are fetched from it, well and badly, and with the canary in each reference', async function (this: SecretWorld) {
  const { hub } = this.stage;
  const fetcher = this.stage.fetcher({ downloads: join(this.catalog.root, 'downloads'), mostFailures: 1 });
  const provisioner = new ModelProvisioner({ catalog: this.catalog as never, fetcher });
  const brought = async (ref: string): Promise<void> => {
    this.came.push(await provisioner.ensurePresent(ref).catch((error: unknown) => error));
  };
  for (const status of [403, 500, 418]) {
    hub.always = { status };
    await brought('hf:org/model/model.gguf');
  }
  hub.always = { cutAfter: 10 };
  await brought('hf:org/model/model.gguf');
  hub.always = {};
  for (const bearer of [...bearersTo(hub.storage), 'hf:org/model/model.gguf', 'hf:org/model', 'hf:org/none/a.gguf']) await brought(bearer);
  hub.token = 'another';
  await brought('hf:org/model/other.gguf');
  hub.token = canary;
});

When('the command fetches them, well and badly', async function (this: SecretWorld) {
  const { hub, folder } = this.stage;
  const env = { ...this.stage.environment, CATALOG_ROOT: join(folder, 'root'), HF_ENDPOINT: hub.url, HOME: folder };
  const [bearer = ''] = bearersTo(hub.storage);
  for (const line of [
    'hf:org/model/model.gguf --json',
    'hf:org/none/a.gguf',
    `${bearer} --retries 0 --json`,
    `${bearer} --digest ${canary}`,
  ]) {
    const { out, err } = await runProvision(['pull', ...line.split(' ')], env);
    this.said.push(out, err);
  }
});

Then('no event of it, and no line of the log, shows it', function (this: SecretWorld) {
  expect(Math.min(this.events.length, this.lines.length)).to.be.greaterThan(20);
  expect([...this.events, ...this.lines].map(seenOf).filter(shows)).to.deep.equal([]);
});

Then('the command printed it nowhere', function (this: SecretWorld) {
  expect(this.said.filter((text) => text !== '').length).to.be.at.least(4);
  expect(this.said.filter(shows)).to.deep.equal([]);
});
