import type { Disk } from '../../src/disk/program.js';
import { Journal } from '../../src/journal/journal.js';
import { kind } from '../../src/journal/kind.js';
import { type CrashExperiment, type ProfileName, SimulatedDisk } from '../../src/sim/index.js';

const directory = '/home/user/journal';
const written = kind(0x1, 0x001);
const of = (entity: string) => ({ entity, scope: 'test' });

const opened = (disk: Disk): Journal => Journal.open({ directory, disk, lifecycle: 'lazy', segmentMaxBytes: 512 });

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
    recover: async (disk) => {
      const journal = opened(disk);
      const view = viewOf(journal);
      journal.close();
      return view;
    },
    write: async (disk) => {
      const journal = opened(disk);
      journal.append(of('further'), written, 'one more');
      return viewOf(journal);
    },
    unread: (name) => name === 'journal.lock',
  };
}

function viewOf(journal: Journal): string {
  const { ok, problems } = journal.verify();
  if (!ok) throw new Error(`it is not verified: ${JSON.stringify(problems)}`);
  return JSON.stringify([...journal.read({ kind: written })]);
}
