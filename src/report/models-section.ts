import { lifecycleStates, trustStates } from '../core/records.js';
import { sizeText } from '../core/size-text.js';
import { counted } from './advice.js';
import { shareBar } from './charts.js';
import { html, type Markup, named, shortened } from './markup.js';
import type { CatalogReport, ReportedModel } from './report.js';

/** So many models have a row; the smaller ones are counted in one line below. */
export const mostRows = 1000;
const mostPlaces = 30;

/** Every model, the largest first. The script of the page adds a filter, sorting and pages to what is all there without it. */
export function modelsTable({ models }: CatalogReport): Markup {
  if (models.length === 0) {
    return html`<section aria-labelledby="models"><h2 id="models">Models</h2><p>There are none yet. <code>catalog add</code> brings one in.</p></section>`;
  }
  const shown = models.slice(0, mostRows);
  const most = Math.max(0, ...shown.map(({ bytes = 0 }) => bytes));
  return html`<section aria-labelledby="models" id="models-section"><h2 id="models">Models</h2>
${filters(shown)}
<div class="models"><table id="models-table"><caption class="unseen">Models, the largest first</caption><thead><tr>${heads.map(head)}</tr></thead>
<tbody>
${shown.map((model) => row(model, most))}</tbody></table></div>
${pager}${restLine(models.slice(mostRows))}</section>`;
}

const heads = ['Model', 'Size', 'State', 'Trust', 'Lies in', 'Kind', 'Freed if removed', 'Registered', 'Verified'] as const;

function head(name: (typeof heads)[number]): Markup {
  const sort = name === 'Size' ? html` aria-sort="descending"` : undefined;
  const align = name === 'Size' || name === 'Freed if removed' ? html` class="n"` : undefined;
  return html`<th scope="col"${sort}${align}>${name}</th>`;
}

function row(model: ReportedModel, most: number): Markup {
  const { state, trust_state, whereabouts = '', bytes, freed_bytes, registered_at, last_verified_at } = model;
  return html`<tr data-state="${state}" data-trust="${trust_state}" data-where="${shortened(whereabouts, 60)}">${name(model)}<td class="n" data-v="${bytes ?? -1}">${bytes === undefined ? '–' : [sizeText(bytes), shareBar(bytes, most, 'own')]}</td><td><span class="mark ${state.toLowerCase()}">${state}</span></td><td><span class="mark ${trust_state}">${trust_state}</span></td><td>${whereabouts === '' ? '–' : named(whereabouts, 60)}</td><td>${kindOf(model)}</td><td class="n" data-v="${freed_bytes}">${freed_bytes === 0 ? '–' : sizeText(freed_bytes)}</td><td class="date">${registered_at.slice(0, 10)}</td><td class="date">${last_verified_at?.slice(0, 10) ?? 'never'}</td></tr>
`;
}

function name({ id, name, source, pinned, code_bearing, warnings }: ReportedModel): Markup {
  const tags = [
    ...(pinned ? ['pinned'] : []),
    ...(code_bearing ? ['can carry code'] : []),
    ...(warnings > 0 ? [`${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`] : []),
  ];
  return html`<th scope="row"><span class="id">${named(id, 512)}</span>${tags.map((tag) => html` <span class="tag">${tag}</span>`)}${name === id ? undefined : html`<span class="name">${named(name)}</span>`}<span class="source">${named(source, 120)}</span></th>`;
}

function kindOf({ architecture, parameters, quantization, format }: ReportedModel): Markup {
  const facts = [architecture, parameters === undefined ? undefined : parametersText(parameters), quantization].filter(
    (fact) => fact !== undefined,
  );
  const told = facts.length > 0 ? facts : [format ?? '–'];
  return named(told.join(' '), 60);
}

/** `7.24B`, as people call models. */
export function parametersText(parameters: number): string {
  const [unit, letter] = parameters >= 999.5e6 ? [1e9, 'B'] : parameters >= 999.5e3 ? [1e6, 'M'] : [1e3, 'k'];
  return `${Number((parameters / unit).toPrecision(3))}${letter}`;
}

function filters(models: readonly ReportedModel[]): Markup {
  const places = [...new Set(models.map(({ whereabouts }) => shortened(whereabouts ?? '', 60)))].filter((place) => place !== '').sort();
  return html`<form id="models-filter" class="filter" role="search" aria-label="Models" hidden>
<label>Find <input type="search" name="text" autocomplete="off" spellcheck="false"></label>
${choice('State', 'state', lifecycleStates)}${choice('Trust', 'trust', trustStates)}${choice('Lies in', 'where', places.slice(0, mostPlaces))}
<button type="reset">Show all</button></form>
<p id="models-shown" role="status" class="shown">${counted(models.length)}, the largest first</p>`;
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
