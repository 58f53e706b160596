import { createHash } from 'node:crypto';
import type { Drift } from './trace.js';

/** A file as the tracer sees it; the path is relative to the configuration, with forward slashes. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

const hyphens = /[\u00ad\u2010\u2011\u2012\u2013\u2212]/g;
const singleQuotes = /[\u2018\u2019\u201a\u201b]/g;
const doubleQuotes = /[\u201c\u201d\u201e\u201f]/g;

/** The text with only blanks, quotes and hyphens made the same (CAT-TRC-5102): never case, digits, punctuation or words. */
export function normalise(text: string): string {
  const composed = text.normalize('NFC').replace(hyphens, '-').replace(singleQuotes, "'").replace(doubleQuotes, '"');
  return composed.replace(/[\s\u200b]+/g, ' ').trim();
}

/** Without the byte order mark that some editors put first, which is no part of the text. */
export function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

export function oneBlank(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** What was said before beside what is said now, word by word; words that stand together are one piece. */
export function wordDifference(before: string, now: string): Drift['words'] {
  const [old, young] = [wordsOf(before), wordsOf(now)];
  const kept = longestCommon(old, young);
  const pieces: Drift['words'][number][] = [];
  let [fromOld, fromYoung] = [0, 0];
  for (const [inOld, inYoung] of [...kept, [old.length, young.length] as const]) {
    pieces.push(...piece('gone', old.slice(fromOld, inOld)), ...piece('new', young.slice(fromYoung, inYoung)));
    pieces.push(...piece('same', old.slice(inOld, inOld + 1)));
    [fromOld, fromYoung] = [inOld + 1, inYoung + 1];
  }
  return joined(pieces);
}

/** A word difference in one line: what is gone in `[-…-]`, what is new in `{+…+}`. */
export function differenceText(words: Drift['words']): string {
  const marks = { same: ['', ''], gone: ['[-', '-]'], new: ['{+', '+}'] } as const;
  return words.map(({ kind, text }) => `${marks[kind][0]}${text}${marks[kind][1]}`).join(' ');
}

/** How much two texts have in common, from 0 to 1. */
export function likeness(one: string, other: string): number {
  const [a, b] = [new Set(wordsOf(one)), new Set(wordsOf(other))];
  const common = [...a].filter((word) => b.has(word)).length;
  return a.size + b.size === 0 ? 1 : (2 * common) / (a.size + b.size);
}

function wordsOf(text: string): string[] {
  const plain = normalise(text);
  return plain === '' ? [] : plain.split(' ');
}

function piece(kind: 'same' | 'gone' | 'new', words: readonly string[]): Drift['words'] {
  return words.length === 0 ? [] : [{ kind, text: words.join(' ') }];
}

function joined(pieces: Drift['words']): Drift['words'] {
  const whole: Drift['words'][number][] = [];
  for (const { kind, text } of pieces) {
    const last = whole.at(-1);
    if (last?.kind === kind) whole[whole.length - 1] = { kind, text: `${last.text} ${text}` };
    else whole.push({ kind, text });
  }
  return whole;
}

/** The places of a longest common subsequence. Texts are short: a table of both is small. */
function longestCommon(a: readonly string[], b: readonly string[]): (readonly [number, number])[] {
  const width = b.length + 1;
  const lengths = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      lengths[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const found: (readonly [number, number])[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; )
    if (a[i] === b[j]) found.push([i++, j++]);
    else if (at(i + 1, j) >= at(i, j + 1)) i += 1;
    else j += 1;
  return found;
}
