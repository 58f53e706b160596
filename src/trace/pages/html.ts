import { html, type Markup, ours } from '../../core/markup.js';
import { pageOf } from '../../core/page.js';
import type { Trace } from '../trace.js';
import { type Claimed, claimsOf, lettersOfRed, namedIn } from './claimed.js';
import { matrix } from './matrix.js';
import { findings, heading, runsTable, untold } from './overview.js';
import { packed } from './packed.js';
import { pageScript } from './page-script.js';
import { pageStyle } from './page-style.js';
import { requirementSection, strayScenarios } from './requirement-section.js';
import { mostBytes, type Room, rooms } from './room.js';
import { type ShownScenario, shownScenarios } from './shown-scenarios.js';

/**
 * CAT-TRC-5105: the trace as one page that asks for nothing: what is required, how it stands and which scenarios prove it can be read
 * without scripts; their steps, durations, examples and attachments are unpacked by its own. Whatever happened in a run, it tells as much
 * as keeps it small. The same trace gives the same bytes.
 */
export function htmlOf(trace: Trace): string {
  const scenarios = shownScenarios(trace.scenarios);
  const claims = claimsOf(trace, scenarios);
  const matrixOf = matrix(trace);
  return widest(lettersOfRed(claims), (room) => pageIn(trace, { scenarios, claimed: namedIn(room, claims), room }, matrixOf));
}

/** In the first room in which it fits with the names of what is not green, and with as many others as fit besides. */
function widest(red: number, made: (room: Room) => string): string {
  let bare = '';
  for (const room of rooms) {
    bare = made({ ...room, names: 0 });
    const left = mostBytes - Buffer.byteLength(bare);
    if (left < red && room !== rooms.at(-1)) continue;
    if (left < 0) return bare;
    const page = made({ ...room, names: left });
    return Buffer.byteLength(page) <= mostBytes ? page : bare;
  }
  return bare;
}

function pageIn(trace: Trace, shown: Shown, matrixOf: Markup): string {
  const { claimed, room } = shown;
  const nothing: Claimed = { scenarios: [], named: 0 };
  const body = html`<a class="skip" href="#requirements">To the requirements</a>
<main>
${heading(trace)}
${findings(trace, room)}
${matrixOf}
${runsTable(trace)}</div>
<p id="unread" role="status" hidden></p>
${trace.requirements.map((requirement, place) => requirementSection(requirement, claimed[place] ?? nothing, room))}
${strayScenarios(claimed.at(-1) ?? nothing)}
${footer(room)}</main>
<script type="text/plain" id="packed">${ours(details(trace, shown))}</script>`;
  return pageOf({ title: `${trace.title}, traceability`, style: pageStyle, script: pageScript, body });
}

interface Shown {
  readonly scenarios: readonly ShownScenario[];
  readonly claimed: readonly Claimed[];
  readonly room: Room;
}

function details(trace: Trace, { scenarios, claimed, room }: Shown): string {
  const { runs, requirements } = trace;
  const places = new Map(scenarios.map((scenario, place) => [scenario, place] as const));
  const placesOf = (some: readonly ShownScenario[]) => some.flatMap((scenario) => places.get(scenario) ?? []);
  const named = new Set(claimed.flatMap((one) => placesOf(one.scenarios.slice(0, one.named))));
  const citations = requirements.map((requirement) => requirement.citations);
  const sections = claimed.map((one) => placesOf(one.scenarios));
  return packed({ runs, scenarios, sections, named, citations, findings: untold(trace, room), room });
}

function footer({ stepTimes, cells }: Room): Markup {
  return html`<footer><noscript><p>Steps, durations, examples, attachments and citations are packed into this file; a script of its own shows them where scripts may run.</p></noscript>
<p>Nothing is asked for outside this file. Times are UTC.${stepTimes ? '' : ' How long each step took had no room here: traceability.json has it.'}${cells ? '' : ' Nor had what stands in the rows of outlines, and in the tables and texts of steps.'}</p></footer>`;
}
