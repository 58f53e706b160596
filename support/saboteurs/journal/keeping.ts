import { isCatalogError } from '../../../src/core/errors.js';
import type { DiskProgram } from '../../../src/disk/program.js';
import type * as CancelledRanges from '../../../src/journal/cancelled-ranges.js';
import type * as Compactions from '../../../src/journal/compaction.js';
import type * as Cursors from '../../../src/journal/cursor.js';
import type * as CursorCheckpoints from '../../../src/journal/cursor-checkpoint.js';
import type * as EventIndices from '../../../src/journal/event-index.js';
import type { EventRecord } from '../../../src/journal/event-record.js';
import type * as Fences from '../../../src/journal/fence.js';
import type { FencedEvents } from '../../../src/journal/fence.js';
import type { JournalReader } from '../../../src/journal/journal-reader.js';
import type * as Opens from '../../../src/journal/open.js';
import type * as Recoveries from '../../../src/journal/recover.js';
import { regionIdentity } from '../../../src/journal/region.js';
import type * as Writing from '../../../src/journal/writing.js';
import { attempted } from '../records.js';
import { type DiskSaboteur, inModule, type ModuleSaboteur } from '../saboteur.js';
import { instead } from '../wrapping.js';
import { leavingOut, nothingDone } from './leaving-out.js';
import { at, directory, shownOn, someKind } from './showing.js';
import { writer } from './writing.js';

const id = '0190a2b4-7d2e-7c31-9f00-1234567890ab';

const commitNotSynced = inModule<typeof Writing, 'appendFrame' | 'syncFrames'>({
  name: 'the commit of a fence is not synced',
  breaks: 'CAT-JRN-3105',
  by: 'crash',
  does: 'What is under a fence is seen before its commit is durable.',
  module: 'src/journal/writing.ts',
  names: ['appendFrame', 'syncFrames'],
  substitutes: ({ appendFrame, syncFrames }) => {
    const committed = new WeakSet<Writing.Writing>();
    return {
      appendFrame: function* (writing, frame) {
        const place = yield* appendFrame(writing, frame);
        if (frame.type === 'fence committed') committed.add(writing);
        else committed.delete(writing);
        return place;
      },
      syncFrames: function* (writing) {
        if (!committed.has(writing)) yield* syncFrames(writing);
      },
    };
  },
  shows: ({ appendFrame, syncFrames }) =>
    shownOn(async ({ machine, run }) => {
      const { openToWrite } = await import('../../../src/journal/open.js');
      const { writing } = run(openToWrite(directory, { host: machine.host, segmentMaxBytes: 512 }));
      run(appendFrame(writing, { type: 'fence committed', count: 0, fence: 1, body: Buffer.alloc(0) }));
      run(syncFrames(writing));
    }),
});

const shownBeforeCommit = inModule<typeof Fences, 'FencedEvents'>({
  name: 'what is under a fence is seen at once',
  breaks: 'CAT-JRN-3105',
  by: 'scenario',
  does: 'Events are shown before the fence under which they were appended is committed.',
  module: 'src/journal/fence.ts',
  names: ['FencedEvents'],
  substitutes: ({ FencedEvents }) => ({
    FencedEvents: class extends FencedEvents {
      readonly #seen: EventIndices.EventIndex;

      constructor(nth: number, index: EventIndices.EventIndex, reader: JournalReader) {
        super(nth, index, reader);
        this.#seen = index;
      }

      override add(indexed: EventIndices.IndexedEvent, record: EventRecord): void {
        super.add(indexed, record);
        this.#seen.add(indexed);
      }
    },
  }),
  shows: async ({ FencedEvents }) => {
    const { EventIndex } = await import('../../../src/journal/event-index.js');
    const index = new EventIndex();
    new FencedEvents(1, index, undefined as unknown as JournalReader).add(someIndexed, someRecord);
    return index.count;
  },
});

const besideFence = writer({
  name: 'others append beside a fence',
  breaks: 'CAT-JRN-3105',
  does: 'What is appended while there is a fence is under it, whoever appends it.',
  substitute: (JournalWriter) =>
    class extends JournalWriter {
      override known(): ReturnType<InstanceType<typeof JournalWriter>['known']> {
        return super.known(this.fence);
      }
    },
});

