import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type DataTable, Given, Then } from '@cucumber/cucumber';
import { expect } from 'chai';
import { cardOf, type Scheme } from '../src/core/page-colours.js';
import type { ModelEntry } from '../src/core/records.js';
import type { DriftReason } from '../src/drift.js';
import { adviceOf, adviceText } from '../src/report/advice.js';
import { inBytes } from '../src/report/charts.js';
import { type GrowthPoint, grownThrough, type PastChange } from '../src/report/growth.js';
import { htmlOf } from '../src/report/html.js';
import { type CatalogReport, type ReportInput, reportOf } from '../src/report/report.js';
import { linearTicks } from '../src/report/ticks.js';
import { companions, tones } from '../src/report/tones.js';
import type { Ran } from '../support/cli.js';
import { contrast, distance, eyes } from '../support/report/colour.js';
import { oneByOne } from '../support/report/sample.js';
import { day, dayOf, harmless, hostile, manyModels, modelIn, now, structureOf, withSecret } from '../support/report/tables.js';
import { type CatalogWorld, engineEntry, modelEntry } from '../support/world.js';

interface ReportWorld extends CatalogWorld {
  input?: ReportInput;
  ran?: Ran;
}

Given('a report on these models:', function (this: ReportWorld, rows: DataTable) {
  this.input = { models: rows.hashes().map(modelIn), engines: [], now };
});

Given('the engine {string} is made of content {int}', function (this: ReportWorld, id: string, content: number) {
  const digest = modelIn({ id: 'any', 'lies in': 'catalog', contents: `${content}=1`, rest: '' }).files?.[0]?.digest ?? '';
  this.input = { ...inputOf(this), engines: [engineEntry(id, { artifacts: [digest] })] };
});

Given('{string} and {string} are one file on the disk', function (this: ReportWorld, one: string, other: string) {
  changeModels(this, (model) =>
    [one, other].includes(model.id)
      ? { ...model, files: model.files?.map((file) => ({ ...file, identity: '1:42:100:5:6' })) ?? [] }
      : model,
  );
});

Given('{string} was adopted from a tool that is called {string}', function (this: ReportWorld, id: string, tool: string) {
  changeModels(this, (model) => (model.id === id ? { ...model, adopted_from: { tool, path: '/x' } } : model));
});

Given(
  'the disk has {int} bytes of which {int} can be freed, {int} shared, {int} elsewhere and {int} doubled',
  function (this: ReportWorld, stored: number, freed: number, shared: number, elsewhere: number, doubled: number) {
    const usage = { entries: 7, stored_bytes: stored, shared_bytes: shared, referenced_bytes: elsewhere, by_tool: {} };
    this.input = { ...inputOf(this), usage: { ...usage, reclaimable_bytes: freed, duplicate_bytes: doubled } };
  },
);

Given('these files are not as they were:', function (this: ReportWorld, rows: DataTable) {
  const drift = rows.hashes().map(({ id = '', reason }) => ({ id, path: `/models/${id}`, reason: reason as DriftReason }));
  this.input = { ...inputOf(this), drift };
});

Given('a history:', async function (this: ReportWorld, rows: DataTable) {
  this.input = { models: [], engines: [], now, history: await grownThrough(oneByOne(rows.hashes().map(changeIn))) };
});

Given('today there is {string} of {int} bytes alone', function (this: ReportWorld, id: string, bytes: number) {
  this.input = { ...inputOf(this), models: [modelEntry(id, { bytes, trust_state: 'warned' })] };
});

Given('a history of {int} changes, each of which adds a byte', async function (this: ReportWorld, count: number) {
  const changes = async function* () {
    for (let nth = 1; nth <= count; nth++) yield changeIn({ day: String(nth / 1000), id: 'a', change: 'changed', bytes: String(nth) });
  };
  this.input = { models: [modelEntry('a', { bytes: count })], engines: [], now: day(200), history: await grownThrough(changes()) };
});

Given('a report on a catalog whose names are markup, quotes, directions and endless', function (this: ReportWorld) {
  this.input = hostile();
});

Given('a report on a catalog whose sources and builds carry {string}', function (this: ReportWorld, secret: string) {
  this.input = withSecret(secret);
});

Given('a report on {int} models', function (this: ReportWorld, count: number) {
  this.input = manyModels(count);
});

Given('a report on {int} models, each with {int} long warnings', function (this: ReportWorld, count: number, warned: number) {
  const warnings = Array.from({ length: warned }, (_, nth) => `bad-value: ${'part-of-a-name-'.repeat(20)} has a key ${nth} that is none`);
  this.input = manyModels(count);
  changeModels(this, (model) => ({ ...model, metadata: { ...model.metadata, warnings } }));
});

Then('the report has these holdings:', function (this: ReportWorld, rows: DataTable) {
  const wanted = Object.fromEntries(Object.entries(rows.rowsHash()).map(([name, bytes]) => [name, Number(bytes)]));
  expect(reported(this).holdings).to.include(wanted);
});

