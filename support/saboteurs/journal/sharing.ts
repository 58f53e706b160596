import { isCatalogError } from '../../../src/core/errors.js';
import { close, type DiskProgram, openForUpdate, rename, write } from '../../../src/disk/program.js';
import type * as CatchingUp from '../../../src/journal/catching-up.js';
import type { CaughtUp } from '../../../src/journal/catching-up.js';
import type * as Compactions from '../../../src/journal/compaction.js';
import type { EventIndex } from '../../../src/journal/event-index.js';
import type { Journal } from '../../../src/journal/journal.js';
import type * as Opens from '../../../src/journal/open.js';
import { segmentPath, suspectPath } from '../../../src/journal/place.js';
import type * as Recoveries from '../../../src/journal/recover.js';
import type * as Writing from '../../../src/journal/writing.js';
import type { SimulatedDisk } from '../../../src/sim/index.js';
import { inModule, type ModuleSaboteur } from '../saboteur.js';
import { leavingOut, rewritten } from './leaving-out.js';
import { at, directory, type Stage, shownOn, someKind } from './showing.js';
import { appendFrame } from './writing.js';

const isSuspectMark = (path: string): boolean => path.endsWith('.suspect');

const appendsBlindly = catchingUp({
  name: 'who appends does not look what others appended',
  does: 'An event is written where the last that its writer knows ends, whatever follows that.',
  other: () =>
    function* () {
      return { kind: 'appended', events: [] };
    },
});

const staysInSegment = catchingUp({
  name: 'who catches up stays in the segment that he knew',
  does: 'Where another process has begun a new segment, events are written behind the seal of the one before.',
  other: (caughtUp) =>
    function* (writing, index, options) {
      const { active } = writing;
      const isOfActive = (step: { readonly op: string; readonly handle?: number }): boolean =>
        step.op === 'close' && step.handle === active.handle;
      const caught = yield* leavingOut(caughtUp(writing, index, options), isOfActive);
      const sealed = writing.sealed.find(({ number }) => number === active.number);
      if (sealed !== undefined) writing.active = { ...active, end: sealed.end, size: sealed.size };
      return caught;
    },
});

const segmentByItsName = catchingUp({
  name: 'a segment that is another file is written to as before',
  does: 'Who appends goes on in the file that he has open, whatever file bears its name now.',
  other: (caughtUp) => (writing, index, options) => {
    const path = segmentPath(writing.directory, writing.active.number);
    return rewritten(caughtUp(writing, index, options), (step) =>
      step.op === 'names' && step.path === path ? { op: 'stat', kind: 'Stat', path, follow: false } : step,
    );
  },
});

const suspectUnseen = catchingUp({
  name: 'who appends does not look for the mark of a failed sync',
  does: 'Events are written behind those of which nobody knows whether they are on the disk.',
  other:
    (caughtUp) =>
    (...asked) =>
      leavingOut(caughtUp(...asked), (step, path) => step.op === 'stat' && isSuspectMark(path)),
});

const anyJournal = catchingUp({
  name: 'another journal in its place is written to',
  does: 'Who appends does not look whose journal it is now.',
  other: (caughtUp) =>
    function* (writing, index, options) {
      try {
        return yield* caughtUp(writing, index, options);
      } catch (error) {
        if (!isCatalogError(error, 'HistoryRewound')) throw error;
        Object.assign(writing, { lineage: error.details.found });
        return yield* caughtUp(writing, index, options);
      }
    },
});

const anewForgotten = catchingUp({
  name: 'what was read anew is forgotten',
  does: 'Where more than frames has changed, places are believed that are not so any more.',
  other: (caughtUp) =>
    function* (...asked) {
      const caught = yield* caughtUp(...asked);
      return caught.kind === 'anew' ? { kind: 'appended', events: [] } : caught;
    },
});

const readsBlindly = inModule<typeof CatchingUp, 'mayHaveMore'>({
  name: 'who reads does not look what others appended',
  breaks: 'CAT-JRN-3505',
  by: 'scenario',
  does: 'One who shares a journal is shown what was there when he last appended.',
  module: 'src/journal/catching-up.ts',
  names: ['mayHaveMore'],
  substitutes: () => ({
    *mayHaveMore() {
      return false;
    },
  }),
  shows: ({ mayHaveMore }) =>
    shownOn((stage) => afterOthers(stage, ({ disk, writing }) => stage.tell(() => stage.runOn(mayHaveMore(writing), disk)))),
});

