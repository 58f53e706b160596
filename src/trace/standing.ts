import type { Claims } from './claims.js';
import { isDrift } from './drift.js';
import type { Policy } from './inputs.js';
import type { Stated } from './requirements.js';
import { type Outcome, outcomeOf } from './results.js';
import type { WeighedSaboteur } from './saboteurs.js';
import type { Drift, Obligation, Requirement, Scenario, Status } from './trace.js';

/** What saboteurs did to the scenarios of a requirement. */
export interface Teeth {
  readonly caught: readonly string[];
  readonly survived: readonly string[];
  /** Who was tried over other words than those of now. */
  readonly stale: readonly string[];
  /** Whether some must be caught. */
  readonly isNeeded: boolean;
}

export interface Standing {
  readonly status: Status;
  readonly because: readonly string[];
}

/** Of several: what a requirement is that has nothing but others below it. */
const gravestFirst: readonly Status[] = [
  ...(['failed', 'drifted', 'flaky', 'uncovered', 'linked', 'vacuous', 'passing', 'verified', 'waived', 'external'] as const),
];

export interface Known {
  readonly stated: Stated;
  readonly scenarios: readonly Scenario[];
  readonly drift: Drift | undefined;
  readonly teeth: Teeth;
  readonly waiver: string | undefined;
}

/** What a requirement is by what is its own (CAT-TRC-5104). */
export function standingOf({ stated, scenarios, drift, teeth, waiver }: Known): Standing {
  if (stated.isWithdrawn) return { status: 'waived', because: ['it is withdrawn'] };
  const outcomes = scenarios.map((scenario) => ({ id: scenario.id, outcome: outcomeOf(scenario) }));
  const of = (...wanted: readonly Outcome[]): string[] => outcomes.flatMap(({ id, outcome }) => (wanted.includes(outcome) ? [id] : []));
  const failed = of('failed', 'undefined');
  if (failed.length > 0) return { status: 'failed', because: failed.map((id) => `direct: ${id} failed`) };
  if (drift && isDrift(drift)) return { status: 'drifted', because: [`direct: its words are ${drift.kind}`] };
  const flaky = of('flaky');
  if (flaky.length > 0) return { status: 'flaky', because: flaky.map((id) => `direct: ${id} passed when it was tried again`) };
  if (waiver !== undefined) return { status: 'waived', because: [waiver] };
  return green(outcomes.length, of('passed').length, teeth);
}

/** The status where nothing is wrong. */
function green(scenarios: number, passed: number, { caught, survived, stale, isNeeded }: Teeth): Standing {
  if (scenarios === 0) return { status: 'uncovered', because: ['no scenario claims it'] };
  if (passed === 0) return { status: 'linked', because: ['none of its scenarios ran'] };
  if (caught.length > 0)
    return {
      status: 'verified',
      because: [`${caught.length} ${caught.length === 1 ? 'saboteur turns' : 'saboteurs turn'} its scenarios red`],
    };
  if (survived.length > 0)
    return { status: 'vacuous', because: [`it is green under every saboteur that breaks it: ${survived.join(', ')}`] };
  if (stale.length > 0)
    return { status: isNeeded ? 'vacuous' : 'passing', because: [`its words have changed since saboteurs tried it: ${stale.join(', ')}`] };
  if (isNeeded) return { status: 'vacuous', because: ['no saboteur breaks it'] };
  return { status: 'passing', because: ['no saboteur has tried it'] };
}

/** One obligation by its own scenarios; what is true of the whole requirement is true of each. */
export function obligationStatus(scenarios: readonly Scenario[], whole: Known, standing: Standing): Status {
  if (['drifted', 'waived', 'external'].includes(standing.status)) return standing.status;
  return standingOf({ ...whole, scenarios }).status;
}

/** Failures climb to parents, and a parent that has no scenario is what the gravest of its children is. */
export function climbed(requirements: readonly Requirement[]): Requirement[] {
  const children = new Map<string, Requirement[]>();
  const done = new Map<string, Requirement>();
  // What stands below another comes after it.
  for (const requirement of [...requirements].reverse()) {
    const below = children.get(requirement.id);
    const risen = below === undefined ? requirement : { ...requirement, ...risenFrom(requirement, below) };
    done.set(risen.id, risen);
    if (risen.parent !== undefined) children.set(risen.parent, [risen, ...(children.get(risen.parent) ?? [])]);
  }
  return requirements.map((requirement) => done.get(requirement.id) ?? requirement);
}

function risenFrom({ status, because }: Requirement, below: readonly Requirement[]): Standing {
  const failed = below.filter((child) => child.status === 'failed').map(({ id }) => `through ${id}`);
  if (failed.length > 0) return { status: 'failed', because: status === 'failed' ? [...because, ...failed] : failed };
  if (status !== 'uncovered') return { status, because };
  const gravest = gravestFirst.find((one) => below.some((child) => child.status === one)) ?? status;
  return { status: gravest, because: below.filter((child) => child.status === gravest).map(({ id }) => `through ${id}`) };
}

/** What runs say apart, by the store that they ran on, else by their name; `labels` are these names by the ids of the runs. */
export function statusByRun(scenarios: readonly Scenario[], labels: ReadonlyMap<string, string>): Record<string, Status> {
  const byLabel: Record<string, Status> = {};
  if (scenarios.length === 0) return byLabel;
  for (const label of new Set(labels.values())) {
    const outcomes = scenarios.map(({ results }) => outcomeOf({ results: results.filter(({ run }) => labels.get(run) === label) }));
    byLabel[label] = runStatus(outcomes);
  }
  return byLabel;
}

function runStatus(outcomes: readonly Outcome[]): Status {
  if (outcomes.includes('failed') || outcomes.includes('undefined')) return 'failed';
  if (outcomes.includes('flaky')) return 'flaky';
  return outcomes.includes('passed') ? 'passing' : 'linked';
}

/** By requirement: who was caught by its scenarios, and who breaks it and was not. */
export function teethOf(
  requirements: readonly Stated[],
  saboteurs: readonly WeighedSaboteur[],
  policy: Pick<Policy, 'teeth'>,
): ReadonlyMap<string, Teeth> {
  const caught = new Map<string, string[]>();
  const survived = new Map<string, string[]>();
  const old = new Map<string, string[]>();
  for (const { name, breaks, caughtBy, stale } of saboteurs) {
    for (const id of caughtBy) caught.set(id, [...(caught.get(id) ?? []), name]);
    for (const id of stale) old.set(id, [...(old.get(id) ?? []), name]);
    if (!caughtBy.includes(breaks) && !stale.includes(breaks)) survived.set(breaks, [...(survived.get(breaks) ?? []), name]);
  }
  const needed = policy.teeth === undefined ? undefined : new RegExp(`^(?:${policy.teeth})$`);
  return new Map(
    requirements.map(({ id, level }) => {
      const isNeeded = level === 'MUST' && (needed?.test(id) ?? false);
      return [id, { caught: caught.get(id) ?? [], survived: survived.get(id) ?? [], stale: old.get(id) ?? [], isNeeded }];
    }),
  );
}

export function obligationsOf(known: Known, standing: Standing, claims: Claims): Obligation[] {
  return known.stated.obligations.map((obligation) => {
    const scenarios = claims.byObligation.get(obligation.id) ?? [];
    // Nearly always all of them: then nothing is to be found out.
    const isAll = scenarios.length === known.scenarios.length;
    const own = isAll ? known.scenarios : known.scenarios.filter(({ id }) => scenarios.includes(id));
    return { ...obligation, status: isAll ? standing.status : obligationStatus(own, known, standing), scenarios };
  });
}
