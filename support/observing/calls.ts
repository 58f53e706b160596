import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Catalog } from '../../src/catalog.js';
import { modelEntry } from '../model-entry.js';

type Call = (catalog: Catalog, folder: string) => Promise<unknown>;

/** Methods of a catalog that has a model "m", beside which a file "b.gguf" lies. */
export const calls: Readonly<Record<string, Call>> = {
  register: (catalog) => catalog.register({ id: 'r', source: 'https://example.com/r.gguf' }),
  add: (catalog, folder) => catalog.add(join(folder, 'b.gguf')),
  put: (catalog) => catalog.put(modelEntry('p')),
  setState: (catalog) => catalog.setState('m', 'Retired'),
  pin: (catalog) => catalog.pin('m', 'in use'),
  unpin: (catalog) => catalog.unpin('m'),
  verify: (catalog) => catalog.verify('m'),
  verifyAll: (catalog) => catalog.verifyAll(),
  evict: (catalog) => catalog.evict('m'),
  delete: (catalog) => catalog.delete('m'),
  gc: (catalog) => catalog.gc(),
  adopt: (catalog, folder) => catalog.adopt('directory', { path: foreignFolder(folder) }),
  dedupe: (catalog) => catalog.dedupe(),
  get: (catalog) => catalog.get('m'),
  list: (catalog) => catalog.list(),
  exists: (catalog) => catalog.exists('m'),
  locate: (catalog) => catalog.locate('m'),
  modelPath: (catalog) => catalog.modelPath('m'),
  probe: (catalog) => catalog.probe('m'),
  why: (catalog, folder) => catalog.why(join(folder, 'root', 'root.json')),
  leases: (catalog) => catalog.leases('m'),
  partials: (catalog) => catalog.partials(),
  drift: (catalog) => catalog.drift(),
  usage: (catalog) => catalog.usage(),
  doctor: (catalog) => catalog.doctor(),
};

/** Of each method that has them a dry run. */
export const dryRuns: Readonly<Record<string, Call>> = {
  evict: (catalog) => catalog.evict('m', { dryRun: true }),
  gc: (catalog) => catalog.gc({ dryRun: true }),
  adopt: (catalog, folder) => catalog.adopt('directory', { path: foreignFolder(folder), dryRun: true }),
  dedupe: (catalog) => catalog.dedupe({ dryRun: true }),
};

export const failingCalls: Readonly<Record<string, Call>> = {
  'register without a source': (catalog) => catalog.register({ id: 'r' } as never),
  'add of what is not there': (catalog, folder) => catalog.add(join(folder, 'nothing.gguf')),
  'add of m again with other bytes': (catalog, folder) => catalog.add(join(folder, 'b.gguf'), { id: 'm' }),
  'a dry run of adopting from a tool that nobody knows': (catalog) => catalog.adopt('nobody' as never, { dryRun: true }),
  'verify of nobody': (catalog) => catalog.verify('nobody'),
  'put of what is no record': (catalog) => catalog.put({ id: 'p' } as never),
};

/** Where another tool keeps one model. */
function foreignFolder(folder: string): string {
  const path = join(folder, 'others');
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'o.gguf'), 'the bytes of another tool');
  return path;
}
