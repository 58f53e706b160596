import { createHash } from 'node:crypto';
import { canonicalJson, deepFreeze, whyNotCanonical } from './canonical-json.js';
import { isCatalogError } from './errors.js';
import {
  checkedRecord,
  type FleetCollectionName,
  type FleetRecords,
  type Generation,
  generationOf,
  maxRecords,
  type StoredRecord,
} from './generation.js';
import { collisionKey, compareUtf8 } from './ids.js';

/** The version of the format that this code writes; FORMAT.md shows its bytes. */
export const indexVersion = 1;
export const maxIndexBytes = 512 * 1024 * 1024;

/** What bytes are found to be. A codec never throws for bytes: damage is a result. */
export type DecodedIndex<C extends FleetCollectionName> =
  | { readonly kind: 'intact'; readonly generation: Generation<FleetRecords[C]> }
  | { readonly kind: 'newer'; readonly version: number; readonly revision: number }
  | { readonly kind: 'damaged'; readonly reason: string };

/** The index file of a generation, in pieces for one gathered write; the blocks that did not change are the same bytes as before. */
export function encodeIndex(generation: Generation<{ id: string }>): { readonly chunks: readonly Uint8Array[]; readonly size: number } {
  const chunks: Uint8Array[] = [Buffer.from(firstLine(generation))];
  for (const [place, block] of generation.blocks.entries()) {
    // The last record has no comma.
    if (place < generation.blocks.length - 1) chunks.push(block.bytes);
    else chunks.push(block.bytes.subarray(0, -2), lineBreak);
  }
  const hash = createHash('sha256');
  for (const chunk of chunks) hash.update(chunk);
  chunks.push(Buffer.from(lastLine(hash.digest('hex'))));
  return { chunks, size: chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0) };
}

/**
 * Reads an index file. Checked in this order: form of the last line, checksum, first line, version, records (CAT-IDX-1105,
 * 1106): nothing is parsed before its bytes are known to be those that were written.
 */
export function decodeIndex<C extends FleetCollectionName>(collection: C, bytes: Buffer): DecodedIndex<C> {
  if (bytes.byteLength > maxIndexBytes) return damaged(`it has ${bytes.byteLength} bytes, more than ${maxIndexBytes}`);
  const bodySize = bytes.byteLength - lastLineBytes;
  if (bodySize <= 0) return damaged(bytes.byteLength === 0 ? 'it is empty' : 'it is too short');
  const expected = lastLine(createHash('sha256').update(bytes.subarray(0, bodySize)).digest('hex'));
  const found = bytes.subarray(bodySize).toString('latin1');
  if (!lastLineForm.test(found)) return damaged('its last line is not a checksum');
  if (found !== expected) return damaged('its checksum does not match its bytes');
  const body = textOf(bytes.subarray(0, bodySize));
  if (body === undefined) return damaged('it is not UTF-8');
  const lineEnd = body.indexOf('\n');
  const head = firstLineOf(collection, body.slice(0, lineEnd));
  if (typeof head === 'string') return damaged(head);
  if (head.version > indexVersion) return { kind: 'newer', version: head.version, revision: head.revision };
  if (head.version !== indexVersion) return damaged(`its version is ${head.version}`);
  return withRecords(collection, head, body.slice(lineEnd + 1));
}

const lineBreak = Buffer.from('\n');
const lastLineBytes = Buffer.byteLength(lastLine('0'.repeat(64)));
const lastLineForm = /^\],"checksum":"sha256:[0-9a-f]{64}"\}\n$/;
const token = '[A-Za-z0-9_-]{22}';
const number = '(0|[1-9][0-9]{0,15})';

function firstLine(generation: Generation<{ id: string }>): string {
  const { collection, revision, commit, recent } = generation;
  const tokens = recent.map((one) => `"${one}"`).join(',');
  return `{"schema":"catalog-core/${collection}","version":${indexVersion},"revision":${revision},"commit":"${commit}","recent":[${tokens}],"${collection}":[\n`;
}

function lastLine(checksum: string): string {
  return `],"checksum":"sha256:${checksum}"}\n`;
}

interface Head<C extends FleetCollectionName> {
  readonly collection: C;
  readonly version: number;
  readonly revision: number;
  readonly commit: string;
  readonly recent: readonly string[];
}

function firstLineOf<C extends FleetCollectionName>(collection: C, line: string): Head<C> | string {
  const form = new RegExp(
    `^\\{"schema":"catalog-core/${collection}","version":${number},"revision":${number},"commit":"(${token})","recent":\\[((?:"${token}"(?:,"${token}")*)?)\\],"${collection}":\\[$`,
  );
  const match = form.exec(line);
  if (!match) return `its first line is not that of catalog-core/${collection}`;
  const [, version = '', revision = '', commit = '', tokens = ''] = match;
  if (!Number.isSafeInteger(Number(revision))) return 'its revision is beyond 2^53-1';
  const recent = tokens === '' ? [] : tokens.split(',').map((quoted) => quoted.slice(1, -1));
  return { collection, version: Number(version), revision: Number(revision), commit, recent };
}

function withRecords<C extends FleetCollectionName>(collection: C, head: Head<C>, text: string): DecodedIndex<C> {
  if (text !== '' && !text.endsWith('\n')) return damaged('its last record has no line end');
  const lines = text === '' ? [] : text.slice(0, -1).split('\n');
  if (lines.length > maxRecords) return damaged(`it has ${lines.length} records, more than ${maxRecords}`);
  const all: StoredRecord<FleetRecords[C]>[] = [];
  const names = new Set<string>();
  let previous: string | undefined;
  for (const [place, whole] of lines.entries()) {
    const isLast = place === lines.length - 1;
    if (whole.endsWith(',') === isLast) return damaged(`record ${place + 1}: a comma stands after all records but the last`);
    const record = recordOf(collection, isLast ? whole : whole.slice(0, -1), head.revision);
    if (typeof record === 'string') return damaged(`record ${place + 1}: ${record}`);
    const { id } = record.versioned.record;
    if (previous !== undefined && compareUtf8(previous, id) >= 0) return damaged(`record ${place + 1}: its id is out of order`);
    if (names.size === names.add(collisionKey(id)).size) return damaged(`record ${place + 1}: its id collides with another`);
    previous = id;
    all.push(record);
  }
  return { kind: 'intact', generation: generationOf(head, all) };
}

/** CAT-IDX-1117: a line must be its own canonical encoding, which rules out duplicate keys and numbers that are not exact. */
function recordOf<C extends FleetCollectionName>(collection: C, line: string, newest: number): StoredRecord<FleetRecords[C]> | string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return 'it is not JSON';
  }
  const reason = whyNotCanonical(parsed);
  if (reason) return `it ${reason}`;
  if (canonicalJson(parsed) !== line) return 'it is not in canonical form';
  if (typeof parsed !== 'object' || parsed === null || !('revision' in parsed)) return 'it has no revision';
  const { revision, ...rest } = parsed;
  if (typeof revision !== 'number' || !Number.isSafeInteger(revision) || revision < 1 || revision > newest)
    return 'its revision is not one of this index';
  try {
    return { versioned: Object.freeze({ record: deepFreeze(checkedRecord(collection, rest)), revision }), line };
  } catch (error) {
    if (isCatalogError(error)) return error.message;
    throw error;
  }
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function damaged(reason: string): { readonly kind: 'damaged'; readonly reason: string } {
  return { kind: 'damaged', reason };
}
