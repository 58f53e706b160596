import { type BigIntStats, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { type CatalogError, isCatalogError } from '../src/core/errors.js';
import type { Versioned } from '../src/core/generation.js';
import type { EngineEntry, ModelEntry } from '../src/core/records.js';
import type { CatalogStore, Snapshot } from '../src/stores/catalog-store.js';
import type { FsCatalog } from '../src/stores/fs/fs-catalog.js';
import type { FailingDisk } from './failing/failing-once.js';
import { type CatalogWorld, engineEntry, modelEntry } from './world.js';

export type Named = 'models' | 'engines';

export interface IndexWorld extends CatalogWorld {
  store: CatalogStore;
  /** A writing handle that was there before anything happened to the files. */
  early: FsCatalog;
  disk: FailingDisk;
  before: Tree;
  refusal: CatalogError;
  written: unknown;
  read: readonly unknown[];
  snapshot: Snapshot;
  outcomes: readonly PromiseSettledResult<Versioned<ModelEntry>>[];
}

export const indexNames = { models: 'catalog.json', engines: 'engines.json' } as const;

export async function generationPaths(world: IndexWorld, collection: Named): Promise<string[]> {
  const folder = join(await world.root(), 'generations', collection);
  return (await readdir(folder)).sort((a, b) => Number(a) - Number(b)).map((name) => join(folder, name));
}

export async function newestBytes(world: IndexWorld, collection: Named): Promise<Buffer> {
  return readFile((await generationPaths(world, collection)).at(-1) ?? '');
}

export async function expectShown(world: IndexWorld, collection: Named): Promise<void> {
  const shown = await readFile(join(await world.root(), indexNames[collection]));
  expect(shown.equals(await newestBytes(world, collection))).to.equal(true);
}

interface Leaf {
  readonly content: string;
  readonly times: string;
}
type Tree = Readonly<Record<string, Leaf>>;

/** All that is under the root, in bytes and in times (that of access apart). */
export async function tree(world: IndexWorld): Promise<Tree> {
  const found: Record<string, Leaf> = {};
  const root = await world.root();
  const visit = (path: string): void => {
    const status = lstatSync(join(root, path), { bigint: true, throwIfNoEntry: false });
    if (status === undefined) return;
    const { mode, mtimeNs, ctimeNs, ino, nlink, size } = status;
    found[path] = { content: contentAt(join(root, path), status), times: [mode, mtimeNs, ctimeNs, ino, nlink, size].join(' ') };
    if (status.isDirectory()) for (const name of readdirSync(join(root, path))) visit(path === '.' ? name : `${path}/${name}`);
  };
  visit('.');
  return found;
}

function contentAt(path: string, status: BigIntStats): string {
  if (status.isSymbolicLink()) return `to ${readlinkSync(path)}`;
  if (!status.isFile()) return 'folder';
  return status.size > 2 ** 20 ? `${status.size} bytes` : readFileSync(path, 'latin1');
}

/** The lock file tells who wrote last; it is no part of the catalog. */
export function contentOf(found: Tree): Readonly<Record<string, string>> {
  const kept = Object.entries(found).filter(([path]) => path !== 'catalog.lock');
  return Object.fromEntries(kept.map(([path, { content }]) => [path, content]));
}

export async function seen(world: IndexWorld): Promise<void> {
  world.before = await tree(world);
}

export function put(store: CatalogStore, collection: Named, id: string): Promise<Versioned<ModelEntry | EngineEntry>> {
  return collection === 'models' ? store.models.put(modelEntry(id)) : store.engines.put(engineEntry(id));
}

export async function refusalsOf(calls: readonly Promise<unknown>[]): Promise<CatalogError[]> {
  const outcomes = await Promise.allSettled(calls);
  return outcomes.map((outcome, place) => {
    if (outcome.status === 'fulfilled') expect.fail(`call ${place} was not refused: ${JSON.stringify(outcome.value)}`);
    if (!isCatalogError(outcome.reason)) throw outcome.reason;
    return outcome.reason;
  });
}
