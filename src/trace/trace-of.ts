import { type Claims, claimsOf } from './claims.js';
import { reachedCitations } from './coverage.js';
import { driftOf } from './drift.js';
import { findingsOf } from './findings.js';
import type { Inputs, Mention } from './inputs.js';
import type { Stated } from './requirements.js';
import { outcomeOf, outcomesOf } from './results.js';
import { type WeighedSaboteur, weighed } from './saboteurs.js';
import { climbed, type Known, obligationsOf, standingOf, statusByRun, teethOf } from './standing.js';
import { type Place, type Requirement, type Run, type Scenario, type Status, statuses, type Totals, type Trace } from './trace.js';
import { normalise, sha256 } from './words.js';

/** Joins a specification with all that proves it: a pure function, the same trace for the same inputs (CAT-TRC-5101). */
export function traceOf(inputs: Inputs): Trace {
  const stated = firstOfEach(inputs.requirements);
  const outcomes = outcomesOf(inputs);
  const claims = claimsOf(inputs, stated, outcomes.byScenario);
  const runs = inputs.runs.flatMap(({ run, isPlan }) => (isPlan ? [] : [run]));
  const saboteurs = weighed(inputs.saboteurs, stated, claims);
  const own = requirementsOf(inputs, [...stated.values()], { claims, runs, saboteurs });
  const requirements = [...climbed(own), ...externals(inputs, stated)];
  const { title, files } = inputs;
  return {
    schema: 1,
    title,
    inputs: files,
    requirements,
    scenarios: claims.scenarios,
    runs,
    saboteurs: saboteurs.map(({ stale: _, ...saboteur }) => saboteur),
    findings: findingsOf({ inputs, requirements, claims, outcomes, stated }),
    totals: totalsOf(requirements, claims.scenarios),
  };
}

interface Proof {
  readonly claims: Claims;
  readonly runs: readonly Run[];
  readonly saboteurs: readonly WeighedSaboteur[];
}

function requirementsOf(inputs: Inputs, all: readonly Stated[], { claims, runs, saboteurs }: Proof): Requirement[] {
  const teeth = teethOf(all, saboteurs, inputs.policy);
  const citations = byId(inputs.citations, (mention) => mention);
  const labels = new Map(runs.map(({ id, store }) => [id, store ?? id]));
  const waivers = new Map(inputs.policy.waivers.map((waiver) => [waiver.id, waiver]));
  return all.map((stated) => {
    const waiver = waivers.get(stated.id);
    const known: Known = {
      stated,
      scenarios: claims.byRequirement.get(stated.id) ?? [],
      drift: driftOf(stated, claims, inputs.lock),
      teeth: teeth.get(stated.id) ?? { caught: [], survived: [], stale: [], isNeeded: false },
      waiver: waiver && waiver.until >= inputs.today ? `until ${waiver.until}: ${waiver.reason}` : undefined,
    };
    const standing = standingOf(known);
    const scenarios = known.scenarios.map(({ id }) => id);
    const { isWithdrawn: _, ...told } = stated;
    return {
      ...told,
      ...standing,
      obligations: obligationsOf(known, standing, claims),
      drift: known.drift,
      scenarios,
      citations: reachedCitations(citations.get(stated.id) ?? [], scenarios, inputs.coverage),
      caught: known.teeth.caught,
      survived: known.teeth.survived,
      waiver,
      byRun: statusByRun(known.scenarios, labels),
    };
  });
}

/** Ids that stand in the documents and that others define (CAT-TRC-5103): each with its reason, which is what is accepted of it. */
function externals({ mentions, citations, policy }: Inputs, stated: ReadonlyMap<string, Stated>): Requirement[] {
  const placeOf = ({ place }: Mention): Place => place;
  const [mentioned, cited] = [byId(mentions, placeOf), byId(citations, placeOf)];
  return Object.entries(policy.external)
    .filter(([id]) => !stated.has(id))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, reason]) => ({
      id,
      title: reason,
      text: '',
      source: mentioned.get(id)?.[0] ?? { path: '', line: 0 },
      section: [],
      hash: sha256(normalise(reason)),
      level: 'MAY',
      parent: undefined,
      clauses: [],
      obligations: [],
      status: 'external',
      because: [reason],
      drift: undefined,
      scenarios: [],
      citations: cited.get(id) ?? [],
      caught: [],
      survived: [],
      waiver: undefined,
      byRun: {},
    }));
}

/** A second of the same id is a conflict, and the first one counts. */
function firstOfEach(requirements: readonly Stated[]): Map<string, Stated> {
  const found = new Map<string, Stated>();
  for (const requirement of requirements) if (!found.has(requirement.id)) found.set(requirement.id, requirement);
  return found;
}

function byId<T>(mentions: readonly Mention[], toldOf: (mention: Mention) => T): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const mention of mentions) {
    const list = found.get(mention.id);
    if (list) list.push(toldOf(mention));
    else found.set(mention.id, [toldOf(mention)]);
  }
  return found;
}

function totalsOf(requirements: readonly Requirement[], scenarios: readonly Scenario[]): Totals {
  const counted = (some: readonly Requirement[]): Record<Status, number> => {
    const counts = Object.fromEntries(statuses.map((status) => [status, 0])) as Record<Status, number>;
    for (const { status } of some) counts[status] += 1;
    return counts;
  };
  const byStatus = { passed: 0, failed: 0, skipped: 0, pending: 0, undefined: 0, ambiguous: 0, 'not run': 0 };
  for (const scenario of scenarios) byStatus[scenarioStatus(scenario)] += 1;
  const must = requirements.filter(({ level }) => level === 'MUST');
  return { requirements: counted(requirements), must: counted(must), scenarios: byStatus };
}

function scenarioStatus(scenario: Scenario): keyof Totals['scenarios'] {
  const outcome = outcomeOf(scenario);
  if (outcome === 'flaky') return 'passed';
  if (outcome !== 'failed') return outcome;
  return (['failed', 'ambiguous', 'pending'] as const).find((one) => scenario.results.some(({ status }) => status === one)) ?? 'failed';
}
