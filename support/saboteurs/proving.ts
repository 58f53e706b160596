import { fileURLToPath } from 'node:url';
import type * as Program from '../../src/disk/program.js';
import { contextOf, type WatchedProgram } from '../../src/disk/program.js';
import type * as RealDisk from '../../src/disk/real-disk.js';
import type * as Faults from '../../src/disk/simulated/faults.js';
import type * as Profiles from '../../src/disk/simulated/profiles.js';
import type { Step } from '../../src/disk/steps.js';
import type * as ScheduleExplorer from '../../src/sim/schedule-explorer.js';
import type * as Memories from '../../src/sim/schedules/memory.js';
import type * as Alphabet from '../exploration/alphabet.js';
import type * as Found from '../exploration/found.js';
import type * as PlannedDisk from '../interrupt/planned-disk.js';
import { attempted } from './records.js';
import { inModule, type ModuleSaboteur } from './saboteur.js';

/** Saboteurs of the harness itself: a simulation that promises more than a disk does proves nothing. */
const profileModule = 'src/disk/simulated/profiles.ts';

const realOverwrites = inModule<typeof RealDisk, 'RealDisk' | 'defaultDisk'>({
  name: 'the real disk creates over what is there',
  breaks: 'CAT-SIM-5001',
  by: 'scenario',
  does: 'To create a file exclusively opens the one that is there.',
  module: 'src/disk/real-disk.ts',
  names: ['RealDisk', 'defaultDisk'],
  substitutes: ({ RealDisk }) => {
    class Overwriting extends RealDisk {
      override perform(step: Step): unknown {
        return super.perform(step.op === 'open' && step.access === 'create' ? { ...step, access: 'update-or-create' } : step);
      }
    }
    return { RealDisk: Overwriting, defaultDisk: new Overwriting() };
  },
  shows: ({ RealDisk }) =>
    attempted(() => {
      const disk = new RealDisk();
      const handle = disk.perform({ op: 'open', kind: 'Open', path: fileURLToPath(import.meta.url), access: 'create' }) as number;
      disk.perform({ op: 'close', kind: 'Close', handle });
      return 'opened';
    }),
});

const errorsSwallowed = inModule<typeof Program, 'run'>({
  name: 'the runner that waits swallows errors',
  breaks: 'CAT-SIM-5002',
  by: 'scenario',
  does: 'A program that is waited for is not told that a step failed.',
  module: 'src/disk/program.ts',
  names: ['run'],
  substitutes: ({ run }) => ({ run: (program, disk) => run(program, { ...contextOf(disk), perform: (step) => unfailing(disk, step) }) }),
  shows: ({ run }) => run(noticing(), { perform: () => Promise.reject(new Error('no')) }),
});

const crashKeepsAll = profile('a crash keeps everything', 'Nothing that is visible is lost when the power fails.', (known) => ({
  ...known,
  volatile: 'nothing',
}));

const renameNeverSplits = profile(
  'a rename is all or nothing',
  'A crash never leaves both names of a rename, nor the old file.',
  (known) => ({
    ...known,
    renameFates: ['kept'],
  }),
);

const noZeroes = profile('torn bytes are old or new', 'A block that was not written is never full of zeros.', (known) => ({
  ...known,
  dataFates: ['kept'],
}));

const everyDiskLies = profile('every disk lies', 'A sync makes nothing durable, and says that it went well.', (known) => ({
  ...known,
  syncs: 'do-nothing',
}));

const honestLiar = inModule<typeof Profiles, 'profiles'>({
  name: 'the liar is honest',
  breaks: 'CAT-SIM-5003',
  by: 'scenario',
  does: 'The disk that the harness must catch keeps what was synced.',
  module: profileModule,
  names: ['profiles'],
  substitutes: ({ profiles }) => ({ profiles: { ...profiles, liar: { ...profiles.liar, syncs: 'persist' } } }),
  shows: ({ profiles }) => profiles.liar,
});

