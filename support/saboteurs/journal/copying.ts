import type { DiskProgram } from '../../../src/disk/program.js';
import type * as Compactions from '../../../src/journal/compaction.js';
import type { JournalEvent } from '../../../src/journal/event.js';
import type * as Readers from '../../../src/journal/journal-reader.js';
import type * as Folders from '../../../src/journal/new-folder.js';
import type * as Retentions from '../../../src/journal/retention.js';
import type * as Plans from '../../../src/journal/salvage-plan.js';
import type * as Surveys from '../../../src/journal/salvage-survey.js';
import type * as Snapshots from '../../../src/journal/snapshot.js';
import { attempted } from '../records.js';
import { inModule, type ModuleSaboteur } from '../saboteur.js';
import { leavingOut, nothingDone } from './leaving-out.js';
import { at, directory, type Stage, shownOn, someKind } from './showing.js';

const fenceCopied = snapshot({
  name: 'a snapshot has what lies under a fence',
  does: 'What nobody was shown is in the copy.',
  other: (takeSnapshot) => (asked) => takeSnapshot(lookedAt(asked, { next: Number.POSITIVE_INFINITY })),
});

const cancelledCopied = snapshot({
  name: 'a snapshot does not know what was cancelled',
  does: 'What is hidden for ever is shown by the copy.',
  other: (takeSnapshot) => (asked) => takeSnapshot(lookedAt(asked, { cancelled: [] })),
});

const suspectLinked = snapshot({
  name: 'a snapshot shares a segment whose sync failed',
  does: 'A segment of which nobody knows what is on the disk is a part of the copy.',
  other: (takeSnapshot) => (asked) => leavingOut(takeSnapshot(asked), (step, path) => step.op === 'stat' && path.endsWith('.suspect')),
});

const nameOfCopyNotSynced = inModule<typeof Folders, 'makeNewFolder'>({
  name: 'the name of a copy is not synced',
  breaks: 'CAT-JRN-3503',
  by: 'scenario',
  does: 'A snapshot was made, and a power cut takes it away.',
  module: 'src/journal/new-folder.ts',
  names: ['makeNewFolder'],
  substitutes: ({ makeNewFolder }) => ({
    makeNewFolder: (...asked) => {
      let isNamed = false;
      return leavingOut(makeNewFolder(...asked), (step) => {
        isNamed ||= step.op === 'rename';
        return isNamed && step.kind === 'SyncDirectory';
      });
    },
  }),
  shows: ({ makeNewFolder }) => shownOn(({ machine, run }) => run(makeNewFolder('/copy', machine.host, () => nothingDone()))),
});

const lossUntold = planning({
  name: 'a salvage does not tell what is lost',
  does: 'What could not be read of a damaged journal is in no report.',
  plan: (planSalvage) => (survey) => ({ ...planSalvage(survey), lost: [] }),
});

const cancelledSalvaged = planning({
  name: 'a salvage shows what was cancelled',
  does: 'What was hidden for ever is seen in the new journal.',
  plan: (planSalvage) => (survey) => planSalvage({ ...survey, cancelled: [] }),
});

const endsAtDamage = inModule<typeof Surveys, 'surveySegment'>({
  name: 'a salvage ends a segment at its first damage',
  breaks: 'CAT-JRN-3302',
  by: 'scenario',
  does: 'What is whole behind something damaged is left out.',
  module: 'src/journal/salvage-survey.ts',
  names: ['surveySegment'],
  substitutes: ({ surveySegment }) => ({
    surveySegment: (...asked) => {
      const found = surveySegment(...asked);
      const [first] = found.damaged;
      if (first === undefined) return found;
      return { ...found, pieces: found.pieces.filter(({ runs: [run] }) => run === undefined || run.offset < first.offset) };
    },
  }),
  shows: ({ surveySegment }) =>
    shownOn(async ({ machine, tell }) => {
      const { decodeSegmentHeader } = await import('../../../src/journal/segment-header.js');
      const { Journal } = await import('../../../src/journal/journal.js');
      const journal = Journal.open({ directory, disk: machine });
      for (const payload of [1, 2]) journal.append(at, someKind, payload);
      const bytes = Buffer.from(machine.bytesAt(`${directory}/000001.seg`));
      bytes[300] = (bytes[300] ?? 0) ^ 1;
      tell(() => surveySegment(1, bytes, decodeSegmentHeader(bytes)).pieces.length);
    }),
});

