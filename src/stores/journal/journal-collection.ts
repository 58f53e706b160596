import type { Change } from '../../core/changes.js';
import { type CatalogError, isCatalogError } from '../../core/errors.js';
import {
  type CollectionName,
  type CollectionRecords,
  nameTaken,
  revisionConflict,
  type Verdict,
  type Versioned,
} from '../../core/generation.js';
import { collisionKey, compareUtf8 } from '../../core/ids.js';
import { saysNoRoom } from '../../disk/failure.js';
import type { DiskProgram } from '../../disk/program.js';
import type { JournalWriter } from '../../journal/journal-writer.js';
import type { Collection } from '../catalog-store.js';
import { inRoom } from '../fs/room.js';
import type { Asked, Group } from '../waiting-changes.js';
import { WaitingCollection } from '../waiting-collection.js';
import type { WatchOptions } from '../watch-generations.js';
import { Draft, type Remembered } from './draft.js';
import { entityOf, isOf } from './entities.js';
import type { JournalRoot } from './journal-root.js';
import { KnownNames } from './known-names.js';
import type { OpenRecords } from './open-records.js';
import { changeIn, versionedIn } from './record-events.js';
import { watchChanges } from './watch-changes.js';

/** All records of a collection at once. */
export interface Newest<R> {
  readonly records: readonly Versioned<R>[];
  /** Of the last change of any. */
  readonly revision: number;
  /** Whether no power cut can take back any of it. */
  readonly durable: boolean;
}

/** All records, by the UTF-8 bytes of their ids, as of the last event that was known then. */
interface Listed<R> {
  readonly all: readonly Versioned<R>[];
  readonly revision: number;
  readonly last: number;
  readonly era: number;
}

/** So many bytes of changes go into one frame: whoever waits does not wait for more than that. */
const groupBytes = 8 * 1024 * 1024;
const rememberedOperations = 1000;
/** What is remembered of an entity without events. */
const nobody = { sequence: 0, versioned: undefined } as const;

