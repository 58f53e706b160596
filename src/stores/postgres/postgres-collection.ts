import type { Client } from 'pg';
import type { Change } from '../../core/changes.js';
import type { FleetCollectionName, FleetRecords, Versioned } from '../../core/generation.js';
import type { Collection } from '../catalog-store.js';
import type { SeenHistory } from '../seen-history.js';
import { recordIn } from '../stored-text.js';
import type { Group } from '../waiting-changes.js';
import { WaitingCollection } from '../waiting-collection.js';
import type { WatchOptions } from '../watch-generations.js';
import { type Committing, committed } from './committing.js';
import type { Feed } from './feed.js';
import { keyOf } from './keys.js';
import type { Link } from './link.js';
import { headSeen, type Row, rowsOf } from './session.js';
import { watchFeed } from './watching.js';

/** What the collections of a handle have in common. */
export interface Shared {
  readonly reading: Link;
  readonly seen: SeenHistory;
  readonly feed: Feed;
  readonly committing: Committing;
  readonly checkOpen: () => void;
  readonly checkWritable: () => void;
}

/** So many changes of one handle are one transaction, in the order in which they were asked for. */
export const changesAtOnce = 256;

/** The records of one collection, as rows of the server. */
export class PostgresCollection<C extends FleetCollectionName> extends WaitingCollection<C> implements Collection<FleetRecords[C]> {
  readonly #shared: Shared;

  constructor(shared: Shared, collection: C) {
    super(collection, { heedsFences: true, checkWritable: shared.checkWritable });
    this.#shared = shared;
  }

  async get(id: string): Promise<Versioned<FleetRecords[C]> | undefined> {
    this.#shared.checkOpen();
    const found = await this.#shared.reading.use((client) => this.#found(client, keyOf(id)));
    return found?.id === id ? this.#versionedIn(found) : undefined;
  }

  async list(): Promise<Versioned<FleetRecords[C]>[]> {
    this.#shared.checkOpen();
    const text = `SELECT id, revision, text FROM ${this.#entry} WHERE collection = $1 ORDER BY id`;
    const { reading, seen, committing } = this.#shared;
    const found = await reading.use(async (client) => {
      await headSeen(client, committing.tables, seen);
      return rowsOf(client, text, [this.collection]);
    });
    return found.map((row) => this.#versionedIn(row));
  }

  watch(options: WatchOptions = {}): AsyncIterable<Change<FleetRecords[C]>> {
    this.#shared.checkOpen();
    const { signal, forget } = this.ending(options.signal);
    return watchFeed(this.#shared.feed, this.collection, { ...options, signal }, forget);
  }

  get #entry(): string {
    return this.#shared.committing.tables.entry;
  }

  /** The row of a key, with where the history is. */
  async #found(client: Client, key: string): Promise<Row | undefined> {
    const { seen, committing } = this.#shared;
    const mark = seen.mark();
    const text = `SELECT h.lineage, h.revision AS newest, e.id, e.revision, e.text FROM ${committing.tables.head} h
      LEFT JOIN ${this.#entry} e ON e.collection = $1 AND e.key = $2`;
    const [row] = await rowsOf(client, text, [this.collection, key]);
    if (row !== undefined) seen.take({ lineage: String(row.lineage), revision: Number(row.newest) }, mark);
    return row;
  }

  protected async commit(group: Group<FleetRecords[C]>): Promise<void> {
    const asked = [];
    for (let next = group.take(); next !== undefined; next = asked.length < changesAtOnce ? group.take() : undefined) asked.push(next);
    group.tell(await committed(this.#shared.committing, this.collection, asked));
  }

  #versionedIn(row: Row): Versioned<FleetRecords[C]> {
    return recordIn(this.collection, { id: String(row.id), text: String(row.text), revision: Number(row.revision) });
  }
}
