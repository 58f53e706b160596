import type { ReadStep } from './steps.js';

/** What failed, kept until somebody asks for it; `undefined` where nothing did. */
export type Failure = unknown;

/**
 * What the thread pool still does for one handle when its steps were answered. An error of it is told by the steps that rely on it, and
 * by each of them: a second sync would say that all is well.
 */
export class LateWork {
  #writes: Promise<Failure> = nothing;
  #syncs: Promise<Failure> = nothing;
  #read:
    | { readonly into: Uint8Array; readonly position: number; readonly count: Promise<{ count: number } | { failure: Failure }> }
    | undefined;
  #unsyncedBytes = 0;
  #isSyncing = false;
  /** Whether the sync that was begun last has all that was written. */
  #isCovered = false;

  /** Begins a write; the one before is done. */
  write(bytes: number, work: () => Promise<void>): void {
    this.#isCovered = false;
    this.#unsyncedBytes += bytes;
    this.#writes = settled(work());
  }

  /** Begins to sync in the middle of writing, once so much has been written since the last time. */
  syncEvery(bytes: number, work: () => Promise<void>): void {
    if (this.#isSyncing || this.#unsyncedBytes < bytes) return;
    this.#unsyncedBytes = 0;
    this.#isSyncing = true;
    this.#syncs = settled(this.#begun(work));
  }

  /** Begins the sync that somebody will ask for. */
  sync(work: () => Promise<void>): void {
    this.#syncs = settled(this.#begun(work));
    this.#isCovered = true;
  }

  async #begun(work: () => Promise<void>): Promise<void> {
    const before = this.#syncs;
    throwIfFailed(await this.#writes);
    throwIfFailed(await before);
    await work();
    this.#isSyncing = false;
  }

  read({ into, position }: Pick<ReadStep, 'into' | 'position'>, work: Promise<number>): void {
    const count = work.then(
      (found) => ({ count: found }),
      (failure: unknown) => ({ failure }),
    );
    this.#read = { into, position, count };
  }

  /** What was read ahead, if that is what is asked for now. */
  async takeRead({ into, position }: ReadStep): Promise<number | undefined> {
    const found = this.#read;
    this.#read = undefined;
    const answer = await found?.count;
    if (found === undefined || answer === undefined || found.position !== position || !isSame(found.into, into)) return undefined;
    if ('failure' in answer) throw answer.failure;
    return answer.count;
  }

  async afterWrites(): Promise<void> {
    throwIfFailed(await this.#writes);
  }

  /** Whether all that was written is durable now; a sync that was begun early counts for the one that it was begun for. */
  async takeSync(): Promise<boolean> {
    throwIfFailed(await this.#syncs);
    const isCovered = this.#isCovered;
    this.#isCovered = false;
    return isCovered;
  }

  /** What comes now is in no sync that was begun. */
  changes(): void {
    this.#isCovered = false;
  }

  async ended(): Promise<void> {
    await this.#read?.count;
    await this.#writes;
    await this.#syncs;
  }
}

const nothing: Promise<Failure> = Promise.resolve(undefined);

const settled = (work: Promise<void>): Promise<Failure> =>
  work.then(
    () => undefined,
    (failure: unknown) => failure,
  );

const isSame = (one: Uint8Array, other: Uint8Array): boolean =>
  one.buffer === other.buffer && one.byteOffset === other.byteOffset && one.byteLength === other.byteLength;

function throwIfFailed(failure: Failure): void {
  if (failure !== undefined) throw failure;
}
