import { type DiskProgram, list, stat } from '../disk/program.js';
import { matcherOf } from './pattern.js';

const never = new Set(['node_modules', '.git']);

/** The files that a pattern names, sorted, relative to the folder. `*` and `?` stay within a name, `**` goes through folders. */
export function* filesNamed(folder: string, pattern: string): DiskProgram<string[]> {
  const plain = pattern.replace(/^\.\//, '');
  if (!isGlob(plain)) return (yield* stat(`${folder}/${plain}`, { follow: true }))?.type === 'file' ? [plain] : [];
  const parts = plain.split('/');
  const base = parts.slice(0, parts.findIndex(isGlob)).join('/');
  const matches = matcherOf(plain);
  const files = yield* filesBelow(folder, base, plain.includes('**') ? Number.POSITIVE_INFINITY : parts.length);
  return files.filter(matches).sort();
}

export function isGlob(pattern: string): boolean {
  return /[*?{]/.test(pattern);
}

function* filesBelow(folder: string, base: string, depth: number): DiskProgram<string[]> {
  const here = base === '' ? folder : `${folder}/${base}`;
  if ((yield* stat(here, { follow: true }))?.type !== 'directory') return [];
  const found: string[] = [];
  for (const name of yield* list(here)) {
    if (never.has(name)) continue;
    const path = base === '' ? name : `${base}/${name}`;
    const type = (yield* stat(`${folder}/${path}`))?.type;
    if (type === 'file') found.push(path);
    else if (type === 'directory' && path.split('/').length < depth) found.push(...(yield* filesBelow(folder, path, depth)));
  }
  return found;
}
