import { awaitChange, type DiskProgram, wait, watchDirectory } from '../disk/program.js';
import { isDiskError } from '../disk/steps.js';
import { closeQuietly } from '../disk/whole-file.js';

/** How long a watcher trusts the system's notices before it looks for itself. */
const netMs = 1000;
/** How often it looks where there is nothing yet that could be watched. */
const emptyMs = 250;

/** Waits for changes in a folder: by the system's notices, with a look now and then as a net. */
export class FolderWatch {
  readonly #folder: string;
  readonly #run: <T>(program: DiskProgram<T>) => Promise<T>;
  #handle: number | undefined;
  #isClosed = false;

  constructor(folder: string, run: <T>(program: DiskProgram<T>) => Promise<T>) {
    this.#folder = folder;
    this.#run = run;
  }

  /** Begins to notice; what changes from now on wakes the next `change`. */
  async open(): Promise<void> {
    if (this.#handle !== undefined || this.#isClosed) return;
    try {
      const handle = await this.#run(watchDirectory(this.#folder));
      if (this.#isClosed) await this.#run(closeQuietly(handle));
      else this.#handle = handle;
    } catch (error) {
      if (!isDiskError(error)) throw error;
    }
  }

  async change(): Promise<void> {
    if (this.#isClosed) return;
    if (this.#handle !== undefined) return this.#run(awaitChange(this.#handle, netMs));
    await this.#run(wait(emptyMs));
    await this.open();
  }

  /** Wakes whoever waits. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const handle = this.#handle;
    this.#handle = undefined;
    if (handle !== undefined) await this.#run(closeQuietly(handle));
  }
}
