import { sizeText } from '../core/size-text.js';
import { counted } from './advice.js';
import { inBytes, swatch, type TimeChart, timeChart } from './charts.js';
import { type GrowthPoint, thinned } from './growth.js';
import { html, type Markup } from './markup.js';
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
  const drawn = thinned(points, mostDrawn);
  const hasTrust = from === 'journal';
  const story = `From ${counted(first.models)} of ${sizeText(first.bytes)} on ${dayOf(first)} to ${counted(last.models)} of ${sizeText(last.bytes)} on ${dayOf(last)}.`;
  return html`<section aria-labelledby="growth"><h2 id="growth">Growth</h2>
<p>${story} ${hasTrust ? html`` : withoutHistory}</p>
<div class="columns wide">
<figure><figcaption>Size of all models</figcaption>${both({ id: 'size', title: 'Size of all models over time', description: story, points: drawn, layers: sizes, textOf: inBytes })}</figure>
<figure><figcaption>${hasTrust ? trustCaption : html`Number of models`}</figcaption>${both({ id: 'count', title: hasTrust ? 'Models over time, by their trust' : 'Models over time', description: story, points: drawn, layers: hasTrust ? byTrust : counts, textOf: String })}</figure>
</div>
<details><summary>The same as numbers</summary>${numbers(thinned(points, mostListed), hasTrust)}</details></section>`;
}

const withoutHistory = html`This store keeps no history: these are the models of today, by when they were registered; what was removed is not counted. <code>catalog migrate --to journal</code> keeps a history from then on.`;

const trustCaption = html`Number of models: <span class="nowrap">${swatch('verified')} verified</span> <span class="nowrap">${swatch('warned')} warned</span> <span class="nowrap">${swatch('unverified')} unverified</span>`;

/** Letters of a drawing grow and shrink with it, so there is one for wide and one for narrow pages; the other is not there for anybody. */
function both(chart: Omit<TimeChart, 'width'>): Markup {
  return html`<div class="on-wide">${timeChart({ ...chart, width: widths.wide })}</div><div class="on-narrow">${timeChart({ ...chart, id: `${chart.id}-narrow`, width: widths.narrow })}</div>`;
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
