import { homedir } from 'node:os';
import { printable } from '../core/printable.js';
import { quotedForBash, readBashLine } from './bash-line.js';
import { type Candidate, type Completion, completionOf, type IdsOf } from './completing.js';

/**
 * What the scripts of `catalog completion` ask for: `__complete bash <COMP_WORDBREAKS> <line>`, or `__complete words <word>...`. The
 * first line says what the shell is to complete by itself, then comes a candidate a line. Whoever presses Tab is told of no error.
 */
export async function complete([form, ...given]: readonly string[]): Promise<void> {
  process.stdout.on('error', () => {});
  try {
    const lines = form === 'bash' ? await bashLines(given) : linesOf(await completionOf(given, idsOf));
    process.stdout.write(`${lines.join('\n')}\n`);
  } catch {
    // Nothing to complete: the verb itself tells why, when it is run.
  }
}

async function bashLines([breaks = '', text = '']: readonly string[]): Promise<string[]> {
  const { words, kept, quote } = readBashLine(text, breaks);
  const isAssignment = (word: string) => /^\w+=/.test(word);
  const { candidates, paths } = await completionOf(words.slice(words.findIndex((word) => !isAssignment(word)) + 1), idsOf);
  return linesOf({ paths, candidates: candidates.map((one) => ({ text: quotedForBash(one.text.slice(kept), quote) })) });
}

/** What does not print is not offered: nobody could type it, and a terminal would heed it. */
function linesOf({ paths, candidates }: Completion): string[] {
  const safe = candidates.filter(({ text }) => printable(text) === text);
  return [paths, ...safe.map(({ text, about }) => (about === undefined ? text : `${text}\t${printable(about)}`))];
}

/** Looks, waits for nothing and makes nothing; a server is not asked. */
const idsOf: IdsOf = async ({ kind, prefix, given }) => {
  const { root, store, allowUnsafeRoot } = given;
  if (store !== undefined && store !== 'fs' && store !== 'journal') return [];
  const { openCatalog } = await import('../open-catalog.js');
  const place = typeof root === 'string' ? root.replace(/^~(?=\/|$)/, homedir()) : undefined;
  await using catalog = await openCatalog({ root: place, store, readOnly: true, allowUnsafeRoot: allowUnsafeRoot === true });
  const entries: readonly { readonly record: { readonly id: string; readonly state?: string } }[] = await catalog.store[kind].list();
  return entries.flatMap(({ record: { id, state } }): Candidate[] => (id.startsWith(prefix) ? [{ text: id, about: state }] : []));
};
