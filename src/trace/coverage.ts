import { jsonIn } from '../core/json.js';
import type { Mention } from './inputs.js';
import type { Citation } from './trace.js';

/** Which lines each scenario reached. */
export interface Coverage {
  /** By the id of a scenario: the lines of each file that it ran, from the first to the last of a piece. */
  readonly byScenario: ReadonlyMap<string, ReadonlyMap<string, readonly (readonly [number, number])[]>>;
  /** Files of which something ran. */
  readonly files: ReadonlySet<string>;
}

/** Coverage as JSON, `{ "features/x.feature:12": ["src/a.ts:12-30", "src/b.ts:7"] }`; `undefined` where it is none. */
export function coverageIn(text: string): Coverage | undefined {
  const found = jsonIn(text);
  if (typeof found !== 'object' || found === null || Array.isArray(found)) return undefined;
  const coverage = new Map<string, Map<string, [number, number][]>>();
  for (const [scenario, pieces] of Object.entries(found)) {
    const files = new Map<string, [number, number][]>();
    if (!Array.isArray(pieces)) return undefined;
    for (const piece of pieces) {
      const [, path, first, last = first] = (typeof piece === 'string' && /^(.+):(\d+)(?:-(\d+))?$/.exec(piece)) || [];
      if (path === undefined) return undefined;
      files.set(path, [...(files.get(path) ?? []), [Number(first), Number(last)]]);
    }
    coverage.set(scenario, files);
  }
  return { byScenario: coverage, files: new Set([...coverage.values()].flatMap((files) => [...files.keys()])) };
}

/** The citations of a requirement, and which of its scenarios run the code that they stand at, where that was measured. */
export function reachedCitations(mentions: readonly Mention[], scenarios: readonly string[], coverage: Coverage | undefined): Citation[] {
  const measured = scenarios.filter((id) => coverage?.byScenario.has(id));
  return mentions.map(({ place, code = place.line }) => {
    if (coverage === undefined || measured.length === 0 || !coverage.files.has(place.path)) return place;
    const runs = (id: string): boolean =>
      (coverage.byScenario.get(id)?.get(place.path) ?? []).some(([first, last]) => first <= code && code <= last);
    return { ...place, reachedBy: measured.filter(runs) };
  });
}
