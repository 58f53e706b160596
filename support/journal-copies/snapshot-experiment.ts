import { isCatalogError } from '../../src/core/errors.js';
import { type Disk, runSync, stat } from '../../src/disk/program.js';
import { Journal } from '../../src/journal/journal.js';
import { kind } from '../../src/journal/kind.js';
import { type CrashExperiment, type ProfileName, SimulatedDisk } from '../../src/sim/index.js';

const directory = '/home/user/journal';
const target = '/home/user/copies/of-it';
const written = kind(0x1, 0x001);

const opened = (disk: Disk, place: string, readOnly = false): Journal =>
  Journal.open({ directory: place, disk, lifecycle: 'lazy', segmentMaxBytes: 512, readOnly });

const append = (journal: Journal, entity: string, payload: unknown): void =>
  void journal.append({ entity, scope: 'test' }, written, payload);

/** Events in several full segments, some of them under fences; of which nothing that is not committed may be in a copy. */
function filled(journal: Journal): void {
  for (let nth = 1; nth <= 2; nth++) append(journal, 'a', `${nth}`.repeat(100));
  const fence = journal.fence();
  fence.append({ entity: 'a', scope: 'test' }, written, 'cancelled');
  fence.cancel();
  append(journal, 'a', 'after');
}

/** A journal is copied while the power is cut: the copy is there whole or not at all, and the journal is what it was. */
export function snapshotExperiment(whom: 'writer' | 'reader', profile: ProfileName): CrashExperiment<Journal> {
  return {
    disk: () => new SimulatedDisk({ root: ['/home/user'], profile, chunkBytes: 4096 }),
    prepare: async (disk) => {
      const writer = opened(disk, directory);
      filled(writer);
      if (whom === 'writer') return writer;
      return opened(disk, directory, true);
    },
    act: async (journal) => journal.snapshot(target),
    isSynchronous: true,
    recover: async (disk) => JSON.stringify({ journal: shownOf(disk, directory), copy: copyOf(disk) }),
    // Whoever writes to the copy writes nothing into the journal.
    write: async (disk, shown) => {
      const before = JSON.parse(shown);
      if (before.copy === undefined) return shown;
      const copy = opened(disk, target);
      append(copy, 'b', 'to the copy');
      copy.close();
      const after = { journal: shownOf(disk, directory), copy: copyOf(disk) };
      if (JSON.stringify(after.journal) !== JSON.stringify(before.journal)) throw new Error('a write to the copy changed the journal');
      return JSON.stringify(after);
    },
    unread: (name) => name === 'journal.lock',
  };
}

function copyOf(disk: Disk): unknown {
  return runSync(stat(target), disk) === undefined ? undefined : shownOf(disk, target);
}

function shownOf(disk: Disk, place: string): unknown {
  const journal = opened(disk, place);
  try {
    const events = [...journal.read({ kind: written })];
    const { ok, problems } = journal.verify();
    if (!ok) throw new Error(`what was opened is not verified: ${JSON.stringify(problems)}`);
    return JSON.parse(JSON.stringify(events));
  } finally {
    journal.close();
  }
}

/** The first so many of some events, or the code of the refusal. */
export function firstOf(all: readonly string[], disk: Disk, place: string): number | string {
  try {
    const journal = Journal.open({ directory: place, disk, lifecycle: 'lazy', segmentMaxBytes: 512 });
    const ids = [...journal.read()].filter(({ kind }) => kind === written).map(({ event_id }) => event_id);
    const isPrefix = ids.every((id, nth) => id === all[nth]);
    const { event_id } = journal.append({ entity: 'after', scope: 'test' }, written, 'after');
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
