import { contained } from '../../src/artifacts/contained.js';
import type * as LockedFiles from '../../src/artifacts/locked-file.js';
import type * as Partials from '../../src/artifacts/partials.js';
import { hostOf } from '../../src/disk/host.js';
import { createExclusive, type DiskProgram, runSync, stat, tryLock, unlink } from '../../src/disk/program.js';
import { SimulatedDisk } from '../../src/disk/simulated-disk.js';
import type { Handle } from '../../src/disk/steps.js';
import { unlessMissing } from '../../src/disk/whole-file.js';
import { rewritten } from './journal/leaving-out.js';
import { inModule, type ModuleSaboteur } from './saboteur.js';

const root = '/r';
const ingest = `ingest/${'T'.repeat(22)}`;
const path = `${root}/${ingest}`;

const liveTakenForDead = inModule<typeof Partials, 'partialAt' | 'removePartial'>({
  name: 'what is under way is taken for abandoned',
  breaks: 'CAT-BLB-2107',
  by: 'scenario',
  does: 'Who collects does not ask whether an ingest is live, and removes it without its lock.',
  module: 'src/artifacts/partials.ts',
  names: ['partialAt', 'removePartial'],
  substitutes: ({ partialAt, removePartial }) => ({
    *partialAt(...given) {
      const found = yield* partialAt(...given);
      return found && { ...found, isLive: false };
    },
    *removePartial(found, under) {
      if (found.kind === 'folder') return yield* removePartial(found, under);
      return yield* removedUnasked(yield* contained(under, found.path));
    },
  }),
  shows: ({ partialAt }) => shownBy((disk) => partialAt(root, ingest, hostOf(disk, {})), { isLocked: true })?.isLive,
});

const takenMeanwhile = inModule<typeof LockedFiles, 'removeUnlessHeld'>({
  name: 'what was taken meanwhile is removed',
  breaks: 'CAT-BLB-2107',
  by: 'scenario',
  does: 'Who collects removes what was not live when it was looked at, without its lock.',
  module: 'src/artifacts/locked-file.ts',
  names: ['removeUnlessHeld'],
  substitutes: () => ({ removeUnlessHeld: removedUnasked }),
  shows: ({ removeUnlessHeld }) => shownBy(() => removeUnlessHeld(path, isNotWanted), { isLocked: true }),
});

const claimsRemoved = inModule<typeof LockedFiles, 'removeUnlessHeld'>({
  name: 'what has become a claim is removed',
  breaks: 'CAT-BLB-2107',
  by: 'scenario',
  does: 'Who collects does not look again whether a file that was empty is a claim by now.',
  module: 'src/artifacts/locked-file.ts',
  names: ['removeUnlessHeld'],
  substitutes: ({ removeUnlessHeld }) => ({ removeUnlessHeld: (at) => removeUnlessHeld(at, isNotWanted) }),
  shows: ({ removeUnlessHeld }) => shownBy(() => removeUnlessHeld(path, isWanted)),
});

const goneOnWithout = inModule<typeof LockedFiles, 'createLocked'>({
  name: 'what was removed is gone on with',
  breaks: 'CAT-BLB-2107',
  by: 'scenario',
  does: 'Who has the lock of a new file does not look whether the file still has its name.',
  module: 'src/artifacts/locked-file.ts',
  names: ['createLocked'],
  substitutes: () => ({
    *createLocked(at) {
      const handle = yield* createExclusive(at, 0o600);
      yield* tryLock(handle);
      return handle;
    },
  }),
  shows: ({ createLocked }) => shownBy((disk) => sweptOnce(createLocked(`${root}/ingest/new`), `${root}/ingest/new`, disk)),
});

/** Whether a file is there when it was made, and had been removed before it was locked. */
function* sweptOnce(made: DiskProgram<Handle>, at: string, disk: SimulatedDisk): DiskProgram<boolean> {
  let isSwept = false;
  yield* rewritten(made, (step) => {
    if (step.op === 'lock' && !isSwept) disk.perform({ op: 'unlink', kind: 'RemoveFile', path: at });
    isSwept ||= step.op === 'lock';
    return step;
  });
  return (yield* stat(at)) !== undefined;
}

function* removedUnasked(at: string): DiskProgram<LockedFiles.Removed> {
  return (yield* unlessMissing(unlink(at))) ? 'removed' : 'gone';
}

function* isWanted(): DiskProgram<boolean> {
  return true;
}

function* isNotWanted(): DiskProgram<boolean> {
  return false;
}

/** What a program gives on a disk where bytes are on their way in, whose maker may hold their lock. */
function shownBy<T>(program: (disk: SimulatedDisk) => DiskProgram<T>, { isLocked = false } = {}): T {
  const disk = new SimulatedDisk({ root: [root] }).plant(path, 'half');
  const handle = disk.perform({ op: 'open', kind: 'Open', path, access: 'update' }) as Handle;
  if (isLocked) disk.perform({ op: 'lock', kind: 'Lock', handle, shared: false });
  return runSync(program(disk), disk);
}

export const ingestingSaboteurs: readonly ModuleSaboteur[] = [liveTakenForDead, takenMeanwhile, claimsRemoved, goneOnWithout];
