import { AstBuilder, GherkinClassicTokenMatcher, Parser } from '@cucumber/gherkin';
import { type FeatureChild, IdGenerator, type Scenario, type Tag } from '@cucumber/messages';
import { normalise, parseClauses } from '../clauses.js';
import type { Source, Violation } from './sources.js';

interface Normative {
  readonly path: string;
  readonly line: number;
  readonly ids: readonly string[];
  readonly steps: readonly string[];
}

/**
 * Where the normative scenarios are not the specification's words (CAT-TRC-5102): exactly one for each requirement with GIVEN,
 * WHEN and THEN, and equal but for blanks, quotes and hyphens.
 */
export function verbatimViolations(features: readonly Source[], specification: Source): Violation[] {
  const normative = features.flatMap(normativeIn);
  const wanted = parseClauses(specification.text);
  const strays = normative.filter(({ ids }) => !ids.some((id) => wanted.has(id)));
  return [
    ...strays.map(({ path, line }) => ({ path, line, message: 'is @normative and bears the tag of no requirement with clauses' })),
    ...[...wanted].flatMap(([id, { given, when, then }]) => {
      const claimed = normative.filter(({ ids }) => ids.includes(id));
      if (claimed.length !== 1)
        return [{ path: specification.path, line: 1, message: `${id} has ${claimed.length} normative scenarios, not one` }];
      return claimed.flatMap((scenario) => drift(scenario, [`Given ${given}`, `When ${when}`, `Then ${then}`]));
    }),
  ];
}

function drift({ path, line, ids, steps }: Normative, wanted: readonly string[]): Violation[] {
  if (steps.length !== wanted.length) return [{ path, line, message: `${ids.join(' ')}: ${steps.length} steps, not Given, When and Then` }];
  return wanted.flatMap((words, place) => {
    const ours = normalise(steps[place] ?? '');
    return ours === words ? [] : [{ path, line, message: `${ids.join(' ')} drifted: ${firstDifference(ours, words)}` }];
  });
}

function firstDifference(ours: string, wanted: string): string {
  const [a, b] = [ours.split(' '), wanted.split(' ')];
  const place = Array.from({ length: Math.max(a.length, b.length) }, (_, index) => index).find((index) => a[index] !== b[index]) ?? 0;
  const before = b.slice(Math.max(0, place - 3), place).join(' ');
  return `after "${before}" the specification says "${b[place] ?? '(nothing)'}", the scenario "${a[place] ?? '(nothing)'}"`;
}

function normativeIn({ path, text }: Source): Normative[] {
  const feature = parseFeature(text);
  if (feature === undefined) return [];
  return scenariosIn(feature.children, feature.tags)
    .filter(({ tags }) => tags.includes('@normative'))
    .map(({ scenario, tags }) => ({
      path,
      line: scenario.location.line,
      ids: tags.filter((tag) => tag.startsWith('@CAT-')).map((tag) => tag.slice(1)),
      steps: scenario.steps.map((step) => `${step.keyword.trim()} ${step.text}`),
    }));
}

function parseFeature(text: string) {
  return new Parser(new AstBuilder(IdGenerator.incrementing()), new GherkinClassicTokenMatcher()).parse(text).feature;
}

/** The scenarios with their tags and those of the rule and the feature around them. */
function scenariosIn(children: readonly FeatureChild[], outer: readonly Tag[]): { scenario: Scenario; tags: string[] }[] {
  return children.flatMap(({ rule, scenario }) => {
    if (rule) return scenariosIn(rule.children, [...outer, ...rule.tags]);
    return scenario ? [{ scenario, tags: [...outer, ...scenario.tags].map(({ name }) => name) }] : [];
  });
}
