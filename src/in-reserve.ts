import type { CatalogContext } from './catalog-context.js';
import { inRoom } from './stores/fs/room.js';

/** CAT-IDX-1116: work that removes, and that can be begun again: with the reserve where the disk has no room for it. */
export function inReserve<T>(context: CatalogContext, work: () => Promise<T>): Promise<T> {
  return inRoom(work, async () => (await context.reserve?.release()) ?? false);
}
