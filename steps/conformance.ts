import type { ChildProcess } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import {
  type ConformanceReport,
  cases,
  historyFaults,
  pageOf,
  reportOf,
  runConformance,
  type StoreVerdict,
  schema,
} from '../src/conformance/index.js';
import { projectRoot, readSources } from '../support/checks/sources.js';
import { type Ran, runCatalog } from '../support/cli.js';
import { brokenStore } from '../support/conformance/broken-stores.js';
import { oddProgram } from '../support/conformance/odd-programs.js';
import { oddStore } from '../support/conformance/odd-stores.js';
import { plantedHistories } from '../support/conformance/planted-histories.js';
import { sabotagedVerdict } from '../support/conformance/sabotaged-stores.js';
import { findBrowser, type Shown, shown } from '../support/report/browser.js';
import { saboteurNamed } from '../support/saboteurs/catalogue.js';
import { requirementsIn } from '../support/teeth/requirements.js';
import { schemaViolations } from '../support/trace/schema-check.js';
import type { CatalogWorld } from '../support/world.js';

interface ConformanceWorld extends CatalogWorld {
  verdict?: StoreVerdict;
  ended?: Ran;
  saboteur?: string;
  shown?: Shown;
  file?: string;
}

/** What a broken store owes never comes: nobody waits long for it. */
const patienceMs = 1_000;

const run = async (world: ConformanceWorld, words: readonly string[]): Promise<void> => {
  world.ended = await runCatalog(['conformance', ...words], { cwd: await world.folder() });
};

const example = (name: string): string => join(projectRoot, 'examples', name);

async function reportIn(world: ConformanceWorld): Promise<ConformanceReport> {
  return JSON.parse(await readFile(join(await world.folder(), 'reports/conformance.json'), 'utf8')) as ConformanceReport;
}

When(/^"catalog conformance ?(.*)" is run in a folder of its own$/, async function (this: ConformanceWorld, words: string) {
  await run(this, words.split(' ').filter(Boolean));
});

When('the kit runs on the example {string}', async function (this: ConformanceWorld, name: string) {
  await run(this, ['--store', example(name)]);
});

When(/^a memory store that (.+) is put to the test$/, { timeout: 60_000 }, async function (this: ConformanceWorld, fault: string) {
  this.verdict = await runConformance(brokenStore(fault), { patienceMs });
});

When('only {string} of a memory store is put to the test', async function (this: ConformanceWorld, id: string) {
  this.verdict = await runConformance(brokenStore('is sound'), { only: [id] });
});

When('only the level {string} of a memory store is put to the test', async function (this: ConformanceWorld, level: 'core' | 'history') {
  this.verdict = await runConformance(brokenStore('is sound'), { levels: [level] });
});

When(
  /^the (fs|journal) store is put to the test at "([^"]+)" under the saboteur "([^"]+)"$/,
  { timeout: 120_000 },
  async function (this: ConformanceWorld, store: 'fs' | 'journal', id: string, saboteur: string) {
    this.saboteur = saboteur;
    this.verdict = await sabotagedVerdict(saboteur, store, [id]);
  },
);

When(/^a store that names (.+) is put to the test at "([^"]+)"$/, async function (this: ConformanceWorld, points: string, id: string) {
  const module = JSON.stringify(pathToFileURL(example('conformance-file-store/store.mjs')).href);
  const text = `import module from ${module};\nexport default { ...module, points: ${JSON.stringify(pointsNamed(points))} };\n`;
  await writeFile(join(await this.folder(), 'store.mjs'), text);
  await run(this, ['--store', './store.mjs', '--only', id]);
  [this.verdict] = (await reportIn(this)).stores as [StoreVerdict];
});

When(/^a store whose program (.+) is put to the test at "([^"]+)"$/, async function (this: ConformanceWorld, does: string, id: string) {
  this.verdict = await runConformance(oddProgram(does), { only: [id], patienceMs });
});

When(
  /^the kit runs on a store that ((?:(?!, and on).)+)(, and on the memory store)?$/,
  async function (this: ConformanceWorld, does: string, more?: string) {
    await writeFile(join(await this.folder(), 'store.mjs'), oddStore(does));
    const only = ['core.round-trip', 'core.missing', 'core.order'].join();
    await run(this, ['--store', `./store.mjs${more === undefined ? '' : ',memory'}`, '--only', only, '--patience', '0.5']);
  },
);

When('the kit runs on all of a store that never answers', async function (this: ConformanceWorld) {
  await writeFile(join(await this.folder(), 'store.mjs'), oddStore('never answers'));
  await run(this, ['--store', './store.mjs', '--patience', '0.1']);
});