const evidenceGone = inModule<typeof Readers, 'JournalReader'>({
  name: 'of what was dropped nothing is known',
  breaks: 'CAT-JRN-3502',
  by: 'scenario',
  does: 'Receipts of events whose payloads were dropped hold no more.',
  module: 'src/journal/journal-reader.ts',
  names: ['JournalReader'],
  substitutes: ({ JournalReader }) => ({
    JournalReader: class extends JournalReader {
      override evidenceOf(): JournalEvent | undefined {
        return undefined;
      }
    },
  }),
  shows: ({ JournalReader }) =>
    shownOn(async ({ machine, run, tell, openJournal }) => {
      const { openToRead } = await import('../../../src/journal/open.js');
      const { event_id } = openJournal(machine).append(at, someKind, 1);
      const { index } = run(openToRead(directory, machine.host)).found;
      tell(() => new JournalReader({ directory, disk: machine, index, hidden: [] }).evidenceOf(event_id)?.sequence);
    }),
});

const otherStrategy = inModule<typeof Retentions, 'thinSegments'>({
  name: 'what was dropped is always told in its place',
  breaks: 'CAT-JRN-3502',
  by: 'scenario',
  does: 'A retention leaves tombstones, asked for or not.',
  module: 'src/journal/retention.ts',
  names: ['thinSegments'],
  substitutes: ({ thinSegments }) => ({
    thinSegments: (place, sources, how) => thinSegments(place, sources, { ...how, how: 'tombstone' }),
  }),
  shows: ({ thinSegments }) => shownOn((stage) => thinned(stage, thinSegments)),
});

const verdictsGuessed = inModule<typeof Retentions, 'eventsToDrop'>({
  name: 'a keep that says nothing drops',
  breaks: 'CAT-JRN-3502',
  by: 'scenario',
  does: 'Whatever is not true is a word to drop an event.',
  module: 'src/journal/retention.ts',
  names: ['eventsToDrop'],
  substitutes: ({ eventsToDrop }) => ({
    eventsToDrop: ({ keep, ...asked }) => eventsToDrop({ ...asked, keep: (event) => Boolean(keep(event)) }),
  }),
  shows: ({ eventsToDrop }) => {
    const reader = {
      *read() {
        yield { sequence: 1, kind: someKind };
      },
    } as unknown as Readers.JournalReader;
    const index = { placeOf: () => ({ segment: 1 }) } as unknown as Parameters<typeof eventsToDrop>[0]['index'];
    return attempted(() => eventsToDrop({ index, reader, last: 1, keep: () => undefined as unknown as boolean }));
  },
});

const sourcesStay = inModule<typeof Compactions, 'removeSources'>({
  name: 'segments stay of which payloads were dropped',
  breaks: 'CAT-JRN-3502',
  by: 'scenario',
  does: 'What was dropped is on the disk still, in the segments that were there before.',
  module: 'src/journal/compaction.ts',
  names: ['removeSources'],
  substitutes: () => ({ removeSources: () => nothingDone() }),
  shows: ({ removeSources }) =>
    shownOn(({ machine, run }) => {
      machine.plant(`${directory}/000002.seg`, '');
      run(removeSources(directory, [{ from: 2, to: 1, shift: 0 }]));
    }),
});

export const copyingSaboteurs: readonly ModuleSaboteur[] = [
  fenceCopied,
  cancelledCopied,
  suspectLinked,
  nameOfCopyNotSynced,
  lossUntold,
  cancelledSalvaged,
  endsAtDamage,
  evidenceGone,
  otherStrategy,
  verdictsGuessed,
  sourcesStay,
];

