import { AstBuilder, compile, GherkinClassicTokenMatcher, Parser } from '@cucumber/gherkin';
import { IdGenerator, type Pickle } from '@cucumber/messages';
import type { Source } from '../checks/sources.js';
import { areas } from './requirements.js';

/** One scenario, or one example of an outline, by the place where cucumber finds it. */
export interface Example {
  readonly place: string;
  readonly name: string;
  /** The scenario or outline that it is an example of. */
  readonly outline: { readonly name: string; readonly place: string };
  readonly requirements: readonly string[];
}

/** What there is to meet a saboteur: all examples but the @full ones that name a requirement of these areas. */
export function examplesIn(features: readonly Source[]): Example[] {
  return features.filter(({ path }) => path !== 'features/teeth.feature').flatMap(examplesOf);
}

/** Of each scenario and outline the first example. */
export function firstExamples(examples: readonly Example[]): Example[] {
  return examples.filter((example, place) => examples.findIndex(({ outline }) => outline.place === example.outline.place) === place);
}

function examplesOf(feature: Source): Example[] {
  const document = new Parser(new AstBuilder(IdGenerator.incrementing()), new GherkinClassicTokenMatcher()).parse(feature.text);
  const outlines = new Map<string, { readonly name: string; readonly line: number }>();
  for (const child of document.feature?.children ?? []) {
    for (const { scenario } of [child, ...(child.rule?.children ?? [])]) {
      if (scenario) outlines.set(scenario.id, { name: scenario.name, line: scenario.location.line });
    }
  }
  return compile({ ...document, comments: [] }, feature.path, IdGenerator.incrementing()).flatMap((pickle) => {
    const outline = outlines.get(pickle.astNodeIds[0] ?? '');
    const requirements = requirementsOf(pickle);
    if (outline === undefined || requirements.length === 0 || pickle.tags.some(({ name }) => name === '@full')) return [];
    return [
      {
        place: `${feature.path}:${pickle.location?.line ?? outline.line}`,
        name: pickle.name,
        outline: { name: outline.name, place: `${feature.path}:${outline.line}` },
        requirements,
      },
    ];
  });
}

function requirementsOf({ tags }: Pickle): string[] {
  return tags.map(({ name }) => name.slice(1)).filter((id) => areas.test(id));
}
