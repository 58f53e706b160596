import type { Page } from 'playwright-core';

/** What is seen of the page of a trace. */
export interface SeenOfTrace {
  readonly rows: string[];
  readonly articles: string[];
  readonly controls: string[];
  readonly focus: string;
  readonly text: string;
}

/** In words of the page, which has no types of ours. */
const seen = `(() => {
  const visible = (selector) => [...document.querySelectorAll(selector)].filter((one) => one.getClientRects().length > 0);
  return {
    rows: visible('#matrix tbody tr:not(.group)').map((row) => row.querySelector('a').textContent),
    articles: visible('article').map(({ id }) => id),
    controls: visible('input, select, button, nav a').map((one) => one.textContent),
    focus: document.activeElement.textContent,
    text: document.querySelector('main').innerText.replaceAll(/\\s+/g, ' '),
  };
})()`;

export function seenOfTrace(page: Page): Promise<SeenOfTrace> {
  return page.evaluate(seen);
}

/** The middle of several: to filter by a word or show all again until it is in a frame, and to lay out all rows at once. */
const times = `(async () => {
  const field = document.querySelector('#filter input');
  const table = document.querySelector('#matrix');
  const framed = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  const filtered = async (text) => {
    const from = performance.now();
    field.value = text;
    field.dispatchEvent(new Event('input', { bubbles: true }));
    await framed();
    return performance.now() - from;
  };
  const anew = () => {
    table.style.display = 'none';
    for (const body of table.tBodies) body.style.contentVisibility = 'visible';
    document.body.getBoundingClientRect();
    const from = performance.now();
    table.style.display = '';
    document.body.getBoundingClientRect();
    const took = performance.now() - from;
    for (const body of table.tBodies) body.style.contentVisibility = '';
    return took;
  };
  const middle = (all) => all.sort((a, b) => a - b)[Math.floor(all.length / 2)];
  const tries = [];
  for (let nth = 0; nth < 15; nth += 1) {
    const [some, all] = [await filtered('number ' + nth), await filtered('')];
    tries.push({ filtered: Math.max(some, all), layout: anew() });
  }
  return { filterMs: middle(tries.map((one) => one.filtered)), layoutMs: middle(tries.map((one) => one.layout)) };
})()`;

export function medianTimes(page: Page): Promise<{ readonly filterMs: number; readonly layoutMs: number }> {
  return page.evaluate(times);
}
