import { contextOf, type Disk, type DiskProgram } from '../../../src/disk/program.js';
import { isDiskError } from '../../../src/disk/steps.js';
import type * as Appending from '../../../src/journal/appending.js';
import type * as Journals from '../../../src/journal/journal.js';
import type * as Writers from '../../../src/journal/journal-writer.js';
import type { JournalOptions } from '../../../src/journal/settings.js';
import type * as Writing from '../../../src/journal/writing.js';
import { HandlePaths } from '../../interrupt/disks.js';
import { type DiskSaboteur, inModule, type ModuleSaboteur } from '../saboteur.js';
import { instead, nothing } from '../wrapping.js';
import { isSegment, leavingOut, rewritten } from './leaving-out.js';
import { at, directory, type Stage, shownOn, someKind } from './showing.js';

const appendNotSynced: DiskSaboteur = {
  name: 'an append is not synced',
  breaks: 'CAT-JRN-3101',
  by: 'crash',
  does: 'An event is acknowledged as durable before it is.',
  wrap: instead((step, told) => (step.op === 'sync' && step.dataOnly && isSegment(told.of(step)) ? nothing : undefined)),
};

const allDurable = writer({
  name: 'what waits for a sync is called durable',
  breaks: 'CAT-JRN-3101',
  does: 'Receipts of events that were not synced say that they were.',
  substitute: (JournalWriter) =>
    class extends JournalWriter {
      override get durable(): number {
        return this.accepted;
      }
    },
});

const syncIsNothing = writer({
  name: 'a sync that is asked for is not made',
  breaks: 'CAT-JRN-3101',
  does: 'Who asks for a sync is told that all is durable, and nothing is.',
  substitute: (JournalWriter) =>
    class extends JournalWriter {
      override *sync(): DiskProgram<void> {}
    },
});

const batchInPieces = writer({
  name: 'a batch in pieces',
  breaks: 'CAT-JRN-3104',
  by: 'crash',
  does: 'Each event of a batch is in a frame of its own.',
  substitute: (JournalWriter) =>
    class extends JournalWriter {
      override *append(events: readonly Appending.PlannedEvent[]): DiskProgram<number> {
        let first: number | undefined;
        for (const event of events) {
          const sequence = yield* super.append([event]);
          first ??= sequence;
        }
        return first ?? 0;
      }
    },
});

const toldTooEarly = writer({
  name: 'the index is told before the write',
  breaks: 'CAT-JRN-3104',
  does: 'What could not be appended is seen all the same.',
  substitute: (JournalWriter) =>
    class extends JournalWriter {
      readonly #opened: Writers.WriterParts['opened'];

      constructor(parts: Writers.WriterParts) {
        super(parts);
        this.#opened = parts.opened;
      }

      override *append(events: readonly Appending.PlannedEvent[]): DiskProgram<number> {
        const { index, writing } = this.#opened;
        const { sequence } = writing.chain;
        try {
          return yield* super.append(events);
        } catch (error) {
          for (const [nth, { record, bytes }] of events.entries()) {
            const place = { segment: writing.active.number, offset: writing.active.end, length: bytes.byteLength };
            const { id, coordinate, version, wallMs } = record;
            index.add({ ...place, sequence: sequence + nth, id, entity: coordinate.entity, version, wallMs });
          }
          throw error;
        }
      }
    },
});

const goesOnAfterFailedSync = writer({
  name: 'a failed sync does not stop the writer',
  breaks: 'CAT-JRN-3106',
  does: 'After a sync that failed events are appended as before.',
  substitute: (JournalWriter) =>
    class extends JournalWriter {
      override checkTrusted(): void {}
    },
});

const failedWriteStays: DiskSaboteur = {
  name: 'a failed write stays',
  breaks: 'CAT-JRN-3106',
  by: 'scenario',
  does: 'What a write left that failed is not cut back.',
  wrap: forgettingToCutBack,
};

const suspectIgnored: DiskSaboteur = {
  name: 'the segment of a failed sync is believed',
  breaks: 'CAT-JRN-3106',
  by: 'scenario',
  does: 'Who opens a journal whose sync failed takes what can be read for what is on the disk.',
  wrap: instead((step) => (step.op === 'stat' && step.path.endsWith('.suspect') ? nothing : undefined)),
};

