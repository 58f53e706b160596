import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { blobPath, filePlaces, isManaged } from '../../src/core/model-layout.js';
import type { ModelEntry } from '../../src/core/records.js';
import type { SimulatedDisk } from '../../src/sim/index.js';
import { root, source } from './alphabet.js';

type Tree = ReturnType<SimulatedDisk['snapshotTree']>;

/** CAT-SIM-5006: what holds of the disk itself, once a process that may write has recovered it and said what it holds. */
export function expectTidy(disk: SimulatedDisk, shown: string): void {
  const tree = disk.snapshotTree();
  const models: readonly { readonly record: ModelEntry }[] = JSON.parse(shown).models;
  expectNoLeftovers(tree);
  expectNewestShown(tree, 'catalog.json', 'models');
  expectNewestShown(tree, 'engines.json', 'engines');
  expectNothingOutside(tree);
  expectBytes(
    tree,
    models.map(({ record }) => record),
  );
}

function expectNoLeftovers(tree: Tree): void {
  for (const [path, found] of tree) {
    if (!path.startsWith(`${root}/`)) continue;
    if (/\.tmp(\.d)?$/.test(path)) throw new Error(`${path} is left over`);
    // Bytes that were on their way in are told of and collected later (CAT-BLB-2107); a claim is ended by the next opener (CAT-GC-2305).
    if (found.type === 'file' && path.startsWith(`${root}/ingest/`) && isClaim(found.bytes))
      throw new Error(`the claim ${path} was not ended`);
  }
}

/** Whole: one that was torn before it was durable was relied upon by nobody. */
function isClaim(bytes: Uint8Array): boolean {
  try {
    return JSON.parse(Buffer.from(bytes).toString()).schema === 'catalog-core/claim';
  } catch {
    return false;
  }
}

/** At rest the index is the newest generation: one file, or the same bytes where there are no hard links. */
function expectNewestShown(tree: Tree, index: string, collection: string): void {
  const folder = `${root}/generations/${collection}/`;
  const revisions = [...tree.keys()].filter((path) => path.startsWith(folder)).map((path) => path.slice(folder.length).split('/'));
  const newest = revisions.sort(([a], [b]) => Number(b) - Number(a))[0]?.[0];
  if (newest === undefined) return;
  const shown = tree.get(join(root, index));
  const published = [join(folder, newest), join(folder, newest, 'index.json')]
    .map((path) => tree.get(path))
    .find((found) => found?.type === 'file');
  if (shown?.type !== 'file' || published?.type !== 'file')
    throw new Error(`${index} is ${shown?.type}, generation ${newest} is ${published?.type}`);
  if (Buffer.compare(shown.bytes, published.bytes) !== 0) throw new Error(`${index} does not show generation ${newest}`);
}

function expectNothingOutside(tree: Tree): void {
  const outside = [...tree.keys()].filter((path) => path !== root && !path.startsWith(`${root}/`));
  const known = ['/home', '/home/user', '/home/user/sources', source.path];
  if (outside.join() !== known.join()) throw new Error(`outside the root there are ${outside.join()}`);
  const found = tree.get(source.path);
  if (found?.type !== 'file' || Buffer.from(found.bytes).toString() !== source.text) throw new Error(`${source.path} was changed`);
}

/** Every entry that names files has its bytes, whole, and the links that lead to them; there are no other links. */
function expectBytes(tree: Tree, entries: readonly ModelEntry[]): void {
  const managed = entries.filter(isManaged);
  for (const { id, files = [] } of managed) {
    for (const { digest } of files) {
      const blob = tree.get(join(root, blobPath(digest)));
      if (blob?.type !== 'file') throw new Error(`the bytes of ${id} are gone`);
      if (`sha256:${createHash('sha256').update(blob.bytes).digest('hex')}` !== digest) throw new Error(`the bytes of ${id} are others`);
    }
  }
  const links = [...tree].filter(([path, { type }]) => type === 'symlink' && path.startsWith(`${root}/`)).map(([path]) => path);
  const wanted = managed.flatMap((entry) => filePlaces(entry).map(({ path }) => join(root, path)));
  if (links.sort().join() !== wanted.sort().join()) throw new Error(`the links are ${links.join()}; the entries want ${wanted.join()}`);
}
