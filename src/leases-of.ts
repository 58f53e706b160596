import { isLeaseOf } from './artifacts/leases.js';
import type { CatalogContext } from './catalog-context.js';
import { readLeases } from './reachability.js';

/** Who uses a model, and until when unless it is renewed or released before (CAT-GC-2304). */
export interface ModelLease {
  readonly holder: string;
  /** ISO 8601, UTC, milliseconds. */
  readonly expires_at: string;
}

/** The leases of a model that are not over, the first to end first. */
export async function leasesOf(context: CatalogContext, id: string): Promise<ModelLease[]> {
  const leases = (await readLeases(context)).filter((lease) => isLeaseOf(lease, id));
  return leases
    .sort((a, b) => a.expiresMs - b.expiresMs)
    .map(({ holder, expiresMs }) => ({ holder, expires_at: new Date(expiresMs).toISOString() }));
}
