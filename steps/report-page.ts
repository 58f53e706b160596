import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AfterAll, Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { htmlOf } from '../src/report/html.js';
import type { ReportInput } from '../src/report/report.js';
import { reportOf } from '../src/report/report.js';
import { projectRoot } from '../support/checks/sources.js';
import { closeBrowser, findBrowser, type Shown, shown, violationsOf } from '../support/report/browser.js';
import { brokenTexts, figureRows, heightsOfModels, overlappingTexts, readModels, stopsOf, whereFocusIs } from '../support/report/looks.js';
import { busyCatalog } from '../support/report/sample.js';
import { hostile, manyModels, twoDays } from '../support/report/tables.js';
import type { CatalogWorld } from '../support/world.js';

interface PageWorld extends CatalogWorld {
  shown?: Shown;
  file?: string;
}

const mostStops = 80;

AfterAll(closeBrowser);

Given(
  /^the page of (a busy catalog|a catalog of two days|\d+ models|a catalog whose names are .+?)(?:, (light|dark|without scripts|with reduced motion))?(?:, (\d+) pixels wide)?$/,
  async function (this: PageWorld, what: string, how: string | undefined, width: string | undefined) {
    if (findBrowser() === undefined) {
      this.log('there is no Chromium that could show the page');
      return 'skipped';
    }
    this.file = join(await this.folder(), 'report.html');
    await writeFile(this.file, htmlOf(reportOf(await inputOf(what))));
    const opened = await shown(this.file, { ...waysOf(how), viewport: { width: Number(width ?? 1280), height: 900 } });
    this.shown = opened;
    this.onEnd(() => opened.close());
    return undefined;
  },
);

When(/^(Tab|Enter) is pressed until "(.+)" has the focus$/, async function (this: PageWorld, key: string, name: string) {
  const page = pageOf(this);
  const seen: string[] = [];
  while (seen.length < mostStops && seen.at(-1) !== name) {
    await page.keyboard.press(key);
    seen.push((await page.evaluate(whereFocusIs)) as string);
  }
  expect(seen.at(-1), seen.join(' > ')).to.equal(name);
});

When('Enter is pressed', async function (this: PageWorld) {
  await pageOf(this).keyboard.press('Enter');
});

When('{string} is typed', async function (this: PageWorld, text: string) {
  await pageOf(this).keyboard.type(text);
});

When('it is printed', async function (this: PageWorld) {
  await pageOf(this).emulateMedia({ media: 'print' });
  await pageOf(this).setViewportSize({ width: 720, height: 1000 });
});

Then('axe finds no violation', async function (this: PageWorld) {
  expect(await violationsOf(pageOf(this))).to.deep.equal([]);
});

Then('the page does not scroll sideways', async function (this: PageWorld) {
  const [content, screen] = (await pageOf(this).evaluate('[document.documentElement.scrollWidth, innerWidth]')) as [number, number];
  expect(content).to.be.at.most(screen);
});

Then('its picture is kept as {string}', async function (this: PageWorld, name: string) {
  await mkdir(join(projectRoot, 'reports'), { recursive: true });
  await pageOf(this).screenshot({ path: join(projectRoot, 'reports', name), fullPage: true });
});

Then('no size, state, trust, place or kind is broken into lines', async function (this: PageWorld) {
  expect(await pageOf(this).evaluate(brokenTexts)).to.deep.equal([]);
});

Then('each row of figures has as many', async function (this: PageWorld) {
  const rows = (await pageOf(this).evaluate(figureRows)) as number[];
  expect(new Set(rows).size, rows.join(', ')).to.equal(1);
});

Then('a model takes {int} pixels at most, in the middle of all', async function (this: PageWorld, most: number) {
  const heights = (await pageOf(this).evaluate(heightsOfModels)) as number[];
  expect(heights[Math.floor(heights.length / 2)], heights.join(', ')).to.be.at.most(most);
});

Then('no two texts of its charts overlap', async function (this: PageWorld) {
  const { texts, overlaps } = (await pageOf(this).evaluate(overlappingTexts)) as { texts: number; overlaps: string[] };
  expect(texts).to.be.greaterThan(8);
  expect(overlaps).to.deep.equal([]);
});

