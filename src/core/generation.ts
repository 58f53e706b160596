// Over 300 lines: the arithmetic of one generation: its records, changes and verdicts belong together.
import { canonicalJson, deepFreeze, liesCanonical } from './canonical-json.js';
import { type CatalogError, refusal } from './errors.js';
import type { Holding } from './holding.js';
import { collisionKey, compareUtf8 } from './ids.js';
import {
  checkEngine,
  checkedEngine,
  checkedHolding,
  checkedModel,
  checkHolding,
  checkModel,
  type EngineEntry,
  type ModelEntry,
} from './records.js';

/** A record, and the revision that its last change made. */
export interface Versioned<R> {
  readonly record: R;
  /** Of the commit that last changed this record. */
  readonly revision: number;
}

export interface CollectionRecords {
  models: ModelEntry;
  engines: EngineEntry;
}
export type CollectionName = keyof CollectionRecords;

/** What the catalog of a fleet has beside those of a machine. */
export interface FleetRecords extends CollectionRecords {
  holdings: Holding;
}
export type FleetCollectionName = keyof FleetRecords;

/** A record with the line that stands for it in the index file. */
export interface StoredRecord<R> {
  readonly versioned: Versioned<R>;
  readonly line: string;
}

/** One published version of a collection: an immutable value. Its records are in the order of the UTF-8 bytes of their ids. */
export interface Generation<R extends { id: string }> {
  readonly collection: FleetCollectionName;
  readonly revision: number;
  /** The random token of the commit that made it, and those of the last 64 revisions before it, newest first. */
  readonly commit: string;
  readonly recent: readonly string[];
  readonly blocks: readonly Block<R>[];
  /** From collision key to id (CAT-REC-1007), of the ids that are not their own keys. */
  readonly names: ReadonlyMap<string, string>;
  /** Of one whose records were not read: finds a record without reading all of them. */
  readonly find?: (id: string) => Versioned<R> | undefined;
}

export type Mutation<R> =
  | { readonly type: 'put'; readonly record: R; readonly ifRevision?: number | 'absent' | undefined }
  | { readonly type: 'delete'; readonly id: string; readonly ifRevision?: number | undefined };

export type Verdict<R> =
  | { readonly kind: 'put'; readonly versioned: Versioned<R> }
  | { readonly kind: 'deleted'; readonly existed: boolean }
  | { readonly kind: 'refused'; readonly error: CatalogError };

/** CAT-IDX-1117 */
export const maxRecords = 1_000_000;
const recordsPerBlock = 64;
const recentTokens = 64;
const separator = ',\n';
const lineBreak = 0x0a;

/** Some neighbouring records, with their lines joined once: an unchanged block costs a commit nothing but its bytes. */
export class Block<R> {
  readonly versioned: readonly Versioned<R>[];
  #bytes: Buffer | undefined;
  /** As long as they were not joined. */
  #lines: readonly Buffer[] | undefined;

  constructor(versioned: readonly Versioned<R>[], { bytes, lines }: { readonly bytes?: Buffer; readonly lines?: readonly Buffer[] }) {
    this.versioned = versioned;
    this.#bytes = bytes;
    this.#lines = lines;
  }

  static of<R>(records: readonly StoredRecord<R>[]): Block<R> {
    const lines = records.map(({ line }) => Buffer.from(line + separator));
    return new Block(
      records.map(({ versioned }) => versioned),
      { lines },
    );
  }

  get firstId(): string {
    return idOf(this.versioned[0]);
  }

  /** Its lines, each followed by a comma and a line break. */
  get bytes(): Buffer {
    this.#bytes ??= Buffer.concat(this.#lines ?? []);
    this.#lines = undefined;
    return this.#bytes;
  }

  /** Its records, each with its line. */
  get records(): readonly StoredRecord<R>[] {
    const lines = this.#split();
    return this.versioned.map((versioned, place) => ({ versioned, line: textOf(lines[place]) }));
  }

