import type { Inputs } from './inputs.js';
import type { Place, Result, Scenario } from './trace.js';

/** What runs tell of the scenarios as they stand now. */
export interface Outcomes {
  /** By the id of the scenario, in the order of the runs. */
  readonly byScenario: ReadonlyMap<string, readonly Result[]>;
  /** Scenarios that some run was to run. */
  readonly planned: ReadonlySet<string>;
  /** Features that have changed since they ran, and the runs. */
  readonly stale: readonly { readonly path: string; readonly runs: readonly string[] }[];
  /** What went wrong in a run and is of no scenario as they stand now. */
  readonly strays: readonly { readonly run: string; readonly place: Place; readonly name: string; readonly result: Result }[];
}

/** A result counts for the scenario of its place and name, in a feature that is still as it was when it ran. */
export function outcomesOf({ features, runs }: Inputs): Outcomes {
  const hashes = new Map(features.map(({ path, sha256 }) => [path, sha256]));
  const names = new Map<string, string>();
  for (const { scenarios } of features) for (const { id, name } of scenarios) names.set(id, name);
  const byScenario = new Map<string, Result[]>();
  const planned = new Set<string>();
  const stale = new Map<string, Set<string>>();
  const strays: Outcomes['strays'][number][] = [];
  for (const { run, isPlan, sources, results, planned: toRun } of runs) {
    const changed = new Set([...sources].filter(([path, hash]) => hashes.has(path) && hashes.get(path) !== hash).map(([path]) => path));
    for (const path of changed) stale.set(path, (stale.get(path) ?? new Set()).add(run.id));
    for (const { path, line } of toRun) if (!changed.has(path)) planned.add(`${path}:${line}`);
    for (const { path, line, name, result } of results) {
      const id = `${path}:${line}`;
      if (isPlan && result.status === 'skipped') continue;
      if (changed.has(path) || names.get(id) !== name) {
        if (isWrong(result.status)) strays.push({ run: run.id, place: { path, line }, name, result });
        continue;
      }
      const list = byScenario.get(id);
      if (list) list.push(result);
      else byScenario.set(id, [result]);
    }
  }
  const sorted = [...stale].sort(([a], [b]) => (a < b ? -1 : 1));
  return { byScenario, planned, stale: sorted.map(([path, by]) => ({ path, runs: [...by].sort() })), strays };
}

export function isWrong(status: Result['status']): boolean {
  return status !== 'passed' && status !== 'skipped';
}

export type Outcome = 'failed' | 'undefined' | 'flaky' | 'passed' | 'skipped' | 'not run';

/** What a scenario came to, in all of its runs. */
export function outcomeOf({ results }: Pick<Scenario, 'results'>): Outcome {
  if (results.length === 0) return 'not run';
  const has = (...statuses: readonly Result['status'][]): boolean => results.some(({ status }) => statuses.includes(status));
  if (has('failed', 'ambiguous', 'pending')) return 'failed';
  if (has('undefined')) return 'undefined';
  if (results.some(({ status, attempts }) => status === 'passed' && attempts > 1)) return 'flaky';
  return has('passed') ? 'passed' : 'skipped';
}