const cancelledNotSynced = writer({
  name: 'a cancelled fence is not synced',
  breaks: 'CAT-JRN-3105',
  does: 'The sequences of a cancelled fence come to be those of others after a power cut, and hide them.',
  substitute: (JournalWriter) =>
    class extends JournalWriter {
      #isCancelling = false;

      override *sync(): DiskProgram<void> {
        if (!this.#isCancelling) yield* super.sync();
      }

      override *cancelFence(fence: FencedEvents): DiskProgram<void> {
        this.#isCancelling = true;
        yield* super.cancelFence(fence);
        this.#isCancelling = false;
      }
    },
});

const rangesNotKept = rangesPersisted(
  'cancelled ranges are not persisted',
  'Nothing says which sequences are hidden for ever.',
  () => () => nothingDone(),
);

const rangesStay = rangesPersisted(
  'cancelled ranges are not removed',
  'Where nothing is hidden any more the file says what was.',
  (ranges) => (ranges.length === 0 ? nothingDone : (program) => program),
);

const damagedRanges = inModule<typeof CancelledRanges, 'readCancelledRanges'>({
  name: 'damaged ranges are none',
  breaks: 'CAT-JRN-3105',
  by: 'scenario',
  does: 'Where the file of cancelled ranges is damaged nothing was cancelled.',
  module: 'src/journal/cancelled-ranges.ts',
  names: ['readCancelledRanges'],
  substitutes: ({ readCancelledRanges }) => ({ readCancelledRanges: (place) => unless('CorruptSegment', readCancelledRanges(place), []) }),
  shows: ({ readCancelledRanges }) =>
    shownOn(({ machine, run, tell }) => {
      machine.plant(`${directory}/cancelled-ranges`, Buffer.from('no ranges'));
      tell(() => run(readCancelledRanges(directory)));
    }),
});

const dropNotCancelled = reading({
  name: 'a fence that was dropped is not cancelled',
  breaks: 'CAT-JRN-3105',
  does: 'What a dead writer left under a fence is not among what is hidden for ever.',
  found: (found) => ({ ...found, underFence: undefined }),
});

const damageRewinds = inModule<typeof CursorCheckpoints, 'readCursor'>({
  name: 'a damaged cursor begins again',
  breaks: 'CAT-JRN-3402',
  by: 'scenario',
  does: 'A consumer whose place is damaged is told everything once more, and not why.',
  module: 'src/journal/cursor-checkpoint.ts',
  names: ['readCursor'],
  substitutes: ({ readCursor }) => ({
    readCursor: (place, name) =>
      unless<CursorCheckpoints.CursorCheckpoint | undefined>('CursorCheckpointCorrupt', readCursor(place, name), undefined),
  }),
  shows: ({ readCursor }) =>
    shownOn(({ machine, run, tell }) => {
      machine.plant(`${directory}/cursors/a`, Buffer.from('no cursor'));
      tell(() => run(readCursor(directory, 'a')));
    }),
});

const anyRegion = cursor({
  name: 'a cursor of another region is taken',
  does: 'Where a consumer of one region was is where that of another goes on.',
  taken: (saved, region) => ({ ...saved, region }),
});

const pastTheEnd = cursor({
  name: 'a cursor beyond the end is taken back',
  does: 'A consumer that was told more than there is goes on at the end, and is not told why.',
  taken: (saved, _region, { last }) => ({ ...saved, position: Math.min(saved.position, last()) }),
});

const anyLineage = cursor({
  name: 'a cursor of another journal is taken',
  does: 'Where a consumer of one journal was is where it goes on in another.',
  taken: (saved, _region, { lineage }) => ({ ...saved, lineage: lineage() ?? saved.lineage }),
});

const committedByPoll = inModule<typeof Cursors, 'Cursor'>({
  name: 'what is polled is committed',
  breaks: 'CAT-JRN-3402',
  by: 'scenario',
  does: 'What a consumer was given and did not finish is not delivered again.',
  module: 'src/journal/cursor.ts',
  names: ['Cursor'],
  substitutes: ({ Cursor }) => ({
    Cursor: class extends Cursor {
      override poll(options?: Parameters<Cursors.Cursor['poll']>[0]): ReturnType<Cursors.Cursor['poll']> {
        const events = super.poll(options);
        this.commit();
        return events;
      }
    },
  }),
  shows: ({ Cursor }) => {
    const saved: unknown[] = [];
    new Cursor({ lineage: () => id, last: () => 1, read: () => [], save: (asked) => saved.push(asked) }, {}, undefined).poll();
    return saved;
  },
});

const readerSyncsNothing = inModule<typeof Opens, 'syncSegment'>({
  name: 'a cursor is saved before what it has passed',
  breaks: 'CAT-JRN-3402',
  by: 'scenario',
  does: 'A reader’s cursor is ahead of what is durable.',
  module: 'src/journal/open.ts',
  names: ['syncSegment'],
  substitutes: () => ({ syncSegment: function* () {} }),
  shows: ({ syncSegment }) =>
    shownOn(({ machine, run, tell }) => {
      machine.plant(`${directory}/000001.seg`, Buffer.alloc(8));
      tell(() => run(syncSegment(directory, 1)));
    }),
});

const mergedNotSynced = merging('what was merged is not synced', 'Sources are removed although their copy may be lost.', (program) =>
  leavingOut(program, (step) => step.kind === 'Sync'),
);

const swapNotDurable = merging(
  'sources go before the swap is durable',
  'Sources are removed while their copy may still be without a name.',
  (program) => {
    let isSwapped = false;
    return leavingOut(program, (step) => {
      isSwapped ||= step.op === 'rename';
      return isSwapped && step.kind === 'SyncDirectory';
    });
  },
);

const notMoved = inModule<typeof EventIndices, 'EventIndex'>({
  name: 'a compaction leaves the index as it was',
  breaks: 'CAT-JRN-3501',
  by: 'scenario',
  does: 'Events are looked for where they were before a compaction.',
  module: 'src/journal/event-index.ts',
  names: ['EventIndex'],
  substitutes: ({ EventIndex }) => ({
    EventIndex: class extends EventIndex {
      override move(): void {}
    },
  }),
  shows: ({ EventIndex }) => {
    const index = new EventIndex();
    index.add(someIndexed);
    index.move({ from: 1, to: 2, shift: 3 });
    return index.placeOf(1);
  },
});

const failureHidden = writer({
  name: 'a compaction that failed was performed',
  breaks: 'CAT-JRN-3501',
  does: 'Who compacts is told that it went well, whatever the disk said.',
  substitute: (JournalWriter) =>
    class extends JournalWriter {
      override *compact(options: Compactions.CompactOptions, reader: JournalReader): DiskProgram<Compactions.CompactReport> {
        const report = yield* super.compact(options, reader);
        return report.outcome === 'Skipped' ? report : { ...report, outcome: 'Performed' };
      }
    },
});

const secondWriter: DiskSaboteur = {
  name: 'a second writer is let in',
  breaks: 'CAT-JRN-3505',
  by: 'scenario',
  does: 'Whoever asks for the lock of a journal is told that he has it.',
  wrap: instead((step, told) => (step.op === 'lock' && told.of(step).endsWith('journal.lock') ? { answer: true } : undefined)),
};

export const journalKeepingSaboteurs: readonly (ModuleSaboteur | DiskSaboteur)[] = [
  commitNotSynced,
  shownBeforeCommit,
  besideFence,
  cancelledNotSynced,
  rangesNotKept,
  rangesStay,
  damagedRanges,
  dropNotCancelled,
  damageRewinds,
  anyRegion,
  pastTheEnd,
  anyLineage,
  committedByPoll,
  readerSyncsNothing,
  mergedNotSynced,
  swapNotDurable,
  notMoved,
  failureHidden,
  secondWriter,
];

const someIndexed: EventIndices.IndexedEvent = { sequence: 1, id, entity: 'a', version: 1, wallMs: 1, segment: 1, offset: 248, length: 40 };
const someRecord: EventRecord = {
  id,
  coordinate: at,
  kind: someKind,
  wallMs: 1,
  version: 1,
  correlation: id,
  causation: undefined,
  payloadVersion: 1,
  gates: Buffer.alloc(0),
  payload: Buffer.from('1'),
};

/** What a program gives, or something else where it is refused with this code. */
function* unless<T>(code: 'CorruptSegment' | 'CursorCheckpointCorrupt', program: DiskProgram<T>, other: T): DiskProgram<T> {
  try {
    return yield* program;
  } catch (error) {
    if (isCatalogError(error, code)) return other;
    throw error;
  }
}

type Ranges = Parameters<typeof CancelledRanges.persistCancelledRanges>[1];

function rangesPersisted(
  name: string,
  does: string,
  other: (ranges: Ranges) => (program: DiskProgram<void>) => DiskProgram<void>,
): ModuleSaboteur {
  return inModule<typeof CancelledRanges, 'persistCancelledRanges'>({
    name,
    breaks: 'CAT-JRN-3105',
    by: 'scenario',
    does,
    module: 'src/journal/cancelled-ranges.ts',
    names: ['persistCancelledRanges'],
    substitutes: ({ persistCancelledRanges }) => ({
      persistCancelledRanges: (place, ranges, host) => other(ranges)(persistCancelledRanges(place, ranges, host)),
    }),
    shows: ({ persistCancelledRanges }) =>
      shownOn(({ machine, run, tell }) => {
        machine.plant(`${directory}/cancelled-ranges`, Buffer.from('ranges'));
        for (const ranges of [[], [{ from: 1, to: 2 }]]) tell(() => run(persistCancelledRanges(directory, ranges, machine.host)));
      }),
  });
}

type ReadJournal = typeof Recoveries.readJournal;

function reading({
  found: other,
  ...declared
}: Pick<ModuleSaboteur, 'name' | 'breaks' | 'does'> & {
  readonly found: (found: Recoveries.Found) => Recoveries.Found;
}): ModuleSaboteur {
  return inModule<typeof Recoveries, 'readJournal'>({
    ...declared,
    by: 'scenario',
    module: 'src/journal/recover.ts',
    names: ['readJournal'],
    substitutes: ({ readJournal }) => ({
      readJournal: function* (...asked) {
        return other(yield* readJournal(...asked));
      },
    }),
    shows: ({ readJournal, nothingKnown }) => foundWith(readJournal, nothingKnown),
  });
}

/** What is found where a writer died in a fence. */
function foundWith(readJournal: ReadJournal, nothingKnown: typeof Recoveries.nothingKnown): Promise<readonly unknown[]> {
  return shownOn(({ machine, run, tell, openJournal }) => {
    openJournal(machine).fence().append(at, someKind, 1);
    tell(() => {
      const { underFence, index } = run(readJournal(directory, nothingKnown()));
      return { underFence, count: index.count };
    });
  });
}

type Saved = CursorCheckpoints.CursorCheckpoint;

function cursor({
  taken,
  ...declared
}: Pick<ModuleSaboteur, 'name' | 'does'> & {
  readonly taken: (saved: Saved, region: string, source: Cursors.CursorSource) => Saved;
}): ModuleSaboteur {
  return inModule<typeof Cursors, 'Cursor'>({
    ...declared,
    breaks: 'CAT-JRN-3402',
    by: 'scenario',
    module: 'src/journal/cursor.ts',
    names: ['Cursor'],
    substitutes: ({ Cursor }) => ({
      Cursor: class extends Cursor {
        constructor(...[source, region, saved]: ConstructorParameters<typeof Cursors.Cursor>) {
          super(source, region, saved && taken(saved, regionIdentity(region), source));
        }
      },
    }),
    shows: ({ Cursor }) => {
      const source: Cursors.CursorSource = { lineage: () => id, last: () => 7, read: () => [], save: () => {} };
      const region = regionIdentity({});
      const saved = [
        { lineage: id, region: 'another', position: 1 },
        { lineage: id, region, position: 9 },
        { lineage: 'another', region, position: 1 },
      ];
      return saved.map((one) => attempted(() => new Cursor(source, {}, one).position));
    },
  });
}

type Merging = ReturnType<typeof Compactions.mergeSegments>;

function merging(name: string, does: string, rewrite: (program: Merging) => Merging): ModuleSaboteur {
  return inModule<typeof Compactions, 'mergeSegments'>({
    name,
    breaks: 'CAT-JRN-3501',
    by: 'crash',
    does,
    module: 'src/journal/compaction.ts',
    names: ['mergeSegments'],
    substitutes: (original) => ({ mergeSegments: (...asked) => rewrite(original.mergeSegments(...asked)) }),
    shows: (module) =>
      shownOn(({ machine, run, openJournal }) => {
        const journal = openJournal(machine);
        for (const payload of ['one', 'two', 'three']) journal.append(at, someKind, payload.repeat(100));
        const run_ = [1, 2].map((number) => {
          const size = machine.bytesAt(`${directory}/00000${number}.seg`).byteLength;
          return { number, end: size, size };
        });
        run(module.mergeSegments(directory, run_ as unknown as Compactions.Run, machine.host));
      }),
  });
}
