import { isCatalogError } from '../../src/core/errors.js';
import type { Disk } from '../../src/disk/program.js';
import type { Actor } from '../../src/sim/schedule-explorer.js';
import type { Snapshot } from '../../src/stores/catalog-store.js';
import { FsCatalog } from '../../src/stores/fs/fs-catalog.js';
import { withLockDisabled } from '../interrupt/disks.js';
import { modelEntry } from '../model-entry.js';

export const root = '/home/user/models';

/** How the processes of a scene are run. */
export interface Circumstances {
  readonly lock: 'with the lock' | 'without the lock';
  readonly keepGenerations: number;
  readonly sabotage?: ((disk: Disk) => Disk) | undefined;
}

/** What an actor says of what it was told by the catalog. */
export type Said =
  | { readonly type: 'acknowledged'; readonly id: string; readonly revision: number }
  | { readonly type: 'refused'; readonly id: string; readonly code: string }
  | { readonly type: 'shown'; readonly look: Look; readonly mustHold: readonly Held[] };

export interface Held {
  readonly id: string;
  readonly revision: number;
}

/** What a snapshot showed. */
export interface Look {
  readonly revision: number;
  readonly models: readonly Held[];
}

/** Opens and looks, then puts one model after the other, and says what became of each. */
export function writer(circumstances: Circumstances, ids: readonly string[]): Actor {
  return async (disk, board) => {
    const store = await FsCatalog.open({ root, ...madeOf(circumstances, disk) });
    await store.models.list();
    await board.ready();
    for (const id of ids) await board.tell(await said(store, id));
    await store.close();
  };
}

/** Opens for writing, which mends what it finds, and looks. */
export function opener(circumstances: Circumstances): Actor {
  return async (disk, board) => {
    await board.ready();
    const mustHold = heldIn(await board.heard());
    const store = await FsCatalog.open({ root, ...madeOf(circumstances, disk) });
    await board.tell({ type: 'shown', look: lookOf(await store.snapshot()), mustHold } satisfies Said);
    await store.close();
  };
}

/** Opens a root that may not be there yet, makes it, and looks. */
export function firstOpener(circumstances: Circumstances): Actor {
  return async (disk, board) => {
    const store = await FsCatalog.open({ root, ...madeOf(circumstances, disk) });
    await store.prepare();
    await board.tell({ type: 'shown', look: lookOf(await store.snapshot()), mustHold: [] } satisfies Said);
    await store.close();
  };
}

/** Opens for reading, and looks so often through one handle. */
export function reader(circumstances: Circumstances, looks = 2): Actor {
  return async (disk, board) => {
    const store = await FsCatalog.open({ root, readOnly: true, ...madeOf(circumstances, disk) });
    await board.ready();
    for (let look = 0; look < looks; look++) {
      const mustHold = heldIn(await board.heard());
      await board.tell({ type: 'shown', look: lookOf(await store.snapshot()), mustHold } satisfies Said);
    }
    await store.close();
  };
}

async function said(store: FsCatalog, id: string): Promise<Said> {
  try {
    return { type: 'acknowledged', id, revision: (await store.models.put(modelEntry(id))).revision };
  } catch (error) {
    if (!isCatalogError(error)) throw error;
    return { type: 'refused', id, code: error.code };
  }
}

function madeOf({ lock, keepGenerations, sabotage = (disk) => disk }: Circumstances, disk: Disk): { disk: Disk; keepGenerations: number } {
  return { disk: sabotage(lock === 'with the lock' ? disk : withLockDisabled(disk)), keepGenerations };
}

function heldIn(said: readonly unknown[]): Held[] {
  return (said as readonly Said[]).flatMap((one) => (one.type === 'acknowledged' ? [{ id: one.id, revision: one.revision }] : []));
}

function lookOf(snapshot: Snapshot): Look {
  return { revision: snapshot.revision.models, models: snapshot.models.map(({ record, revision }) => ({ id: record.id, revision })) };
}
