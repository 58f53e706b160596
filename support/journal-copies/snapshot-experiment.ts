import { isCatalogError } from '../../src/core/errors.js';
import { type Disk, runSync, stat } from '../../src/disk/program.js';
import type { Journal } from '../../src/journal/journal.js';
import { type CrashExperiment, type ProfileName, SimulatedDisk } from '../../src/sim/index.js';
import { directory, isLock, looked, of, opened, verifiedEvents, written } from '../exploration/journal/explored.js';

const target = '/home/user/copies/of-it';

/** Events in several full segments, some of them under fences; of which nothing that is not committed may be in a copy. */
function filled(journal: Journal): void {
  for (let nth = 1; nth <= 2; nth++) journal.append(of('a'), written, `${nth}`.repeat(100));
  const fence = journal.fence();
  fence.append(of('a'), written, 'cancelled');
  fence.cancel();
  journal.append(of('a'), written, 'after');
}

/** A journal is copied while the power is cut: the copy is there whole or not at all, and the journal is what it was. */
export function snapshotExperiment(whom: 'writer' | 'reader', profile: ProfileName): CrashExperiment<Journal> {
  return {
    disk: () => new SimulatedDisk({ root: ['/home/user'], profile, chunkBytes: 4096 }),
    prepare: async (disk) => {
      const writer = opened(disk);
      filled(writer);
      if (whom === 'writer') return writer;
      return opened(disk, { readOnly: true });
    },
    act: async (journal) => journal.snapshot(target),
    isSynchronous: true,
    recover: async (disk) => JSON.stringify({ journal: shownOf(disk, directory), copy: copyOf(disk) }),
    // Whoever writes to the copy writes nothing into the journal.
    write: async (disk, shown) => {
      const before = JSON.parse(shown);
      if (before.copy === undefined) return shown;
      looked(disk, (copy) => copy.append(of('b'), written, 'to the copy'), { directory: target });
      const after = { journal: shownOf(disk, directory), copy: copyOf(disk) };
      if (JSON.stringify(after.journal) !== JSON.stringify(before.journal)) throw new Error('a write to the copy changed the journal');
      return JSON.stringify(after);
    },
    unread: isLock,
  };
}

function copyOf(disk: Disk): unknown {
  return runSync(stat(target), disk) === undefined ? undefined : shownOf(disk, target);
}

function shownOf(disk: Disk, place: string): unknown {
  return JSON.parse(looked(disk, verifiedEvents, { directory: place }));
}

/** The first so many of some events, or the code of the refusal. */
export function firstOf(all: readonly string[], disk: Disk, place: string): number | string {
  try {
    const journal = opened(disk, { directory: place });
    const ids = [...journal.read()].filter(({ kind }) => kind === written).map(({ event_id }) => event_id);
    const isPrefix = ids.every((id, nth) => id === all[nth]);
    const { event_id } = journal.append(of('after'), written, 'after');
    const isShown = [...journal.read()].at(-1)?.event_id === event_id;
    const { ok } = journal.verify();
    journal.close();
    if (!isPrefix || !isShown || !ok) throw new Error(`a copy shows ${ids.length} events: ${isPrefix} ${isShown} ${ok}`);
    return ids.length;
  } catch (error) {
    if (isCatalogError(error)) return error.code;
    throw error;
  }
}
