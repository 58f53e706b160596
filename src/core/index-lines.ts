import { isAscii } from 'node:buffer';
import { canonicalJson, deepFreeze, whyNotCanonical } from './canonical-json.js';
import { isCatalogError } from './errors.js';
import {
  Block,
  checkForm,
  type FleetCollectionName,
  type FleetRecords,
  find,
  type Generation,
  maxRecords,
  placesOfBlocks,
  type Versioned,
} from './generation.js';
import { collisionKey, compareUtf8 } from './ids.js';
import { type PlainLine, plainLine } from './plain-line.js';

/** What the first line of an index says. */
export type Head<C extends FleetCollectionName> = Pick<Generation<FleetRecords[C]>, 'revision' | 'commit' | 'recent'> & {
  readonly collection: C;
};

/** The lines of an index, judged: each is canonical and of a revision of the index, and their ids rise and do not collide. */
export interface Lines<C extends FleetCollectionName> {
  readonly head: Head<C>;
  readonly bytes: Buffer;
  /** One more than there are lines: behind the last one it ends. */
  readonly starts: readonly number[];
  /** Of each line what is known of it; the record itself where it had to be parsed to be judged. */
  readonly known: readonly (PlainLine | Versioned<FleetRecords[C]>)[];
}

const lineBreakByte = 0x0a;
const commaByte = 0x2c;
const lineEnd = Buffer.from(',\n');

/** Judges the lines of records; what is wrong with the first that is. */
export function judgedLines<C extends FleetCollectionName>(head: Head<C>, bytes: Buffer): Lines<C> | string {
  if (bytes.byteLength > 0 && bytes.at(-1) !== lineBreakByte) return 'its last record has no line end';
  const starts = startsOfLines(bytes);
  const count = starts.length - 1;
  if (count > maxRecords) return `it has ${count} records, more than ${maxRecords}`;
  const known: (PlainLine | Versioned<FleetRecords[C]>)[] = [];
  const lines = { head, bytes, starts, known };
  const ids = new SeenIds(bytes, known);
  for (let place = 0; place < count; place++) {
    const end = endOfLine(lines, place);
    if (end === undefined) return `record ${place + 1}: a comma stands after all records but the last`;
    const start = starts[place] as number;
    const plain = plainLine(bytes, start, end);
    const isPlain = plain !== undefined && plain.revision >= 1 && plain.revision <= head.revision;
    const line = isPlain ? plain : recordOf(head, bytes.toString('utf8', start, end));
    const reason = typeof line === 'string' ? line : ids.whyNot(line);
    if (typeof line === 'string' || reason !== undefined) return `record ${place + 1}: ${reason}`;
    known.push(line);
  }
  return lines;
}

/** All records of an index; what is wrong with the first that is. */
export function wholeGeneration<C extends FleetCollectionName>(lines: Lines<C>): Generation<FleetRecords[C]> | string {
  const blocks: Block<FleetRecords[C]>[] = [];
  const names = new Map<string, string>();
  for (const { from, to } of placesOfBlocks(lines.known.length)) {
    const versioned = recordsTogether(lines, from, to) ?? recordsOneByOne(lines, from, to);
    if (typeof versioned === 'string') return versioned;
    blocks.push(new Block(versioned, { bytes: bytesOf(lines, from, to) }));
    for (const { record } of versioned) {
      const key = collisionKey(record.id);
      if (key !== record.id) names.set(key, record.id);
    }
  }
  return { ...lines.head, blocks, names };
}

/** Whoever looks for more than so many records reads all of them. */
const fewLooks = 16;

/** A generation whose lines are judged, and whose records are read when they are asked for. */
export class UnreadGeneration<C extends FleetCollectionName> implements Generation<FleetRecords[C]> {
  readonly collection: C;
  readonly revision: number;
  readonly commit: string;
  readonly recent: readonly string[];
  readonly #refuse: (reason: string) => Error;
  #lines: Lines<C> | undefined;
  #whole: Generation<FleetRecords[C]> | undefined;
  #looks = 0;

  constructor(lines: Lines<C>, refuse: (reason: string) => Error) {
    const { collection, revision, commit, recent } = lines.head;
    this.collection = collection;
    this.revision = revision;
    this.commit = commit;
    this.recent = recent;
    this.#lines = lines;
    this.#refuse = refuse;
  }

  get blocks(): Generation<FleetRecords[C]>['blocks'] {
    return this.#read().blocks;
  }

  get names(): ReadonlyMap<string, string> {
    return this.#read().names;
  }

