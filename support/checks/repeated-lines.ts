import type { Source, Violation } from './sources.js';

const most = 6;

/** A line that says something, by its place in the file. */
interface Line {
  readonly text: string;
  readonly number: number;
}

/** Runs of six lines that stand twice in these sources: what is the same is to be said once. Imports do not count, nor lines of brackets alone. */
export function repeatedRuns(sources: readonly Source[]): Violation[] {
  const seen = new Map<string, string>();
  return sources.flatMap(({ path, text }) => {
    const lines = linesOf(text);
    let free = 0;
    return lines.flatMap((line, place): Violation[] => {
      const run = lines.slice(place, place + most);
      if (run.length < most) return [];
      const key = run.map((one) => one.text).join('\n');
      const other = seen.get(key);
      if (other === undefined) seen.set(key, `${path}:${line.number}`);
      // One finding for a run of any length.
      const isNew = other !== undefined && place >= free;
      if (other !== undefined) free = place + most;
      return isNew ? [{ path, line: line.number, message: `says again for six lines and more what ${other} says` }] : [];
    });
  });
}

function linesOf(text: string): readonly Line[] {
  const lines: Line[] = [];
  let isImport = false;
  for (const [place, line] of text.split('\n').entries()) {
    isImport ||= /^(import|export) (type )?(\{|\*)/.test(line);
    if (!isImport && /\w/.test(line)) lines.push({ text: line.trim(), number: place + 1 });
    if (/;$/.test(line)) isImport = false;
  }
  return lines;
}
