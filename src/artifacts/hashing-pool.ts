import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { CatalogError, refusal } from '../core/errors.js';
import { type Run, stat } from '../disk/program.js';
import { isDiskError } from '../disk/steps.js';
import { checkNotAborted, type FileReading, hashFile, type Progress } from './hash-file.js';
import type { Hashing, HashingWork } from './hashing.js';
import type { Asked, DiskWords, Told } from './hashing-thread.js';

interface PoolOptions {
  /** Runs programs on the same disk in this thread. */
  readonly run: Run;
  readonly most?: number;
  /** What a thread does; for tests. */
  readonly program?: URL;
}

/** From this size on a file is worth a thread, whose start takes some 50 ms; where another is hashed here already, a much smaller one is. */
const largeBytes = 64 * 1024 * 1024;
const smallBytes = 1024 * 1024;
/** More files than threads are asked for at once, so that what comes of small ones can be recorded together. */
const filesPerThread = 128;
/** For so long small files are read here, one after the other, before somebody else has his turn. */
const turnMs = 10;

/**
 * CAT-DIG-1406: hashes on as many threads as the machine has cores, for the disk of the machine alone. Threads are begun when they are
 * first of use, keep no process alive while they have nothing to do, and end with `close`. A thread that dies under its work is an
 * `IoError` of that file; where threads cannot be begun at all, files are hashed in this one.
 */
export class HashingPool implements Hashing {
  readonly most: number;
  readonly #mostThreads: number;
  readonly #run: Run;
  readonly #program: URL;
  readonly #idle: HashingThread[] = [];
  readonly #threads = new Set<HashingThread>();
  readonly #waiting: ((thread: HashingThread | undefined) => void)[] = [];
  #here = 0;
  #turnBegan = 0;
  #hasThreads = true;
  #isClosed = false;

  constructor({ run, most = availableParallelism(), program = new URL('./hashing-thread.js', import.meta.url) }: PoolOptions) {
    this.#run = run;
    this.#mostThreads = most;
    this.most = most * filesPerThread;
    this.#program = program;
  }

