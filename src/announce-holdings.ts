import type { CatalogContext } from './catalog-context.js';
import { type Announcer, announcement, checkOwn } from './core/announcing.js';
import { isCatalogError } from './core/errors.js';
import type { Versioned } from './core/generation.js';
import { type Holding, holdingId } from './core/holding.js';
import { type HeldContent, heldContents } from './held-content.js';
import { inParallel } from './in-parallel.js';
import type { FleetStore } from './stores/fleet-store.js';

/** How many holdings a node has put and deleted, so that the fleet says what it holds. */
export interface Announced {
  readonly put: number;
  readonly deleted: number;
}

const atATime = 8;

/** CAT-FLT-7010: tells the fleet what this node holds, and what it holds no more; nothing, where the fleet knows. */
export async function announceHoldings(
  context: CatalogContext,
  fleet: Pick<FleetStore, 'holdings'>,
  announcer: Announcer,
  told: Iterable<Versioned<Holding>>,
): Promise<Announced> {
  const held = (await heldContents(context)).map((content) => holdingOf(announcer, content));
  const { puts, deletes } = announcement(announcer, held, told);
  await inParallel(puts, atATime, (change) => changed(fleet, announcer, change));
  await inParallel(deletes, atATime, (change) => changed(fleet, announcer, change));
  return { put: puts.length, deleted: deletes.length };
}

function holdingOf({ node, instance }: Announcer, { digest, ...content }: HeldContent): Holding {
  return { id: holdingId(node, digest), node, digest, ...content, instance };
}

type Wanted = { readonly record: Holding; readonly ifRevision: number | 'absent' } | { readonly id: string; readonly ifRevision: number };

/** Puts or deletes one holding. What is another by now was changed by this node, before a power cut, or it is another node's. */
async function changed({ holdings }: Pick<FleetStore, 'holdings'>, announcer: Announcer, wanted: Wanted): Promise<void> {
  for (let next: Wanted | undefined = wanted; next !== undefined; ) {
    try {
      if ('record' in next) await holdings.put(next.record, { ifRevision: next.ifRevision });
      else await holdings.delete(next.id, { ifRevision: next.ifRevision });
      return;
    } catch (error) {
      if (!isCatalogError(error, 'RevisionConflict')) throw error;
    }
    next = again(wanted, announcer, await holdings.get('record' in wanted ? wanted.record.id : wanted.id));
  }
}

function again(wanted: Wanted, announcer: Announcer, found: Versioned<Holding> | undefined): Wanted | undefined {
  if (found !== undefined && !announcer.takeOver) checkOwn(announcer, found.record);
  if ('record' in wanted) return { ...wanted, ifRevision: found?.revision ?? 'absent' };
  return found && { ...wanted, ifRevision: found.revision };
}
