import { createHash } from 'node:crypto';
import type { Told } from '../../src/trace/features.js';
import type { Inputs } from '../../src/trace/inputs.js';
import { jsonPieces } from '../../src/trace/json.js';
import { requirementsIn } from '../../src/trace/requirements.js';
import type { Trace } from '../../src/trace/trace.js';
import { traceOf } from '../../src/trace/trace-of.js';
import { isCommand } from '../is-command.js';
import { inputsOf, runOf } from './project.js';

/** Many requirements, ten scenarios for each, and a result for each of these. */
export function largeInputs(requirements: number): Inputs {
  const lines = Array.from(
    { length: requirements },
    (_, place) => `- [REQ-${place}] Number ${place}\n  - It MUST be ${place}, and SHOULD stay so.`,
  );
  const specification = lines.join('\n');
  const scenarios = Array.from({ length: requirements * 10 }, (_, place) => scenario(place, `REQ-${Math.floor(place / 10)}`));
  const byPath = grouped(scenarios);
  const features = [...byPath].map(([path, some]) => ({ path, sha256: 'f'.repeat(64), scenarios: some, rowless: [], troubles: [] }));
  const id = 'REQ-\\d+';
  return {
    ...inputsOf({ specification: '- [REQ-0] none', features: {} }),
    requirements: requirementsIn({ path: 'spec.md', text: specification }, { id }),
    features,
    runs: [runOf(features)],
  };
}

function scenario(place: number, id: string): Told {
  const path = `features/${Math.floor(place / 100)}.feature`;
  const line = 1 + (place % 100) * 5;
  const steps = [{ keyword: 'Then', text: `it is ${place}`, role: 'then' as const }];
  return {
    id: `${path}:${line}`,
    place: { path, line },
    feature: 'many',
    rule: undefined,
    name: `number ${place}`,
    outline: undefined,
    tags: [`@${id}`],
    steps,
  };
}

function grouped(scenarios: readonly Told[]): Map<string, Told[]> {
  const byPath = new Map<string, Told[]>();
  for (const one of scenarios) byPath.set(one.place.path, [...(byPath.get(one.place.path) ?? []), one]);
  return byPath;
}

function hashOf(trace: Trace): string {
  const hash = createHash('sha256');
  for (const piece of jsonPieces(trace)) hash.update(piece);
  return hash.digest('hex');
}

/** Joins them and tells how long the join took and how much memory the process had at most; run with a limit on the heap. */
if (isCommand(import.meta.url)) {
  const inputs = largeInputs(Number(process.argv[2]));
  const began = performance.now();
  const trace = traceOf(inputs);
  const ms = Math.round(performance.now() - began);
  const megabytes = Math.round(process.resourceUsage().maxRSS / 1024);
  const isSame = hashOf(traceOf(inputs)) === hashOf(trace);
  console.log(JSON.stringify({ requirements: trace.requirements.length, scenarios: trace.scenarios.length, ms, megabytes, isSame }));
}
