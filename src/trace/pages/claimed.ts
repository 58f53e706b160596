import type { Trace } from '../trace.js';
import type { ShownScenario } from './shown-scenarios.js';

/** The scenarios of one section of the page, what is not green first. */
export interface Claimed {
  readonly scenarios: readonly ShownScenario[];
  /** So many of them, the first, are named in the page itself; the others by its script. */
  readonly named: number;
}

/** All names can be read without scripts up to so many letters; beyond, the first of each requirement and what is not green. */
const mostLetters = 50_000;
const fewer = [Number.POSITIVE_INFINITY, 64, 32, 16, 12, 8, 6, 4, 3, 2, 1];

/** For each requirement its scenarios, each once; and in the end those that claim none. */
export function claimedOf({ requirements }: Trace, scenarios: readonly ShownScenario[]): Claimed[] {
  const byId = new Map(scenarios.flatMap((scenario) => scenario.examples.map(({ id }) => [id, scenario] as const)));
  const claimed = requirements.map((requirement) => [...new Set(requirement.scenarios.flatMap((id) => byId.get(id) ?? []))]);
  const known = new Set(claimed.flat());
  const all = [...claimed, scenarios.filter((scenario) => !known.has(scenario))].map(gravestFirst);
  const most = fewer.find((count) => lettersOf(all, count) <= mostLetters) ?? 0;
  return all.map((some) => ({ scenarios: some, named: namedOf(some, most) }));
}

function gravestFirst(scenarios: readonly ShownScenario[]): ShownScenario[] {
  return [...scenarios.filter(({ outcome }) => outcome !== 'passed'), ...scenarios.filter(({ outcome }) => outcome === 'passed')];
}

function lettersOf(all: readonly (readonly ShownScenario[])[], most: number): number {
  return all.flatMap((some) => some.slice(0, namedOf(some, most))).reduce((sum, { name }) => sum + name.length, 0);
}

function namedOf(scenarios: readonly ShownScenario[], most: number): number {
  return Math.min(scenarios.length, Math.max(most, scenarios.filter(({ outcome }) => outcome !== 'passed').length));
}
