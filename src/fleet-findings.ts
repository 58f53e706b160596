import type { CatalogContext } from './catalog-context.js';
import { isCatalogError } from './core/errors.js';
import type { Finding } from './core/findings.js';
import { fleetCollections } from './stores/fleet-store.js';

/** What of the copy of a fleet cannot be trusted (CAT-FLT-7010). The machine's own catalog is whole whatever becomes of it. */
export async function fleetFindings({ fleet }: CatalogContext): Promise<Finding[]> {
  if (fleet === undefined) return [];
  const origin = await damageIn(() => fleet.origin());
  if (origin.length > 0) return origin;
  const findings: Finding[] = [];
  for (const name of fleetCollections) findings.push(...(await damageIn(() => fleet.part(name))));
  return findings;
}

async function damageIn(look: () => Promise<unknown>): Promise<Finding[]> {
  try {
    await look();
    return [];
  } catch (error) {
    if (!isCatalogError(error, 'IndexCorrupt')) throw error;
    const remedy =
      error.details.needs === 'origin'
        ? 'take it anew from the fleet, under the name that this node had: catalog sync --from URL --node NAME --take-over'
        : 'take it anew from the fleet: catalog sync --from URL; your own models are not in it';
    return [{ id: 'fleet-copy-damaged', severity: 'warning', message: error.message, remedy }];
  }
}
