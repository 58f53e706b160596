import { claimsOf } from '../../src/trace/claims.js';
import type { Joined } from '../../src/trace/findings.js';
import { outcomesOf } from '../../src/trace/results.js';
import { traceOf } from '../../src/trace/trace-of.js';
import { inputsOf, type Project } from './project.js';

/** What the findings of a project are made of. */
export function joinedOf(project: Project): Joined {
  const inputs = inputsOf(project);
  const stated = new Map(inputs.requirements.map((one) => [one.id, one]));
  const outcomes = outcomesOf(inputs);
  const claims = claimsOf(inputs, stated, outcomes.byScenario);
  return { inputs, stated, outcomes, claims, requirements: traceOf(inputs).requirements };
}
