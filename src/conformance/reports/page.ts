import { html, type Markup, named, shortened } from '../../core/markup.js';
import { pageOf as filePage } from '../../core/page.js';
import { type CaseResult, type CaseStatus, caseStatuses } from '../case.js';
import { type Level, levels } from '../module.js';
import type { StoreVerdict } from '../run.js';
import { pageScript } from './page-script.js';
import { pageStyle } from './page-style.js';
import type { ConformanceReport } from './report.js';

const meanings: Readonly<Record<CaseStatus, string>> = {
  pass: 'shown to hold',
  fail: 'shown to be broken',
  unsupported: 'not claimed, and refused where somebody asks for it',
  disabled: 'not asked for in this run',
  'not-applicable': 'there is no means to show it with this store',
  error: 'the store, or the kit, did what no case can judge',
};

const levelTitles: Readonly<Record<Level, string>> = {
  core: 'Core: what any store keeps',
  crash: 'Crash: kills, power cuts and failing disks',
  concurrency: 'Concurrency: several processes',
  history: 'History: clients at the same time, and what was there before',
};

/** The matrix of requirements and cases by store (CAT-CNF-5203): one page that can be read without script, and asks nobody for anything. */
export function pageOf({ stores }: ConformanceReport): string {
  return filePage({ title: 'Conformance of catalog stores', style: pageStyle, script: pageScript, body: bodyOf(stores) });
}

function bodyOf(stores: readonly StoreVerdict[]): Markup {
  const broken = stores.reduce((sum, store) => sum + brokenIn(store), 0);
  const shown = stores.reduce((sum, { totals }) => sum + totals.pass, 0);
  const told =
    broken > 0 ? `${counted(broken, 'promise')} broken` : shown > 0 ? `${counted(shown, 'promise')} shown, none broken` : 'Nothing ran';
  return html`<a class="skip" href="#requirements">To the requirements</a><main>
<header><p class="eyebrow">catalog-core · conformance</p><h1>${told}</h1></header>
<p class="lead">${counted(stores.length, 'store')}, put to the same test: each case cites the requirements that it shows, and runs where the store claims what it needs.</p>
<div class="stores">${stores.map(storeCard)}</div>
${brokenList(stores)}
<section aria-labelledby="requirements"><h2 id="requirements">By requirement</h2><div class="scroll" role="region" aria-label="The table by requirement" tabindex="0"><table id="by-requirement"><caption class="unseen">Requirements, and how each store stands</caption>
${head('Requirement', stores)}<tbody>${requirementRows(stores)}</tbody></table></div></section>
<section aria-labelledby="cases"><h2 id="cases">By case</h2>${filters(stores)}<div class="scroll" role="region" aria-label="The table by case" tabindex="0"><table id="by-case"><caption class="unseen">Cases, and how each store stands</caption>
${head('Case', stores)}${levels.map((level) => caseGroup(level, stores))}</table></div></section>
<footer><ul>${caseStatuses.map((status) => html`<li><span class="mark ${status}">${status}</span> ${meanings[status]}`)}</ul></footer>
</main>`;
}

function storeCard(store: StoreVerdict): Markup {
  const { claims, totals } = store;
  const broken = brokenIn(store);
  const kind = broken > 0 ? 'broken' : totals.pass === 0 ? 'none' : 'kept';
  const verdict = broken > 0 ? `${counted(broken, 'promise')} broken` : totals.pass === 0 ? 'nothing ran' : 'keeps what it claims';
  const told: readonly (readonly [string, string])[] = [
    ['Levels', claims.levels.join(', ') || 'none'],
    ['Durable', claims.durable],
    ['Processes', claims.multiProcess ? 'several at a time' : 'one'],
    ['Watch', claims.watch === 'every' ? 'every change' : claims.watch === 'latest' ? 'the latest of each record' : 'none'],
    ['History', claims.history ? 'kept' : 'none'],
    ['Revisions', claims.gapless ? 'without gaps' : 'with gaps'],
  ];
  const there = caseStatuses.filter((status) => totals[status] > 0);
  return html`<section><h2>${named(store.store)}</h2><p class="${kind}">${verdict}</p>
${bar(store, there)}<ul class="key">${there.map((status) => html`<li><span class="mark ${status}">${status}</span> <strong>${totals[status]}</strong>`)}</ul>
<dl>${told.map(([name, words]) => html`<dt>${name}<dd>${words}`)}</dl></section>`;
}

const width = 1000;
const gap = 3;

function bar({ totals }: StoreVerdict, there: readonly CaseStatus[]): Markup {
  const all = there.reduce((sum, status) => sum + totals[status], 0);
  if (all === 0) return html``;
  const room = width - gap * (there.length - 1);
  let before = 0;
  const rects = there.map((status, place) => {
    const x = (room * before) / all + gap * place;
    before += totals[status];
    return html`<rect class="${status}" x="${x.toFixed(1)}" width="${((room * totals[status]) / all).toFixed(1)}" height="12"/>`;
  });
  const words = there.map((status) => `${totals[status]} ${status}`).join(', ');
  return html`<svg class="whole" viewBox="0 0 ${width} 12" preserveAspectRatio="none" role="img" aria-label="${words}">${rects}</svg>`;
}

