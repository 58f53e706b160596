/** Sequences from one to another, both included. */
export interface SequenceRange {
  readonly from: number;
  readonly to: number;
}

/** The ranges in their order, each as long as can be: those that overlap or touch are one. */
export function merged(ranges: readonly SequenceRange[]): readonly SequenceRange[] {
  const inOrder = [...ranges].sort((a, b) => a.from - b.from);
  const found: SequenceRange[] = [];
  for (const range of inOrder) {
    const last = found.at(-1);
    if (last === undefined || range.from > last.to + 1) found.push(range);
    else found[found.length - 1] = { from: last.from, to: Math.max(last.to, range.to) };
  }
  return found;
}

/** As far as they go up to a sequence. */
export function rangesUpTo(last: number, ranges: readonly SequenceRange[]): readonly SequenceRange[] {
  return ranges.filter(({ from }) => from <= last).map(({ from, to }) => ({ from, to: Math.min(to, last) }));
}

/** Whether a sequence lies in one of some merged ranges. */
export function isWithin(ranges: readonly SequenceRange[], sequence: number): boolean {
  let [low, high] = [0, ranges.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const range = ranges[middle];
    if (range === undefined || sequence < range.from) high = middle;
    else if (sequence > range.to) low = middle + 1;
    else return true;
  }
  return false;
}
