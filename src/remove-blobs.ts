import type { Trashed } from './artifacts/trash.js';
import type { CatalogContext } from './catalog-context.js';
import type { Digest } from './core/digest.js';
import type { CatalogError } from './core/errors.js';
import type { Keeper } from './core/keepers.js';
import { asCatalogError } from './disk/failure.js';
import { inReserve } from './in-reserve.js';
import { readKeepers } from './reachability.js';

/** What became of a blob that was to be removed. */
export type Removal =
  | { readonly kind: 'removed'; readonly digest: Digest; readonly bytes: number; readonly freed: number }
  | { readonly kind: 'kept'; readonly digest: Digest; readonly keepers: readonly Keeper[] }
  | { readonly kind: 'failed'; readonly digest: Digest; readonly error: CatalogError };

/**
 * CAT-GC-2305: removes those blobs that nothing reaches. Each is moved out of the way; then what reaches them is read again, and those
 * that are reached after all are put back. Whoever relies on a blob says so before he looks for it: he found it, and is read of here,
 * or he found it gone, and brings it anew.
 */
export async function removeBlobs(
  context: CatalogContext,
  digests: Iterable<Digest>,
  options: { readonly graceMs?: number } = {},
): Promise<Removal[]> {
  const removals: Removal[] = [];
  const before = await readKeepers(context, options);
  const unreached: Digest[] = [];
  for (const digest of new Set(digests)) {
    const keepers = before.get(digest);
    if (keepers === undefined) unreached.push(digest);
    else removals.push({ kind: 'kept', digest, keepers });
  }
  const trashed = unreached.length > 0 ? await outOfTheWay(context, unreached, removals) : [];
  if (trashed.length > 0) removals.push(...(await emptied(context, trashed, options)));
  return removals;
}

/** Moves blobs to the trash: all of them are named there, that is synced once, and then they have their old names no more. */
async function outOfTheWay(context: CatalogContext, digests: readonly Digest[], removals: Removal[]): Promise<Trashed[]> {
  const { artifacts } = context;
  const reserved = <T>(work: () => Promise<T>) => inReserve(context, work);
  const named: Trashed[] = [];
  try {
    const folder = await reserved(() => artifacts.trashFolder());
    for (const digest of digests) {
      const found = await attempted(digest, removals, () => reserved(() => artifacts.nameInTrash(digest)));
      if (found !== undefined) named.push(found);
    }
    if (named.length > 0) await artifacts.syncFolder(folder);
  } catch (error) {
    const told = asCatalogError(error, 'could not remove');
    const failed = new Set(removals.map(({ digest }) => digest));
    removals.push(...digests.filter((digest) => !failed.has(digest)).map((digest) => ({ kind: 'failed' as const, digest, error: told })));
    return [];
  }
  const trashed: Trashed[] = [];
  for (const one of named) {
    const isGone = await attempted(one.digest, removals, async () => {
      await artifacts.takeName(one.digest);
      return true;
    });
    if (isGone) trashed.push(one);
  }
  return trashed;
}

/** Deletes what is in the trash, but for what is reached: that is put back. */
export async function emptied(
  context: CatalogContext,
  trashed: readonly Trashed[],
  options: { readonly graceMs?: number } = {},
): Promise<Removal[]> {
  const removals: Removal[] = [];
  const after = await keepersOrBack(context, trashed, options);
  for (const one of trashed) {
    const { digest } = one;
    const keepers = after.get(digest);
    await attempted(digest, removals, async () => {
      if (keepers === undefined)
        removals.push({ kind: 'removed', digest, bytes: one.bytes, freed: await context.artifacts.deleteTrash(one) });
      else {
        await context.artifacts.putBack(one);
        removals.push({ kind: 'kept', digest, keepers });
      }
    });
  }
  return removals;
}

/** Where nobody can tell what is reached, all of it is put back as far as the disk lets us; a writing open does the rest. */
async function keepersOrBack(context: CatalogContext, trashed: readonly Trashed[], options: { readonly graceMs?: number }) {
  try {
    return await readKeepers(context, options);
  } catch (error) {
    for (const one of trashed) await attempted(one.digest, [], () => context.artifacts.putBack(one));
    throw error;
  }
}

async function attempted<T>(digest: Digest, removals: Removal[], work: () => Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    removals.push({ kind: 'failed', digest, error: asCatalogError(error, 'could not remove') });
    return undefined;
  }
}
