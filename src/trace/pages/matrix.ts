import { html, type Markup } from '../../core/markup.js';
import { type Requirement, type Status, statuses, type Trace } from '../trace.js';
import { apart, counted, durationText } from './words.js';

/** Every requirement in the order of the specification, with how it stands: in all, and with each store where they are told apart. */
export function matrix(trace: Trace): Markup {
  const { requirements } = trace;
  const stores = apart(trace);
  const took = tookById(trace);
  const heads = ['Requirement', 'Level', 'Status', ...stores];
  return html`<section aria-labelledby="requirements" class="matrix"><h2 id="requirements" tabindex="-1">Requirements</h2>
${filters(requirements, stores)}
<table id="matrix"><caption class="unseen">Requirements and how they stand</caption><thead><tr>${heads.map((name) => html`<th scope="col">${name}`)}${['Examples', 'Caught', 'Time'].map((name) => html`<th scope="col" class="n">${name}`)}</thead>
${groups(requirements).map(
  ([name, group]) => html`<tbody><tr class="group"><th colspan="${heads.length + 3}" scope="rowgroup">${name}</tr>
${group.map((requirement) => row(requirement, stores, took))}`,
)}</table></section>`;
}

function row(
  { id, title, level, status, scenarios, caught, byRun }: Requirement,
  stores: readonly string[],
  took: ReadonlyMap<string, number>,
): Markup {
  const time = scenarios.reduce((sum, scenario) => sum + (took.get(scenario) ?? 0), 0);
  const counts = [scenarios.length, caught.length].map((count) => html`<td>${count === 0 ? '' : count.toLocaleString('en')}`);
  return html`<tr><th scope="row"><a href="#${encodeURIComponent(id.toWellFormed())}">${id}</a> ${title}<td>${level}${statusCell(status)}${stores.map((store) => statusCell(byRun[store]))}${counts}<td>${time === 0 ? '' : durationText(time)}
`;
}

function statusCell(status: Status | undefined): Markup {
  return status === undefined ? html`<td>` : html`<td class="mark ${status}">${status}`;
}

/** By the heading right above them. */
function groups(requirements: readonly Requirement[]): [string, Requirement[]][] {
  const found = new Map<string, Requirement[]>();
  for (const requirement of requirements) {
    const key = requirement.section.slice(1).join(' › ') || requirement.section[0] || requirement.source.path;
    const name = `${requirement.section.length > 1 ? `${requirement.section[0]} › ` : ''}${key}`;
    found.set(name, [...(found.get(name) ?? []), requirement]);
  }
  return [...found];
}

/** What each example took, in the run in which it took longest. */
function tookById({ scenarios }: Trace): ReadonlyMap<string, number> {
  return new Map(scenarios.map(({ id, results }) => [id, results.reduce((most, { durationMs }) => Math.max(most, durationMs), 0)]));
}

/** Shown by the script, without which they would do nothing. */
function filters(requirements: readonly Requirement[], stores: readonly string[]): Markup {
  const there = statuses.filter((status) =>
    requirements.some((requirement) => requirement.status === status || stores.some((store) => requirement.byRun[store] === status)),
  );
  return html`<form id="filter" class="filter" role="search" aria-label="Requirements" hidden>
<label>Find <input type="search" name="text" autocomplete="off" spellcheck="false"></label>
${choice('Status', 'status', there)}${choice('Level', 'level', ['MUST', 'SHOULD', 'MAY'])}${stores.length === 0 ? undefined : choice('With', 'store', stores, 'all together')}</form>
<div class="shown"><p id="shown" role="status">${counted(requirements.length, 'requirement')}</p><button type="reset" form="filter" id="all" hidden>Show all</button></div>`;
}

function choice(label: string, name: string, values: readonly string[], none = 'any'): Markup {
  return html`<label>${label} <select name="${name}"><option value="">${none}</option>${values.map((value) => html`<option value="${value}">${value}</option>`)}</select></label>`;
}
