import type { Claims } from './claims.js';
import type { Told } from './features.js';
import type { Lock } from './lock.js';
import type { Stated } from './requirements.js';
import type { Drift, Scenario } from './trace.js';
import { likeness, normalise, wordDifference } from './words.js';

/**
 * How the words of a requirement stand to its normative scenario, and to what was accepted (CAT-TRC-5102). A requirement with GIVEN,
 * WHEN and THEN needs exactly one normative scenario, with these words; one that nothing claims is uncovered and has not drifted.
 */
export function driftOf(stated: Stated, claims: Claims, lock: Lock | undefined): Drift | undefined {
  const said = stated.clauses.length > 0 ? verbatim(stated, claims) : undefined;
  if (said !== undefined && isDrift(said)) return said;
  return hasChanged(stated, lock) ? { kind: 'changed since it was accepted', scenario: said?.scenario, words: [] } : said;
}

export function isDrift({ kind }: Drift): boolean {
  return kind !== 'exact' && kind !== 'normalised';
}

/** The normative scenarios of a requirement; the examples of an outline are one. */
export function normativeOf(scenarios: readonly Scenario[]): Scenario[] {
  const seen = new Set<string>();
  return scenarios.filter(({ isNormative, place, outline }) => {
    const key = `${place.path}:${outline?.line ?? place.line}`;
    if (!isNormative || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function verbatim(stated: Stated, claims: Claims): Drift | undefined {
  const claimed = claims.byRequirement.get(stated.id) ?? [];
  const normative = normativeOf(claimed);
  if (claimed.length === 0) return undefined;
  if (normative.length !== 1) {
    const nearest = nearestOf(stated, normative.length > 1 ? normative : claimed, claims);
    return { kind: 'missing', scenario: nearest?.id, words: nearest ? wordDifference(wordsOf(stated), wordsOfSteps(nearest.steps)) : [] };
  }
  const rows = claimed.filter(({ isNormative }) => isNormative).map(({ id }) => versus(stated, id, claims));
  return rows.find(isDrift) ?? rows.find(({ kind }) => kind === 'normalised') ?? rows[0];
}

/** One scenario, or one row of an outline. */
function versus(stated: Stated, scenario: string, claims: Claims): Drift {
  const steps = claims.told.get(scenario)?.steps ?? [];
  const isSame = (plain: (text: string) => string): boolean =>
    steps.length === stated.clauses.length &&
    stated.clauses.every(({ role, text }, place) => steps[place]?.role === role && plain(steps[place]?.text ?? '') === plain(text));
  if (isSame((text) => text)) return { kind: 'exact', scenario, words: [] };
  if (isSame(normalise)) return { kind: 'normalised', scenario, words: [] };
  return { kind: 'reworded', scenario, words: wordDifference(wordsOf(stated), wordsOfSteps(steps)) };
}

function nearestOf(stated: Stated, among: readonly Scenario[], { told }: Claims): Told | undefined {
  const words = wordsOf(stated);
  const rated = among.flatMap(({ id }) => told.get(id) ?? []).map((one) => ({ one, rate: likeness(words, wordsOfSteps(one.steps)) }));
  return rated.reduce<{ one: Told; rate: number } | undefined>((best, next) => (best && best.rate >= next.rate ? best : next), undefined)
    ?.one;
}

function wordsOf({ clauses }: Stated): string {
  return clauses.map(({ role, text }) => `${role.toUpperCase()} ${text}`).join(' ');
}

function wordsOfSteps(steps: Told['steps']): string {
  return steps.map(({ role, keyword, text }) => `${(role ?? keyword).toUpperCase()} ${text}`).join(' ');
}

function hasChanged({ id, hash, obligations }: Stated, lock: Lock | undefined): boolean {
  const accepted = lock && [id, ...obligations.map((obligation) => obligation.id)].flatMap((line) => lock.get(line) ?? []);
  return accepted?.some((line) => line.hash !== hash.slice(0, 12)) ?? false;
}
