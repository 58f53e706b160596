import { deflateRawSync } from 'node:zlib';
import { printable } from '../../core/printable.js';
import type { Place, Run } from '../trace.js';
import type { Room } from './room.js';
import type { ShownScenario } from './shown-scenarios.js';
import { lines, type Unusual, unusualOf } from './unusual.js';
import { inWords } from './word-code.js';

/**
 * What the page shows of scenarios besides their names, as its script unpacks it: by columns, each text once, and only what is
 * not usual told of each, since that is what makes it small.
 */
export interface Details {
  readonly runs: readonly string[];
  readonly paths: readonly string[];
  /** Of each path. */
  readonly features: readonly string[];
  /** For each section of the page: its scenarios. */
  readonly sections: readonly (readonly number[])[];
  /** For each section: the files of its citations, with the lines of each. */
  readonly citations: readonly (readonly string[])[];
  /** What has no room in the lists of findings, list by list: each a message and its places. */
  readonly findings: readonly (readonly (readonly string[])[])[];
  readonly scenarios: {
    readonly path: readonly number[];
    readonly line: readonly number[];
    /** How far each is back from the next new text: a new one is 0. */
    readonly steps: readonly (readonly number[])[];
    /** The longest that a step took, in any example; nothing where there is no room for it. */
    readonly times: readonly (readonly number[])[];
    readonly told: readonly Told[];
  };
  /** By scenario and step, where there is room for cells: the rows of a table, each with a cell a line, or a text. */
  readonly arguments: Readonly<Record<string, string | readonly string[]>>;
  /** For each scenario and each of its examples, how long it took in each run; -1 where it was not run. */
  readonly took: readonly (readonly (readonly number[])[])[];
  /** What is not usual: a status other than passed, several attempts, a message, attachments. */
  readonly unusual: readonly Unusual[];
}

/** What is like it stands near it. */
type Told = readonly [
  /** Empty where the page has it already. */
  name: string,
  /** `Given a step`, where no scenario before it has it. */
  newTexts: readonly string[],
  /** The heads of its examples, and their cells where there is room for them, column by column, each a line of its own. */
  examples: readonly string[],
];

export interface PackInput {
  readonly runs: readonly Run[];
  readonly scenarios: readonly ShownScenario[];
  /** For each section of the page: the places of its scenarios in the list of all. */
  readonly sections: readonly (readonly number[])[];
  /** The places of those whose names are in the page. */
  readonly named: ReadonlySet<number>;
  /** Of each section. */
  readonly citations: readonly (readonly Place[])[];
  readonly findings: Details['findings'];
  readonly room: Room;
}

/** The count of its bytes and, deflated, those: 13 bits in two characters, of which none is `<`. A twelfth less than base64. */
export function packed(input: PackInput): string {
  return inCharacters(deflateRawSync(inWords(JSON.stringify(detailsOf(input))), { level: 9, memLevel: 9 }));
}

function inCharacters(bytes: Uint8Array): string {
  const pairs: string[] = [];
  let [bits, waiting] = [0, 0];
  for (const byte of [...bytes, 0, 0]) {
    bits |= byte << waiting;
    waiting += 8;
    if (waiting < 13) continue;
    pairs.push(character(Math.floor((bits & 8191) / 93)) + character((bits & 8191) % 93));
    bits >>= 13;
    waiting -= 13;
  }
  return `${bytes.length} ${pairs.join('')}`;
}

/** `!` to `~` without `<`. */
function character(value: number): string {
  return String.fromCharCode(value < 27 ? value + 33 : value + 34);
}

function detailsOf({ runs, scenarios, sections, named, citations, findings, room }: PackInput): Details {
  const names = runs.map(({ id }) => id);
  const paths = [...new Set(scenarios.map(({ place }) => place.path))];
  const features = new Map(scenarios.map(({ place, feature }) => [place.path, feature] as const));
  const { told, steps } = toldOf(scenarios, named, room);
  return {
    runs: runs.map(({ id, store }) => printable(store ?? id)),
    paths: paths.map(printable),
    features: paths.map((path) => printable(features.get(path) ?? '')),
    sections,
    citations: citations.map(cited),
    findings: findings.map((list) => list.map((one) => one.map(printable))),
    scenarios: {
      path: scenarios.map(({ place }) => paths.indexOf(place.path)),
      line: scenarios.map(({ place }) => place.line),
      steps,
      times: scenarios.map((scenario) => (room.stepTimes ? stepTimes(scenario) : [])),
      told,
    },
    arguments: room.cells ? Object.fromEntries(scenarios.flatMap(argumentsOf)) : {},
    took: scenarios.map(({ examples }) =>
      examples.map(({ results }) => names.map((name) => Math.round(results.find(({ run }) => run === name)?.durationMs ?? -1))),
    ),
    unusual: unusualOf({ names, scenarios, room }),
  };
}

/** `path:1, 2` */
function cited(places: readonly Place[]): string[] {
  const lines = new Map<string, number[]>();
  for (const { path, line } of places) lines.set(path, [...(lines.get(path) ?? []), line]);
  return [...lines].map(([path, there]) => printable(`${path}:${there.join(', ')}`));
}

function toldOf(scenarios: readonly ShownScenario[], named: ReadonlySet<number>, room: Room): { told: Told[]; steps: number[][] } {
  const known = new Map<string, number>();
  const told: Told[] = [];
  const steps = scenarios.map((scenario, place) => {
    const newTexts: string[] = [];
    told.push([named.has(place) ? '' : printable(scenario.name), newTexts, tableOf(scenario, room)]);
    return scenario.steps.map(({ keyword, text }) => {
      const said = printable(`${keyword.trim()} ${text}`);
      const before = known.get(said);
      if (before !== undefined) return known.size - before;
      known.set(said, known.size);
      newTexts.push(said);
      return 0;
    });
  });
  return { told, steps };
}

function stepTimes({ steps, examples }: ShownScenario): number[] {
  const results = examples.flatMap((example) => example.results);
  return steps.map((_, place) => results.reduce((most, result) => Math.max(most, Math.round(result.steps[place]?.durationMs ?? 0)), 0));
}

function tableOf({ heads, examples }: ShownScenario, { cells }: Room): string[] {
  const rows = cells ? examples : [];
  return heads.map((head) => [head, ...rows.map(({ outline }) => outline?.cells[head] ?? '')].map(printable).join('\n'));
}

function argumentsOf({ steps }: ShownScenario, scenario: number): [string, string | string[]][] {
  return steps.flatMap(({ argument }, step) => {
    if (argument === undefined) return [];
    const said = 'text' in argument ? lines(argument.text) : argument.table.map((row) => row.map(printable).join('\n'));
    return [[`${scenario} ${step}`, said]];
  });
}
