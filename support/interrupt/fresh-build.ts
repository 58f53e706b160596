import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { projectRoot } from '../checks/sources.js';

const checked = new Map<string, string>();

/** The built actor. */
export function builtActor(): string {
  return freshlyBuilt('support/interrupt/actor.ts');
}

/** What was built from a source. A build of what a source said before would test the program of yesterday: it is refused. */
export function freshlyBuilt(name: string): string {
  const source = join(projectRoot, name);
  const known = checked.get(source);
  if (known !== undefined) return known;
  const stale = [...sourcesOf(source)].filter(isStale);
  if (stale.length > 0) {
    throw new Error(
      `what was built of ${name} is not what is written now in ${stale.map((path) => relative(projectRoot, path)).join(', ')}: run \`npm run build\``,
    );
  }
  const built = builtFrom(source);
  checked.set(source, built);
  return built;
}

/** A source and all that it imports of this project. */
function sourcesOf(path: string, seen = new Set<string>()): Set<string> {
  if (seen.has(path)) return seen;
  seen.add(path);
  for (const [, name = ''] of readFileSync(path, 'utf8').matchAll(/from '(\.[^']+)\.js'/g)) {
    sourcesOf(`${resolve(dirname(path), name)}.ts`, seen);
  }
  return seen;
}

function isStale(source: string): boolean {
  const built = builtFrom(source);
  const of = statSync(built, { throwIfNoEntry: false });
  return of === undefined || (of.mtimeMs < statSync(source).mtimeMs && !isOfText(built, readFileSync(source, 'utf8')));
}

/** Whether something was built of this text, as its map says: what was touched only is not written again by the compiler. */
function isOfText(built: string, text: string): boolean {
  const map = `${built}.map`;
  if (!existsSync(map)) return false;
  const { sourcesContent } = JSON.parse(readFileSync(map, 'utf8')) as { readonly sourcesContent?: readonly string[] };
  return sourcesContent?.[0] === text;
}

function builtFrom(source: string): string {
  return join(projectRoot, 'build', relative(projectRoot, source)).replace(/\.ts$/, '.js');
}
