import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import {
  type ConformanceModule,
  type ConformanceReport,
  cases,
  historyFaults,
  runConformance,
  type StoreVerdict,
} from '../src/conformance/index.js';
import { FsCatalog } from '../src/stores/fs/fs-catalog.js';
import { projectRoot, readSources } from '../support/checks/sources.js';
import { type Ran, runCatalog } from '../support/cli.js';
import { brokenStore } from '../support/conformance/broken-stores.js';
import { plantedHistories } from '../support/conformance/planted-histories.js';
import { saboteurNamed } from '../support/saboteurs/catalogue.js';
import { brokenBy } from '../support/saboteurs/sabotaged.js';
import { requirementsIn } from '../support/teeth/requirements.js';
import type { CatalogWorld } from '../support/world.js';

interface ConformanceWorld extends CatalogWorld {
  verdict?: StoreVerdict;
  ended?: Ran;
}

/** What a broken store owes never comes: nobody waits long for it. */
const patienceMs = 1_000;

const run = async (world: ConformanceWorld, words: readonly string[]): Promise<void> => {
  world.ended = await runCatalog(['conformance', ...words], { cwd: await world.folder() });
};

const example = (name: string): string => join(projectRoot, 'examples', name);

async function reportOf(world: ConformanceWorld): Promise<ConformanceReport> {
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

When(
  'the fs store under the saboteur {string} is put to the test at {string}',
  async function (this: ConformanceWorld, name: string, id: string) {
    this.verdict = await runConformance(sabotagedFs(name), { only: [id] });
  },
);

Then('the command ends with {int}', function (this: ConformanceWorld, code: number) {
  expect(this.ended?.exitCode, this.ended?.stderr.concat(this.ended.stdout)).to.equal(code);
});

Then(
  /^no conformance case of (\w+) is broken, and (\d+) or more are passed$/,
  async function (this: ConformanceWorld, name: string, most: string) {
    const verdict = (await reportOf(this)).stores.find(({ store }) => store === name);
    expect(verdict?.totals.fail).to.equal(0);
    expect(verdict?.totals.error).to.equal(0);
    expect(verdict?.totals.pass).to.be.at.least(Number(most));
  },
);

Then('no case of it is broken', function (this: ConformanceWorld) {
  expect(this.verdict?.cases.filter(({ status }) => status === 'fail' || status === 'error')).to.deep.equal([]);
});

Then('its conformance case {string} is {string}', function (this: ConformanceWorld, id: string, status: string) {
  const found = this.verdict?.cases.find((one) => one.id === id);
  expect(found?.status, found?.message).to.equal(status);
});

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
    const report = await reportOf(this);
    expect(JSON.parse(this.ended?.stdout ?? '')).to.deep.equal({ schema: 1, report });
    expect(report.stores.map(({ store, totals }) => [store, totals.pass])).to.deep.equal([
      ['memory', 2],
      ['fs', 2],
    ]);
    const page = await read('conformance.html');
    for (const text of ['<th scope="col">memory</th><th scope="col">fs</th>', 'core.round-trip', 'CAT-REC-1008'])
      expect(page).to.include(text);
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

/** The fs store on a disk, or with programs, that break one promise. */
function sabotagedFs(name: string): ConformanceModule {
  const saboteur = saboteurNamed(name);
  if ('module' in saboteur) throw new Error(`${name} breaks a module, not a disk`);
  const broken = brokenBy(saboteur);
  return {
    name: 'sabotaged',
    claims: { durable: 'full', multiProcess: true, watch: 'latest', history: false, gapless: true, levels: ['core', 'crash'] },
    create: ({ location, disk }) => FsCatalog.open({ root: location, allowUnsafeRoot: true, ...(disk && { disk: broken.disk(disk) }) }),
    actor: 'none that is asked for',
  };
}
