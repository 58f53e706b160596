import { join } from 'node:path';
import { isCatalogError, refusal } from '../../core/errors.js';
import { removeAbandonedTemp } from '../../disk/abandoned-temp.js';
import { asCatalogError } from '../../disk/failure.js';
import { makeFolder } from '../../disk/folders.js';
import type { Host } from '../../disk/host.js';
import { type Disk, type DiskProgram, list, run } from '../../disk/program.js';
import { syncFolder } from '../../disk/temp-file.js';
import { quietly } from '../../disk/whole-file.js';
import { checkGates, type Gate } from '../../journal/gates.js';
import { segmentNumbers } from '../../journal/segment-files.js';
import { checkedSettings, type Settings } from '../../journal/settings.js';
import type { Platform } from '../../platform/platform.js';
import { isProbeTemp } from '../../platform/try-out.js';
import type { RootOptions } from '../fs/fs-root.js';
import { type KnownRoot, stillKnown } from '../fs/known-root.js';
import { corrupt } from '../fs/open-generation.js';
import { isReserveTemp, journalFolder, rootFile } from '../fs/place.js';
import { Reserve } from '../fs/reserve.js';
import { isMade, publishRootFile } from '../fs/root.js';
import { checkSafeRoot } from '../fs/safe-root.js';
import { OpenRecords } from './open-records.js';

export { journalFolder };

export interface JournalRootOptions extends RootOptions {
  readonly segmentMaxBytes: number | undefined;
  readonly gates: readonly Gate[];
}

/** What the two collections of one handle share: the journal, and one thing at a time that is done with it. */
export class JournalRoot {
  readonly path: string;
  readonly host: Host;
  readonly gates: readonly Gate[];
  readonly platform: Platform;
  readonly reserve: Reserve;
  readonly #disk: Disk;
  readonly #settings: Settings;
  readonly readOnly: boolean;
  readonly #allowUnsafeRoot: boolean;
  #known: KnownRoot | undefined;
  #open: OpenRecords | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  /** How many are at work or wait for those before them. */
  #waiting = 0;
  #isClosed = false;

