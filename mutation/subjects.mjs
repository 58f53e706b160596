import fs from 'node:fs';

/**
 * What decides, by subject, and the features that are about it: a mutant meets the scenarios of its subject that reach it, the quickest feature
 * first, until one fails. What starts other processes (`@forks`) is left out: a mutant is in one process alone.
 */
export const subjects = {
  records: {
    files: ['records', 'canonical-json', 'lifecycle', 'ids', 'digest', 'json-form', 'known-members', 'errors', 'problem'],
    features: ['records', 'ids', 'digests', 'engines', 'journal-names', 'catalog', 'options'],
  },
  index: {
    files: ['generation', 'index-file', 'index-lines', 'plain-line', 'root-file', 'query'],
    features: ['commits', 'root-file', 'generations', 'engines', 'records', 'catalog', 'index-file', 'index'],
  },
  references: {
    files: ['model-ref', 'redact', 'printable', 'size-text', 'nearest', 'fleet-url', 'contained-path'],
    features: ['texts', 'containment', 'journal-catalog', 'references', 'secrets'],
  },
  keeping: {
    files: ['pins', 'keepers', 'json', 'budget', 'reserve', 'repairing', 'verification'],
    features: ['reach', 'collection-safety', 'verification', 'repair', 'full-disk', 'collection', 'doctor', 'failing-disks'],
  },
  adding: {
    files: ['adding', 'adopting', 'meant', 'model-layout'],
    features: ['arrivals', 'model-names', 'adopt', 'fetching', 'catalog', 'verification', 'sharing', 'adopted'],
  },
  following: { files: ['announcing', 'changes', 'following', 'fleet-origin', 'holding'], features: ['copies', 'announcements', 'watch', 'nodes', 'moving'] },
  platform: {
    files: ['platform', 'platform-profile', 'duplicate-members', 'file-systems', 'findings', 'safe-root', 'lock-owner'],
    features: ['safe-roots', 'locks', 'doctor', 'platform'],
  },
  pages: { files: ['markup', 'page', 'page-colours'], features: ['markup', 'report'] },
  headers: { folder: 'src/core/headers', features: ['header-bytes', 'header-values', 'headers'] },
  disk: {
    folder: 'src/disk',
    files: [
      ...['abandoned-temp', 'failure', 'folders', 'host', 'late-work', 'link-or-move', 'lock', 'owner-lock', 'persist', 'program', 'steps'],
      ...['temp-file', 'unsafe-lock', 'whole-file'],
    ],
    features: [
      ...['programs', 'lock-programs', 'running-programs', 'disk-errors', 'spare-room', 'late-work', 'simulated-machine', 'simulated-faults'],
      ...['leftovers', 'disk', 'journal', 'index', 'safe-roots', 'locks', 'platform', 'failing-disks'],
    ],
  },
};

/** What of `src/disk` is no program: the disks themselves, which `features/disk.feature` compares with each other. */
export const disks = ['real-disk', 'real-host', 'real-pipe', 'real-watch', 'simulated-disk'];

/** The sources of a subject, from the root; without names all of its folder. */
export function filesOf({ folder = 'src/core', files = all(folder) }) {
  return files.map((name) => `${folder}/${name}.ts`);
}

function all(folder) {
  const names = fs.readdirSync(new URL(`../${folder}`, import.meta.url));
  return names.filter((name) => name.endsWith('.ts')).map((name) => name.slice(0, -'.ts'.length));
}
