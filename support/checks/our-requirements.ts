import { scenariosIn, type Told } from '../../src/trace/features.js';
import { requirementsIn, type Stated } from '../../src/trace/requirements.js';
import type { Source } from './sources.js';

/** What the ids of this project are like. */
export const ourIds = 'CAT-[A-Z]{2,3}-\\d{4}';

/** The requirements of our specifications, as the tracer reads them. */
export function ourRequirements(specs: readonly Source[]): Stated[] {
  return specs.flatMap((source) => requirementsIn(source, { id: ourIds }));
}

/** Every example of our scenarios, by the requirements that its tags name. */
export function claimedBy(features: readonly Source[]): Map<string, Told[]> {
  const found = new Map<string, Told[]>();
  for (const scenario of features.flatMap((source) => scenariosIn(source).scenarios))
    for (const id of new Set(scenario.tags.map((tag) => tag.slice(1).split('#', 1)[0] ?? '')))
      found.set(id, [...(found.get(id) ?? []), scenario]);
  return found;
}
