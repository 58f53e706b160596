import type { CaseResult, CaseStatus } from '../case.js';
import type { StoreVerdict } from '../run.js';
import { escaped } from './escaped.js';
import type { ConformanceReport } from './report.js';

const glyphs: Readonly<Record<CaseStatus, string>> = {
  pass: '✓',
  fail: '✗',
  unsupported: '–',
  disabled: '·',
  'not-applicable': '○',
  error: '!',
};

const style = `:root{color-scheme:light dark;font:15px/1.5 system-ui,sans-serif}body{margin:2rem auto;max-width:75rem;padding:0 1rem}
table{border-collapse:collapse;width:100%;margin:1rem 0 2rem}th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid #8886}
td small{display:block}.fail,.error{color:light-dark(#a40000,#ff9b93);font-weight:600}.pass{color:light-dark(#1a6b2b,#7fd992)}`;

/** The matrix of requirements and cases by store (CAT-CNF-5203): one page that needs neither script nor network. */
export function pageOf({ stores }: ConformanceReport): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Conformance of catalog stores</title>
<style>${style}</style></head><body><main>
<h1>Conformance of catalog stores</h1>
${table('What each store claims', ['Store', 'Levels', 'Durable', 'Several processes', 'Watch', 'Shown', 'Broken'], stores.map(claimsRow))}
${table('By requirement', ['Requirement', ...stores.map(({ store }) => store)], requirementRows(stores))}
${table('By case', ['Case', 'Requirements', ...stores.map(({ store }) => store)], caseRows(stores))}
<p>${Object.entries(glyphs)
    .map(([status, glyph]) => `${glyph} ${status}`)
    .join(' &nbsp; ')}</p>
</main></body></html>
`;
}

/** Cells are HTML already. */
function table(caption: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  const first = head.map((name) => `<th scope="col">${escaped(name)}</th>`).join('');
  const body = rows.map(
    ([name = '', ...cells]) => `<tr><th scope="row">${name}</th>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`,
  );
  return `<h2>${escaped(caption)}</h2><table><thead><tr>${first}</tr></thead><tbody>\n${body.join('\n')}\n</tbody></table>`;
}

function claimsRow({ store, claims, totals }: StoreVerdict): string[] {
  const { levels, durable, multiProcess, watch } = claims;
  const told = [
    store,
    levels.join(', '),
    durable,
    multiProcess ? 'yes' : 'no',
    watch,
    String(totals.pass),
    String(totals.fail + totals.error),
  ];
  return told.map(escaped);
}

function requirementRows(stores: readonly StoreVerdict[]): string[][] {
  const ids = new Set(stores.flatMap(({ cases }) => cases.flatMap(({ requirements }) => requirements)));
  return [...ids].sort().map((id) => [
    escaped(id),
    ...stores.map(({ cases }) => {
      const status = gravest(cases.filter(({ requirements }) => requirements.includes(id)));
      return status === undefined ? '' : `<span class="${status}">${glyphs[status]} ${status}</span>`;
    }),
  ]);
}

/** What is broken counts before what was shown, and that before what was not looked at. */
function gravest(cases: readonly CaseResult[]): CaseStatus | undefined {
  const order: readonly CaseStatus[] = ['error', 'fail', 'pass', 'unsupported', 'not-applicable', 'disabled'];
  return order.find((status) => cases.some((one) => one.status === status));
}

function caseRows(stores: readonly StoreVerdict[]): string[][] {
  const known = new Map(stores.flatMap(({ cases }) => cases.map((one) => [one.id, one] as const)));
  return [...known.values()].map(({ id, title, requirements }) => [
    `${escaped(title)}<small>${escaped(id)}</small>`,
    escaped(requirements.join(', ')),
    ...stores.map(({ cases }) => cell(cases.find((one) => one.id === id))),
  ]);
}

function cell(result: CaseResult | undefined): string {
  if (result === undefined) return '';
  const { status, message } = result;
  return `<span class="${status}">${glyphs[status]} ${status}</span>${message === undefined ? '' : `<small>${escaped(message)}</small>`}`;
}
