import { join } from 'node:path';
import { refusal } from '../../core/errors.js';
import { asCatalogError } from '../../disk/failure.js';
import { makeFolder } from '../../disk/folders.js';
import type { Host } from '../../disk/host.js';
import { type Disk, type DiskProgram, run } from '../../disk/program.js';
import { syncFolder } from '../../disk/temp-file.js';
import { checkGates, type Gate } from '../../journal/gates.js';
import { segmentNumbers } from '../../journal/recover.js';
import { checkedSettings, type Settings } from '../../journal/settings.js';
import { corrupt } from '../fs/open-generation.js';
import { rootFile } from '../fs/place.js';
import { isMade, publishRootFile } from '../fs/root.js';
import { OpenRecords } from './open-records.js';

export interface JournalRootOptions {
  readonly root: string;
  /** Whether the root says already what it is. */
  readonly wasMade: boolean;
  readonly disk: Disk;
  readonly host: Host;
  readonly readOnly: boolean;
  readonly lockTimeoutMs: number;
  readonly segmentMaxBytes: number | undefined;
  readonly gates: readonly Gate[];
}

/** Where the journal of a root lies. */
export const journalFolder = (root: string): string => join(root, 'journal');

/** What the two collections of one handle share: the journal, and one thing at a time that is done with it. */
export class JournalRoot {
  readonly path: string;
  readonly host: Host;
  readonly gates: readonly Gate[];
  readonly #disk: Disk;
  readonly #settings: Settings;
  readonly #readOnly: boolean;
  #wasMade: boolean;
  #open: OpenRecords | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor({ root, wasMade, disk, host, readOnly, lockTimeoutMs, segmentMaxBytes, gates }: JournalRootOptions) {
    checkGates(gates, {});
    this.path = root;
    this.host = host;
    this.gates = gates;
    // What its programs do is known to more than whoever asked for them: nobody may forget what they met.
    this.#disk = { perform: (step) => disk.perform(step), ...(disk.host && { host: disk.host }) };
    this.#readOnly = readOnly;
    this.#wasMade = wasMade;
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
    if (this.#readOnly) throw refusal('ReadOnly', `the catalog in ${this.path} was opened read-only`);
  }

  /** Puts right what a dead writer left, where there is a journal. */
  async begin(): Promise<void> {
    if (!this.#wasMade) return;
    await this.alone('could not open the catalog in', () => (this.#readOnly ? this.#toRead() : this.#toWrite()));
  }

  /** Looks at what every process was acknowledged before; the journal of a root that is not there yet is empty. */
  async reading<T>(work: (records: OpenRecords) => DiskProgram<T>): Promise<T> {
    this.checkOpen();
    return this.alone('could not read the catalog in', async () => {
      const open = this.#open ?? (await this.#toRead());
      return this.run(looked(open, work));
    });
  }

  /** Does something with a journal that can be written to; the root is made first where there is none. */
  async writing<T>(work: (records: OpenRecords) => DiskProgram<T>): Promise<T> {
    this.checkWritable();
    return this.alone('could not write the catalog in', async () => this.run(work(await this.#toWrite())));
  }

  run<T>(program: DiskProgram<T>): Promise<T> {
    return run(program, this.#disk);
  }

  /** One thing at a time, in the order in which they were asked for. */
  async alone<T>(doing: string, work: () => Promise<T>): Promise<T> {
    const before = this.#queue;
    const mine = before.then(work);
    this.#queue = mine.catch(() => {});
    try {
      return await mine;
    } catch (error) {
      throw asCatalogError(error, `${doing} ${this.path}`);
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.alone('could not close the catalog in', async () => {
      const open = this.#open;
      if (open !== undefined) await this.run(open.close());
    });
  }

  async #toRead(): Promise<OpenRecords> {
    this.#open ??= await this.run(OpenRecords.toRead(this.#settings, this.host));
    return this.#open;
  }

  async #toWrite(): Promise<OpenRecords> {
    if (this.#open?.canWrite) return this.#open;
    await this.run(this.#wasMade ? refuseLostJournal(this.path) : makeFolder(this.path));
    const open = await this.run(OpenRecords.toWrite(this.#settings, this.host));
    if (!this.#wasMade) await this.run(saysWhatItIs(this.path, this.host));
    this.#wasMade = true;
    this.#open = open;
    return open;
  }
}

function* looked<T>(open: OpenRecords, work: (records: OpenRecords) => DiskProgram<T>): DiskProgram<T> {
  yield* open.refresh();
  return yield* work(open);
}

/** CAT-IDX-1118: last of all, when the journal is there. */
function* saysWhatItIs(root: string, host: Host): DiskProgram<void> {
  if (yield* isMade(root)) return;
  yield* publishRootFile(root, 'journal', host);
  yield* syncFolder(root);
}

/** CAT-IDX-1118: a root that says that it holds a journal, and does not, has lost it. */
function* refuseLostJournal(root: string): DiskProgram<void> {
  const directory = journalFolder(root);
  if ((yield* segmentNumbers(directory)).length === 0) throw corrupt(directory, `it holds no journal, although ${rootFile(root)} says so`);
}
