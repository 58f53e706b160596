import { resolve } from 'node:path';
import { refusal } from '../../core/errors.js';
import { records } from '../../core/generation.js';
import type { EngineEntry, ModelEntry } from '../../core/records.js';
import type { RootFile } from '../../core/root-file.js';
import { asCatalogError } from '../../disk/failure.js';
import { canonicalPath } from '../../disk/folders.js';
import { type Clock, hostOf, type Random } from '../../disk/host.js';
import { ownerFile } from '../../disk/lock.js';
import { breakOwnerLock } from '../../disk/owner-lock.js';
import { type Disk, type DiskProgram, run, runAsOne, stat } from '../../disk/program.js';
import { defaultDisk } from '../../disk/real-disk.js';
import { readFileIfThere } from '../../disk/whole-file.js';
import { Platform, type PlatformOptions } from '../../platform/platform.js';
import type { CatalogStore, Collection, Snapshot, StoreClaims } from '../catalog-store.js';
import { type DoctorOptions, type DoctorReport, examineRoot } from './examine.js';
import { FsCollection } from './fs-collection.js';
import { FsRoot } from './fs-root.js';
import { type KnownRoot, knownRoot } from './known-root.js';
import { mend } from './mend.js';
import { indexPlace, lockFile, rootFile } from './place.js';
import { type RepairReport, repairRoot } from './repair.js';
import { makeRoom } from './room.js';
import { checkNoPolicy, collections, isMade, readRoot } from './root.js';
import { checkRootPath, checkSafeRoot } from './safe-root.js';

/** What is restored from, by default the newest intact content, and whether the lock is taken from whoever holds it. */
export interface RepairOptions {
  /** A copy of an index that was kept elsewhere. */
  from?: string | undefined;
  /** Take the lock from whoever holds it; for locks of other machines, which cannot be judged from here. */
  breakLock?: boolean | undefined;
}

/** Where the two files are and how they are kept; the clock, randomness and the disk may be given. */
export interface FsCatalogOptions extends PlatformOptions {
  root: string;
  /** Writes nothing and takes no lock; a put is `ReadOnly`. */
  readOnly?: boolean;
  /** How long a writer waits for the others before it is `Busy`; 10,000 by default. */
  lockTimeoutMs?: number;
  /** How many generations of each index are kept; 8 by default, at least 1. */
  keepGenerations?: number;
  /** Use a root that others can write to, or that is another user's, which is else `UnsafeRoot` (CAT-SEC-6002). */
  allowUnsafeRoot?: boolean;
  clock?: Clock;
  random?: Random;
  disk?: Disk;
}

/**
 * The catalog of one machine as files (CAT-IDX): acknowledged means durable, and no update is lost, whatever other processes do
 * and wherever they are killed. Several handles, in one process or in many, may be open on one root.
 */
export class FsCatalog implements CatalogStore {
  readonly name = 'fs';
  readonly models: Collection<ModelEntry>;
  readonly engines: Collection<EngineEntry>;
  readonly #root: FsRoot;
  readonly #models: FsCollection<'models'>;
  readonly #engines: FsCollection<'engines'>;

  private constructor(root: FsRoot) {
    this.#root = root;
    this.#models = new FsCollection(root, 'models');
    this.#engines = new FsCollection(root, 'engines');
    this.models = this.#models;
    this.engines = this.#engines;
  }

  /**
   * Opens a root, which need not exist: it is made by the first write. A writing open puts right what a killed writer left; on
   * a healthy catalog it changes nothing. Damage of an index is thrown by the calls that need that index.
   */
  static async open(options: FsCatalogOptions): Promise<FsCatalog> {
    const {
      root,
      disk = defaultDisk,
      readOnly = false,
      lockTimeoutMs = 10_000,
      keepGenerations = 8,
      allowUnsafeRoot = false,
    } = checked(options);
    const host = hostOf(disk, options);
    try {
      const path = await run(canonicalPath(resolve(root)), disk);
      if (!allowUnsafeRoot) await run(checkSafeRoot(path, host), disk);
      const platform = new Platform({ directory: path, host, witness: rootFile(path) }, options);
      await run(platform.atOpen({ readOnly }), disk);
      const { isThere, known } = await run(openRoot(path, readOnly), disk);
      const mends = isThere && !readOnly && (await run(platform.admitsWriting(), disk));
      if (mends) await runAsOne(platform.over(disk), (each) => mend(path, host, each));
      const given = { readOnly, lockTimeoutMs, keepGenerations, allowUnsafeRoot };
      return new FsCatalog(new FsRoot({ root: path, known, disk, host, platform, ...given }));
    } catch (error) {
      throw asCatalogError(error, `could not open the catalog in ${root}`);
    }
  }

  get claims(): StoreClaims {
    return {
      durable: this.#root.platform.durable,
      multiProcess: this.#root.multiProcess,
      watch: 'latest',
      history: false,
      gapless: true,
      levels: ['core', 'crash', 'concurrency', 'history'],
    };
  }

  get platform(): Platform {
    return this.#root.platform;
  }

