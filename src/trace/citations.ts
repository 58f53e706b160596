import type { Mention } from './inputs.js';
import { mentionsIn } from './requirements.js';
import type { Source } from './words.js';

/** Ids in code, and the line of code that each stands at: its own or, in a comment above code, the first below. */
export function citationsIn(source: Source, id: string): Mention[] {
  const lines = source.text.split('\n');
  return mentionsIn(source, id).map((mention) => ({ ...mention, code: codeAt(lines, mention.place.line) }));
}

/** Nothing but blanks, or a comment as most languages have it. */
const isNoCode = /^\s*($|\/\/|\/?\*|#(\s|!|$)|--\s|<!--|;;)/;

function codeAt(lines: readonly string[], from: number): number {
  for (let line = from; line <= lines.length; line++) if (!isNoCode.test(lines[line - 1] ?? '')) return line;
  return from;
}
