import type { CrashExperiment } from '../../src/sim/index.js';
import { type CatalogRun, catalogExperiment, whyNotMeant } from './experiment.js';
import { type JournalRun, journalExperiment, whyJournalNotMeant } from './journal/experiment.js';

/** One history of a catalog or of a journal, as plain data. */
export type Run = CatalogRun | JournalRun;

export function experimentOf(run: Run): CrashExperiment {
  return (isJournal(run) ? journalExperiment(run) : catalogExperiment(run)) as CrashExperiment;
}

/** Whether what is shown, where nothing failed, is what the history means; gives what is wrong. */
export function whyNotAsMeant(run: Run, view: string): string | undefined {
  return isJournal(run) ? whyJournalNotMeant(run.history, view) : whyNotMeant(run.history, view);
}

export function nameOf(run: Run): string {
  const { profile = 'posix-weak', hardLinks = true } = run.disk ?? {};
  const disk = `${profile}${hardLinks ? '' : ', without hard links'}`;
  return isJournal(run)
    ? `journal: ${run.history.join(', ')} (${disk})`
    : `${run.history.join(', ')} (${disk}, ${run.keepGenerations} kept)`;
}

/** The same with another history of the same operations. */
export function withHistory(run: Run, history: readonly string[]): Run {
  return { ...run, history } as Run;
}

function isJournal(run: Run): run is JournalRun {
  return 'of' in run;
}
