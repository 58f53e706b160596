import { join } from 'node:path';
import { expect } from 'chai';
import { canonicalJson } from '../../src/core/canonical-json.js';
import type { ModelEntry } from '../../src/core/records.js';
import type { Clock, Random } from '../../src/disk/host.js';
import { type Disk, type DiskProgram, list, run, stat } from '../../src/disk/program.js';
import { isDiskError } from '../../src/disk/steps.js';
import { readFileIfThere } from '../../src/disk/whole-file.js';
import type { Snapshot } from '../../src/stores/catalog-store.js';
import { FsCatalog } from '../../src/stores/fs/fs-catalog.js';
import { modelEntry } from '../world.js';

/** A root on some disk: the real one, or what a power cut left of a simulated one. */
export interface Place {
  readonly disk: Disk;
  readonly root: string;
  readonly random?: Random;
  readonly clock?: Clock;
}

/** What a catalog may hold after a crash: all models of it, by id. */
export type Content = readonly ModelEntry[];

/**
 * CAT-LCK-1204, CAT-IDX-1103, 1111, 1112: the next process opens without help and finds one of the contents that are legal,
 * whole; a read-only open writes nothing; a writing open leaves no temp and shows the newest; a further write works. Gives which
 * content it was.
 */
export async function expectRecovers(place: Place, legal: readonly Content[]): Promise<number> {
  const before = await treeOf(place);
  const read = await contentOf(place, { readOnly: true });
  expect(await treeOf(place), 'a read-only open wrote something').to.deep.equal(before);
  const found = legal.findIndex((content) => isSameContent(content, read));
  expect(found, `the catalog holds ${JSON.stringify(read)}; legal is ${JSON.stringify(legal)}`).to.not.equal(-1);
  expect(await contentOf(place, { readOnly: false }), 'a writing open served something else than the reader').to.deep.equal(read);
  await expectTidy(place);
  await expectWritable(place, read);
  return found;
}

/** All models of a root, through a handle of its own. */
export async function contentOf(place: Place, options: { readOnly: boolean }): Promise<Content> {
  return modelsIn(await snapshotOf(place, options));
}

export async function snapshotOf(place: Place, options: { readOnly: boolean }): Promise<Snapshot> {
  const store = await FsCatalog.open({ ...place, ...options });
  const snapshot = await store.snapshot();
  await store.close();
  return snapshot;
}

export function modelsIn(snapshot: Snapshot): ModelEntry[] {
  return snapshot.models.map(({ record }) => record);
}

/** No temp is left, and the index shows the newest generation, byte for byte. */
export async function expectTidy({ disk, root }: Place): Promise<void> {
  const names = await run(listIfThere(root), disk);
  expect(
    names.filter((name) => name.includes('.tmp')),
    'temps that remain',
  ).to.deep.equal([]);
  for (const [index, folder] of [
    ['catalog.json', 'models'],
    ['engines.json', 'engines'],
  ] as const) {
    const revisions = (await run(listIfThere(join(root, 'generations', folder)), disk)).map(Number).sort((a, b) => a - b);
    const newest = revisions.at(-1);
    if (newest === undefined) continue;
    const shown = await run(readFileIfThere(join(root, index)), disk);
    const published = await run(generationBytes(join(root, 'generations', folder, String(newest))), disk);
    expect(shown?.toString(), `${index} shows generation ${newest}`).to.equal(published?.toString());
  }
}

export async function expectWritable(place: Place, content: Content): Promise<void> {
  const further = modelEntry('zz-further');
  const store = await FsCatalog.open(place);
  await store.models.put(further);
  await store.close();
  expect(await contentOf(place, { readOnly: true }), 'a further write').to.deep.equal([...content, further]);
  await expectTidy(place);
}

export function isSameContent(one: Content, other: Content): boolean {
  return asText(one) === asText(other);
}

function asText(content: Content): string {
  return content.map(canonicalJson).sort().join('\n');
}

/** Every name below a root, with what identifies its content. */
async function treeOf({ disk, root }: Place): Promise<readonly string[]> {
  return run(treeBelow(root), disk);
}

function* treeBelow(path: string): DiskProgram<readonly string[]> {
  const found = yield* stat(path);
  if (found === undefined) return [];
  const line = `${path} ${found.type} ${found.inode} ${found.size} ${found.mode.toString(8)} ${found.mtimeNs}`;
  if (found.type !== 'directory') return [line];
  const below: string[] = [line];
  for (const name of [...(yield* list(path))].sort()) below.push(...(yield* treeBelow(join(path, name))));
  return below;
}

function* listIfThere(path: string): DiskProgram<readonly string[]> {
  try {
    return yield* list(path);
  } catch (error) {
    if (isDiskError(error, 'ENOENT')) return [];
    throw error;
  }
}

function* generationBytes(path: string): DiskProgram<Buffer | undefined> {
  const isDirectory = (yield* stat(path))?.type === 'directory';
  return yield* readFileIfThere(isDirectory ? join(path, 'index.json') : path);
}
