import { onPaper } from '../core/page.js';
import { colourVariables } from '../core/page-colours.js';
import { tones } from './tones.js';

/** Some tones have a pattern besides their colour. */
const patterned = ['freed', 'referenced', 'unverified'];

/** The style of the page: both schemes, narrow and wide, and on paper. Nothing is fetched for it. */
export const pageStyle = `
:root { color-scheme: light dark; ${colourVariables('light', tones.light)} }
@media screen and (prefers-color-scheme: dark) { :root { ${colourVariables('dark', tones.dark)} } }
* { box-sizing: border-box; }
html { font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--ink); }
main { max-width: 76rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1, h2, h3, p, ul, dl, dd, figure { margin: 0; padding: 0; }
h1 { font-size: clamp(1.6rem, 1.1rem + 2.2vw, 2.6rem); line-height: 1.15; letter-spacing: -0.02em; font-weight: 650; margin: 0.2rem 0 0.3rem; }
h2 { font-size: 1.15rem; line-height: 1.3; font-weight: 650; margin-bottom: 0.75rem; }
h3, figcaption { font-size: 0.875rem; font-weight: 600; color: var(--muted); margin-bottom: 0.6rem; }
ul { list-style: none; }
code { font: 0.875em/1.4 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
section p { color: var(--muted); max-width: 62rem; margin-bottom: 0.75rem; }
section p code { color: var(--ink); }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 4px; }
.unseen, .skip:not(:focus) { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip:focus { position: fixed; top: 0.5rem; left: 0.5rem; padding: 0.6rem 1rem; background: var(--card); z-index: 2; }
.eyebrow { font-size: 0.875rem; color: var(--muted); overflow-wrap: anywhere; }
.made { font-size: 0.875rem; color: var(--muted); }
.nowrap { white-space: nowrap; }
section, .figures > div { background: var(--card); border: 1px solid var(--rule); border-radius: 12px; }
section { padding: 1.35rem 1.5rem 1.5rem; margin-top: 1rem; }
.figures { display: grid; grid-template-columns: repeat(5, 1fr); gap: 1rem; margin-top: 1.75rem; }
.figures > div { padding: 1rem 1.15rem 1.05rem; }
.figures dt { font-size: 0.875rem; font-weight: 600; color: var(--muted); }
.figures strong { display: block; font-size: 1.6rem; line-height: 1.25; font-weight: 650; letter-spacing: -0.01em; font-variant-numeric: tabular-nums; }
.figures small, .bars small { font-size: 0.8125rem; color: var(--muted); display: block; }
svg { display: block; }
svg.whole { width: 100%; height: 40px; border-radius: 6px; }
.remark { margin: 0.9rem 0 0; font-size: 0.875rem; }
svg.bar { width: 100%; height: 8px; background: var(--rule); border-radius: 4px; }
svg.swatch { display: inline-block; width: 14px; height: 14px; border-radius: 3px; vertical-align: -2px; flex: none; }
svg.chart { width: 100%; height: auto; overflow: visible; }
.key { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 0.4rem 3rem; margin-top: 1rem; }
.key li { display: flex; align-items: baseline; gap: 0.55rem; font-size: 0.9375rem; }
.key .swatch { align-self: center; }
.key .what { flex: 1; }
.key strong, .key .part { font-variant-numeric: tabular-nums; white-space: nowrap; }
.key .part { color: var(--muted); min-width: 4.4rem; text-align: right; }
.steps li { padding: 0.45rem 0; border-top: 1px solid var(--rule); display: grid; grid-template-columns: 1fr auto; gap: 0.1rem 2rem; align-items: baseline; overflow-wrap: anywhere; }
.steps li:first-child { border-top: 0; padding-top: 0; }
.steps li:last-child { padding-bottom: 0; }
.steps code { color: var(--muted); max-width: 22rem; }
.scroll th .source { white-space: nowrap; }
.plain .source { color: var(--muted); }
.columns { columns: 3 17rem; column-gap: 2.5rem; }
.columns > * { break-inside: avoid; padding-bottom: 1rem; }
.columns.wide > * { padding-bottom: 0; }
.columns.wide { columns: auto; display: grid; gap: 1.5rem 2.5rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 25rem), 1fr)); }
.bars li { display: grid; grid-template-columns: 1fr auto; gap: 0.1rem 1rem; font-size: 0.9375rem; margin-bottom: 0.7rem; }
.bars .what { min-width: 0; overflow-wrap: anywhere; }
.bars .value { color: var(--muted); font-variant-numeric: tabular-nums; text-align: right; }
.bars .bar, .bars small { grid-column: 1 / -1; }
figcaption .swatch { margin-left: 0.5rem; }
.grid { stroke: var(--rule); }
.axis { stroke: var(--muted); }
.tick { fill: var(--muted); font-size: 11.5px; font-variant-numeric: tabular-nums; }
.area.alone { fill-opacity: 0.16; }
.line { fill: none; stroke-width: 2; stroke-linejoin: round; }
.on-narrow { display: none; }
details { margin-top: 0.75rem; }
summary { cursor: pointer; font-size: 0.9375rem; color: var(--link); width: fit-content; }
table { border-collapse: collapse; width: 100%; font-size: 0.875rem; }
caption { text-align: left; }
th, td { text-align: left; vertical-align: top; padding: 0.55rem 1rem 0.55rem 0; border-top: 1px solid var(--rule); font-weight: 400; overflow-wrap: anywhere; }
th:last-child, td:last-child { padding-right: 0; }
thead th { border-top: 0; color: var(--muted); font-weight: 600; vertical-align: bottom; padding-top: 0; overflow-wrap: normal; }
.n { text-align: right; }
td.n, .date { white-space: nowrap; }
td { font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; }
.scroll table { min-width: 42rem; }
.plain li + li { margin-top: 0.35rem; }
.models th[scope=row] { width: 100%; min-width: 12rem; }
.models thead th.n { min-width: 5rem; }
.id { font-weight: 600; max-width: 100%; vertical-align: top; display: -webkit-inline-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; }
.title { display: block; }
.name, .source, .warning, td small { display: block; font-size: 0.8125rem; color: var(--muted); }
.models .name, .models .source { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 1; overflow: hidden; }
.warning { color: var(--ink); margin-top: 0.15rem; padding-left: 0.6rem; border-left: 2px solid var(--warned); }
.place bdi, .kind bdi { display: block; width: max-content; max-width: 9rem; }
td small { white-space: nowrap; }
.tag { font-size: 0.75rem; font-weight: 600; border: 1px solid var(--muted); border-radius: 999px; padding: 0 0.5em; white-space: nowrap; }
.mark { white-space: nowrap; }
.mark::before { content: ""; display: inline-block; width: 0.6em; height: 0.6em; margin-right: 0.45em; border: 2px solid var(--tone); background: var(--tone); border-radius: 50%; }
.mark.pending::before, .mark.unverified::before { background: none; }
.mark.warned::before { background: linear-gradient(90deg, var(--tone) 50%, transparent 50%); }
.mark.retired::before { height: 0; border-radius: 0; border-width: 1.5px 0; vertical-align: 0.2em; }
.mark.failed::before { border-radius: 0; transform: rotate(45deg); }
.filter { display: grid; grid-template-columns: 2fr repeat(4, 1fr); gap: 0.75rem 1rem; align-items: end; margin-bottom: 0.75rem; }
.filter[hidden], .pager[hidden], button[hidden] { display: none; }
.filter label { display: grid; gap: 0.2rem; min-width: 0; font-size: 0.8125rem; font-weight: 600; color: var(--muted); }
input, select, button { font: inherit; font-size: 0.9375rem; font-weight: 400; color: var(--ink); background: var(--card); border: 1px solid var(--muted); border-radius: 7px; padding: 0.4rem 0.65rem; min-height: 2.5rem; max-width: 100%; }
input, select { width: 100%; }
button { cursor: pointer; }
button[aria-disabled=true] { color: var(--muted); border-style: dashed; cursor: default; }
thead button { display: inline-flex; align-items: baseline; font: inherit; color: inherit; text-align: inherit; background: none; border: 0; padding: 0.2rem 0; min-height: 1.75rem; }
th[aria-sort] button { color: var(--ink); }
thead button::after { content: ""; flex: none; width: 0.5em; height: 0.5em; margin-left: 0.4em; }
.n button::after { order: -1; margin: 0 0.4em 0 0; }
th[aria-sort] button::after { background: currentcolor; clip-path: polygon(0 0, 100% 0, 50% 100%); }
th[aria-sort=ascending] button::after { clip-path: polygon(50% 0, 100% 100%, 0 100%); }
.shown { display: flex; justify-content: space-between; align-items: center; gap: 1rem; margin-bottom: 0.5rem; font-size: 0.875rem; }
.shown p { margin: 0; }
.shown button { font-size: 0.875rem; min-height: 2rem; padding: 0.15rem 0.75rem; }
.pager { display: flex; flex-wrap: wrap; gap: 0.75rem; align-items: center; margin-top: 1rem; }
footer { margin-top: 1.5rem; font-size: 0.8125rem; color: var(--muted); }
${toneRules()}
@media screen { tr.elsewhere { display: none; } }
@media screen and (max-width: 62rem) {
  .models table, .models tbody, .models tbody th { display: block; }
  .models thead { display: none; }
  .models tbody tr { display: block; position: relative; border-top: 1px solid var(--rule); padding: 0.6rem 0; line-height: 1.4; }
  .models tbody tr[hidden], .models tbody tr.elsewhere { display: none; }
  .models tbody th, .models tbody td { padding: 0; border: 0; min-width: 0; }
  .models .title { padding-right: 5.5rem; }
  .models tbody td { display: inline-block; max-width: 100%; margin-right: 0.9rem; font-size: 0.8125rem; color: var(--muted); }
  .models tbody td:nth-child(2) { position: absolute; top: 0.6rem; right: 0; margin: 0; font-size: 0.875rem; color: var(--ink); }
  .models tbody td.usual, .models tbody td.none, .models td.date small { display: none; }
  .models td bdi, .models td small { display: inline; }
  .models td:nth-child(7)::before { content: "frees "; }
  .models td:nth-child(8)::before { content: "verified "; }
  .filter { grid-template-columns: repeat(4, 1fr); }
  .filter label:first-child { grid-column: 1 / -1; }
}
@media screen and (max-width: 52rem) {
  .figures { display: block; background: var(--card); border: 1px solid var(--rule); border-radius: 12px; padding: 0.35rem 1rem; }
  .figures > div { display: grid; grid-template-columns: 1fr auto; gap: 0 1rem; align-items: baseline; border: 0; border-top: 1px solid var(--rule); border-radius: 0; padding: 0.5rem 0; }
  .figures > div:first-child { border-top: 0; }
  .figures dd { display: contents; }
  .figures strong { font-size: 1.15rem; text-align: right; }
  .figures small { grid-column: 1 / -1; }
}
@media (max-width: 36rem) {
  main { padding: 1.5rem 0.75rem 3rem; }
  section { padding: 1.1rem 1rem 1.2rem; }
  .steps li { grid-template-columns: 1fr; }
  .filter { grid-template-columns: 1fr 1fr; }
  .on-narrow { display: block; }
  .on-wide { display: none; }
  .key li { flex-wrap: wrap; gap: 0 0.55rem; }
  .key .what { flex-basis: calc(100% - 1.5rem); }
  .key strong { margin-left: 1.4rem; }
  .key .part { min-width: 0; }
}
@media (prefers-reduced-motion: no-preference) { button, summary, input, select { transition: border-color 120ms, color 120ms; } }
button:hover, input:hover, select:hover { border-color: var(--link); }
@media (forced-colors: active) { svg rect, svg path { forced-color-adjust: none; } }
@media print {
${onPaper}
  section, .figures > div { border-radius: 0; border-width: 1px 0 0; padding: 0.8rem 0 0; background: none; }
  .id { display: inline; }
  .models .name, .models .source { display: block; }
  .filter, .pager, .shown, .skip, details { display: none; }
  .scroll { overflow: visible; }
  .scroll table { min-width: 0; }
  tr, figure, .bars li { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
}
`;

export const patterns = patterned
  .map(
    (tone) =>
      `<pattern id="of-${tone}" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(${tone === 'referenced' ? 0 : 45})"><rect class="ground ${tone}" width="8" height="8"/><rect class="stripe" width="${tone === 'freed' ? 3 : 2}" height="${tone === 'referenced' ? 2 : 8}"/></pattern>`,
  )
  .join('');

function toneRules(): string {
  const rules = Object.keys(tones.light).map((tone) => {
    const fill = patterned.includes(tone) ? `url(#of-${tone})` : `var(--${tone})`;
    return `.${tone} { --tone: var(--${tone}); fill: ${fill}; } .line.${tone} { fill: none; stroke: var(--${tone}); } .ground.${tone} { fill: var(--${tone}); }`;
  });
  return `${rules.join('\n')}\n.stripe { fill: var(--card); fill-opacity: 0.55; }`;
}
