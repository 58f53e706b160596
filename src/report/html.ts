import { html, type Markup, ours } from '../core/markup.js';
import { pageOf } from '../core/page.js';
import { growth } from './growth-section.js';
import { modelsTable } from './models-section.js';
import { figures, heading, nextSteps, whereabouts } from './overview.js';
import { pageScript } from './page-script.js';
import { pageStyle, patterns } from './page-style.js';
import type { CatalogReport } from './report.js';
import { enginesTable, sharing } from './sharing-section.js';
import { adopted, verification } from './verification.js';

/**
 * CAT-CLI-6205: the report as one page that needs nothing else, neither network nor script. Whatever names, sources and headers hold,
 * it is text there; and the page lets no script run but its own, by its hash.
 */
export function htmlOf(report: CatalogReport): string {
  const content = html`${heading(report)}
${figures(report)}
${whereabouts(report)}
${nextSteps(report)}
${verification(report)}
${growth(report)}
${modelsTable(report)}
${adopted(report)}
${sharing(report)}
${enginesTable(report)}
${footer}`;
  const body = html`<a class="skip" href="#models">To the models</a>
<svg class="unseen" aria-hidden="true" focusable="false" width="0" height="0"><defs>${ours(patterns)}</defs></svg>
<main>
${content}</main>`;
  return pageOf({ title: `Catalog report, ${report.made_at.slice(0, 10)}`, style: pageStyle, script: pageScript, body });
}

const footer: Markup = html`<footer><p>Sizes are decimal: 1 GB is 1,000,000,000 bytes. Times are UTC. <code>catalog report --json</code> gives the data of this page.</p></footer>`;
