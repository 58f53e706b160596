import { colourVariables } from '../../src/core/page-colours.js';

const light = { met: '#0b5a94', missed: '#b3261e', none: '#6b7178', series0: '#0b5a94', series1: '#c4510b' };
const dark = { met: '#4a9ae0', missed: '#ff7b70', none: '#9aa1a9', series0: '#4a9ae0', series1: '#f0873f' };

/** Of the page of benchmarks: both schemes, narrow and wide. Nothing is fetched for it. */
export const benchStyle = `
:root { color-scheme: light dark; ${colourVariables('light', light)} }
@media screen and (prefers-color-scheme: dark) { :root { ${colourVariables('dark', dark)} } }
* { box-sizing: border-box; }
html { font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; }
body { margin: 0; background: var(--page); color: var(--ink); }
main { max-width: 80rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1, h2, h3, p, ul, figure { margin: 0; padding: 0; }
h1 { font-size: 2.1rem; line-height: 1.2; font-weight: 650; letter-spacing: -0.02em; }
h2 { font-size: 1.15rem; font-weight: 650; margin-bottom: 0.6rem; }
h3 { font-size: 1rem; font-weight: 600; margin: 1.4rem 0 0.3rem; }
p { color: var(--muted); max-width: 66rem; margin-bottom: 0.6rem; }
code { font: 0.875em/1.4 ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
section { background: var(--card); border: 1px solid var(--rule); border-radius: 12px; padding: 1.35rem 1.5rem 1.5rem; margin-top: 1rem; }
.scroll { overflow-x: auto; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; font-size: 0.9375rem; }
caption { text-align: left; color: var(--muted); font-size: 0.875rem; padding-bottom: 0.4rem; }
th, td { text-align: left; padding: 0.4rem 0.75rem 0.4rem 0; border-top: 1px solid var(--rule); vertical-align: middle; }
thead th { border-top: 0; font-size: 0.8125rem; color: var(--muted); font-weight: 600; white-space: nowrap; }
tbody th { font-weight: 400; min-width: 16rem; }
td.empty { border-top: 0; }
.nowrap { white-space: nowrap; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
small { color: var(--muted); font-size: 0.8125rem; display: block; }
.met, .missed, .untold { font-weight: 600; white-space: nowrap; }
td.met { color: var(--met); } td.missed { color: var(--missed); } td.untold { color: var(--muted); }
svg { display: block; }
svg.ratio rect.met { fill: var(--met); } svg.ratio rect.missed { fill: var(--missed); } svg.ratio rect.none { fill: var(--none); }
svg.ratio .one { stroke: var(--rule); stroke-width: 2; }
svg.ratio .spread { stroke: var(--ink); stroke-width: 2; }
svg.ratio .mark { stroke: var(--ink); stroke-width: 3; stroke-dasharray: 3 2; }
.charts { display: grid; gap: 1.5rem 2rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 27rem), 1fr)); }
svg.curves { width: 100%; height: auto; }
svg.curves text { fill: var(--muted); font-size: 12px; } svg.curves .end { text-anchor: end; } svg.curves .middle { text-anchor: middle; }
svg.curves .grid { stroke: var(--rule); }
svg.curves path { fill: none; stroke-width: 2; }
.series-0 path, .series-0 line { stroke: var(--series0); } .series-0 circle, .swatch-0 rect { fill: var(--series0); }
.series-1 path, .series-1 line { stroke: var(--series1); stroke-dasharray: 6 3; } .series-1 circle, .swatch-1 rect { fill: var(--series1); }
.key { list-style: none; font-size: 0.9375rem; margin-top: 0.4rem; } .key svg { display: inline-block; vertical-align: -1px; margin-right: 0.4rem; }
figcaption { font-size: 1rem; font-weight: 600; }
details summary { cursor: pointer; color: var(--link); padding: 0.3rem 0; }
`;
