import { CatalogError, refusal } from '../../core/errors.js';
import { asCatalogError, FailedSync } from '../../disk/failure.js';
import { makeFolder } from '../../disk/folders.js';
import type { Host } from '../../disk/host.js';
import { acquireLock, type Lock, releaseLock } from '../../disk/lock.js';
import { type Disk, type DiskProgram, run, runAsOne } from '../../disk/program.js';
import type { Platform } from '../../platform/platform.js';
import { isAsKnown, type KnownRoot, stillKnown } from './known-root.js';
import { corrupt } from './open-generation.js';
import { indexPlace, lockFile, rootFile } from './place.js';
import type { PublishForm } from './publish.js';
import { Reserve } from './reserve.js';
import { collections, isMade, partsOfRoot } from './root.js';
import { checkSafeRoot } from './safe-root.js';
import { inTurn } from './turns.js';

/** What a root is opened with, whatever its store. */
export interface RootOptions {
  readonly root: string;
  /** What the root says that it is, where it says so already. */
  readonly known: KnownRoot | undefined;
  readonly disk: Disk;
  readonly host: Host;
  readonly readOnly: boolean;
  readonly lockTimeoutMs: number;
  readonly platform: Platform;
  /** Whether a root that others can write to will do. */
  readonly allowUnsafeRoot: boolean;
}

export interface FsRootOptions extends RootOptions {
  readonly keepGenerations: number;
}

/** What the two collections of one handle share: the disk, the lock, and whether the disk is still trusted. */
export class FsRoot {
  readonly path: string;
  readonly host: Host;
  readonly lockTimeoutMs: number;
  readonly keepGenerations: number;
  readonly platform: Platform;
  readonly reserve: Reserve;
  /** False once this disk was found to have no compare-and-set at all. */
  multiProcess = true;
  #wasMade: boolean;
  #known: KnownRoot | undefined;
  readonly #disk: Disk;
  readonly readOnly: boolean;
  readonly #allowUnsafeRoot: boolean;
  #poison: CatalogError | undefined;
  #closed = false;

  constructor(options: FsRootOptions) {
    this.path = options.root;
    this.host = options.host;
    this.lockTimeoutMs = options.lockTimeoutMs;
    this.keepGenerations = options.keepGenerations;
    this.#wasMade = options.known !== undefined;
    this.#known = options.known;
    this.platform = options.platform;
    const indices = collections.map((collection) => indexPlace(options.root, collection).index);
    this.reserve = new Reserve({ root: options.root, indices, host: options.host });
    this.#disk = options.platform.over(options.disk);
    this.readOnly = options.readOnly;
    this.#allowUnsafeRoot = options.allowUnsafeRoot;
  }

  run<T>(program: DiskProgram<T>): Promise<T> {
    return run(program, this.#disk);
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  checkOpen(): void {
    if (this.#closed) throw refusal('Closed', `the catalog in ${this.path} was closed`);
  }

  checkWritable(): void {
    this.checkOpen();
    if (this.readOnly) throw refusal('ReadOnly', `the catalog in ${this.path} was opened read-only`);
    this.checkTrusted();
  }

  /** CAT-IDX-1113 */
  checkTrusted(): void {
    this.platform.checkTrusted();
    if (!this.#poison) return;
    const message = `the disk under ${this.path} lost a sync (${this.#poison.message}); open the catalog again`;
    throw new CatalogError('StorePoisoned', message, {}, this.#poison);
  }

  learnForm(form: PublishForm): void {
    if (form === 'alone') this.multiProcess = false;
  }

  /** Whether this handle knows of a catalog here: then a root without one has lost it, and is not an empty one (CAT-IDX-1118). */
  get wasMade(): boolean {
    return this.#wasMade;
  }

  learnMade(): void {
    this.#wasMade = true;
  }

  /** Does some work while this process holds the root's lock; the root is made first where there is none. */
  async locked<T>(work: () => Promise<T>): Promise<T> {
    // Before the lock, which would make the folder anew.
    if (this.#wasMade) await this.#checkThere();
    return this.lockedAsItIs(async () => {
      if (!this.#wasMade) await this.#make();
      await this.#checkThere();
      this.#wasMade = true;
      return work();
    });
  }

  /** CAT-HIS-3604: the root was not moved to another store since this handle was opened. Where nothing is there, nothing was moved. */
  async checkInForce(): Promise<void> {
    this.#known = (await this.run(stillInForce(this.path, this.#known))) ?? this.#known;
  }

  /** Whether that is surely so; who is not told it asks `checkInForce`. */
  isInForce(): DiskProgram<boolean> {
    return isAsKnown(this.#known);
  }

  async #checkThere(): Promise<void> {
    const known = await this.run(stillInForce(this.path, this.#known));
    if (known === undefined) throw corrupt(rootFile(this.path), vanished);
    this.#known = known;
  }

  async #make(): Promise<void> {
    // Somebody else may have made it since it was not there.
    if (!this.#allowUnsafeRoot) await this.run(checkSafeRoot(this.path, this.host));
    if (await this.run(isMade(this.path))) return;
    await runAsOne(this.#disk, async (run) => {
      for (const part of partsOfRoot(this.path, this.host)) await run(part());
    });
  }

  /** Does some work while this process holds the root's lock, one work at a time. */
  async lockedAsItIs<T>(work: () => Promise<T>): Promise<T> {
    await this.run(this.platform.beforeWriting());
    const { path: root, host, lockTimeoutMs: timeoutMs } = this;
    return inTurn({
      disk: this.#disk,
      root,
      timeoutMs,
      host,
      work: async (leftMs) => {
        const lock = await this.run(lockedRoot(root, leftMs, host));
        try {
          return await work();
        } finally {
          await this.run(releaseLock(lock, host));
        }
      },
    });
  }

  close(): void {
    this.#closed = true;
  }

  /** What a caller is told of a failure, which may be the end of trust in this disk. */
  failure(error: unknown, doing: string): CatalogError {
    const failure = asCatalogError(error, `${doing} ${this.path}`);
    // CAT-IDX-1113: after a failed sync nothing is written through this handle any more; reads go on.
    if (error instanceof FailedSync || failure.code === 'CommitUnknown') this.#poison ??= failure;
    return failure;
  }
}

const vanished = 'it was there, and is gone; open the catalog again to begin a new one';

const stillInForce = (root: string, known: KnownRoot | undefined): DiskProgram<KnownRoot | undefined> => stillKnown(root, 'fs', known);

function* lockedRoot(root: string, timeoutMs: number, host: Host): DiskProgram<Lock> {
  yield* makeFolder(root);
  return yield* acquireLock(lockFile(root), { timeoutMs, host });
}
