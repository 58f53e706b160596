import { CatalogError } from '../../core/errors.js';
import type { CollectionName, Versioned } from '../../core/generation.js';
import type { Host } from '../../disk/host.js';
import type { DiskProgram } from '../../disk/program.js';
import type { JournalWriter } from '../../journal/journal-writer.js';
import { checkedSettings } from '../../journal/settings.js';
import type { ChangeNote } from '../catalog-store.js';
import { Draft } from '../journal/draft.js';
import { entityOf } from '../journal/entities.js';
import { stateAt } from '../journal/history.js';
import { journalFolder, refuseLostJournal } from '../journal/journal-root.js';
import { OpenRecords } from '../journal/open-records.js';
import { type AllRecords, byRevision, collections } from './records.js';

/** So many bytes of records go into one frame. */
const frameBytes = 8 * 1024 * 1024;

interface Writing {
  readonly host: Host;
  readonly note: ChangeNote;
  readonly segmentMaxBytes: number | undefined;
}

interface Placed {
  readonly collection: CollectionName;
  readonly record: { readonly id: string };
}

/** All records of the journal of a root, durable; `CommitUnknown` where the disk refuses to say that they are. */
export function* recordsOfJournal(root: string, host: Host): DiskProgram<AllRecords> {
  yield* refuseLostJournal(root);
  const records = yield* OpenRecords.toRead(settingsFor(root), host);
  const found = yield* closingAfter(records, allIn(records, root));
  return { ...found, revision: records.index.last };
}

/**
 * A journal, where there is none, of all records in the order of their revisions: models first, as the revisions of the two
 * collections tell nothing of each other. Durable when it is done.
 */
export function* writeJournal(root: string, source: AllRecords, how: Writing): DiskProgram<void> {
  const records = yield* OpenRecords.toWrite(settingsFor(root, how.segmentMaxBytes), how.host);
  const { writer } = records;
  if (writer === undefined) throw new Error('a journal that was opened to write has a writer');
  const all = collections.flatMap((collection) => placed(collection, source[collection]));
  try {
    let done = 0;
    while (done < all.length) done += yield* appendSome(records, writer, all.slice(done), how);
  } catch (error) {
    yield* records.abandon();
    throw error;
  }
  yield* records.close();
}

/** As many as go into one frame; gives how many these are. */
function* appendSome(records: OpenRecords, writer: JournalWriter, all: readonly Placed[], { host, note }: Writing): DiskProgram<number> {
  // Gates judge what is to be; this was before.
  const draft = new Draft<{ id: string }>(records, writer, { host, gates: [] });
  for (const { collection, record } of all) {
    if (draft.bytes >= frameBytes) break;
    draft.add(entityOf(collection, record.id), { collection, id: record.id, record, note, causation: undefined });
  }
  yield* writer.turn(() => writer.append([...draft.opening, ...draft.events]));
  records.hasTold = true;
  yield* writer.settle();
  return draft.events.length;
}

function placed(collection: CollectionName, all: readonly Versioned<{ id: string }>[]): readonly Placed[] {
  return byRevision(all).map(({ record }) => ({ collection, record }));
}

function* allIn(records: OpenRecords, root: string): DiskProgram<Omit<AllRecords, 'revision'>> {
  if ((yield* records.makeDurable()) < records.index.last) {
    throw new CatalogError('CommitUnknown', `the newest changes in ${root} could not be made durable; nothing was moved`);
  }
  return yield* stateAt(records, records.index.last);
}

function* closingAfter<T>(records: OpenRecords, program: DiskProgram<T>): DiskProgram<T> {
  try {
    const result = yield* program;
    yield* records.abandon();
    return result;
  } catch (error) {
    yield* records.abandon();
    throw error;
  }
}

/** Not shared: whoever moves a catalog is alone with what is not in force yet. */
function settingsFor(root: string, segmentMaxBytes?: number) {
  return checkedSettings({ directory: journalFolder(root), ...(segmentMaxBytes !== undefined && { segmentMaxBytes }) });
}
