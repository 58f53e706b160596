import type { Journal } from '../../src/journal/journal.js';
import { type CrashExperiment, type ProfileName, SimulatedDisk } from '../../src/sim/index.js';
import { isLock, looked, of, opened, verifiedEvents, written } from '../exploration/journal/explored.js';

/** Half of the events of a journal are dropped while the power is cut: they are there, or the others alone are. */
export function retentionExperiment(profile: ProfileName): CrashExperiment<Journal> {
  return {
    disk: () => new SimulatedDisk({ root: ['/home/user'], profile, chunkBytes: 512 }),
    prepare: async (disk) => {
      const journal = opened(disk);
      for (let nth = 1; nth <= 6; nth++) journal.append(of(`e${nth % 2}`), written, { nth, pad: 'x'.repeat(60) });
      return journal;
    },
    act: async (journal) => {
      const { outcome, reason } = journal.compact({ strategy: 'retain', keep: ({ version }) => version % 2 === 0 });
      if (outcome !== 'Performed') throw new Error(`${outcome}: ${reason}`);
    },
    isSynchronous: true,
    recover: async (disk) => looked(disk, verifiedEvents),
    write: async (disk) => {
      const journal = opened(disk);
      journal.append(of('further'), written, 'one more');
      return verifiedEvents(journal);
    },
    unread: isLock,
  };
}
