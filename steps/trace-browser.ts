import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DataTable, Given, Then, When } from '@cucumber/cucumber';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { htmlOf } from '../src/trace/pages/html.js';
import type { Trace } from '../src/trace/trace.js';
import { findBrowser, type Shown, shown } from '../support/report/browser.js';
import { medianTimes, seenOfTrace } from '../support/trace/looks.js';
import { everyStatus, foreignWords, manyRequirements, withArguments, withFindings } from '../support/trace/samples.js';
import type { CatalogWorld } from '../support/world.js';

interface PageWorld extends CatalogWorld {
  shown?: Shown;
  file?: string;
}

Given(
  /^the page of a trace (with every status|with 40 findings of a kind|of (?:\d+) requirements|whose words are markup|whose steps have a table and a text below them)(?:, (light|dark|without scripts))?(?:, (\d+) pixels wide)?$/,
  async function (this: PageWorld, what: string, how: string | undefined, width: string | undefined) {
    if (findBrowser() === undefined) {
      this.log('there is no Chromium that could show the page');
      return 'skipped';
    }
    this.file = join(await this.folder(), 'traceability.html');
    await writeFile(this.file, htmlOf(sampleOf(what)));
    const opened = await shown(this.file, {
      javaScriptEnabled: how !== 'without scripts',
      colorScheme: how === 'dark' ? 'dark' : 'light',
      viewport: { width: Number(width ?? 1280), height: 900 },
    });
    this.shown = opened;
    opened.page.setDefaultTimeout(4000);
    this.onEnd(() => opened.close());
    return undefined;
  },
);

When('{string} is followed and all of it is opened', async function (this: PageWorld, id: string) {
  const page = pageOf(this);
  await page.locator('#matrix').getByRole('link', { name: id, exact: true }).click();
  const article = page.locator(`article[id="${id}"]`);
  const claims = article.locator('ol:not([class]) > li > details');
  await claims.first().waitFor();
  await page.evaluate("document.querySelectorAll('article:not([hidden]) details').forEach((one) => { one.open = true; })");
  await article.locator('.steps').first().waitFor();
  await page.evaluate("document.querySelectorAll('article:not([hidden]) .attached').forEach((one) => { one.open = true; })");
});

When(/^"(\w+)" is set to "([^"]+)"$/, async function (this: PageWorld, name: string, value: string) {
  const field = pageOf(this).locator(`#filter [name=${name}]`);
  if (name === 'text') await field.fill(value);
  else await field.selectOption(value);
});

When('it is loaded again', async function (this: PageWorld) {
  await pageOf(this).reload();
});

When('the browser goes back', async function (this: PageWorld) {
  await pageOf(this).goBack();
});

When('the key {string} is pressed', async function (this: PageWorld, key: string) {
  await pageOf(this).keyboard.press(key);
});

When('the button {string} is pressed', async function (this: PageWorld, name: string) {
  await pageOf(this).getByRole('button', { name }).click();
});

Then(/^(\d+) requirements? (?:is|are) shown(?:, "(.+)")?$/, async function (this: PageWorld, count: string, words: string | null) {
  const page = pageOf(this);
  if (words !== null) await page.locator('#shown').getByText(words, { exact: true }).waitFor();
  await page.locator('#matrix').waitFor();
  const { rows } = await seenOfTrace(page);
  expect(rows).to.have.length(Number(count));
});

Then('its address ends in {string}', async function (this: PageWorld, end: string) {
  const page = pageOf(this);
  await page.waitForURL((url) => url.hash === end);
});

Then('{string} is seen', async function (this: PageWorld, words: string) {
  await pageOf(this).getByText(words).filter({ visible: true }).first().waitFor();
});

Then('these are seen:', async function (this: PageWorld, table: DataTable) {
  const text = (await seenOfTrace(pageOf(this))).text;
  for (const [words = ''] of table.raw()) expect(text).to.contain(words);
});

Then('only the requirement {string} is seen, and it has the focus', async function (this: PageWorld, id: string) {
  const page = pageOf(this);
  await page.locator(`article[id="${id}"]`).waitFor();
  const { articles, rows, focus } = await seenOfTrace(page);
  expect(articles).to.deep.equal([id]);
  expect(rows).to.deep.equal([]);
  expect(focus).to.match(new RegExp(`^${id} `));
});

Then('nothing of it is cut off', async function (this: PageWorld) {
  const wide = "[...document.querySelectorAll('article, article details')].filter((one) => one.scrollWidth > one.clientWidth + 1).length";
  expect(await pageOf(this).evaluate(wide)).to.equal(0);
});

Then('the power cut stands between {string} and {string}', async function (this: PageWorld, before: string, after: string) {
  const steps = await pageOf(this).locator('.trace').innerText();
  expect(steps.replaceAll(/\s+\d*\s*/g, ' ')).to.contain(`${before} power cut ${after}`);
});

Then(
  '{int} requirements and {int} sections are on paper, and no control',
  async function (this: PageWorld, requirements: number, sections: number) {
    const page = pageOf(this);
    const paper = (await page.pdf({ format: 'A4', tagged: true })).toString('latin1');
    expect(paper.match(/\/S\s*\/Art\b/g) ?? []).to.have.length.at.least(0);
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    const { rows, articles, controls } = await seenOfTrace(page);
    expect(rows).to.have.length(requirements);
    expect(articles).to.have.length(sections);
    expect(controls).to.deep.equal([]);
  },
);

Then('to filter it takes less than four times as long as to lay it out anew', async function (this: PageWorld) {
  const { filterMs, layoutMs } = await medianTimes(pageOf(this));
  this.log(`filtering takes ${filterMs.toFixed(1)} ms, laying out ${layoutMs.toFixed(1)} ms`);
  expect(filterMs).to.be.lessThan(4 * layoutMs);
});

function sampleOf(what: string): Trace {
  if (what === 'with every status') return everyStatus();
  if (what === 'whose steps have a table and a text below them') return withArguments();
  if (what === 'with 40 findings of a kind') return withFindings(40);
  return what === 'whose words are markup' ? foreignWords('markup') : manyRequirements(Number(/\d+/.exec(what)?.[0]));
}

function pageOf({ shown: opened }: PageWorld): Page {
  if (opened === undefined) throw new Error('no page is shown');
  return opened.page;
}
