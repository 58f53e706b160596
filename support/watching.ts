import { expect } from 'chai';
import fc from 'fast-check';
import type { Change } from '../src/core/changes.js';
import { isCatalogError } from '../src/core/errors.js';
import type { ModelEntry } from '../src/core/records.js';
import type { CatalogStore } from '../src/stores/catalog-store.js';
import { modelEntry } from './model-entry.js';

type ModelChange = Change<ModelEntry>;

/** One that folds what it is told, stops after whole revisions, and begins again where it stopped. */
export class Follower {
  readonly known = new Map<string, ModelEntry>();
  readonly told: ModelChange[] = [];
  after = 0;
  begunAnew = 0;

  /** Follows until so many revisions were told as a whole, or one. */
  async follow(store: CatalogStore, until: { readonly revisions?: number; readonly revision: number }): Promise<void> {
    try {
      await this.#follow(store, until);
    } catch (error) {
      if (!isCatalogError(error, 'Compacted') || this.after === 0) throw error;
      this.begunAnew++;
      this.known.clear();
      this.after = 0;
      await this.#follow(store, until);
    }
  }

  async #follow(
    store: CatalogStore,
    { revisions = Number.POSITIVE_INFINITY, revision }: { revisions?: number; revision: number },
  ): Promise<void> {
    if (this.after === revision || revisions === 0) return;
    const began = this.after;
    let left = revisions;
    let before: ModelChange | undefined;
    for await (const change of store.models.watch({ after: began })) {
      expect(change.revision, 'a revision that was told before').to.be.above(before?.last ? before.revision : began);
      if (before && !before.last) {
        expect(change.revision, 'a revision is told as a whole').to.equal(before.revision);
        expect(change.id > before.id, 'by id').to.equal(true);
      }
      before = change;
      this.told.push(change);
      if (change.record) this.known.set(change.id, change.record);
      else this.known.delete(change.id);
      if (!change.last) continue;
      this.after = change.revision;
      left--;
      if (left === 0 || change.revision === revision) return;
    }
  }

  /** What it knows is what the store holds. */
  async expectSame(store: CatalogStore): Promise<void> {
    const there = (await store.models.list()).map(({ record }) => record);
    expect([...this.known.values()].sort((a, b) => (a.id < b.id ? -1 : 1))).to.deep.equal(there);
  }
}

const change = fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd'), type: fc.constantFrom('put', 'put', 'delete') });
const round = fc.record({ changes: fc.array(fc.array(change, { minLength: 1, maxLength: 3 }), { maxLength: 4 }), revisions: fc.nat(3) });

/** Random changes in groups, and a follower that stops and begins again after random revisions. */
export async function followRandomly(open: () => Promise<CatalogStore>, runs: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(round, { minLength: 1, maxLength: 5 }), async (rounds) => {
      const store = await open();
      const follower = new Follower();
      let count = 0;
      for (const { changes, revisions } of rounds) {
        for (const group of changes) await Promise.all(group.map(({ id, type }) => changed(store, id, type, ++count)));
        const { revision } = await store.models.put(modelEntry('z', { name: String(++count) }));
        await follower.follow(store, { revisions, revision });
      }
      const { revision } = await store.models.put(modelEntry('z', { name: 'last' }));
      await follower.follow(store, { revision });
      await follower.expectSame(store);
      await store.close();
    }),
    { numRuns: runs },
  );
}

async function changed(store: CatalogStore, id: string, type: string, count: number): Promise<void> {
  if (type === 'delete') await store.models.delete(id);
  else await store.models.put(modelEntry(id, { name: String(count) }));
}

/** `5 a, 5 b last, 6 -c last`: a change a word. */
export function wordsOfChanges(changes: readonly Change<{ id: string }>[]): string {
  return changes.map(({ revision, id, record, last }) => `${revision} ${record ? '' : '-'}${id}${last ? ' last' : ''}`).join(', ');
}

/** The next so many changes; the watch goes on. */
export async function take<T>(changes: AsyncIterator<T>, count: number): Promise<T[]> {
  const taken: T[] = [];
  while (taken.length < count) {
    const next = await changes.next();
    if (next.done) expect.fail(`the watch ended after ${taken.length} changes`);
    taken.push(next.value);
  }
  return taken;
}
