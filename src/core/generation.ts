import { canonicalJson } from './canonical-json.js';
import { type CatalogError, refusal } from './errors.js';
import type { Holding } from './holding.js';
import { collisionKey, compareUtf8 } from './ids.js';
import { checkedEngine, checkedHolding, checkedModel, type EngineEntry, type ModelEntry } from './records.js';

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
  /** From collision key to id (CAT-REC-1007). */
  readonly names: ReadonlyMap<string, string>;
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
const recentTokens = 64;
const recordsPerBlock = 64;
const separator = ',\n';

/** Some neighbouring records, with their lines joined once: an unchanged block costs a commit nothing but its bytes. */
export class Block<R> {
  readonly records: readonly StoredRecord<R>[];
  #bytes: Buffer | undefined;

  constructor(records: readonly StoredRecord<R>[]) {
    this.records = records;
  }

  get firstId(): string {
    return idOf(this.records[0]);
  }

  /** Its lines, each followed by a comma and a line break. */
  get bytes(): Buffer {
    this.#bytes ??= Buffer.from(this.records.map((record) => record.line + separator).join(''));
    return this.#bytes;
  }
}

/** CAT-REC-1007, 1001: the form of a record in each collection. */
export function checkedRecord<C extends FleetCollectionName>(collection: C, record: unknown): FleetRecords[C] {
  const checks: { readonly [N in FleetCollectionName]: (record: unknown) => FleetRecords[N] } = {
    models: checkedModel,
    engines: checkedEngine,
    holdings: checkedHolding,
  };
  return checks[collection](record);
}

/** CAT-IDX-1109: what a caller may expect; anything else is `InvalidArgument`. */
export function checkExpectedRevision(ifRevision: number | 'absent' | undefined): void {
  if (ifRevision === undefined || ifRevision === 'absent' || (Number.isSafeInteger(ifRevision) && ifRevision >= 0)) return;
  throw refusal('InvalidArgument', `ifRevision is a revision or 'absent', not ${String(ifRevision)}`);
}

export function emptyGeneration<R extends { id: string }>(collection: FleetCollectionName, commit: string): Generation<R> {
  return { collection, revision: 0, commit, recent: [], blocks: [], names: new Map() };
}

/** A generation from records in their order; that order and the absence of collisions are the caller's to check. */
export function generationOf<R extends { id: string }>(
  head: Pick<Generation<R>, 'collection' | 'revision' | 'commit' | 'recent'>,
  records: readonly StoredRecord<R>[],
): Generation<R> {
  const names = new Map(records.map((record) => [collisionKey(idOf(record)), idOf(record)]));
  return { ...head, blocks: inBlocks(records), names };
}

export function stored<R extends { id: string }>(record: R, revision: number): StoredRecord<R> {
  return { versioned: Object.freeze({ record, revision }), line: canonicalJson({ ...record, revision }) };
}

export function find<R extends { id: string }>(generation: Generation<R>, id: string): Versioned<R> | undefined {
  const block = generation.blocks[blockFor(generation.blocks, id)];
  if (!block) return undefined;
  const position = positionOf(block.records, id);
  const record = block.records[position];
  return record && idOf(record) === id ? record.versioned : undefined;
}

export function* records<R extends { id: string }>(generation: Generation<R>): Generator<Versioned<R>> {
  for (const block of generation.blocks) for (const record of block.records) yield record.versioned;
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

  find(id: string): Versioned<R> | undefined {
    return find(
      { collection: this.collection, revision: this.revision, commit: '', recent: [], blocks: this.blocks, names: this.names },
      id,
    );
  }

  set(record: R): Versioned<R> {
    const entry = stored(record, this.revision);
    this.#rename((names) => names.set(collisionKey(record.id), record.id), !this.find(record.id));
    this.#replace(record.id, [entry]);
    return entry.versioned;
  }

  delete(id: string): void {
    this.#rename((names) => names.delete(collisionKey(id)), true);
    this.#replace(id, []);
  }

  #rename(change: (names: Map<string, string>) => void, needed: boolean): void {
    if (!needed) return;
    const names = this.#ownNames ? (this.names as Map<string, string>) : new Map(this.names);
    change(names);
    this.names = names;
    this.#ownNames = true;
  }

  #replace(id: string, by: readonly StoredRecord<R>[]): void {
    this.changed = true;
    const at = Math.max(0, blockFor(this.blocks, id));
    const before = this.blocks[at]?.records ?? [];
    const position = positionOf(before, id);
    const there = before[position] !== undefined && idOf(before[position]) === id ? 1 : 0;
    this.blocks.splice(at, 1, ...inBlocks([...before.slice(0, position), ...by, ...before.slice(position + there)]));
  }
}

function put<R extends { id: string }>(draft: Draft<R>, mutation: Mutation<R> & { type: 'put' }): Verdict<R> {
  const { record, ifRevision } = mutation;
  const current = draft.find(record.id);
  const conflict = revisionConflict(record.id, ifRevision, current);
  if (conflict) return refused(conflict);
  const namesake = draft.names.get(collisionKey(record.id));
  if (namesake !== undefined && namesake !== record.id) return refused(nameTaken(record.id, draft.find(namesake)?.record));
  if (namesake === undefined && draft.names.size >= maxRecords) {
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

function idOf(record: StoredRecord<unknown> | undefined): string {
  return (record as StoredRecord<{ id: string }>).versioned.record.id;
}

function inBlocks<R extends { id: string }>(all: readonly StoredRecord<R>[]): Block<R>[] {
  if (all.length === 0) return [];
  if (all.length <= 2 * recordsPerBlock) return [new Block(all)];
  const blocks: Block<R>[] = [];
  for (let start = 0; start < all.length; start += recordsPerBlock) blocks.push(new Block(all.slice(start, start + recordsPerBlock)));
  return blocks;
}

/** The place of the last block that does not begin after the id; -1 when all do. */
function blockFor(blocks: readonly Block<unknown>[], id: string): number {
  return firstPlace(blocks.length, (place) => compareUtf8((blocks[place] as Block<unknown>).firstId, id) > 0) - 1;
}

/** The place of the first record that does not come before the id. */
function positionOf(all: readonly StoredRecord<{ id: string }>[], id: string): number {
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