const faultsCountAll = inModule<typeof Faults, 'Faults'>({
  name: 'a fault counts every step',
  breaks: 'CAT-SIM-5004',
  by: 'scenario',
  does: 'A fault on one kind of step strikes at the n-th step of any kind.',
  module: 'src/disk/simulated/faults.ts',
  names: ['Faults'],
  substitutes: ({ Faults }) => ({
    Faults: class extends Faults {
      override arm({ kind: _any, ...options }: Faults.FaultOptions): Faults.Fault {
        return super.arm(options);
      }
    },
  }),
  shows: ({ Faults }) => struckAtOpen(new Faults(), { kind: 'Sync', effect: 'EIO' }, 1),
});

const stickyForgets = inModule<typeof Faults, 'Faults'>({
  name: 'a fault that stays strikes once',
  breaks: 'CAT-SIM-5004',
  by: 'scenario',
  does: 'A disk that fails from some step on is well again at the next.',
  module: 'src/disk/simulated/faults.ts',
  names: ['Faults'],
  substitutes: ({ Faults }) => ({
    Faults: class extends Faults {
      override arm(options: Faults.FaultOptions): Faults.Fault {
        return super.arm({ ...options, sticky: false });
      }
    },
  }),
  shows: ({ Faults }) => struckAtOpen(new Faults(), { sticky: true, effect: 'EIO' }, 2),
});

const gentleKill = inModule<typeof PlannedDisk, 'PlannedDisk'>({
  name: 'a planned death is none',
  breaks: 'CAT-SIM-5010',
  by: 'scenario',
  does: 'A process that was to be killed goes on to its end.',
  module: 'support/interrupt/planned-disk.ts',
  names: ['PlannedDisk'],
  substitutes: ({ PlannedDisk }) => ({
    PlannedDisk: class extends PlannedDisk {
      constructor(...[disk, plan, meet]: ConstructorParameters<typeof PlannedDisk>) {
        super(disk, plan, plan?.act === 'die' ? () => {} : meet);
      }
    },
  }),
  shows: ({ PlannedDisk }) => {
    const met: unknown[] = [];
    const disk = new PlannedDisk({ perform: () => undefined }, deadly, (point) => met.push(point));
    disk.perform({ op: 'wait', kind: 'Wait', ms: 0 });
    return met.length;
  },
});

const historyLeftOut = inModule<typeof Alphabet, 'histories'>({
  name: 'a history is left out',
  breaks: 'CAT-SIM-5005',
  by: 'scenario',
  does: 'The last of all short histories is not explored.',
  module: 'support/exploration/alphabet.ts',
  names: ['histories'],
  substitutes: ({ histories }) => ({ histories: (...asked) => histories(...asked).slice(0, -1) }),
  shows: ({ histories }) => histories(1),
});

const nobodyInterrupted = inModule<typeof ScheduleExplorer, 'exploreSchedules'>({
  name: 'nobody is interrupted',
  breaks: 'CAT-SIM-5007',
  by: 'scenario',
  does: 'Only orders are tried in which each process comes to its end.',
  module: 'src/sim/schedule-explorer.ts',
  names: ['exploreSchedules'],
  substitutes: ({ exploreSchedules }) => ({ exploreSchedules: (scene, options) => exploreSchedules(scene, { ...options, switches: 0 }) }),
  shows: async ({ exploreSchedules }) => (await exploreSchedules(twoLookAndMake)).counterexample?.switches ?? 'nothing is found',
});

const gaveNothing = inModule<typeof Memories, 'Memory'>({
  name: 'what a program gave is forgotten',
  breaks: 'CAT-SIM-5007',
  by: 'scenario',
  does: 'A process whose program has ended is taken for one to which it gave something else.',
  module: 'src/sim/schedules/memory.ts',
  names: ['Memory'],
  substitutes: ({ Memory }) => ({
    Memory: class extends Memory {
      override began(): WatchedProgram {
        const program = super.began();
        return { began: () => program.began(), ended: () => program.ended({ gave: undefined }) };
      }
    },
  }),
  shows: ({ Memory }) => {
    const memories = ['one', 'other'].map((gave) => {
      const memory = new Memory([], 1);
      memory.began().ended({ gave });
      return memory.fingerprint;
    });
    return memories[0] === memories[1];
  },
});

