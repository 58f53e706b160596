import type { PlatformFacts, PlatformSummary } from '../core/platform.js';
import type { PlatformReport } from '../platform/platform.js';
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

/** What is known of an open journal: its settings, its sequences, what its opening found, and its platform. */
export interface JournalDiagnostics {
  /** The directory without links, absolute. */
  readonly data_dir: string;
  readonly segment_max_bytes: number;
  readonly event_count: number;
  readonly sequence: JournalSequences;
  readonly open_report: OpenReport;
  /** What was put right since, of a journal that others write to as well: each as if it had been opened again. */
  readonly repairs: readonly OpenReport[];
  /** What was observed of the machine and the directory, once, when this was first asked for, and what that admits (CAT-PLT-4001, 4003). */
  readonly platform_evidence: PlatformSummary;
  /** What is told beside (CAT-PLT-4009); what only trying could tell is not known here. */
  readonly platform_facts: PlatformFacts;
}

export function diagnosticsOf(
  { directory, index, writer, durable, report }: OpenJournal<Readers>,
  { segmentMaxBytes }: Pick<Settings, 'segmentMaxBytes'>,
  platform: () => PlatformReport,
): JournalDiagnostics {
  return {
    data_dir: directory,
    segment_max_bytes: segmentMaxBytes,
    event_count: index.count,
    sequence: { accepted: writer?.accepted ?? index.last, durable, visible: index.last },
    open_report: report,
    repairs: writer?.repairs ?? [],
    get platform_evidence() {
      const { host, store_path, admission } = platform();
      return { host, store_path, admission };
    },
    get platform_facts() {
      return platform().facts;
    },
  };
}
