import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { Given, Then, When } from '@cucumber/cucumber';
import { AggregationTemporality, InMemoryMetricExporter, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { expect } from 'chai';
import pino from 'pino';
import { Registry } from 'prom-client';
import type { Catalog } from '../src/catalog.js';
import { hints } from '../src/cli/hints.js';
import { type ErrorCode, exitCodes } from '../src/core/errors.js';
import type { Disk } from '../src/disk/program.js';
import { defaultDisk } from '../src/disk/real-disk.js';
import type { OperationEvent, VerificationEvent } from '../src/observe/channels.js';
import type { Logger } from '../src/observe/logger.js';
import { type MetricName, metrics as metricTable } from '../src/observe/metrics.js';
import { onOperation, onVerification } from '../src/observe/subscribing.js';
import { observeCatalogs } from '../src/otel/index.js';
import { CatalogMetrics, prometheusText, registerMetrics } from '../src/prometheus/index.js';
import { projectRoot } from '../support/checks/sources.js';
import { runCatalog } from '../support/cli.js';
import { calls, dryRuns, failingCalls } from '../support/observing/calls.js';
import { runEverything } from '../support/observing/everything.js';
import { type CatalogWorld, engineEntry, modelEntry } from '../support/world.js';

interface SeenWorld extends CatalogWorld {
  catalog: Catalog;
  operations: OperationEvent[];
  verifications: VerificationEvent[];
  stop: () => void;
  lines: Record<string, unknown>[];
  metrics: CatalogMetrics;
  registry: Registry;
  lists: number;
  cannotList: Error | undefined;
  failure: unknown;
  collect: () => Promise<readonly string[]>;
  printed: string;
}

const password = 'hunter2-is-secret';

async function sourceOf(world: SeenWorld, name: string, content = `bytes of ${name}`): Promise<string> {
  const path = join(await world.folder(), name);
  writeFileSync(path, content);
  return path;
}

function listen(world: SeenWorld): void {
  Object.assign(world, { operations: [], verifications: [] });
  const ends = [onOperation((event) => world.operations.push(event)), onVerification((event) => world.verifications.push(event))];
  world.stop = () => {
    for (const end of ends) end();
  };
  world.onEnd(async () => world.stop());
}

async function catalogWithModel(world: SeenWorld): Promise<void> {
  world.catalog = await world.openCatalog();
  await world.catalog.add(await sourceOf(world, 'm.gguf'), { id: 'm' });
  await sourceOf(world, 'b.gguf');
}

Given('a catalog with a verified model "m" and a source "b.gguf"', function (this: SeenWorld) {
  return catalogWithModel(this);
});

Given('a model {string} whose bytes have changed since', async function (this: SeenWorld, id: string) {
  const path = await sourceOf(this, `${id}.gguf`);
  await this.catalog.add(path, { id, mode: 'reference' });
  writeFileSync(path, `bytes of ${id.toUpperCase()}.gguf`);
});

When(/^somebody listens, and (\w+) is called$/, async function (this: SeenWorld, call: string) {
  listen(this);
  await calls[call]?.(this.catalog, await this.folder());
});

When(/^somebody listens, and (\w+) is called for a dry run$/, async function (this: SeenWorld, call: string) {
  listen(this);
  await dryRuns[call]?.(this.catalog, await this.folder());
});

When(/^somebody listens, and (.+) is called, which is refused as (\w+)$/, async function (this: SeenWorld, call: string, code: string) {
  listen(this);
  await this.attempt(async () => failingCalls[call]?.(this.catalog, await this.folder()));
  expect(this.takeRefusal().code).to.equal(code);
});

Then(
  /^one operation is told, which is "([^"]+)" of (?:the kind "(\w+)"|no kind) and a (success|failure)(?: with (\w+))?$/,
  async function (this: SeenWorld, operation: string, kind: string | null, outcome: string, code: string | null) {
    expect(this.operations.length, JSON.stringify(this.operations)).to.equal(1);
    const [event] = this.operations as [OperationEvent];
    expect([event.operation, event.kind ?? null, event.outcome, event.code ?? null]).to.deep.equal([operation, kind, outcome, code]);
    expect(event.duration_ms).to.be.at.least(0);
    expect(event.correlation_id).to.match(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(event.root).to.equal(await this.root());
  },
);

