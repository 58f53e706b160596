import type { Claim, ClaimedLinks } from './artifacts/claims.js';
import type { CatalogContext } from './catalog-context.js';
import type { Digest } from './core/digest.js';
import { type CatalogError, isCatalogError } from './core/errors.js';
import type { Versioned } from './core/generation.js';
import { isManaged, modelFolder } from './core/model-layout.js';
import type { ModelEntry } from './core/records.js';
import { asCatalogError } from './disk/failure.js';
import { inReserve } from './in-reserve.js';

/**
 * CAT-GC-2305: work that changes the links of an id and relies on blobs, and then those links as the newest record has them. If
 * we are killed, or the disk keeps us from that, the claim stays, and the next writing open does it: work that is done stays done,
 * and `trouble` is what kept us.
 */
export async function claiming<T>(
  context: CatalogContext,
  claimed: { readonly of: ClaimedLinks; readonly digests: readonly Digest[]; readonly isRemoval?: boolean },
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly trouble: CatalogError | undefined }> {
  const make = () => context.artifacts.claim(claimed.of, claimed.digests);
  const claim = await (claimed.isRemoval ? inReserve(context, make) : make());
  let result: T;
  try {
    result = await work();
  } catch (error) {
    // A record that may be taken back says nothing of what its links must be: who knows is the next writing open.
    if (isCatalogError(error, 'CommitUnknown')) await context.artifacts.abandonClaim(claim);
    else await tryToFinish(context, claim);
    throw error;
  }
  return { result, trouble: await tryToFinish(context, claim) };
}

/** Shows the links of a claimed id as the newest record has them; then the claim is done with. */
export async function finishClaim(context: CatalogContext, claim: Claim, options: { readonly mending: boolean }): Promise<void> {
  try {
    await showLinks(context, claim.of, options);
  } catch (error) {
    await context.artifacts.abandonClaim(claim);
    throw error;
  }
  await context.artifacts.removeClaim(claim);
}

/** After work whose end is told whatever comes of this. */
async function tryToFinish(context: CatalogContext, claim: Claim): Promise<CatalogError | undefined> {
  try {
    await finishClaim(context, claim, { mending: false });
    return undefined;
  } catch (error) {
    return asCatalogError(error, 'could not show the links');
  }
}

/**
 * Makes the links of an id those of its record, none where there is none, until the record stays as it was meanwhile: who links
 * last has seen the last record.
 */
async function showLinks(context: CatalogContext, of: ClaimedLinks, options: { readonly mending: boolean }): Promise<void> {
  for (;;) {
    const found = await recordOf(context, of);
    if (found !== undefined && isManaged(found.record)) await context.artifacts.show(found.record, options);
    else await context.artifacts.unlinkModel(of);
    if ((await recordOf(context, of))?.revision === found?.revision) return;
  }
}

async function recordOf({ store }: CatalogContext, of: ClaimedLinks): Promise<Versioned<ModelEntry> | undefined> {
  if ('id' in of) return store.models.get(of.id);
  return (await store.models.list()).find(({ record }) => modelFolder(record.id) === of.folder);
}
