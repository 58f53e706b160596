/** A command line of bash up to the cursor, as far as completing needs to understand it. Nothing in it is expanded or run. */
export interface BashLine {
  /** What the command would be given; the last is the word that is being typed, and may be empty. */
  readonly words: readonly string[];
  /** How much of that word stays: readline puts a candidate in place of what comes after it. */
  readonly kept: number;
  /** The quote that is open at the cursor. */
  readonly quote: Quote;
}

type Quote = '' | "'" | '"';

/**
 * Takes words apart as bash does. Readline breaks them at the characters of `COMP_WORDBREAKS`, among them `:` and `=`, so that of
 * `hf.co/org:Q4` it replaces `Q4` alone; in quotes it breaks nowhere.
 */
export function readBashLine(line: string, breaks: string): BashLine {
  const words: string[] = [];
  let [word, isBegun, kept, quote]: [string, boolean, number, Quote] = ['', false, 0, ''];
  for (const { text, kind } of tokensOf(line)) {
    if (kind === 'blank') {
      if (isBegun) words.push(word);
      [word, isBegun, kept] = ['', false, 0];
      continue;
    }
    isBegun = true;
    if (kind === 'quote') quote = quote === '' ? (text as Quote) : '';
    else word += text;
    if (kind === 'quote' || (kind === 'bare' && breaks.includes(text))) kept = word.length;
  }
  return { words: [...words, word], kept, quote };
}

/** What readline is to put in place of the end of the word, so that bash reads it as this text. */
export function quotedForBash(text: string, quote: Quote): string {
  if (quote === "'") return text.replaceAll("'", "'\\''");
  if (quote === '"') return text.replace(/["$`\\]/g, '\\$&');
  return text.replace(/[ -~]/g, (character) => (/[\w.,/@%+=:-]/.test(character) ? character : `\\${character}`));
}

interface Token {
  readonly text: string;
  /** `meant` is a character that a quote or a backslash keeps from meaning anything. */
  readonly kind: 'bare' | 'meant' | 'quote' | 'blank';
}

/** What a backslash can take with it, by the quote that is open. */
const next: Readonly<Record<Quote, RegExp>> = { '': /\\?./suy, '"': /\\["$`\\]|./suy, "'": /./suy };

function* tokensOf(line: string): Generator<Token> {
  let quote: Quote = '';
  for (let at = 0; at < line.length; ) {
    const pattern: RegExp = next[quote];
    pattern.lastIndex = at;
    const [text = '']: readonly string[] = pattern.exec(line) ?? [];
    at += text.length;
    const kind = kindOf(text, quote);
    if (kind === 'quote') quote = quote === '' ? (text as Quote) : '';
    yield { text: kind === 'meant' && quote !== "'" ? text.replace(/^\\/, '') : text, kind };
  }
}

function kindOf(text: string, quote: Quote): Token['kind'] {
  if (quote !== '') return text === quote ? 'quote' : 'meant';
  if (text === "'" || text === '"') return 'quote';
  if (text.startsWith('\\')) return 'meant';
  return /\s/.test(text) ? 'blank' : 'bare';
}
