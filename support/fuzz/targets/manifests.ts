import { basename, dirname } from 'node:path';
import { type AdoptedTool, adoptedTools, Findings } from '../../../src/adopt/found.js';
import { lmStudioModels } from '../../../src/adopt/lm-studio.js';
import { promisedByEtag } from '../../../src/adopt/local-dir.js';
import { findPlace, placesOf } from '../../../src/adopt/places.js';
import { readers } from '../../../src/adopt/readers.js';
import { parsedJson, textMember } from '../../../src/adopt/reading.js';
import { SimulatedDisk } from '../../../src/disk/simulated-disk.js';
import { isDiskError } from '../../../src/disk/steps.js';
import { damagedCaches } from '../../caches/damaged.js';
import { plantTree } from '../../caches/tree.js';
import { type Cache, wholeCaches } from '../../caches/whole.js';
import { type FuzzTarget, namedSeeds, ran, type Seed, seeds, type Taken } from '../target.js';

const place = '/store';
const most = 64 * 1024;
const caches: Readonly<Record<string, Cache>> = { ...wholeCaches, ...damagedCaches };
const disks = new Map<string, SimulatedDisk>();

/** A store as it lies there; each input is one of its files in other bytes. */
function diskOf(name: string): SimulatedDisk {
  const known = disks.get(name);
  if (known !== undefined) return known;
  const made = plantTree(new SimulatedDisk(), place, caches[name]?.tree ?? {});
  disks.set(name, made);
  return made;
}

/** `<store> <file in it>`, of each file that says something of others. */
function filesOf(tool: AdoptedTool): () => readonly Seed[] {
  return () =>
    Object.entries(caches).flatMap(([name, cache]) =>
      cache.tool === tool
        ? Object.entries(cache.tree).flatMap(([path, what]) =>
            (typeof what === 'string' || Buffer.isBuffer(what)) && what.length < most
              ? [{ name: `${name}\n${path}`, bytes: Buffer.from(what) }]
              : [],
          )
        : [],
    );
}

/** Reads a store of which one file has other bytes. That a manifest is no manifest is a problem of its own, and stops nothing else. */
function readStore(tool: AdoptedTool, bytes: Buffer, seed: string): Taken {
  const [name = '', path = ''] = seed.split('\n');
  const disk = diskOf(name).fork().plant(`${place}/${path}`, bytes);
  return found(tool, disk);
}

function found(tool: AdoptedTool, disk: SimulatedDisk): Taken {
  const findings = new Findings(ran(findPlace(tool, place, { env: {}, home: '/home', platform: 'linux' }), disk));
  ran(readers[tool](findings), disk);
  return findings.problems[0]?.code;
}

const stores: readonly FuzzTarget[] = adoptedTools.map((tool) => ({
  name: `manifests of ${tool}`,
  seeds: filesOf(tool),
  read: (bytes, seed) => readStore(tool, bytes, seed),
  weight: 1,
}));

const nameForms: Readonly<Record<string, readonly [tool: AdoptedTool, name: string]>> = {
  repository: ['hugging-face', 'models--acme--tiny'],
  snapshot: ['hugging-face', `models--acme--x/snapshots/${'a'.repeat(40)}/sub/model.safetensors`],
  ref: ['hugging-face', 'models--acme--x/refs/pr/1'],
  manifest: ['ollama', 'manifests/registry.ollama.ai/library/llama3/latest'],
  'of the hub': ['ollama', 'manifests/hf.co/acme/tiny-GGUF/Q4_K_M'],
  blob: ['ollama', `blobs/sha256-${'a'.repeat(64)}`],
  'LM Studio': ['lm-studio', 'acme/tiny-GGUF/tiny-00001-of-00002.gguf'],
  'llama.cpp': ['llama-cpp', 'manifest=acme=tiny-GGUF=Q4_K_M.json'],
  shard: ['directory', 'deep/b-00001-of-00002.gguf'],
  image: ['oci-layout', `blobs/sha256/${'A'.repeat(64)}`],
};

/** A file under an odd name, in a store of each tool. */
const names: FuzzTarget = {
  name: 'names in stores of other tools',
  seeds: () => namedSeeds(Object.fromEntries(Object.entries(nameForms).map(([form, [, name]]) => [form, name]))),
  read: (bytes, form) => {
    const [tool] = nameForms[form] ?? (['directory', ''] as const);
    const path = bytes.toString().replaceAll('\0', '').slice(0, 1000);
    const disk = new SimulatedDisk({ root: [place] });
    try {
      disk.plant(`${place}/${path}`, '{}').plant(`${place}/index.json`, '{}').plant(`${place}/manifests/x`, '');
    } catch {
      // No disk has such a name, or it is that of a folder.
      return 'no name';
    }
    return found(tool, disk);
  },
  weight: 0.5,
};

/** A link of another name each, to what is inside the place, and to what is not. */
const links: FuzzTarget = {
  name: 'links in stores of other tools',
  seeds: () =>
    namedSeeds({
      'a/b/c.gguf': '../../blobs/x',
      'd.gguf': 'blobs/x',
      'e.gguf': `${place}/blobs/x`,
      'f.gguf': '..',
      'g.gguf': '/etc/passwd',
    }),
  read: (bytes, name) => {
    const target = bytes.toString().replaceAll('\0', '').slice(0, 4000);
    if (target === '') return 'none';
    const path = `${place}/${name}`;
    const disk = new SimulatedDisk({ root: [place] }).plant(`${place}/blobs/x`, 'GGUF').plantDirectory(dirname(path));
    try {
      disk.perform({ op: 'symlink', kind: 'Link', target, path });
    } catch (error) {
      if (!isDiskError(error)) throw error;
      return error.code;
    }
    return found('directory', disk);
  },
  weight: 0.5,
};

const settings: FuzzTarget = {
  name: 'settings and pointers of LM Studio',
  seeds: () =>
    namedSeeds({ '.lmstudio/settings.json': '{"downloadsFolder":"/models","other":[1]}', '.lmstudio-home-pointer': '/elsewhere\n' }),
  read: (bytes, path) => {
    const disk = new SimulatedDisk({ root: ['/home'] }).plant(`/home/${path}`, bytes);
    return ran(lmStudioModels('/home'), disk) === '/home/.lmstudio/models' ? 'ignored' : undefined;
  },
};

const environment: FuzzTarget = {
  name: 'places in the environment',
  seeds: seeds('~/models', '/models', '~', ''),
  read: (bytes) => {
    const text = bytes.toString();
    const variables = ['HF_HUB_CACHE', 'HF_HOME', 'XDG_CACHE_HOME', 'OLLAMA_MODELS', 'LLAMA_CACHE', 'LOCALAPPDATA'];
    const env = Object.fromEntries(variables.map((name) => [name, text]));
    for (const platform of ['linux', 'darwin', 'win32'])
      for (const tool of ['hugging-face', 'ollama', 'llama-cpp', 'oci-layout', 'directory'] as const)
        placesOf(tool, { env, home: '/home', platform });
    return undefined;
  },
  takesNearlyAll: true,
};

const json: FuzzTarget = {
  name: 'JSON beside models',
  seeds: seeds('{"etag":"\\"0123\\"","url":"https://h/x"}'),
  read: (bytes) => {
    const value = parsedJson(bytes.toString(), basename(place));
    promisedByEtag(textMember(value, 'etag') ?? '');
    return undefined;
  },
};

export const manifestTargets: readonly FuzzTarget[] = [...stores, names, links, settings, environment, json];
