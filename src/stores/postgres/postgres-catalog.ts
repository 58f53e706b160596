import type { Client } from 'pg';
import { refusal } from '../../core/errors.js';
import type { Holding } from '../../core/holding.js';
import { knownOnly, type MembersOf } from '../../core/known-members.js';
import type { EngineEntry, ModelEntry } from '../../core/records.js';
import { hostOf } from '../../disk/host.js';
import { defaultDisk } from '../../disk/real-disk.js';
import type { Collection, StoreClaims } from '../catalog-store.js';
import type { FleetLeases, FleetRevisions, FleetStore } from '../fleet-store.js';
import { type Difference, differences, type HistoryEntry, type HistoryOptions, type Moment, type PastState } from '../history.js';
import { unreachableMsByDefault } from '../passing.js';
import { SeenHistory } from '../seen-history.js';
import { checkAfter } from '../watch-generations.js';
import type { CommitPoint, Committing } from './committing.js';
import { Feed } from './feed.js';
import { PostgresLeases } from './leases.js';
import { Link } from './link.js';
import { Listening } from './listening.js';
import { beforeNewest, entriesAfter, forgetOld, raiseFloor, removeSome, stateAt } from './past.js';
import { placeOf } from './place.js';
import { changesAtOnce, PostgresCollection, type Shared } from './postgres-collection.js';
import { revisionsOf } from './revisions.js';
import { type Tables, tablesOf } from './schema.js';
import { durabilityOf } from './server-checks.js';
import type { Making } from './session.js';

/** Which database the catalog is in, and how its server is waited for. */
export interface PostgresCatalogOptions {
  /** `postgres://user@host:port/database[?schema=…]`; of several hosts, with commas, the one that takes writes. */
  readonly url: string;
  /** Where the tables are, made by who comes first; by default what `?schema=` of the URL says, else `catalog`. */
  readonly schema?: string | undefined;
  readonly readOnly?: boolean | undefined;
  /** How long the server may be away before callers are told; 30,000 by default. */
  readonly unreachableMs?: number | undefined;
  /** How often who watches looks for what the server did not tell; 1,000 by default. */
  readonly lookEveryMs?: number | undefined;
  /** Called at each moment of a commit, for the conformance kit. */
  readonly at?: ((point: CommitPoint) => void) | undefined;
}

const known = {
  ...{ url: true, schema: true, readOnly: true, unreachableMs: true, lookEveryMs: true, at: true },
} satisfies MembersOf<PostgresCatalogOptions>;

/** What a record has at most, as text. */
const maxEntryBytes = 8 * 1024 * 1024;
const entriesAtOnce = 256;

/**
 * The catalog of a fleet in PostgreSQL, 13 or later (CAT-FLT-7001). What it acknowledged is durable on the server; revisions are one
 * sequence of all collections without a gap. While the server is away its callers wait, and go on when it is back.
 */
export class PostgresCatalog implements FleetStore {
  readonly name = 'postgres';
  readonly changesInOrder = changesAtOnce;
  readonly models: Collection<ModelEntry>;
  readonly engines: Collection<EngineEntry>;
  readonly holdings: Collection<Holding>;
  readonly leases: FleetLeases;
  readonly #parts: Parts;
  readonly #collections: readonly { close(): Promise<void> }[];
  readonly #readOnly: boolean;
  #isClosed = false;

