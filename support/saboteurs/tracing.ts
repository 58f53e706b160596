import type * as Claims from '../../src/trace/claims.js';
import type * as Conflicts from '../../src/trace/conflicts.js';
import type * as Coverage from '../../src/trace/coverage.js';
import type * as Drift from '../../src/trace/drift.js';
import type * as Findings from '../../src/trace/findings.js';
import type * as Gate from '../../src/trace/gate.js';
import type * as Json from '../../src/trace/json.js';
import type * as Lock from '../../src/trace/lock.js';
import type * as Messages from '../../src/trace/messages.js';
import type * as Obligations from '../../src/trace/obligations.js';
import type * as Requirements from '../../src/trace/requirements.js';
import type * as Results from '../../src/trace/results.js';
import type * as Standing from '../../src/trace/standing.js';
import type { Finding } from '../../src/trace/trace.js';
import type * as Words from '../../src/trace/words.js';
import { inModule, type ModuleSaboteur } from './saboteur.js';

const by = 'scenario';
const place = { path: 'a.feature', line: 1 };
const findings = 'src/trace/findings.ts';

const oneKeyword = inModule<typeof Obligations, 'obligationsIn'>({
  name: 'the first keyword of a text is all of it',
  ...{ breaks: 'CAT-TRC-5101', by },
  does: 'A requirement has one obligation, whatever else it says that MUST be.',
  module: 'src/trace/obligations.ts',
  names: ['obligationsIn'],
  substitutes: ({ obligationsIn }) => ({ obligationsIn: (...said) => obligationsIn(...said).slice(0, 1) }),
  shows: ({ obligationsIn }) => obligationsIn('Bell', 'It MUST ring and MUST NOT ring twice.').length,
});