const ownSyncAlone = inModule<typeof CatchingUp, 'isSuspect'>({
  name: 'who syncs does not look whether another could not',
  breaks: 'CAT-JRN-3505',
  by: 'scenario',
  does: 'An event is acknowledged although another was told that a sync of it failed.',
  module: 'src/journal/catching-up.ts',
  names: ['isSuspect'],
  substitutes: () => ({
    *isSuspect() {
      return false;
    },
  }),
  shows: ({ isSuspect }) =>
    shownOn((stage) => afterOthers(stage, ({ disk, writing }) => stage.tell(() => stage.runOn(isSuspect(writing), disk)))),
});

const noMark = inModule<typeof Writing, 'syncFrames'>({
  name: 'a failed sync leaves no mark',
  breaks: 'CAT-JRN-3505',
  by: 'scenario',
  does: 'Nobody else learns that a sync of a segment failed.',
  module: 'src/journal/writing.ts',
  names: ['syncFrames'],
  substitutes: ({ syncFrames }) => ({ syncFrames: (writing) => leavingOut(syncFrames(writing), (_step, path) => isSuspectMark(path)) }),
  shows: ({ syncFrames }) =>
    shownOn(async ({ machine, run, tell }) => {
      const { openToWrite } = await import('../../../src/journal/open.js');
      const { writing } = run(openToWrite(directory, { host: machine.host, segmentMaxBytes: 512 }));
      machine.faultOn('Sync', 1);
      tell(() => run(syncFrames(writing)));
    }),
});

const syncedOnceMore = inModule<typeof Compactions, 'mergeSegments'>({
  name: 'a segment whose sync failed is synced once more',
  breaks: 'CAT-JRN-3505',
  by: 'scenario',
  does: 'A second sync is believed, and nothing written anew.',
  module: 'src/journal/compaction.ts',
  names: ['mergeSegments'],
  substitutes: ({ mergeSegments }) => ({
    mergeSegments: (place, sources, host) =>
      sources.length > 1
        ? mergeSegments(place, sources, host)
        : leavingOut(mergeSegments(place, sources, host), (step) => step.op === 'rename'),
  }),
  shows: ({ mergeSegments }) =>
    shownOn(({ machine, run, openJournal }) => {
      const journal = openJournal(machine);
      journal.append(at, someKind, 1);
      journal.close();
      const size = machine.bytesAt(`${directory}/000001.seg`).byteLength;
      run(mergeSegments(directory, [{ number: 1, end: size, size }], machine.host));
    }),
});

const tailWrittenOver = inModule<typeof Recoveries, 'readJournal'>({
  name: 'a dead writer’s tail is written over while others live',
  breaks: 'CAT-JRN-3505',
  by: 'scenario',
  does: 'Who catches up takes what was torn for the clean end, and neither cuts nor reports it.',
  module: 'src/journal/recover.ts',
  names: ['readJournal'],
  substitutes: ({ readJournal }) => ({
    *readJournal(place, known, options) {
      const found = yield* readJournal(place, known, options);
      return options?.into === undefined ? found : { ...found, torn: undefined };
    },
  }),
  shows: ({ readJournal, nothingKnown }) =>
    shownOn((stage) =>
      afterOthers(stage, ({ disk }) =>
        stage.tell(() => stage.runOn(readJournal(directory, nothingKnown(), { into: () => {} }), disk).torn?.bytes),
      ),
    ),
});

const notLookedBack = inModule<typeof Opens, 'readMore'>({
  name: 'a reader believes in what he has seen',
  breaks: 'CAT-JRN-3505',
  by: 'scenario',
  does: 'Who reads beside a writer does not look whether what he has seen is still there.',
  module: 'src/journal/open.ts',
  names: ['readMore'],
  substitutes: ({ readMore }) => ({ readMore: (place, known) => readMore(place, { ...known, lastFrame: undefined }) }),
  shows: ({ readMore }) => shownOn((stage) => readAgain(stage, readMore)),
});

const readsOnce = inModule<typeof Opens, 'readMore'>({
  name: 'a reader looks once',
  breaks: 'CAT-JRN-3505',
  by: 'scenario',
  does: 'Who reads beside a writer is shown what was there when he opened the journal.',
  module: 'src/journal/open.ts',
  names: ['readMore'],
  substitutes: () => ({
    *readMore() {
      return undefined;
    },
  }),
  shows: ({ readMore }) => shownOn((stage) => readAgain(stage, readMore)),
});

const sealBeforeSync = appendFrame({
  name: 'a full segment is not synced',
  breaks: 'CAT-JRN-3505',
  by: 'scenario',
  does: 'What one has not synced may be lost under what another appends to the next segment.',
  rewrite: (program) => leavingOut(program, (step) => step.op === 'sync' && step.dataOnly === true),
});

