import type { Change } from '../../core/changes.js';
import { type CatalogError, isCatalogError } from '../../core/errors.js';
import { type FleetCollectionName, type FleetRecords, revisionConflict, type Verdict, type Versioned } from '../../core/generation.js';
import { checkId } from '../../core/ids.js';
import { thisProcess } from '../../disk/real-host.js';
import type { ChangeNote, Collection } from '../catalog-store.js';
import { recordIn, textOf } from '../stored-text.js';
import type { Asked, Group } from '../waiting-changes.js';
import { type Ending, WaitingCollection } from '../waiting-collection.js';
import { checkAfter, type WatchOptions } from '../watch-generations.js';
import { Commit, type Point } from './commit.js';
import type { EtcdServer } from './etcd-server.js';
import { recordParts } from './events.js';
import type { Feed } from './feed.js';
import { Forgotten } from './gateway-errors.js';
import type { KeyValue } from './wire.js';

/** CAT-FLT-7009 */
export const maxEntryBytes = 1024 * 1024;
/** So many changes of one handle are with the server at a time. */
const changesAtOnce = 16;

/** What the collections of a handle have in common. */
export interface Shared {
  readonly server: EtcdServer;
  readonly feed: Feed;
  readonly causes: Causes;
  readonly checkWritable: () => void;
  readonly at: (point: Point) => void;
}

/** The last event of each of the latest calls. */
export class Causes {
  readonly #events = new Map<string, string>();

  of(note: ChangeNote | undefined): string | undefined {
    return note && this.#events.get(note.operation_id);
  }

  remember(note: ChangeNote | undefined, eventId: string): void {
    if (note === undefined) return;
    this.#events.set(note.operation_id, eventId);
    const [oldest] = this.#events.keys();
    if (oldest !== undefined && this.#events.size > 1000) this.#events.delete(oldest);
  }
}

/** The records of one collection, each under a key of its own; its revision is etcd's of the transaction that put it. */
export class EtcdCollection<C extends FleetCollectionName> extends WaitingCollection<C> implements Collection<FleetRecords[C]> {
  readonly #shared: Shared;

  constructor(collection: C, shared: Shared) {
    super(collection, { heedsFences: true, checkWritable: shared.checkWritable });
    this.#shared = shared;
  }

  async get(id: string): Promise<Versioned<FleetRecords[C]> | undefined> {
    const { server } = this.#shared;
    server.checkOpen();
    if (!isId(id)) return undefined;
    const key = server.keys.record(this.collection, id);
    const stored = (await server.look([{ type: 'range', key }])).values.get(key);
    return stored && this.#versioned(stored);
  }

  async list(): Promise<Versioned<FleetRecords[C]>[]> {
    return (await this.listed()).records;
  }

  /** All records, and the revision of the server when they were read. */
  async listed(): Promise<{ readonly records: Versioned<FleetRecords[C]>[]; readonly revision: number }> {
    const { server } = this.#shared;
    server.checkOpen();
    for (;;) {
      try {
        const records: Versioned<FleetRecords[C]>[] = [];
        let revision = 0;
        for await (const page of server.pages(server.keys.records(this.collection), { atOnce: true })) {
          revision = page.revision;
          for (const stored of page.found) records.push(this.#versioned(stored));
        }
        return { records, revision };
      } catch (error) {
        // The server has compacted the revision at which the first page was read.
        if (!(error instanceof Forgotten)) throw error;
      }
    }
  }

  watch({ after, signal }: WatchOptions = {}): AsyncIterable<Change<FleetRecords[C]>> {
    this.#shared.server.checkOpen();
    checkAfter(after);
    // What comes after the call is told, however late the first change is asked for.
    const start = this.#shared.feed.start(after);
    start.catch(() => {});
    return this.#watched(start, this.ending(signal));
  }

  async *#watched(start: Promise<number>, { signal, closed, forget }: Ending): AsyncGenerator<Change<FleetRecords[C]>> {
    try {
      yield* this.#shared.feed.changes(this.collection, start, signal);
    } catch (error) {
      if (!closed.aborted || !isCatalogError(error, 'Closed')) throw error;
    } finally {
      forget();
    }
  }

  /** Those of one id after each other, in the order in which they were asked for; some others at the same time. */
  protected async commit(group: Group<FleetRecords[C]>): Promise<void> {
    await this.#shared.feed.begun();
    const all = [...group.takeAll()];
    const verdicts: Verdict<FleetRecords[C]>[] = [];
    const byId = new Map<string, number[]>();
    for (const [place, asked] of all.entries()) byId.set(idOf(asked), [...(byId.get(idOf(asked)) ?? []), place]);
    const lines = [...byId.values()];
    const work = async (): Promise<void> => {
      for (let line = lines.shift(); line !== undefined; line = lines.shift())
        for (const place of line) verdicts[place] = await this.#verdict(all[place] as Asked<FleetRecords[C]>);
    };
    await Promise.all(Array.from({ length: Math.min(changesAtOnce, lines.length) }, work));
    group.tell(verdicts);
  }

  async #verdict(asked: Asked<FleetRecords[C]>): Promise<Verdict<FleetRecords[C]>> {
    try {
      return await this.#judged(asked);
    } catch (error) {
      if (!isCatalogError(error)) throw error;
      return refused(error);
    }
  }

  async #judged({ mutation, note, fence }: Asked<FleetRecords[C]>): Promise<Verdict<FleetRecords[C]>> {
    const { server, causes, at } = this.#shared;
    if (mutation.type === 'delete' && !isId(mutation.id)) {
      const conflict = revisionConflict(mutation.id, mutation.ifRevision, undefined);
      return conflict === undefined ? { kind: 'deleted', existed: false } : refused(conflict);
    }
    const record = mutation.type === 'put' ? mutation.record : undefined;
    const text = record && textOf(record, maxEntryBytes);
    const { pid, host, command } = thisProcess();
    const because_of = causes.of(note);
    const commit = new Commit(server, {
      collection: this.collection,
      mutation,
      text,
      note,
      fence,
      because_of,
      by: { pid, host, command },
      at,
    });
    const outcome = await commit.outcome();
    if (outcome.kind === 'refused') return refused(outcome.error);
    if (outcome.kind === 'absent') return { kind: 'deleted', existed: false };
    causes.remember(note, outcome.eventId);
    if (record === undefined) return { kind: 'deleted', existed: true };
    return { kind: 'put', versioned: Object.freeze({ record, revision: outcome.revision }) };
  }

  #versioned({ key, value, modRevision }: KeyValue): Versioned<FleetRecords[C]> {
    const id = key.slice(this.#shared.server.keys.record(this.collection, '').length);
    return recordIn(this.collection, { id, text: recordParts(value).text, revision: modRevision });
  }
}

function refused<R>(error: CatalogError): Verdict<R> {
  return { kind: 'refused', error };
}

function idOf({ mutation }: Asked<{ id: string }>): string {
  return mutation.type === 'put' ? mutation.record.id : mutation.id;
}

/** What is no id has no key, and no record either. */
function isId(id: string): boolean {
  try {
    checkId(id);
    return true;
  } catch (error) {
    if (!isCatalogError(error, 'InvalidId')) throw error;
    return false;
  }
}
