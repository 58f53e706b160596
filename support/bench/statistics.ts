/** What many measures of one thing say: the middle one, and between which eight of ten lie. */
export interface Spread {
  readonly median: number;
  /** One of ten is lower. */
  readonly low: number;
  /** One of ten is higher. */
  readonly high: number;
}

export interface Point {
  readonly n: number;
  readonly cost: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  return { median: quantile(sorted, 0.5), low: quantile(sorted, 0.1), high: quantile(sorted, 0.9) };
}

/** Between two neighbours on the straight line that joins them. */
function quantile(sorted: readonly number[], part: number): number {
  if (sorted.length === 0) throw new Error('nothing was measured');
  const place = part * (sorted.length - 1);
  const [below = 0, above = 0] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return below + (above - below) * (place - Math.floor(place));
}

/**
 * With which power of `n` a cost grows: 0 where it stays the same, 1 where it doubles with `n`. The straight line nearest to the points
 * on two logarithmic scales.
 */
export function exponentOf(points: readonly Point[]): number {
  const logs = points.map(({ n, cost }) => ({ x: Math.log(n), y: Math.log(cost) }));
  const [x, y] = [mean(logs.map((one) => one.x)), mean(logs.map((one) => one.y))];
  const across = logs.reduce((sum, one) => sum + (one.x - x) ** 2, 0);
  if (across === 0) throw new Error('a curve has points at two sizes or more');
  return logs.reduce((sum, one) => sum + (one.x - x) * (one.y - y), 0) / across;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
