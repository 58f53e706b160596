import { AstBuilder, compile, GherkinClassicTokenMatcher, Parser } from '@cucumber/gherkin';
import { IdGenerator, type Pickle } from '@cucumber/messages';
import type { Scenario, Trace } from '../../src/trace/trace.js';
import { projectRoot, readSources, type Source } from '../checks/sources.js';
import { builtRequirement, builtResult, builtTrace } from './built-trace.js';

/** The specification and every scenario of this project, as if all had run and some saboteurs had been caught: what a page of it takes. */
export function ourSuite(): Trace {
  const scenarios = readSources(projectRoot, ['features'], ['.feature']).flatMap(scenariosIn);
  const byRequirement = new Map<string, string[]>();
  for (const { id, requirements } of scenarios)
    for (const requirement of requirements) byRequirement.set(requirement, [...(byRequirement.get(requirement) ?? []), id]);
  const requirements = readSources(projectRoot, ['specs'], ['.md']).flatMap((source) => requirementsIn(source, byRequirement));
  return builtTrace({ title: 'catalog-core', requirements, scenarios });
}

function requirementsIn({ path, text }: Source, byRequirement: ReadonlyMap<string, readonly string[]>) {
  return [...text.matchAll(/^- \[([A-Z]+-[A-Z]+-\d+)\] (.*)((?:\n .*)*)/gm)].map(([, id = '', title = '', words = ''], place) => {
    const scenarios = byRequirement.get(id) ?? [];
    const caught = scenarios.slice(0, place % 4).map((scenario) => `what ${scenario.slice(9)} relies on is passed over`);
    const citations = scenarios.slice(0, 3).map((scenario, line) => ({ path: scenario.replace('features', 'src/core'), line }));
    const said = words.replaceAll(/\s+(- )?/g, ' ').trim();
    return builtRequirement(id, {
      title,
      text: said,
      source: { path, line: place },
      section: [path],
      scenarios,
      caught,
      citations,
      status: statusOf(scenarios, caught),
    });
  });
}

function statusOf(scenarios: readonly string[], caught: readonly string[]) {
  if (scenarios.length === 0) return 'uncovered';
  return caught.length > 0 ? 'verified' : 'passing';
}

function scenariosIn({ path, text }: Source): Scenario[] {
  const newId = IdGenerator.incrementing();
  const document = new Parser(new AstBuilder(newId), new GherkinClassicTokenMatcher()).parse(text);
  const lines = new Map<string, number>();
  const cells = new Map<string, Record<string, string>>();
  const children = document.feature?.children.flatMap((child) => [child, ...(child.rule?.children ?? [])]) ?? [];
  for (const { scenario } of children) {
    if (scenario === undefined) continue;
    lines.set(scenario.id, scenario.location.line);
    for (const { tableHeader, tableBody } of scenario.examples)
      for (const row of tableBody) {
        lines.set(row.id, row.location.line);
        cells.set(row.id, Object.fromEntries((tableHeader?.cells ?? []).map(({ value }, at) => [value, row.cells[at]?.value ?? ''])));
      }
  }
  return compile({ ...document, uri: path, comments: [] }, path, newId).map((pickle) =>
    scenarioOf(pickle, { path, feature: document.feature?.name ?? '', lines, cells }),
  );
}

interface Surroundings {
  readonly path: string;
  readonly feature: string;
  readonly lines: ReadonlyMap<string, number>;
  readonly cells: ReadonlyMap<string, Record<string, string>>;
}

/** How long it took is drawn, of some spread, so that times are not smaller packed than those of a run. */
function scenarioOf({ name, tags, steps, astNodeIds }: Pickle, { path, feature, lines, cells }: Surroundings): Scenario {
  const [first = '', last = first] = astNodeIds;
  const line = lines.get(last) ?? 0;
  const row = cells.get(last);
  return {
    ...{ id: `${path}:${line}`, place: { path, line }, feature, rule: undefined, name, isNormative: false },
    outline: row === undefined ? undefined : { line: lines.get(first) ?? 0, cells: row },
    tags: tags.map((tag) => tag.name),
    requirements: tags.flatMap((tag) => /^@(CAT-[A-Z]+-\d+)/.exec(tag.name)?.[1] ?? []),
    steps: steps.map(({ text }) => ({ keyword: 'Given', text })),
    results: [builtResult({ steps: steps.length, durationMs: (line * 7919) % 997 })],
  };
}
