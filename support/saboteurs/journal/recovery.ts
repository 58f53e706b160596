import { crc32 } from 'node:zlib';
import { isCatalogError } from '../../../src/core/errors.js';
import { readFileIfThere } from '../../../src/disk/whole-file.js';
import type * as Checkpoints from '../../../src/journal/checkpoint.js';
import type * as Journals from '../../../src/journal/journal.js';
import type * as Opens from '../../../src/journal/open.js';
import { checkpointPath } from '../../../src/journal/place.js';
import { inModule, type ModuleSaboteur } from '../saboteur.js';
import { isSegment, leavingOut, nothingDone, rewritten } from './leaving-out.js';
import { at, directory, type Stage, shownOn, someKind } from './showing.js';
import { openingAs } from './writing.js';

const tailStays = opening({
  name: 'a torn tail is not cut',
  breaks: 'CAT-JRN-3301',
  by: 'scenario',
  does: 'What a write left that nobody was told of is reported as cut, and stays.',
  rewrite: (program) => leavingOut(program, (step) => step.op === 'truncate'),
});

const cutNotSynced = opening({
  name: 'a cut is not synced',
  breaks: 'CAT-JRN-3301',
  by: 'scenario',
  does: 'What was cut may come back when the power fails.',
  rewrite: (program) => {
    let isCut = false;
    return leavingOut(program, (step, path) => {
      isCut ||= step.op === 'truncate';
      return isCut && step.op === 'sync' && isSegment(path);
    });
  },
});

const cutNotReported = reporting({
  name: 'a cut is not reported',
  breaks: 'CAT-JRN-3301',
  does: 'Who opens a journal is not told that something was cut.',
  report: ({ cut: _cut, ...report }) => ({ ...report, bytes_cut: 0 }),
});

const batchesUncounted = reporting({
  name: 'discarded batches are not counted',
  breaks: 'CAT-JRN-3305',
  does: 'Who opens a journal is told of no batch that was cut.',
  report: (report) => ({ ...report, batches_discarded: 0 }),
});

const eventsUncounted = reporting({
  name: 'what was found is not counted',
  breaks: 'CAT-JRN-3305',
  does: 'Opening reports that nothing was there.',
  report: (report) => ({ ...report, events: 0, segments: 0, frames: 0 }),
});

const alwaysRebuilt = reporting({
  name: 'the path taken is not told',
  breaks: 'CAT-JRN-3305',
  does: 'Opening says of every journal that it was read from its beginning.',
  report: (report) => (report.path === 'checkpoint' ? { ...report, path: 'rebuild' } : report),
});

const alwaysLazy = inModule<typeof Journals, 'Journal'>({
  name: 'an opening leaves no event',
  breaks: 'CAT-JRN-3305',
  by: 'scenario',
  does: 'A fresh journal has no event.',
  module: 'src/journal/journal.ts',
  names: ['Journal'],
  substitutes: ({ Journal }) => ({ Journal: openingAs(Journal, (options) => ({ ...options, lifecycle: 'lazy' })) }),
  shows: ({ Journal }) => shownOn(({ disk }) => void Journal.open({ directory, disk })),
});

const servedNotSynced = opening({
  name: 'what is served is not synced',
  breaks: 'CAT-JRN-3303',
  by: 'crash',
  does: 'Who opens a journal is shown what a power cut may take away.',
  rewrite: (program) => leavingOut(program, (step, path) => step.op === 'sync' && isSegment(path)),
});

const namesNotSynced = opening({
  name: 'an opening syncs no folder',
  breaks: 'CAT-JRN-3303',
  by: 'crash',
  does: 'The folder of a journal that was made is not durable where it lies.',
  rewrite: (program) => leavingOut(program, (step) => step.kind === 'SyncDirectory'),
});

const leftoversStay = opening({
  name: 'what a compaction left stays',
  breaks: 'CAT-JRN-3501',
  by: 'scenario',
  does: 'A writing open does not remove segments that lie within another.',
  rewrite: (program) => leavingOut(program, (step) => step.op === 'unlink' && isSegment(step.path)),
});

