import { canonicalJson } from '../core/canonical-json.js';
import type { Trace } from './trace.js';

/** `traceability.json`: members in one order, an item a line, the same bytes for the same trace (CAT-TRC-5101). */
export function jsonOf(trace: Trace): string {
  const members = Object.entries(trace).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{\n${members.map(([name, value]) => `${JSON.stringify(name)}:${memberText(value)}`).join(',\n')}\n}\n`;
}

function memberText(value: unknown): string {
  if (!Array.isArray(value) || value.length === 0) return canonicalJson(value);
  return `[\n${value.map((item) => canonicalJson(item)).join(',\n')}\n]`;
}
