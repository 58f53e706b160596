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

/** The middle of several: to filter by a word and to show all again with what is laid out for it, and to lay all rows out anew. */
const times = `(() => {
  const field = document.querySelector('#filter input');
  const table = document.querySelector('#matrix');
  const timed = (act) => {
    const from = performance.now();
    act();
    document.body.getBoundingClientRect();
    return performance.now() - from;
  };
  const filtered = (text) => timed(() => {
    field.value = text;
    field.dispatchEvent(new Event('input', { bubbles: true }));
  });
  const anew = () => {
    table.style.display = 'none';
    document.body.getBoundingClientRect();
    return timed(() => { table.style.display = ''; });
  };
  const middle = (all) => all.sort((a, b) => a - b)[Math.floor(all.length / 2)];
  const tries = Array.from({ length: 15 }, (_, nth) => ({ some: filtered('number ' + nth), all: filtered(''), layout: anew() }));
  return { filterMs: middle(tries.map(({ some, all }) => Math.max(some, all))), layoutMs: middle(tries.map(({ layout }) => layout)) };
})()`;

export function medianTimes(page: Page): Promise<{ readonly filterMs: number; readonly layoutMs: number }> {
  return page.evaluate(times);
}
