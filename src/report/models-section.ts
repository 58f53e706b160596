import { html, type Markup, named, shortened } from '../core/markup.js';
import { lifecycleStates } from '../core/records.js';
import { sizeText } from '../core/size-text.js';
import { counted } from './advice.js';
import type { CatalogReport, ReportedModel } from './report.js';
import { isGood, standings, wordOf } from './standing.js';
import { toneOf } from './tones.js';

/** So many models have a row; the smaller ones are counted in one line below. */
export const mostRows = 1000;
const mostPlaces = 30;
/** So many warnings of a model are told, of so many models: of those that come first. */
const mostWarnings = 2;
const mostWarned = 300;

/** Every model, the largest first. The script of the page adds a filter, sorting and pages to what is all there without it. */
export function modelsTable({ models }: CatalogReport): Markup {
  if (models.length === 0) {
    return html`<section aria-labelledby="models"><h2 id="models">Models</h2><p>There are none yet. <code>catalog add</code> brings one in.</p></section>`;
  }
  const shown = models.slice(0, mostRows);
  const warned = new Set(shown.filter(({ warnings }) => warnings.length > 0).slice(0, mostWarned));
  return html`<section aria-labelledby="models" id="models-section"><h2 id="models">Models</h2>
${filters(shown)}
<div class="models"><table id="models-table"><caption class="unseen">Models, the largest first</caption><thead><tr>${heads.map(head)}</tr></thead>
<tbody>
${shown.map((model) => row(model, warned.has(model) ? mostWarnings : 0))}</tbody></table></div>
${pager}${restLine(models.slice(mostRows))}</section>`;
}

const heads = ['Model', 'Size', 'State', 'Trust', 'Lies in', 'Kind', 'Freed if removed', 'Verified'] as const;

/** What the script sorts by, and how: the place of a column, or of the day of registration that stands in the last. */
const orders: readonly (readonly [string, string])[] = [
  ['1 descending', 'Largest first'],
  ['1 ascending', 'Smallest first'],
  ['0 ascending', 'Name'],
  ['2 ascending', 'State'],
  ['3 ascending', 'Trust'],
  ['4 ascending', 'Place'],
  ['5 ascending', 'Kind'],
  ['6 descending', 'Most freed first'],
  ['7 ascending', 'Verified, oldest first'],
  ['8 descending', 'Added, newest first'],
];

function head(name: (typeof heads)[number]): Markup {
  const sort = name === 'Size' ? html` aria-sort="descending"` : undefined;
  const align = name === 'Size' || name === 'Freed if removed' ? html` class="n"` : undefined;
  return html`<th scope="col"${sort}${align}>${name}</th>`;
}

function row(model: ReportedModel, told: number): Markup {
  const { state, standing, whereabouts = '', bytes, freed_bytes } = model;
  return html`<tr data-state="${state}" data-trust="${wordOf(standing)}" data-where="${shortened(whereabouts, 60)}">${name(model, told)}<td class="n" data-v="${bytes ?? -1}">${bytes === undefined ? '–' : sizeText(bytes)}</td><td class="${state === 'Active' ? 'usual' : 'unusual'}"><span class="mark ${state.toLowerCase()}">${state}</span></td><td><span class="mark ${toneOf(standing)}">${wordOf(standing)}</span></td><td class="${whereabouts === '' ? 'none' : 'place'}">${named(whereabouts === '' ? '–' : whereabouts, 60)}</td>${kind(model)}<td class="n${freed_bytes === 0 ? ' none' : ''}" data-v="${freed_bytes}">${freed_bytes === 0 ? '–' : sizeText(freed_bytes)}</td>${dates(model)}</tr>
`;
}