  /** The root without links, as an absolute path. */
  get root(): string {
    return this.#root.path;
  }

  /** Makes the root where there is none, as the first write would. */
  async prepare(): Promise<void> {
    this.#root.checkWritable();
    try {
      await this.#root.run(this.#root.platform.beforeWriting());
      if (!(await this.#root.run(isMade(this.#root.path)))) await this.#root.locked(async () => {});
    } catch (error) {
      throw this.#root.failure(error, 'could not make the root');
    }
  }

  /**
   * CAT-IDX-1116: for who removes something and lacks the room for it: gives the reserve to the disk, or, where there is none, the
   * oldest generation that is kept beside the newest; false when there is nothing more to give. `delete` does so itself.
   */
  async releaseReserve(): Promise<boolean> {
    this.#root.checkWritable();
    try {
      if (await this.#root.run(this.#root.reserve.release())) return true;
      const places = collections.map((collection) => indexPlace(this.#root.path, collection));
      return await this.#root.locked(() => this.#root.run(makeRoom(this.#root.reserve, places)));
    } catch (error) {
      throw this.#root.failure(error, 'could not make room in');
    }
  }

  /** Makes the reserve again if there is room, as each commit does; fails nobody. */
  async keepReserve(): Promise<void> {
    if (this.#root.isClosed || this.#root.readOnly) return;
    await this.#root.run(this.#root.reserve.keep());
  }

  /** Looks the root over, and changes nothing; works where an index is damaged too. The platform is observed once. */
  async doctor({ tryDisk = !this.#root.readOnly }: DoctorOptions = {}): Promise<DoctorReport> {
    this.#root.checkOpen();
    const { path: root, host, platform } = this.#root;
    try {
      return await this.#root.run(examineRoot({ root, platform, host, mayTry: tryDisk }));
    } catch (error) {
      throw this.#root.failure(error, 'could not examine the catalog in');
    }
  }

  /**
   * CAT-IDX-1107: brings back the newest intact content of each damaged index, under a number that was never used; `from`
   * publishes a copy that was kept elsewhere. Deletes nothing; a healthy catalog stays as it is.
   */
  async repair(options: RepairOptions = {}): Promise<RepairReport> {
    this.#root.checkWritable();
    try {
      // Where nothing is there is nothing to repair, and nothing is made.
      if (options.from === undefined && !(await this.#root.run(isThere(this.#root.path))))
        return { changed: false, collections: [], missing: [] };
      if (options.breakLock) await this.#root.run(breakOwnerLock(ownerFile(lockFile(this.#root.path))));
      return await this.#root.lockedAsItIs(async () => {
        await this.#root.checkInForce();
        return this.#repair(options);
      });
    } catch (error) {
      throw this.#root.failure(error, 'could not repair the catalog in');
    }
  }

  async #repair({ from }: RepairOptions): Promise<RepairReport> {
    const bytes = from === undefined ? undefined : await this.#root.run(readFileIfThere(resolve(from)));
    if (from !== undefined && bytes === undefined) throw refusal('NotFound', `${from} is not there`, { path: from });
    const copy = from === undefined || bytes === undefined ? undefined : { path: from, bytes };
    return this.#root.run(repairRoot({ root: this.#root.path, host: this.#root.host, from: copy }));
  }

  async snapshot(): Promise<Snapshot> {
    const [models, engines] = [await this.#models.newest(), await this.#engines.newest()];
    return {
      models: records(models.generation),
      engines: records(engines.generation),
      revision: { models: models.generation.revision, engines: engines.generation.revision },
      durable: models.durable && engines.durable && this.#root.platform.durable === 'full',
      close: () => {},
    };
  }

  async close(): Promise<void> {
    this.#root.close();
    await Promise.all([this.#models.close(), this.#engines.close()]);
  }
}

/** The store that a root says it is; `undefined` where it says nothing yet. Writes nothing. */
export function* storeOfRoot(root: string): DiskProgram<RootFile | undefined> {
  return yield* readRoot(yield* canonicalPath(resolve(root)));
}

function* openRoot(root: string, readOnly: boolean): DiskProgram<{ isThere: boolean; known: KnownRoot | undefined }> {
  const found = yield* stat(root);
  if (found === undefined) return { isThere: false, known: undefined };
  if (found.type !== 'directory') throw refusal('InvalidArgument', `${root} is not a directory`);
  if (!readOnly) yield* checkNoPolicy(root);
  return { isThere: true, known: yield* knownRoot(root, 'fs', { readOnly }) };
}

function* isThere(path: string): DiskProgram<boolean> {
  return (yield* stat(path)) !== undefined;
}

function checked(options: FsCatalogOptions): FsCatalogOptions {
  const { root, lockTimeoutMs, keepGenerations } = options;
  checkRootPath(root);
  checkCount('lockTimeoutMs', lockTimeoutMs, 0);
  checkCount('keepGenerations', keepGenerations, 1);
  return options;
}

function checkCount(name: string, value: number | undefined, least: number): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= least)) return;
  throw refusal('InvalidArgument', `${name} is an integer of at least ${least}, not ${String(value)}`);
}
