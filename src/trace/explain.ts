import { gateOf } from './gate.js';
import type { Finding, Requirement, Saboteur, Scenario, Trace } from './trace.js';

/** One requirement from its text to the code, the scenarios and the saboteurs. */
export interface Explanation {
  readonly requirement: Requirement;
  readonly scenarios: readonly Scenario[];
  readonly saboteurs: readonly Saboteur[];
  readonly findings: readonly Finding[];
  /** What stands below it. */
  readonly children: readonly string[];
}

/** All that a trace knows of one requirement; undefined where it has none of that id. */
export function explanationOf(trace: Trace, id: string): Explanation | undefined {
  const requirement = trace.requirements.find((one) => one.id === id);
  if (requirement === undefined) return undefined;
  const { counted, others } = gateOf(trace);
  const about = new Set([id, ...requirement.obligations.map((obligation) => obligation.id), ...requirement.scenarios]);
  return {
    requirement,
    scenarios: trace.scenarios.filter((scenario) => scenario.requirements.includes(id)),
    saboteurs: trace.saboteurs.filter(({ breaks, caughtBy }) => breaks === id || caughtBy.includes(id)),
    findings: [...counted, ...others].filter((finding) => about.has(finding.id ?? '')),
    children: trace.requirements.filter(({ parent }) => parent === id).map((child) => child.id),
  };
}
