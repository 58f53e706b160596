import type { Host } from '../disk/host.js';
import type { DiskProgram } from '../disk/program.js';
import { quietly } from '../disk/whole-file.js';
import type { JournalReader } from './journal-reader.js';
import type { OpenJournal } from './open-journal.js';
import type { Folded } from './projection.js';
import { type FoldName, persistProjection, readProjection } from './projection-file.js';

interface Keeping {
  readonly open: OpenJournal<JournalReader>;
  readonly host: Pick<Host, 'random'>;
}

/** What a file keeps of a fold, where it is of this journal as it is. */
export function* keptFold({ directory, lineage, index }: OpenJournal<JournalReader>, fold: FoldName): DiskProgram<Folded | undefined> {
  const kept = yield* readProjection(directory, fold);
  return kept?.lineage === lineage && index.sequenceOf(kept?.lastEvent ?? '') === kept?.sequence ? kept : undefined;
}

/** Without it the next one folds again: what the disk says is not told. A reader writes nothing, nor does a writer who lost a sync. */
export function* keepFold({ open, host }: Keeping, fold: FoldName, folded: Folded): DiskProgram<void> {
  const { lineage, writer, readers } = open;
  if (writer === undefined || lineage === undefined || !writer.isTrusted) return;
  yield* open.makeDurable();
  const kept = { ...folded, lineage, lastEvent: readers.foundAt(folded.sequence).id };
  yield* quietly(persistProjection(open.directory, fold, kept, host));
}