  constructor({ root, known, disk, host, readOnly, lockTimeoutMs, segmentMaxBytes, gates, platform, allowUnsafeRoot }: JournalRootOptions) {
    this.#allowUnsafeRoot = allowUnsafeRoot;
    checkGates(gates, {});
    this.path = root;
    this.host = host;
    this.gates = gates;
    this.platform = platform;
    this.reserve = new Reserve({ root, indices: [], host });
    // What its programs do is known to more than whoever asked for them: nobody may forget what they met.
    this.#disk = platform.over({ perform: (step) => disk.perform(step), ...(disk.host && { host: disk.host }) });
    this.readOnly = readOnly;
    this.#known = known;
    const directory = journalFolder(root);
    this.#settings = checkedSettings({ directory, shared: true, lockTimeoutMs, ...(segmentMaxBytes !== undefined && { segmentMaxBytes }) });
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  checkOpen(): void {
    if (this.#isClosed) throw refusal('Closed', `the catalog in ${this.path} was closed`);
  }

  checkWritable(): void {
    this.checkOpen();
    if (this.readOnly) throw refusal('ReadOnly', `the catalog in ${this.path} was opened read-only`);
    this.platform.checkTrusted();
  }

  /** Puts right what a dead writer left, where there is a journal. */
  async begin(): Promise<void> {
    if (this.#known === undefined || this.readOnly) return;
    await this.alone('could not open the catalog in', async () => {
      if (await this.run(this.platform.admitsWriting())) await this.#toWrite();
    });
  }

  /** Looks at what every process was acknowledged before; the journal of a root that is not there yet is empty. */
  async reading<T>(work: (records: OpenRecords) => DiskProgram<T>): Promise<T> {
    this.checkOpen();
    return this.alone('could not read the catalog in', () =>
      this.#inForce(async () => {
        const open = this.#open ?? (await this.#toRead());
        return this.run(this.#looked(open, work));
      }),
    );
  }

  /** Does something with a journal that can be written to; the root is made first where there is none. */
  async writing<T>(work: (records: OpenRecords) => DiskProgram<T>): Promise<T> {
    this.checkWritable();
    return this.alone('could not write the catalog in', () => this.#inForce(async () => this.run(work(await this.#toWrite()))));
  }

  *#looked<T>(open: OpenRecords, work: (records: OpenRecords) => DiskProgram<T>): DiskProgram<T> {
    yield* open.refresh();
    const found = yield* work(open);
    yield* this.checkInForce();
    return found;
  }

  /** CAT-HIS-3604: the root was not moved to another store since this handle was opened; for who is about to append. */
  *checkInForce(): DiskProgram<void> {
    this.#known = (yield* stillKnown(this.path, 'journal', this.#known)) ?? this.#known;
  }

  releaseReserve(): Promise<boolean> {
    this.checkWritable();
    return this.alone('could not make room in', () => this.run(this.reserve.release()));
  }

  keepReserve(): Promise<void> {
    return this.alone('could not keep room in', () => this.run(this.reserve.keep()));
  }

  run<T>(program: DiskProgram<T>): Promise<T> {
    return run(program, this.#disk);
  }

  /** One thing at a time, in the order in which they were asked for. */
  async alone<T>(doing: string, work: () => Promise<T>): Promise<T> {
    const mine = this.#waiting === 0 ? work() : this.#queue.then(work);
    this.#waiting++;
    this.#queue = mine.catch(() => {});
    try {
      return await mine;
    } catch (error) {
      throw asCatalogError(error, `${doing} ${this.path}`);
    } finally {
      this.#waiting--;
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.alone('could not close the catalog in', async () => {
      const open = this.#open;
      if (open !== undefined) await this.run((await this.#isInForce()) ? open.close() : open.abandon());
    });
  }

  /** Where the catalog is in another store now, that is told, and not what was met in what is left of this one. */
  async #inForce<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!isCatalogError(error, 'CommitUnknown')) await this.run(this.checkInForce());
      throw error;
    }
  }

  async #isInForce(): Promise<boolean> {
    try {
      await this.run(this.checkInForce());
      return true;
    } catch (error) {
      if (isCatalogError(error, 'StoreMismatch')) return false;
      throw error;
    }
  }

  /** Somebody else may have made it since it was not there. */
  *#makeFolder(): DiskProgram<void> {
    yield* makeFolder(this.path);
    if (!this.#allowUnsafeRoot) yield* checkSafeRoot(this.path, this.host);
  }

  async #toRead(): Promise<OpenRecords> {
    if (this.#known !== undefined) await this.run(refuseLostJournal(this.path));
    this.#open ??= await this.run(OpenRecords.toRead(this.#settings, this.host));
    return this.#open;
  }

  async #toWrite(): Promise<OpenRecords> {
    if (this.#open?.canWrite) return this.#open;
    // Nothing is put right in a journal that is not the catalog any more.
    await this.run(this.checkInForce());
    const wasMade = this.#known !== undefined;
    await this.run(wasMade ? isStillWhole(this.path) : this.#makeFolder());
    await this.run(this.platform.beforeWriting());
    await this.run(removeTemps(this.path, this.host));
    const open = await this.run(OpenRecords.toWrite(this.#settings, this.host));
    if (this.#open !== undefined) await this.run(this.#open.abandon());
    this.#open = open;
    if (!wasMade) await this.run(saysWhatItIs(this.path, this.host));
    return open;
  }
}

/** Of who died while he looked what the disk can do, or made the reserve. */
function* removeTemps(root: string, host: Host): DiskProgram<void> {
  for (const name of yield* list(root))
    if (isProbeTemp(name) || isReserveTemp(name)) yield* quietly(removeAbandonedTemp(join(root, name), host));
}

/** CAT-IDX-1118: last of all, when the journal is there. */
function* saysWhatItIs(root: string, host: Host): DiskProgram<void> {
  if (yield* isMade(root)) return;
  yield* publishRootFile(root, 'journal', host);
  yield* syncFolder(root);
}

/** Whoever made the root may have died before it was durable what that is. */
function* isStillWhole(root: string): DiskProgram<void> {
  yield* refuseLostJournal(root);
  yield* syncFolder(root);
}

/** CAT-IDX-1118: a root that says that it holds a journal, and does not, has lost it. */
export function* refuseLostJournal(root: string): DiskProgram<void> {
  const directory = journalFolder(root);
  if ((yield* segmentNumbers(directory)).length === 0) throw corrupt(directory, `it holds no journal, although ${rootFile(root)} says so`);
}
