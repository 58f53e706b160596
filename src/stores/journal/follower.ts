import type { Change } from '../../core/changes.js';
import { refusal } from '../../core/errors.js';
import type { CollectionName, CollectionRecords } from '../../core/generation.js';
import { checkCursorId, persistCursor, readCursor } from '../../journal/cursor-checkpoint.js';
import { regionIdentity } from '../../journal/region.js';
import { FolderWatch } from '../folder-watch.js';
import { entityOfAll } from './entities.js';
import { type JournalRoot, journalFolder } from './journal-root.js';
import { batchAfter } from './watch-changes.js';

/** A change that is told to a follower, until it says that it is done with it. */
export interface FollowedChange<R> extends Change<R> {
  /** It and all before it are done with: whoever follows under this name next is not told of them again. Durable when it resolves. */
  commit(): Promise<void>;
}

interface Following {
  readonly name: string;
  readonly signal: AbortSignal;
  /** Whether it ends where there is nothing new. */
  readonly isOnce: boolean;
}

/**
 * CAT-HIS-3605: every change, from where the follower of this name has committed on, at least once, across restarts. Damage of what
 * it left is `CursorCheckpointCorrupt`; never a silent rewind.
 */
export async function* follow<C extends CollectionName>(
  root: JournalRoot,
  collection: C,
  { name, signal, isOnce }: Following,
): AsyncGenerator<FollowedChange<CollectionRecords[C]>> {
  const directory = journalFolder(root.path);
  const region = regionIdentity({ entity: entityOfAll(collection) });
  let seen = await startOf(root, checkCursorId(name), region);
  const watch = new FolderWatch(directory, (program) => root.run(program));
  const close = () => void watch.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    await watch.open();
    while (!signal.aborted) {
      const { changes, position } = await batchAfter(root, collection, seen);
      for (const change of changes) {
        yield { ...change, commit: () => commit(root, { name, region, position: change.revision }) };
        if (signal.aborted) return;
      }
      if (position === seen && isOnce) return;
      if (position === seen) await watch.change();
      seen = position;
    }
  } finally {
    signal.removeEventListener('abort', close);
    await watch.close();
  }
}

async function startOf(root: JournalRoot, name: string, region: string): Promise<number> {
  return root.reading(function* (records) {
    const saved = yield* readCursor(journalFolder(root.path), name);
    if (saved === undefined) return 0;
    if (saved.region !== region) {
      const message = `the follower ${name} follows ${saved.region}, not ${region}`;
      throw refusal('CursorCheckpointRegionMismatch', message, { expected: region, found: saved.region });
    }
    const last = yield* records.makeDurable();
    if (saved.lineage === records.lineage && saved.position <= last) return saved.position;
    const message = `the follower ${name} was at ${saved.position} of ${saved.lineage}, and here ${last} of ${records.lineage} is the last`;
    throw refusal('CursorCheckpointAhead', message, { position: saved.position, last });
  });
}

function commit(
  root: JournalRoot,
  { name, region, position }: { readonly name: string; readonly region: string; readonly position: number },
) {
  return root.reading(function* (records) {
    const { lineage } = records;
    if (lineage === undefined) return;
    yield* persistCursor(journalFolder(root.path), name, { lineage, region, position }, root.host);
  });
}
