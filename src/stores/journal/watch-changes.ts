import type { Change } from '../../core/changes.js';
import { refusal } from '../../core/errors.js';
import type { CollectionName, CollectionRecords } from '../../core/generation.js';
import type { DiskProgram } from '../../disk/program.js';
import { FolderWatch } from '../folder-watch.js';
import { checkAfter, type WatchOptions } from '../watch-generations.js';
import { isOf } from './entities.js';
import { type JournalRoot, journalFolder } from './journal-root.js';
import type { OpenRecords } from './open-records.js';
import { changeIn } from './record-events.js';

/** So many events are looked at in one go. */
const eventsAtOnce = 256;

interface Watching extends WatchOptions {
  readonly signal: AbortSignal;
}

/** Changes, and the sequence up to which everything was looked at. */
export interface Batch<R> {
  readonly changes: readonly Change<R>[];
  readonly position: number;
}

/**
 * CAT-IDX-1119, CAT-HIS-3605: every change after a revision, in their order, each durable before it is told. `HistoryRewound` where
 * there never was a revision as new.
 */
export function watchChanges<C extends CollectionName>(
  root: JournalRoot,
  collection: C,
  { after, signal }: Watching,
  ended: () => void,
): AsyncGenerator<Change<CollectionRecords[C]>> {
  checkAfter(after);
  // What comes after the call is told, however late the first change is asked for.
  const start = startOf(root, after);
  start.catch(() => {});
  const watch = new FolderWatch(journalFolder(root.path), (program) => root.run(program));
  signal.addEventListener('abort', () => void watch.close(), { once: true });
  return changesFrom(start, (position) => batchAfter(root, collection, position), { signal, watch, ended });
}

interface Following {
  readonly signal: AbortSignal;
  readonly watch: FolderWatch;
  readonly ended: () => void;
}

async function* changesFrom<R>(
  start: Promise<number>,
  batch: (position: number) => Promise<Batch<R>>,
  { signal, watch, ended }: Following,
): AsyncGenerator<Change<R>> {
  try {
    let seen = await start;
    await watch.open();
    while (!signal.aborted) {
      const { changes, position } = await batch(seen);
      for (const change of changes) {
        yield change;
        if (signal.aborted) return;
      }
      if (position === seen) await watch.change();
      seen = position;
    }
  } finally {
    ended();
    await watch.close();
  }
}

/** The next changes of a collection after a sequence. */
export function batchAfter<C extends CollectionName>(
  root: JournalRoot,
  collection: C,
  position: number,
): Promise<Batch<CollectionRecords[C]>> {
  return root.reading((records) => changesAfter(records, collection, position));
}

function* changesAfter<C extends CollectionName>(
  records: OpenRecords,
  collection: C,
  position: number,
): DiskProgram<Batch<CollectionRecords[C]>> {
  const durable = yield* records.makeDurable();
  const changes: Change<CollectionRecords[C]>[] = [];
  let seen = position;
  for (let looked = 0; looked < eventsAtOnce; looked++) {
    const sequence = records.index.nextFrom(seen + 1);
    if (sequence === undefined || sequence > durable) return { changes, position: Math.max(seen, Math.min(durable, records.index.last)) };
    seen = sequence;
    const event = yield* records.eventAt(sequence, { ahead: true });
    if (event === undefined || !isOf(collection, event.coordinate.entity)) continue;
    // CAT-JRN-3502: what was dropped is superseded, or can be told no more.
    if (event.dropped !== undefined) continue;
    const { id, record } = changeIn(collection, event);
    changes.push({ revision: sequence, id, record, last: true });
  }
  return { changes, position: seen };
}

function startOf(root: JournalRoot, after: number | undefined): Promise<number> {
  return root.reading(function* (records) {
    const newest = Math.min(yield* records.makeDurable(), records.index.last);
    if (after === undefined) return newest;
    if (after <= newest) return after;
    throw refusal('HistoryRewound', `revision ${after} was seen, and the newest is ${newest}`, { after, newest });
  });
}