export const sharingSaboteurs: readonly ModuleSaboteur[] = [
  appendsBlindly,
  staysInSegment,
  segmentByItsName,
  suspectUnseen,
  anyJournal,
  anewForgotten,
  readsBlindly,
  ownSyncAlone,
  noMark,
  syncedOnceMore,
  tailWrittenOver,
  notLookedBack,
  readsOnce,
  sealBeforeSync,
];

type CatchUp = typeof CatchingUp.caughtUp;

function catchingUp({
  other,
  ...declared
}: Pick<ModuleSaboteur, 'name' | 'does'> & { readonly other: (caughtUp: CatchUp) => CatchUp }): ModuleSaboteur {
  return inModule<typeof CatchingUp, 'caughtUp'>({
    ...declared,
    breaks: 'CAT-JRN-3505',
    by: 'scenario',
    module: 'src/journal/catching-up.ts',
    names: ['caughtUp'],
    substitutes: ({ caughtUp }) => ({ caughtUp: other(caughtUp) }),
    shows: ({ caughtUp }) =>
      shownOn((stage) =>
        afterOthers(stage, ({ disk, writing, index }) =>
          stage.tell(() => {
            const caught = stage.runOn(caughtUp(writing, index, { host: disk.host, segmentMaxBytes: 512 }), disk);
            return { ...shownOf(caught), segment: writing.active.number, end: writing.active.end };
          }),
        ),
      ),
  });
}

const shownOf = (caught: CaughtUp): object => ({
  kind: caught.kind,
  events: caught.kind === 'appended' ? caught.events.length : caught.opened.index.count,
});

interface Left {
  readonly disk: SimulatedDisk;
  readonly writing: Writing.Writing;
  readonly index: EventIndex;
}

/** What others may have done to a journal of one event since somebody had its lock. */
const deeds: readonly ((others: Journal, disk: SimulatedDisk, stage: Stage, end: number) => void)[] = [
  () => {},
  (others) => void others.append(at, someKind, 2),
  (others) => {
    for (const payload of ['x', 'y', 'z']) others.append(at, someKind, payload.repeat(300));
  },
  (_, disk, { runOn }, end) => runOn(writtenBehind(end), disk),
  (_, disk) => void disk.plant(suspectPath(directory, 1), ''),
  (_, disk, { runOn }) => {
    disk.plant(`${directory}/copy`, Buffer.from(disk.bytesAt(segmentPath(directory, 1))));
    runOn(rename(`${directory}/copy`, segmentPath(directory, 1)), disk);
  },
  (_, disk, { openJournal }) => {
    disk.uproot(segmentPath(directory, 1));
    openJournal(disk).append(at, someKind, 'of another journal');
  },
];

/** Looks at each of these, as one who had the journal open before. */
async function afterOthers(stage: Stage, look: (left: Left) => void): Promise<void> {
  const { openToWrite } = await import('../../../src/journal/open.js');
  const { Journal } = await import('../../../src/journal/journal.js');
  for (const deed of deeds) {
    const disk = stage.machine.fork();
    const others = Journal.open({ directory, disk, segmentMaxBytes: 512, lifecycle: 'lazy', shared: true });
    others.append(at, someKind, 1);
    const { writing, index } = stage.runOn(openToWrite(directory, { host: disk.host, segmentMaxBytes: 512 }), disk);
    deed(others, disk, stage, writing.active.end);
    look({ disk, writing, index });
  }
}

/** Something that is no frame, where the next one would begin. */
function* writtenBehind(end: number): DiskProgram<void> {
  const handle = yield* openForUpdate(segmentPath(directory, 1));
  yield* write(handle, [Buffer.alloc(60, 1)], end);
  yield* close(handle);
}

/** What a reader finds that has seen three events, once another is there, and once the third is gone. */
async function readAgain({ machine, runOn, tell, openJournal }: Stage, readMore: typeof Opens.readMore): Promise<void> {
  const { openToRead } = await import('../../../src/journal/open.js');
  const journal = openJournal(machine);
  for (const payload of [1, 2, 3]) journal.append(at, someKind, payload);
  const { resume } = runOn(openToRead(directory, machine.host), machine).found;
  const more = (): void =>
    tell(() => {
      const since = runOn(readMore(directory, resume), machine);
      return since && { events: since.events.length, anew: since.anew?.index.count };
    });
  journal.append(at, someKind, 4);
  more();
  const { segment = 0, offset = 0 } = resume.lastFrame ?? {};
  const bytes = Buffer.from(machine.bytesAt(segmentPath(directory, segment)));
  machine.plant(segmentPath(directory, segment), bytes.fill(0, offset));
  more();
}