const members: Readonly<Record<string, keyof OperationEvent>> = { reference: 'model_ref', digest: 'digest', bytes: 'bytes' };

Then(/^it is about the model "(\w+)", with its (.+)$/, function (this: SeenWorld, id: string, words: string) {
  const [event] = this.operations as [OperationEvent];
  expect(event.model_id).to.equal(id);
  const named = words.split(/, | and /).map((word) => members[word] ?? expect.fail(word));
  for (const member of named) expect(event[member], member).not.to.equal(undefined);
});

Then('it says how many it was about', function (this: SeenWorld) {
  expect(this.operations[0]?.count).to.be.a('number');
});

Then(/^it is told as a dry run(, which says how many it would be about)?$/, function (this: SeenWorld, count: string | null) {
  const [event] = this.operations as [OperationEvent];
  expect(event.dry_run).to.equal(true);
  expect(event.count).to.be.a(count === null ? 'undefined' : 'number');
});

When('somebody listens, and an engine is put and deleted', async function (this: SeenWorld) {
  listen(this);
  await this.catalog.engines.put(engineEntry('e'));
  await this.catalog.engines.delete('e');
});

Then('{string} and {string} are told, about the engine {string}', function (this: SeenWorld, one: string, other: string, id: string) {
  expect(this.operations.map(({ operation, engine_id }) => [operation, engine_id])).to.deep.equal([
    [one, id],
    [other, id],
  ]);
});

Then(
  'a verification of {string} is told as {word}, and one of {string} as {word} for {word}',
  function (this: SeenWorld, good: string, pass: string, bad: string, fail: string, why: string) {
    const told = this.verifications.map(({ model_id, result, reason }) => [model_id, result, reason]).sort();
    expect(told).to.deep.equal(
      [
        [good, pass, undefined],
        [bad, fail, why],
      ].sort(),
    );
    expect(new Set(this.verifications.map(({ correlation_id }) => correlation_id))).to.deep.equal(
      new Set(this.operations.map(({ correlation_id }) => correlation_id)),
    );
  },
);

Given('a catalog with a journal', async function (this: SeenWorld) {
  this.catalog = await this.openCatalog({ store: 'journal' });
});

When('somebody listens, and a model is added and pinned there', async function (this: SeenWorld) {
  listen(this);
  await this.catalog.add(await sourceOf(this, 'a.gguf'), { id: 'a' });
  await this.catalog.pin('a', 'in use');
});

Then('the correlation id of each operation is that of the changes that it made, in the history', async function (this: SeenWorld) {
  const { store } = this.catalog as unknown as { store: { history(): AsyncIterable<{ operation?: string; part_of?: string }> } };
  const inHistory: unknown[] = [];
  for await (const { operation, part_of } of store.history()) inHistory.push([operation, part_of]);
  expect(inHistory.length).to.be.at.least(2);
  const told = this.operations.map(({ operation, correlation_id }) => [operation, correlation_id]);
  for (const one of inHistory) expect(told).to.deep.include(one);
});

When('somebody listened, and does no more', function (this: SeenWorld) {
  listen(this);
  this.stop();
});

Then('nothing is told of what is done', async function (this: SeenWorld) {
  await this.catalog.verify('m');
  expect([this.operations, this.verifications]).to.deep.equal([[], []]);
});

When('somebody listens, and models are registered and added with a password in their references', async function (this: SeenWorld) {
  listen(this);
  const url = `https://me:${password}@example.com/m.gguf?token=${password}`;
  await this.catalog.register({ id: 'r', source: url });
  for (const tried of [() => this.catalog.add(url), () => this.catalog.get(url), () => this.catalog.verify(url)])
    await tried().catch((error: Error) => expect(error.message).not.to.include(password));
});

Then('operations are told, and none has the password', function (this: SeenWorld) {
  expect(this.operations.length).to.equal(4);
  expect(JSON.stringify([this.operations, this.verifications])).not.to.include(password);
});

// A logger

Given('a catalog that logs with pino', async function (this: SeenWorld) {
  this.lines = [];
  const into = new Writable({
    write: (line: Buffer, _, done) => {
      this.lines.push(JSON.parse(line.toString()));
      done();
    },
  });
  this.catalog = await this.openCatalog({ logger: pino({ level: 'debug' }, into) });
});

