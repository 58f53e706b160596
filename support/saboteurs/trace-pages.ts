import type * as Badge from '../../src/trace/pages/badge.js';
import type * as Claimed from '../../src/trace/pages/claimed.js';
import type * as Html from '../../src/trace/pages/html.js';
import type * as Junit from '../../src/trace/pages/junit.js';
import type * as Overview from '../../src/trace/pages/overview.js';
import type * as PageScript from '../../src/trace/pages/page-script.js';
import type * as Room from '../../src/trace/pages/room.js';
import type * as Sarif from '../../src/trace/pages/sarif.js';
import { shownScenarios } from '../../src/trace/pages/shown-scenarios.js';
import type * as Unusual from '../../src/trace/pages/unusual.js';
import type { Trace } from '../../src/trace/trace.js';
import { everyStatus, withMessages } from '../trace/samples.js';
import { inModule } from './saboteur.js';

const breaks = 'CAT-TRC-5105';
const by = 'scenario';

const endlessRoom = inModule<typeof Room, 'mostBytes'>({
  name: 'a page has room for all',
  ...{ breaks, by },
  does: 'Whatever happened is told in full, however large the page becomes.',
  module: 'src/trace/pages/room.ts',
  names: ['mostBytes'],
  substitutes: () => ({ mostBytes: Number.MAX_SAFE_INTEGER }),
  shows: ({ mostBytes }) => mostBytes,
});

const greenFirst = inModule<typeof Claimed, 'claimsOf'>({
  name: 'what is green is named first',
  ...{ breaks, by },
  does: 'Where not all scenarios can be named, those that failed are the first that are not.',
  module: 'src/trace/pages/claimed.ts',
  names: ['claimsOf'],
  substitutes: ({ claimsOf }) => ({ claimsOf: (trace, scenarios) => claimsOf(trace, scenarios).map((some) => some.toReversed()) }),
  shows: ({ claimsOf }) => claimsOf(everyStatus(), shownScenarios(everyStatus().scenarios)),
});

const linkOutside = inModule<typeof Overview, 'runsTable'>({
  name: 'a link leaves the file',
  ...{ breaks, by },
  does: 'A path of messages leads to a server.',
  module: 'src/trace/pages/overview.ts',
  names: ['runsTable'],
  substitutes: ({ runsTable }) => ({
    runsTable: (trace) => ({
      markup: runsTable(trace).markup.replaceAll(/<code>(reports[^<]*)/g, '<code><a href="https://ci.example/$1">$1</a>'),
    }),
  }),
  shows: ({ runsTable }) => runsTable(everyStatus()),
});

const forgottenFilter = inModule<typeof PageScript, 'pageScript'>({
  name: 'a filter is not in the address',
  ...{ breaks, by },
  does: 'What was filtered is lost when the page is loaded again.',
  module: 'src/trace/pages/page-script.ts',
  names: ['pageScript'],
  substitutes: ({ pageScript }) => ({ pageScript: pageScript.replace("history.replaceState(null, '', '#' + stateText());", '') }),
  shows: ({ pageScript }) => pageScript.includes('replaceState'),
});

const droppedAttachments = inModule<typeof Unusual, 'unusualOf'>({
  name: 'an attachment is dropped',
  ...{ breaks, by },
  does: 'Of what a scenario attached nothing comes into the page.',
  module: 'src/trace/pages/unusual.ts',
  names: ['unusualOf'],
  substitutes: ({ unusualOf }) => ({ unusualOf: (asked) => unusualOf(asked).map(({ attachments: _, ...one }) => one) }),
  shows: ({ unusualOf }) => {
    const scenarios = shownScenarios(withMessages([5]).scenarios);
    const room = {
      names: 0,
      findings: 1,
      packedFindings: 1,
      line: 80,
      failed: 5_000,
      passed: 5_000,
      all: 20_000,
      stepTimes: true,
      cells: true,
    };
    return unusualOf({ names: ['fs'], scenarios, room });
  },
});

const nothingVerified = inModule<typeof Junit, 'junitOf'>({
  name: 'JUnit does not say what it verifies',
  ...{ breaks, by },
  does: 'The cases of JUnit have no properties.',
  module: 'src/trace/pages/junit.ts',
  names: ['junitOf'],
  substitutes: ({ junitOf }) => ({ junitOf: (trace) => junitOf(trace).replaceAll(/<property name="verifies"[^>]*>/g, '') }),
  shows: ({ junitOf }) => {
    const { scenarios, ...trace } = everyStatus();
    return junitOf({ ...trace, scenarios: scenarios.map((one) => ({ ...one, requirements: ['R-1'] })) });
  },
});

