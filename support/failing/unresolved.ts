import { expect } from 'chai';
import { FsCatalog } from '../../src/stores/fs/fs-catalog.js';
import { contentOf, expectRecovers } from '../interrupt/aftermath.js';
import type { History } from '../interrupt/history.js';
import { naming, outcomeOf, perform, prepared, root, sameEachTime } from './faults.js';
import { StrikingDisk } from './striking-disk.js';

/** What became of commits that could not be told. */
export interface Resolved {
  readonly unknown: number;
  readonly there: number;
  readonly absent: number;
}

/**
 * CAT-IDX-1113: an operation ends as CommitUnknown, and the power is cut or not: every handle that is opened then agrees whether it
 * was done, and what is there can be written to.
 */
export async function resolveUnknown(history: History): Promise<Resolved> {
  const found = { unknown: 0, there: 0, absent: 0 };
  for (const when of ['before', 'after'] as const) {
    for (let step = 1; ; step++) {
      const volume = await prepared(history);
      const disk = new StrikingDisk(volume.process());
      const store = await FsCatalog.open({ disk, root, ...sameEachTime('writer'), keepGenerations: 2 });
      disk.arm({ step, errno: 'EIO', when });
      const outcome = await outcomeOf(() => perform(store, history.change));
      if (disk.struck === undefined) break;
      if (outcome.kind !== 'unknown') continue;
      found.unknown++;
      for (const { choice, disk: left } of volume.crashStates()) {
        const place = { disk: left, root };
        const legal = [history.before, history.after];
        const content = await contentOf(place, { readOnly: true });
        const kind = await naming(`EIO ${when} step ${step}, ${JSON.stringify(choice)}`, () => expectRecovers(place, legal));
        expect(legal[kind]).to.deep.equal(content);
        found[kind === 0 ? 'absent' : 'there']++;
      }
    }
  }
  return found;
}