When('a model is added, looked for, verified after its bytes have changed, and something is refused', async function (this: SeenWorld) {
  const path = await sourceOf(this, 'a.gguf');
  listen(this);
  await this.catalog.add(path, { id: 'a', mode: 'reference' });
  await this.catalog.get('a');
  writeFileSync(path, 'bytes of A.gguf');
  await this.catalog.verify('a');
  await this.attempt(() => this.catalog.setState('nobody', 'Retired'));
  this.takeRefusal();
});

const pinoLevels: Readonly<Record<string, number>> = { debug: 20, info: 30, warn: 40, error: 50 };

Then('the log has a line for each, at the levels info, debug, warn and warn', function (this: SeenWorld) {
  const levels = this.lines.map(({ level, msg }) => [Object.keys(pinoLevels).find((name) => pinoLevels[name] === level), msg]);
  expect(levels).to.deep.equal([
    ['info', 'add a'],
    ['debug', 'get a'],
    ['warn', 'verification of a: fail, mismatch'],
    ['info', 'verify a'],
    ['warn', 'state nobody: there is no model "nobody"'],
  ]);
});

When('an eviction is tried there in a dry run', async function (this: SeenWorld) {
  await this.catalog.add(await sourceOf(this, 'a.gguf'), { id: 'a' });
  await this.catalog.evict('a', { dryRun: true });
});

Then('the log says of it {string}, at the level debug', function (this: SeenWorld, message: string) {
  const { level, msg, dry_run } = this.lines.at(-1) ?? {};
  expect({ level, msg, dry_run }).to.deep.equal({ level: pinoLevels.debug, msg: message, dry_run: true });
});

Then('each line has the members of the event', function (this: SeenWorld) {
  const events = [...this.operations, ...this.verifications].map((event) => JSON.parse(JSON.stringify(event)) as object);
  const logged = this.lines.map(({ level, time, pid, hostname, msg, ...event }) => event);
  expect(logged).to.have.deep.members(events);
});

Given('a catalog with a logger that throws', async function (this: SeenWorld) {
  const broken = (): never => {
    throw new Error('the disk of the log is full');
  };
  this.catalog = await this.openCatalog({ logger: { debug: broken, info: broken, warn: broken, error: broken } });
});

When('a model is added there', async function (this: SeenWorld) {
  await this.catalog.add(await sourceOf(this, 'a.gguf'), { id: 'a' });
});

Then('it was added all the same', async function (this: SeenWorld) {
  expect(await this.catalog.exists('a')).to.equal(true);
});

const log = (): void => {};
const oddLoggers: Readonly<Record<string, unknown>> = {
  'a function': log,
  'one without a warn': { debug: log, info: log, error: log },
  'nothing at all, null': null,
};

When('a catalog is opened with {} as its logger', async function (this: SeenWorld, what: string) {
  await this.attempt(() => this.openCatalog({ logger: oddLoggers[what] as Logger }));
});

Then('that is refused as {word} for {string}', function (this: SeenWorld, code: string, argument: string) {
  const { code: found, details } = this.takeRefusal();
  expect([found, details.argument]).to.deep.equal([code, argument]);
});

When('a process of its own does everything once, and something that fails', async function (this: SeenWorld) {
  this.printed = await runEverything(await this.folder());
});

Then('it has printed nothing', function (this: SeenWorld) {
  expect(this.printed).to.equal('');
});

// Metrics

Given('metrics, and a catalog with a verified model "m" and a source "b.gguf"', async function (this: SeenWorld) {
  this.catalog = await this.openCatalog();
  this.metrics = new CatalogMetrics(this.catalog);
  this.onEnd(async () => this.metrics.close());
  await this.catalog.add(await sourceOf(this, 'm.gguf'), { id: 'm' });
});

When('a model is registered, everything is verified, and a verification of nobody is refused', async function (this: SeenWorld) {
  await this.catalog.register({ id: 'r', source: 'file:///nowhere/r.gguf' });
  await this.catalog.verifyAll();
  await this.attempt(() => this.catalog.verify('nobody'));
  this.takeRefusal();
});

When('each method that has dry runs is called for one', async function (this: SeenWorld) {
  for (const call of Object.values(dryRuns)) await call(this.catalog, await this.folder());
});

