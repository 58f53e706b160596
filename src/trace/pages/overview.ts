import { html, type Markup, shortened } from '../../core/markup.js';
import type { Finding, FindingKind, Place, Status, Trace } from '../trace.js';
import type { Room } from './room.js';
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

/** What the gate judges: what it counts is open, the rest can be opened. */
export function findings({ findings: all, requirements }: Trace, room: Room): Markup {
  const known: Known = new Set(requirements.map(({ id }) => id));
  const [counting, told] = parted(all);
  const verdict =
    counting.length === 0
      ? 'The gate is met: nothing that it counts was found.'
      : `The gate is not met: ${counted(counting.length, 'finding')}.`;
  const rest =
    told.length === 0
      ? undefined
      : html`<details><summary>${told.length.toLocaleString('en')} more that it does not count</summary>${kinds(told, known, room)}</details>`;
  return html`<section aria-labelledby="findings"><h2 id="findings">What the gate finds</h2><p class="verdict ${counting.length === 0 ? 'met' : 'unmet'}">${verdict}</p>${kinds(counting, known, room)}${rest}</section>`;
}

/** The lines that have no room in the page, list by list, in the order of the lists in it. */
export function untold({ findings: all }: Trace, room: Room): string[][][] {
  const lists = parted(all).flatMap((some) => byGravity(some).map(([, found]) => found.slice(room.findings)));
  return lists.filter((rest) => rest.length > 0).map((rest) => packedLines(rest, room));
}

function packedLines(rest: readonly Finding[], { line, packedFindings }: Room): string[][] {
  const told = rest.slice(0, packedFindings).map(({ id, message, places }) => {
    // Where it is a place, that follows.
    const whom = id === undefined || places.some((place) => placeText(place) === id) ? '' : `${id} `;
    return [`${whom}${shortened(message, line)}`, ...placesOf(places)];
  });
  const more = rest.length - told.length;
  return more > 0
    ? [...told, [`and ${more.toLocaleString('en')} more, at their requirements and scenarios and in traceability.json`]]
    : told;
}

function parted(all: readonly Finding[]): [Finding[], Finding[]] {
  return [all.filter(({ counts }) => counts), all.filter(({ counts }) => !counts)];
}

/** Ids of requirements. */
type Known = ReadonlySet<string>;

function kinds(findings: readonly Finding[], known: Known, room: Room): Markup {
  return html`${byGravity(findings).map(([kind, found]) => kindList([kind, found], known, room))}`;
}

function kindList([kind, found]: readonly [FindingKind, readonly Finding[]], known: Known, room: Room): Markup {
  const more = found.length - room.findings;
  return html`<h3>${kind} <small>${found.length.toLocaleString('en')}</small></h3><ul class="found">${found.slice(0, room.findings).map((finding) => findingLine(finding, known, room))}${more > 0 ? html`<li class="more">and ${more.toLocaleString('en')} more` : undefined}</ul>`;
}

function findingLine({ id = '', message, places }: Finding, known: Known, { line }: Room): Markup {
  const [requirement = ''] = id.split('#', 1);
  const whom = known.has(requirement) ? html`<a href="#${encodeURIComponent(requirement.toWellFormed())}">${id}</a> ` : undefined;
  return html`<li>${whom}${shortened(message, line)} ${placesOf(places).map((place) => html`<small><code>${place}</code></small> `)}`;
}

function placesOf(places: readonly Place[]): string[] {
  return places.slice(0, 4).map(placeText);
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
