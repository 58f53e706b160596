import { expect } from 'chai';
import { run, wait } from '../../src/disk/program.js';
import type { Snapshot } from '../../src/stores/catalog-store.js';
import { FsCatalog } from '../../src/stores/fs/fs-catalog.js';
import { type Place, snapshotOf } from './aftermath.js';
import type { Actor } from './start.js';

/** What one look at a catalog showed while writers were at work. */
export interface Look {
  readonly revision: number;
  /** From id to the revision of its record. */
  readonly revisions: ReadonlyMap<string, number>;
}

/**
 * Looks at a catalog for as long as writers run, by turns with a handle that stays open and with a new one, and checks of each
 * look: it holds all that any writer was told before it began, and it never goes back (CAT-IDX-1111).
 */
export async function lookWhile(place: Place, writers: readonly Actor[]): Promise<readonly Look[]> {
  const looks: Look[] = [];
  const lasting = await FsCatalog.open({ ...place, readOnly: true });
  let isOver = false;
  const over = Promise.allSettled(writers.map(({ ended }) => ended)).then(() => {
    isOver = true;
  });
  while (!isOver) {
    const told = writers.flatMap(({ acknowledged }) => [...acknowledged]);
    const look = lookOf(looks.length % 2 === 0 ? await lasting.snapshot() : await snapshotOf(place, { readOnly: true }));
    for (const { id, revision } of told) expect(look.revisions.get(id) ?? -1, `of ${id}`).to.be.at.least(revision ?? 0);
    expect(look.revision).to.be.at.least(looks.at(-1)?.revision ?? 0);
    looks.push(look);
    // The writers' turn, on the event loop and on the processor.
    await run(wait(10), place.disk);
  }
  await over;
  await lasting.close();
  return looks;
}

function lookOf(snapshot: Snapshot): Look {
  return { revision: snapshot.revision.models, revisions: new Map(snapshot.models.map(({ record, revision }) => [record.id, revision])) };
}
