import type { Trace } from '../trace.js';
import type { Room } from './room.js';
import type { ShownScenario } from './shown-scenarios.js';

/** The scenarios of one section of the page, what is not green first. */
export interface Claimed {
  readonly scenarios: readonly ShownScenario[];
  /** So many of them, the first, are named in the page itself; the others by its script. */
  readonly named: number;
}

/** For each requirement its scenarios, each once; and in the end those that claim none. */
export function claimsOf({ requirements }: Trace, scenarios: readonly ShownScenario[]): ShownScenario[][] {
  const byId = new Map(scenarios.flatMap((scenario) => scenario.examples.map(({ id }) => [id, scenario] as const)));
  const claimed = requirements.map((requirement) => [...new Set(requirement.scenarios.flatMap((id) => byId.get(id) ?? []))]);
  const known = new Set(claimed.flat());
  return [...claimed, scenarios.filter((scenario) => !known.has(scenario))].map(gravestFirst);
}

/** All that is not green and the first of each section, as many as there is room for; else the first alone. */
export function namedIn({ names }: Pick<Room, 'names'>, all: readonly (readonly ShownScenario[])[]): Claimed[] {
  const fits = ways.find((count) => all.reduce((sum, some) => sum + lettersOf(some.slice(0, count(some))), 0) <= names);
  return all.map((scenarios) => ({ scenarios, named: Math.min(scenarios.length, fits?.(scenarios) ?? 0) }));
}

/** How many letters it takes to name all that is not green; 0 where everything is. */
export function lettersOfRed(all: readonly (readonly ShownScenario[])[]): number {
  if (all.every((scenarios) => notGreen(scenarios) === 0)) return 0;
  return all.reduce((sum, scenarios) => sum + lettersOf(scenarios.slice(0, Math.max(1, notGreen(scenarios)))), 0);
}

const fewer = [Number.POSITIVE_INFINITY, 64, 32, 24, 16, 12, 10, 8, 7, 6, 5, 4, 3, 2, 1];
const ways: readonly ((scenarios: readonly ShownScenario[]) => number)[] = [
  ...fewer.map((most) => (scenarios: readonly ShownScenario[]) => Math.max(most, notGreen(scenarios))),
  ...fewer.map((most) => () => most),
];

export function notGreen(scenarios: readonly ShownScenario[]): number {
  return scenarios.filter(({ outcome }) => outcome !== 'passed').length;
}

function gravestFirst(scenarios: readonly ShownScenario[]): ShownScenario[] {
  return [...scenarios.filter(({ outcome }) => outcome !== 'passed'), ...scenarios.filter(({ outcome }) => outcome === 'passed')];
}

/** With what says of a scenario that it is not green. */
function lettersOf(scenarios: readonly ShownScenario[]): number {
  return scenarios.reduce((sum, { name, outcome }) => sum + name.length + (outcome === 'passed' ? 4 : 44), 0);
}
