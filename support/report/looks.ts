import type { Page } from 'playwright-core';

/** What is seen of the table of models. */
export interface SeenModels {
  readonly ids: string[];
  readonly status: string;
  readonly sorted: [string, string][];
  /** How table, row and cell are laid out. */
  readonly display: string[];
}

/** In words of the page, which has no types of ours. */
const seenModels = `(() => {
  const table = document.getElementById('models-table');
  const rows = [...table.tBodies[0].rows].filter((row) => row.getClientRects().length > 0);
  return {
    ids: rows.map((row) => row.querySelector('.id').textContent),
    status: document.getElementById('models-shown').textContent,
    sorted: [...table.querySelectorAll('[aria-sort]')].map((head) => [head.textContent, head.getAttribute('aria-sort')]),
    display: [table, rows[0], rows[0]?.cells[1]].map((one) => one && getComputedStyle(one).display),
  };
})()`;

export function readModels(page: Page): Promise<SeenModels> {
  return page.evaluate(seenModels);
}

/** What the element that has the focus is called: by its label, else by what it says. */
export const whereFocusIs = `(() => {
  const { activeElement: one } = document;
  return (one.labels?.[0]?.firstChild ?? one).textContent.trim();
})()`;

export interface Stop {
  readonly name: string;
  readonly bottom: number;
  readonly outline: string;
}

const stopHere = `(() => {
  const { activeElement: one } = document;
  if (one === document.body) return undefined;
  const { outlineStyle, outlineWidth } = getComputedStyle(one);
  return { name: one.textContent.trim().slice(0, 40) || one.name, bottom: one.getBoundingClientRect().bottom + scrollY, outline: outlineStyle + ' ' + outlineWidth };
})()`;

/** Where Tab leads, until it leaves the page. */
export async function stopsOf(page: Page, most: number): Promise<Stop[]> {
  const stops: Stop[] = [];
  while (stops.length < most) {
    await page.keyboard.press('Tab');
    const stop = (await page.evaluate(stopHere)) as Stop | undefined;
    if (stop === undefined) break;
    stops.push(stop);
  }
  return stops;
}

/** The texts of the table, other than names and dates, that take more than a line. */
export const brokenTexts = `(() => {
  const broken = [];
  for (const row of document.getElementById('models-table').tBodies[0].rows) {
    for (const cell of [...row.cells].slice(1, 7)) {
      const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
      while (texts.nextNode()) {
        const range = document.createRange();
        range.selectNodeContents(texts.currentNode);
        if (new Set([...range.getClientRects()].map(({ top }) => top)).size > 1) broken.push(texts.currentNode.textContent);
      }
    }
  }
  return broken;
})()`;

/** How many figures stand in each row. */
export const figureRows = `(() => {
  const tops = [...document.querySelectorAll('.figures > div')].map((one) => one.getBoundingClientRect().top);
  return [...new Set(tops)].map((top) => tops.filter((one) => one === top).length);
})()`;

export const heightsOfModels =
  "[...document.getElementById('models-table').tBodies[0].rows].map((row) => row.getBoundingClientRect().height).sort((a, b) => a - b)";

/** The pairs of texts of one chart between which there is no room. */
export const overlappingTexts = `(() => {
  const charts = [...document.querySelectorAll('svg.chart')].filter((chart) => chart.getClientRects().length > 0);
  const textsOf = (chart) => [...chart.querySelectorAll('text')].map((one) => ({ name: one.textContent, box: one.getBoundingClientRect() }));
  const areApart = (a, b) => a.right + 4 < b.left || b.right + 4 < a.left || a.bottom <= b.top || b.bottom <= a.top;
  const overlaps = charts.map(textsOf).flatMap((texts) =>
    texts.flatMap(({ name, box }, place) =>
      texts.slice(place + 1).filter((other) => !areApart(box, other.box)).map((other) => name + ' and ' + other.name)));
  return { texts: charts.flatMap(textsOf).length, overlaps };
})()`;
