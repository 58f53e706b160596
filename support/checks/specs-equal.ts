import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { lineAt, readSources, type Source, type Violation } from './sources.js';

/** Where our copy of the specification is not the original: files and the first line that differs. */
export function specViolations(ours: readonly Source[], originals: readonly Source[]): Violation[] {
  const original = new Map(originals.map(({ path, text }) => [path, text]));
  const copied = new Set(ours.map(({ path }) => path));
  return [
    ...ours.flatMap(({ path, text }) => difference(path, text, original.get(path))),
    ...originals.filter(({ path }) => !copied.has(path)).map(({ path }) => ({ path, line: 1, message: 'is missing here' })),
  ];
}

/** The original beside the project; undefined where the project stands alone. */
export function readOriginalSpecs(root: string): Source[] | undefined {
  const shared = join(root, '..', 'shared');
  return existsSync(join(shared, 'specs')) ? readSources(shared, ['specs'], ['']) : undefined;
}

function difference(path: string, text: string, original: string | undefined): Violation[] {
  if (original === undefined) return [{ path, line: 1, message: 'is not in ../shared/specs' }];
  if (text === original) return [];
  const length = Math.max(text.length, original.length);
  const offset = Array.from({ length }, (_, place) => place).find((place) => text[place] !== original[place]) ?? 0;
  return [{ path, line: lineAt(text, offset), message: 'differs from ../shared/specs' }];
}
