import { html, type Markup } from '../../src/core/markup.js';
import { pageOf as wholePage } from '../../src/core/page.js';
import { ratioBar } from './bars.js';
import { curveChart } from './curves.js';
import { figure, millisecondsText, targetText, unitText } from './figures.js';
import type { Outcome } from './outcomes.js';
import { benchStyle } from './page-style.js';
import { durability, peerRemark } from './peers.js';
import type { BenchReport, Curve, Experiment, SyncedStore } from './report.js';

/** One file that needs neither network nor script: what was measured, and whether it is what was promised. */
export function pageOf(report: BenchReport): string {
  const body = html`<main><h1>catalog-core beside its peers</h1>${overview(report)}${report.stores.length > 0 ? synced(report.stores) : undefined}${promised(report)}${report.curves.length > 0 ? scale(report) : undefined}${taken(report.experiments)}${report.skipped.length > 0 ? leftOut(report) : undefined}</main>`;
  return wholePage({ title: 'Benchmarks of catalog-core', style: benchStyle, script: '', body });
}

function overview({ machine, versions, quick, began, duration_ms, outcomes }: BenchReport): Markup {
  const judged = outcomes.filter(({ met }) => met !== undefined);
  const met = judged.filter((outcome) => outcome.met).length;
  const peers = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return html`<p>${began.slice(0, 16).replace('T', ' ')} UTC, ${figure(duration_ms / 1000)} s. ${machine.processor}, ${machine.cores} cores, ${figure(machine.memory_bytes / 1e9)} GB, ${machine.system}, ${machine.file_system}, a load of ${figure(machine.load)} before it began; Node ${machine.node.slice(1)}, OpenSSL ${machine.openssl}.</p><p>${peers.join(', ')}.</p><section aria-labelledby="sum"><h2 id="sum">${met} of ${judged.length} targets met</h2>${quick ? html`<p><strong>This run was quick: it has fewer blocks than a verdict needs, and smaller sizes.</strong></p>` : undefined}<p>Ours and its peers do their operations in turns, A B C, C B A, in one run on one machine. Each figure is the middle one of the ratios of all blocks, and in brackets those that one block in ten is below and above. Every operation writes what was not there before. A bar begins at 1, where both take as long; the dashed mark is what was promised, the thin line how far blocks were apart.</p></section>`;
}

function synced(stores: readonly SyncedStore[]): Markup {
  const isCounted = stores.some(({ counts }) => counts !== undefined);
  const rows = stores.map(
    ({ name, settings, counts, durable }) =>
      html`<tr><th scope="row">${name}<small>${settings}</small></th>${[counts?.writes, counts?.syncs, counts?.directory_syncs].map((count) => html`<td class="number">${count}</td>`)}<td class="${durable === 'full' ? 'met' : 'missed'}">${durability[durable]}</td></tr>`,
  );
  return html`<section aria-labelledby="synced"><h2 id="synced">What is synced when a put is acknowledged</h2><p>${isCounted ? 'By the system calls of a process of its own, which do not vary.' : 'As it was found before: this run did not count system calls.'} Whoever does not sync is faster for it.</p>${table('One put among 100 records', ['Store', 'Writes', 'Syncs', 'of directories', 'Durable when acknowledged'], rows, [1, 2, 3])}</section>`;
}

function promised({ outcomes, experiments, stores }: BenchReport): Markup {
  const requirements = [...new Set(outcomes.map(({ requirement }) => requirement))].sort();
  return html`${requirements.map((requirement) => {
    const own = outcomes.filter((outcome) => outcome.requirement === requirement);
    const subjects = new Set(own.map(({ subject }) => subject));
    const hows = experiments.filter(({ subject }) => subjects.has(subject));
    return html`<section aria-labelledby="${requirement}"><h2 id="${requirement}">${requirement}</h2>${table(
      `${requirement}, measured against what was promised`,
      ['What', 'Measured', 'of blocks', 'Promised', '', 'Ratio, from 0.01 to 100'],
      own.map((outcome) => row(outcome, stores)),
      [1, 2],
    )}<details><summary>How it was measured</summary><ul>${hows.map(({ title, how, plan }) => html`<li><p><strong>${title}.</strong> ${how} ${planText(plan)}</p></li>`)}</ul></details></section>`;
  })}`;
}

