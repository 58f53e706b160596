import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot, type Violation } from '../checks/sources.js';
import { apiReports, type Entry } from './api-report.js';
import { published } from './notices.js';

interface Exported {
  readonly exports: Readonly<Record<string, string | { readonly types: string }>>;
}

const folder = 'api';

/** The entries of the packages of this project, as they say themselves. */
export function entries(): readonly Entry[] {
  return published.flatMap((one) => {
    const root = join(projectRoot, one.folder);
    const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Exported;
    return Object.entries(exports).flatMap(([entry, found]) =>
      typeof found === 'string' ? [] : [{ name: entry.replace('.', one.name), types: join(root, found.types), folder: join(root, 'dist') }],
    );
  });
}

/** Where the accepted surface of an entry is written down. */
export function reportPath({ name }: Entry): string {
  return `${folder}/${name.replaceAll('/', '.')}.api.md`;
}

/** CAT-PKG-6302: where the public surface is another than the one that was accepted, with the lines that differ. */
export function surfaceViolations(): Violation[] {
  const all = entries();
  const known = new Set(all.map(reportPath));
  const left = readdirSync(join(projectRoot, folder)).filter((file) => !known.has(`${folder}/${file}`));
  const drifted = [...reports(all)].flatMap(([path, text]) => driftOf(path, text));
  return [...drifted, ...left.map((file) => ({ path: `${folder}/${file}`, line: 1, message: 'is of no entry: remove it' }))];
}

/** Writes down the public surface as it is. */
export function acceptSurface(): void {
  mkdirSync(join(projectRoot, folder), { recursive: true });
  for (const [path, text] of reports(entries())) writeFileSync(join(projectRoot, path), text);
}

/** The lines that one text has and the other has not; of declarations in the order of their names the place says nothing. */
export function differingLines(accepted: string, found: string): readonly string[] {
  const [before, after] = [accepted.split('\n'), found.split('\n')];
  return [...without(before, after).map((line) => `- ${line}`), ...without(after, before).map((line) => `+ ${line}`)];
}

/** The surface of each entry, by the path of the file that it is written down in. */
function reports(all: readonly Entry[]): ReadonlyMap<string, string> {
  const texts = apiReports(all);
  return new Map(all.map((entry, at) => [reportPath(entry), texts[at] ?? '']));
}

function driftOf(path: string, found: string): Violation[] {
  const accepted = existsSync(join(projectRoot, path)) ? readFileSync(join(projectRoot, path), 'utf8') : '';
  if (accepted === found) return [];
  const lines = differingLines(accepted, found).map((line) => `\n      ${line}`);
  return [{ path, line: 1, message: `is not the public surface; npm run accept makes it so:${lines.join('')}` }];
}

function without(lines: readonly string[], others: readonly string[]): readonly string[] {
  const left = new Map<string, number>();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const times = left.get(line) ?? 0;
    left.set(line, times - 1);
    return times <= 0;
  });
}
