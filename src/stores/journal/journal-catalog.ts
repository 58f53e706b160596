import { resolve } from 'node:path';
import { refusal } from '../../core/errors.js';
import type { EngineEntry, ModelEntry } from '../../core/records.js';
import { asCatalogError } from '../../disk/failure.js';
import { canonicalPath } from '../../disk/folders.js';
import { type Clock, hostOf, type Random } from '../../disk/host.js';
import { type Disk, type DiskProgram, run, stat } from '../../disk/program.js';
import { defaultDisk } from '../../disk/real-disk.js';
import type { Gate } from '../../journal/gates.js';
import { checkDirectory } from '../../journal/settings.js';
import type { SnapshotReport } from '../../journal/snapshot.js';
import { Platform, type PlatformOptions } from '../../platform/platform.js';
import type { CatalogStore, Collection, Snapshot, StoreClaims } from '../catalog-store.js';
import type { DoctorOptions, DoctorReport } from '../fs/examine.js';
import { type KnownRoot, knownRoot } from '../fs/known-root.js';
import { rootFile } from '../fs/place.js';
import { checkRootPath, checkSafeRoot } from '../fs/safe-root.js';
import {
  type Difference,
  differences,
  type HistoryEntry,
  type HistoryOptions,
  type KeepsHistory,
  type Moment,
  type PastState,
} from '../history.js';
import { checkAfter } from '../watch-generations.js';
import { copyCatalog } from './copy-catalog.js';
import { examineJournalRoot } from './examine-journal.js';
import { type FollowedChange, follow } from './follower.js';
import { beforeNewest, entriesAfter, stateAt } from './history.js';
import { JournalCollection } from './journal-collection.js';
import { JournalRoot } from './journal-root.js';
import type { OpenRecords } from './open-records.js';
import { type CatalogPolicy, gatesOf } from './policy.js';
import { readPolicy } from './policy-file.js';

/** Where the journal is and how it is kept; the clock, randomness and the disk may be given. */
export interface JournalCatalogOptions extends PlatformOptions {
  root: string;
  /** Writes nothing and takes no lock; a put is `ReadOnly`. */
  readOnly?: boolean;
  /** How long a writer waits for the others before it is `JournalLocked`; 10,000 by default. */
  lockTimeoutMs?: number;
  /** How large the files of its journal become; 16 MiB by default. */
  segmentMaxBytes?: number;
  /** Use a root that others can write to, or that is another user's, which is else `UnsafeRoot` (CAT-SEC-6002). */
  allowUnsafeRoot?: boolean;
  /** Asked before every change, after those of the policy that lies in the root when it is opened (CAT-HIS-3603). */
  gates?: readonly Gate[];
  clock?: Clock;
  random?: Random;
  disk?: Disk;
}

/** What ends the following, and whether it ends by itself with what is there now. */
export interface FollowOptions {
  signal?: AbortSignal;
  /** Whether it ends where there is nothing new. */
  isOnce?: boolean;
}

/** So many entries of a history are read at a time. */
const entriesAtOnce = 256;

/**
 * The catalog of one machine as a journal that keeps its history (CAT-HIS): every change is an event, and the records are what the
 * newest events say. Several handles, in one process or in many, may be open on one root, and all of them see one sequence.
 */
export class JournalCatalog implements CatalogStore, KeepsHistory {
  readonly name = 'journal';
  readonly models: Collection<ModelEntry>;
  readonly engines: Collection<EngineEntry>;
  readonly #root: JournalRoot;
  readonly #models: JournalCollection<'models'>;
  readonly #engines: JournalCollection<'engines'>;

  private constructor(root: JournalRoot) {
    this.#root = root;
    this.#models = new JournalCollection(root, 'models');
    this.#engines = new JournalCollection(root, 'engines');
    this.models = this.#models;
    this.engines = this.#engines;
  }

  /**
   * Opens a root, which need not exist: it is made by the first write. A writing open puts right what a killed writer left. Throws
   * `StoreMismatch` for the root of another store, `JournalLocked` while somebody has its journal for himself, and `CorruptSegment`.
   */
  static async open(options: JournalCatalogOptions): Promise<JournalCatalog> {
    const { root, disk = defaultDisk, readOnly = false, lockTimeoutMs = 10_000, segmentMaxBytes, gates = [] } = checked(options);
    const { allowUnsafeRoot = false } = options;
    try {
      const host = hostOf(disk, options);
      const path = await run(canonicalPath(resolve(root)), disk);
      if (!allowUnsafeRoot) await run(checkSafeRoot(path, host), disk);
      const platform = new Platform({ directory: path, host, witness: rootFile(path) }, options);
      await run(platform.atOpen({ readOnly }), disk);
      const { policy = {}, known } = await run(lookAtRoot(path, readOnly), disk);
      const opened = new JournalRoot({
        ...{ root: path, known, platform, disk, host, readOnly, lockTimeoutMs, segmentMaxBytes, allowUnsafeRoot },
        gates: [...gatesOf(policy), ...gates],
      });
      await opened.begin();
      return new JournalCatalog(opened);
    } catch (error) {
      throw asCatalogError(error, `could not open the catalog in ${root}`);
    }
  }

  get claims(): StoreClaims {
    return {
      durable: this.platform.durable,
      multiProcess: true,
      watch: 'every',
      history: true,
      gapless: false,
      levels: ['core', 'crash', 'concurrency', 'history'],
    };
  }

  /** The root without links, as an absolute path. */
  get root(): string {
    return this.#root.path;
  }