  private constructor(parts: Parts, readOnly: boolean) {
    [this.#parts, this.#readOnly] = [parts, readOnly];
    const shared: Shared = { ...parts, checkOpen: () => this.#checkOpen(), checkWritable: () => this.#checkWritable() };
    const models = new PostgresCollection(shared, 'models');
    const engines = new PostgresCollection(shared, 'engines');
    const holdings = new PostgresCollection(shared, 'holdings');
    [this.models, this.engines, this.holdings] = [models, engines, holdings];
    this.#collections = [models, engines, holdings];
    this.leases = new PostgresLeases(parts.reading, parts.tables, shared);
  }

  /**
   * Connects, and makes the tables where there are none. Throws `WeakServer` for a server that would lose what it acknowledged
   * (CAT-FLT-7005), `SchemaVersionUnsupported` for tables of a newer version, `Unsupported` where the package `pg` is not installed,
   * `PermissionDenied`, and `IoError` where the server cannot be reached.
   */
  static async open(options: PostgresCatalogOptions): Promise<PostgresCatalog> {
    const parts = partsOf(knownOnly('PostgresCatalog.open', options, known));
    try {
      await parts.reading.use(async () => {});
      return new PostgresCatalog(parts, options.readOnly ?? false);
    } catch (error) {
      await parts.reading.close();
      throw error;
    }
  }

  /** `durable` is `weak` where the server acknowledges before its disk has it: `synchronous_commit` is off there. */
  get claims(): StoreClaims {
    return {
      durable: this.#parts.durable(),
      multiProcess: true,
      watch: 'every',
      history: true,
      gapless: true,
      maxEntryBytes,
      levels: ['core', 'crash', 'concurrency', 'history'],
    };
  }

  get lineage(): string {
    return this.#parts.seen.lineage;
  }

  /** How far it has come, for whoever follows it (CAT-FLT-7010). */
  revisions(): Promise<FleetRevisions> {
    return this.#read((client) => revisionsOf(client, this.#parts.tables));
  }

  /** CAT-HIS-3602: who changed what, when, why and because of what, in that order; those of one id, or of all. */
  async *history({ limit = Number.POSITIVE_INFINITY, newest, id, after: given }: HistoryOptions = {}): AsyncGenerator<HistoryEntry> {
    checkAfter(given);
    const { tables } = this.#parts;
    let [after, left] = [given ?? 0, limit];
    if (newest !== undefined) {
      const count = checkedCount('newest', newest);
      after = Math.max(after, await this.#read((client) => beforeNewest(client, tables, id, count)));
    }
    while (left > 0) {
      const wanted = { id, after, limit: Math.min(left, entriesAtOnce) };
      const entries = await this.#read((client) => entriesAfter(client, tables, wanted));
      yield* entries;
      if (entries.length < wanted.limit) return;
      after = entries.at(-1)?.revision ?? after;
      left -= entries.length;
    }
  }

  /** CAT-HIS-3602: all records as they were at a revision, or at a time of the server. */
  at(moment: Moment): Promise<PastState> {
    return this.#read((client) => stateAt(client, this.#parts.tables, moment));
  }

  /** What became of each record from one moment to another; to now unless told. */
  async diff(before: Moment, after?: Moment): Promise<readonly Difference[]> {
    const was = await this.at(before);
    return differences(was, await this.#read((client) => stateAt(client, this.#parts.tables, after)));
  }

  /**
   * Keeps the story of the newest so many revisions, and of what was before them no more than what was there: who watches after an
   * earlier one is told `Compacted`. Gives the revision from which on all is kept.
   */
  async compact({ keep }: { readonly keep: number }): Promise<{ readonly floor: number }> {
    const count = checkedCount('keep', keep);
    this.#checkWritable();
    const { committing, tables } = this.#parts;
    const { link } = committing;
    const floor = await link.use((client) => raiseFloor(client, tables, count));
    // What an earlier one has left is removed, too. Who writes with this handle has his turn between any two.
    for (let after = 0; after < floor; ) {
      const from = after;
      after = await link.use((client) => removeSome(client, tables, from, floor));
    }
    await link.use((client) => forgetOld(client, tables));
    return { floor };
  }

  /** Ends the watches, when all that was asked for is done. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await Promise.all(this.#collections.map((collection) => collection.close()));
    const { reading, committing, listening, feed } = this.#parts;
    feed.close();
    await Promise.all([reading, committing.link, listening].map((one) => one.close()));
  }

  async #read<T>(work: (client: Client) => Promise<T>): Promise<T> {
    this.#checkOpen();
    return this.#parts.reading.use(work);
  }

  #checkOpen(): void {
    if (this.#isClosed) throw refusal('Closed', 'this catalog was closed');
  }

  #checkWritable(): void {
    this.#checkOpen();
    if (this.#readOnly) throw refusal('ReadOnly', 'the catalog was opened read-only');
  }
}

interface Parts {
  readonly tables: Tables;
  readonly seen: SeenHistory;
  readonly reading: Link;
  readonly committing: Committing;
  readonly listening: Listening;
  readonly feed: Feed;
  readonly durable: () => StoreClaims['durable'];
}

/** What a handle consists of; nothing is connected yet. */
function partsOf(options: PostgresCatalogOptions): Parts {
  const { url, schema, readOnly = false, unreachableMs = unreachableMsByDefault, lookEveryMs = 1_000, at = () => {} } = options;
  const place = placeOf(url, schema);
  checkedCount('unreachableMs', unreachableMs);
  checkedCount('lookEveryMs', lookEveryMs);
  const [tables, seen] = [tablesOf(place.schema), new SeenHistory()];
  let durable: StoreClaims['durable'] | undefined;
  const making: Making = {
    ...{ place, tables, seen, readOnly, unreachableMs },
    wasOpen: () => durable !== undefined,
    found: (facts) => {
      durable = durabilityOf(facts);
    },
  };
  const [reading, writing, listening] = [new Link(making), new Link(making), new Listening(making)];
  const { pid, host, command } = hostOf(defaultDisk, {}).identity;
  const committing: Committing = { link: writing, tables, author: { pid, host, command }, maxEntryBytes, seen, at };
  const feed = new Feed({ link: reading, tables, seen, listening, lookEveryMs });
  return { tables, seen, reading, committing, listening, feed, durable: () => durable ?? 'full' };
}

function checkedCount(argument: string, count: number): number {
  if (Number.isSafeInteger(count) && count >= 0) return count;
  throw refusal('InvalidArgument', `${argument} is a whole number, not ${String(count)}`, { argument });
}