function name({ id, name, source, pinned, code_bearing, warnings }: ReportedModel, most: number): Markup {
  const tags = [...(pinned ? ['pinned'] : []), ...(code_bearing ? ['can carry code'] : [])];
  const told = warnings.slice(0, most);
  const untold = warnings.length - told.length;
  return html`<th scope="row"><span class="title"><span class="id">${named(id, 512)}</span>${tags.map((tag) => html` <span class="tag">${tag}</span>`)}</span>${name === id ? undefined : html`<span class="name">${named(name)}</span>`}<span class="source">${named(source, 120)}</span>${told.map((warning) => html`<span class="warning"><b>Warning</b> ${named(warning, 160)}</span>`)}${untold > 0 ? html`<span class="warning">${untold}${told.length > 0 ? ' more' : ''} ${untold === 1 ? 'warning' : 'warnings'}, which <code>catalog show</code> tells</span>` : undefined}</th>`;
}

function kind({ architecture, parameters, quantization, format }: ReportedModel): Markup {
  const size = parameters === undefined || Number.isNaN(parameters) ? undefined : parametersText(parameters);
  const facts = [architecture, size].filter((fact) => fact !== undefined).join(' ');
  const [first, second] = facts === '' ? [quantization ?? format ?? '', ''] : [facts, quantization ?? ''];
  return html`<td class="${first === '' ? 'none' : 'kind'}">${named(first === '' ? '–' : first, 40)} <small>${named(second, 20)}</small></td>`;
}

/** When it was verified, if it is still good, and since when it is known. */
function dates({ standing, registered_at, last_verified_at }: ReportedModel): Markup {
  const verified = isGood(standing) ? (last_verified_at?.slice(0, 10) ?? 'never') : '–';
  return html`<td class="date${verified === '–' ? ' none' : ''}">${verified}<small>added ${registered_at.slice(0, 10)}</small></td>`;
}

/** `7.24B`, as people call models. */
export function parametersText(parameters: number): string {
  const [unit, letter] = parameters >= 999.5e6 ? [1e9, 'B'] : parameters >= 999.5e3 ? [1e6, 'M'] : [1e3, 'k'];
  return `${Number((parameters / unit).toPrecision(3))}${letter}`;
}

function filters(models: readonly ReportedModel[]): Markup {
  const places = [...new Set(models.map(({ whereabouts }) => shortened(whereabouts ?? '', 60)))].filter((place) => place !== '').sort();
  const there = standings.filter((one) => models.some(({ standing }) => standing === one)).map(wordOf);
  return html`<form id="models-filter" class="filter" role="search" aria-label="Models" hidden>
<label>Find <input type="search" name="text" autocomplete="off" spellcheck="false"></label>
${choice('State', 'state', lifecycleStates)}${choice('Trust', 'trust', there)}${choice('Lies in', 'where', places.slice(0, mostPlaces))}
<label>Sort by <select name="sort"><option value="" hidden>a column</option>${orders.map(([value, text], place) => html`<option value="${value}"${place === 0 ? html` selected` : undefined}>${text}</option>`)}</select></label></form>
<div class="shown"><p id="models-shown" role="status">${counted(models.length)}, the largest first</p><button type="reset" form="models-filter" id="models-all" hidden>Show all</button></div>`;
}

function choice(label: string, name: string, values: readonly string[]): Markup {
  return html`<label>${label} <select name="${name}"><option value="">any</option>${values.map((value) => html`<option value="${value}">${value}</option>`)}</select></label>`;
}

const pager = html`<nav id="models-pager" class="pager" aria-label="Pages of models" hidden><button type="button" data-step="-1">Earlier page</button> <span id="models-page"></span> <button type="button" data-step="1">Next page</button></nav>`;

function restLine(rest: readonly ReportedModel[]): Markup {
  if (rest.length === 0) return html``;
  const bytes = rest.reduce((sum, { bytes = 0 }) => sum + bytes, 0);
  return html`<p>${counted(rest.length)} more, ${sizeText(bytes)} altogether, are not listed here; <code>catalog ls</code> lists all.</p>`;
}