When('the kit runs on all of a store that never answers, and is interrupted after two failures', async function (this: ConformanceWorld) {
  const cwd = await this.folder();
  await writeFile(join(cwd, 'store.mjs'), oddStore('never answers'));
  const meanwhile = (child: ChildProcess) => {
    let heard = '';
    child.stderr?.on('data', (text: string) => {
      heard += text;
      if (heard.split('fail  core.').length > 2 && !child.killed) child.kill('SIGINT');
    });
  };
  this.ended = await runCatalog(['conformance', '--store', './store.mjs', '--patience', '1'], { cwd, meanwhile });
});

When('the kit runs on stores that are called {string} and {string}', async function (this: ConformanceWorld, one: string, other: string) {
  const folder = await this.folder();
  await writeFile(join(folder, 'one.mjs'), oddStore('is sound', one));
  await writeFile(join(folder, 'other.mjs'), oddStore('is sound', other));
  await run(this, ['--store', './one.mjs,./other.mjs']);
});

When('the kit runs with a file in the place of its folder of reports', async function (this: ConformanceWorld) {
  await writeFile(join(await this.folder(), 'reports'), '');
  await run(this, ['--store', 'memory', '--only', 'core.order']);
});

When(/^the kit runs on a store of its own that (.+)$/, async function (this: ConformanceWorld, fault: string) {
  const broken = pathToFileURL(join(projectRoot, 'build/support/conformance/broken-stores.js')).href;
  const text = `import { brokenStore } from ${JSON.stringify(broken)};\nexport default brokenStore(${JSON.stringify(fault)});\n`;
  await writeFile(join(await this.folder(), 'store.mjs'), text);
  await run(this, ['--store', './store.mjs', '--only', 'core.missing', '--only', 'core.order']);
});

Given(
  /^the page of conformance of three stores, (light|dark), (\d+) pixels wide$/,
  async function (this: ConformanceWorld, colorScheme: 'light' | 'dark', width: string) {
    if (findBrowser() === undefined) {
      this.log('there is no Chromium that could show the page');
      return 'skipped';
    }
    const modules = ['is sound', 'claims "no watch"', 'answers true for any deletion'].map(brokenStore);
    const verdicts = await Promise.all(
      modules.map((module, place) => runConformance({ ...module, name: `<b>store ${place}` }, { levels: ['core'], patienceMs })),
    );
    this.file = join(await this.folder(), 'conformance.html');
    await writeFile(this.file, pageOf(reportOf(verdicts)));
    const opened = await shown(this.file, { colorScheme, viewport: { width: Number(width), height: 900 } });
    this.shown = opened;
    opened.page.setDefaultTimeout(4000);
    this.onEnd(() => opened.close());
    return undefined;
  },
);

When('the requirement {string} is followed to its cases', async function (this: ConformanceWorld, id: string) {
  await this.shown?.page.locator('#by-requirement').getByRole('link', { name: id, exact: true }).click();
});

Then('the cases {string} are seen alone', async function (this: ConformanceWorld, ids: string) {
  const seen = this.shown?.page.locator('#by-case tbody tr:not(.group)').filter({ visible: true }).locator('code');
  expect(await seen?.allTextContents()).to.deep.equal(ids.split(', '));
});

Then('the command ends with {int}', function (this: ConformanceWorld, code: number) {
  expect(this.ended?.exitCode, this.ended?.stderr.concat(this.ended.stdout)).to.equal(code);
});

Then(
  /^no conformance case of (\w+) is broken, and (\d+) or more are passed$/,
  async function (this: ConformanceWorld, name: string, most: string) {
    const verdict = (await reportIn(this)).stores.find(({ store }) => store === name);
    expect(verdict?.totals.fail).to.equal(0);
    expect(verdict?.totals.error).to.equal(0);
    expect(verdict?.totals.pass).to.be.at.least(Number(most));
  },
);

Then('it says {string} on standard error', function (this: ConformanceWorld, words: string) {
  expect(this.ended?.stderr).to.include(words);
});

Then('it says nothing of {string} on standard error', function (this: ConformanceWorld, words: string) {
  expect(this.ended?.stderr).not.to.include(words);
});

Then(
  'the case {string} of odd is {string}, as {string}',
  async function (this: ConformanceWorld, id: string, status: string, words: string) {
    const found = (await reportIn(this)).stores.find(({ store }) => store === 'odd')?.cases.find((one) => one.id === id);
    expect(found?.status, found?.message).to.equal(status);
    expect(found?.message).to.include(words);
  },
);

Then(
  'it says how many failures are known, and the reports tell of as many and of the interruption',
  async function (this: ConformanceWorld) {
    const [verdict] = (await reportIn(this)).stores;
    expect(verdict?.totals.fail).to.be.at.least(2);
    expect(this.ended?.stderr).to.include(`${verdict?.totals.fail} failures are known`);
    expect(verdict?.cases.length).to.equal(cases.length);
    expect(verdict?.cases.filter(({ message }) => message === 'the run was interrupted')).not.to.deep.equal([]);
  },
);

Then('no case of it is broken', function (this: ConformanceWorld) {
  expect(this.verdict?.cases.filter(({ status }) => status === 'fail' || status === 'error')).to.deep.equal([]);
});