const nextNotSynced = appendFrame({
  name: 'the next segment is not synced',
  breaks: 'CAT-JRN-3202',
  by: 'crash',
  does: 'Events are written to a segment whose header may be lost.',
  rewrite: (program) => leavingOut(program, (step, path) => step.kind === 'Sync' && 'dataOnly' in step === false && isSegment(path)),
});

const nextNotNamed = appendFrame({
  name: 'the next segment’s name is not synced',
  breaks: 'CAT-JRN-3202',
  by: 'crash',
  does: 'Events are written to a segment whose name may be lost.',
  rewrite: (program) => leavingOut(program, (step) => step.kind === 'SyncDirectory'),
});

const nextOverwrites = appendFrame({
  name: 'the next segment is made over what is there',
  breaks: 'CAT-JRN-3202',
  by: 'scenario',
  does: 'A new segment is not created exclusively.',
  rewrite: (program) =>
    rewritten(program, (step) => (step.op === 'open' && step.access === 'create' ? { ...step, access: 'update-or-create' } : step)),
});

const segmentsTooLarge = inModule<typeof Journals, 'Journal'>({
  name: 'segments are larger than they may be',
  breaks: 'CAT-JRN-3201',
  by: 'scenario',
  does: 'A segment has four times the size that was asked for.',
  module: 'src/journal/journal.ts',
  names: ['Journal'],
  substitutes: ({ Journal }) => ({
    Journal: openingAs(Journal, (options) => ({
      ...options,
      ...(options.segmentMaxBytes && { segmentMaxBytes: options.segmentMaxBytes * 4 }),
    })),
  }),
  shows: ({ Journal }) =>
    shownOn(({ disk }) => {
      const journal = Journal.open({ directory, disk, segmentMaxBytes: 512 });
      for (let nth = 0; nth < 5; nth++) journal.append(at, someKind, 'x'.repeat(100));
    }),
});

const submitsAlone = inModule<typeof Journals, 'Journal'>({
  name: 'who submits has a sync of his own',
  breaks: 'CAT-JRN-3107',
  by: 'scenario',
  does: 'Many callers at once need many syncs.',
  module: 'src/journal/journal.ts',
  names: ['Journal'],
  substitutes: ({ Journal }) => ({
    Journal: openedAs(Journal, (journal) => {
      journal.submit = async (...asked) => journal.append(...asked);
    }),
  }),
  shows: ({ Journal }) =>
    shownOn(async ({ disk }) => {
      const journal = Journal.open({ directory, disk });
      await Promise.all([1, 2].map((nth) => journal.submit(at, someKind, nth)));
    }),
});

export const journalWritingSaboteurs: readonly (ModuleSaboteur | DiskSaboteur)[] = [
  appendNotSynced,
  allDurable,
  syncIsNothing,
  batchInPieces,
  toldTooEarly,
  goesOnAfterFailedSync,
  failedWriteStays,
  suspectIgnored,
  nextNotSynced,
  nextNotNamed,
  nextOverwrites,
  segmentsTooLarge,
  submitsAlone,
];

type JournalClass = typeof Journals.Journal;

/** The class of journals, which opens each with other options. */
export function openingAs(Journal: JournalClass, change: (options: JournalOptions) => JournalOptions): JournalClass {
  return { open: (options: JournalOptions) => Journal.open(change(options)) } as JournalClass;
}

/** The class of journals, of each of which something is changed once it is open. */
export function openedAs(Journal: JournalClass, change: (journal: Journals.Journal) => void): JournalClass {
  const open = (options: JournalOptions): Journals.Journal => {
    const journal = Journal.open(options);
    change(journal);
    return journal;
  };
  return { open } as JournalClass;
}

type WriterClass = typeof Writers.JournalWriter;

export function writer({
  substitute,
  ...declared
}: Pick<ModuleSaboteur, 'name' | 'breaks' | 'does'> &
  Partial<Pick<ModuleSaboteur, 'by'>> & { readonly substitute: (JournalWriter: WriterClass) => WriterClass }): ModuleSaboteur {
  return inModule<typeof Writers, 'JournalWriter'>({
    by: 'scenario',
    ...declared,
    module: 'src/journal/journal-writer.ts',
    names: ['JournalWriter'],
    substitutes: ({ JournalWriter }) => ({ JournalWriter: substitute(JournalWriter) }),
    shows: ({ JournalWriter }) => shownOn((stage) => writerAtWork(JournalWriter, stage)),
  });
}

