import { html, ours } from '../../core/markup.js';
import { pageOf } from '../../core/page.js';
import type { Trace } from '../trace.js';
import { matrix } from './matrix.js';
import { findings, heading, runsTable } from './overview.js';
import { packed } from './packed.js';
import { pageScript } from './page-script.js';
import { pageStyle } from './page-style.js';
import { requirementSection, strayScenarios } from './requirement-section.js';
import { type ShownScenario, shownScenarios } from './shown-scenarios.js';

/**
 * CAT-TRC-5105: the trace as one page that asks for nothing: what is required, how it stands and which scenarios prove it can be read
 * without scripts; their steps, durations, examples and attachments are unpacked by its own. The same trace gives the same bytes.
 */
export function htmlOf(trace: Trace): string {
  const scenarios = shownScenarios(trace.scenarios);
  const sections = placesById(trace, scenarios);
  const strays = [...scenarios.keys()].filter((place) => !sections.flat().includes(place));
  const scenariosAt = (places: readonly number[]) => places.flatMap((place) => scenarios[place] ?? []);
  const body = html`<a class="skip" href="#requirements">To the requirements</a>
<main>
<div id="overview">${heading(trace)}
${findings(trace)}
${matrix(trace)}
${runsTable(trace)}</div>
<p id="unread" role="status" hidden></p>
${trace.requirements.map((requirement, place) => requirementSection(requirement, scenariosAt(sections[place] ?? [])))}
${strayScenarios(scenariosAt(strays))}
${footer}</main>
<script type="text/plain" id="packed">${ours(packed({ runs: trace.runs, scenarios, sections: [...sections, strays] }))}</script>`;
  return pageOf({ title: `${trace.title}, traceability`, style: pageStyle, script: pageScript, body });
}

/** For each requirement, where its scenarios are among all. */
function placesById({ requirements }: Trace, scenarios: readonly ShownScenario[]): number[][] {
  const byId = new Map<string, Set<number>>();
  const add = (id: string, place: number) => byId.set(id, (byId.get(id) ?? new Set()).add(place));
  for (const [place, { examples }] of scenarios.entries()) for (const { id } of examples) add(id, place);
  return requirements.map((requirement) => [...new Set(requirement.scenarios.flatMap((id) => [...(byId.get(id) ?? [])]))].sort((a, b) => a - b));
}

const footer = html`<footer><noscript><p>Steps, durations, examples and attachments are packed into this file; a script of its own shows them where scripts may run.</p></noscript>
<p>Nothing is asked for outside this file. Times are UTC.</p></footer>`;
