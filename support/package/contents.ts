import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { projectRoot, readSources } from '../checks/sources.js';
import type { Packed } from './packing.js';

/** The files that a user needs; any other is one too many. */
const needed: Readonly<Record<string, RegExp>> = {
  'catalog-core':
    /^(dist\/.+\.(js|d\.ts)|docs\/[\w-]+\.(md|json|svg)|man\/catalog\.1|examples\/.+|(README|FORMAT|SECURITY|CHANGELOG|NOTICES)\.md|LICENSE|package\.json)$/,
  'catalog-core-provisioner': /^(dist\/.+\.(js|d\.ts)|(README|NOTICES)\.md|LICENSE|package\.json)$/,
};

/** The packed files that no user needs: of another kind, or compiled from a source that is there no more. */
export function needless({ name, folder, files }: Packed): readonly string[] {
  const sources = new Set(readSources(join(projectRoot, folder), ['src'], ['.ts']).map(({ path }) => path));
  const sourceOf = (path: string): string => path.replace(/^dist\//, 'src/').replace(/\.(js|d\.ts)$/, '.ts');
  return files
    .map(({ path }) => path)
    .filter((path) => !needed[name]?.test(path) || (path.startsWith('dist/') && !sources.has(sourceOf(path))));
}

/** What may be in no packed file: where it was made, and where the map of a file would be. */
export function traces({ tarball }: Packed): readonly string[] {
  const bytes = gunzipSync(readFileSync(tarball));
  return [projectRoot, join(homedir(), '.npm'), ['source', 'MappingURL='].join('')].filter((text) => bytes.includes(text));
}
