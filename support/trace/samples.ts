import { crashStateType } from '../../src/trace/pages/crash-state.js';
import { type Finding, type Scenario, type Status, statuses, type Trace } from '../../src/trace/trace.js';
import { builtRequirement, builtResult, builtScenario, builtTrace, firstRun } from './built-trace.js';

const crashState = {
  before: [
    { path: 'models.json', bytes: 512, text: 'revision 4' },
    { path: 'models.json.tmp-1', bytes: 530 },
  ],
  after: [{ path: 'models.json', bytes: 512, text: 'revision 4' }],
  steps: ['open models.json.tmp-1', 'write 530 bytes', 'sync', 'rename models.json.tmp-1 models.json', 'sync directory'],
  cut: 3,
  replay: "npm run replay -- --history 'put new' --cut 3",
};

const examples = ['old', 'new'].map((what, place) =>
  builtScenario(21 + place, {
    outline: { line: 18, cells: { what, times: `${place + 1}` } },
    name: `The ${what} record is read`,
    feature: 'Atomicity',
    steps: [
      { keyword: 'Given', text: `the ${what} record was written ${place + 1} times` },
      { keyword: 'When', text: 'the power is cut' },
      { keyword: 'Then', text: `it reads the ${what} record` },
    ],
    results: [
      builtResult({ steps: 3, durationMs: 12 + place }),
      builtResult({
        run: 'journal',
        steps: 3,
        durationMs: 1234,
        ...(place === 1 ? { status: 'failed', message: 'Error: it reads nothing\n    at steps/sample.ts:3' } : {}),
      }),
    ],
  }),
);

const crashed = builtScenario(31, {
  name: 'A power cut at every step leaves the old or the new',
  results: [
    builtResult({ steps: 1, attachments: [{ mediaType: crashStateType, name: 'after step 3', text: JSON.stringify(crashState) }] }),
  ],
});

const shared = builtScenario(41, { name: 'Two requirements are claimed by one scenario' });
const stray = builtScenario(51, { name: 'Nothing claims this one' });

const byStatus: Readonly<Record<Status, Parameters<typeof builtRequirement>[1]>> = {
  verified: {
    title: 'Atomicity',
    text: 'After a power cut `models.json` MUST be the old or the new one; a garbled one MUST NOT be read.',
    scenarios: [crashed.id, shared.id],
    caught: ['in place', 'no file sync'],
    citations: [
      { path: 'src/write.ts', line: 12 },
      { path: 'src/write.ts', line: 40 },
    ],
    byRun: { fs: 'verified', journal: 'verified' },
  },
  failed: { title: 'Reading', scenarios: examples.map(({ id }) => id), byRun: { fs: 'passing', journal: 'failed' }, because: ['direct'] },
  drifted: {
    title: 'Wording',
    scenarios: [shared.id],
    drift: {
      kind: 'reworded',
      scenario: shared.id,
      words: [
        { kind: 'same', text: 'it' },
        { kind: 'gone', text: 'SHOULD' },
        { kind: 'new', text: 'MUST' },
        { kind: 'same', text: 'hold' },
      ],
    },
    byRun: { fs: 'drifted' },
  },
  flaky: { title: 'Contention', byRun: { fs: 'flaky' } },
  waived: { title: 'Rename over an open file', waiver: { id: 'R-4', reason: 'not on this platform', until: '2026-12-31' } },
  external: { title: 'Root', section: ['Elsewhere'] },
  vacuous: { title: 'Courtesy', survived: ['says nothing'], level: 'SHOULD' },
  passing: { title: 'Order', section: ['Spec', 'Another part'] },
  linked: { title: 'Not run', level: 'MAY' },
  uncovered: { title: 'Nobody looked', section: ['Spec', 'Another part'] },
};

const findings: readonly Finding[] = [
  finding('failed', 'R-1', true),
  finding('uncovered', 'R-10', true),
  finding('orphan', 'features/sample.feature:51', true),
  finding('drift', 'R-2', false),
];

function finding(kind: Finding['kind'], id: string, counts: boolean): Finding {
  const places = [
    { path: 'specs/spec.md', line: 3 },
    { path: 'features/sample.feature', line: 18 },
  ];
  return { kind, id, places, counts, message: `${id} is found with ${kind}` };
}

