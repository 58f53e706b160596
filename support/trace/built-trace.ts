import { type Requirement, type Result, type Run, type Scenario, type Status, statuses, type Trace } from '../../src/trace/trace.js';

export const firstRun: Run = {
  id: 'fs',
  store: 'fs',
  platform: 'linux-x64',
  node: '20.20.2',
  startedAt: '2026-11-22T07:30:00.000Z',
  path: 'reports/cucumber.ndjson',
};

/** A trace of these, with its totals. */
export function builtTrace(parts: Pick<Trace, 'requirements' | 'scenarios'> & Partial<Trace>): Trace {
  const { requirements, scenarios } = parts;
  const must = requirements.filter(({ level }) => level === 'MUST');
  return {
    ...{ schema: 1, title: 'a sample', inputs: [], runs: [firstRun], saboteurs: [], findings: [] },
    ...parts,
    totals: { requirements: countsOf(requirements), must: countsOf(must), scenarios: outcomes(scenarios) },
  };
}

export function builtRequirement(id: string, parts: Partial<Requirement> = {}): Requirement {
  return {
    ...{
      id,
      title: `Title of ${id}`,
      text: `It MUST do what ${id} says.`,
      source: { path: 'specs/spec.md', line: 3 },
      section: ['Spec', 'Part'],
    },
    ...{ hash: 'sha256:00', level: 'MUST', parent: undefined, clauses: [], obligations: [], status: 'passing', because: ['direct'] },
    ...{ drift: undefined, scenarios: [], citations: [], caught: [], survived: [], waiver: undefined, byRun: {} },
    ...parts,
  };
}

export function builtScenario(line: number, parts: Partial<Scenario> = {}): Scenario {
  const path = parts.place?.path ?? 'features/sample.feature';
  const steps = parts.steps ?? [{ keyword: 'Given', text: `step ${line}` }];
  return {
    ...{ id: `${path}:${line}`, place: { path, line }, feature: 'Samples', rule: undefined, name: `Scenario ${line}`, outline: undefined },
    ...{ tags: [], isNormative: false, requirements: [], steps, results: [builtResult({ steps: steps.length, durationMs: line })] },
    ...parts,
  };
}

interface Outcome extends Omit<Partial<Result>, 'steps'> {
  readonly steps: number;
}

/** Of so many steps, of which the last ends as the whole. */
export function builtResult({ steps, status = 'passed', durationMs = 7, ...rest }: Outcome): Result {
  return {
    ...{ run: 'fs', attempts: 1, message: undefined, attachments: [], status, durationMs },
    steps: Array.from({ length: steps }, (_, place) => ({
      status: place + 1 === steps ? status : 'passed',
      durationMs: Math.floor(durationMs / steps),
    })),
    ...rest,
  };
}

function countsOf(requirements: readonly Requirement[]): Record<Status, number> {
  const counts = statuses.map((status) => [status, requirements.filter((one) => one.status === status).length]);
  return Object.fromEntries(counts);
}

function outcomes(scenarios: readonly Scenario[]): Trace['totals']['scenarios'] {
  const told = scenarios.map(
    ({ results }) => results.find(({ status }) => status !== 'passed')?.status ?? (results.length === 0 ? 'not run' : 'passed'),
  );
  const count = (outcome: (typeof told)[number]) => told.filter((one) => one === outcome).length;
  return {
    ...{ passed: count('passed'), failed: count('failed'), skipped: count('skipped'), pending: count('pending') },
    ...{ undefined: count('undefined'), ambiguous: count('ambiguous'), 'not run': count('not run') },
  };
}
