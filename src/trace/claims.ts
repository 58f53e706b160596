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
  for (const { scenarios: some, rowless } of features) {
    for (const { tags, place } of rowless)
      for (const tag of readTags(tags, { requirements, obligations, beginnings }).strange) unknown.push({ tag, place });
    for (const one of some) {
      const { claimed, strange } = readTags(one.tags, { requirements, obligations, beginnings });
      for (const tag of strange) unknown.push({ tag, place: one.place });
      const ids = [...new Set(claimed.map(requirementOf))].sort();
      const scenario = scenarioOf(one, {
        requirements: ids,
        isNormative: one.tags.includes(policy.normative),
        results: results.get(one.id) ?? [],
      });
      scenarios.push(scenario);
      told.set(one.id, one);
      for (const id of ids) {
        pushTo(byRequirement, id, scenario);
        for (const obligation of meantOf(requirements.get(id), claimed)) pushTo(byObligation, obligation, scenario.id);
      }
    }
  }
  return { scenarios, told, byRequirement, byObligation, unknown };
}

interface Names {
  readonly requirements: ReadonlyMap<string, Stated>;
  readonly obligations: ReadonlySet<string>;
  readonly beginnings: ReadonlySet<string>;
}

/** The requirements and obligations that tags name, and the tags that look as if they did. */
function readTags(tags: readonly string[], { requirements, obligations, beginnings }: Names): { claimed: string[]; strange: string[] } {
  const [claimed, strange]: [string[], string[]] = [[], []];
  for (const tag of tags) {
    const name = tag.slice(1);
    if (requirements.has(name) || obligations.has(name)) claimed.push(name);
    else if (looksLikeOne(tag, beginnings)) strange.push(tag);
  }
  return { claimed, strange };
}

/** All obligations of a requirement; where a tag names one of them, that says more than a tag on the rule or the feature around it. */
function meantOf(stated: Stated | undefined, claimed: readonly string[]): string[] {
  const all = stated?.obligations.map(({ id }) => id) ?? [];
  const named = all.filter((id) => claimed.includes(id));
  return named.length > 0 ? named : all;
}

function requirementOf(name: string): string {
  return name.split('#', 1)[0] ?? name;
}

function scenarioOf(told: Told, more: Pick<Scenario, 'requirements' | 'isNormative' | 'results'>): Scenario {
  const { id, place, feature, rule, name, outline, tags } = told;
  return { id, place, feature, rule, name, outline, tags, ...more, steps: told.steps.map(({ role: _, ...step }) => step) };
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
