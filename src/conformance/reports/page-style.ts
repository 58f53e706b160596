import { onPaper } from '../../core/page.js';
import { colourVariables, type Scheme } from '../../core/page-colours.js';
import type { CaseStatus } from '../case.js';

/** Beside a word and a form of their own, never alone. */
const statusColours: Readonly<Record<Scheme, Readonly<Record<CaseStatus, string>>>> = {
  light: {
    ...{ pass: '#0b5a94', unsupported: '#868b91', 'not-applicable': '#a3a8ae', disabled: '#c4c7cb', error: '#c4510b', fail: '#b3261e' },
  },
  dark: {
    ...{ pass: '#4a9ae0', unsupported: '#8d959d', 'not-applicable': '#6b737b', disabled: '#4a5057', error: '#f0873f', fail: '#ff7b70' },
  },
};

/** The style of the page: both schemes, narrow and wide, and on paper. Nothing is fetched for it. */
export const pageStyle = `
:root { color-scheme: light dark; ${colourVariables('light', statusColours.light)} }
@media screen and (prefers-color-scheme: dark) { :root { ${colourVariables('dark', statusColours.dark)} } }
*, ::before { box-sizing: border-box; }
html { font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--ink); }
main { max-width: 80rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1, h2, h3, p, ul, dl, dd { margin: 0; padding: 0; }
h1 { font-size: clamp(1.6rem, 1.1rem + 2.2vw, 2.6rem); line-height: 1.15; letter-spacing: -0.02em; font-weight: 650; margin: 0.2rem 0 0.5rem; text-wrap: balance; }
h2 { font-size: 1.15rem; line-height: 1.35; font-weight: 650; margin-bottom: 0.75rem; }
ul { list-style: none; }
code { font: 0.8125rem/1.4 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
small { font-size: 0.8125rem; color: var(--muted); }
a { color: var(--link); text-underline-offset: 0.15em; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 4px; }
[hidden] { display: none !important; }
.unseen, .skip:not(:focus) { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip:focus { position: fixed; top: 0.5rem; left: 0.5rem; padding: 0.6rem 1rem; background: var(--card); z-index: 2; }
.eyebrow, .note, footer { font-size: 0.875rem; color: var(--muted); }
.lead { color: var(--muted); max-width: 46rem; text-wrap: pretty; }
section { background: var(--card); border: 1px solid var(--rule); border-radius: 12px; padding: 1.35rem 1.5rem 1.5rem; margin-top: 1rem; }
.stores { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 22rem), 1fr)); gap: 1rem; margin-top: 1.75rem; }
.stores section { margin: 0; }
.stores h2 { margin-bottom: 0.2rem; overflow-wrap: anywhere; }
.stores p { font-weight: 600; padding-left: 0.6rem; border-left: 4px solid var(--pass); font-size: 0.9375rem; margin-bottom: 0.9rem; }
.stores p.broken { border-color: var(--fail); }
.stores p.none { border-color: var(--unsupported); }
svg.whole { display: block; width: 100%; height: 12px; border-radius: 6px; }
.key { display: flex; flex-wrap: wrap; gap: 0.25rem 1.1rem; margin: 0.6rem 0 1rem; font-size: 0.875rem; }
.key strong { font-variant-numeric: tabular-nums; font-weight: 600; }
dl { display: grid; grid-template-columns: auto 1fr; gap: 0.2rem 1.25rem; font-size: 0.875rem; border-top: 1px solid var(--rule); padding-top: 0.75rem; }
dt { color: var(--muted); }
.mark { white-space: nowrap; font-size: 0.875rem; }
.mark::before { content: ""; display: inline-block; width: 12px; height: 12px; margin-right: 0.45em; border: 2px solid var(--tone); background: var(--tone); border-radius: 50%; vertical-align: -0.05em; }
.mark.unsupported::before { height: 0; border-radius: 0; border-width: 1.5px 0; vertical-align: 0.2em; }
.mark.not-applicable::before, .mark.disabled::before { background: none; }
.mark.disabled::before { border-style: dotted; }
.mark.fail::before { border-radius: 0; transform: rotate(45deg); }
.mark.error::before { border-radius: 0; background: linear-gradient(90deg, var(--tone) 50%, transparent 50%); }
.mark.fail, .mark.error { font-weight: 600; }
.found li { padding: 0.6rem 0; border-top: 1px solid var(--rule); font-size: 0.9375rem; overflow-wrap: anywhere; }
.found li:first-child { border-top: 0; padding-top: 0; }
.found q, td q { quotes: none; display: block; white-space: normal; overflow-wrap: anywhere; color: var(--muted); font-size: 0.875rem; font-weight: 400; }
.found q { color: var(--ink); margin: 0.15rem 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 0.875rem; }
th, td { text-align: left; vertical-align: top; padding: 0.45rem 1.25rem 0.45rem 0; border-top: 1px solid var(--rule); font-weight: 400; }
th:last-child, td:last-child { padding-right: 0; }
thead th { border-top: 0; color: var(--muted); font-weight: 600; vertical-align: bottom; overflow-wrap: anywhere; }
tbody th small { display: block; }
tbody th { width: 44%; overflow-wrap: anywhere; }
#by-requirement tbody th { width: 30%; }
.group th { color: var(--muted); font-weight: 600; font-size: 0.8125rem; padding-top: 1.6rem; border-top: 0; }
tbody:first-of-type .group th { padding-top: 0.6rem; }
tbody tr:not(.group):hover { background: var(--page); }
td q { max-width: 24rem; }
.filter { display: flex; flex-wrap: wrap; gap: 0.75rem 1rem; align-items: end; margin-bottom: 0.75rem; }
.filter label { flex: 1 1 8rem; display: grid; gap: 0.2rem; min-width: 0; font-size: 0.8125rem; font-weight: 600; color: var(--muted); }
.filter label:first-child { flex: 3 1 16rem; }
input, select, button { font: inherit; font-size: 0.9375rem; font-weight: 400; color: var(--ink); background: var(--card); border: 1px solid var(--muted); border-radius: 7px; padding: 0.4rem 0.65rem; min-height: 2.5rem; width: 100%; max-width: 100%; }
.shown { display: flex; justify-content: space-between; align-items: center; gap: 1rem; min-height: 2rem; margin-bottom: 0.25rem; }
.shown button { width: auto; font-size: 0.875rem; min-height: 2rem; padding: 0.15rem 0.75rem; cursor: pointer; }
footer { margin-top: 1.5rem; }
footer li { padding: 0.1rem 0; }
footer .mark { display: inline-block; min-width: 8.5rem; color: var(--ink); }
${Object.keys(statusColours.light)
  .map((status) => `.${status} { --tone: var(--${status}); fill: var(--${status}); }`)
  .join('\n')}
@media screen and (max-width: 46rem) {
  table, tbody, tbody th { display: block; }
  thead { display: none; }
  tbody th, #by-requirement tbody th { width: auto; }
  tbody tr { display: block; border-top: 1px solid var(--rule); padding: 0.55rem 0; }
  tbody tr.group { border-top: 0; padding: 1rem 0 0.2rem; }
  tbody:first-of-type tr.group { padding-top: 0; }
  tbody th, tbody td { padding: 0; border: 0; }
  .group th, tbody:first-of-type .group th { padding: 0; }
  tbody td { display: inline-block; margin: 0.15rem 0.9rem 0 0; }
  tbody td:has(q) { display: block; }
  tbody td:not(:empty)::after { content: " " attr(data-store); color: var(--muted); font-weight: 400; }
  tbody td:not(:empty):has(q)::after { content: none; }
  tbody td q::before { content: attr(data-store) ": "; }
}
@media (max-width: 36rem) {
  main { padding: 1.5rem 0.75rem 3rem; }
  section { padding: 1.1rem 1rem 1.2rem; }
}
@media (prefers-reduced-motion: no-preference) { button, input, select { transition: border-color 120ms; } }
button:hover, input:hover, select:hover { border-color: var(--link); }
@media (forced-colors: active) { svg rect, .mark::before { forced-color-adjust: none; } }
@media print {
${onPaper}
  section { border-radius: 0; border-width: 1px 0 0; padding: 0.8rem 0 0; background: none; break-inside: auto; }
  .filter, .shown, .skip { display: none; }
  .scroll { overflow: visible; }
  tr, .found li { break-inside: avoid; }
  h2, .group { break-after: avoid; }
  svg rect, .mark::before { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`.replaceAll(/\n +/g, '\n');
