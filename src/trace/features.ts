import { AstBuilder, compile, GherkinClassicTokenMatcher, Parser } from '@cucumber/gherkin';
import {
  type Feature,
  type FeatureChild,
  type GherkinDocument,
  IdGenerator,
  type Pickle,
  type PickleStepArgument,
  type Rule,
  type Scenario as Written,
} from '@cucumber/messages';
import type { Place, Scenario, ScenarioStep } from './trace.js';
import { type Source, sha256 } from './words.js';

/** A scenario as its file says it; which requirements it claims is seen when these are known. */
export interface Told extends Omit<Scenario, 'requirements' | 'isNormative' | 'results' | 'steps'> {
  readonly steps: readonly (ScenarioStep & { readonly role: 'given' | 'when' | 'then' | undefined })[];
}

/** What is in a file of features, and what of it cannot be read. */
export interface ReadFeature {
  readonly path: string;
  readonly sha256: string;
  readonly scenarios: readonly Told[];
  /** Examples without a row, with the tags of their outline: no scenario comes of them. */
  readonly rowless: readonly { readonly place: Place; readonly name: string; readonly tags: readonly string[] }[];
  /** What the parser could not read. */
  readonly troubles: readonly { readonly place: Place; readonly message: string }[];
}

const rolesOf = { Context: 'given', Action: 'when', Outcome: 'then', Unknown: undefined } as const;

/** Every example of every scenario of a feature file, by the official parser (CAT-TRC-5101). */
export function scenariosIn(source: Source): ReadFeature {
  const newId = IdGenerator.incrementing();
  const about = { path: source.path, sha256: sha256(source.text) };
  try {
    const document = new Parser(new AstBuilder(newId), new GherkinClassicTokenMatcher()).parse(source.text);
    const pickles = compile(document, source.path, newId);
    const { feature } = document;
    if (feature === undefined) return { ...about, scenarios: [], rowless: [], troubles: [] };
    return { ...about, scenarios: told(feature, pickles, source.path), rowless: rowlessIn(feature, source.path), troubles: [] };
  } catch (error) {
    return { ...about, scenarios: [], rowless: [], troubles: troublesOf(error, source.path) };
  }
}

/** The lines of a document's nodes, by their ids: older messages name a pickle's place by these alone. */
export function linesOf({ feature }: GherkinDocument): ReadonlyMap<string, number> {
  const written = feature ? writtenIn(feature.children, undefined) : [];
  const rows = written.flatMap(({ scenario }) => scenario.examples.flatMap(({ tableBody }) => tableBody));
  return new Map([...written.map(({ scenario }) => scenario), ...rows].map(({ id, location }) => [id, location.line]));
}

function told(feature: Feature, pickles: readonly Pickle[], path: string): Told[] {
  const written = new Map(writtenIn(feature.children, undefined).map((one) => [one.scenario.id, one]));
  return pickles.flatMap((pickle) => {
    const { scenario, rule } = written.get(pickle.astNodeIds[0] ?? '') ?? {};
    if (scenario === undefined) return [];
    const example = exampleOf(scenario, pickle.astNodeIds[1]);
    const line = example?.line ?? scenario.location.line;
    return [
      {
        id: `${path}:${line}`,
        place: { path, line },
        feature: feature.name,
        rule: rule?.name,
        name: pickle.name,
        outline: example && { line: scenario.location.line, cells: example.cells },
        tags: pickle.tags.map(({ name }) => name),
        steps: stepsOf(pickle, scenario, feature),
      },
    ];
  });
}

function rowlessIn({ tags, children }: Feature, path: string): ReadFeature['rowless'] {
  return writtenIn(children, undefined).flatMap(({ scenario, rule }) =>
    scenario.examples
      .filter(({ tableBody }) => tableBody.length === 0)
      .map((examples) => ({
        place: { path, line: examples.location.line },
        name: scenario.name,
        tags: [...tags, ...(rule?.tags ?? []), ...scenario.tags, ...examples.tags].map(({ name }) => name),
      })),
  );
}

function writtenIn(children: readonly FeatureChild[], rule: Rule | undefined): { scenario: Written; rule: Rule | undefined }[] {
  return children.flatMap((child) => {
    if (child.rule) return writtenIn(child.rule.children, child.rule);
    return child.scenario ? [{ scenario: child.scenario, rule }] : [];
  });
}

function exampleOf(scenario: Written, rowId: string | undefined): { line: number; cells: Readonly<Record<string, string>> } | undefined {
  for (const { tableHeader, tableBody } of scenario.examples) {
    const row = tableBody.find(({ id }) => id === rowId);
    const heads = tableHeader?.cells.map(({ value }) => value) ?? [];
    if (row)
      return { line: row.location.line, cells: Object.fromEntries(heads.map((head, place) => [head, row.cells[place]?.value ?? ''])) };
  }
  return undefined;
}

/** With the words of backgrounds, which a pickle has before its own. */
function stepsOf(pickle: Pickle, scenario: Written, feature: Feature): Told['steps'] {
  const backgrounds = feature.children.flatMap(({ background, rule }) => [
    background,
    ...(rule?.children.map((child) => child.background) ?? []),
  ]);
  const written = [...backgrounds.flatMap((background) => background?.steps ?? []), ...scenario.steps];
  const keywords = new Map(written.map(({ id, keyword }) => [id, keyword.trim()]));
  return pickle.steps.map(({ astNodeIds, text, type, argument }) => ({
    keyword: keywords.get(astNodeIds[0] ?? '') ?? '',
    text,
    ...argumentOf(argument ?? {}),
    role: rolesOf[type ?? 'Unknown'],
  }));
}

function argumentOf({ dataTable, docString }: PickleStepArgument): Pick<ScenarioStep, 'argument'> {
  if (dataTable) return { argument: { table: dataTable.rows.map(({ cells }) => cells.map(({ value }) => value)) } };
  return docString ? { argument: { text: docString.content } } : {};
}

/** A parser's error holds one for each line that it could not read. */
function troublesOf(error: unknown, path: string): ReadFeature['troubles'] {
  if (!(error instanceof Error)) throw error;
  const { errors = [error], location } = error as Error & { errors?: readonly Error[]; location?: { line: number } };
  if (location === undefined && !('errors' in error)) throw error;
  return errors.map((one) => ({
    place: { path, line: (one as Error & { location?: { line: number } }).location?.line ?? 1 },
    message: one.message,
  }));
}
