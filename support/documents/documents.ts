import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../checks/sources.js';
import type { Document } from './blocks.js';

/** What people read of the project. */
export function allDocuments(): Document[] {
  const docs = readdirSync(join(projectRoot, 'docs')).filter((name) => name.endsWith('.md'));
  const own = readdirSync(projectRoot).filter((name) => name.endsWith('.md'));
  const examples = readdirSync(join(projectRoot, 'examples'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('README.md'),
  );
  const paths = [
    ...own,
    ...docs.map((name) => `docs/${name}`),
    'packages/provisioner/README.md',
    'bench/README.md',
    'mutation/README.md',
    ...examples.filter((name) => !name.includes('node_modules')).map((name) => `examples/${name}`),
  ];
  return paths.sort().map((path) => ({ path, text: readFileSync(join(projectRoot, path), 'utf8') }));
}
