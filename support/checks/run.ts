import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isCommand } from '../is-command.js';
import { noticeViolations } from '../package/notices.js';
import { surfaceViolations } from '../package/surface.js';
import { type Counted, numberViolations } from '../suite/numbers.js';
import { citationViolations } from './citations.js';
import { lengthViolations } from './file-lengths.js';
import { importViolations } from './import-directions.js';
import { programViolations } from './programs-are-run.js';
import { repeatedRuns } from './repeated-lines.js';
import { projectRoot, readSources, type Source, type Violation } from './sources.js';
import { readOriginalSpecs, specViolations } from './specs-equal.js';
import { verbatimViolations } from './verbatim.js';

interface Project {
  readonly sources: readonly Source[];
  /** What users get. */
  readonly shipped: readonly Source[];
  readonly features: readonly Source[];
  readonly specs: readonly Source[];
  readonly originalSpecs: readonly Source[] | undefined;
  readonly readme: Source;
  readonly counted: Counted;
}

interface Check {
  readonly name: string;
  /** What is wrong, or why there was nothing to look at. */
  readonly look: (project: Project) => readonly Violation[] | string;
}

export const checks: readonly Check[] = [
  { name: 'import directions', look: ({ sources }) => importViolations(sources) },
  { name: 'nothing is said twice', look: ({ shipped }) => repeatedRuns(shipped) },
  { name: 'files of one thought', look: ({ shipped }) => lengthViolations(shipped) },
  { name: 'programs are run', look: ({ sources }) => programViolations(sources.filter(({ path }) => path.endsWith('.ts'))) },
  {
    name: 'specs equal the original',
    look: ({ specs, originalSpecs }) => (originalSpecs ? specViolations(specs, originalSpecs) : 'no ../shared'),
  },
  { name: 'citations', look: ({ sources, features, specs }) => citationViolations([...sources, ...features], specs) },
  { name: 'normative scenarios', look: ({ features, specs }) => verbatimViolations(features, integrationOf(specs)) },
  { name: 'numbers of the README', look: ({ readme, counted }) => numberViolations(readme, counted) },
  { name: 'notices', look: noticeViolations },
  { name: 'public surface', look: surfaceViolations },
];

const packages = ['packages/provisioner/src'];

export function readProject(root: string): Project {
  const specs = readSources(root, ['specs'], ['.md']);
  const features = readSources(root, ['features'], ['.feature']);
  const textOf = (path: string): string => (existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : '');
  return {
    sources: readSources(root, ['src', ...packages, 'steps', 'support'], ['.ts', '.mjs']),
    shipped: readSources(root, ['src', ...packages], ['.ts']),
    features,
    specs,
    originalSpecs: readOriginalSpecs(root),
    readme: { path: 'README.md', text: textOf('README.md') },
    counted: { specs, features, accepted: textOf('traceability.lock.txt'), tried: textOf('saboteurs.lock.txt') },
  };
}

function runChecks(project: Project): boolean {
  const results = checks.map(({ name, look }) => ({ name, found: look(project) }));
  for (const { name, found } of results) console.log(lineFor(name, found));
  return results.every(({ found }) => typeof found === 'string' || found.length === 0);
}

function lineFor(name: string, found: readonly Violation[] | string): string {
  if (typeof found === 'string') return `ok    ${name} (skipped: ${found})`;
  if (found.length === 0) return `ok    ${name}`;
  return [`FAIL  ${name}`, ...found.map(({ path, line, message }) => `      ${path}:${line} ${message}`)].join('\n');
}

function integrationOf(specs: readonly Source[]): Source {
  return specs.find(({ path }) => path === 'specs/10-integration.md') ?? { path: 'specs/10-integration.md', text: '' };
}

if (isCommand(import.meta.url)) {
  process.exitCode = runChecks(readProject(projectRoot)) ? 0 : 1;
}