Then('its conformance case {string} is {string}', function (this: ConformanceWorld, id: string, status: string) {
  const found = this.verdict?.cases.find((one) => one.id === id);
  expect(found?.status, found?.message).to.equal(status);
});

Then('its conformance case {string} is broken', function (this: ConformanceWorld, id: string) {
  expect(['fail', 'error'], this.verdict?.cases.find((one) => one.id === id)?.message).to.include(statusOf(this, id));
});

Then('its conformance case {string} is broken, and cites what the saboteur breaks', function (this: ConformanceWorld, id: string) {
  expect(['fail', 'error']).to.include(statusOf(this, id));
  expect(cases.find((one) => one.id === id)?.requirements).to.include(saboteurNamed(this.saboteur ?? '').breaks);
});

Then('its badge of conformance says {string} in {string}', async function (this: ConformanceWorld, message: string, color: string) {
  const [verdict] = (await reportIn(this)).stores;
  const badge = JSON.parse(await readFile(join(await this.folder(), `reports/conformance-badge-${verdict?.store}.json`), 'utf8'));
  expect(badge).to.include({ schemaVersion: 1, message, color });
});

Then(
  'the report of conformance has the form of its schema, and a report with an odd status has not',
  async function (this: ConformanceWorld) {
    const read = async (name: string): Promise<string> => readFile(join(await this.folder(), 'reports', name), 'utf8');
    const published = JSON.parse(await read('conformance.schema.json')) as Readonly<Record<string, unknown>>;
    expect(published).to.deep.equal(JSON.parse(JSON.stringify(schema)));
    const text = await read('conformance.json');
    expect(schemaViolations(JSON.parse(text), published)).to.deep.equal([]);
    expect(schemaViolations(JSON.parse(text.replace('"status": "pass"', '"status": "passed"')), published)).to.have.length(1);
  },
);

Then('the example {string} has fewer than {int} lines', async function (this: ConformanceWorld, name: string, most: number) {
  expect((await readFile(example(name), 'utf8')).trimEnd().split('\n').length).to.be.below(most);
});

Then(/^each conformance case has an id of its own that begins with its level, a title, and requirements of the specification$/, () => {
  const known = requirementsIn(readSources(projectRoot, ['specs'], ['.md']), []).map(({ id }) => id);
  expect(new Set(cases.map(({ id }) => id)).size).to.equal(cases.length);
  for (const { id, level, title, requirements } of cases) {
    expect(id.startsWith(`${level}.`), id).to.equal(true);
    expect(title, id).to.match(/^[A-Z0-9]/);
    expect(requirements.length, id).to.be.above(0);
    for (const requirement of requirements) expect(known, id).to.include(requirement);
  }
});

Then('the history {string} shows nothing', (name: string) => {
  expect(historyFaults(plantedHistory(name))).to.deep.equal([]);
});

Then('the history {string} shows {string} alone', (name: string, kind: string) => {
  expect([...new Set(historyFaults(plantedHistory(name)).map((fault) => fault.kind))]).to.deep.equal([kind]);
});

Then(
  'the reports are a JSON document, a page with both stores, JUnit with requirements, and a badge for each store',
  async function (this: ConformanceWorld) {
    const read = async (name: string): Promise<string> => readFile(join(await this.folder(), 'reports', name), 'utf8');
    const report = await reportIn(this);
    expect(JSON.parse(this.ended?.stdout ?? '')).to.deep.equal({ schema: 1, report });
    expect(report.stores.map(({ store, totals }) => [store, totals.pass])).to.deep.equal([
      ['memory', 2],
      ['fs', 2],
    ]);
    const page = await read('conformance.html');
    for (const text of ['<bdi>memory</bdi><th scope="col"><bdi>fs</bdi>', 'core.round-trip', 'CAT-REC-1008']) expect(page).to.include(text);
    expect(await read('conformance.junit.xml')).to.include('<property name="verifies" value="CAT-REC-1008"/>');
    for (const store of ['memory', 'fs'])
      expect(JSON.parse(await read(`conformance-badge-${store}.json`))).to.include({ schemaVersion: 1 });
  },
);

function plantedHistory(name: string): Parameters<typeof historyFaults>[0] {
  const history = plantedHistories[name];
  if (history === undefined) throw new Error(`there is no history with ${name}`);
  return history;
}

function statusOf({ verdict }: ConformanceWorld, id: string): string | undefined {
  return verdict?.cases.find((one) => one.id === id)?.status;
}

/** Those of the example, but as the words say. */
function pointsNamed(which: string): readonly string[] {
  const points = ['judged', 'written', 'linked'];
  switch (which) {
    case 'all its points':
      return points;
    case 'a point that it never reaches':
      return [...points, 'nowhere'];
    case 'not all its points':
      return points.slice(1);
    default:
      throw new Error(`nobody names ${which}`);
  }
}
