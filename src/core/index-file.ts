import { isAscii, isUtf8 } from 'node:buffer';
import { createHash, hash as digest } from 'node:crypto';
import { canonicalJson, deepFreeze, whyNotCanonical } from './canonical-json.js';
import { isCatalogError } from './errors.js';
import {
  Block,
  checkForm,
  type FleetCollectionName,
  type FleetRecords,
  type Generation,
  maxRecords,
  placesOfBlocks,
  type Versioned,
} from './generation.js';
import { collisionKey, compareUtf8 } from './ids.js';
import { plainLine } from './plain-line.js';

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
  return withRecords(head, body.subarray(lineEnd + 1));
}

const lineBreakByte = 0x0a;
const commaByte = 0x2c;
const lineBreak = Buffer.from('\n');
const comma = Buffer.from(',');
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

/** The lines of records as they lie in the file, and where each begins. */
interface Lines<C extends FleetCollectionName> {
  readonly head: Head<C>;
  readonly bytes: Buffer;
  /** One more than there are lines: behind the last one it ends. */
  readonly starts: readonly number[];
}

function withRecords<C extends FleetCollectionName>(head: Head<C>, bytes: Buffer): DecodedIndex<C> {
  if (bytes.byteLength > 0 && bytes.at(-1) !== lineBreakByte) return damaged('its last record has no line end');
  const lines: Lines<C> = { head, bytes, starts: startsOfLines(bytes) };
  const count = lines.starts.length - 1;
  if (count > maxRecords) return damaged(`it has ${count} records, more than ${maxRecords}`);
  const blocks: Block<FleetRecords[C]>[] = [];
  const seen = new SeenIds();
  for (const { from, to } of placesOfBlocks(count)) {
    const block = readBlock(lines, from, to);
    if (typeof block === 'string') return damaged(block);
    for (const [place, { record }] of block.versioned.entries()) {
      const reason = seen.whyNot(record.id);
      if (reason !== undefined) return damaged(`record ${from + place + 1}: ${reason}`);
    }
    blocks.push(block);
  }
  const { collection, revision, commit, recent } = head;
  return { kind: 'intact', generation: { collection, revision, commit, recent, blocks, names: seen.names } };
}

function startsOfLines(bytes: Buffer): readonly number[] {
  const starts = [0];
  for (let end = bytes.indexOf(lineBreakByte); end !== -1; end = bytes.indexOf(lineBreakByte, end + 1)) starts.push(end + 1);
  return starts;
}

/** Ids as they come: in their order, and none that cannot be told from one before it (CAT-REC-1007). */
class SeenIds {
  /** From collision key to id, of those that are not their own keys. */
  readonly names = new Map<string, string>();
  readonly #plain = new Set<string>();
  #previous: string | undefined;

  whyNot(id: string): string | undefined {
    if (this.#previous !== undefined && compareUtf8(this.#previous, id) >= 0) return 'its id is out of order';
    this.#previous = id;
    const key = collisionKey(id);
    if (this.names.has(key) || (key !== id && this.#plain.has(key))) return 'its id collides with another';
    if (key === id) this.#plain.add(id);
    else this.names.set(key, id);
    return undefined;
  }
}

/** Some neighbouring records; what is wrong with the first that is. */
function readBlock<C extends FleetCollectionName>(lines: Lines<C>, from: number, to: number): Block<FleetRecords[C]> | string {
  const { bytes, starts } = lines;
  const versioned = plainRecords(lines, from, to) ?? recordsOneByOne(lines, from, to);
  if (typeof versioned === 'string') return versioned;
  const own = bytes.subarray(starts[from], starts[to]);
  // The last record has no comma.
  const isLast = to === starts.length - 1;
  return new Block(versioned, { bytes: isLast ? Buffer.concat([own.subarray(0, -1), comma, lineBreak]) : own });
}

/** Where the text of a line ends, before its comma and line break; `undefined` where a comma is missing, or one too many. */
function endOfLine({ bytes, starts }: Lines<FleetCollectionName>, place: number): number | undefined {
  const lineEnd = (starts[place + 1] as number) - 1;
  const isLast = place === starts.length - 2;
  const hasComma = lineEnd > (starts[place] as number) && bytes[lineEnd - 1] === commaByte;
  return hasComma === isLast ? undefined : lineEnd - Number(hasComma);
}

/** All of them at once, where each is surely canonical and has the form of its collection. */
function plainRecords<C extends FleetCollectionName>(
  lines: Lines<C>,
  from: number,
  to: number,
): readonly Versioned<FleetRecords[C]>[] | undefined {
  const { head, bytes, starts } = lines;
  const revisions: number[] = [];
  const pieces: string[] = [];
  const encoding = isAscii(bytes.subarray(starts[from], starts[to])) ? 'latin1' : 'utf8';
  let taken = starts[from] as number;
  for (let place = from; place < to; place++) {
    const end = endOfLine(lines, place);
    const plain = end === undefined ? undefined : plainLine(bytes, starts[place] as number, end);
    if (plain === undefined || !(plain.revision >= 1 && plain.revision <= head.revision)) return undefined;
    revisions.push(plain.revision);
    pieces.push(bytes.toString(encoding, taken, plain.cutFrom));
    taken = plain.cutTo;
  }
  pieces.push(bytes.toString(encoding, taken, endOfLine(lines, to - 1)));
  const records = JSON.parse(`[${pieces.join('')}]`) as FleetRecords[C][];
  try {
    for (const record of records) checkForm(head.collection, record);
  } catch (error) {
    if (isCatalogError(error)) return undefined;
    throw error;
  }
  return records.map((record, place) => Object.freeze({ record: deepFreeze(record), revision: revisions[place] as number }));
}

function recordsOneByOne<C extends FleetCollectionName>(
  lines: Lines<C>,
  from: number,
  to: number,
): readonly Versioned<FleetRecords[C]>[] | string {
  const all: Versioned<FleetRecords[C]>[] = [];
  for (let place = from; place < to; place++) {
    const end = endOfLine(lines, place);
    if (end === undefined) return `record ${place + 1}: a comma stands after all records but the last`;
    const record = recordOf(lines.head, lines.bytes.toString('utf8', lines.starts[place], end));
    if (typeof record === 'string') return `record ${place + 1}: ${record}`;
    all.push(record);
  }
  return all;
}

/** CAT-IDX-1117: a line must be its own canonical encoding, which rules out duplicate keys and numbers that are not exact. */
function recordOf<C extends FleetCollectionName>(
  { collection, revision: newest }: Head<C>,
  line: string,
): Versioned<FleetRecords[C]> | string {
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
  const { revision, ...record } = parsed;
  if (typeof revision !== 'number' || !Number.isSafeInteger(revision) || revision < 1 || revision > newest)
    return 'its revision is not one of this index';
  try {
    checkForm(collection, record);
    return Object.freeze({ record: deepFreeze(record), revision });
  } catch (error) {
    if (isCatalogError(error)) return error.message;
    throw error;
  }
}

function damaged(reason: string): { readonly kind: 'damaged'; readonly reason: string } {
  return { kind: 'damaged', reason };
}
