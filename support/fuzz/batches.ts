import type { FuzzTarget } from './target.js';

/** Inputs of one reader, from one number to before another. */
export interface Batch {
  readonly target: string;
  readonly from: number;
  readonly to: number;
  /** Whether it is looked after each input what of the prototypes is otherwise, instead of at the end. */
  readonly isCareful?: boolean;
}

const largest = 500;

/** So many inputs, divided among readers by their weights; none gets nothing. What takes longest comes first. */
export function batchesOf(targets: readonly FuzzTarget[], inputs: number): Batch[] {
  const weights = targets.map(({ weight = 1 }) => weight);
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  let [before, given] = [0, 0];
  const shares = targets.map((target, nth) => {
    before += weights[nth] ?? 0;
    const share = Math.round((inputs * before) / all) - given;
    given += share;
    return { target, share: Math.max(1, share) };
  });
  shares.sort((a, b) => (a.target.weight ?? 1) - (b.target.weight ?? 1));
  return shares.flatMap(({ target, share }) => {
    const size = Math.min(largest, Math.max(10, Math.ceil(share / 8)));
    return Array.from({ length: Math.ceil(share / size) }, (_, nth) => {
      return { target: target.name, from: nth * size, to: Math.min(share, (nth + 1) * size) };
    });
  });
}