/** A writer that appends, fences, compacts and fails. */
async function writerAtWork(JournalWriter: WriterClass, { machine, disk, run, tell }: Stage): Promise<void> {
  const { lockJournal, openToWrite } = await import('../../../src/journal/open.js');
  const { JournalReader } = await import('../../../src/journal/journal-reader.js');
  const { planAppend } = await import('../../../src/journal/appending.js');
  const { checkedSettings } = await import('../../../src/journal/settings.js');
  const settings = checkedSettings({ directory, segmentMaxBytes: 512, syncEveryNEvents: 2 });
  const { host } = machine;
  const { report: _, ...opened } = run(openToWrite(directory, { host, segmentMaxBytes: 512 }));
  const { index, cancelled } = opened;
  const reader = new JournalReader({ directory, disk, index, hidden: cancelled });
  const lock = run(lockJournal(directory, { host, timeoutMs: 0 }));
  const made = new JournalWriter({ opened, lock, settings, host, readers: reader });
  const planned = (...payloads: readonly unknown[]): readonly Appending.PlannedEvent[] => {
    const events = payloads.map((payload) => ({ coordinate: at, kind: someKind, payload }));
    const newId = () => `0190a2b4-7d2e-7c31-9f00-${String(index.count).padStart(12, '0')}`;
    const plan = planAppend(events, { known: made.known(made.fence), gates: [], newId, clock: () => 1 });
    return plan.kind === 'append' ? plan.events : [];
  };
  const tellAll = (): void => tell(() => ({ count: index.count, durable: made.durable }));
  const append = (...payloads: readonly unknown[]): void => {
    tell(() => run(made.append(planned(...payloads))));
    tell(() => run(made.settle()));
  };
  append('one');
  tellAll();
  append('x'.repeat(300), 'y'.repeat(300));
  tellAll();
  append('another');
  tell(() => run(made.sync()));
  for (const payload of ['x', 'y', 'z']) append(payload.repeat(500));
  machine.faultOn('Rename', 1);
  for (const minSegments of [2, 2]) tell(() => run(made.compact({ strategy: 'merge', minSegments }, reader)).outcome);
  machine.disarm();
  const fence = made.beginFence(reader);
  tell(() => made.known(undefined) === index);
  append('under the fence');
  tell(() => run(made.cancelFence(fence)));
  const second = made.beginFence(reader);
  append('under the second');
  tellAll();
  tell(() => run(made.commitFence(second)));
  tellAll();
  machine.faultOn('Write', 1);
  append('not written');
  tellAll();
  machine.disarm();
  machine.faultOn('Sync', 1);
  append('not', 'synced');
  machine.disarm();
  tell(() => made.checkTrusted());
  run(made.close());
}

export function appendFrame({
  rewrite,
  ...declared
}: Pick<ModuleSaboteur, 'name' | 'breaks' | 'by' | 'does'> & {
  readonly rewrite: (program: ReturnType<typeof Writing.appendFrame>) => ReturnType<typeof Writing.appendFrame>;
}): ModuleSaboteur {
  return inModule<typeof Writing, 'appendFrame'>({
    ...declared,
    module: 'src/journal/writing.ts',
    names: ['appendFrame'],
    substitutes: (original) => ({ appendFrame: (...asked) => rewrite(original.appendFrame(...asked)) }),
    shows: (module) =>
      shownOn(async ({ machine, run, tell }) => {
        const { openToWrite } = await import('../../../src/journal/open.js');
        const { writing } = run(openToWrite(directory, { host: machine.host, segmentMaxBytes: 512 }));
        const body = Buffer.alloc(300);
        for (const count of [1, 2]) tell(() => run(module.appendFrame(writing, { type: 'events', count, fence: 0, body })));
      }),
  });
}

/** After a write to a segment that failed nothing is cut back, and nothing of that synced. */
function forgettingToCutBack(disk: Disk): Disk {
  const paths = new HandlePaths();
  let [failed, cut] = [false, false];
  return {
    ...contextOf(disk),
    perform: (step) => {
      if (failed && step.op === 'truncate') {
        [failed, cut] = [false, true];
        return undefined;
      }
      if (cut && step.op === 'sync') {
        cut = false;
        return undefined;
      }
      try {
        const answer = disk.perform(step);
        if (!(answer instanceof Promise)) paths.note(step, answer);
        return answer;
      } catch (error) {
        failed = step.op === 'write' && isSegment(paths.of(step)) && isDiskError(error);
        throw error;
      }
    },
  };
}
