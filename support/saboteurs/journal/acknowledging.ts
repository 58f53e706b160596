import type { DiskProgram } from '../../../src/disk/program.js';
import type * as CursorCheckpoints from '../../../src/journal/cursor-checkpoint.js';
import type { EventId } from '../../../src/journal/event-id.js';
import type * as Writers from '../../../src/journal/journal-writer.js';
import type { OpenReport } from '../../../src/journal/open.js';
import type * as OpenJournals from '../../../src/journal/open-journal.js';
import { inModule, type ModuleSaboteur } from '../saboteur.js';
import { leavingOut } from './leaving-out.js';
import { at, directory, type Stage, shownOn, someKind } from './showing.js';

const ownSyncLeftOut = sharedWriter({
  name: 'an append to a shared journal is not synced',
  does: 'Once the lock is given back an event is acknowledged as durable, and is not.',
  substitute: (JournalWriter) =>
    class extends JournalWriter {
      override *sync(): DiskProgram<void> {
        yield* this.isShared ? leavingOut(super.sync(), (step) => step.op === 'sync') : super.sync();
      }
    },
});

const lockKept = sharedWriter({
  name: 'the lock stays with who was refused',
  does: 'Whoever was refused an append keeps all others from theirs.',
  substitute: (JournalWriter) =>
    class extends JournalWriter {
      override turn<T>(work: () => DiskProgram<T>): DiskProgram<T> {
        let isRefused = false;
        const noted = function* (): DiskProgram<T> {
          try {
            return yield* work();
          } catch (error) {
            isRefused = true;
            throw error;
          }
        };
        return leavingOut(super.turn(noted), (step, path) => isRefused && step.op === 'close' && path.endsWith('journal.lock'));
      }
    },
});

const repairsUntold = sharedWriter({
  name: 'what was put right while others live is not told',
  does: 'A tail that was cut, and a segment that was written anew, are in no report.',
  substitute: (JournalWriter) =>
    class extends JournalWriter {
      override get repairs(): readonly OpenReport[] {
        return [];
      }
    },
});

const fencedBesideOthers = sharedWriter({
  name: 'a fence is let in where others write',
  does: 'What others append while there is a fence lies under it, or hides it.',
  substitute: (JournalWriter) =>
    class extends JournalWriter {
      isFencing = false;

      override get isShared(): boolean {
        return !this.isFencing && super.isShared;
      }

      override beginFence(...asked: Parameters<Writers.JournalWriter['beginFence']>): ReturnType<Writers.JournalWriter['beginFence']> {
        this.isFencing = true;
        const fence = super.beginFence(...asked);
        this.isFencing = false;
        return fence;
      }
    },
});

const othersNotSynced = opened({
  name: 'what another has not synced is given away',
  breaks: 'CAT-JRN-3505',
  does: 'Who shares a journal gives to cursors and subscribers what another wrote, and a power cut can take.',
  by: 'openJournal',
  change: (open) => {
    const { makeDurable } = open;
    open.makeDurable = function* () {
      return open.isBeside ? open.index.last : yield* makeDurable.call(open);
    };
  },
});

const suspectServed = opened({
  name: 'a reader takes for durable what another could not sync',
  breaks: 'CAT-JRN-3505',
  does: 'Who reads does not look for the mark of a failed sync, and believes his own.',
  by: 'readOnlyJournal',
  change: (open) => {
    const { makeDurable } = open;
    open.makeDurable = () => leavingOut(makeDurable.call(open), (step, path) => step.op === 'stat' && path.endsWith('.suspect'));
  },
});

const knownIsDurable = opened({
  name: 'a cursor gives what is known',
  breaks: 'CAT-JRN-3402',
  does: 'The events that a cursor gives are those that were appended, synced or not.',
  by: 'openJournal',
  change: (open) => {
    open.makeDurable = function* () {
      return open.index.last;
    };
  },
});

const placeNotSynced = cursor({
  name: 'the place of a cursor is not synced',
  does: 'After a power cut a cursor may begin again where it was told that it need not.',
  names: ['persistCursor'],
  substitutes: ({ persistCursor }) => ({
    persistCursor: (...asked) => leavingOut(persistCursor(...asked), (step) => step.kind === 'SyncDirectory'),
  }),
});

const folderNotSynced = cursor({
  name: 'the folder of cursors is not synced',
  does: 'A cursor is saved in a folder whose name may be lost.',
  names: ['persistCursor'],
  substitutes: ({ persistCursor }) => ({
    persistCursor: (...asked) => leavingOut(persistCursor(...asked), (step, path) => step.kind === 'SyncDirectory' && path === asked[0]),
  }),
});

const placeFoundNotSynced = cursor({
  name: 'the place that a cursor finds is not synced',
  does: 'Who goes on from a place that its maker died over is sent back by a power cut.',
  names: ['readCursor'],
  substitutes: ({ readCursor }) => ({
    readCursor: (...asked) => leavingOut(readCursor(...asked), (step) => step.kind === 'SyncDirectory'),
  }),
});

export const acknowledgingSaboteurs: readonly ModuleSaboteur[] = [
  ownSyncLeftOut,
  lockKept,
  repairsUntold,
  fencedBesideOthers,
  othersNotSynced,
  suspectServed,
  knownIsDurable,
  placeNotSynced,
  folderNotSynced,
  placeFoundNotSynced,
];

type WriterClass = typeof Writers.JournalWriter;

