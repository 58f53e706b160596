import { readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { projectRoot } from '../checks/sources.js';

const checked = new Map<string, string>();

/** The built actor. */
export function builtActor(): string {
  return freshlyBuilt('support/interrupt/actor.ts');
}

/** What was built from a source. A build that is older than any source it was built from would test the program of yesterday: it is refused. */
export function freshlyBuilt(name: string): string {
  const source = join(projectRoot, name);
  const known = checked.get(source);
  if (known !== undefined) return known;
  const stale = [...sourcesOf(source)].filter(isStale);
  if (stale.length > 0) {
    throw new Error(
      `what was built of ${name} is older than ${stale.map((path) => relative(projectRoot, path)).join(', ')}: run \`npm run build\``,
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
  const built = statSync(builtFrom(source), { throwIfNoEntry: false });
  return built === undefined || built.mtimeMs < statSync(source).mtimeMs;
}

function builtFrom(source: string): string {
  return join(projectRoot, 'build', relative(projectRoot, source)).replace(/\.ts$/, '.js');
}
