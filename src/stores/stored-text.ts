import { canonicalJson } from '../core/canonical-json.js';
import { type CatalogError, isCatalogError, refusal } from '../core/errors.js';
import { checkedRecord, type FleetCollectionName, type FleetRecords, type Versioned } from '../core/generation.js';

/** The text under which a server keeps a record: RFC 8785. `EntryTooLarge` above what the store takes. */
export function textOf(record: { readonly id: string }, maxEntryBytes: number): string {
  const text = canonicalJson(record);
  const bytes = Buffer.byteLength(text);
  if (bytes <= maxEntryBytes) return text;
  const message = `${JSON.stringify(record.id)} has ${bytes} bytes, and a record has at most ${maxEntryBytes}`;
  throw refusal('EntryTooLarge', message, { id: record.id, bytes, max_bytes: maxEntryBytes });
}

export interface StoredText {
  readonly id: string;
  readonly text: string;
  readonly revision: number;
}

/** The record of a text; `IndexCorrupt` for what no catalog wrote. */
export function recordIn<C extends FleetCollectionName>(collection: C, stored: StoredText): Versioned<FleetRecords[C]> {
  const { id, text, revision } = stored;
  const record = parsed(collection, id, text);
  if (record.id !== id) throw corrupt(collection, id, `it is the record of ${JSON.stringify(record.id)}`);
  return Object.freeze({ record, revision });
}

/** A time that a server tells in milliseconds since 1970, as ISO 8601; `IndexCorrupt` for what is none. */
export function timeIn(ms: unknown): string {
  const time = new Date(Number(ms));
  if (Number.isNaN(time.getTime()))
    throw refusal('IndexCorrupt', `the server tells a time that is none: ${String(ms)}`, { reason: 'no time' });
  return time.toISOString();
}

function parsed<C extends FleetCollectionName>(collection: C, id: string, text: string): FleetRecords[C] {
  try {
    return checkedRecord(collection, JSON.parse(text));
  } catch (error) {
    if (!(error instanceof SyntaxError) && !isCatalogError(error)) throw error;
    throw corrupt(collection, id, error.message);
  }
}

function corrupt(collection: FleetCollectionName, id: string, reason: string): CatalogError {
  return refusal('IndexCorrupt', `the record ${JSON.stringify(id)} of ${collection} cannot be read: ${reason}`, {
    path: `${collection}/${id}`,
    reason,
  });
}
