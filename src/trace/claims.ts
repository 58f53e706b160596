import type { Told } from './features.js';
import type { Inputs } from './inputs.js';
import type { Stated } from './requirements.js';
import type { Place, Result, Scenario } from './trace.js';

/** What scenarios claim, both ways. */
export interface Claims {
  readonly scenarios: readonly Scenario[];
  /** Each with the roles of its steps, which the trace does not tell. */
  readonly told: ReadonlyMap<string, Told>;
  /** By the id of a requirement. */
  readonly byRequirement: ReadonlyMap<string, readonly Scenario[]>;
  /** By the id of an obligation. */
  readonly byObligation: ReadonlyMap<string, readonly string[]>;
  /** Tags that look like an id of the project and name nothing. */
  readonly unknown: readonly { readonly tag: string; readonly place: Place }[];
}

/** A scenario claims by tags: `@ID` all obligations of a requirement, `@ID#2` one of them. */
export function claimsOf(
  { features, policy }: Inputs,
  requirements: ReadonlyMap<string, Stated>,
  results: ReadonlyMap<string, readonly Result[]>,
): Claims {
  const obligations = new Set([...requirements.values()].flatMap((one) => one.obligations.map(({ id }) => id)));
  const beginnings = new Set([...requirements.keys()].map((id) => `@${id.split(/[-_.:\d]/)[0] ?? id}`));
  const byRequirement = new Map<string, Scenario[]>();
  const byObligation = new Map<string, string[]>();
  const unknown: { tag: string; place: Place }[] = [];
  const scenarios: Scenario[] = [];
  const told = new Map<string, Told>();
  for (const one of features.flatMap((feature) => feature.scenarios)) {
    const claimed = new Set<string>();
    const narrowed = new Set<string>();
    for (const tag of one.tags) {
      const [id = '', place] = tag.slice(1).split('#');
      if (requirements.has(id) && place === undefined) claimed.add(id);
      else if (obligations.has(tag.slice(1))) narrowed.add(tag.slice(1));
      else if (looksLikeOne(tag, beginnings)) unknown.push({ tag, place: one.place });
    }
    const ids = [...new Set([...claimed, ...[...narrowed].map((id) => id.split('#')[0] ?? id)])].sort();
    const scenario = scenarioOf(one, {
      requirements: ids,
      isNormative: one.tags.includes(policy.normative),
      results: results.get(one.id) ?? [],
    });
    scenarios.push(scenario);
    told.set(one.id, one);
    for (const id of ids) {
      pushTo(byRequirement, id, scenario);
      const all = requirements.get(id)?.obligations.map((obligation) => obligation.id) ?? [];
      // A tag that narrows says more than one around it, on the rule or the feature.
      const meant = all.some((obligation) => narrowed.has(obligation)) ? all.filter((obligation) => narrowed.has(obligation)) : all;
      for (const obligation of meant) pushTo(byObligation, obligation, scenario.id);
    }
  }
  return { scenarios, told, byRequirement, byObligation, unknown };
}

function scenarioOf(told: Told, more: Pick<Scenario, 'requirements' | 'isNormative' | 'results'>): Scenario {
  const { id, place, feature, rule, name, outline, tags } = told;
  return { id, place, feature, rule, name, outline, tags, ...more, steps: told.steps.map(({ keyword, text }) => ({ keyword, text })) };
}

/** A slip of the finger in a tag is an unknown id, and not no id. */
function looksLikeOne(tag: string, beginnings: ReadonlySet<string>): boolean {
  const first = tag.split(/[-_.:\d#]/)[0] ?? tag;
  return first !== tag && first.length > 1 && beginnings.has(first);
}

function pushTo<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}
