import type { SimulatedDisk } from '../../src/disk/simulated-disk.js';
import type { Moment, Scene } from '../../src/sim/schedule-explorer.js';
import { FsCatalog } from '../../src/stores/fs/fs-catalog.js';
import { type Held, root, type Said } from './catalog-actors.js';
import { heardIn, judgeTidy } from './catalog-oracle.js';

/**
 * After a power cut at any moment the next process opens without help, first for reading, then for writing: all that was
 * acknowledged and all that anybody was shown is there, nothing that nobody asked for, and both see the same.
 */
export function judgeCut(before: readonly Held[]): NonNullable<Scene['judgeCut']> {
  const seen = new Set<string>();
  return async (moment) => {
    const must = mustBeThere(moment, before);
    for (const { fingerprint, choice, disk } of moment.crashStates()) {
      const key = `${fingerprint} ${JSON.stringify(must)}`;
      if (seen.has(key)) continue;
      const read = await modelsOn(disk, { readOnly: true });
      const opened = await modelsOn(disk, { readOnly: false });
      const lost = must.find(({ id, revision }) => !read.some((held) => held.id === id && held.revision === revision));
      if (lost) throw new Error(`after a power cut ${lost.id} of revision ${lost.revision} is lost`, { cause: choice });
      if (JSON.stringify(read) !== JSON.stringify(opened))
        throw new Error(`an opener found ${JSON.stringify(opened)}, a reader ${JSON.stringify(read)}`);
      judgeTidy(disk.snapshotTree());
      // Only now: what was judged wrong is judged wrong again when its schedule is replayed.
      seen.add(key);
    }
  };
}

function mustBeThere(moment: Moment, before: readonly Held[]): readonly Held[] {
  const { acknowledged, byActor } = heardIn(moment);
  const shown = Object.values(byActor).flatMap((said) => said.flatMap((one: Said) => (one.type === 'shown' ? one.look.models : [])));
  const all = new Map([...before, ...acknowledged, ...shown].map((held) => [held.id, held]));
  return [...all.values()].sort((a, b) => a.revision - b.revision);
}

async function modelsOn(disk: SimulatedDisk, options: { readonly readOnly: boolean }): Promise<Held[]> {
  const store = await FsCatalog.open({ root, disk, ...options });
  const snapshot = await store.snapshot();
  await store.close();
  return snapshot.models.map(({ record, revision }) => ({ id: record.id, revision }));
}
