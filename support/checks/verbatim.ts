import { scenariosIn } from '../../src/trace/features.js';
import { traceOf } from '../../src/trace/trace-of.js';
import { ourIds as id, ourRequirements } from './our-requirements.js';
import type { Source, Violation } from './sources.js';

const policy = { normative: '@normative', external: {}, waivers: [], rulings: {}, optional: [], teeth: undefined, mayClaimNothing: true };
const nothing = { title: '', files: [], mentions: [], citations: [], runs: [], saboteurs: [], lock: undefined, today: '' };

/** Where the normative scenarios are not the specification's words (CAT-TRC-5102), as the tracer tells it, before anything has run. */
export function verbatimViolations(features: readonly Source[], specification: Source): Violation[] {
  const requirements = ourRequirements([specification]);
  const { findings, scenarios } = traceOf({ ...nothing, id, policy, requirements, features: features.map(scenariosIn) });
  const normative = new Set(scenarios.filter(({ isNormative }) => isNormative).map((scenario) => scenario.id));
  return findings
    .filter((finding) => ['drift', 'uncovered'].includes(finding.kind) || (finding.kind === 'orphan' && normative.has(finding.id ?? '')))
    .map(({ id: about, places, message }) => ({
      ...(places[0] ?? { path: specification.path, line: 1 }),
      message: `${about}: ${message}`,
    }));
}
