import type { Place, Result, Scenario, ScenarioStep } from '../trace.js';

/** A scenario as its feature file has it: an outline once, with its examples; any other with itself alone. */
export interface ShownScenario {
  readonly place: Place;
  readonly feature: string;
  readonly rule: string | undefined;
  /** With `<name>` where an outline has it. */
  readonly name: string;
  readonly steps: readonly ScenarioStep[];
  /** What the columns of its examples are called; empty for what is no outline. */
  readonly heads: readonly string[];
  readonly examples: readonly Scenario[];
  readonly requirements: readonly string[];
  readonly outcome: Outcome;
}

export type Outcome = Result['status'] | 'not run';

/** The gravest first. */
const outcomes: readonly Outcome[] = ['failed', 'ambiguous', 'undefined', 'pending', 'skipped', 'not run', 'passed'];

/** Examples of one outline become one, in the order in which they are met. */
export function shownScenarios(scenarios: readonly Scenario[]): ShownScenario[] {
  const together = new Map<string, [Scenario, ...Scenario[]]>();
  for (const scenario of scenarios) {
    const { path, line } = placeOf(scenario);
    const others = together.get(`${path}:${line}`);
    if (others === undefined) together.set(`${path}:${line}`, [scenario]);
    else others.push(scenario);
  }
  return [...together.values()].map(shown);
}

/** The gravest of what its runs told; `not run` without any. */
export function outcomeOf(scenarios: readonly Scenario[]): Outcome {
  const told = scenarios.flatMap(({ results }) => (results.length === 0 ? ['not run' as const] : results.map(({ status }) => status)));
  return outcomes.find((one) => told.includes(one)) ?? 'not run';
}

function shown(examples: readonly [Scenario, ...Scenario[]]): ShownScenario {
  const [first] = examples;
  const cells = examples.map(({ outline }) => outline?.cells ?? {});
  return {
    place: placeOf(first),
    feature: first.feature,
    rule: first.rule,
    name: outlineText(
      examples.map(({ name }) => name),
      cells,
    ),
    steps: first.steps.map((_, place) => {
      const [step, ...others] = examples.flatMap(({ steps }) => steps[place] ?? []);
      return outlineStep([step ?? { keyword: '', text: '' }, ...others], cells);
    }),
    heads: first.outline === undefined ? [] : [...new Set(cells.flatMap(Object.keys))],
    examples,
    requirements: [...new Set(examples.flatMap(({ requirements }) => requirements))],
    outcome: outcomeOf(examples),
  };
}

function outlineStep(steps: readonly [ScenarioStep, ...ScenarioStep[]], cells: readonly Cells[]): ScenarioStep {
  const [{ keyword, argument }] = steps;
  const step = {
    keyword,
    text: outlineText(
      steps.map(({ text }) => text),
      cells,
    ),
  };
  if (argument === undefined) return step;
  const all = steps.map((one) => one.argument);
  if ('text' in argument) {
    const texts = all.map((one) => (one && 'text' in one ? one.text : ''));
    return { ...step, argument: { text: outlineText(texts, cells) } };
  }
  const tables = all.map((one) => (one && 'table' in one ? one.table : []));
  const cellAt = (row: number, column: number) => tables.map((table) => table[row]?.[column] ?? '');
  const table = argument.table.map((cellsOfRow, row) => cellsOfRow.map((_, column) => outlineText(cellAt(row, column), cells)));
  return { ...step, argument: { table } };
}

function placeOf({ place, outline }: Scenario): Place {
  return { path: place.path, line: outline?.line ?? place.line };
}

type Cells = Readonly<Record<string, string>>;

/** The text that gives each of these when its `<names>` are replaced; where none is found, what they have in common around `…`. */
export function outlineText(texts: readonly string[], cells: readonly Cells[]): string {
  const [first = ''] = texts;
  if (texts.every((text) => text === first)) return first;
  for (const [place, text] of texts.slice(0, mostTried).entries()) {
    const outline = withNames(text, cells[place] ?? {});
    if (texts.every((wanted, at) => withCells(outline, cells[at] ?? {}) === wanted)) return outline;
  }
  return inCommon(texts);
}

/** An example whose cells are like other words of the text may hide the outline; one of so many does not. */
const mostTried = 8;

function withNames(text: string, cells: Cells): string {
  const longestFirst = Object.entries(cells).sort(([, a], [, b]) => b.length - a.length);
  const pieces = longestFirst.reduce<readonly (string | { readonly name: string })[]>(
    (parts, [name, cell]) => parts.flatMap((part) => (typeof part === 'string' && cell !== '' ? named(part, { name, cell }) : [part])),
    [text],
  );
  return pieces.map((piece) => (typeof piece === 'string' ? piece : `<${piece.name}>`)).join('');
}

function named(text: string, { name, cell }: { readonly name: string; readonly cell: string }) {
  return text.split(cell).flatMap((piece, place) => (place === 0 ? [piece] : [{ name }, piece]));
}

function withCells(outline: string, cells: Cells): string {
  return outline.replace(/<([^<>]*)>/g, (whole, name: string) => cells[name] ?? whole);
}

function inCommon(texts: readonly string[]): string {
  const [first = ''] = texts;
  const isSame = (place: number, from: (text: string) => number) =>
    texts.every((text) => text[from(text) + place] === first[from(first) + place]);
  const shortest = Math.min(...texts.map(({ length }) => length));
  let before = 0;
  while (before < shortest && isSame(before, () => 0)) before += 1;
  let after = 0;
  while (after < shortest - before && isSame(-1 - after, ({ length }) => length)) after += 1;
  return `${first.slice(0, before)}…${first.slice(first.length - after)}`;
}
