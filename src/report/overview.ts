import { html, type Markup, named, namedList, shortened } from '../core/markup.js';
import { sizeText } from '../core/size-text.js';
import { type Advice, adviceOf, counted, duplicateBytes } from './advice.js';
import { swatch, wholeBar } from './charts.js';
import type { CatalogReport } from './report.js';

/** The title, and all of it in one sentence. */
export function heading({ totals, made_at, root }: CatalogReport): Markup {
  const place = root === undefined ? undefined : html` <code>${named(root)}</code>`;
  const engines = totals.engines === 0 ? '' : `, ${totals.engines} ${totals.engines === 1 ? 'engine' : 'engines'}`;
  return html`<header><p class="eyebrow">Catalog report${place}</p>
<h1>${counted(totals.models)}, ${sizeText(totals.bytes)}${engines}</h1>
<p class="made">Made on <time datetime="${made_at}">${made_at.slice(0, 16).replace('T', ' at ')} UTC</time></p></header>`;
}

/** What there is, in a few figures. */
export function figures(report: CatalogReport): Markup {
  const { usage, holdings } = report;
  const stored = usage?.stored_bytes ?? holdings.own_bytes + holdings.shared_bytes;
  const elsewhere = usage?.referenced_bytes ?? holdings.adopted_bytes + holdings.referenced_bytes;
  return html`<dl class="figures">${[
    figure('Stored here', sizeText(stored), 'each content once'),
    figure('Saved by sharing', sizeText(usage?.shared_bytes ?? holdings.saved_bytes), 'what copies would have taken'),
    figure('Used where it lies', sizeText(elsewhere), usage ? 'found with other tools or referenced' : 'adopted or referenced'),
    figure('Can be freed', usage ? sizeText(usage.reclaimable_bytes) : 'not measured', 'nothing needs it; gc waits an hour'),
    figure('Lies more than once', sizeText(duplicateBytes(report)), 'beyond the first copy'),
  ]}</dl>`;
}

/** Where the bytes are, as one bar and in words. */
export function whereabouts(report: CatalogReport): Markup {
  const parts = partsOf(report).filter(({ bytes }) => bytes > 0);
  if (parts.length === 0) return html``;
  const total = parts.reduce((sum, { bytes }) => sum + bytes, 0);
  return html`<section aria-labelledby="whereabouts"><h2 id="whereabouts">Where the bytes are</h2>
${wholeBar(parts)}
<ul class="key">${parts.map(({ tone, text, bytes }) => html`<li>${swatch(tone)}<span class="what">${text}</span> <strong>${sizeText(bytes)}</strong> <span class="part">${percent(bytes / total)}</span></li>`)}</ul>${foundElsewhere(report)}</section>`;
}

/** Records may tell of more, or of less, than what lies there now. */
function foundElsewhere({ usage, holdings }: CatalogReport): Markup | undefined {
  const recorded = sizeText(holdings.adopted_bytes + holdings.referenced_bytes);
  if (usage === undefined || sizeText(usage.referenced_bytes) === recorded) return undefined;
  return html`<p class="remark">Adopted and referenced is what was recorded, ${recorded}; ${sizeText(usage.referenced_bytes)} were found there.</p>`;
}

/** What to do next, where there is something. */
export function nextSteps(report: CatalogReport): Markup {
  const steps = adviceOf(report);
  if (steps.length === 0) return html``;
  return html`<section aria-labelledby="next"><h2 id="next">What to look at</h2>
<ul class="steps">${steps.map(step)}</ul></section>`;
}

function step({ text, ids, more, note, command }: Advice): Markup {
  const names = ids.length === 0 ? undefined : html`: ${namedList(ids, 60)}${more > 0 ? ` and ${more.toLocaleString('en')} more` : ''}`;
  return html`<li><span>${text}${names}.${note === undefined ? undefined : ` ${note}`}</span> <code>${shortened(command, 120)}</code></li>`;
}

export function percent(part: number): string {
  if (part > 0 && part < 0.01) return 'below 1 %';
  return part < 1 && part > 0.99 ? 'above 99 %' : `${Math.round(100 * part)} %`;
}

function figure(name: string, value: string, note: string): Markup {
  return html`<div><dt>${name}</dt><dd><strong>${value}</strong> <small>${note}</small></dd></div>`;
}

function partsOf({ holdings, usage }: CatalogReport) {
  return [
    { tone: 'own', text: 'In the catalog, of one model alone', bytes: holdings.own_bytes },
    { tone: 'shared', text: 'In the catalog, shared by several', bytes: holdings.shared_bytes },
    { tone: 'freed', text: 'In the catalog, can be freed', bytes: usage?.reclaimable_bytes ?? 0 },
    { tone: 'adopted', text: 'With other tools, adopted', bytes: holdings.adopted_bytes },
    { tone: 'referenced', text: 'Referenced where it lies', bytes: holdings.referenced_bytes },
  ];
}
