import fs from 'graceful-fs';
import type { Handle } from './steps.js';

/** The notices that this process asked for, under handles of their own: below zero, where no descriptor is. */
export class RealWatches {
  readonly #watches = new Map<Handle, DirectoryWatch>();
  #last = -1;

  open(path: string): Handle {
    const handle = --this.#last;
    this.#watches.set(handle, new DirectoryWatch(path));
    return handle;
  }

  /** False for a handle that is none of these. */
  close(handle: Handle): boolean {
    this.#watches.get(handle)?.close();
    return this.#watches.delete(handle);
  }

  async change(handle: Handle, ms: number): Promise<undefined> {
    await this.#watches.get(handle)?.change(ms);
    return undefined;
  }
}

/** Notices of one directory. Where the system gives none, only time passes: who asks looks for himself after each wait. */
class DirectoryWatch {
  readonly #watcher: fs.FSWatcher | undefined;
  #changed = false;
  #closed = false;
  #wake: (() => void) | undefined;

  constructor(path: string) {
    // Refuses what is not there, as opening it would.
    fs.readdirSync(path);
    this.#watcher = watcherOf(path, () => this.#notice());
    this.#watcher?.on('error', () => {});
  }

  change(ms: number): Promise<void> {
    if (this.#changed || this.#closed) {
      this.#changed = false;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#notice(), ms);
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        this.#changed = false;
        resolve();
      };
    });
  }

  close(): void {
    this.#closed = true;
    this.#watcher?.close();
    this.#wake?.();
  }

  #notice(): void {
    this.#changed = true;
    this.#wake?.();
  }
}

function watcherOf(path: string, notice: () => void): fs.FSWatcher | undefined {
  try {
    return fs.watch(path, { persistent: false }, notice);
  } catch {
    // Too many watches, or a file system without them.
    return undefined;
  }
}