Then('the page for Prometheus counts no operation but the {string} of the model', async function (this: SeenWorld, operation: string) {
  const counted = (await pageOf(this)).filter((line) => /^catalog_operation(s_total|_duration_seconds_count)/.test(line));
  const label = `{operation="${operation}"}`;
  expect(counted).to.deep.equal([`catalog_operations_total${label} 1`, `catalog_operation_duration_seconds_count${label} 1`]);
});

const pageOf = async (world: SeenWorld): Promise<readonly string[]> => prometheusText(await world.metrics.families()).split('\n');

Then('the page for Prometheus has these lines', async function (this: SeenWorld, lines: string) {
  const page = await pageOf(this);
  expect(page).to.include.members(lines.split('\n').map((line) => line.trim()));
  expect(page.at(-1)).to.equal('');
  for (const line of page.slice(0, -1)) expect(line).to.match(/^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{([a-z_]+="[^"]*",?)+\})? [0-9.e+-]+)$/);
});

When('the metrics are registered with prom-client', function (this: SeenWorld) {
  this.registry = new Registry();
  registerMetrics(this.registry, this.metrics);
});

Given('metrics of a catalog that counts how often it is listed', async function (this: SeenWorld) {
  this.lists = 0;
  this.metrics = new CatalogMetrics({
    list: async () => {
      this.lists++;
      if (this.cannotList !== undefined) throw this.cannotList;
      return [modelEntry('a')];
    },
  });
  this.onEnd(async () => this.metrics.close());
});

When('prom-client is scraped {int} times, one after the other', async function (this: SeenWorld, times: number) {
  for (let scrape = 0; scrape < times; scrape++) expect(await this.registry.metrics()).to.match(/^catalog_entries_total 1$/m);
});

When('prom-client is scraped, and the catalog cannot be listed', async function (this: SeenWorld) {
  this.cannotList = new Error('nobody lists it now');
  this.failure = await this.registry.metrics().catch((error: unknown) => error);
  this.cannotList = undefined;
});

Then('the scrape has failed', function (this: SeenWorld) {
  expect(this.failure).to.be.an('error').with.property('message', 'nobody lists it now');
});

Then('the catalog was listed {int} times', function (this: SeenWorld, times: number) {
  expect(this.lists).to.equal(times);
});

/** Lines of samples, with their labels in one order. */
function samplesOf(page: readonly string[]): readonly string[] {
  return page
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name, labels = '', value] = /^(\w+)(?:\{(.*)\})? (.*)$/.exec(line) ?? [];
      return `${name} ${
        labels
          .match(/\w+="[^"]*"/g)
          ?.sort()
          .join() ?? ''
      } ${Number(value)}`;
    })
    .sort();
}

Then("prom-client's page has the same figures as ours", async function (this: SeenWorld) {
  const page = (await this.registry.metrics()).split('\n');
  expect(samplesOf(page)).to.deep.equal(samplesOf(await pageOf(this)));
});

Given('a meter of OpenTelemetry that observes the catalogs of this process', async function (this: SeenWorld) {
  const catalog = { list: async () => (await this.catalog.list()) as Awaited<ReturnType<Catalog['list']>> };
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1_000_000 });
  const provider = new MeterProvider({ readers: [reader] });
  const end = observeCatalogs(provider.getMeter('catalog'), catalog);
  this.collect = async () => {
    await provider.forceFlush();
    const found =
      exporter
        .getMetrics()
        .at(-1)
        ?.scopeMetrics.flatMap(({ metrics }) => metrics) ?? [];
    return found.flatMap(({ descriptor: { name }, dataPoints }) =>
      dataPoints.map(({ attributes, value }) => {
        const labels = Object.entries(attributes).map(([label, text]) => `${label}="${text}"`);
        return `${name}${labels.length === 0 ? '' : `{${labels.join()}}`} ${typeof value === 'number' ? value : (value as { count: number }).count}`;
      }),
    );
  };
  this.onEnd(async () => {
    end();
    await provider.shutdown();
  });
});

