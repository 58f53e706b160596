import { deflateRawSync } from 'node:zlib';
import { printable } from '../../core/printable.js';
import type { Place, Result, Run } from '../trace.js';
import type { ShownScenario } from './shown-scenarios.js';

/**
 * What the page shows of scenarios besides their names, as its script unpacks it: by columns, each text once, and only what is
 * not usual told of each, since that is what makes it small.
 */
interface Details {
  readonly runs: readonly string[];
  readonly paths: readonly string[];
  /** Of each path. */
  readonly features: readonly string[];
  /** `Given a step`, each once, in the order of their first use. */
  readonly texts: readonly string[];
  /** For each section of the page: its scenarios. */
  readonly sections: readonly (readonly number[])[];
  /** For each section: the files of its citations, with the lines of each. */
  readonly citations: readonly (readonly string[])[];
  readonly scenarios: {
    readonly path: readonly number[];
    readonly line: readonly number[];
    /** Where the page does not have it already. */
    readonly name: readonly string[];
    /** How far each is back from the next new text: a new one is 0. */
    readonly steps: readonly (readonly number[])[];
    /** The longest that a step took, in any example. */
    readonly times: readonly (readonly number[])[];
  };
  /** By scenario: the heads of its examples, and their cells, column by column, each a line of its own. */
  readonly examples: Readonly<Record<number, readonly string[]>>;
  /** For each scenario and each of its examples, how long it took in each run; -1 where it was not run. */
  readonly took: readonly (readonly (readonly number[])[])[];
  /** What is not usual: a status other than passed, several attempts, a message, attachments. */
  readonly unusual: readonly Unusual[];
}

interface Unusual {
  readonly at: readonly [scenario: number, example: number, run: number];
  readonly status: Result['status'];
  readonly attempts: number;
  readonly message?: string;
  /** Of each step, where it is not all passed. */
  readonly steps?: readonly Result['status'][];
  readonly attachments: readonly { readonly type: string; readonly name: string; readonly text: string }[];
}

export interface PackInput {
  readonly runs: readonly Run[];
  readonly scenarios: readonly ShownScenario[];
  /** For each section of the page: the places of its scenarios in the list of all. */
  readonly sections: readonly (readonly number[])[];
  /** The places of those whose names are in the page. */
  readonly named: ReadonlySet<number>;
  /** Of each section. */
  readonly citations: readonly (readonly Place[])[];
}

/** What fits of an attachment: more where something failed. */
const [mostOfPassed, mostOfFailed] = [4_000, 64_000];

/** The count of its bytes and, deflated, those: 13 bits in two characters, of which none is `<`. A twelfth less than base64. */
export function packed(input: PackInput): string {
  return inCharacters(deflateRawSync(JSON.stringify(detailsOf(input)), { level: 9, memLevel: 9 }));
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

function detailsOf({ runs, scenarios, sections, named, citations }: PackInput): Details {
  const names = runs.map(({ id }) => id);
  const paths = [...new Set(scenarios.map(({ place }) => place.path))];
  const texts = new Map<string, number>();
  return {
    runs: runs.map(({ id, store }) => shownText(store ?? id)),
    paths: paths.map(shownText),
    features: paths.map((path) => shownText(scenarios.find(({ place }) => place.path === path)?.feature ?? '')),
    sections,
    citations: citations.map(cited),
    scenarios: {
      path: scenarios.map(({ place }) => paths.indexOf(place.path)),
      line: scenarios.map(({ place }) => place.line),
      name: scenarios.map(({ name }, place) => (named.has(place) ? '' : shownText(name))),
      steps: scenarios.map(({ steps }) => steps.map(({ keyword, text }) => backReference(texts, shownText(`${keyword.trim()} ${text}`)))),
      times: scenarios.map(stepTimes),
    },
    examples: Object.fromEntries(
      scenarios.flatMap((scenario, place) => (scenario.heads.length === 0 ? [] : [[place, tableOf(scenario)] as const])),
    ),
    took: scenarios.map(({ examples }) =>
      examples.map(({ results }) => names.map((name) => round(results.find(({ run }) => run === name)?.durationMs ?? -1))),
    ),
    unusual: scenarios.flatMap(({ examples }, scenario) =>
      examples.flatMap(({ results }, example) =>
        results.flatMap((result) => unusual(result, [scenario, example, names.indexOf(result.run)])),
      ),
    ),
    texts: [...texts.keys()],
  };
}

/** `path:1, 2` */
function cited(places: readonly Place[]): string[] {
  const lines = new Map<string, number[]>();
  for (const { path, line } of places) lines.set(path, [...(lines.get(path) ?? []), line]);
  return [...lines].map(([path, there]) => shownText(`${path}:${there.join(', ')}`));
}

function backReference(texts: Map<string, number>, text: string): number {
  const known = texts.get(text);
  if (known !== undefined) return texts.size - known;
  texts.set(text, texts.size);
  return 0;
}

function stepTimes({ steps, examples }: ShownScenario): number[] {
  const results = examples.flatMap((example) => example.results);
  return steps.map((_, place) => results.reduce((most, result) => Math.max(most, round(result.steps[place]?.durationMs ?? 0)), 0));
}

function tableOf({ heads, examples }: ShownScenario): string[] {
  return heads.map((head) => [head, ...examples.map(({ outline }) => outline?.cells[head] ?? '')].map(printable).join('\n'));
}

function unusual(result: Result, at: Unusual['at']): Unusual[] {
  const { status, attempts, message, attachments } = result;
  if (status === 'passed' && attempts === 1 && attachments.length === 0) return [];
  const most = status === 'passed' ? mostOfPassed : mostOfFailed;
  return [
    {
      at,
      status,
      attempts,
      ...(message === undefined ? {} : { message: cut(message, most) }),
      ...(status === 'passed' ? {} : { steps: result.steps.map((step) => step.status) }),
      attachments: attachments.map(({ mediaType, name = '', text }) => ({
        type: mediaType,
        name: shownText(name),
        // What the page draws must stay whole to be read.
        text: mediaType.endsWith('+json') && text.length <= mostOfFailed ? text : cut(text, most),
      })),
    },
  ];
}

function cut(text: string, most: number): string {
  return text.length > most ? `${shownText(text.slice(0, most))}\n… ${text.length - most} characters more` : shownText(text);
}

/** Printable, line by line. */
function shownText(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

function round(durationMs: number): number {
  return Math.round(durationMs);
}
