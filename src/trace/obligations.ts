import { type Keyword, keywords, type Requirement } from './trace.js';

const keyword = new RegExp(`\\b(?:${keywords.map((words) => words.replace(' ', '\\s+')).join('|')})\\b`, 'g');
const strengths = { MUST: 3, SHALL: 3, SHOULD: 2, MAY: 1 } as const;

/**
 * One obligation for each RFC 2119 keyword, in capitals and outside of code; the whole text where there is none. Its words are
 * those of its sentence that are nearer to it than to another keyword.
 */
export function obligationsIn(
  title: string,
  text: string,
  clauses: readonly string[] = [],
): { readonly keyword: Keyword; readonly text: string }[] {
  const found = sentencesOf(title, clauses.length > 0 ? clauses : [text]).flatMap(obligationsOf);
  return found.length > 0 ? found : [{ keyword: 'MUST', text: text === '' ? title : text }];
}

/** The level of the strongest keyword; MUST where there is none. */
export function strongest(found: readonly Keyword[]): Requirement['level'] {
  const strength = Math.max(0, ...found.map((one) => strengths[one.split(' ')[0] as keyof typeof strengths]));
  return ({ 0: 'MUST', 1: 'MAY', 2: 'SHOULD', 3: 'MUST' } as const)[strength as 0 | 1 | 2 | 3];
}

function sentencesOf(title: string, texts: readonly string[]): string[] {
  const parts = texts.flatMap((text) => text.split(/(?<=[.;])\s+(?=\S)/));
  return [title, ...parts].filter((part) => part !== '');
}

function obligationsOf(sentence: string): { keyword: Keyword; text: string }[] {
  const visible = sentence.replace(/`[^`]*`/g, (code) => ' '.repeat(code.length));
  const marks = [...visible.matchAll(keyword)];
  const cuts = marks
    .slice(1)
    .map((mark, index) => cutBetween(visible, (marks[index]?.index ?? 0) + (marks[index]?.[0].length ?? 0), mark.index));
  return marks.map((mark, index) => ({
    keyword: mark[0].replace(/\s+/g, ' ') as Keyword,
    text: withoutEnds(sentence.slice(cuts[index - 1] ?? 0, cuts[index] ?? sentence.length)),
  }));
}

/** Without blanks and commas before and behind it, nor a semicolon before it. By hand: `/[\s,]+$/` takes quadratic time. */
function withoutEnds(text: string): string {
  let end = text.length;
  while (end > 0 && /[\s,]/.test(text[end - 1] as string)) end--;
  return text.slice(0, end).replace(/^[\s,;]+/, '');
}

/** Where a sentence of two obligations parts: at the last comma or `and` between them, or where the second begins. */
function cutBetween(text: string, from: number, to: number): number {
  const between = text.slice(from, to);
  const place = Math.max(between.lastIndexOf(','), between.lastIndexOf(' and '), between.lastIndexOf(':'));
  return place === -1 ? to : from + place + 1;
}
