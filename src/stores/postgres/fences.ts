import { type CatalogError, refusal } from '../../core/errors.js';
import type { LeaseFence } from '../catalog-store.js';

/** The leases that somebody has while a group is judged, by name; none of them ends for another before the group is committed. */
export type HeldLeases = ReadonlyMap<string, number>;

/** CAT-FLT-7007: what keeps a change from being made whose maker has the lease no more. */
export function fenceRefusal({ name, epoch }: LeaseFence, leases: HeldLeases): CatalogError | undefined {
  const held = leases.get(name);
  if (held === epoch) return undefined;
  const why = held === undefined ? 'is over' : `is at epoch ${held} by now`;
  return refusal('Fenced', `the lease ${JSON.stringify(name)} of epoch ${epoch} ${why}`, {
    name,
    epoch,
    ...(held !== undefined && { held }),
  });
}
