import { claimedBy, ourRequirements } from '../checks/our-requirements.js';
import type { Source } from '../checks/sources.js';

/** What the teeth are for: the areas of which every MUST that is built is to be caught when it is broken. */
export const areas =
  /^CAT-((REC|IDX|LCK|BLB|ADO|GC|DIG|SIM|JRN|HIS|PLT|TRC|CNF|INT|ENG|CLI|FLT|OBS)-\d{4}|REF-130[12356]|SEC-600[1234]|PRV-250[123])$/;

/** Requirements that no saboteur can break, and why. */
const exempt: Readonly<Record<string, string>> = {
  'CAT-SIM-5009': 'the saboteurs themselves: features/teeth.feature',
  'CAT-FLT-7012': 'times, which the benchmarks measure: bench/subjects/fleet.mjs',
};

export interface Requirement {
  readonly id: string;
  readonly isRequired: boolean;
  readonly isBuilt: boolean;
}

/** All requirements of the specifications, and whether a scenario claims them; without a keyword a requirement is required. */
export function requirementsIn(specs: readonly Source[], features: readonly Source[]): Requirement[] {
  const claimed = claimedBy(features);
  return ourRequirements(specs).map(({ id, level }) => ({ id, isRequired: level === 'MUST', isBuilt: claimed.has(id) }));
}

/** Those that a saboteur must break. */
export function toBeBroken(requirements: readonly Requirement[]): string[] {
  return requirements
    .filter(({ id, isRequired, isBuilt }) => isRequired && isBuilt && areas.test(id) && !(id in exempt))
    .map(({ id }) => id);
}