  find(id: string): Versioned<FleetRecords[C]> | undefined {
    if (this.#lines === undefined || this.#looks++ >= fewLooks) return find(this.#read(), id);
    const place = placeOf(this.#lines, id);
    const found = place === undefined ? [] : recordsOneByOne(this.#lines, place, place + 1);
    if (typeof found === 'string') throw this.#refuse(found);
    return found[0];
  }

  #read(): Generation<FleetRecords[C]> {
    if (this.#lines === undefined) return this.#whole as Generation<FleetRecords[C]>;
    const whole = wholeGeneration(this.#lines);
    if (typeof whole === 'string') throw this.#refuse(whole);
    this.#whole = whole;
    this.#lines = undefined;
    return whole;
  }
}

function startsOfLines(bytes: Buffer): readonly number[] {
  const starts = [0];
  for (let end = bytes.indexOf(lineBreakByte); end !== -1; end = bytes.indexOf(lineBreakByte, end + 1)) starts.push(end + 1);
  return starts;
}

/** Where the text of a line ends, before its comma and line break; `undefined` where a comma is missing, or one too many. */
function endOfLine({ bytes, starts }: Pick<Lines<FleetCollectionName>, 'bytes' | 'starts'>, place: number): number | undefined {
  const end = (starts[place + 1] as number) - 1;
  const isLast = place === starts.length - 2;
  const hasComma = end > (starts[place] as number) && bytes[end - 1] === commaByte;
  return hasComma === isLast ? undefined : end - Number(hasComma);
}

/** Ids as they come: in the order of their bytes, and none that cannot be told from one before it (CAT-REC-1007). */
class SeenIds {
  readonly #bytes: Buffer;
  /** The lines before. */
  readonly #seen: readonly (PlainLine | Versioned<{ readonly id: string }>)[];
  /** The collision keys of all, from the first on that is not its own key: before that order tells enough. */
  #keys: Set<string> | undefined;

  constructor(bytes: Buffer, seen: readonly (PlainLine | Versioned<{ readonly id: string }>)[]) {
    this.#bytes = bytes;
    this.#seen = seen;
  }

  whyNot(line: PlainLine | Versioned<{ readonly id: string }>): string | undefined {
    const before = this.#seen.at(-1);
    if (before !== undefined && !this.#rises(before, line)) return 'its id is out of order';
    if (this.#keys === undefined && 'idFrom' in line && isOwnKey(this.#bytes, line)) return undefined;
    this.#keys ??= new Set(this.#seen.map((one) => idOf(this.#bytes, one)));
    const key = collisionKey(idOf(this.#bytes, line));
    if (this.#keys.has(key)) return 'its id collides with another';
    this.#keys.add(key);
    return undefined;
  }

  #rises(before: PlainLine | Versioned<{ readonly id: string }>, line: PlainLine | Versioned<{ readonly id: string }>): boolean {
    if (!('idFrom' in before && 'idFrom' in line)) return compareUtf8(idOf(this.#bytes, before), idOf(this.#bytes, line)) < 0;
    const [one, other] = [before.idTo - before.idFrom, line.idTo - line.idFrom];
    for (let at = 0; at < one && at < other; at++) {
      const difference = (this.#bytes[before.idFrom + at] as number) - (this.#bytes[line.idFrom + at] as number);
      if (difference !== 0) return difference < 0;
    }
    return one < other;
  }
}

function idOf(bytes: Buffer, line: PlainLine | Versioned<{ readonly id: string }>): string {
  return 'idFrom' in line ? bytes.toString('utf8', line.idFrom, line.idTo) : line.record.id;
}

/** Of ASCII without upper case, which is surely its own collision key. */
function isOwnKey(bytes: Buffer, { idFrom, idTo }: PlainLine): boolean {
  for (let at = idFrom; at < idTo; at++) {
    const byte = bytes[at] as number;
    if (byte > 0x7e || (byte >= 0x41 && byte <= 0x5a)) return false;
  }
  return true;
}

/** Where the line of an id is. */
function placeOf({ bytes, known }: Lines<FleetCollectionName>, id: string): number | undefined {
  let [low, high] = [0, known.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const order = compareUtf8(idOf(bytes, known[middle] as PlainLine), id);
    if (order === 0) return middle;
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return undefined;
}

/** Some neighbouring lines, each with a comma. */
function bytesOf({ bytes, starts, known }: Lines<FleetCollectionName>, from: number, to: number): Buffer {
  const own = bytes.subarray(starts[from], starts[to]);
  // The last record of all has none.
  return to === known.length ? Buffer.concat([own.subarray(0, -1), lineEnd]) : own;
}

/** Some neighbouring records, parsed together, where each has the form of its collection. */
function recordsTogether<C extends FleetCollectionName>(
  lines: Lines<C>,
  from: number,
  to: number,
): readonly Versioned<FleetRecords[C]>[] | undefined {
  const { head, bytes, starts, known } = lines;
  const plain = known.slice(from, to).filter((line) => 'idFrom' in line);
  if (plain.length < to - from) return undefined;
  const encoding = isAscii(bytes.subarray(starts[from], starts[to])) ? 'latin1' : 'utf8';
  const pieces: string[] = [];
  let taken = starts[from] as number;
  for (const { cutFrom, cutTo } of plain) {
    pieces.push(bytes.toString(encoding, taken, cutFrom));
    taken = cutTo;
  }
  pieces.push(bytes.toString(encoding, taken, endOfLine(lines, to - 1)));
  const records = JSON.parse(`[${pieces.join('')}]`) as FleetRecords[C][];
  if (!records.every((record) => hasForm(head.collection, record))) return undefined;
  return records.map((record, nth) => Object.freeze({ record: deepFreeze(record), revision: (plain[nth] as PlainLine).revision }));
}

function hasForm(collection: FleetCollectionName, record: object): boolean {
  try {
    checkForm(collection, record);
    return true;
  } catch (error) {
    if (isCatalogError(error)) return false;
    throw error;
  }
}

function recordsOneByOne<C extends FleetCollectionName>(
  lines: Lines<C>,
  from: number,
  to: number,
): readonly Versioned<FleetRecords[C]>[] | string {
  const { head, bytes, starts, known } = lines;
  const all: Versioned<FleetRecords[C]>[] = [];
  for (let place = from; place < to; place++) {
    const line = known[place] as PlainLine | Versioned<FleetRecords[C]>;
    const record = 'idFrom' in line ? recordOf(head, bytes.toString('utf8', starts[place], endOfLine(lines, place))) : line;
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
