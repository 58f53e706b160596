import { html, type Markup, shortened } from '../../core/markup.js';
import type { Finding, FindingKind, Place, Status, Trace } from '../trace.js';
import { byGravity, counted, fromTheBest, meanings, total } from './words.js';

/** What there is, how much of it stands, and how it is spread. */
export function heading({ title, totals, saboteurs }: Trace): Markup {
  const all = total(totals.requirements);
  const { verified } = totals.requirements;
  const caught = saboteurs.filter(({ caughtBy }) => caughtBy.length > 0).length;
  return html`<header><p class="eyebrow">${shortened(title, 120)} · traceability</p>
<h1>${verified.toLocaleString('en')} of ${counted(all, 'requirement')} verified</h1></header>
<div id="overview"><p class="lead">Verified means that its scenarios are green, and that they turn red when what it requires is broken on purpose.${saboteurs.length === 0 ? undefined : ` ${counted(saboteurs.length, 'saboteur')} tried; ${caught.toLocaleString('en')} ${caught === 1 ? 'was' : 'were'} caught.`}</p>
<section aria-labelledby="standing"><h2 id="standing">How they stand</h2>
${bar(totals.requirements)}
<ul class="key">${fromTheBest.filter((status) => totals.requirements[status] > 0).map((status) => keyLine(status, totals))}</ul>
${scenarioLine(totals)}</section>`;
}

function keyLine(status: Status, { requirements, must }: Trace['totals']): Markup {
  return html`<li><span class="what"><a class="mark ${status}" href="#status=${status}">${status}</a> <small>${meanings[status]}</small></span> <strong>${requirements[status].toLocaleString('en')}</strong> <small class="n">${must[status].toLocaleString('en')} MUST</small></li>`;
}

const width = 1000;
const gap = 3;

/** One bar for all, the best first. */
function bar(counts: Readonly<Record<Status, number>>): Markup {
  const parts = fromTheBest.filter((status) => counts[status] > 0);
  const all = total(counts);
  if (all === 0) return html``;
  const room = width - gap * (parts.length - 1);
  let before = 0;
  const rects = parts.map((status, place) => {
    const x = (room * before) / all + gap * place;
    before += counts[status];
    return html`<rect class="${status}" x="${x.toFixed(1)}" width="${((room * counts[status]) / all).toFixed(1)}" height="12"/>`;
  });
  return html`<svg class="whole" viewBox="0 0 ${width} 12" preserveAspectRatio="none" role="img" aria-label="${parts.map((status) => `${counts[status]} ${status}`).join(', ')}">${rects}</svg>`;
}

function scenarioLine({ scenarios }: Trace['totals']): Markup {
  const told = Object.entries(scenarios).filter(([, count]) => count > 0);
  const parts = told.map(([outcome, count]) => `${count.toLocaleString('en')} ${outcome}`);
  return html`<p class="note">${counted(total(scenarios), 'example')} of scenarios: ${parts.length === 0 ? 'nothing ran' : parts.join(', ')}.</p>`;
}

/** So many of a kind are told before the rest is only counted. */
const mostOfKind = 25;

/** What the gate judges: what it counts is open, the rest can be opened. */
export function findings({ findings: all }: Trace): Markup {
  const [counting, told] = [all.filter(({ counts }) => counts), all.filter(({ counts }) => !counts)];
  const verdict =
    counting.length === 0
      ? 'The gate is met: nothing that it counts was found.'
      : `The gate is not met: ${counted(counting.length, 'finding')}.`;
  const rest =
    told.length === 0
      ? undefined
      : html`<details><summary>${told.length.toLocaleString('en')} more that it does not count</summary>${kinds(told)}</details>`;
  return html`<section aria-labelledby="findings"><h2 id="findings">What the gate finds</h2><p class="verdict ${counting.length === 0 ? 'met' : 'unmet'}">${verdict}</p>${kinds(counting)}${rest}</section>`;
}

function kinds(findings: readonly Finding[]): Markup {
  return html`${byGravity(findings).map(([kind, found]) => kindList(kind, found))}`;
}

function kindList(kind: FindingKind, found: readonly Finding[]): Markup {
  const more = found.length - mostOfKind;
  return html`<h3>${kind} <small>${found.length.toLocaleString('en')}</small></h3><ul class="found">${found.slice(0, mostOfKind).map(findingLine)}${more > 0 ? html`<li><small>and ${more.toLocaleString('en')} more</small>` : undefined}</ul>`;
}

function findingLine({ message, places }: Finding): Markup {
  return html`<li>${shortened(message, 600)} ${places.slice(0, 4).map((place) => html`<small><code>${placeText(place)}</code></small> `)}`;
}

export function placeText({ path, line }: Place): string {
  return `${path}:${line}`;
}

/** The only times that the page tells of a clock. */
export function runsTable({ runs }: Trace): Markup {
  if (runs.length === 0) return html``;
  const rows = runs.map(
    ({ id, store, platform, node, startedAt, path }) =>
      html`<tr><th scope="row">${shortened(id, 80)}<td>${store ?? '–'}<td>${platform}<td>${node}<td class="date">${startedAt.slice(0, 16).replace('T', ' ')}<td><code>${path}</code>`,
  );
  return html`<section aria-labelledby="runs"><h2 id="runs">Runs</h2><div class="scroll" tabindex="0" role="group" aria-label="Table of runs"><table><thead><tr>${['Run', 'Store', 'Platform', 'Node', 'Began', 'Messages'].map((head) => html`<th scope="col">${head}`)}<tbody>${rows}</table></div></section>`;
}