/** A requirement of each status, `R-1` to `R-10`, two stores, an outline, a crash, a drift and findings of several kinds. */
export function everyStatus(): Trace {
  return builtTrace({
    requirements: statuses.map((status, place) => builtRequirement(`R-${place + 1}`, { status, ...byStatus[status] })),
    scenarios: [...examples, crashed, shared, stray],
    runs: [firstRun, { ...firstRun, id: 'journal', store: 'journal' }],
    saboteurs: [{ name: 'in place', breaks: 'R-6', does: 'writes in place', caughtBy: ['R-6'] }],
    findings,
  });
}

/** So many requirements, each with its scenario, by turns of each status. */
export function manyRequirements(count: number): Trace {
  const scenarios = Array.from({ length: count }, (_, place) => builtScenario(place + 1, { name: `Scenario of number ${place + 1}` }));
  const requirements = scenarios.map(({ id }, place) =>
    builtRequirement(`R-${place + 1}`, {
      status: statuses[place % statuses.length] ?? 'passing',
      scenarios: [id],
      section: ['Spec', `Part ${Math.floor(place / 20)}`],
    }),
  );
  return builtTrace({ requirements, scenarios });
}

const nasty = `</script><script>alert(1)</script><img src=x onerror="alert(2)">'"&\`|\u202e\u0007]]>`;

/** Where anybody could put words, there is markup, or words of no meaning where it is harmless. */
export function foreignWords(words: 'markup' | 'harmless'): Trace {
  const said = words === 'markup' ? nasty : 'words';
  const scenario = builtScenario(12, {
    ...{ name: said, feature: said, rule: said, steps: [{ keyword: 'Given', text: said }], outline: { line: 9, cells: { [said]: said } } },
    results: [
      builtResult({
        steps: 1,
        status: 'failed',
        message: said,
        attachments: [
          { mediaType: 'text/plain', name: said, text: said },
          {
            mediaType: crashStateType,
            name: said,
            text: JSON.stringify({ before: [{ path: said, text: said }], after: [], steps: [said], cut: 1, replay: said }),
          },
        ],
      }),
    ],
  });
  const requirement = builtRequirement('R-1', {
    ...{ title: said, text: `${said} MUST ${said}`, section: [said], source: { path: said, line: 1 }, status: 'drifted', because: [said] },
    ...{
      scenarios: [scenario.id],
      caught: [said],
      survived: [said],
      citations: [{ path: said, line: 2 }],
      byRun: { [said]: 'failed', fs: 'passing' },
    },
    ...{
      drift: { kind: 'reworded', scenario: said, words: [{ kind: 'gone', text: said }] },
      waiver: { id: 'R-1', reason: said, until: said },
    },
    clauses: [{ role: 'given', text: said, line: 1 }],
  });
  const found: Finding = { kind: 'failed', id: said, places: [{ path: said, line: 1 }], message: said, counts: true };
  return builtTrace({ title: said, requirements: [requirement], scenarios: [scenario], findings: [found] });
}

export function allFail(scenario: Scenario): Scenario {
  return { ...scenario, results: scenario.results.map((result) => ({ ...result, status: 'failed', message: 'it is red' })) };
}

/** So many of one kind. */
export function withFindings(count: number): Trace {
  const findings = Array.from({ length: count }, (_, place) => ({ ...finding('drift', 'R-1', true), message: `finding ${place + 1}` }));
  return { ...everyStatus(), findings };
}

/** An outline of two examples, with a table below its first step and a text below its second. */
export function withArguments(): Trace {
  const scenarios = ['book', 'pen'].map((what, place) =>
    builtScenario(12 + place, {
      name: `A ${what}`,
      outline: { line: 9, cells: { what } },
      steps: [
        {
          keyword: 'Given',
          text: 'these are there:',
          argument: {
            table: [
              [what, '1'],
              ['shelf', '2'],
            ],
          },
        },
        { keyword: 'Then', text: 'it is told:', argument: { text: `it says ${what}` } },
      ],
    }),
  );
  return builtTrace({ requirements: [builtRequirement('R-1', { scenarios: scenarios.map(({ id }) => id) })], scenarios });
}

/** Of scenarios that failed with messages so long, of which the first has a crash state too. */
export function withMessages(lengths: readonly number[]): Trace {
  const attachments = [{ mediaType: crashStateType, name: 'after step 3', text: JSON.stringify(crashState) }];
  const scenarios = lengths.map((length, place) =>
    builtScenario(place + 1, {
      results: [builtResult({ steps: 1, status: 'failed', message: 'x'.repeat(length), attachments: place === 0 ? attachments : [] })],
    }),
  );
  return builtTrace({ requirements: [builtRequirement('R-1', { status: 'failed', scenarios: scenarios.map(({ id }) => id) })], scenarios });
}