const firstLine = inModule<typeof Sarif, 'sarifOf'>({
  name: 'SARIF speaks of first lines',
  ...{ breaks, by },
  does: 'Every finding is annotated on the first line of its file.',
  module: 'src/trace/pages/sarif.ts',
  names: ['sarifOf'],
  substitutes: ({ sarifOf }) => ({ sarifOf: (trace) => sarifOf(trace).replaceAll(/"startLine": \d+/g, '"startLine": 1') }),
  shows: ({ sarifOf }) => sarifOf(everyStatus()),
});

const clockInPage = inModule<typeof Html, 'htmlOf'>({
  name: 'a page knows when it was made',
  ...{ breaks, by },
  does: 'The same trace gives another page each time.',
  module: 'src/trace/pages/html.ts',
  names: ['htmlOf'],
  substitutes: ({ htmlOf }) => ({ htmlOf: (trace) => `${htmlOf(trace)}<!-- ${process.hrtime.bigint()} -->\n` }),
  shows: ({ htmlOf }) => htmlOf(everyStatus()).includes('<!-- '),
});

const firstRequirementOnly = inModule<typeof Junit, 'junitOf'>({
  name: 'JUnit names one requirement a case',
  ...{ breaks, by },
  does: 'Of the requirements that a scenario verifies the first is told.',
  module: 'src/trace/pages/junit.ts',
  names: ['junitOf'],
  substitutes: ({ junitOf }) => ({
    junitOf: (trace) => {
      const scenarios = trace.scenarios.map((one) => ({ ...one, requirements: one.requirements.slice(0, 1) }));
      return junitOf({ ...trace, scenarios });
    },
  }),
  shows: async ({ junitOf }) => {
    const trace = await aTrace();
    return junitOf({ ...trace, scenarios: trace.scenarios.map((one) => ({ ...one, requirements: ['R-1', 'R-2'] })) });
  },
});

const knownByLines = inModule<typeof Sarif, 'sarifOf'>({
  name: 'a finding is known by its line',
  ...{ breaks, by },
  does: 'When lines move, every finding is a new one.',
  module: 'src/trace/pages/sarif.ts',
  names: ['sarifOf'],
  substitutes: ({ sarifOf }) => ({
    sarifOf: (trace) =>
      sarifOf({ ...trace, findings: trace.findings.map((one) => ({ ...one, id: `${one.id}, ${one.places[0]?.line}.` })) }),
  }),
  shows: async ({ sarifOf }) => sarifOf(await aTrace()),
});

const neverRed = inModule<typeof Badge, 'badgeOf'>({
  name: 'a badge is never red',
  ...{ breaks, by },
  does: 'A badge tells how much is verified, and not that the gate is not met.',
  module: 'src/trace/pages/badge.ts',
  names: ['badgeOf'],
  substitutes: ({ badgeOf }) => ({ badgeOf: (trace) => badgeOf({ ...trace, findings: [] }) }),
  shows: async ({ badgeOf }) => badgeOf(await aTrace()),
});

const wordsAreMarkup = inModule<typeof Html, 'htmlOf'>({
  name: 'the words of a trace are markup',
  ...{ breaks, by },
  does: 'What somebody wrote in a scenario is put into the page as it is.',
  module: 'src/trace/pages/html.ts',
  names: ['htmlOf'],
  substitutes: ({ htmlOf }) => ({ htmlOf: (trace) => htmlOf(trace).replaceAll('&lt;', '<').replaceAll('&gt;', '>') }),
  shows: async ({ htmlOf }) => htmlOf({ ...(await aTrace()), title: '<b>' }).length,
});

/** Loaded when it is asked for: what stands in the place of a module must not be made of it. */
async function aTrace(): Promise<Trace> {
  return (await import('../trace/samples.js')).everyStatus();
}

/** Of what is made of a trace (CAT-TRC-5105). */
export const tracePageSaboteurs = [
  ...[endlessRoom, greenFirst, linkOutside, forgottenFilter],
  ...[droppedAttachments, nothingVerified, firstLine, clockInPage],
  ...[firstRequirementOnly, knownByLines, neverRed, wordsAreMarkup],
];