function brokenList(stores: readonly StoreVerdict[]): Markup | undefined {
  const found = stores.flatMap(({ store, cases }) => cases.filter(isBroken).map((one) => ({ store, one })));
  if (found.length === 0) return undefined;
  const lines = found.map(
    ({ store, one: { id, title, status, message, requirements } }) =>
      html`<li><span class="mark ${status}">${status}</span> ${named(store)}: ${title} <q>${shortened(message ?? '', 600)}</q><small><code>${id}</code> · ${requirements.join(', ')}</small>`,
  );
  return html`<section aria-labelledby="broken"><h2 id="broken">What is broken</h2><ul class="found">${lines}</ul></section>`;
}

function head(first: string, stores: readonly StoreVerdict[]): Markup {
  return html`<thead><tr><th scope="col">${first}${stores.map(({ store }) => html`<th scope="col">${named(store)}`)}</thead>`;
}

function requirementRows(stores: readonly StoreVerdict[]): Markup[] {
  const ids = [...new Set(stores.flatMap(({ cases }) => cases.flatMap(({ requirements }) => requirements)))].sort();
  return ids.map((id) => {
    const cells = stores.map(({ store, cases }) =>
      requirementCell(
        store,
        cases.filter(({ requirements }) => requirements.includes(id)),
      ),
    );
    return html`<tr><th scope="row"><a href="#text=${encodeURIComponent(id)}"><code>${id}</code></a>${cells}
`;
  });
}

/** What is broken counts before what was shown, and that before what was not looked at. */
const gravest: readonly CaseStatus[] = ['error', 'fail', 'pass', 'unsupported', 'not-applicable', 'disabled'];

function requirementCell(store: string, cases: readonly CaseResult[]): Markup {
  const status = gravest.find((each) => cases.some((one) => one.status === each));
  if (status === undefined) return html`<td>`;
  const count = cases.filter((one) => one.status === status).length;
  return html`<td class="mark ${status}" data-store="${store}">${status}${count < cases.length ? html` <small>${count} of ${cases.length}</small>` : undefined}`;
}

function caseGroup(level: Level, stores: readonly StoreVerdict[]): Markup | undefined {
  const known = new Map(stores.flatMap(({ cases }) => cases.map((one) => [one.id, one] as const)));
  const own = [...known.values()].filter((one) => one.level === level);
  if (own.length === 0) return undefined;
  return html`<tbody><tr class="group"><th scope="rowgroup" colspan="${stores.length + 1}">${levelTitles[level]}
${own.map((one) => caseRow(one, stores))}</tbody>`;
}

function caseRow({ id, title, requirements }: CaseResult, stores: readonly StoreVerdict[]): Markup {
  const cells = stores.map(({ store, cases }) =>
    caseCell(
      store,
      cases.find((one) => one.id === id),
    ),
  );
  return html`<tr><th scope="row">${title}<small><code>${id}</code> ${requirements.join(', ')}</small>${cells}
`;
}

function caseCell(store: string, result: CaseResult | undefined): Markup {
  if (result === undefined) return html`<td>`;
  const { status, message } = result;
  const why = message === undefined ? undefined : html`<q data-store="${store}">${shortened(message, 200)}</q>`;
  return html`<td class="mark ${status}" data-store="${store}">${status}${why}`;
}

/** Shown by the script, without which they would do nothing. */
function filters(stores: readonly StoreVerdict[]): Markup {
  const there = caseStatuses.filter((status) => stores.some(({ totals }) => totals[status] > 0));
  const count = new Set(stores.flatMap(({ cases }) => cases.map(({ id }) => id))).size;
  return html`<form id="filter" class="filter" role="search" aria-label="Cases" hidden>
<label>Find <input type="search" name="text" autocomplete="off" spellcheck="false"></label>
${choice('Status', 'status', there, 'any')}${choice(
  'Store',
  'store',
  stores.map(({ store }) => store),
  'all',
)}</form>
<div class="shown"><p class="note" id="shown" role="status">${counted(count, 'case')}</p><button type="reset" form="filter" id="all" hidden>Show all</button></div>`;
}

function choice(label: string, name: string, values: readonly string[], none: string): Markup {
  return html`<label>${label} <select name="${name}"><option value="">${none}</option>${values.map((value) => html`<option value="${value}">${value}</option>`)}</select></label>`;
}

function brokenIn({ totals }: StoreVerdict): number {
  return totals.fail + totals.error;
}

function isBroken({ status }: CaseResult): boolean {
  return status === 'fail' || status === 'error';
}

function counted(count: number, one: string): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : `${one}s`}`;
}
