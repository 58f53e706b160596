import { type Finding, type FindingKind, findingKinds, type Status, type Trace } from '../trace.js';

/** What a status says, in words that follow "it is". */
export const meanings: Readonly<Record<Status, string>> = {
  failed: 'a scenario of it is red',
  drifted: 'a scenario no longer says what it says',
  flaky: 'a scenario of it is green and red by turns',
  waived: 'let be for a time, for a reason',
  external: 'defined elsewhere',
  verified: 'green, and shown to fail when it is broken',
  vacuous: 'green, and green too when it is broken',
  passing: 'green, and not yet shown to fail',
  linked: 'a scenario claims it that was not run',
  uncovered: 'no scenario claims it',
};

/** From the best to the worst, as a bar shows them. */
export const fromTheBest: readonly Status[] = [
  ...(['verified', 'passing', 'waived', 'external', 'linked', 'uncovered', 'vacuous', 'flaky', 'drifted', 'failed'] as const),
];

export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

export function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** `850 ms`, `1.2 s`, `2 min 5 s` */
export function durationText(durationMs: number): string {
  if (durationMs < 1000) return `${Math.round(durationMs)} ms`;
  if (durationMs < 99_950) return `${(durationMs / 1000).toFixed(1)} s`;
  const seconds = Math.round(durationMs / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** The names of stores or runs that statuses are told of apart: none where there is only one. */
export function apart({ requirements, runs }: Trace): string[] {
  const inOrder = runs.flatMap(({ id, store }) => [store ?? id, id]);
  const told = new Set(requirements.flatMap(({ byRun }) => Object.keys(byRun)));
  const names = [...new Set([...inOrder.filter((name) => told.has(name)), ...[...told].sort()])];
  return names.length > 1 ? names : [];
}

/** Those that the gate counts first, then by their exit codes. */
export function byGravity(findings: readonly Finding[]): [FindingKind, Finding[]][] {
  const kinds = Object.keys(findingKinds) as FindingKind[];
  return kinds.flatMap((kind) => {
    const found = findings.filter((finding) => finding.kind === kind);
    return found.length === 0 ? [] : [[kind, found] as [FindingKind, Finding[]]];
  });
}
