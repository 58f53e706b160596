import type { CrashStateOptions } from '../../disk/simulated/crash-states.js';
import * as fingerprint from '../../disk/simulated/fingerprint.js';
import type { SimulatedDisk } from '../../disk/simulated-disk.js';
import type { Counterexample, CrashEvent } from './experiment.js';
import { FingerprintSet } from './fingerprint-set.js';
import type { Point } from './recording.js';

/** How many crashes deep an exploration goes, which disks it tries, and how many counterexamples it keeps. */
export interface CrashExplorerOptions extends Pick<CrashStateOptions, 'exhaustUpTo' | 'samples' | 'renameModes'> {
  /** How often recovery itself is crashed, one crash inside the other; 2 by default. */
  readonly depth?: number;
  /** How many counterexamples are kept; 1 by default. */
  readonly failures?: number;
}

/** One step before which there were too many pending changes for all their subsets (CAT-SIM-5005). */
export interface SampledStep {
  readonly experiment: string;
  readonly events: readonly CrashEvent[];
  readonly pending: number;
}

/** What a disk showed, and how deep its recovery was crashed. */
export interface Judged {
  readonly view: number;
  readonly depth: number;
}

/** What an exploration has met so far, and what need not be looked at again. */
export class CrashFindings {
  /** All distinct disks that were met. */
  readonly states = new FingerprintSet();
  /** Distinct pairs of the steps that a recovery took and what it showed. */
  readonly outcomes = new Set<number>();
  readonly failures: (Counterexample & { readonly experiment: string })[] = [];
  readonly sampledSteps: SampledStep[] = [];
  /** All states that were met, equal ones and all. */
  met = 0;
  /** Moments at which power was cut. */
  cuts = 0;
  /** The disks that were recovered; each of the others differs from one of them only in bytes that nobody reads. */
  readonly recovered = new FingerprintSet();
  /** New disks that were alike to a recovered one, and those of them that were recovered all the same. */
  alike = 0;
  audited = 0;
  /** Recoveries that ended with an answer, and by the code of their error those that did not. */
  opened = 0;
  readonly refused: Record<string, number> = {};
  protected readonly options: CrashExplorerOptions;
  /** By the fingerprint that alike disks share: what was shown, and how deep its recovery was crashed. */
  readonly #judged = new Map<number, Judged>();
  readonly #points = new Set<number>();
  readonly #left = new Set<number>();

  constructor(options: CrashExplorerOptions = {}) {
    this.options = options;
  }

  get isDone(): boolean {
    return this.failures.length >= (this.options.failures ?? 1);
  }

  judgedAs(alike: number): Judged | undefined {
    return this.#judged.get(alike);
  }

  noteJudged(alike: number, judged: Judged): void {
    this.#judged.set(alike, judged);
  }

  /** Whether a moment is met that no other was like: in what is visible, durable and pending, and in what may be shown. */
  isNewPoint({ disk, acknowledged }: Point, legal: readonly string[]): boolean {
    return isNewIn(this.#points, fingerprint.mix(disk.stateMark(), fingerprint.ofText(JSON.stringify([acknowledged, legal]))));
  }

  /** Whether a disk that a recovery left is looked at for the first time, with all that is pending on it, after it showed this. */
  isNewLeft(disk: SimulatedDisk, shown: string): boolean {
    return isNewIn(this.#left, fingerprint.mix(disk.stateMark(), fingerprint.ofText(shown)));
  }

  fail(experiment: string, events: readonly CrashEvent[], complaint: string): void {
    if (!this.isDone) this.failures.push({ experiment, events, complaint });
  }
}

function isNewIn(marks: Set<number>, mark: number): boolean {
  const before = marks.size;
  return marks.add(mark).size > before;
}