const damagedBelieved = inModule<typeof Checkpoints, 'readCheckpoint'>({
  name: 'a damaged checkpoint is believed',
  breaks: 'CAT-JRN-3304',
  by: 'rot',
  does: 'What a checkpoint says counts, whatever its checksum is.',
  module: 'src/journal/checkpoint.ts',
  names: ['readCheckpoint'],
  substitutes: ({ readCheckpoint, decodeCheckpoint }) => ({
    readCheckpoint: function* (place) {
      const found = yield* readCheckpoint(place);
      const bytes = found.kind === 'damaged' ? yield* readFileIfThere(checkpointPath(place)) : undefined;
      const decoded = bytes && decodeCheckpoint(withRightChecksum(bytes));
      return decoded?.kind === 'intact' ? decoded : found;
    },
  }),
  shows: (module) =>
    shownOn((stage) => {
      leaveCheckpoint(stage);
      const bytes = Buffer.from(stage.machine.bytesAt(checkpointPath(directory)));
      bytes[64] = (bytes[64] ?? 0) ^ 1;
      stage.machine.plant(checkpointPath(directory), bytes);
      stage.tell(() => stage.run(module.readCheckpoint(directory)).kind);
    }),
});

const damageRefused = inModule<typeof Checkpoints, 'readCheckpoint'>({
  name: 'a damaged checkpoint is an error',
  breaks: 'CAT-JRN-3304',
  by: 'scenario',
  does: 'A journal whose checkpoint is damaged is not opened.',
  module: 'src/journal/checkpoint.ts',
  names: ['readCheckpoint'],
  substitutes: ({ readCheckpoint }) => ({
    readCheckpoint: function* (place) {
      const found = yield* readCheckpoint(place);
      if (found.kind === 'damaged') throw new Error(`the checkpoint is damaged: ${found.reason}`);
      return found;
    },
  }),
  shows: (module) =>
    shownOn((stage) => {
      stage.machine.plant(checkpointPath(directory), Buffer.from('no checkpoint'));
      stage.tell(() => stage.run(module.readCheckpoint(directory)).kind);
    }),
});

const newerCheckpointRebuilt = inModule<typeof Checkpoints, 'readCheckpoint'>({
  name: 'a newer checkpoint is passed over',
  breaks: 'CAT-JRN-3203',
  by: 'scenario',
  does: 'A journal whose checkpoint is of a newer version is opened without it.',
  module: 'src/journal/checkpoint.ts',
  names: ['readCheckpoint'],
  substitutes: ({ readCheckpoint }) => ({
    readCheckpoint: function* (place) {
      try {
        return yield* readCheckpoint(place);
      } catch (error) {
        if (isCatalogError(error, 'SchemaVersionUnsupported')) return { kind: 'damaged', reason: 'it has another version' };
        throw error;
      }
    },
  }),
  shows: (module) =>
    shownOn((stage) => {
      leaveCheckpoint(stage);
      const bytes = Buffer.from(stage.machine.bytesAt(checkpointPath(directory)));
      bytes.writeUInt32LE(2, versionAt);
      stage.machine.plant(checkpointPath(directory), withRightChecksum(bytes));
      stage.tell(() => stage.run(module.readCheckpoint(directory)).kind);
    }),
});

const noCheckpoint = persisting({
  name: 'no checkpoint is written',
  does: 'A journal that was closed is read from its beginning.',
  rewrite: () => nothingDone(),
});

const checkpointInPlace = persisting({
  name: 'a checkpoint is not put in place atomically',
  does: 'A checkpoint is renamed as if it were any file, and nobody told which step that is.',
  rewrite: (program) =>
    rewritten(program, (step) => (step.op === 'rename' && step.kind === 'PersistTemp' ? { ...step, kind: 'Rename' } : step)),
});

export const recoverySaboteurs: readonly ModuleSaboteur[] = [
  tailStays,
  cutNotSynced,
  cutNotReported,
  batchesUncounted,
  eventsUncounted,
  alwaysRebuilt,
  alwaysLazy,
  servedNotSynced,
  namesNotSynced,
  leftoversStay,
  damagedBelieved,
  damageRefused,
  newerCheckpointRebuilt,
  noCheckpoint,
  checkpointInPlace,
];

type Opening = ReturnType<typeof Opens.openToWrite>;