  /** With other records in the place of some; divided where that makes it too large, and nothing where none is left. */
  with(from: number, to: number, by: readonly StoredRecord<R>[]): readonly Block<R>[] {
    const added = Block.of(by);
    const lines = this.#split();
    return Block.#divided(
      [...this.versioned.slice(0, from), ...added.versioned, ...this.versioned.slice(to)],
      [...lines.slice(0, from), ...added.#split(), ...lines.slice(to)],
    );
  }

  static #divided<R>(versioned: readonly Versioned<R>[], lines: readonly Buffer[]): readonly Block<R>[] {
    if (lines.length === 0) return [];
    if (lines.length <= 2 * recordsPerBlock) return [new Block(versioned, { lines })];
    return placesOfBlocks(lines.length).map(({ from, to }) => new Block(versioned.slice(from, to), { lines: lines.slice(from, to) }));
  }

  #split(): readonly Buffer[] {
    if (this.#lines !== undefined) return this.#lines;
    const { bytes } = this;
    const lines: Buffer[] = [];
    for (let start = 0, end = 0; start < bytes.byteLength; start = end) {
      end = bytes.indexOf(lineBreak, start) + 1;
      lines.push(bytes.subarray(start, end));
    }
    return lines;
  }
}

function textOf(line: Buffer | undefined): string {
  return line === undefined ? '' : line.toString('utf8', 0, line.byteLength - separator.length);
}

/** From which record to before which one each block goes. */
export function placesOfBlocks(count: number): readonly { readonly from: number; readonly to: number }[] {
  return Array.from({ length: Math.ceil(count / recordsPerBlock) }, (_, nth) => {
    return { from: nth * recordsPerBlock, to: Math.min((nth + 1) * recordsPerBlock, count) };
  });
}

/** CAT-REC-1007, 1001: the form of a record in each collection. */
export function checkedRecord<C extends FleetCollectionName>(collection: C, record: unknown): FleetRecords[C] {
  return checks[collection](record);
}

/** The same of what was parsed from JSON, and is nobody else's. */
export function parsedRecord<C extends FleetCollectionName>(collection: C, parsed: unknown): FleetRecords[C] {
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed) || !liesCanonical(parsed))
    return checkedRecord(collection, parsed);
  checkForm(collection, parsed);
  return deepFreeze(parsed);
}

/** The same form, of what was parsed from its canonical text and is nobody else's. */
export function checkForm<C extends FleetCollectionName>(collection: C, record: object): asserts record is FleetRecords[C] {
  const form: (record: object) => void = forms[collection];
  form(record);
}

const checks: { readonly [N in FleetCollectionName]: (record: unknown) => FleetRecords[N] } = {
  models: checkedModel,
  engines: checkedEngine,
  holdings: checkedHolding,
};

const forms: { readonly [N in FleetCollectionName]: (record: object) => void } = {
  models: checkModel,
  engines: checkEngine,
  holdings: checkHolding,
};

/** CAT-IDX-1109: what a caller may expect; anything else is `InvalidArgument`. */
export function checkExpectedRevision(ifRevision: number | 'absent' | undefined): void {
  if (ifRevision === undefined || ifRevision === 'absent' || (Number.isSafeInteger(ifRevision) && ifRevision >= 0)) return;
  throw refusal('InvalidArgument', `ifRevision is a revision or 'absent', not ${String(ifRevision)}`);
}

/** The generation before the first change of a collection. */
export function emptyGeneration<R extends { id: string }>(collection: FleetCollectionName, commit: string): Generation<R> {
  return { collection, revision: 0, commit, recent: [], blocks: [], names: new Map() };
}

/** A generation from records in their order; that order and the absence of collisions are the caller's to check. */
export function generationOf<R extends { id: string }>(
  head: Pick<Generation<R>, 'collection' | 'revision' | 'commit' | 'recent'>,
  records: readonly StoredRecord<R>[],
): Generation<R> {
  const blocks = placesOfBlocks(records.length).map(({ from, to }) => Block.of(records.slice(from, to)));
  return { ...head, blocks, names: new Map(oddNames(records.map(({ versioned }) => versioned.record.id))) };
}

