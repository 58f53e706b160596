import { isCatalogError } from '../../core/errors.js';
import type { Finding } from '../../core/findings.js';
import type { Host } from '../../disk/host.js';
import type { DiskProgram } from '../../disk/program.js';
import { openToRead } from '../../journal/open.js';
import { segmentPath } from '../../journal/place.js';
import { segmentNumbers } from '../../journal/segment-files.js';
import { type DoctorReport, type Examined, examinePlace } from '../fs/examine.js';
import { journalFolder } from '../fs/place.js';

/** Looks over a root that keeps its catalog in a journal, without changing anything. */
export function* examineJournalRoot(examined: Examined): DiskProgram<DoctorReport> {
  const directory = journalFolder(examined.root);
  const last = (yield* segmentNumbers(directory)).at(-1);
  const changed = last === undefined ? [] : [segmentPath(directory, last)];
  return yield* examinePlace(examined, { findings: yield* examineJournal(directory, examined.host), changed });
}

/** What a writer has left, and what every call would be told. */
function* examineJournal(directory: string, host: Host): DiskProgram<Finding[]> {
  try {
    const { cut } = (yield* openToRead(directory, host)).report;
    return cut === undefined ? [] : [tornTail(directory, cut.reason)];
  } catch (error) {
    if (!isCatalogError(error)) throw error;
    return [error.code === 'SchemaVersionUnsupported' ? newer(error.message) : corrupt(error.message)];
  }
}

function tornTail(directory: string, reason: string): Finding {
  return {
    id: 'torn-tail',
    severity: 'info',
    message: `the journal in ${directory} ends in what a writer has not finished: ${reason}`,
    remedy: 'nothing: if that writer is dead, the next command that writes cuts it off',
  };
}

function newer(message: string): Finding {
  return { id: 'newer-version', severity: 'error', message, remedy: 'use the program that wrote it, or a newer one' };
}

function corrupt(message: string): Finding {
  return {
    id: 'journal-corrupt',
    severity: 'error',
    message,
    remedy: 'write nothing there; put back the file that is named from a backup, or salvage the journal',
  };
}