/** The records of one collection as the newest event of each says them (CAT-HIS-3601). */
export class JournalCollection<C extends CollectionName>
  extends WaitingCollection<C, CollectionRecords[C]>
  implements Collection<CollectionRecords[C]>
{
  readonly #root: JournalRoot;
  readonly #names: KnownNames;
  readonly #remembered = new Map<string, Remembered<CollectionRecords[C]>>();
  #era = 0;
  #listed: Listed<CollectionRecords[C]> | undefined;
  /** The last event of each of the latest calls. */
  readonly #causes = new Map<string, string>();

  constructor(root: JournalRoot, collection: C) {
    super(collection, { checkWritable: () => root.checkWritable() });
    this.#root = root;
    this.#names = new KnownNames(collection);
  }

  get(id: string): Promise<Versioned<CollectionRecords[C]> | undefined> {
    return this.#root.reading((records) => this.#shown(records, this.#current(records, id)));
  }

  async list(): Promise<Versioned<CollectionRecords[C]>[]> {
    return [...(await this.newest()).records];
  }

  /** All records, the revision of the last change of any, and whether a power cut could take back some of it. */
  newest(): Promise<Newest<CollectionRecords[C]>> {
    return this.#root.reading((records) => this.newestIn(records));
  }

  watch(options: WatchOptions = {}): AsyncIterable<Change<CollectionRecords[C]>> {
    this.#root.checkOpen();
    const { signal, forget } = this.ending(options.signal);
    return watchChanges(this.#root, this.collection, { ...options, signal }, forget);
  }

  /** What is shown is durable first, where the disk allows it. */
  *#shown<T>(records: OpenRecords, program: DiskProgram<T>): DiskProgram<T> {
    yield* records.makeDurable();
    return yield* program;
  }

  /** As `newest`, of a journal that was looked at. */
  *newestIn(records: OpenRecords): DiskProgram<Newest<CollectionRecords[C]>> {
    const durableTo = yield* records.makeDurable();
    const { index, era } = records;
    if (this.#listed?.last !== index.last || this.#listed.era !== era) this.#listed = yield* this.#listedIn(records);
    const { all, revision } = this.#listed;
    return { records: all, revision, durable: durableTo >= index.last };
  }

  *#listedIn(records: OpenRecords): DiskProgram<Listed<CollectionRecords[C]>> {
    const { index, era } = records;
    const { last } = index;
    this.#forgetUnless(era);
    const entities = index.entitiesFrom(0).filter((entity) => isOf(this.collection, entity));
    const ends = entities.map((entity) => ({ entity, sequence: index.entityEnd(entity)?.sequence ?? 0 }));
    // As they lie in the journal: one read gives many.
    ends.sort((a, b) => a.sequence - b.sequence);
    const all: Versioned<CollectionRecords[C]>[] = [];
    for (const { entity } of ends) {
      const { versioned } = this.#known(records, entity) ?? (yield* this.#recalled(records, entity, { ahead: true }));
      if (versioned !== undefined) all.push(versioned);
    }
    all.sort((a, b) => compareUtf8(a.record.id, b.record.id));
    return { all, revision: ends.at(-1)?.sequence ?? 0, last, era };
  }

  *#current(records: OpenRecords, id: string): DiskProgram<Versioned<CollectionRecords[C]> | undefined> {
    const entity = entityOf(this.collection, id);
    return ofId(this.#known(records, entity) ?? (yield* this.#recalled(records, entity)), id);
  }

  /** The record of an entity as its newest event that anybody sees has it, where that was read before. */
  #known(records: OpenRecords, entity: string): Remembered<CollectionRecords[C]> | undefined {
    this.#forgetUnless(records.era);
    const end = records.index.entityEnd(entity);
    if (end === undefined) return nobody;
    const known = this.#remembered.get(entity);
    return known?.sequence === end.sequence ? known : undefined;
  }

  /** The same, read from that event. */
  *#recalled(
    records: OpenRecords,
    entity: string,
    { ahead = false }: { readonly ahead?: boolean } = {},
  ): DiskProgram<Remembered<CollectionRecords[C]>> {
    const end = records.index.entityEnd(entity);
    if (end === undefined) return nobody;
    const remembered = { sequence: end.sequence, versioned: yield* this.#seenAt(records, end.sequence, ahead) };
    this.#remembered.set(entity, remembered);
    return remembered;
  }

  *#seenAt(records: OpenRecords, newest: number, ahead: boolean): DiskProgram<Versioned<CollectionRecords[C]> | undefined> {
    for (let sequence: number | undefined = newest; sequence !== undefined; sequence = records.index.previousOf(sequence)) {
      const event = yield* records.eventAt(sequence, { ahead });
      if (event !== undefined) return versionedIn(changeIn(this.collection, event), sequence);
    }
    return undefined;
  }

  #forgetUnless(era: number): void {
    if (era === this.#era) return;
    this.#era = era;
    this.#remembered.clear();
    this.#names.forget();
  }

  protected async commit(group: Group<CollectionRecords[C]>): Promise<void> {
    const mayRelease = async () => group.isUntaken && group.waitsFor('delete') && this.#root.releaseReserve();
    const verdicts = await inRoom(() => this.#root.writing((records) => this.#committed(records, group)), mayRelease);
    if (this.#root.reserve.isDue()) await this.#root.keepReserve();
    group.tell(verdicts);
  }

  *#committed(records: OpenRecords, group: Group<CollectionRecords[C]>): DiskProgram<readonly Verdict<CollectionRecords[C]>[]> {
    const { writer } = records;
    if (writer === undefined) throw new Error('a journal that was opened to write has a writer');
    writer.checkTrusted();
    const verdicts = yield* writer.turn(() => this.#inTurn(records, writer, group));
    yield* writer.settle();
    return verdicts;
  }

  *#inTurn(
    records: OpenRecords,
    writer: JournalWriter,
    group: Group<CollectionRecords[C]>,
  ): DiskProgram<readonly Verdict<CollectionRecords[C]>[]> {
    yield* this.#root.checkInForce();
    const draft = new Draft<CollectionRecords[C]>(records, writer, this.#root);
    const asked: Asked<CollectionRecords[C]>[] = [];
    const verdicts: Verdict<CollectionRecords[C]>[] = [];
    while (draft.bytes < groupBytes) {
      const next = group.take();
      if (next === undefined) break;
      asked.push(next);
      verdicts.push(yield* this.#judged(records, draft, next));
    }
    const full = yield* this.#appended(records, writer, draft);
    return full === undefined ? verdicts : yield* this.#deletedInRoom(records, writer, asked, full);
  }

  /** CAT-IDX-1116: where there is no room for all, the reserve is given to what removes; the rest is refused. */
  *#deletedInRoom(
    records: OpenRecords,
    writer: JournalWriter,
    asked: readonly Asked<CollectionRecords[C]>[],
    full: CatalogError,
  ): DiskProgram<readonly Verdict<CollectionRecords[C]>[]> {
    if (!asked.some(isDeletion)) throw full;
    for (let mayFit = !asked.every(isDeletion); mayFit || (yield* this.#root.reserve.release()); mayFit = false) {
      const draft = new Draft<CollectionRecords[C]>(records, writer, this.#root);
      const verdicts: Verdict<CollectionRecords[C]>[] = [];
      for (const one of asked) verdicts.push(isDeletion(one) ? yield* this.#judged(records, draft, one) : { kind: 'refused', error: full });
      if ((yield* this.#appended(records, writer, draft)) === undefined) return verdicts;
    }
    throw full;
  }

  /** Appends what was drafted; what the disk says where there is no room for it, and nothing of it is left then. */
  *#appended(records: OpenRecords, writer: JournalWriter, draft: Draft<CollectionRecords[C]>): DiskProgram<CatalogError | undefined> {
    if (draft.events.length === 0) return undefined;
    try {
      yield* writer.append([...draft.opening, ...draft.events]);
    } catch (error) {
      if (!isCatalogError(error) || !saysNoRoom(error) || !writer.isTrusted) throw error;
      return error;
    }
    records.hasTold = true;
    for (const [entity, remembered] of draft.changes) this.#remembered.set(entity, remembered);
    for (const [operation, event] of draft.causes) this.#rememberCause(operation, event);
    return undefined;
  }

  /** What becomes of one change, with those before it in its group. A refused one does not fail its neighbours. */
  *#judged(
    records: OpenRecords,
    draft: Draft<CollectionRecords[C]>,
    { mutation, note }: Asked<CollectionRecords[C]>,
  ): DiskProgram<Verdict<CollectionRecords[C]>> {
    const record = mutation.type === 'put' ? mutation.record : undefined;
    const id = mutation.type === 'put' ? mutation.record.id : mutation.id;
    const entity = entityOf(this.collection, id);
    const known = draft.changed(entity) ?? this.#known(records, entity) ?? (yield* this.#recalled(records, entity));
    const current = ofId(known, id);
    const conflict = revisionConflict(id, mutation.ifRevision, current);
    if (conflict) return { kind: 'refused', error: conflict };
    if (record === undefined && current === undefined) return { kind: 'deleted', existed: false };
    if (record !== undefined && current === undefined) {
      const other = yield* this.#namesake(records, draft, id);
      if (other !== undefined) return { kind: 'refused', error: nameTaken(id, other) };
    }
    try {
      const causation = note && (draft.causes.get(note.operation_id) ?? this.#causes.get(note.operation_id));
      const versioned = draft.add(entity, { collection: this.collection, id, record, note, causation });
      return versioned === undefined ? { kind: 'deleted', existed: true } : { kind: 'put', versioned };
    } catch (error) {
      if (!isCatalogError(error)) throw error;
      return { kind: 'refused', error };
    }
  }

  *#namesake(records: OpenRecords, draft: Draft<CollectionRecords[C]>, id: string): DiskProgram<CollectionRecords[C] | undefined> {
    const mine = entityOf(this.collection, id);
    const inDraft = draft.namesake(id);
    if (inDraft !== undefined) return inDraft;
    for (const entity of this.#names.namesakes(id, records.index)) {
      if (entity === mine || draft.changed(entity) !== undefined) continue;
      const { versioned } = this.#known(records, entity) ?? (yield* this.#recalled(records, entity));
      if (versioned !== undefined && collisionKey(versioned.record.id) === collisionKey(id)) return versioned.record;
    }
    return undefined;
  }

  #rememberCause(operation: string, event: string): void {
    this.#causes.set(operation, event);
    const [oldest] = this.#causes.keys();
    if (oldest !== undefined && this.#causes.size > rememberedOperations) this.#causes.delete(oldest);
  }
}

/** An id that is no text of Unicode may have the entity of another. */
function ofId<R extends { id: string }>({ versioned }: Remembered<R>, id: string): Versioned<R> | undefined {
  return versioned?.record.id === id ? versioned : undefined;
}

function isDeletion<R>({ mutation }: Asked<R>): boolean {
  return mutation.type === 'delete';
}
