import type { Block } from './interleaving.js';
import { exponentOf, type Spread, spreadOf } from './statistics.js';

/** What a figure must be. */
export type Target = { readonly most: number } | { readonly least: number } | { readonly exactly: number };

/** One figure of the table of CAT-PRF: what was measured, and whether it is what was promised. */
export interface Outcome {
  /** Names what is compared and how much of it: two figures of one id may be compared. */
  readonly id: string;
  readonly subject: string;
  /** The experiment that it was measured by; told in a report. */
  readonly experiment?: string;
  readonly requirement: string;
  /** In words, for people. */
  readonly says: string;
  /** The sides whose ratio it is. */
  readonly of?: string;
  readonly against?: string;
  /** Times of a peer, times as much in a second, a power of the size, or so many of something. */
  readonly measure: 'time' | 'rate' | 'exponent' | 'count';
  readonly unit?: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly target?: Target;
  readonly met?: boolean;
  /** What it would be if ours did no more than the bare system calls: no implementation comes below. */
  readonly floor?: number;
  /** Of each block. */
  readonly values: readonly number[];
  /** Where it is not met: why, and what is the least that it could be. */
  readonly remark?: string;
}

/** What of two sides is compared. */
export interface Comparison {
  readonly id: string;
  readonly requirement: string;
  readonly says: string;
  readonly of: string;
  readonly against: string;
  /** `time` unless told: how many times that of the other; `rate`: how many times as much in the same time. */
  readonly measure?: 'time' | 'rate';
  /** How many times as many operations as the other it does in a turn; 1 unless told. */
  readonly scale?: number;
  readonly target?: Target;
  readonly remark?: string;
}

/** The ratios of two sides, block by block; `floor` is the side that does no more than must be done. */
export function compared(subject: string, comparison: Comparison, blocks: readonly Block[], floor?: string): Outcome {
  const { of, against, measure = 'time', scale = 1, ...rest } = comparison;
  const ratios = (side: string, operations: number): number[] => {
    const times = blocks.map((block) => timeOf(block, side) / operations / timeOf(block, against));
    return measure === 'time' ? times : times.map((time) => 1 / time);
  };
  const least = floor === undefined || floor === against ? {} : { floor: spreadOf(ratios(floor, 1)).median };
  return outcomeOf({ ...rest, ...least, of, against, subject, measure }, ratios(of, scale));
}

/** How the cost of sides that are named by their sizes grows with them. */
export interface Growth {
  readonly id: string;
  readonly requirement: string;
  readonly says: string;
  readonly target?: Target;
  readonly remark?: string;
  /** The side of each size. */
  readonly points: readonly { readonly n: number; readonly side: string }[];
}

export function grown(subject: string, { points, ...rest }: Growth, blocks: readonly Block[]): Outcome {
  const exponents = blocks.map((block) => exponentOf(points.map(({ n, side }) => ({ n, cost: timeOf(block, side) }))));
  return outcomeOf({ ...rest, subject, measure: 'exponent' }, exponents);
}

type Told = Omit<Outcome, 'value' | 'low' | 'high' | 'met' | 'values'>;

export function outcomeOf(told: Told, values: readonly number[]): Outcome {
  const { median, low, high } = spreadOf(values);
  const { remark, target } = told;
  const met = target && meets(values, median, target);
  const { remark: _, ...rest } = told;
  return {
    ...rest,
    value: median,
    low,
    high,
    ...(met !== undefined && { met }),
    values,
    ...(remark !== undefined && met !== true && { remark }),
  };
}

/** What is counted is so every time. */
function meets(values: readonly number[], median: number, target: Target): boolean {
  if ('most' in target) return median <= target.most;
  return 'least' in target ? median >= target.least : values.every((value) => value === target.exactly);
}

export function timesOf(side: string, blocks: readonly Block[]): Spread {
  return spreadOf(blocks.map((block) => timeOf(block, side)));
}

function timeOf(block: Block, side: string): number {
  const time = block[side];
  if (time === undefined) throw new Error(`no side is called ${side}: ${Object.keys(block).join(', ')}`);
  return time;
}
