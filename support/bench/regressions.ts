import type { Outcome } from './outcomes.js';
import type { Spread } from './statistics.js';

/** What was accepted of a figure, and is kept in version control. */
export type Accepted = Spread & Pick<Outcome, 'measure'>;

export interface RatiosLock {
  readonly schema: 1;
  readonly ratios: Readonly<Record<string, Accepted>>;
}

export interface Regression {
  readonly id: string;
  readonly accepted: number;
  readonly found: number;
  /** Beyond this it is a regression. */
  readonly bound: number;
}

export interface Checked {
  readonly regressions: readonly Regression[];
  /** Figures of this run that nobody has accepted. */
  readonly unknown: readonly string[];
  /** Accepted figures that this run does not have. */
  readonly unmeasured: readonly string[];
}

/** A figure that is so much worse than the accepted one is noise; where that was noisier itself, what it was, but not more than twice. */
const [leastRoom, mostRoom] = [1.25, 2] as const;
/** An exponent has another scale: its room is added. */
const exponentRoom = 0.1;

/** CAT-PRF-6401: which figures are worse than the accepted ones by more than noise. What is counted has no room. */
export function checkedAgainst(lock: RatiosLock, outcomes: readonly Outcome[]): Checked {
  const found = new Set(outcomes.map(({ id }) => id));
  return {
    regressions: outcomes.flatMap((outcome) => regressionOf(outcome, lock.ratios[outcome.id])),
    unknown: outcomes.map(({ id }) => id).filter((id) => lock.ratios[id] === undefined),
    unmeasured: Object.keys(lock.ratios).filter((id) => !found.has(id)),
  };
}

/** The lock with the figures of a run; those that it does not have stay. */
export function accepting(lock: RatiosLock, outcomes: readonly Outcome[]): RatiosLock {
  const ratios = { ...lock.ratios };
  for (const { id, measure, value, low, high } of outcomes)
    ratios[id] = { measure, median: rounded(value), low: rounded(low), high: rounded(high) };
  return { schema: 1, ratios: Object.fromEntries(Object.entries(ratios).sort(([a], [b]) => (a < b ? -1 : 1))) };
}

function regressionOf({ id, value, target }: Outcome, accepted: Accepted | undefined): Regression[] {
  if (accepted === undefined) return [];
  const isLessBetter = accepted.measure !== 'rate' && !(target !== undefined && 'least' in target);
  const bound = boundOf(accepted, isLessBetter);
  const isWorse = isLessBetter ? value > bound : value < bound;
  return isWorse ? [{ id, accepted: accepted.median, found: value, bound }] : [];
}

function boundOf({ measure, median, low, high }: Accepted, isLessBetter: boolean): number {
  if (measure === 'exponent') return median + Math.max(exponentRoom, Math.min(high - median, 2 * exponentRoom));
  if (measure === 'count') return low === high ? median : isLessBetter ? median * leastRoom : median / leastRoom;
  const noise = isLessBetter ? high / median : median / low;
  const room = Math.min(mostRoom, Math.max(leastRoom, noise));
  return isLessBetter ? median * room : median / room;
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
