import type { Claims } from '../../src/trace/claims.js';
import { driftOf, isDrift } from '../../src/trace/drift.js';
import { type Lock, linesOf } from '../../src/trace/lock.js';
import { type Profile, requirementsIn, type Stated } from '../../src/trace/requirements.js';
import type { Source } from '../../src/trace/words.js';

/** A requirement as its file has it: the lines from its id to the next, and what is read of them. */
export interface Written {
  readonly stated: Stated;
  readonly lines: readonly string[];
}

/** The requirements of a document that MUST be met, each with its own lines. */
export function writtenIn(source: Source, profile: Profile): Written[] {
  const lines = source.text.split('\n');
  const all = requirementsIn(source, profile);
  return all
    .map((stated, place) => ({ stated, lines: lines.slice(stated.source.line - 1, (all[place + 1]?.source.line ?? lines.length + 1) - 1) }))
    .map(({ stated, lines: own }) => ({ stated, lines: untilHeading(own) }))
    .filter(({ stated }) => stated.level === 'MUST' && !stated.isWithdrawn);
}

/** Edits one token of a requirement: takes it away, says it twice, or another, or in another case, or with the one after it changed about. */
export function editToken({ lines }: Written, random: () => number): string {
  const tokens = tokensOf(lines);
  for (;;) {
    const at = Math.floor(random() * tokens.length);
    const token = tokens[at] ?? { line: 0, from: 0, text: '' };
    const edited = [...lines];
    const line = lines[token.line] ?? '';
    const word = tokenEdits[Math.floor(random() * tokenEdits.length)]?.(token.text, random) ?? '';
    edited[token.line] = `${line.slice(0, token.from)}${word}${line.slice(token.from + token.text.length)}`;
    const text = edited.join('\n');
    if (read(text) !== read(lines.join('\n'))) return text;
  }
}

/** What a reader sees of a text, by our own reckoning: that of the tracer is what is tried. */
function read(text: string): string {
  const marks = [...text].map((mark) => typography.slice(1).find((alike) => alike.includes(mark))?.[0] ?? mark);
  return marks.join('').split(/\s+/).join(' ').trim();
}

/** Edits what only a typographer sees: a blank, a quote, a hyphen. */
export function editTypography({ lines }: Written, random: () => number): string {
  const places = lines.flatMap((line, index) =>
    [...line.matchAll(/(?<=\S) (?=\S)|['"\u2018\u2019\u201c\u201d]|(?<=\w)[-\u2010\u2011](?=\w)/g)]
      .filter((found) => found.index >= beginOf(line))
      .map((found) => ({ index, from: found.index, text: found[0] })),
  );
  const place = places[Math.floor(random() * places.length)] ?? { index: 0, from: 0, text: '' };
  const others = typography.find((alike) => alike.includes(place.text))?.filter((text) => text !== place.text) ?? [];
  const line = lines[place.index] ?? '';
  const edited = [...lines];
  edited[place.index] =
    `${line.slice(0, place.from)}${others[Math.floor(random() * others.length)]}${line.slice(place.from + place.text.length)}`;
  return edited.join('\n');
}

/** What was accepted of these requirements. */
export function lockOf(written: readonly Written[]): Lock {
  const none = { status: 'passing', citations: [], because: [] } as const;
  const lines = written.flatMap(({ stated }) => {
    const obligations = stated.obligations.map(({ id }) => ({ id, scenarios: [] }));
    return linesOf({ ...none, id: stated.id, hash: stated.hash, obligations }, new Map());
  });
  return new Map(lines.map((line) => [line.id, line]));
}

/** Whether the edited text is told to have drifted from what was accepted. */
export function hasDrifted(
  text: string,
  { stated }: Written,
  { lock, claims, profile }: { lock: Lock | undefined; claims: Claims; profile: Profile },
): boolean {
  const found = requirementsIn({ path: stated.source.path, text }, profile).find(({ id }) => id === stated.id);
  const drift = found && driftOf(found, claims, lock);
  return found === undefined || (drift !== undefined && isDrift(drift));
}

/** The same numbers from 0 to 1 for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) / 2 ** 24;
  };
}

const tokenEdits: readonly ((token: string, random: () => number) => string)[] = [
  () => '',
  (token) => `${token} ${token}`,
  () => 'otherwise',
  (token) => `NOT ${token}`,
  (token) => token.replace(/[a-z]/i, (letter) => (letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase())),
  (token) => token.replace(/\d/, (digit) => String((Number(digit) + 1) % 10)),
  (token, random) => {
    const at = Math.floor(random() * token.length);
    return token.slice(0, at) + token.slice(at + 1);
  },
];

const typography: readonly (readonly string[])[] = [
  [' ', '  ', '\u00a0', '\t', ' \u2009', '\n    '],
  ["'", '\u2018', '\u2019'],
  ['"', '\u201c', '\u201d'],
  ['-', '\u2010', '\u2011', '\u2012', '\u2013', '\u2212'],
];

function tokensOf(lines: readonly string[]): { line: number; from: number; text: string }[] {
  return lines.flatMap((text, line) =>
    [...text.matchAll(/\S+/g)]
      .filter((token) => token.index >= beginOf(text))
      .map((token) => ({ line, from: token.index, text: token[0] })),
  );
}

/** Where the words of a line begin: after its mark, and after the id. */
function beginOf(line: string): number {
  return /^\s*[-*] (?:\[CAT-\S+\] )?/.exec(line)?.[0].length ?? 0;
}

function untilHeading(lines: readonly string[]): readonly string[] {
  const end = lines.findIndex((line, place) => place > 0 && (line.trim() === '' || line.startsWith('#')));
  return end === -1 ? lines : lines.slice(0, end);
}
