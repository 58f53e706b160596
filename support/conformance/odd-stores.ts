import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot } from '../checks/sources.js';

const memory = JSON.stringify(pathToFileURL(join(projectRoot, 'build/src/conformance/stores/memory.js')).href);

/** What such a store does where it is created; `sound` is a memory store to which all may be added. */
const changes: Readonly<Record<string, string>> = {
  'ends the process in create': 'process.exit(0)',
  'ends the process in get': 'sound.models.get = () => process.exit(0)',
  'ends the process when it is all over': 'sound.close = async () => process.exit(0)',
  'gives undefined': 'return undefined',
  'has no close': 'sound.close = undefined',
  'throws in a timer': `await new Promise((go) => setTimeout(() => { go(); throw new Error('too late') }))`,
  'throws what is no error': 'sound.models.put = () => { throw Object.create(null) }',
  'throws in close': `sound.close = () => { throw new Error('not now') }`,
  'never answers': 'sound.models = Object.fromEntries(Object.keys(sound.models).map((name) => [name, () => new Promise(() => {})]))',
};

const loading: Readonly<Record<string, string>> = {
  'ends the process while it is loaded': 'process.exit(0)',
  'waits for ever while it is loaded': 'await new Promise(() => {})',
  'keeps a timer and waits while loaded': 'await new Promise(() => setInterval(() => {}, 1000))',
};

/** The text of a module by the words of a scenario; by default it is called odd. */
export function oddStore(does: string, name = 'odd'): string {
  const change = does === 'is sound' ? '' : changes[does];
  const first = loading[does];
  if (change === undefined && first === undefined) throw new Error(`no store ${does}`);
  return `${first ?? ''};
import memory from ${memory};
const names = ['get', 'put', 'delete', 'list', 'watch'];
const collection = (own) => Object.fromEntries(names.map((name) => [name, (...given) => own[name](...given)]));
export default { ...memory, name: ${JSON.stringify(name)}, create: async () => {
  const own = await memory.create();
  const sound = { name: own.name, claims: own.claims, models: collection(own.models), engines: collection(own.engines), close: () => own.close() };
  ${change ?? ''};
  return sound;
} };
`;
}
