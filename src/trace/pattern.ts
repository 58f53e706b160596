import { refusal } from '../core/errors.js';

/** A step of a pattern: so many characters of a path as it says. */
type Token =
  | { readonly kind: 'character'; readonly is: string }
  /** `?`, `*` and `**`. */
  | { readonly kind: 'one of a name' | 'any of a name' | 'anything' }
  /** `**` and a slash: any folders, each with a slash behind it. */
  | { readonly kind: 'folders' };

/** A pattern with braces stands for as many as this at most. */
const mostAlternatives = 1000;

/** Whether a path is one of those that a pattern names; in time by the length of both. `InvalidArgument` for braces that do not close. */
export function matcherOf(pattern: string): (path: string) => boolean {
  const alternatives = alternativesOf(pattern).map(tokensOf);
  return (path) => alternatives.some((tokens) => isNamedBy(tokens, path));
}

/** `a{b,c}` stands for `ab` and `ac`. */
function alternativesOf(pattern: string): string[] {
  let found = [''];
  let at = 0;
  while (at < pattern.length) {
    const opening = pattern.indexOf('{', at);
    const end = opening === -1 ? pattern.length : opening;
    const plain = pattern.slice(at, end);
    if (plain.includes('}')) throw invalid(pattern);
    const choices = opening === -1 ? [''] : choicesAt(pattern, opening);
    at = opening === -1 ? end : closingOf(pattern, opening) + 1;
    if (found.length * choices.length > mostAlternatives) throw invalid(pattern);
    found = found.flatMap((before) => choices.map((choice) => before + plain + choice));
  }
  return found;
}

function choicesAt(pattern: string, opening: number): string[] {
  const inner = pattern.slice(opening + 1, closingOf(pattern, opening));
  let [depth, from] = [0, 0];
  const choices: string[] = [];
  for (let at = 0; at <= inner.length; at++) {
    if (inner[at] === '{') depth++;
    else if (inner[at] === '}') depth--;
    else if (at === inner.length || (inner[at] === ',' && depth === 0)) {
      choices.push(...alternativesOf(inner.slice(from, at)));
      from = at + 1;
    }
  }
  return choices;
}

function closingOf(pattern: string, opening: number): number {
  let depth = 0;
  for (let at = opening; at < pattern.length; at++) {
    if (pattern[at] === '{') depth++;
    else if (pattern[at] === '}' && --depth === 0) return at;
  }
  throw invalid(pattern);
}

function tokensOf(pattern: string): Token[] {
  return (pattern.match(/\*\*\/|\*+|[^*]/gs) ?? []).map((piece) => {
    if (piece === '**/') return { kind: 'folders' };
    if (piece.startsWith('**')) return { kind: 'anything' };
    if (piece === '*') return { kind: 'any of a name' };
    return piece === '?' ? { kind: 'one of a name' } : { kind: 'character', is: piece };
  });
}

/** Follows all ways at once: each is the place of a token, doubled, and one more in the middle of a folder's name. */
function isNamedBy(tokens: readonly Token[], path: string): boolean {
  // Which ways were taken at which place: the numbers of places need no room of their own each time.
  const seen = new Int32Array(tokens.length * 2 + 2).fill(-1);
  let ways = entered(tokens, [0], { seen, place: -2 });
  for (let place = 0; place < path.length && ways.length > 0; place++) {
    const next: number[] = [];
    for (const way of ways) {
      const then = after(tokens, way, path[place] as string);
      if (then !== undefined) next.push(then);
    }
    ways = entered(tokens, next, { seen, place });
  }
  return ways.includes(tokens.length * 2);
}

/** Each way once, and those that leave out what may be left out. */
function entered(tokens: readonly Token[], begun: number[], { seen, place }: { seen: Int32Array; place: number }): number[] {
  const ways: number[] = [];
  for (let way = begun.pop(); way !== undefined; way = begun.pop()) {
    if (seen[way] === place) continue;
    seen[way] = place;
    ways.push(way);
    const kind = tokens[way >> 1]?.kind;
    const isOptional = kind === 'any of a name' || kind === 'anything' || (kind === 'folders' && way % 2 === 0);
    if (isOptional) begun.push(way - (way % 2) + 2);
  }
  return ways;
}

/** Where a way goes on behind a character; `undefined` where it ends there. */
function after(tokens: readonly Token[], way: number, character: string): number | undefined {
  const [token, isInName] = [tokens[way >> 1], way % 2 === 1];
  switch (token?.kind) {
    case undefined:
      return undefined;
    case 'character':
      return token.is === character ? way + 2 : undefined;
    case 'one of a name':
      return character === '/' ? undefined : way + 2;
    case 'any of a name':
      return character === '/' ? undefined : way;
    case 'anything':
      return way;
    case 'folders':
      if (character !== '/') return isInName ? way : way + 1;
      return isInName ? way - 1 : undefined;
  }
}

function invalid(pattern: string): Error {
  const shown = JSON.stringify(pattern.slice(0, 200));
  return refusal('InvalidArgument', `${shown} is no pattern of files: its braces do not close, or stand for too many`, {
    argument: 'pattern',
  });
}