type TakeSnapshot = typeof Snapshots.takeSnapshot;

function lookedAt(asked: Snapshots.Snapshot, other: Partial<Snapshots.Shown>): Snapshots.Snapshot {
  const look = function* (): DiskProgram<Snapshots.Shown> {
    return { ...(yield* asked.look()), ...other };
  };
  return { ...asked, look };
}

function snapshot({
  other,
  ...declared
}: Pick<ModuleSaboteur, 'name' | 'does'> & { readonly other: (takeSnapshot: TakeSnapshot) => TakeSnapshot }): ModuleSaboteur {
  return inModule<typeof Snapshots, 'takeSnapshot'>({
    ...declared,
    breaks: 'CAT-JRN-3503',
    by: 'scenario',
    module: 'src/journal/snapshot.ts',
    names: ['takeSnapshot'],
    substitutes: ({ takeSnapshot }) => ({ takeSnapshot: other(takeSnapshot) }),
    shows: ({ takeSnapshot }) =>
      shownOn(({ machine, run, tell, openJournal }) => {
        const journal = openJournal(machine);
        for (const payload of ['x', 'y', 'z']) journal.append(at, someKind, payload.repeat(300));
        journal.close();
        machine.plant(`${directory}/000001.seg.suspect`, '');
        const numbers = [...machine.snapshotTree().keys()].filter((path) => path.endsWith('.seg')).length;
        const segments = Array.from({ length: numbers }, (_, nth) => {
          const end = machine.bytesAt(`${directory}/00000${nth + 1}.seg`).byteLength;
          return { number: nth + 1, end, size: end };
        });
        const look = function* (): DiskProgram<Snapshots.Shown> {
          return { segments, next: numbers * 2 - 1, events: 2, cancelled: [{ from: 1, to: 1 }] };
        };
        tell(() => run(takeSnapshot({ directory, target: '/copy', look, host: machine.host })));
      }),
  });
}

type PlanSalvage = typeof Plans.planSalvage;

function planning({
  plan,
  ...declared
}: Pick<ModuleSaboteur, 'name' | 'does'> & { readonly plan: (planSalvage: PlanSalvage) => PlanSalvage }): ModuleSaboteur {
  return inModule<typeof Plans, 'planSalvage'>({
    ...declared,
    breaks: 'CAT-JRN-3302',
    by: 'scenario',
    module: 'src/journal/salvage-plan.ts',
    names: ['planSalvage'],
    substitutes: ({ planSalvage }) => ({ planSalvage: plan(planSalvage) }),
    shows: ({ planSalvage }) => {
      const frame = { segment: 1, number: 1, sequence: 1, count: 1, fence: 0, durableTo: 0, type: 'events', isWhole: true } as const;
      const runs = [{ offset: 200, bytes: 100, sequence: 1, count: 1 }];
      const damaged = [{ segment: 1, offset: 400, bytes: 10, reason: 'it is damaged', read: 0 }];
      const cancelled = [{ from: 1, to: 1 }];
      return planSalvage({ segments: 1, pieces: [{ ...frame, runs }], damaged, cancelled, durableTo: 1, end: { next: 2, sequence: 2 } });
    },
  });
}

/** How many bytes a segment has of which a payload was dropped. */
function thinned({ machine, run, tell, openJournal }: Stage, thinSegments: typeof Retentions.thinSegments): void {
  const journal = openJournal(machine);
  for (const payload of ['x', 'y', 'z']) journal.append(at, someKind, payload.repeat(300));
  journal.close();
  const end = machine.bytesAt(`${directory}/000001.seg`).byteLength;
  tell(
    () => run(thinSegments(directory, [{ number: 1, end, size: end }], { how: 'retain', drops: new Set([2]), host: machine.host })).events,
  );
}