/** Of ids that are not their own collision keys, each with its key. */
export function* oddNames(ids: readonly string[]): Generator<readonly [key: string, id: string]> {
  for (const id of ids) {
    const key = collisionKey(id);
    if (key !== id) yield [key, id];
  }
}

export function stored<R extends { id: string }>(record: R, revision: number): StoredRecord<R> {
  return { versioned: Object.freeze({ record, revision }), line: canonicalJson({ ...record, revision }) };
}

/** The record of this id with its revision, if the generation has it. */
export function find<R extends { id: string }>(generation: Generation<R>, id: string): Versioned<R> | undefined {
  if (generation.find !== undefined) return generation.find(id);
  const block = generation.blocks[blockFor(generation.blocks, id)];
  if (!block) return undefined;
  const found = block.versioned[positionOf(block.versioned, id)];
  return found?.record.id === id ? found : undefined;
}

const listed = new WeakMap<object, readonly Versioned<unknown>[]>();

/** All records, in an array of the caller's own. */
export function records<R extends { id: string }>(generation: Generation<R>): Versioned<R>[] {
  const known = listed.get(generation) as readonly Versioned<R>[] | undefined;
  const all = known ?? generation.blocks.flatMap(({ versioned }) => versioned);
  if (known === undefined) listed.set(generation, all);
  return all.slice();
}

/**
 * The next generation after these mutations, each judged in turn, and what became of each: a refused one changes nothing and
 * does not fail its neighbours (CAT-IDX-1110). `next` is absent when nothing changed.
 */
export function afterMutations<R extends { id: string }>(
  base: Generation<R>,
  mutations: readonly Mutation<R>[],
  commit: string,
): { readonly next: Generation<R> | undefined; readonly verdicts: readonly Verdict<R>[] } {
  const draft = new Draft(base);
  const verdicts = mutations.map((mutation) => (mutation.type === 'put' ? put(draft, mutation) : remove(draft, mutation)));
  if (!draft.changed) return { next: undefined, verdicts };
  const recent = [base.commit, ...base.recent].slice(0, recentTokens);
  const head = { collection: base.collection, revision: draft.revision, commit, recent };
  return { next: { ...head, blocks: draft.blocks, names: draft.names }, verdicts };
}

/** Whether a commit token is among those that a generation tells of; `unknown` when its list does not reach back that far. */
export function tokenIn(generation: Generation<{ id: string }>, token: string, revision: number): 'present' | 'absent' | 'unknown' {
  if (generation.commit === token || generation.recent.includes(token)) return 'present';
  return generation.revision - generation.recent.length <= revision ? 'absent' : 'unknown';
}

/** A generation while it is being changed: copies of what changes, the same objects for what does not. */
class Draft<R extends { id: string }> {
  readonly revision: number;
  readonly collection: FleetCollectionName;
  blocks: Block<R>[];
  names: ReadonlyMap<string, string>;
  changed = false;
  #ownNames = false;

  constructor(base: Generation<R>) {
    this.revision = base.revision + 1;
    this.collection = base.collection;
    this.blocks = [...base.blocks];
    this.names = base.names;
  }

  get count(): number {
    return this.blocks.reduce((sum, { versioned }) => sum + versioned.length, 0);
  }

  find(id: string): Versioned<R> | undefined {
    return find(
      { collection: this.collection, revision: this.revision, commit: '', recent: [], blocks: this.blocks, names: this.names },
      id,
    );
  }

  /** The record whose id cannot be told from this one, be it this one or another. */
  namesake(id: string): Versioned<R> | undefined {
    const key = collisionKey(id);
    return this.find(this.names.get(key) ?? key);
  }

  set(record: R): Versioned<R> {
    const entry = stored(record, this.revision);
    this.#name(record.id, record.id);
    this.#replace(record.id, [entry]);
    return entry.versioned;
  }

