import type { CrashExplorerOptions, ProfileName } from '../../src/sim/index.js';
import { histories, historiesOf, type Operation, operations } from './alphabet.js';
import type { CatalogRun } from './experiment.js';
import { type JournalRun, journalOperations } from './journal/experiment.js';
import type { Run } from './subject.js';

/** What is explored together: its runs, shortest histories first, and within which bounds. */
export interface Plan<R extends Run = Run> {
  readonly runs: readonly R[];
  readonly options: CrashExplorerOptions;
}

export type CatalogPlanName = 'quick' | 'full';
export type JournalPlanName = 'quick journal' | 'full journal';
export type PlanName = CatalogPlanName | JournalPlanName;

/**
 * No step of a commit has more pending changes than this. The bound of CAT-SIM-5005 is eight and eight; where more are pending
 * their subsets are mostly equal, and equal ones are met once, so that going through all of them is quicker than drawing.
 */
const options: CrashExplorerOptions = { exhaustUpTo: 16, depth: 2 };

const otherDisks: readonly ProfileName[] = ['posix-ordered', 'ext4-ordered', 'process-kill'];

/** How many states there are is a matter of how finely writes tear; what a recovery makes of them is not. */
const tornBytes = { quick: 176, full: 192, quickJournal: 512, shortJournal: 112, otherJournal: 512, longJournal: 768 } as const;

export function planOf(name: CatalogPlanName): Plan<CatalogRun>;
export function planOf(name: PlanName): Plan;
export function planOf(name: PlanName): Plan {
  switch (name) {
    case 'quick':
      return { runs: quickRuns(), options };
    case 'full':
      return { runs: fullRuns(), options };
    case 'quick journal':
      return { runs: journalRuns(1, 'posix-weak', tornBytes.quickJournal), options };
    case 'full journal':
      return { runs: fullJournalRuns(), options };
  }
}

/** Every history of a journal of so many operations. */
function journalRuns(length: number, profile: ProfileName, chunkBytes: number): JournalRun[] {
  return historiesOf(journalOperations, length).map((history) => ({ of: 'journal', history, disk: { profile, chunkBytes } }));
}

/** Every history of three operations, those of two torn finely as well, and those of two on every other honest disk. */
function fullJournalRuns(): JournalRun[] {
  const long = journalRuns(3, 'posix-weak', tornBytes.longJournal);
  const others = otherDisks.flatMap((profile) => journalRuns(2, profile, tornBytes.otherJournal));
  return [...journalRuns(2, 'posix-weak', tornBytes.shortJournal), ...others, ...long].sort((a, b) => a.history.length - b.history.length);
}

/** Every history of two operations. */
function quickRuns(): CatalogRun[] {
  return histories(2).map((history) => ({ history, keepGenerations: 2, disk: { chunkBytes: tornBytes.quick } }));
}

/** Every history of three operations, whatever is kept; and of two on other disks, and where there are no hard links. */
function fullRuns(): CatalogRun[] {
  const disk = { chunkBytes: tornBytes.full };
  const runs = histories(3).flatMap((history) => [1, 2, 8].map((keepGenerations): CatalogRun => ({ history, keepGenerations, disk })));
  const others = histories(2).flatMap((history) =>
    otherDisks.map((profile): CatalogRun => ({ history, keepGenerations: 2, disk: { ...disk, profile } })),
  );
  // Without hard links a commit has several times the names, and each history takes as long as ten others.
  const unlinked = [...histories(1), ...operations.map((operation): Operation[] => ['put new', operation])];
  others.push(...unlinked.map((history) => ({ history, keepGenerations: 2, disk: { ...disk, hardLinks: false } })));
  return [...runs, ...others].sort((a, b) => a.history.length - b.history.length);
}
