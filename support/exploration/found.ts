import { type Counterexample, CrashExplorer, type CrashExplorerOptions, type SampledStep } from '../../src/sim/index.js';
import { experimentOf, nameOf, type Run, withHistory } from './subject.js';

/** To a thread: the number of the next run, or that there is none. */
export type PlanMessage = number | 'end';

/** A broken promise: the shortest history that breaks it, and what happened in it. Plain data, to be replayed. */
export interface Finding {
  readonly run: Run;
  readonly events: Counterexample['events'];
  readonly complaint: string;
}

/** What one thread has met. */
export interface Found {
  readonly states: Float64Array<ArrayBuffer>;
  readonly outcomes: readonly number[];
  readonly sampledSteps: readonly SampledStep[];
  readonly recovered: Float64Array<ArrayBuffer>;
  readonly met: number;
  readonly cuts: number;
  readonly audited: number;
  readonly opened: number;
  readonly refused: readonly Readonly<Record<string, number>>[];
}

export function sumOf<T>(all: readonly T[], count: (one: T) => number): number {
  return all.reduce((total, one) => total + count(one), 0);
}

/** CAT-SIM-5008: the same complaint with the fewest operations: each shorter history is tried, the shortest first. */
export async function shrunk(run: Run, failure: Counterexample, options: CrashExplorerOptions): Promise<Finding> {
  for (const history of shorter(run.history)) {
    const tried = withHistory(run, history);
    const explorer = new CrashExplorer(options);
    await explorer.explore(nameOf(tried), experimentOf(tried));
    const [smaller] = explorer.failures;
    if (smaller !== undefined) return { run: tried, events: smaller.events, complaint: smaller.complaint };
  }
  return { run, events: failure.events, complaint: failure.complaint };
}

/** The first broken promise among some runs, shortest history first. */
export async function firstFinding(runs: readonly Run[], options: CrashExplorerOptions): Promise<Finding | undefined> {
  const explorer = new CrashExplorer(options);
  for (const run of runs) {
    await explorer.explore(nameOf(run), experimentOf(run));
    const [failure] = explorer.failures;
    if (failure !== undefined) return shrunk(run, failure, options);
  }
  return undefined;
}

/** What is left of a history when operations before its last are taken out, or its end: shortest first. */
function shorter(history: readonly string[]): string[][] {
  const subsets = Array.from({ length: 2 ** history.length - 2 }, (_, bits) => history.filter((_operation, at) => ((bits + 1) >> at) & 1));
  return subsets.sort((a, b) => a.length - b.length);
}

/** The command that brings a finding about again. */
export function replayCommand({ run, events }: Pick<Finding, 'run' | 'events'>): string {
  return `npm run replay -- '${JSON.stringify({ run, events })}'`;
}
