import { join } from 'node:path';
import { type DiskProgram, list } from '../disk/program.js';
import { isDiskError } from '../disk/steps.js';
import type { AdoptedTool } from './found.js';
import { isUnfinished } from './leftovers.js';
import { isLocalDir } from './local-dir.js';
import { isFolder } from './reading.js';

/** Who names the folder above means the store in it. */
export const innerFolders: Readonly<Partial<Record<AdoptedTool, string>>> = {
  'hugging-face': 'hub',
  ollama: 'models',
  'lm-studio': 'models',
  'oci-layout': 'models',
};

/** What a store of the tool has, in words. */
export const marksOf: Readonly<Record<AdoptedTool, string>> = {
  'hugging-face': 'models--<org>--<name> in it, nor was it filled by --local-dir',
  ollama: 'manifests and no blobs in it',
  'lm-studio': '<publisher>/<repository>/<file> in it',
  'llama-cpp': 'GGUF file and no manifest of one in it',
  'oci-layout': 'oci-layout, index.json or models.json in it',
  directory: 'folder',
};

/** Whether a folder looks as the tool leaves its store, whatever is wrong with what it holds. One that cannot be read may be one. */
export function* isStore(tool: AdoptedTool, place: string): DiskProgram<boolean> {
  const names = yield* namesOf(place);
  if (names === undefined) return true;
  switch (tool) {
    case 'hugging-face':
      return names.some((name) => /^(models|datasets|spaces)--|^version\.txt$|^\.locks$/.test(name)) || (yield* isLocalDir(place));
    case 'ollama':
      return names.includes('manifests') || names.includes('blobs');
    case 'lm-studio':
      return yield* hasPublishers(place, names);
    case 'llama-cpp':
      return names.some((name) => /^models--|^manifest=|\.gguf$/i.test(name) || isUnfinished(name));
    case 'oci-layout':
      return names.some((name) => ['oci-layout', 'index.json', 'models.json'].includes(name));
    case 'directory':
      return true;
  }
}

/** Whether files lie just as deep as LM Studio puts them. */
function* hasPublishers(place: string, publishers: readonly string[]): DiskProgram<boolean> {
  for (const publisher of publishers) {
    const folder = join(place, publisher);
    for (const repository of publisher.startsWith('.') ? [] : yield* foldersOf(folder)) {
      const files = (yield* namesOf(join(folder, repository))) ?? [];
      if (files.some((name) => /\.(gguf|safetensors)$/i.test(name) || isUnfinished(name))) return true;
    }
  }
  return false;
}

function* foldersOf(folder: string): DiskProgram<string[]> {
  if (!(yield* isFolder(folder))) return [];
  const folders: string[] = [];
  for (const name of (yield* namesOf(folder)) ?? []) if (yield* isFolder(join(folder, name))) folders.push(name);
  return folders;
}

/** None where there is no folder; `undefined` where it cannot be read. */
function* namesOf(folder: string): DiskProgram<readonly string[] | undefined> {
  try {
    return yield* list(folder);
  } catch (error) {
    if (!isDiskError(error)) throw error;
    return isDiskError(error, 'ENOENT', 'ENOTDIR') ? [] : undefined;
  }
}