Then('these are shared:', function (this: ReportWorld, rows: DataTable) {
  const found = reported(this).shared.map(({ digest, bytes, where, holders }) => ({
    content: contentOf(digest),
    bytes: String(bytes),
    'lies in': where,
    by: holders.map(holderText).join(', '),
  }));
  expect(found).to.deep.equal(rows.hashes());
});

Then('these lie more than once:', function (this: ReportWorld, rows: DataTable) {
  const found = reported(this).duplicates.map(({ digest, bytes, copies }) => ({
    content: contentOf(digest),
    bytes: String(bytes),
    copies: copies
      .map(({ where, path, holders }) => `${where}: ${holders.map(holderText).join(', ')}${path === undefined ? '' : ` ${path}`}`)
      .join('; '),
  }));
  expect(found).to.deep.equal(rows.hashes());
});

Then('removing each frees, and their sizes are, the largest first:', function (this: ReportWorld, rows: DataTable) {
  const found = reported(this).models.map(({ id, bytes, freed_bytes }) => ({ id, bytes: String(bytes ?? ''), freed: String(freed_bytes) }));
  expect(found).to.deep.equal(rows.hashes());
});

Then('the report counts:', function (this: ReportWorld, rows: DataTable) {
  const report = reported(this);
  const found = (['states', 'trust', 'verified', 'tools'] as const).flatMap((of) =>
    report[of].map(({ name, models, bytes }) => ({ of, name, models: String(models), bytes: String(bytes) })),
  );
  expect(found).to.deep.equal(rows.hashes());
});

Then('the page says {string} {string}', function (this: ReportWorld, name: string, value: string) {
  expect(pageOf(this)).to.include(`<dt>${name}</dt><dd><strong>${value}</strong>`);
});

Then('it advises:', function (this: ReportWorld, rows: DataTable) {
  expect(adviceOf(reported(this)).map((advice) => [adviceText(advice), advice.command])).to.deep.equal(rows.raw());
});

Then(/^the report counts these of "(trust|verified)": (.+)$/, function (this: ReportWorld, of: 'trust' | 'verified', wanted: string) {
  const found = new Map<string, number>(reported(this)[of].map(({ name, models }) => [name, models]));
  const counts = wanted.split(', ').map((pair) => pair.split(' '));
  expect(counts.map(([name = '']) => [name, String(found.get(name))])).to.deep.equal(counts);
});

Then('the row of {string} says {string}', function (this: ReportWorld, id: string, words: string) {
  const row = pageOf(this)
    .split('<tr ')
    .find((one) => one.includes(`<span class="id"><bdi>${id}</bdi>`));
  expect(row).to.include(words);
});

Then(/^the page (tells|does not tell) "(.+)"$/, function (this: ReportWorld, whether: string, words: string) {
  expect(pageOf(this).includes(words)).to.equal(whether === 'tells');
});

Then(/^the page draws (a|no) line$/, function (this: ReportWorld, which: string) {
  expect(pageOf(this).includes('<svg class="chart"')).to.equal(which === 'a');
});

Then('two pages of it are equal', function (this: ReportWorld) {
  expect(pageOf(this)).to.equal(htmlOf(reportOf(structuredClone(inputOf(this)))));
});

Then(/^it grew like this, as (the journal tells|registrations tell):$/, function (this: ReportWorld, who: string, rows: DataTable) {
  const { from, points } = reported(this).growth;
  expect(from).to.equal(who === 'the journal tells' ? 'journal' : 'registered_at');
  expect(points.map(pointRow)).to.deep.equal(rows.hashes());
});

Then('no more than {int} points are kept, and the last says {int} bytes', function (this: ReportWorld, most: number, bytes: number) {
  const { points } = reported(this).growth;
  expect(points.length)
    .to.be.greaterThan(most / 8)
    .and.at.most(most);
  expect([points[0]?.bytes, points.at(-2)?.bytes, points.at(-1)?.bytes]).to.deep.equal([1, bytes, bytes]);
  expect(points.map(({ at }) => at)).to.deep.equal(points.map(({ at }) => at).sort());
});

Then('the page says that what was removed is not counted', function (this: ReportWorld) {
  expect(pageOf(this)).to.include('what was removed is not counted');
});

Then('a scale up to {int} is {string}', (most: number, scale: string) => {
  expect(linearTicks(most).map(inBytes).join(', ')).to.equal(scale);
});

Then('the page has no element or attribute more than the page of harmless names', function (this: ReportWorld) {
  const page = pageOf(this);
  expect(structureOf(page)).to.deep.equal(structureOf(htmlOf(reportOf(harmless()))));
  expect(page).to.not.match(/[\u202a-\u202e\u2066-\u2069]/u);
});

Then('neither the page nor the data has {string}', function (this: ReportWorld, secret: string) {
  expect(JSON.stringify(inputOf(this))).to.include(secret);
  expect(pageOf(this)).to.not.include(secret);
  expect(JSON.stringify(reported(this))).to.not.include(secret);
});