const fencesRead = inModule<typeof Requirements, 'requirementsIn'>({
  name: 'what is shown in a fence is required',
  ...{ breaks: 'CAT-TRC-5101', by },
  does: 'A fence in Markdown is passed over, and what stands in it is read.',
  module: 'src/trace/requirements.ts',
  names: ['requirementsIn'],
  substitutes: ({ requirementsIn }) => ({
    requirementsIn: (source, profile) => requirementsIn({ ...source, text: source.text.replace(/^\s*(```|~~~).*$/gm, '') }, profile),
  }),
  shows: ({ requirementsIn }) => requirementsIn({ path: 'spec.md', text: '```\n- [R-1] Bell\n```\n' }, { id: 'R-\\d' }).length,
});

const cutShortIsWhole = inModule<typeof Messages, 'MessageReader'>({
  name: 'a run that was cut short is whole',
  ...{ breaks: 'CAT-TRC-5101', by },
  does: 'Of a run that ended before its time what it told counts, and nobody hears that there is no more.',
  module: 'src/trace/messages.ts',
  names: ['MessageReader'],
  substitutes: ({ MessageReader }) => ({
    MessageReader: class extends MessageReader {
      override read(): Messages.ReadRun {
        const read = super.read();
        return { ...read, ended: read.ended === 'before its time' ? 'well' : read.ended };
      }
    },
  }),
  shows: ({ MessageReader }) => new MessageReader({ id: 'a', store: undefined, path: 'a.ndjson' }, () => new Map()).read().ended,
});

const lastFileOnly = inModule<typeof Results, 'outcomesOf'>({
  name: 'the last file of results is all of them',
  ...{ breaks: 'CAT-TRC-5101', by },
  does: 'Of several files of messages the last one counts.',
  module: 'src/trace/results.ts',
  names: ['outcomesOf'],
  substitutes: ({ outcomesOf }) => ({ outcomesOf: (inputs) => outcomesOf({ ...inputs, runs: inputs.runs.slice(-1) }) }),
  shows: async ({ outcomesOf }) => {
    const { everyStatus } = await import('../trace/project.js');
    return [...outcomesOf(everyStatus()).byScenario.values()].map(({ length }) => length);
  },
});

const anyScenarioReaches = inModule<typeof Coverage, 'reachedCitations'>({
  name: 'what is cited counts as run',
  ...{ breaks: 'CAT-TRC-5101', by },
  does: 'Code that cites a requirement is run by all of its scenarios, whatever was measured.',
  module: 'src/trace/coverage.ts',
  names: ['reachedCitations'],
  substitutes: ({ reachedCitations }) => ({
    reachedCitations: (mentions, scenarios, coverage) =>
      reachedCitations(mentions, scenarios, coverage).map((one) => (one.reachedBy ? { ...one, reachedBy: scenarios } : one)),
  }),
  shows: ({ reachedCitations }) => {
    const byScenario = new Map([['b', new Map([['a.feature', [[2, 3] as const]]])]]);
    return reachedCitations([{ id: 'R-1', place }], ['b'], { byScenario, files: new Set(['a.feature']) });
  },
});

const clockInTheOutput = inModule<typeof Json, 'jsonOf'>({
  name: 'a trace tells when it was written',
  ...{ breaks: 'CAT-TRC-5101', by },
  does: 'The title in the output has the time, and no two outputs are the same.',
  module: 'src/trace/json.ts',
  names: ['jsonOf'],
  substitutes: ({ jsonOf }) => ({ jsonOf: (trace) => jsonOf({ ...trace, title: `${trace.title}, ${process.hrtime.bigint()}` }) }),
  shows: async ({ jsonOf }) => jsonOf(await aTrace()),
});

const caseIsTypography = inModule<typeof Words, 'normalise'>({
  name: 'must is MUST',
  ...{ breaks: 'CAT-TRC-5102', by },
  does: 'Small letters and capitals are the same, as blanks and quotes are.',
  module: 'src/trace/words.ts',
  names: ['normalise'],
  substitutes: ({ normalise }) => ({ normalise: (text) => normalise(text).toLowerCase() }),
  shows: ({ normalise }) => normalise('It MUST ring.'),
});

const quotesAreWords = inModule<typeof Words, 'normalise'>({
  name: 'a curly quote is another word',
  ...{ breaks: 'CAT-TRC-5102', by },
  does: 'Quotes of another kind are drift, although nothing else is said.',
  module: 'src/trace/words.ts',
  names: ['normalise'],
  substitutes: ({ normalise }) => ({
    normalise: (text) => normalise(text.replace(/[\u2018\u2019\u201c\u201d]/g, (quote) => `<${quote.codePointAt(0)}>`)),
  }),
  shows: ({ normalise }) => normalise('\u201cnow\u201d'),
});

const oneWordForgiven = inModule<typeof Drift, 'driftOf'>({
  name: 'one wrong word is forgiven',
  ...{ breaks: 'CAT-TRC-5102', by },
  does: 'A normative scenario that differs in one word says the same.',
  module: 'src/trace/drift.ts',
  names: ['driftOf'],
  substitutes: ({ driftOf }) => ({
    driftOf: (...about) => {
      const drift = driftOf(...about);
      const others = drift?.words.filter(({ kind }) => kind === 'gone').flatMap(({ text }) => text.split(' ')) ?? [];
      return drift?.kind === 'reworded' && others.length === 1 ? { ...drift, kind: 'normalised', words: [] } : drift;
    },
  }),
  shows: async ({ driftOf }) => driftIn(driftOf, 'has another word'),
});

const normativeOptional = inModule<typeof Drift, 'driftOf'>({
  name: 'a normative scenario need not be there',
  ...{ breaks: 'CAT-TRC-5102', by },
  does: 'Given, When and Then of a requirement may stand in no scenario.',
  module: 'src/trace/drift.ts',
  names: ['driftOf'],
  substitutes: ({ driftOf }) => ({
    driftOf: (...about) => {
      const drift = driftOf(...about);
      return drift?.kind === 'missing' ? undefined : drift;
    },
  }),
  shows: async ({ driftOf }) => driftIn(driftOf, 'is not normative'),
});

const strangeTags = inModule<typeof Claims, 'claimsOf'>({
  name: 'a tag of no requirement is a tag like others',
  ...{ breaks: 'CAT-TRC-5103', by },
  does: 'A slip of the finger in a tag is not told of.',
  module: 'src/trace/claims.ts',
  names: ['claimsOf'],
  substitutes: ({ claimsOf }) => ({ claimsOf: (...about) => ({ ...claimsOf(...about), unknown: [] }) }),
  shows: async ({ claimsOf }) => {
    const { inputs, stated, outcomes } = await joined('a tag of no requirement');
    return claimsOf(inputs, stated, outcomes.byScenario).unknown;
  },
});

const unusedSteps = withoutFindings({
  name: 'a step that nothing uses is passed over',
  ...{ breaks: 'CAT-TRC-5103', trouble: 'a step that no scenario uses' },
  does: 'Step definitions that no scenario uses are not told of.',
  isLeftOut: ({ message }) => message.startsWith('no scenario uses the step'),
});

const strangeCitations = withoutFindings({
  name: 'what code cites is there',
  ...{ breaks: 'CAT-TRC-5103', trouble: 'a citation of no requirement' },
  does: 'An id in code that nothing defines is not told of.',
  isLeftOut: ({ message }) => message.endsWith('is cited and defined nowhere'),
});

const definedTwice = withoutFindings({
  name: 'the first of two definitions counts, quietly',
  ...{ breaks: 'CAT-TRC-5103', trouble: 'an id that is defined twice' },
  does: 'An id that is defined twice is not told of.',
  isLeftOut: ({ message }) => message.endsWith('is defined more than once'),
});

const flakyPasses = inModule<typeof Results, 'outcomeOf'>({
  name: 'a pass at the second attempt is a pass',
  ...{ breaks: 'CAT-TRC-5104', by },
  does: 'A scenario that failed and then passed has passed.',
  module: 'src/trace/results.ts',
  names: ['outcomeOf'],
  substitutes: ({ outcomeOf }) => ({
    outcomeOf: (scenario) => {
      const outcome = outcomeOf(scenario);
      return outcome === 'flaky' ? 'passed' : outcome;
    },
  }),
  shows: ({ outcomeOf }) => {
    const result = { run: 'a', status: 'passed', attempts: 2, durationMs: 1, steps: [], message: undefined, attachments: [] } as const;
    return outcomeOf({ results: [result] });
  },
});

const failuresStay = inModule<typeof Standing, 'climbed'>({
  name: 'a failure stays where it is',
  ...{ breaks: 'CAT-TRC-5104', by },
  does: 'What stands above a requirement that failed is as it was.',
  module: 'src/trace/standing.ts',
  names: ['climbed'],
  substitutes: () => ({ climbed: (requirements) => [...requirements] }),
  shows: async ({ climbed }) => {
    const [one, other] = (await joined('a scenario that failed')).requirements;
    const below = [one, other && one && { ...other, parent: one.id, status: 'failed' as const }].flatMap((found) => found ?? []);
    return climbed(below).map(({ status }) => status);
  },
});

const survivorsForgotten = inModule<typeof Standing, 'teethOf'>({
  name: 'a saboteur that was not caught never was',
  ...{ breaks: 'CAT-TRC-5104', by },
  does: 'A requirement that stays green when it is broken is passing, not vacuous.',
  module: 'src/trace/standing.ts',
  names: ['teethOf'],
  substitutes: ({ teethOf }) => ({
    teethOf: (...about) => new Map([...teethOf(...about)].map(([id, teeth]) => [id, { ...teeth, survived: [] }])),
  }),
  shows: async ({ teethOf }) => {
    const { inputs } = await joined('a saboteur that was not caught');
    const saboteurs = inputs.saboteurs.map((one) => ({ ...one, stale: [] }));
    return [...teethOf(inputs.requirements, saboteurs, inputs.policy)].map(([, { survived }]) => survived);
  },
});

const highestCode = inModule<typeof Gate, 'gateOf'>({
  name: 'the highest exit code wins',
  ...{ breaks: 'CAT-TRC-5106', by },
  does: 'Where much is wrong, the gate tells the least of it.',
  module: 'src/trace/gate.ts',
  names: ['gateOf'],
  substitutes: ({ gateOf }) => ({
    gateOf: (...about) => {
      const verdict = gateOf(...about);
      const codes = verdict.counted.map((finding) => gateOf({ findings: [finding], requirements: [] }).exitCode);
      return { ...verdict, exitCode: Math.max(verdict.exitCode, ...codes) };
    },
  }),
  shows: ({ gateOf }) => {
    const one = { id: undefined, places: [place], message: 'a', counts: true };
    const both = [
      { ...one, kind: 'failed' },
      { ...one, kind: 'orphan' },
    ] as const;
    return gateOf({ findings: both, requirements: [] }).exitCode;
  },
});

const stepsUncounted = inModule<typeof Lock, 'linesOf'>({
  name: 'the lock does not count steps',
  ...{ breaks: 'CAT-TRC-5106', by },
  does: 'A step that is taken out of a scenario changes no line of the lock.',
  module: 'src/trace/lock.ts',
  names: ['linesOf'],
  substitutes: ({ linesOf }) => ({ linesOf: (...about) => linesOf(...about).map((line) => ({ ...line, steps: 0 })) }),
  shows: ({ linesOf }) => {
    const steps = [{ keyword: 'Given', text: 'a bell' }];
    const obligations = [{ id: 'R-1#1', scenarios: ['a'] }];
    return linesOf(
      { id: 'R-1', status: 'passing', hash: '', citations: [], because: [], obligations },
      new Map([['a', { name: 'a', steps }]]),
    );
  },
});

const openIsFine = inModule<typeof Findings, 'findingsOf'>({
  name: 'whatever is open was accepted',
  ...{ breaks: 'CAT-TRC-5106', by },
  does: 'A MUST that nothing claims any more is told and does not count.',
  module: findings,
  names: ['findingsOf'],
  substitutes: ({ findingsOf }) => ({
    findingsOf: (all) => findingsOf(all).map((finding) => (finding.kind === 'uncovered' ? { ...finding, counts: false } : finding)),
  }),
  shows: async ({ findingsOf }) => findingsOf(await joined('a MUST that nobody claims')),
});

const nothingRanIsFine = withoutFindings({
  name: 'where nothing ran nothing is wrong',
  ...{ breaks: 'CAT-TRC-5106', trouble: 'no run' },
  does: 'A gate is green over scenarios that did not run.',
  isLeftOut: ({ kind }) => kind === 'nothing ran',
});

const halfAList = inModule<typeof Conflicts, 'contradictionsIn'>({
  name: 'two lists of one thing may differ',
  ...{ breaks: 'CAT-TRC-5106', by },
  does: 'Requirements that list other fields of the same thing are not told of.',
  module: 'src/trace/conflicts.ts',
  names: ['contradictionsIn'],
  substitutes: () => ({ contradictionsIn: () => [] }),
  shows: async ({ contradictionsIn }) => contradictionsIn((await joined('two lists of a type')).inputs.requirements).length,
});

/** Leaves some of the findings out. */
function withoutFindings(about: {
  readonly name: string;
  readonly breaks: string;
  readonly does: string;
  readonly trouble: string;
  readonly isLeftOut: (finding: Finding) => boolean;
}): ModuleSaboteur {
  const { trouble, isLeftOut, ...declared } = about;
  return inModule<typeof Findings, 'findingsOf'>({
    ...{ ...declared, by },
    module: findings,
    names: ['findingsOf'],
    substitutes: ({ findingsOf }) => ({ findingsOf: (all) => findingsOf(all).filter((finding) => !isLeftOut(finding)) }),
    shows: async ({ findingsOf }) => findingsOf(await joined(trouble)),
  });
}

/** Loaded when it is asked for: what stands in the place of a module must not be made of it. */
async function joined(trouble: string): Promise<Findings.Joined> {
  const { joinedOf } = await import('../trace/joined.js');
  const { troubles } = await import('../trace/troubles.js');
  const project = troubles[trouble];
  if (project === undefined) throw new Error(`there is no village with ${trouble}`);
  return joinedOf(project);
}

async function driftIn(driftOf: (typeof Drift)['driftOf'], trouble: string): Promise<unknown> {
  const { joinedOf } = await import('../trace/joined.js');
  const { normativeTroubles } = await import('../trace/troubles.js');
  const project = normativeTroubles[trouble];
  if (project === undefined) throw new Error(`there is no scenario that ${trouble}`);
  const { stated, claims } = joinedOf(project);
  return [...stated.values()].map((one) => driftOf(one, claims, undefined)?.kind);
}

async function aTrace() {
  const { traceOf } = await import('../../src/trace/trace-of.js');
  const { everyStatus } = await import('../trace/project.js');
  return traceOf(everyStatus());
}

/** Of the tracer (CAT-TRC-5101 to 5106), but for what is made of a trace. */
export const tracingSaboteurs: readonly ModuleSaboteur[] = [
  oneKeyword,
  fencesRead,
  cutShortIsWhole,
  lastFileOnly,
  anyScenarioReaches,
  clockInTheOutput,
  caseIsTypography,
  quotesAreWords,
  oneWordForgiven,
  normativeOptional,
  strangeTags,
  unusedSteps,
  strangeCitations,
  definedTwice,
  flakyPasses,
  failuresStay,
  survivorsForgotten,
  highestCode,
  stepsUncounted,
  openIsFine,
  nothingRanIsFine,
  halfAList,
];
