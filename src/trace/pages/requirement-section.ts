import { html, type Markup, shortened } from '../../core/markup.js';
import { type Drift, keywords, type Requirement, type Status } from '../trace.js';
import { type Claimed, notGreen } from './claimed.js';
import { placeText } from './overview.js';
import type { Room } from './room.js';
import type { ShownScenario } from './shown-scenarios.js';
import { counted } from './words.js';

/** One requirement: what it says and what is known of it beside the scenarios that claim it. */
export function requirementSection(requirement: Requirement, claimed: Claimed, room: Room): Markup {
  const { id, title, level, status, source } = requirement;
  return html`<article id="${id}"><h2><code>${id}</code> ${title}</h2><p><b class="mark ${status}">${status}</b>${level}, ${placeText(source)}
<div><div>${words(requirement)}${knowledge(requirement, room)}</div><div>${claims(claimed)}</div></div></article>
`;
}

/** Scenarios that claim no requirement. */
export function strayScenarios(strays: Claimed): Markup {
  if (strays.scenarios.length === 0) return html``;
  return html`<article id="strays"><h2>Scenarios of no requirement</h2>${names(strays)}</article>
`;
}

function words({ text, clauses }: Requirement): Markup {
  if (clauses.length === 0) return html`<p class="words">${withKeywords(text)}</p>`;
  return html`<p class="words">${clauses.map((clause, place) => html`${place === 0 ? undefined : html`<br>`}<i>${clause.role.toUpperCase()}</i> ${withKeywords(clause.text)}`)}</p>`;
}

const code = /`([^`]+)`/;
const keyword = new RegExp(`\\b(${keywords.join('|')})\\b`);

/** Keywords and code stand out. */
function withKeywords(text: string): Markup {
  const parts = text.split(code);
  return html`${parts.map((part, place) => (place % 2 === 1 ? html`<code>${part}</code>` : part.split(keyword).map((word, at) => (at % 2 === 1 ? html`<b>${word}</b>` : word))))}`;
}

/** Of these the page shows beside it why. */
const speakForThemselves: readonly Status[] = ['verified', 'passing', 'uncovered'];

function knowledge(requirement: Requirement, { line }: Room): Markup {
  const { because, caught, survived, waiver, drift, byRun, obligations, status } = requirement;
  const reasons = because.filter((reason) => reason !== 'direct' && !(because.length === 1 && speakForThemselves.includes(status)));
  const open = obligations.length > 1 ? obligations.filter((obligation) => obligation.status !== status) : [];
  const runs = new Set(Object.values(byRun)).size > 1 ? Object.entries(byRun) : [];
  return html`${drift && drift.kind !== 'exact' ? driftOf(drift, line) : undefined}${fact('Because', reasons.length > 0 && html`${shortened(reasons.join('; '), line)}`)}${fact('Waived', waiver && html`${waiver.reason}, until ${waiver.until}`)}${fact(
    'Its parts',
    open.length > 0 &&
      html`<ul>${open.map((one) => html`<li><span class="mark ${one.status}">${one.status}</span> ${shortened(one.text, line)}`)}</ul>`,
  )}${fact('With', runs.length > 0 && html`<ul>${runs.map(([run, one]) => html`<li><span class="mark ${one}">${one}</span> ${run}`)}</ul>`)}${fact(`Red under ${counted(caught.length, 'saboteur')}`, caught.length > 0 && html`<ul>${caught.map((name) => html`<li>${name}`)}</ul>`)}${fact(`Green under ${counted(survived.length, 'saboteur')}`, survived.length > 0 && html`<ul class="survived">${survived.map((name) => html`<li>${name}`)}</ul>`)}`;
}

function fact(name: string, said: Markup | false | undefined): Markup {
  return said === undefined || said === false ? html`` : html`<h3>${name}</h3>${said}`;
}

function driftOf({ kind, words: found, scenario }: Drift, line: number): Markup {
  const said = runsOf(found).map(({ kind: change, text }) => {
    const cut = shortened(text, line);
    return change === 'same' ? html`${cut} ` : change === 'gone' ? html`<del>${cut}</del> ` : html`<ins>${cut}</ins> `;
  });
  return html`<h3>Drift: ${kind}</h3><p class="drift">${said}</p>${scenario === undefined ? undefined : html`<p><code>${scenario}</code></p>`}`;
}

/** Words that changed alike, together. */
function runsOf(found: Drift['words']): Drift['words'] {
  const runs: { kind: Drift['words'][number]['kind']; text: string }[] = [];
  for (const { kind, text } of found) {
    const last = runs.at(-1);
    if (last?.kind === kind) last.text += ` ${text}`;
    else runs.push({ kind, text });
  }
  return runs;
}

function claims(claimed: Claimed): Markup {
  const { scenarios } = claimed;
  if (scenarios.length === 0) return html`<p class="note">No scenario claims it.</p>`;
  const examples = scenarios.reduce((sum, scenario) => sum + scenario.examples.length, 0);
  const rows = examples === scenarios.length ? '' : `, ${counted(examples, 'example')}`;
  return html`<h3>${counted(scenarios.length, 'scenario')}${rows}</h3>${names(claimed)}`;
}

/** The first names; the script adds the others, and the rest to each. */
function names({ scenarios, named }: Claimed): Markup {
  const shown = scenarios.slice(0, named);
  const rest = scenarios.slice(named);
  const red = notGreen(rest);
  const those = red === 0 ? '' : `, ${red === rest.length ? 'none' : `${red.toLocaleString('en')} of them not`} green`;
  const more = html`<li class="more">${named === 0 ? '' : 'and '}${rest.length.toLocaleString('en')}${named === 0 ? '' : ' more'}${those}`;
  return html`<ol>${shown.map(claim)}${rest.length > 0 ? more : undefined}</ol>`;
}

/** What is not green says so. */
function claim({ name, outcome }: ShownScenario): Markup {
  return html`<li>${name}${outcome === 'passed' ? undefined : html` <b class="mark ${classOf(outcome)}">${outcome}</b>`}`;
}

function classOf(outcome: ShownScenario['outcome']): string {
  return outcome === 'failed' || outcome === 'ambiguous' ? 'failed' : outcome === 'undefined' || outcome === 'pending' ? 'flaky' : 'linked';
}
