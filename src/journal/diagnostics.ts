import type { Readers } from './journal-writer.js';
import type { OpenReport } from './open.js';
import type { OpenJournal } from './open-journal.js';
import type { Settings } from './settings.js';

/** How far a journal has come, by sequences. */
export interface JournalSequences {
  /** The last event that was appended. */
  readonly accepted: number;
  /** The last that is known to be durable. */
  readonly durable: number;
  /** The last that is shown. */
  readonly visible: number;
}

export interface JournalDiagnostics {
  /** The directory without links, absolute. */
  readonly data_dir: string;
  readonly segment_max_bytes: number;
  readonly event_count: number;
  readonly sequence: JournalSequences;
  readonly open_report: OpenReport;
  /** What was put right since, of a journal that others write to as well: each as if it had been opened again. */
  readonly repairs: readonly OpenReport[];
}

export function diagnosticsOf(
  { directory, index, writer, durable, report }: OpenJournal<Readers>,
  { segmentMaxBytes }: Pick<Settings, 'segmentMaxBytes'>,
): JournalDiagnostics {
  return {
    data_dir: directory,
    segment_max_bytes: segmentMaxBytes,
    event_count: index.count,
    sequence: { accepted: writer?.accepted ?? index.last, durable, visible: index.last },
    open_report: report,
    repairs: writer?.repairs ?? [],
  };
}
