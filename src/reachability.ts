import { liveClaims } from './artifacts/claims.js';
import { type LeaseFile, leasesIn } from './artifacts/leases.js';
import type { CatalogContext } from './catalog-context.js';
import { type Keeper, keepersByDigest, type Roots } from './core/keepers.js';

/** What blobs are reached from now, with the leases as their files have them. */
export interface FoundRoots extends Roots {
  readonly leases: readonly LeaseFile[];
}

/**
 * CAT-GC-2305: what keeps blobs, as it is now. A claim counts while it is locked, and while it is younger than `graceMs`; a lease until
 * it is over.
 */
export async function readRoots(context: CatalogContext, { graceMs = 0 }: { readonly graceMs?: number } = {}): Promise<FoundRoots> {
  const { artifacts, host, store } = context;
  // Claims and leases first: those that are gone by now have left their records, which are read after them.
  const claims = await artifacts.run(liveClaims({ root: artifacts.root, host, graceMs }));
  const leases = await readLeases(context);
  const models = (await store.models.list()).map(({ record }) => record);
  const engines = (await store.engines.list()).map(({ record }) => record);
  return { claims, leases, models, engines };
}

/** Those that are not over. */
export async function readLeases({ artifacts, host }: CatalogContext): Promise<LeaseFile[]> {
  const now = host.clock();
  return (await artifacts.run(leasesIn(artifacts.root))).filter(({ expiresMs }) => expiresMs > now);
}

/** What keeps blobs now, by their digests. */
export async function readKeepers(
  context: CatalogContext,
  options?: { readonly graceMs?: number },
): Promise<ReadonlyMap<string, readonly Keeper[]>> {
  return keepersByDigest(await readRoots(context, options));
}