function opening({
  rewrite,
  ...declared
}: Pick<ModuleSaboteur, 'name' | 'breaks' | 'by' | 'does'> & { readonly rewrite: (program: Opening) => Opening }): ModuleSaboteur {
  return inModule<typeof Opens, 'openToWrite'>({
    ...declared,
    module: 'src/journal/open.ts',
    names: ['openToWrite'],
    substitutes: (original) => ({ openToWrite: (...asked) => rewrite(original.openToWrite(...asked)) }),
    shows: (module) => shownOn((stage) => openedAfterwards(module, stage)),
  });
}

function reporting({
  report,
  ...declared
}: Pick<ModuleSaboteur, 'name' | 'breaks' | 'does'> & {
  readonly report: (report: Opens.OpenReport) => Opens.OpenReport;
}): ModuleSaboteur {
  return opening({
    ...declared,
    by: 'scenario',
    rewrite: function* (program) {
      const opened = yield* program;
      return { ...opened, report: report(opened.report) };
    },
  });
}

/** Opens what a writer left who was killed after a compaction and in the middle of a batch. */
function openedAfterwards({ openToWrite }: Pick<typeof Opens, 'openToWrite'>, { machine, run, runOn, tell, openJournal }: Stage): void {
  const open = (): void =>
    tell(() => ({ ...run(openToWrite(directory, { host: machine.host, segmentMaxBytes: 512 })).report, elapsed_ms: 0 }));
  const journal = openJournal(machine);
  for (const payload of ['one', 'two', 'three']) journal.append(at, someKind, payload.repeat(100));
  journal.close();
  const { number, bytes } = lastSegment(machine);
  const second = machine.bytesAt(`${directory}/000002.seg`);
  const again = openJournal(machine);
  again.compact({ strategy: 'merge' });
  again.close();
  machine.plant(`${directory}/000002.seg`, second);
  // A clean end was there: what follows was begun by somebody else.
  machine.uproot(checkpointPath(directory));
  machine.plant(`${directory}/${number}`, Buffer.concat([bytes, halfOfBatch()]));
  open();
  // Nobody has it open there, and this time it comes to a clean end.
  const later = machine.fork();
  openJournal(later).close();
  tell(() => ({ ...runOn(openToWrite(directory, { host: later.host, segmentMaxBytes: 512 }), later).report, elapsed_ms: 0 }));
}

function lastSegment(machine: Stage['machine']): { readonly number: string; readonly bytes: Uint8Array } {
  const names = [...machine.snapshotTree().keys()].filter(isSegment).sort();
  const path = names.at(-1) ?? '';
  return { number: path.slice(directory.length + 1), bytes: machine.bytesAt(path) };
}

/** The beginning of a frame of two events. */
function halfOfBatch(): Buffer {
  const bytes = Buffer.alloc(160, 1);
  bytes.writeUInt32LE(400, 0);
  bytes.writeUInt32LE(2, 76);
  return bytes;
}

type Persisting = ReturnType<typeof Checkpoints.persistCheckpoint>;

function persisting({
  rewrite,
  ...declared
}: Pick<ModuleSaboteur, 'name' | 'does'> & { readonly rewrite: (program: Persisting) => Persisting }): ModuleSaboteur {
  return inModule<typeof Checkpoints, 'persistCheckpoint'>({
    ...declared,
    breaks: 'CAT-JRN-3304',
    by: 'scenario',
    module: 'src/journal/checkpoint.ts',
    names: ['persistCheckpoint'],
    substitutes: (original) => ({ persistCheckpoint: (...asked) => rewrite(original.persistCheckpoint(...asked)) }),
    shows: (module) =>
      shownOn((stage) => {
        leaveCheckpoint(stage);
        const found = stage.run(module.readCheckpoint(directory));
        if (found.kind === 'intact') stage.run(module.persistCheckpoint(directory, found.checkpoint, stage.machine.host));
      }),
  });
}

function leaveCheckpoint({ machine, openJournal }: Stage): void {
  const journal = openJournal(machine);
  journal.append(at, someKind, 1);
  journal.close();
}

const versionAt = 8;
const checksumAt = 12;

function withRightChecksum(bytes: Buffer): Buffer {
  const mended = Buffer.from(bytes);
  if (mended.byteLength < checksumAt + 4) return mended;
  mended.writeUInt32LE(crc32(mended.subarray(checksumAt + 4), crc32(mended.subarray(0, checksumAt))), checksumAt);
  return mended;
}
