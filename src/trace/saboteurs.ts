import { jsonIn } from '../core/json.js';
import type { Stated } from './requirements.js';
import type { Saboteur, Scenario } from './trace.js';
import { sha256 } from './words.js';

/** A saboteur as those who tried it wrote it down. */
export interface TriedSaboteur extends Saboteur {
  /** By requirement: over which words it was tried. A verdict over other words does not count; one without words always does. */
  readonly over?: ReadonlyMap<string, TriedWords> | undefined;
}

/** The first digits of the hash of a requirement's text and, where a scenario turned red, of its words. */
export interface TriedWords {
  readonly text: string;
  readonly scenario: string | undefined;
}

/** A line of a lock of saboteurs: what one of them did to the scenarios of one requirement. */
export interface SaboteurLine extends TriedWords {
  readonly requirement: string;
  readonly isRed: boolean;
  readonly name: string;
  readonly breaks: string;
}

/** What a saboteur came to, now that it is known which of its verdicts count. */
export interface WeighedSaboteur extends Saboteur {
  /** Requirements over whose words of now nobody has tried it. */
  readonly stale: readonly string[];
}

const head = '# Which saboteurs turned scenarios red, and over which words: where these have changed, a verdict does not count any more.';
const form = /^(\S+) (red|green) text=([0-9a-f]{12})(?: scenario=([0-9a-f]{12}))? (".*?")(?: of (\S+))?$/;

/** Saboteur runs, as JSON or as the lines of a lock: which requirement each breaks, and whose scenarios turned red. `undefined` where it is neither. */
export function saboteursIn(text: string): readonly TriedSaboteur[] | undefined {
  const found = text.trimStart().startsWith('{') ? fromJson(text) : fromLines(text);
  return found && [...found].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The lines of a lock of saboteurs; `undefined` where one is none. */
export function saboteurLinesIn(text: string): readonly SaboteurLine[] | undefined {
  const lines = text.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#'));
  const read = lines.map(lineIn);
  return read.includes(undefined) ? undefined : read.flatMap((line) => line ?? []);
}

/** The same bytes for the same lines: by requirement, then by name. */
export function saboteursText(lines: Iterable<SaboteurLine>): string {
  return `${[head, ...[...lines].map(saboteurLine).sort()].join('\n')}\n`;
}

function saboteurLine({ requirement, isRed, text, scenario, name, breaks }: SaboteurLine): string {
  const words = `text=${text}${scenario === undefined ? '' : ` scenario=${scenario}`}`;
  return `${requirement} ${isRed ? 'red' : 'green'} ${words} ${JSON.stringify(name)}${breaks === requirement ? '' : ` of ${breaks}`}`;
}

/** What a verdict over a scenario is known by: its file, its name and its steps, wherever it stands. */
export function scenarioHash({ place, name, steps }: Pick<Scenario, 'place' | 'name' | 'steps'>): string {
  const words = [place.path, name, ...steps.map(({ keyword, text }) => `${keyword} ${text}`)];
  return sha256(words.join('\n')).slice(0, 12);
}

/** What stands for the text of a requirement where verdicts are kept. */
export function textHash({ hash }: Pick<Stated, 'hash'>): string {
  return hash.slice(0, 12);
}

/** The verdicts that count: those over the words that a requirement and the scenario that turned red have now. */
export function weighed(
  saboteurs: readonly TriedSaboteur[],
  stated: ReadonlyMap<string, Pick<Stated, 'hash'>>,
  { byRequirement }: { readonly byRequirement: ReadonlyMap<string, readonly Pick<Scenario, 'place' | 'name' | 'steps'>[]> },
): WeighedSaboteur[] {
  const hashes = new Map<string, ReadonlySet<string>>();
  const scenariosOf = (id: string): ReadonlySet<string> => {
    const found = hashes.get(id) ?? new Set((byRequirement.get(id) ?? []).map(scenarioHash));
    hashes.set(id, found);
    return found;
  };
  const isStale = (id: string, { text, scenario }: TriedWords): boolean => {
    const one = stated.get(id);
    return one !== undefined && (textHash(one) !== text || (scenario !== undefined && !scenariosOf(id).has(scenario)));
  };
  return saboteurs.map(({ over = new Map<string, TriedWords>(), ...saboteur }) => {
    const stale = [...over].flatMap(([id, words]) => (isStale(id, words) ? [id] : []));
    return { ...saboteur, caughtBy: saboteur.caughtBy.filter((id) => !stale.includes(id)), stale };
  });
}

function fromLines(text: string): TriedSaboteur[] | undefined {
  const byName = new Map<string, SaboteurLine[]>();
  const lines = saboteurLinesIn(text);
  for (const line of lines ?? []) byName.set(line.name, [...(byName.get(line.name) ?? []), line]);
  const found = [...byName].map(([name, own]) => ({
    ...{ name, breaks: own[0]?.breaks ?? '', does: '' },
    caughtBy: own.flatMap(({ requirement, isRed }) => (isRed ? [requirement] : [])).sort(),
    over: new Map(own.map(({ requirement, ...words }) => [requirement, { text: words.text, scenario: words.scenario }])),
  }));
  return lines && found;
}

function lineIn(line: string): SaboteurLine | undefined {
  const [, requirement, verdict, text, scenario, quoted, breaks = requirement] = form.exec(line) ?? [];
  const name = quoted === undefined ? undefined : jsonIn(quoted);
  if (requirement === undefined || text === undefined || breaks === undefined || typeof name !== 'string') return undefined;
  return { requirement, isRed: verdict === 'red', text, scenario, name, breaks };
}

function fromJson(text: string): Saboteur[] | undefined {
  const found = jsonIn(text);
  if (!isObject(found) || !Array.isArray(found.saboteurs)) return undefined;
  const read = found.saboteurs.map(saboteurIn);
  return read.includes(undefined) ? undefined : read.flatMap((one) => one ?? []);
}

function saboteurIn(found: unknown): Saboteur | undefined {
  if (!isObject(found)) return undefined;
  const { name, breaks, does = '', caughtBy } = found;
  if (typeof name !== 'string' || typeof breaks !== 'string' || typeof does !== 'string') return undefined;
  if (!Array.isArray(caughtBy) || !caughtBy.every((id) => typeof id === 'string')) return undefined;
  return { name, breaks, does, caughtBy: [...caughtBy].sort() };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