  get platform(): Platform {
    return this.#root.platform;
  }

  /** Makes the root where there is none, as the first write would. */
  prepare(): Promise<void> {
    return this.#root.writing(nothing);
  }

  /**
   * CAT-IDX-1116: for who removes something and lacks the room for it: gives the reserve to the disk; whether there was one.
   * `delete` does so itself.
   */
  releaseReserve(): Promise<boolean> {
    return this.#root.releaseReserve();
  }

  /** Makes the reserve again if there is room, as each commit does; fails nobody. */
  async keepReserve(): Promise<void> {
    if (this.#root.isClosed || this.#root.readOnly) return;
    await this.#root.keepReserve();
  }

  /** Looks the root over, and changes nothing: its journal, what a dead writer left, and what is weaker here than it should be. */
  doctor({ tryDisk = !this.#root.readOnly }: DoctorOptions = {}): Promise<DoctorReport> {
    this.#root.checkOpen();
    const { path: root, host, platform } = this.#root;
    const examined = examineJournalRoot({ root, platform, host, mayTry: tryDisk });
    return this.#root.alone('could not examine the catalog in', () => this.#root.run(examined));
  }

  snapshot(): Promise<Snapshot> {
    return this.#root.reading((records) => this.#snapshotOf(records));
  }

  /** CAT-HIS-3602: who changed what, when, why and because of what, in that order; those of one id, or of all. */
  async *history({ limit = Number.POSITIVE_INFINITY, newest, ...options }: HistoryOptions = {}): AsyncGenerator<HistoryEntry> {
    checkAfter(options.after);
    let [after, left] = [options.after ?? 0, limit];
    if (newest !== undefined) {
      const wanted = { id: options.id, limit: checkedCount(newest) };
      after = Math.max(after, await this.#root.reading((records) => beforeNewest(records, wanted)));
    }
    while (left > 0) {
      const wanted = { ...options, after, limit: Math.min(left, entriesAtOnce) };
      const { entries, position, isEnd } = await this.#root.reading((records) => entriesAfter(records, wanted));
      yield* entries;
      if (isEnd) return;
      after = position;
      left -= entries.length;
    }
  }

  /** CAT-HIS-3602: all records as they were at a revision, or at a time. */
  at(moment: Moment): Promise<PastState> {
    return this.#root.reading((records) => stateAt(records, moment));
  }

  /**
   * A copy of the catalog with its history that opens by itself (CAT-JRN-3503), in a directory that is missing or empty; durable when it
   * resolves. The bytes of models are not in it. Throws `AlreadyExists`, `InvalidArgument` and what the disk says.
   */
  async copyTo(directory: string): Promise<SnapshotReport> {
    const asked = resolve(checkDirectory(directory));
    return this.#root.reading((records) => this.#copied(records, asked));
  }

  /** What became of each record from one moment to another; to now unless told. */
  async diff(before: Moment, after?: Moment): Promise<readonly Difference[]> {
    const now = await this.snapshot();
    return differences(await this.at(before), after === undefined ? now : await this.at(after));
  }

  /**
   * CAT-HIS-3605: the changes of models that the follower of this name has not committed yet, and those to come: at least once, across
   * restarts. With `isOnce` it ends where there is nothing new.
   */
  follow(name: string, options: FollowOptions = {}): AsyncGenerator<FollowedChange<ModelEntry>> {
    const { signal = new AbortController().signal, isOnce = false } = options;
    return follow(this.#root, 'models', { name, signal, isOnce });
  }

  /** As `follow`, of engines; a name follows the one or the other. */
  followEngines(name: string, options: FollowOptions = {}): AsyncGenerator<FollowedChange<EngineEntry>> {
    const { signal = new AbortController().signal, isOnce = false } = options;
    return follow(this.#root, 'engines', { name, signal, isOnce });
  }

  async close(): Promise<void> {
    await Promise.all([this.#models.close(), this.#engines.close()]);
    await this.#root.close();
  }

  *#copied(records: OpenRecords, asked: string): DiskProgram<SnapshotReport> {
    return yield* copyCatalog(records, this.#root.path, yield* canonicalPath(asked), this.#root.host);
  }

  *#snapshotOf(records: OpenRecords): DiskProgram<Snapshot> {
    const models = yield* this.#models.newestIn(records);
    const engines = yield* this.#engines.newestIn(records);
    return {
      models: [...models.records],
      engines: [...engines.records],
      revision: { models: models.revision, engines: engines.revision },
      durable: models.durable && engines.durable && this.platform.durable === 'full',
      close: () => {},
    };
  }
}

function checkedCount(newest: number): number {
  if (Number.isSafeInteger(newest) && newest >= 0) return newest;
  throw refusal('InvalidArgument', `newest is a number of entries, not ${String(newest)}`, { argument: 'newest' });
}

function* nothing(): DiskProgram<void> {}

interface FoundRoot {
  readonly known: KnownRoot | undefined;
  /** Whoever only reads needs none. */
  readonly policy?: CatalogPolicy | undefined;
}

function* lookAtRoot(root: string, readOnly: boolean): DiskProgram<FoundRoot> {
  const found = yield* stat(root);
  if (found === undefined) return { known: undefined };
  if (found.type !== 'directory') throw refusal('InvalidArgument', `${root} is not a directory`);
  const known = yield* knownRoot(root, 'journal', { readOnly });
  return { known, policy: readOnly ? undefined : yield* readPolicy(root) };
}

function checked(options: JournalCatalogOptions): JournalCatalogOptions {
  checkRootPath(options.root);
  return options;
}