  async read(path: string, work: HashingWork): Promise<FileReading> {
    checkNotAborted(work.signal);
    const bytes = this.#hasThreads ? await this.#sizeOf(path) : 0;
    if (!this.#isWorthAThread(bytes)) return this.#readHere(path, work);
    const thread = await this.#takeThread();
    if (thread === undefined) return this.#readHere(path, work);
    try {
      return (await thread.read(path, work)) ?? (await this.#readHere(path, work));
    } finally {
      this.#giveBack(thread);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#doWithoutThreads();
    await Promise.all([...this.#threads].map((thread) => thread.close()));
  }

  async #readHere(path: string, work: HashingWork): Promise<FileReading> {
    if (this.#isClosed) throw refusal('Closed', 'the catalog was closed');
    this.#here++;
    try {
      await this.#turn();
      return await this.#run(hashFile(path, work));
    } finally {
      this.#here--;
    }
  }

  /** What is small is read in one go: whoever waits for the event loop is let in between. */
  async #turn(): Promise<void> {
    if (performance.now() - this.#turnBegan < turnMs) return;
    await setImmediate();
    this.#turnBegan = performance.now();
  }

  #isWorthAThread(bytes: number): boolean {
    return bytes >= largeBytes || (bytes >= smallBytes && this.#here > 0);
  }

  async #sizeOf(path: string): Promise<number> {
    try {
      return (await this.#run(stat(path, { follow: true })))?.size ?? 0;
    } catch (error) {
      // Whoever opens it tells why it cannot be read.
      if (!isDiskError(error)) throw error;
      return 0;
    }
  }

  /** A thread of one's own, when there is one; `undefined` where there are none. */
  #takeThread(): Promise<HashingThread | undefined> | HashingThread | undefined {
    if (this.#isClosed || !this.#hasThreads) return undefined;
    const idle = this.#idle.pop();
    // One that died while it had nothing to do is nobody's trouble.
    if (idle?.isOver) this.#threads.delete(idle);
    else if (idle !== undefined) return idle;
    if (this.#threads.size < this.#mostThreads) return this.#begin();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #giveBack(thread: HashingThread): void {
    if (thread.isOver) this.#threads.delete(thread);
    if (thread.isOver && !thread.wasReady) this.#doWithoutThreads();
    const next = this.#waiting.shift();
    if (next !== undefined) next(thread.isOver ? this.#begin() : thread);
    else if (!thread.isOver) this.#idle.push(thread);
  }

  #doWithoutThreads(): void {
    this.#hasThreads = false;
    for (const waiting of this.#waiting.splice(0)) waiting(undefined);
  }

  #begin(): HashingThread | undefined {
    if (!this.#hasThreads || this.#isClosed) return undefined;
    const thread = new HashingThread(this.#program);
    this.#threads.add(thread);
    return thread;
  }
}

/** A file that a thread reads, and whoever waits for it. */
interface Task {
  readonly path: string;
  readonly onProgress: ((progress: Progress) => void) | undefined;
  readonly resolve: (reading: FileReading | undefined) => void;
  readonly reject: (error: unknown) => void;
}

class HashingThread {
  readonly #worker: Worker;
  #task: Task | undefined;
  /** What the listener of the task threw: the task ends with it, as if the file were read where the listener is. */
  #thrown: { readonly error: unknown } | undefined;
  #error: Error | undefined;
  #isClosing = false;
  wasReady = false;
  isOver = false;

  constructor(program: URL) {
    this.#worker = new Worker(program, { name: 'catalog-core hashing' });
    this.#worker.on('message', (told: Told) => this.#hear(told));
    // An error may be heard before what was told before it; the exit, which always follows, may not.
    this.#worker.on('error', (error) => {
      this.#error = error;
    });
    this.#worker.on('exit', () => this.#end());
    this.#worker.unref();
  }

  /** What the file holds; `undefined` when the thread could not be begun. */
  async read(path: string, { also, onProgress, signal }: HashingWork): Promise<FileReading | undefined> {
    checkNotAborted(signal);
    if (this.isOver) throw this.#died(path);
    const abort = () => this.#ask({ kind: 'abort' });
    signal?.addEventListener('abort', abort, { once: true });
    // A process does not end while somebody waits for this file.
    this.#worker.ref();
    try {
      return await new Promise((resolve, reject) => {
        this.#task = { path, onProgress, resolve, reject };
        this.#ask({ kind: 'read', path, also });
      });
    } catch (error) {
      checkNotAborted(signal);
      throw error;
    } finally {
      this.#task = undefined;
      this.#thrown = undefined;
      this.#worker.unref();
      signal?.removeEventListener('abort', abort);
    }
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#worker.terminate();
  }

  #ask(asked: Asked): void {
    this.#worker.postMessage(asked);
  }

  #hear(told: Told): void {
    switch (told.kind) {
      case 'ready':
        this.wasReady = true;
        break;
      case 'progress':
        this.#pass(told.progress);
        break;
      case 'read':
        this.#answer((task) => task.resolve(readingOf(told)));
        break;
      case 'refused':
        this.#answer((task) => task.reject(new CatalogError(told.code, told.message, told.details)));
        break;
      case 'mistake':
        this.#answer((task) => task.reject(new Error(told.story)));
        break;
    }
  }

  #pass(progress: Progress): void {
    if (this.#thrown) return;
    try {
      this.#task?.onProgress?.(progress);
    } catch (error) {
      this.#thrown = { error };
      this.#ask({ kind: 'abort' });
    }
  }

  #answer(end: (task: Task) => void): void {
    if (this.#task === undefined) return;
    if (this.#thrown) this.#task.reject(this.#thrown.error);
    else end(this.#task);
  }

  #end(): void {
    this.isOver = true;
    const task = this.#task;
    if (task === undefined) return;
    if (this.#isClosing) task.reject(refusal('Closed', 'the catalog was closed'));
    else if (this.wasReady) task.reject(this.#died(task.path));
    else task.resolve(undefined);
  }

  #died(path: string): CatalogError {
    const cause = this.#error;
    const why = cause === undefined ? '' : `: ${cause.message}`;
    return new CatalogError('IoError', `${path} could not be read: the thread that hashed it died${why}`, { path }, cause);
  }
}

function readingOf({ reading, cause }: Extract<Told, { kind: 'read' }>): FileReading {
  if (reading.kind === 'content' || cause === undefined) return reading;
  return { ...reading, cause: asDiskError(cause) };
}

function asDiskError({ code, message }: DiskWords): Error & { readonly code: string } {
  return Object.assign(new Error(message), { code });
}
