import type { Block } from './interleaving.js';
import { exponentOf, type Spread, spreadOf } from './statistics.js';

/** What a figure must be. */
export type Target = { readonly most: number } | { readonly least: number } | { readonly exactly: number };

/** One figure of the table of CAT-PRF: what was measured, and whether it is what was promised. */
export interface Outcome {
  /** Names what is compared and how much of it: two figures of one id may be compared. */
  readonly id: string;
  readonly subject: string;
  readonly requirement: string;
  /** In words, for people. */
  readonly says: string;
  /** Times of a peer, times as much in a second, a power of the size, or so many of something. */
  readonly measure: 'time' | 'rate' | 'exponent' | 'count';
  readonly unit?: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly target?: Target;
  readonly met?: boolean;
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
  readonly target?: Target;
  readonly remark?: string;
}

export function compared(subject: string, comparison: Comparison, blocks: readonly Block[]): Outcome {
  const { of, against, measure = 'time', ...rest } = comparison;
  const ratios = blocks.map((block) =>
    measure === 'time' ? timeOf(block, of) / timeOf(block, against) : timeOf(block, against) / timeOf(block, of),
  );
  return outcomeOf({ ...rest, subject, measure }, ratios);
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
  const met = target && meets(median, target);
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

export function meets(value: number, target: Target): boolean {
  if ('most' in target) return value <= target.most;
  return 'least' in target ? value >= target.least : value === target.exactly;
}

export function timesOf(side: string, blocks: readonly Block[]): Spread {
  return spreadOf(blocks.map((block) => timeOf(block, side)));
}

function timeOf(block: Block, side: string): number {
  const time = block[side];
  if (time === undefined) throw new Error(`no side is called ${side}: ${Object.keys(block).join(', ')}`);
  return time;
}
