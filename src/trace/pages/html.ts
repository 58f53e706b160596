import { html, ours } from '../../core/markup.js';
import { pageOf } from '../../core/page.js';
import type { Trace } from '../trace.js';
import { type Claimed, claimedOf } from './claimed.js';
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
  const claimed = claimedOf(trace, scenarios);
  const nothing: Claimed = { scenarios: [], named: 0 };
  const body = html`<a class="skip" href="#requirements">To the requirements</a>
<main>
${heading(trace)}
${findings(trace)}
${matrix(trace)}
${runsTable(trace)}</div>
<p id="unread" role="status" hidden></p>
${trace.requirements.map((requirement, place) => requirementSection(requirement, claimed[place] ?? nothing))}
${strayScenarios(claimed.at(-1) ?? nothing)}
${footer}</main>
<script type="text/plain" id="packed">${ours(details(trace, scenarios, claimed))}</script>`;
  return pageOf({ title: `${trace.title}, traceability`, style: pageStyle, script: pageScript, body });
}

function details({ runs, requirements }: Trace, scenarios: readonly ShownScenario[], claimed: readonly Claimed[]): string {
  const places = new Map(scenarios.map((scenario, place) => [scenario, place] as const));
  const placesOf = (some: readonly ShownScenario[]) => some.flatMap((scenario) => places.get(scenario) ?? []);
  const named = new Set(claimed.flatMap((one) => placesOf(one.scenarios.slice(0, one.named))));
  const citations = requirements.map((requirement) => requirement.citations);
  return packed({ runs, scenarios, sections: claimed.map((one) => placesOf(one.scenarios)), named, citations });
}

const footer = html`<footer><noscript><p>Steps, durations, examples, attachments and citations are packed into this file; a script of its own shows them where scripts may run.</p></noscript>
<p>Nothing is asked for outside this file. Times are UTC.</p></footer>`;
