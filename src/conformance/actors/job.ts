/** What a process of its own does to a store (levels crash and concurrency): handed over as JSON. */
export interface Job {
  readonly location: string;
  readonly work: Work;
  /** Where it stops of its own accord: before the n-th of its steps, counted from 1. */
  readonly stop?: { readonly before: number; readonly act: 'die' | 'hold' } | undefined;
}

export type Work =
  /** Puts so many models of this name, one after the other: `<prefix>0`, `<prefix>1`, … */
  | { readonly type: 'write'; readonly prefix: string; readonly count: number }
  /** Adds one to the size of a model, so many times, whatever others do to it. */
  | { readonly type: 'count'; readonly id: string; readonly times: number };

/** What a process tells: one line of JSON each, written before anything else happens. */
export type Told =
  | { readonly told: 'begun' }
  | { readonly told: 'asked'; readonly id: string }
  | { readonly told: 'done'; readonly id: string; readonly revision: number }
  | { readonly told: 'at'; readonly step: number; readonly what: string }
  | {
      readonly told: 'end';
      readonly steps: number;
      readonly used: 'disk' | 'points' | 'neither';
      /** The points that were named, each with the step at which it came first. */
      readonly points: readonly (readonly [string, number])[];
    }
  | { readonly told: 'failed'; readonly message: string };

/** It tells on the one descriptor, and is let go on the other, whose end is its own end. */
export const [telling, told] = [3, 4];
