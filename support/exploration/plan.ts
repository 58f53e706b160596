import type { CrashExplorerOptions, ProfileName } from '../../src/sim/index.js';
import { histories, type Operation, operations } from './alphabet.js';
import type { CatalogRun } from './experiment.js';

/** What is explored together: its runs, shortest histories first, and within which bounds. */
export interface Plan {
  readonly runs: readonly CatalogRun[];
  readonly options: CrashExplorerOptions;
}

export type PlanName = 'quick' | 'full';

/**
 * No step of a commit has more pending changes than this. The bound of CAT-SIM-5005 is eight and eight; where more are pending
 * their subsets are mostly equal, and equal ones are met once, so that going through all of them is quicker than drawing.
 */
const options: CrashExplorerOptions = { exhaustUpTo: 16, depth: 2 };

/** How many states there are is a matter of how finely writes tear; what a recovery makes of them is not. */
const tornBytes = { quick: 176, full: 192 } as const;

export function planOf(name: PlanName): Plan {
  return { runs: name === 'quick' ? quickRuns() : fullRuns(), options };
}

/** Every history of two operations. */
function quickRuns(): CatalogRun[] {
  return histories(2).map((history) => ({ history, keepGenerations: 2, disk: { chunkBytes: tornBytes.quick } }));
}

/** Every history of three operations, whatever is kept; and of two on other disks, and where there are no hard links. */
function fullRuns(): CatalogRun[] {
  const disk = { chunkBytes: tornBytes.full };
  const runs = histories(3).flatMap((history) => [1, 2, 8].map((keepGenerations): CatalogRun => ({ history, keepGenerations, disk })));
  const otherDisks: readonly ProfileName[] = ['posix-ordered', 'ext4-ordered', 'process-kill'];
  const others = histories(2).flatMap((history) =>
    otherDisks.map((profile): CatalogRun => ({ history, keepGenerations: 2, disk: { ...disk, profile } })),
  );
  // Without hard links a commit has several times the names, and each history takes as long as ten others.
  const unlinked = [...histories(1), ...operations.map((operation): Operation[] => ['put new', operation])];
  others.push(...unlinked.map((history) => ({ history, keepGenerations: 2, disk: { ...disk, hardLinks: false } })));
  return [...runs, ...others].sort((a, b) => a.history.length - b.history.length);
}

export function nameOf({ history, keepGenerations, disk }: CatalogRun): string {
  const { profile = 'posix-weak', hardLinks = true } = disk ?? {};
  return `${history.join(', ')} (${profile}${hardLinks ? '' : ', without hard links'}, ${keepGenerations} kept)`;
}
