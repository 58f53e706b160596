import { type Markup, html as xml } from '../../core/markup.js';
import type { Result, Run, Scenario, Trace } from '../trace.js';

/**
 * What ran, as JUnit XML: a suite for each feature of each run, and as properties of each case which requirements it verifies. What ran
 * nowhere is not in it.
 */
export function junitOf({ title, scenarios, runs }: Trace): string {
  const suites = runs.flatMap((run) => suitesOf(run, scenarios));
  const all = suites.flatMap(({ cases }) => cases);
  return xml`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="${title}"${countsOf(all)}>
${suites.map(suite)}</testsuites>
`.markup;
}

interface Case {
  readonly scenario: Scenario;
  readonly result: Result;
}

interface Suite {
  readonly run: Run;
  readonly feature: string;
  readonly path: string;
  readonly cases: readonly Case[];
}

function suitesOf(run: Run, scenarios: readonly Scenario[]): Suite[] {
  const suites = new Map<string, Case[]>();
  for (const scenario of scenarios) {
    const result = scenario.results.find((one) => one.run === run.id);
    if (result === undefined) continue;
    const { path } = scenario.place;
    suites.set(path, [...(suites.get(path) ?? []), { scenario, result }]);
  }
  return [...suites].map(([path, cases]) => ({ run, path, feature: cases[0]?.scenario.feature ?? path, cases }));
}

function suite({ run, feature, path, cases }: Suite): Markup {
  const named = [
    ['run', run.id],
    ['store', run.store],
    ['platform', run.platform],
    ['node', run.node],
  ] as const;
  const properties = named.flatMap(([name, value]) => (value === undefined ? [] : [property(name, value)]));
  return xml`<testsuite name="${feature}" file="${path}" timestamp="${run.startedAt}"${countsOf(cases)}>
<properties>${properties}</properties>
${cases.map(testCase)}</testsuite>
`;
}

function testCase({ scenario, result }: Case): Markup {
  const { feature, rule, name, place, outline, requirements } = scenario;
  const cells = outline === undefined ? '' : ` (${Object.values(outline.cells).join(', ')})`;
  const verifies = requirements.map((id) => property('verifies', id));
  return xml`<testcase classname="${rule === undefined ? feature : `${feature}.${rule}`}" name="${name}${cells}" file="${place.path}" line="${place.line}" time="${seconds(result.durationMs)}"><properties>${verifies}${result.attempts > 1 ? property('attempts', String(result.attempts)) : undefined}</properties>${verdict(result)}</testcase>
`;
}

function property(name: string, value: string): Markup {
  return xml`<property name="${name}" value="${value}"/>`;
}

function verdict({ status, message = '' }: Result): Markup | undefined {
  if (status === 'passed') return undefined;
  if (status === 'skipped') return xml`<skipped/>`;
  const [first = ''] = message.split('\n');
  return xml`<failure type="${status}" message="${first === '' ? status : first}">${lines(message)}</failure>`;
}

/** Only lines may stand below each other: what XML cannot hold is escaped as on every page. */
function lines(text: string): Markup {
  return xml`${text.split('\n').map((line, place) =>
    place === 0
      ? xml`${line}`
      : xml`
${line}`,
  )}`;
}

function countsOf(cases: readonly Case[]): Markup {
  const count = (is: (status: Result['status']) => boolean) => cases.filter(({ result }) => is(result.status)).length;
  const failures = count((status) => status !== 'passed' && status !== 'skipped');
  const took = cases.reduce((sum, { result }) => sum + result.durationMs, 0);
  return xml` tests="${cases.length}" failures="${failures}" errors="0" skipped="${count((status) => status === 'skipped')}" time="${seconds(took)}"`;
}

function seconds(durationMs: number): string {
  return (durationMs / 1000).toFixed(3);
}