Then('the page has {int} rows and less than {int} bytes', function (this: ReportWorld, rows: number, most: number) {
  const page = pageOf(this);
  expect(page.split('<tr data-state=').length - 1).to.equal(rows);
  this.log(`${Buffer.byteLength(page)} bytes`);
  expect(Buffer.byteLength(page)).to.be.lessThan(most);
});

Then('the page says that {int} more models are not listed', function (this: ReportWorld, rest: number) {
  expect(pageOf(this)).to.match(new RegExp(`${rest.toLocaleString('en')} models more, [0-9.]+ .B altogether, are not listed here`));
});

Then('the page says how to bring in the first', function (this: ReportWorld) {
  expect(pageOf(this)).to.include('<code>catalog add</code> brings one in');
});

Then(/^on (light|dark) the tones of each chart differ for eyes that see (.+)$/, (scheme: Scheme, eye: string) => {
  for (const names of companions) {
    const colours = names.map((name) => tones[scheme][name] ?? '');
    for (const [place, colour] of colours.entries()) {
      expect(contrast(colour, cardOf(scheme)), `${names[place]} on its ground`).to.be.at.least(3);
      for (const other of colours.slice(place + 1))
        expect(distance(colour, other, eyes[eye] ?? []), `${names[place]} and ${names[colours.indexOf(other)]}`).to.be.at.least(15);
    }
  }
});

Then('it names the file {string}, which is a page of {int} models', async function (this: ReportWorld, file: string, count: number) {
  const path = join(await this.folder(), file);
  expect(ran(this)).to.equal(`${path}\n`);
  expectPage(await readFile(path, 'utf8'), count);
});

Then('whoever may read what this process writes may read {string}', async function (this: ReportWorld, file: string) {
  const { mode } = await stat(join(await this.folder(), file));
  expect(mode & 0o777).to.equal(0o644 & ~process.umask());
});

Then('it prints a page of {int} models', function (this: ReportWorld, count: number) {
  expectPage(ran(this), count);
});

Then(
  /^it prints one document with a report on (\d+) models? and (\d+) engines?, which grew as (the journal tells|registrations tell)$/,
  async function (this: ReportWorld, models: string, engines: string, who: string) {
    const { schema, report } = JSON.parse(ran(this)) as { schema: number; report: CatalogReport };
    expect(schema).to.equal(1);
    expect(report.totals).to.include({ models: Number(models), engines: Number(engines) });
    expect(report.models).to.have.length(Number(models));
    expect(report.root).to.equal(await this.root());
    expect(report.growth.from).to.equal(who === 'the journal tells' ? 'journal' : 'registered_at');
    expect(report.growth.points.at(-1)).to.include({ models: Number(models) });
    if (report.growth.from === 'journal') expect(report.growth.points.some((point) => point.models > Number(models))).to.equal(true);
  },
);

function inputOf(world: ReportWorld): ReportInput {
  if (world.input === undefined) throw new Error('there is nothing to report on');
  return world.input;
}

function changeModels(world: ReportWorld, change: (model: ModelEntry) => ModelEntry): void {
  world.input = { ...inputOf(world), models: inputOf(world).models.map(change) };
}

function reported(world: ReportWorld): CatalogReport {
  return reportOf(inputOf(world));
}

function pageOf(world: ReportWorld): string {
  return htmlOf(reported(world));
}

function contentOf(digest: string): string {
  return String(Number.parseInt(digest.slice(-10), 16));
}

function holderText({ kind, id }: { kind: string; id: string }): string {
  return kind === 'engine' ? `engine ${id}` : id;
}

function changeIn(row: Record<string, string>): PastChange {
  const { day: number = '', id = '', change = '', bytes = '', trust_state = '' } = row;
  const members = [
    ...(bytes === '' ? [] : [{ member: 'bytes', after: Number(bytes) }]),
    ...(trust_state === '' ? [] : [{ member: 'trust_state', after: trust_state }]),
  ];
  return { at: day(Number(number)).toISOString(), collection: 'models', id, change: change as PastChange['change'], members };
}

function pointRow({ at, models, bytes, trust }: GrowthPoint): Record<string, string> {
  const counts = { day: String(dayOf(at)), models: String(models), bytes: String(bytes) };
  return trust === undefined
    ? counts
    : { ...counts, unverified: String(trust.unverified), warned: String(trust.warned), verified: String(trust.verified) };
}

function ran(world: ReportWorld): string {
  expect(world.ran?.exitCode, JSON.stringify(world.ran)).to.equal(0);
  expect(world.ran?.stderr).to.equal('');
  return world.ran?.stdout ?? '';
}

function expectPage(page: string, models: number): void {
  expect(page)
    .to.match(/^<!DOCTYPE html>\n<html lang="en">/)
    .and.match(/<\/html>\n$/);
  expect(page.split('<tr data-state=')).to.have.length(models + 1);
}
