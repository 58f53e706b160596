import { html, type Markup } from '../core/markup.js';
import { sizeText } from '../core/size-text.js';
import { counted } from './advice.js';
import { inBytes, swatch, type TimeChart, timeChart } from './charts.js';
import { type GrowthPoint, thinned } from './growth.js';
import type { CatalogReport } from './report.js';

const widths = { wide: 540, narrow: 300 } as const;
const mostDrawn = 120;
const mostListed = 24;

const sizes: TimeChart['layers'] = [{ tone: 'own', measure: ({ bytes }) => bytes }];
const counts: TimeChart['layers'] = [{ tone: 'own', measure: ({ models }) => models }];
const byTrust: TimeChart['layers'] = [
  { tone: 'verified', measure: ({ trust }) => trust?.verified ?? 0 },
  { tone: 'warned', measure: ({ trust }) => trust?.warned ?? 0 },
  { tone: 'unverified', measure: ({ trust }) => trust?.unverified ?? 0 },
];

/** How the catalog came to what it is, drawn and as numbers. */
export function growth({ growth: { from, points } }: CatalogReport): Markup {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined || points.length < 2) return html``;
  const hasTrust = from === 'journal';
  const told = inOneDay(points);
  if (told !== undefined) return withinADay(told, points, hasTrust);
  const drawn = thinned(points, mostDrawn);
  const story = `From ${counted(first.models)} of ${sizeText(first.bytes)} on ${dayOf(first)} to ${counted(last.models)} of ${sizeText(last.bytes)} on ${dayOf(last)}.`;
  return html`<section aria-labelledby="growth"><h2 id="growth">Growth</h2>
<p>${story} ${hasTrust ? undefined : withoutHistory}</p>
<div class="columns wide">
<figure><figcaption>Size of all models</figcaption>${both({ id: 'size', title: 'Size of all models over time', description: story, points: drawn, layers: sizes, textOf: inBytes })}</figure>
<figure><figcaption>${hasTrust ? trustCaption : html`Number of models`}</figcaption>${both({ id: 'count', title: hasTrust ? 'Models over time, by their trust' : 'Models over time', description: story, points: drawn, layers: hasTrust ? byTrust : counts, textOf: String })}</figure>
</div>
${asNumbers(points, hasTrust)}</section>`;
}

/** What changed on one day alone is told in words: a line from day to day would show nothing of it. */
function inOneDay(points: readonly GrowthPoint[]): string | undefined {
  const [changes, today] = [points.slice(0, -1), points.at(-1)];
  const [first, last] = [changes[0], changes.at(-1)];
  if (first === undefined || last === undefined || dayOf(first) !== dayOf(last)) return undefined;
  if (last.models !== today?.models || last.bytes !== today.bytes) return undefined;
  const [from, to] = [timeOf(first), timeOf(last)];
  const since = dayOf(today) === dayOf(last) ? '' : ' Nothing has changed since.';
  return `All of it came on ${dayOf(first)}, ${from === to ? `at ${from}` : `between ${from} and ${to}`} UTC: ${counted(last.models)} of ${sizeText(last.bytes)}.${since}`;
}

function withinADay(told: string, points: readonly GrowthPoint[], hasTrust: boolean): Markup {
  return html`<section aria-labelledby="growth"><h2 id="growth">Growth</h2>
<p>${told} ${hasTrust ? undefined : withoutHistory}</p>${asNumbers(points, hasTrust)}</section>`;
}

const withoutHistory = html`This store keeps no history: these are the models of today, by when they were registered; what was removed is not counted. <code>catalog migrate --to journal</code> keeps a history from then on.`;

const trustCaption = html`Number of models: <span class="nowrap">${swatch('verified')} verified</span> <span class="nowrap">${swatch('warned')} warned</span> <span class="nowrap">${swatch('unverified')} unverified</span>`;

/** Letters of a drawing grow and shrink with it, so there is one for wide and one for narrow pages; the other is not there for anybody. */
function both(chart: Omit<TimeChart, 'width'>): Markup {
  return html`<div class="on-wide">${timeChart({ ...chart, width: widths.wide })}</div><div class="on-narrow">${timeChart({ ...chart, id: `${chart.id}-narrow`, width: widths.narrow })}</div>`;
}

function asNumbers(points: readonly GrowthPoint[], hasTrust: boolean): Markup {
  return html`<details><summary>The same as numbers</summary>${numbers(thinned(points, mostListed), hasTrust)}</details>`;
}

function numbers(points: readonly GrowthPoint[], hasTrust: boolean): Markup {
  const trustHeads = hasTrust
    ? html`<th scope="col" class="n">Verified</th><th scope="col" class="n">Warned</th><th scope="col" class="n">Unverified</th>`
    : undefined;
  return html`<div class="scroll" role="group" aria-label="Growth as numbers" tabindex="0"><table><thead><tr><th scope="col">Time (UTC)</th><th scope="col" class="n">Models</th><th scope="col" class="n">Size</th>${trustHeads}</tr></thead><tbody>${points.map(numberRow)}</tbody></table></div>`;
}

function numberRow({ at, models, bytes, trust }: GrowthPoint): Markup {
  const byTrust = trust && [trust.verified, trust.warned, trust.unverified].map((count) => html`<td class="n">${count}</td>`);
  return html`<tr><th scope="row"><time datetime="${at}">${at.slice(0, 16).replace('T', ' ')}</time></th><td class="n">${models}</td><td class="n">${sizeText(bytes)}</td>${byTrust}</tr>`;
}

function dayOf({ at }: GrowthPoint): string {
  return at.slice(0, 10);
}

function timeOf({ at }: GrowthPoint): string {
  return at.slice(11, 16);
}
