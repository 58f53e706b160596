import type * as Badge from '../../src/trace/pages/badge.js';
import type * as Html from '../../src/trace/pages/html.js';
import type * as Junit from '../../src/trace/pages/junit.js';
import type * as Sarif from '../../src/trace/pages/sarif.js';
import type { Trace } from '../../src/trace/trace.js';
import { inModule, type ModuleSaboteur } from './saboteur.js';

const breaks = 'CAT-TRC-5105';
const by = 'scenario';

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
export const tracePageSaboteurs: readonly ModuleSaboteur[] = [firstRequirementOnly, knownByLines, neverRed, wordsAreMarkup];