const filesForgotten = inModule<typeof Memories, 'Memory'>({
  name: 'which files it knows is forgotten',
  breaks: 'CAT-SIM-5007',
  by: 'scenario',
  does: 'A process whose program has ended takes the next file that it looks at for the one that it knew.',
  module: 'src/sim/schedules/memory.ts',
  names: ['Memory'],
  substitutes: ({ Memory }) => ({
    Memory: class extends Memory {
      override get kept(): ReadonlySet<bigint> {
        return new Set();
      }
    },
  }),
  shows: ({ Memory }) => {
    const memory = new Memory([], 1);
    memory.began().ended({ gave: 1n });
    return [...(memory.kept ?? [])];
  },
});

const replayWithoutEvents = inModule<typeof Found, 'replayCommand'>({
  name: 'a replay without what happened',
  breaks: 'CAT-SIM-5008',
  by: 'scenario',
  does: 'The command that is printed leaves out where the power failed.',
  module: 'support/exploration/found.ts',
  names: ['replayCommand'],
  substitutes: ({ replayCommand }) => ({ replayCommand: ({ run }) => replayCommand({ run, events: [] }) }),
  shows: ({ replayCommand }) => replayCommand({ run: {}, events: [{}] } as unknown as Parameters<typeof replayCommand>[0]),
});

export const provingSaboteurs: readonly ModuleSaboteur[] = [
  realOverwrites,
  errorsSwallowed,
  crashKeepsAll,
  renameNeverSplits,
  noZeroes,
  everyDiskLies,
  honestLiar,
  faultsCountAll,
  stickyForgets,
  gentleKill,
  historyLeftOut,
  nobodyInterrupted,
  gaveNothing,
  filesForgotten,
  replayWithoutEvents,
];

function profile(name: string, does: string, change: (known: Profiles.CrashProfile) => Profiles.CrashProfile): ModuleSaboteur {
  return inModule<typeof Profiles, 'profiles'>({
    name,
    breaks: 'CAT-SIM-5003',
    by: 'scenario',
    does,
    module: profileModule,
    names: ['profiles'],
    substitutes: ({ profiles }) => ({ profiles: { ...profiles, 'posix-weak': change(profiles['posix-weak']) } }),
    shows: ({ profiles }) => profiles['posix-weak'],
  });
}

const deadly = { act: 'die', since: 'open', at: { type: 'step', step: 1, when: 'before' } } as const;

/** How many of the next opens a fault strikes. */
function struckAtOpen(faults: Faults.Faults, options: Faults.FaultOptions, opens: number): number {
  faults.arm(options);
  const open: Step = { op: 'open', kind: 'Open', path: '/a', access: 'read' };
  return Array.from({ length: opens }, () => faults.count(open, () => undefined)).filter((strike) => strike !== undefined).length;
}

/** Looks whether a name is free, and takes it; who is interrupted between the two fails. */
const lookAndMake: ScheduleExplorer.Actor = async (disk) => {
  const found = await disk.perform({ op: 'stat', kind: 'Stat', path: '/a', follow: false });
  if (found === undefined) await disk.perform({ op: 'open', kind: 'Open', path: '/a', access: 'create' });
};

const twoLookAndMake: ScheduleExplorer.Scene = {
  actors: { one: lookAndMake, other: lookAndMake },
  judgeEnd: ({ endings }) => {
    for (const ending of Object.values(endings)) if (ending.kind === 'threw') throw ending.error;
  },
};

function* noticing(): Program.DiskProgram<string> {
  try {
    yield { op: 'wait', kind: 'Wait', ms: 0 };
    return 'no error';
  } catch {
    return 'an error';
  }
}

function unfailing(disk: Program.Disk, step: Step): unknown {
  try {
    const answer = disk.perform(step);
    return answer instanceof Promise ? answer.catch(() => undefined) : answer;
  } catch {
    return undefined;
  }
}
