import { isUtf8 } from 'node:buffer';
import { createHash, hash as digest } from 'node:crypto';
import type { FleetCollectionName, FleetRecords, Generation } from './generation.js';
import { type Head, judgedLines, type Lines, UnreadGeneration, wholeGeneration } from './index-lines.js';

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
  const lines = linesOf(collection, bytes);
  if ('kind' in lines) return lines;
  const generation = wholeGeneration(lines);
  return typeof generation === 'string' ? damaged(generation) : { kind: 'intact', generation };
}

/**
 * The same for who may want a few records: every line is judged, but of a record that is plainly canonical its members are only when it is
 * read, and then thrown as `refuse` says where they are wrong.
 */
export function openIndex<C extends FleetCollectionName>(collection: C, bytes: Buffer, refuse: (reason: string) => Error): DecodedIndex<C> {
  const lines = linesOf(collection, bytes);
  return 'kind' in lines ? lines : { kind: 'intact', generation: new UnreadGeneration(lines, refuse) };
}

/** The lines of an index; what it is found to be where these are not to be read. */
function linesOf<C extends FleetCollectionName>(collection: C, bytes: Buffer): Lines<C> | Exclude<DecodedIndex<C>, { kind: 'intact' }> {
  if (bytes.byteLength > maxIndexBytes) return damaged(`it has ${bytes.byteLength} bytes, more than ${maxIndexBytes}`);
  const bodySize = bytes.byteLength - lastLineBytes;
  if (bodySize <= 0) return damaged(bytes.byteLength === 0 ? 'it is empty' : 'it is too short');
  const expected = lastLine(digest('sha256', bytes.subarray(0, bodySize), 'hex'));
  const found = bytes.subarray(bodySize).toString('latin1');
  if (!lastLineForm.test(found)) return damaged('its last line is not a checksum');
  if (found !== expected) return damaged('its checksum does not match its bytes');
  const body = bytes.subarray(0, bodySize);
  if (!isUtf8(body)) return damaged('it is not UTF-8');
  const lineEnd = body.indexOf(lineBreakByte);
  const head = firstLineOf(collection, body.toString('utf8', 0, Math.max(0, lineEnd)));
  if (typeof head === 'string') return damaged(head);
  if (head.version > indexVersion) return { kind: 'newer', version: head.version, revision: head.revision };
  if (head.version !== indexVersion) return damaged(`its version is ${head.version}`);
  const lines = judgedLines(head, body.subarray(lineEnd + 1));
  return typeof lines === 'string' ? damaged(lines) : lines;
}

const lineBreakByte = 0x0a;
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

function firstLineOf<C extends FleetCollectionName>(collection: C, line: string): (Head<C> & { readonly version: number }) | string {
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

function damaged(reason: string): { readonly kind: 'damaged'; readonly reason: string } {
  return { kind: 'damaged', reason };
}
