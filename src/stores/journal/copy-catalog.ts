import { dirname } from 'node:path';
import { refusal } from '../../core/errors.js';
import type { Host } from '../../disk/host.js';
import { type DiskProgram, list, stat } from '../../disk/program.js';
import { syncFolder } from '../../disk/temp-file.js';
import { checkOutside } from '../../journal/new-folder.js';
import type { SnapshotReport } from '../../journal/snapshot.js';
import { journalFolder } from '../fs/place.js';
import { publishRootFile } from '../fs/root.js';
import type { OpenRecords } from './open-records.js';

/**
 * A copy of a catalog and its history that opens by itself (CAT-JRN-3503), in a directory that is missing or empty: its journal first,
 * durable and whole, and last of all what it says it is. Whoever is killed before that leaves no catalog there.
 */
export function* copyCatalog(records: OpenRecords, source: string, target: string, host: Host): DiskProgram<SnapshotReport> {
  checkOutside(journalFolder(source), target);
  const there = yield* stat(target);
  if (there !== undefined && (there.type !== 'directory' || (yield* list(target)).length > 0)) {
    throw refusal('AlreadyExists', `there is something in ${target}; a copy needs a directory that is empty, or none`, { path: target });
  }
  const report = yield* records.copyInto(journalFolder(target), host);
  yield* publishRootFile(target, 'journal', host);
  yield* syncFolder(target);
  yield* syncFolder(dirname(target));
  return report;
}
