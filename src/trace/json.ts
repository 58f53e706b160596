import { canonicalJson } from '../core/canonical-json.js';
import type { Trace } from './trace.js';

/** `traceability.json`: members in one order, an item a line, the same bytes for the same trace (CAT-TRC-5101). */
export function jsonOf(trace: Trace): string {
  return [...jsonPieces(trace)].join('');
}

/** The same, piece by piece: a large trace need not be one text. */
export function* jsonPieces(trace: Trace): Generator<string> {
  const members = Object.entries(trace).sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [place, [name, value]] of members.entries()) {
    yield `${place === 0 ? '{' : ','}\n${JSON.stringify(name)}:`;
    yield* Array.isArray(value) ? itemPieces(value) : [canonicalJson(value)];
  }
  yield '\n}\n';
}

function* itemPieces(items: readonly unknown[]): Generator<string> {
  for (const [place, item] of items.entries()) yield `${place === 0 ? '[' : ','}\n${canonicalJson(item)}`;
  yield items.length === 0 ? '[]' : '\n]';
}