  delete(id: string): void {
    this.#name(id, undefined);
    this.#replace(id, []);
  }

  #name(id: string, bearer: string | undefined): void {
    const key = collisionKey(id);
    if (key === id || this.names.get(key) === bearer) return;
    const names = this.#ownNames ? (this.names as Map<string, string>) : new Map(this.names);
    if (bearer === undefined) names.delete(key);
    else names.set(key, bearer);
    this.names = names;
    this.#ownNames = true;
  }

  #replace(id: string, by: readonly StoredRecord<R>[]): void {
    this.changed = true;
    const at = Math.max(0, blockFor(this.blocks, id));
    const before = this.blocks[at] ?? Block.of<R>([]);
    const position = positionOf(before.versioned, id);
    const there = before.versioned[position]?.record.id === id ? 1 : 0;
    this.blocks.splice(at, 1, ...before.with(position, position + there, by));
  }
}

function put<R extends { id: string }>(draft: Draft<R>, mutation: Mutation<R> & { type: 'put' }): Verdict<R> {
  const { record, ifRevision } = mutation;
  const current = draft.find(record.id);
  const conflict = revisionConflict(record.id, ifRevision, current);
  if (conflict) return refused(conflict);
  const namesake = current ?? draft.namesake(record.id);
  if (namesake !== undefined && namesake.record.id !== record.id) return refused(nameTaken(record.id, namesake.record));
  if (namesake === undefined && draft.count >= maxRecords) {
    return refused(refusal('EntryTooLarge', `a collection holds at most ${maxRecords} records`));
  }
  return { kind: 'put', versioned: draft.set(record) };
}

function remove<R extends { id: string }>(draft: Draft<R>, mutation: Mutation<R> & { type: 'delete' }): Verdict<R> {
  const { id, ifRevision } = mutation;
  const current = draft.find(id);
  const conflict = revisionConflict(id, ifRevision, current);
  if (conflict) return refused(conflict);
  if (current === undefined) return { kind: 'deleted', existed: false };
  draft.delete(id);
  return { kind: 'deleted', existed: true };
}

/** CAT-IDX-1109: what keeps a record from being changed that is not at the revision that its caller saw. */
export function revisionConflict(
  id: string,
  expected: number | 'absent' | undefined,
  current: Pick<Versioned<unknown>, 'revision'> | undefined,
): CatalogError | undefined {
  const actual = current?.revision ?? 'absent';
  if (expected === undefined || expected === actual) return undefined;
  return refusal('RevisionConflict', `${JSON.stringify(id)} is at ${actual}, not at ${expected}`, { expected, actual });
}

/** CAT-REC-1007: what keeps a record from being stored whose id cannot be told from that of another. */
export function nameTaken(id: string, stored: { readonly id: string } | undefined): CatalogError {
  return refusal('AlreadyExists', `${JSON.stringify(id)} cannot be told from ${JSON.stringify(stored?.id)}, which is there`, {
    stored,
    id,
  });
}

function refused<R>(error: CatalogError): Verdict<R> {
  return { kind: 'refused', error };
}

function idOf(versioned: Versioned<unknown> | undefined): string {
  return (versioned as Versioned<{ id: string }>).record.id;
}

/** The place of the last block that does not begin after the id; -1 when all do. */
function blockFor(blocks: readonly Block<unknown>[], id: string): number {
  return firstPlace(blocks.length, (place) => compareUtf8((blocks[place] as Block<unknown>).firstId, id) > 0) - 1;
}

/** The place of the first record that does not come before the id. */
function positionOf(all: readonly Versioned<{ id: string }>[], id: string): number {
  return firstPlace(all.length, (place) => compareUtf8(idOf(all[place]), id) >= 0);
}

/** The first place from 0 to `length` where a condition holds that stays true once it is; `length` when it never does. */
function firstPlace(length: number, holds: (place: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