function planText(plan: Experiment['plan']): string {
  return plan === undefined ? '' : `${plan.blocks} blocks of ${plan.passes} turns with ${plan.operations} operations each.`;
}

function row(outcome: Outcome, stores: readonly SyncedStore[]): Markup {
  const floor = outcome.floor === undefined ? undefined : `the least that it could be here: ${figure(outcome.floor)}`;
  const notes = [peerRemark(outcome, stores), floor, outcome.remark].filter((note) => note !== undefined);
  const { says, value, low, high, target, met, id } = outcome;
  const verdict = met === undefined ? 'untold' : met ? 'met' : 'missed';
  const isRatio = outcome.measure === 'time' || outcome.measure === 'rate';
  return html`<tr id="${id}"><th scope="row">${says}${notes.map((note) => html`<small>${note}</small>`)}</th><td class="number">${figure(value)}<small>${unitText(outcome)}</small></td><td class="number">${figure(low)} … ${figure(high)}</td><td class="nowrap">${target && targetText(target)}</td><td class="${verdict}">${met === undefined ? '' : met ? '✓ met' : '✗ missed'}</td><td>${isRatio ? ratioBar(outcome) : undefined}</td></tr>`;
}

function scale({ curves, outcomes, experiments }: BenchReport): Markup {
  const charts = [...new Set(curves.map(({ chart }) => chart))];
  return html`<section aria-labelledby="scale"><h2 id="scale">Scale</h2><p>Both scales are logarithmic: a straight line is a power of the size, and a level one does not grow. The power is fitted in each block.</p><div class="charts">${charts.map(
    (chart) => {
      const own = curves.filter((curve) => curve.chart === chart);
      const title = experiments.find(({ id }) => id === chart)?.title ?? chart;
      return html`<figure><figcaption>${title}</figcaption>${curveChart(chart.replaceAll('/', '-'), title, own)}<ul class="key">${own.map((curve, place) => keyLine(curve, place, outcomes))}</ul></figure>`;
    },
  )}</div></section>`;
}

function keyLine({ id, name }: Curve, place: number, outcomes: readonly Outcome[]): Markup {
  const fitted = outcomes.find((outcome) => outcome.id === id);
  const power = fitted && ` grows with the power ${figure(fitted.value)}${fitted.target ? `, promised ${targetText(fitted.target)}` : ''}`;
  return html`<li><svg class="swatch-${place}" width="14" height="14" viewBox="0 0 14 14" aria-hidden="true"><rect width="14" height="14" rx="3"/></svg>${name}${power}</li>`;
}

/** Figures of this machine: they do not travel, as ratios do. */
function taken(experiments: readonly Experiment[]): Markup {
  const rows = experiments.flatMap(({ title, sides }) =>
    sides.map(
      ({ name, ms_per_operation: { median, low, high } }) =>
        html`<tr><th scope="row">${title}: ${name}</th><td class="number">${millisecondsText(median)}</td><td class="number">${millisecondsText(low)} … ${millisecondsText(high)}</td></tr>`,
    ),
  );
  return html`<section aria-labelledby="taken"><h2 id="taken">What an operation took here</h2><p>Times of this machine on that day; only ratios within a run can be compared.</p><details><summary>All sides of all experiments</summary>${table('Per operation', ['Experiment and side', 'Middle', 'of blocks'], rows, [1, 2])}</details></section>`;
}

function leftOut({ skipped }: BenchReport): Markup {
  const rows = skipped.map(({ title, because }) => html`<tr><th scope="row">${title}</th><td>${because}</td></tr>`);
  return html`<section aria-labelledby="left-out"><h2 id="left-out">What this run left out</h2>${table('And why', ['Experiment', 'Because'], rows, [])}</section>`;
}

function table(caption: string, heads: readonly string[], rows: readonly Markup[], numbers: readonly number[]): Markup {
  const cells = heads.map((head, place) =>
    head === ''
      ? html`<td class="empty"></td>`
      : html`<th scope="col"${numbers.includes(place) ? html` class="number"` : undefined}>${head}</th>`,
  );
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table><caption>${caption}</caption><thead><tr>${cells}</tr></thead><tbody>${rows}</tbody></table></div>`;
}
