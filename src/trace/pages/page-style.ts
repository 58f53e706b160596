import { onPaper } from '../../core/page.js';
import { colourVariables } from '../../core/page-colours.js';
import { statusColours } from './status-colours.js';

/** The style of the page: both schemes, narrow and wide, and on paper. Nothing is fetched for it. */
export const pageStyle = `
:root { color-scheme: light dark; ${colourVariables('light', statusColours.light)} }
@media screen and (prefers-color-scheme: dark) { :root { ${colourVariables('dark', statusColours.dark)} } }
* { box-sizing: border-box; }
html { font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--ink); }
main { max-width: 80rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1, h2, h3, h4, p, ul, ol, pre { margin: 0; padding: 0; }
h1 { font-size: clamp(1.6rem, 1.1rem + 2.2vw, 2.6rem); line-height: 1.15; letter-spacing: -0.02em; font-weight: 650; margin: 0.2rem 0 0.5rem; text-wrap: balance; }
h2 { font-size: 1.15rem; line-height: 1.35; font-weight: 650; margin-bottom: 0.75rem; scroll-margin-top: 1rem; }
h3, h4 { font-size: 0.8125rem; font-weight: 600; color: var(--muted); margin: 1.1rem 0 0.3rem; }
ul, ol { list-style: none; }
code { font: 0.875em/1.4 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
small { font-size: 0.8125rem; color: var(--muted); }
a { color: var(--link); text-underline-offset: 0.15em; }
h2:focus { outline: none; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 4px; }
h2:focus-visible { outline: none; box-shadow: -0.6rem 0 0 -0.35rem var(--card), -0.75rem 0 0 -0.3rem var(--link); border-radius: 0; }
[hidden] { display: none !important; }
.unseen, .skip:not(:focus) { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip:focus { position: fixed; top: 0.5rem; left: 0.5rem; padding: 0.6rem 1rem; background: var(--card); z-index: 2; }
.eyebrow, article > p, .note, footer { font-size: 0.875rem; color: var(--muted); }
.one header { font-size: 0.875rem; display: flex; flex-wrap: wrap; gap: 0 1rem; }
.one h1 { font-size: 0.875rem; line-height: 1.5; font-weight: 400; letter-spacing: 0; color: var(--muted); margin: 0; }
.lead { color: var(--muted); max-width: 46rem; text-wrap: pretty; }
section, article { background: var(--card); border: 1px solid var(--rule); border-radius: 12px; padding: 1.35rem 1.5rem 1.5rem; margin-top: 1rem; }
.lead + section { margin-top: 1.75rem; }
svg.whole { display: block; width: 100%; height: 12px; border-radius: 6px; }
.key { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 0.45rem 3rem; margin: 1.1rem 0; }
.key li { display: flex; align-items: baseline; gap: 0.75rem; font-size: 0.9375rem; }
.key .what { flex: 1; }
.key .what small { margin-left: 0.35rem; }
.key strong { font-variant-numeric: tabular-nums; }
.key .n { min-width: 5.2rem; }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.mark { white-space: nowrap; font-size: 0.875rem; font-weight: 400; }
a.mark { color: var(--ink); text-decoration-color: var(--muted); }
.mark::before { content: ""; display: inline-block; box-sizing: border-box; width: 12px; height: 12px; margin-right: 0.5em; vertical-align: -1px; border: 2px solid var(--tone); background: var(--tone); border-radius: 50%; }
.mark.passing::before, .mark.external::before, .mark.uncovered::before { background: none; }
.mark.uncovered::before { border-style: dotted; }
.mark.external::before, .mark.waived::before { border-radius: 0; }
.mark.linked::before { height: 3px; border-radius: 0; border-width: 1.5px 0; vertical-align: 0.22em; }
.mark.vacuous::before, .mark.flaky::before { background: linear-gradient(90deg, var(--tone) 50%, transparent 50%); }
.mark.failed::before, .mark.drifted::before { border-radius: 0; transform: rotate(45deg) scale(0.8); }
.mark.drifted::before { background: none; }
.verdict { font-weight: 600; padding-left: 0.75rem; border-left: 4px solid var(--verified); }
.verdict.unmet { border-color: var(--failed); }
.found a { font: 0.8125rem/1.4 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; white-space: nowrap; margin-right: 0.4rem; }
.found li { padding: 0.3rem 0; border-top: 1px solid var(--rule); font-size: 0.9375rem; overflow-wrap: anywhere; }
.found li:first-child { border-top: 0; }
summary { cursor: pointer; }
section > details { margin-top: 0.9rem; }
section > details > summary { font-size: 0.9375rem; color: var(--link); width: fit-content; }
table { border-collapse: collapse; width: 100%; font-size: 0.875rem; }
th, td { text-align: left; vertical-align: top; padding: 0.45rem 1rem 0.45rem 0; border-top: 1px solid var(--rule); font-weight: 400; overflow-wrap: anywhere; }
th:last-child, td:last-child { padding-right: 0; }
th.n, td.n { text-align: right; }
thead th { border-top: 0; color: var(--muted); font-weight: 600; vertical-align: bottom; overflow-wrap: normal; }
#matrix a { font: 0.8125rem/1.4 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; white-space: nowrap; margin-right: 0.6rem; }
#matrix { table-layout: fixed; border-collapse: separate; border-spacing: 0; }
#matrix td { white-space: nowrap; overflow-wrap: normal; font-variant-numeric: tabular-nums; }
#matrix td:nth-last-child(-n+3) { text-align: right; }
#matrix td:nth-child(2) { color: var(--muted); }
#matrix .group th { color: var(--muted); font-weight: 600; font-size: 0.8125rem; padding-top: 1.6rem; border-top: 0; }
#matrix tbody tr:not(.group):hover { background: var(--page); }
.filter { display: flex; flex-wrap: wrap; gap: 0.75rem 1rem; align-items: end; margin-bottom: 0.75rem; }
.filter label { flex: 1 1 7.5rem; }
.filter label:first-child { flex: 3 1 16rem; }
.filter label { display: grid; gap: 0.2rem; min-width: 0; font-size: 0.8125rem; font-weight: 600; color: var(--muted); }
input, select, button { font: inherit; font-size: 0.9375rem; font-weight: 400; color: var(--ink); background: var(--card); border: 1px solid var(--muted); border-radius: 7px; padding: 0.4rem 0.65rem; min-height: 2.5rem; max-width: 100%; }
input, select { width: 100%; }
button { cursor: pointer; }
.shown { display: flex; justify-content: space-between; align-items: center; gap: 1rem; margin-bottom: 0.25rem; font-size: 0.875rem; color: var(--muted); }
.shown button { font-size: 0.875rem; min-height: 2rem; padding: 0.15rem 0.75rem; }
.scroll { overflow-x: auto; }
.scroll td, .scroll th { overflow-wrap: normal; }
.date { white-space: nowrap; }
article { content-visibility: auto; contain-intrinsic-size: auto 30rem; }
article h2 { margin-bottom: 0.2rem; font-size: 1.35rem; letter-spacing: -0.01em; }
article h2 code { display: block; font-size: 0.8125rem; font-weight: 400; letter-spacing: 0; color: var(--muted); }
article > p .mark { color: var(--ink); margin-right: 0.75rem; }
article > div { display: grid; grid-template-columns: minmax(0, 5fr) minmax(0, 7fr); gap: 1rem 3.5rem; margin-top: 1.1rem; }
article > div > div > h3:first-child { margin-top: 0.2rem; }
article .words { color: var(--ink); font-size: 1rem; max-width: 38rem; line-height: 1.6; text-wrap: pretty; overflow-wrap: anywhere; }
.words b { font-weight: 650; }
.words i { font-style: normal; font-size: 0.8125rem; font-weight: 600; color: var(--muted); }
article > div > div:first-child ul { font-size: 0.875rem; }
article > div > div:first-child li { padding: 0.1rem 0; overflow-wrap: anywhere; }
.drift { font-size: 0.9375rem; }
del { color: var(--failed); }
ins { color: var(--verified); text-decoration-thickness: 2px; }
article ol:not([class]) > li { border-top: 1px solid var(--rule); padding: 0.4rem 0; font-size: 0.9375rem; overflow-wrap: anywhere; }
article ol summary { padding: 0.1rem 0; }
article ol summary small { margin-left: 0.6rem; white-space: nowrap; }
article ol details[open] { padding-bottom: 0.75rem; }
article ol details > :not(summary) { margin-left: 1.1rem; margin-top: 0.6rem; }
article ol b.mark { margin-left: 0.5rem; }
.steps li { display: flex; justify-content: space-between; gap: 1.5rem; padding: 0.1rem 0; font-size: 0.875rem; }
.steps span { white-space: pre-wrap; unicode-bidi: isolate; min-width: 0; overflow-wrap: anywhere; }
.steps b { font-weight: 600; color: var(--muted); }
.steps small, .steps .mark { white-space: nowrap; flex: none; }
.steps .argument { display: block; padding: 0.2rem 0 0.4rem 1.1rem; }
.found .more button { font-size: 0.875rem; min-height: 2rem; padding: 0.15rem 0.75rem; }
.examples { width: auto; min-width: 16rem; font-size: 0.8125rem; }
.examples td, .examples th { padding: 0.25rem 1.25rem 0.25rem 0; }
.examples td { unicode-bidi: isolate; max-width: 28rem; overflow-wrap: break-word; }
.examples td:has(.mark) { white-space: nowrap; }
.examples .mark { font-size: 0.8125rem; }
pre { font: 0.8125rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; white-space: pre-wrap; overflow-wrap: anywhere; background: var(--page); border-radius: 8px; padding: 0.7rem 0.9rem; max-height: 24rem; overflow: auto; unicode-bidi: isolate; }
.attached { font-size: 0.875rem; }
article ol .attached > :not(summary) { margin-left: 0; }
.attached > summary { color: var(--link); width: fit-content; max-width: 100%; }
.states { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 16rem), 1fr)); gap: 0.75rem 2rem; align-items: start; }
.states caption { text-align: left; font-size: 0.8125rem; font-weight: 600; color: var(--muted); padding-bottom: 0.2rem; }
.states td { padding: 0.2rem 1rem 0.2rem 0; }
.states small { display: block; font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
.states .changed code { font-weight: 650; }
.states .gone { color: var(--muted); }
.states .gone code { text-decoration: line-through; }
.trace { background: var(--page); border-radius: 8px; padding: 0.5rem 0.9rem; }
.trace li { font-size: 0.8125rem; padding: 0.1rem 0; display: flex; align-items: baseline; }
.trace .nth { flex: none; min-width: 2.2rem; color: var(--muted); font-variant-numeric: tabular-nums; }
.trace .lost code { text-decoration: line-through; color: var(--muted); }
.cut { flex: 1; display: flex; align-items: center; gap: 0.75rem; color: var(--failed); font-size: 0.8125rem; }
.cut::after { content: ""; flex: 1; border-top: 2px dashed var(--failed); }
.replay { font-size: 0.875rem; }
.ways { display: flex; flex-wrap: wrap; gap: 0.4rem 1.5rem; font-size: 0.875rem; margin-bottom: 1rem; }
footer { margin-top: 1.5rem; }
${Object.keys(statusColours.light)
  .map((status) => `.${status} { --tone: var(--${status}); fill: var(--${status}); }`)
  .join('\n')}
@media screen and (min-width: 46.01rem) {
  #matrix, #matrix thead, #matrix tbody { display: block; }
  #matrix tbody { content-visibility: auto; contain-intrinsic-size: auto 20rem; }
  #matrix tr { display: grid; grid-template-columns: minmax(0, 1fr) 5rem; grid-auto-columns: 6.75rem; grid-auto-flow: column; border-top: 1px solid var(--rule); }
  #matrix thead tr, #matrix tr.group { border-top: 0; }
  #matrix th, #matrix td { border: 0; }
}
@media (max-width: 60rem) { article > div { grid-template-columns: minmax(0, 1fr); } }
@media screen and (max-width: 46rem) {
  #matrix, #matrix tbody, #matrix tbody th { display: block; }
  #matrix thead { display: none; }
  #matrix tbody tr { display: block; border-top: 1px solid var(--rule); padding: 0.5rem 0; }
  #matrix tbody tr.group { border-top: 0; padding: 1rem 0 0.2rem; }
  #matrix tbody th, #matrix tbody td { padding: 0; border: 0; }
  #matrix .group th { padding: 0; }
  #matrix tbody td { display: inline-block; margin-right: 0.9rem; font-size: 0.8125rem; color: var(--muted); }
  #matrix tbody td:empty, #matrix tbody td:nth-last-child(2), #matrix tbody td:nth-last-child(1) { display: none; }
  #matrix tbody td:nth-last-child(3):not(:empty)::before { content: "examples "; }
  #matrix a { display: block; width: fit-content; }
}
@media (max-width: 36rem) {
  main { padding: 1.5rem 0.75rem 3rem; }
  section, article { padding: 1.1rem 1rem 1.2rem; }
  .key .what small { display: block; margin-left: 1.1rem; }
  .key .n { min-width: 0; }
  .steps li { gap: 0.75rem; }
  article ol details > :not(summary) { margin-left: 0; }
}
@media (prefers-reduced-motion: no-preference) { button, summary, input, select { transition: border-color 120ms, color 120ms; } }
button:hover, input:hover, select:hover { border-color: var(--link); }
@media (forced-colors: active) { svg rect, .mark::before { forced-color-adjust: none; } }
@media print {
${onPaper}
  section, article { border-radius: 0; border-width: 1px 0 0; padding: 0.8rem 0 0; background: none; }
  article { content-visibility: visible; }
  .filter, .shown, .skip, .ways { display: none; }
  .scroll, pre { overflow: visible; max-height: none; }
  tr, article ol > li, .found li { break-inside: avoid; }
  #matrix thead th:not(:first-child) { width: 7.5rem; }
  #matrix thead th:nth-child(2), #matrix thead th.n { width: 5.5rem; }
  h2, h3, .group { break-after: avoid; }
  svg rect, .mark::before { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`.replaceAll(/\n +/g, '\n');