Then('what OpenTelemetry has collected has the same figures as ours', async function (this: SeenWorld) {
  const ours = (await pageOf(this))
    .filter((line) => !/_(bucket|sum)[{ ]/.test(line))
    .map((line) => line.replace('_seconds_count', '_seconds'));
  expect(samplesOf(await this.collect())).to.deep.equal(samplesOf(ours));
});

When('models with odd ids are added, and some are refused', async function (this: SeenWorld) {
  for (const id of ['odd"quote', 'line\nbreak', 'back\\slash', 'x'.repeat(1000), 'odd', 'ODD']) {
    const path = await sourceOf(this, 'odd.gguf', `odd ${id}`);
    await this.catalog.add(path, { id }).catch(() => {});
    await this.catalog.put(modelEntry(id)).catch(() => {});
  }
});

Then('no label says anything of them', async function (this: SeenWorld) {
  const page = (await pageOf(this)).join('\n');
  expect(page).to.match(/catalog_operation_failures_total/);
  expect(page).not.to.match(/odd|quote|slash|xxx/i);
});

When('`catalog metrics` is run there', async function (this: SeenWorld) {
  const { stdout, exitCode, stderr } = await runCatalog(['--root', await this.root(), 'metrics'], { cwd: await this.folder() });
  expect(exitCode, stderr).to.equal(0);
  this.printed = stdout;
});

Then('it prints a page for Prometheus, with {int} Active model', function (this: SeenWorld, count: number) {
  expect(this.printed.split('\n')).to.include(`catalog_models_total{state="Active"} ${count}`);
  expect(this.printed).to.match(/^# HELP catalog_/);
});

// The documents

const histogramParts = /_(bucket|sum|count)$/;

Then(/^every metric and label that docs\/grafana-dashboard\.json asks for is one of ours$/, () => {
  const { panels } = JSON.parse(readFileSync(join(projectRoot, 'docs/grafana-dashboard.json'), 'utf8')) as {
    panels: { targets: { expr: string; legendFormat: string }[] }[];
  };
  const targets = panels.flatMap(({ targets: all }) => all);
  expect(targets.length).to.be.at.least(9);
  for (const { expr, legendFormat } of targets) {
    const [name = ''] = /catalog_\w+/.exec(expr) ?? [];
    const own = name.replace(histogramParts, '');
    expect(Object.keys(metricTable), expr).to.include(own);
    const asked = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
    expect(metricTable[own as MetricName].labels, expr).to.include.members(asked);
  }
});

Then(/^docs\/observability\.md lists every metric, with its labels and type$/, () => {
  const text = readFileSync(join(projectRoot, 'docs/observability.md'), 'utf8');
  const rows = [...text.matchAll(/^\| `(catalog_\w+)` \|(.*)\| (\w+) \|$/gm)].map(([, name, labels = '', type]) => [
    name,
    [...labels.matchAll(/`(\w+)`(?=,|:| |$)/g)].map(([, label]) => label).filter((label) => label !== 'none' && label !== 'success'),
    type,
  ]);
  const known = Object.entries(metricTable).map(([name, { labels, type }]) => [name, labels, type]);
  expect(rows).to.have.deep.members(known);
});

// Errors

Then('the table of errors in the README has every code once, with its exit status and what the command says to do', () => {
  const readme = readFileSync(join(projectRoot, 'README.md'), 'utf8');
  const [, table = ''] = /\n## Errors\n([\s\S]*?)\n## /.exec(readme) ?? [];
  const rows = [...table.matchAll(/^\| `(\w+)` \| (\d+) \| (.+?) \| (.+) \|$/gm)].map(([, code, exit, meaning = '', remedy]) => {
    expect(meaning.length, code).to.be.above(10);
    return [code, Number(exit), remedy];
  });
  const codes = Object.keys(exitCodes) as ErrorCode[];
  expect(rows).to.deep.equal(codes.map((code) => [code, exitCodes[code], hints[code]]));
});

When('the disk fails while "b.gguf" is added', async function (this: SeenWorld) {
  let failing: unknown;
  const disk: Disk = {
    perform: (step) => {
      if (step.op === 'read' && step.handle === failing)
        throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO', syscall: 'read' });
      const answer = defaultDisk.perform(step);
      if (step.op === 'open' && step.path.endsWith('b.gguf')) failing = answer;
      return answer;
    },
  };
  const catalog = await this.openCatalog({ disk });
  await this.attempt(async () => catalog.add(join(await this.folder(), 'b.gguf')));
});

Then('the error is a CatalogError with a code of the list, whose cause is that of the disk', function (this: SeenWorld) {
  const error = this.takeRefusal();
  expect(error.code).to.equal('IoError');
  expect(error.message).to.include('b.gguf');
  expect(error.cause).to.have.property('code', 'EIO');
});
