import type { Change } from '../../core/changes.js';
import type { FleetCollectionName, FleetRecords } from '../../core/generation.js';
import { recordIn } from '../stored-text.js';
import { checkAfter, type WatchOptions } from '../watch-generations.js';
import { type Batch, type Cursor, type Feed, type ToldChange, unlessAborted } from './feed.js';

/**
 * CAT-FLT-7004: every change of a collection once, in the order of revisions, across whatever becomes of the connection. After 0 those
 * that are left of what was before the floor come first, which is all there is.
 */
export function watchFeed<C extends FleetCollectionName>(
  feed: Feed,
  collection: C,
  { after, signal }: WatchOptions & { readonly signal: AbortSignal },
  ended: () => void,
): AsyncGenerator<Change<FleetRecords[C]>> {
  checkAfter(after);
  // What comes after the call is told, however late the first change is asked for.
  const start = feed.startAt(after);
  start.catch(() => {});
  return changesFrom(start, { feed, collection, signal, ended });
}

interface Watching<C> {
  readonly feed: Feed;
  readonly collection: C;
  readonly signal: AbortSignal;
  readonly ended: () => void;
}

async function* changesFrom<C extends FleetCollectionName>(
  start: Promise<Cursor>,
  { feed, collection, signal, ended }: Watching<C>,
): AsyncGenerator<Change<FleetRecords[C]>> {
  try {
    let cursor = await unlessAborted(start, signal);
    while (cursor !== undefined && !signal.aborted) {
      const { nudges } = feed;
      const batch: Batch | undefined = await unlessAborted(feed.after(cursor), signal);
      if (batch === undefined) return;
      for (const change of batch.changes) {
        if (change.collection !== collection) continue;
        yield changeOf(collection, change);
        if (signal.aborted) return;
      }
      if (batch.cursor.revision === cursor.revision) await feed.news(nudges, signal);
      cursor = batch.cursor;
    }
  } finally {
    ended();
  }
}

function changeOf<C extends FleetCollectionName>(collection: C, { revision, id, text }: ToldChange): Change<FleetRecords[C]> {
  const record = text === null ? undefined : recordIn(collection, { id, text, revision }).record;
  return { revision, id, record, last: true };
}
