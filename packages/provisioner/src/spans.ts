/** A run of bytes of a file: from the first one to before the last one. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** These bytes and more, as few spans in the order of the file. */
export function withSpan(spans: readonly Span[], more: Span): Span[] {
  if (more.to <= more.from) return [...spans];
  const joined: Span[] = [];
  let { from, to } = more;
  for (const span of spans) {
    if (span.to < from || span.from > to) joined.push(span);
    else [from, to] = [Math.min(from, span.from), Math.max(to, span.to)];
  }
  return [...joined, { from, to }].sort((a, b) => a.from - b.from);
}

/** What of a file of so many bytes is in none of the spans, in pieces of this length at most. */
export function missingSpans(spans: readonly Span[], size: number, longest: number): Span[] {
  const missing: Span[] = [];
  let at = 0;
  for (const { from, to } of [...spans, { from: size, to: size }]) {
    for (; at < Math.min(from, size); at = Math.min(at + longest, from)) missing.push({ from: at, to: Math.min(at + longest, from, size) });
    at = Math.max(at, to);
  }
  return missing;
}

export const bytesOf = (spans: readonly Span[]): number => spans.reduce((sum, { from, to }) => sum + to - from, 0);
