import { AstBuilder, compile, GherkinClassicTokenMatcher, Parser } from '@cucumber/gherkin';
import { IdGenerator, type Pickle } from '@cucumber/messages';
import type { Source } from '../checks/sources.js';

/** One scenario, or one example of an outline, by the place where cucumber finds it. */
export interface Example {
  readonly place: string;
  readonly name: string;
  /** The scenario or outline that it is an example of. */
  readonly outline: string;
  readonly isSlow: boolean;
  readonly requirements: readonly string[];
}

const areas = /^CAT-(REC|IDX|LCK|BLB|DIG|SIM)-\d{4}$/;

/** Scenarios that take half a second or more each, by the beginning of their outlines' names; quicker ones name most of their requirements. */
const slow = [
  "The project's own sources",
  'A forgotten yield* is refused',
  'A process killed before or after any step',
  '<writers> processes put',
  '<processes> processes that add',
  'Whichever bit of <file>',
  'Some errors at every step',
  'The operations and the errors',
  'Wherever <file> is cut off',
  'Whatever happens to <file>',
  'An opener killed while it mends',
  'A put paused at its publishing while more',
  'A writer held at any step while <count> puts',
  'A put paused at any step while <count> commits',
  "Two takers of a dead owner's lock",
  "Three takers of a dead owner's lock",
  'Three worker threads and two handles',
  'The event loop turns while',
  'The file of an index that changed step by step',
  'Random histories of steps',
  'Verifying a file of <MiB> MiB',
  'The collision key is',
  'A root whose making was cut off',
  'A damaged catalog is repaired by the command',
  'Every history of two operations',
  'Without <part> a history of',
  'With the whole protocol none',
  'Leaving out what nobody reads',
  '<cycles> cycles of',
  'The code of the guide',
  '<history> on <disk>',
  '<scene>, <lock>',
  'two first opens,',
  '<saboteur>: <wrong>',
];

/** What there is to meet a saboteur: all examples but the @full ones that name a requirement of these areas. */
export function examplesIn(features: readonly Source[]): Example[] {
  return features.filter(({ path }) => path !== 'features/teeth.feature').flatMap(examplesOf);
}

/** Of each scenario and outline that is not slow the first example. */
export function firstExamples(examples: readonly Example[]): Example[] {
  return examples
    .filter(({ isSlow }) => !isSlow)
    .filter((example, place, quick) => quick.findIndex(({ outline }) => outline === example.outline) === place);
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
        outline: `${feature.path}:${outline.line}`,
        isSlow: isSlow(outline.name),
        requirements,
      },
    ];
  });
}

function isSlow(name: string): boolean {
  return slow.some((beginning) => name.startsWith(beginning));
}

function requirementsOf({ tags }: Pickle): string[] {
  return tags.map(({ name }) => name.slice(1)).filter((id) => areas.test(id));
}
