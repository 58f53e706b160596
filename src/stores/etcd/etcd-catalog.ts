import { refusal } from '../../core/errors.js';
import type { Holding } from '../../core/holding.js';
import type { EngineEntry, ModelEntry } from '../../core/records.js';
import type { Collection, StoreClaims } from '../catalog-store.js';
import type { FleetLeases, FleetRevisions, FleetStore } from '../fleet-store.js';
import { type Difference, differences, type HistoryEntry, type HistoryOptions, type Moment, type PastState } from '../history.js';
import { unreachableMsByDefault } from '../passing.js';
import { checkAfter } from '../watch-generations.js';
import { parseAddress } from './address.js';
import type { Point } from './commit.js';
import { type CompactReport, compactHistory } from './compacting.js';
import { Causes, EtcdCollection, maxEntryBytes } from './etcd-collection.js';
import { entriesOf, stateAt } from './etcd-history.js';
import { EtcdServer } from './etcd-server.js';
import { EventLog } from './event-log.js';
import { Feed } from './feed.js';
import { EtcdLeases } from './leases.js';
import { revisionsOf } from './revisions.js';

/** Which server and keys the catalog is in, and how the server is waited for. */
export interface EtcdCatalogOptions {
  /** `etcd://[user:password@]host:2379[,host:2379…][/prefix][?tls]`; `etcds://` is the same as `?tls`. */
  url: string;
  /** What all keys of this catalog begin with; that of the url, and `catalog` by default. */
  prefix?: string;
  /** Writes nothing, and makes no catalog; a put is `ReadOnly`. */
  readOnly?: boolean;
  /** How long the etcd may be away before who waits for it is told so with `IoError`; 30,000 by default. */
  unreachableMs?: number;
  /** How long an answer may take before the member that owes it counts as away; 10,000 by default. */
  answerMs?: number;
  /** How often watchers look whether they missed something; 1,000 by default. */
  lookEveryMs?: number;
  /** For tests: called at each of its `points`. */
  at?: (point: Point) => void;
}

/**
 * CAT-FLT-7009: the catalog of a fleet in an etcd, 3.4 or later, through its JSON gateway and without a client library. A revision is that of
 * etcd, which counts for all who use it: revisions grow, and need not follow one another. A record has at most 1 MiB.
 */
export class EtcdCatalog implements FleetStore {
  readonly name = 'etcd';
  /** Each change is a transaction of its own, and some are under way at a time. */
  readonly changesInOrder = 1;
  readonly claims: StoreClaims = {
    durable: 'full',
    multiProcess: true,
    watch: 'every',
    history: true,
    gapless: false,
    maxEntryBytes,
    levels: ['core', 'crash', 'concurrency', 'history'],
  };
  readonly models: Collection<ModelEntry>;
  readonly engines: Collection<EngineEntry>;
  readonly holdings: Collection<Holding>;
  readonly leases: FleetLeases;
  readonly #server: EtcdServer;
  readonly #log: EventLog;
  readonly #feed: Feed;
  readonly #collections: readonly { close(): Promise<void> }[];
  readonly #present: () => Promise<PastState>;
  readonly #checkWritable: () => void;

  private constructor(server: EtcdServer, { readOnly = false, lookEveryMs = 1_000, at = () => {} }: EtcdCatalogOptions) {
    this.#server = server;
    this.#log = new EventLog(server);
    this.#feed = new Feed(server, this.#log, lookEveryMs);
    this.#checkWritable = () => {
      server.checkOpen();
      if (readOnly) throw refusal('ReadOnly', 'the catalog was opened to be read only');
    };
    const shared = { server, feed: this.#feed, causes: new Causes(), checkWritable: this.#checkWritable, at };
    const [models, engines] = [new EtcdCollection('models', shared), new EtcdCollection('engines', shared)];
    const holdings = new EtcdCollection('holdings', shared);
    [this.models, this.engines, this.holdings] = [models, engines, holdings];
    this.#collections = [models, engines, holdings];
    this.#present = async () => ({ models: await models.list(), engines: await engines.list() });
    this.leases = new EtcdLeases(server, this.#checkWritable);
  }

  /**
   * Opens the catalog under a prefix, and makes it where there is none. `WeakServer` for an etcd before 3.4, `SchemaVersionUnsupported` for the
   * catalog of a newer package, `PermissionDenied` where the name or the password is not the right one, `IoError` where nobody answers,
   * or something that is no etcd.
   */
  static async open(options: EtcdCatalogOptions): Promise<EtcdCatalog> {
    const { unreachableMs = unreachableMsByDefault, answerMs = 10_000, readOnly = false } = options;
    const server = new EtcdServer(parseAddress(options.url, options.prefix), { unreachableMs, answerMs });
    try {
      await server.open({ readOnly });
    } catch (error) {
      server.close();
      throw error;
    }
    return new EtcdCatalog(server, options);
  }

  get lineage(): string {
    return this.#server.lineage;
  }

  /** How far it has come, for whoever follows it (CAT-FLT-7010). */
  revisions(): Promise<FleetRevisions> {
    return revisionsOf(this.#server);
  }

  /** CAT-HIS-3602: who changed what, when, why and because of what, in that order; those of one id, or of all. */
  async *history(options: HistoryOptions = {}): AsyncGenerator<HistoryEntry> {
    this.#server.checkOpen();
    checkAfter(options.after);
    if (options.newest !== undefined && !(Number.isSafeInteger(options.newest) && options.newest >= 0))
      throw refusal('InvalidArgument', `newest is a number of entries, not ${String(options.newest)}`, { argument: 'newest' });
    yield* entriesOf(this.#log, options);
  }

  async at(moment: Moment): Promise<PastState> {
    this.#server.checkOpen();
    return stateAt(this.#log, moment, this.#present);
  }

  async diff(before: Moment, after?: Moment): Promise<readonly Difference[]> {
    this.#server.checkOpen();
    const now = after === undefined ? await this.#present() : await this.at(after);
    return differences(await this.at(before), now);
  }

  /** Keeps the newest so many changes: who begins to watch after an earlier one is told `Compacted`. Nothing that is there goes. */
  async compact({ keep }: { readonly keep: number }): Promise<CompactReport> {
    this.#checkWritable();
    return compactHistory(this.#server, this.#log, keep);
  }

  async close(): Promise<void> {
    await Promise.all(this.#collections.map((collection) => collection.close()));
    this.#feed.close();
    this.#server.close();
  }
}
