import { join } from 'node:path';
import { refusal } from '../core/errors.js';
import { type DiskProgram, realPath } from '../disk/program.js';
import type { AdoptedTool } from './found.js';
import { lmStudioModels } from './lm-studio.js';
import { isFolder } from './reading.js';
import { innerFolders, isStore, marksOf } from './recognizing.js';

/** What tells where tools keep their models. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly platform: string;
}

/** What the tools are called by people. */
const toolNames: Readonly<Record<AdoptedTool, string>> = {
  'hugging-face': 'a cache of the Hugging Face hub',
  ollama: 'a store of Ollama',
  'lm-studio': 'the models of LM Studio',
  'llama-cpp': 'a cache of llama.cpp',
  'oci-layout': 'an OCI image layout',
  directory: 'a directory',
};

/** Where a tool keeps its models unless told otherwise, the likeliest first; nowhere that is always the same gives none. */
export function placesOf(tool: Exclude<AdoptedTool, 'lm-studio'>, { env, home, platform }: Surroundings): readonly string[] {
  const of = (name: string): string | undefined => expanded(env[name], home);
  const caches = of('XDG_CACHE_HOME') ?? join(home, '.cache');
  switch (tool) {
    case 'hugging-face': {
      const own = of('HF_HUB_CACHE') ?? of('HUGGINGFACE_HUB_CACHE');
      return [own ?? join(of('HF_HOME') ?? join(caches, 'huggingface'), 'hub')];
    }
    case 'ollama': {
      const own = of('OLLAMA_MODELS');
      // The service of Linux has a user of its own.
      return own ? [own] : [join(home, '.ollama', 'models'), ...(platform === 'linux' ? ['/usr/share/ollama/.ollama/models'] : [])];
    }
    case 'llama-cpp':
      return [of('LLAMA_CACHE') ?? llamaCache({ env, home, platform }, caches)];
    case 'oci-layout':
      return [join(home, '.docker', 'models')];
    case 'directory':
      return [];
  }
}

/** The place to read, absolute and without links; `NotFound` where it is not there, or a place that was named is no store of the tool. */
export function* findPlace(tool: AdoptedTool, path: string | undefined, surroundings: Surroundings): DiskProgram<string> {
  const places = path === undefined ? yield* usualPlaces(tool, surroundings) : [path];
  if (places.length === 0) throw refusal('InvalidArgument', `say which ${tool} is to be adopted: it may be anywhere`, { argument: 'path' });
  for (const place of places) {
    const real = yield* realPath(place);
    if (real !== undefined && (yield* isFolder(real))) return yield* storeAt(tool, real, path !== undefined);
  }
  throw refusal('NotFound', `there is no folder ${places.join(', nor ')}: ${toolNames[tool]} is looked for there`, {
    path: places[0],
    looked: places,
  });
}

function* usualPlaces(tool: AdoptedTool, surroundings: Surroundings): DiskProgram<readonly string[]> {
  return tool === 'lm-studio' ? [yield* lmStudioModels(surroundings.home)] : placesOf(tool, surroundings);
}

/** The store there, or in the folder where the tool has it; where it is usually kept it may not have begun yet. */
function* storeAt(tool: AdoptedTool, place: string, isNamed: boolean): DiskProgram<string> {
  const inner = innerFolders[tool];
  const found = inner === undefined ? undefined : yield* realPath(join(place, inner));
  for (const one of [place, found]) {
    if (one !== undefined && (yield* isStore(tool, one))) return one;
  }
  if (!isNamed) return place;
  throw refusal('NotFound', `${place} is not ${toolNames[tool]}: there is no ${marksOf[tool]}`, { path: place, looked: [place] });
}

function llamaCache({ env, home, platform }: Surroundings, caches: string): string {
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'llama.cpp');
  if (platform === 'win32') return join(env.LOCALAPPDATA || join(home, 'AppData', 'Local'), 'llama.cpp');
  return join(caches, 'llama.cpp');
}

function expanded(path: string | undefined, home: string): string | undefined {
  if (path === undefined || path === '') return undefined;
  return path === '~' || path.startsWith('~/') ? join(home, path.slice(1)) : path;
}
