import { resolve } from 'node:path';
import type { CatalogContext } from './catalog-context.js';
import type { Digest } from './core/digest.js';
import { filePlaces } from './core/model-layout.js';
import type { ModelEntry } from './core/records.js';
import { stat } from './disk/program.js';

/** Content that a machine has: all of it, as far as one look at each file tells. */
export interface HeldContent {
  readonly digest: Digest;
  /** Absolute: a file, or the directory of a model of many files. */
  readonly path: string;
  readonly model: string;
  readonly bytes?: number;
  readonly verified_at?: string;
}

/** CAT-FLT-7010: what a node holds: of each content one Active record whose files are all there, as long as they were. */
export async function heldContents(context: CatalogContext, wanted?: Digest): Promise<HeldContent[]> {
  const held = new Map<Digest, HeldContent>();
  for (const { record } of await context.store.models.list()) {
    const { digest, local_path } = record;
    if (record.state !== 'Active' || digest === undefined || local_path === undefined || held.has(digest)) continue;
    if (wanted !== undefined && wanted !== digest) continue;
    if (await isWhole(context, record)) held.set(digest, heldAs(context, record, digest, local_path));
  }
  return [...held.values()];
}

function heldAs({ artifacts }: CatalogContext, { id, bytes, verified_at }: ModelEntry, digest: Digest, path: string): HeldContent {
  return {
    digest,
    path: resolve(artifacts.root, path),
    model: id,
    ...(bytes !== undefined && { bytes }),
    ...(verified_at !== undefined && { verified_at }),
  };
}

async function isWhole({ artifacts }: CatalogContext, entry: ModelEntry): Promise<boolean> {
  const places = filePlaces(entry);
  for (const { file, path } of places) {
    const found = await artifacts.run(stat(resolve(artifacts.root, path), { follow: true }));
    if (found?.type !== 'file' || found.size !== file.bytes) return false;
  }
  return places.length > 0;
}