function sharedWriter({
  substitute,
  ...declared
}: Pick<ModuleSaboteur, 'name' | 'does'> & { readonly substitute: (JournalWriter: WriterClass) => WriterClass }): ModuleSaboteur {
  return inModule<typeof Writers, 'JournalWriter'>({
    ...declared,
    breaks: 'CAT-JRN-3505',
    by: 'scenario',
    module: 'src/journal/journal-writer.ts',
    names: ['JournalWriter'],
    substitutes: ({ JournalWriter }) => ({ JournalWriter: substitute(JournalWriter) }),
    shows: ({ JournalWriter }) => shownOn((stage) => sharedAtWork(JournalWriter, stage)),
  });
}

/** A writer beside others: what it does when it appends, is refused, and finds a segment whose sync failed. */
async function sharedAtWork(JournalWriter: WriterClass, { machine, disk, run, tell }: Stage): Promise<void> {
  const { openToWrite } = await import('../../../src/journal/open.js');
  const { JournalReader } = await import('../../../src/journal/journal-reader.js');
  const { planAppend } = await import('../../../src/journal/appending.js');
  const { checkedSettings } = await import('../../../src/journal/settings.js');
  const settings = checkedSettings({ directory, segmentMaxBytes: 512, shared: true, lockTimeoutMs: 0 });
  const { host } = machine;
  const { report: _, ...opening } = run(openToWrite(directory, { host, segmentMaxBytes: 512 }));
  const { index, cancelled } = opening;
  const reader = new JournalReader({ directory, disk, index, hidden: cancelled });
  const made = new JournalWriter({ opened: opening, lock: undefined, settings, host, readers: reader });
  const append = function* (): DiskProgram<number> {
    const newId = (): EventId => `0190a2b4-7d2e-7c31-9f00-${String(index.count).padStart(12, '0')}`;
    const event = { coordinate: at, kind: someKind, payload: 'x' };
    const plan = planAppend([event], { known: made.known(undefined), gates: [], newId, clock: () => 1 });
    return plan.kind === 'append' ? yield* made.append(plan.events) : 0;
  };
  tell(() => run(made.turn(append)));
  tell(() => run(made.settle()));
  tell(() => run(made.turn(refused)));
  tell(() => made.beginFence(reader).id);
  machine.plant(`${directory}/000001.seg.suspect`, '');
  tell(() => run(made.refresh()));
  tell(() => made.repairs.length);
}

function* refused(): DiskProgram<void> {
  throw new Error('it is refused');
}

type Opened = OpenJournals.OpenJournal<Writers.Readers>;

/** A journal that was opened to write, or to read, of which something is changed then. */
function opened({
  by,
  change,
  ...declared
}: Pick<ModuleSaboteur, 'name' | 'breaks' | 'does'> & {
  readonly by: 'openJournal' | 'readOnlyJournal';
  readonly change: (open: Opened) => void;
}): ModuleSaboteur {
  return inModule<typeof OpenJournals, 'openJournal' | 'readOnlyJournal'>({
    ...declared,
    by: 'scenario',
    module: 'src/journal/open-journal.ts',
    names: ['openJournal', 'readOnlyJournal'],
    substitutes: ({ openJournal, readOnlyJournal }) => ({
      openJournal: by === 'openJournal' ? changing(openJournal, change) : openJournal,
      readOnlyJournal: by === 'readOnlyJournal' ? changing(readOnlyJournal, change) : readOnlyJournal,
    }),
    shows: (module) => shownOn((stage) => openedBeside(module, stage)),
  });
}

type Opening = typeof OpenJournals.openJournal;

function changing(opening: Opening, change: (open: Opened) => void): Opening {
  return function* (asked) {
    const open = yield* opening(asked);
    change(open as unknown as Opened);
    return open;
  };
}

/** How far a journal says that it is durable while another appends what is not, and once a sync of it has failed. */
async function openedBeside(module: Pick<typeof OpenJournals, 'openJournal' | 'readOnlyJournal'>, stage: Stage): Promise<void> {
  const { Journal } = await import('../../../src/journal/journal.js');
  const { checkedSettings } = await import('../../../src/journal/settings.js');
  const { JournalReader } = await import('../../../src/journal/journal-reader.js');
  const { machine, disk, run, tell } = stage;
  const { host } = machine;
  const settings = checkedSettings({ directory, shared: true });
  const mark = `${directory}/000001.seg.suspect`;
  const others = Journal.open({ directory, disk: machine, shared: true, lifecycle: 'lazy', syncEveryNEvents: 100 });
  others.append(at, someKind, 1);
  for (const open of [module.openJournal, module.readOnlyJournal]) {
    const journal = run(open({ settings, host, makeReaders: (found) => new JournalReader({ directory, disk, ...found }) }));
    others.append(at, someKind, 2);
    run(journal.refresh());
    tell(() => run(journal.makeDurable()));
    others.append(at, someKind, 3);
    run(journal.refresh());
    machine.plant(mark, '');
    tell(() => run(journal.makeDurable()));
    if (machine.snapshotTree().has(mark)) machine.uproot(mark);
  }
}

type CursorName = 'persistCursor' | 'readCursor';

function cursor<Name extends CursorName>(
  declared: Pick<ModuleSaboteur, 'name' | 'does'> & {
    readonly names: readonly Name[];
    readonly substitutes: (original: typeof CursorCheckpoints) => Pick<typeof CursorCheckpoints, Name>;
  },
): ModuleSaboteur {
  return inModule<typeof CursorCheckpoints, Name>({
    ...declared,
    breaks: 'CAT-JRN-3402',
    by: 'scenario',
    module: 'src/journal/cursor-checkpoint.ts',
    shows: ({ persistCursor, readCursor }) =>
      shownOn(({ machine, run, tell }) => {
        const lineage = '0190a2b4-7d2e-7c31-9f00-1234567890ab';
        for (const position of [7, 8]) run(persistCursor(directory, 'follower', { lineage, region: '', position }, machine.host));
        tell(() => run(readCursor(directory, 'follower'))?.position);
      }),
  });
}
