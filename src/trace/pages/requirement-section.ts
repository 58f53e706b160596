import { html, type Markup, shortened } from '../../core/markup.js';
import { type Drift, keywords, type Place, type Requirement } from '../trace.js';
import { placeText } from './overview.js';
import type { ShownScenario } from './shown-scenarios.js';
import { counted } from './words.js';

/** One requirement: what it says and what is known of it beside the scenarios that claim it. */
export function requirementSection(requirement: Requirement, scenarios: readonly ShownScenario[]): Markup {
  const { id, title, level, status, source } = requirement;
  return html`<article id="${id}"><h2 tabindex="-1"><code>${id}</code> ${title}</h2><p class="facts"><span class="mark ${status}">${status}</span> ${level} <code>${placeText(source)}</code></p>
<div class="pair"><div>${words(requirement)}${knowledge(requirement)}</div><div>${claims(scenarios)}</div></div></article>
`;
}

/** Scenarios that claim no requirement. */
export function strayScenarios(scenarios: readonly ShownScenario[]): Markup {
  if (scenarios.length === 0) return html``;
  return html`<article id="strays"><h2 tabindex="-1">Scenarios of no requirement</h2><div>${byFeature(scenarios)}</div></article>
`;
}

function words({ text, clauses }: Requirement): Markup {
  if (clauses.length === 0) return html`<p class="words">${withKeywords(text)}</p>`;
  return html`<p class="words">${clauses.map((clause, place) => html`${place === 0 ? undefined : html`<br>`}<i>${clause.role.toUpperCase()}</i> ${withKeywords(clause.text)}`)}</p>`;
}

const keyword = new RegExp(`\\b(${keywords.join('|')})\\b`);

function withKeywords(text: string): Markup {
  return html`${text.split(keyword).map((part, place) => (place % 2 === 1 ? html`<b>${part}</b>` : part))}`;
}

function knowledge(requirement: Requirement): Markup {
  const { because, caught, survived, waiver, citations, drift, byRun, obligations, status } = requirement;
  const reasons = because.filter((reason) => reason !== 'direct');
  const open = obligations.length > 1 ? obligations.filter((obligation) => obligation.status !== status) : [];
  const runs = new Set(Object.values(byRun)).size > 1 ? Object.entries(byRun) : [];
  return html`${drift && drift.kind !== 'exact' ? driftOf(drift) : undefined}${fact('Because', reasons.length > 0 && html`${shortened(reasons.join('; '), 400)}`)}${fact('Waived', waiver && html`${waiver.reason}, until ${waiver.until}`)}${fact(
    'Its parts',
    open.length > 0 && html`<ul>${open.map((one) => html`<li><span class="mark ${one.status}">${one.status}</span> ${shortened(one.text, 300)}`)}</ul>`,
  )}${fact('With', runs.length > 0 && html`<ul>${runs.map(([run, one]) => html`<li><span class="mark ${one}">${one}</span> ${run}`)}</ul>`)}${fact('Red under', caught.length > 0 && html`<ul>${caught.map((name) => html`<li>${name}`)}</ul>`)}${fact('Green under', survived.length > 0 && html`<ul class="survived">${survived.map((name) => html`<li>${name}`)}</ul>`)}${fact('Cited in', citations.length > 0 && html`<ul>${cited(citations).map(([path, lines]) => html`<li><code>${path}:${lines.join(',')}</code>`)}</ul>`)}`;
}

function fact(name: string, said: Markup | false | undefined): Markup {
  return said === undefined || said === false ? html`` : html`<h3>${name}</h3>${said}`;
}

/** The lines of each file. */
function cited(citations: readonly Place[]): [string, number[]][] {
  const lines = new Map<string, number[]>();
  for (const { path, line } of citations) lines.set(path, [...(lines.get(path) ?? []), line]);
  return [...lines];
}

function driftOf({ kind, words: found, scenario }: Drift): Markup {
  const said = found.map(({ kind: change, text }) => (change === 'same' ? html`${text} ` : change === 'gone' ? html`<del>${text}</del> ` : html`<ins>${text}</ins> `));
  return html`<h3>Drift: ${kind}</h3><p class="drift">${said}</p>${scenario === undefined ? undefined : html`<p><code>${scenario}</code></p>`}`;
}

function claims(scenarios: readonly ShownScenario[]): Markup {
  if (scenarios.length === 0) return html`<p class="note">No scenario claims it.</p>`;
  const examples = scenarios.reduce((sum, scenario) => sum + scenario.examples.length, 0);
  const rows = examples === scenarios.length ? '' : `, ${counted(examples, 'example')}`;
  return html`<h3>${counted(scenarios.length, 'scenario')}${rows}</h3>${byFeature(scenarios)}`;
}

/** Their names by feature. The script adds the rest to each, in this order. */
function byFeature(scenarios: readonly ShownScenario[]): Markup {
  const features = new Map<string, ShownScenario[]>();
  for (const scenario of scenarios) features.set(scenario.place.path, [...(features.get(scenario.place.path) ?? []), scenario]);
  return html`${[...features].map(([path, there]) => html`<h4>${there[0]?.feature} <code>${path}</code></h4><ul class="claims">${there.map(claim)}</ul>`)}`;
}

/** What is not green says so. */
function claim({ name, outcome }: ShownScenario): Markup {
  return html`<li>${name}${outcome === 'passed' ? undefined : html` <b class="mark ${classOf(outcome)}">${outcome}</b>`}`;
}

function classOf(outcome: ShownScenario['outcome']): string {
  return outcome === 'failed' || outcome === 'ambiguous' ? 'failed' : outcome === 'undefined' || outcome === 'pending' ? 'flaky' : 'linked';
}