Then('{string} can be read', async function (this: PageWorld, words: string) {
  expect(await pageOf(this).getByText(words).isVisible()).to.equal(true);
});

Then('nothing but the file was asked for', function (this: PageWorld) {
  expect(this.shown?.requests).to.deep.equal([`file://${this.file}`]);
});

Then('nothing was said on the console', function (this: PageWorld) {
  expect(this.shown?.noise).to.deep.equal([]);
});

Then('its scripts are its own alone', async function (this: PageWorld) {
  const counts = await pageOf(this).evaluate(
    "[document.scripts.length, document.querySelectorAll('img, iframe, object, a:not(.skip)').length]",
  );
  expect(counts).to.deep.equal([1, 0]);
});

Then('the models that are shown are {string}', async function (this: PageWorld, ids: string) {
  expect((await modelsOn(this)).ids.join(', ')).to.equal(ids);
});

Then('it says {string}', async function (this: PageWorld, words: string) {
  await pageOf(this)
    .getByRole('status')
    .and(pageOf(this).getByText(words, { exact: true }))
    .waitFor();
});

Then(
  /^"(.+)" is sorted (ascending|descending), beginning with "(.+)"$/,
  async function (this: PageWorld, head: string, direction: string, id: string) {
    const { ids, sorted } = await modelsOn(this);
    expect(sorted).to.deep.equal([[head, direction]]);
    expect(ids[0]).to.equal(id);
  },
);

Then('Tab goes through the page from top to bottom, and each stop is outlined', async function (this: PageWorld) {
  const stops = await stopsOf(pageOf(this), mostStops);
  expect(stops.length).to.be.greaterThan(15).and.lessThan(mostStops);
  for (const [place, { name, bottom, outline }] of stops.entries()) {
    expect(outline, name).to.match(/^solid [23]/);
    if (place > 1) expect(bottom, `${name} after ${stops[place - 1]?.name}`).to.be.at.least((stops[place - 1]?.bottom ?? 0) - 12);
  }
});

Then(/^(\d+) models are shown(?:, and it says "(.+)")?$/, async function (this: PageWorld, count: string, words: string | null) {
  const { ids, status } = await modelsOn(this);
  expect(ids).to.have.length(Number(count));
  if (words !== null) expect(status).to.equal(words);
});

Then('no control is shown that would do nothing', async function (this: PageWorld) {
  const controls = pageOf(this).locator('input, select, summary, button:not(thead *)').filter({ visible: true });
  const names = await controls.evaluateAll((all) => all.map((one) => one.tagName));
  // A summary opens without scripts; on paper it is not there. Heads that sort are heads as well.
  expect(names.filter((name) => name !== 'SUMMARY')).to.deep.equal([]);
});

Then('{int} models are on paper, as a table', async function (this: PageWorld, count: number) {
  const { ids, display } = await modelsOn(this);
  expect(ids).to.have.length(count);
  expect(display).to.deep.equal(['table', 'table-row', 'table-cell']);
  const paper = (await pageOf(this).pdf({ format: 'A4', tagged: true })).toString('latin1');
  expect(paper.match(/\/S\s*\/TR\b/g) ?? []).to.have.length.at.least(count);
});

Then('nothing on it moves', async function (this: PageWorld) {
  const moving = await pageOf(this).evaluate(
    "[...document.querySelectorAll('*')].filter((one) => getComputedStyle(one).transitionDuration !== '0s' || getComputedStyle(one).animationName !== 'none').length",
  );
  expect(moving).to.equal(0);
});

function pageOf(world: PageWorld): Page {
  if (world.shown === undefined) throw new Error('no page is shown');
  return world.shown.page;
}

function inputOf(what: string): ReportInput | Promise<ReportInput> {
  if (what === 'a busy catalog') return busyCatalog();
  if (what === 'a catalog of two days') return twoDays();
  return /^\d/.test(what) ? manyModels(Number.parseInt(what, 10)) : hostile();
}

function modelsOn(world: PageWorld) {
  return readModels(pageOf(world));
}

function waysOf(how: string | undefined): BrowserContextOptions {
  if (how === 'without scripts') return { javaScriptEnabled: false };
  if (how === 'with reduced motion') return { reducedMotion: 'reduce' };
  return { colorScheme: how === 'dark' ? 'dark' : 'light' };
}
