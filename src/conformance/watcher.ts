import type { Change } from '../core/changes.js';
import type { ModelEntry } from '../core/records.js';
import type { Collection } from '../stores/catalog-store.js';
import { Broken, within } from './expecting.js';

/** Somebody who watches models, and waits for what he is owed. */
export class Watcher {
  /** All that he was told, in its order. */
  readonly told: Change<ModelEntry>[] = [];
  readonly #controller = new AbortController();
  readonly #changes: AsyncIterator<Change<ModelEntry>>;
  readonly #patienceMs: number;

  /** Watches from this call on, or after a revision. */
  constructor(models: Collection<ModelEntry>, patienceMs: number, after?: number) {
    const { signal } = this.#controller;
    this.#changes = models.watch({ signal, ...(after !== undefined && { after }) })[Symbol.asyncIterator]();
    this.#patienceMs = patienceMs;
  }

  async next(): Promise<Change<ModelEntry>> {
    const { done, value } = await within(this.#patienceMs, 'a change to a watcher', this.#changes.next());
    if (done) throw new Broken('the watch ended, and a change was to come');
    this.told.push(value);
    return value;
  }

  /** Until a change of this revision or a later one was told as the last of its revision. */
  async until(revision: number): Promise<readonly Change<ModelEntry>[]> {
    for (let change = await this.next(); change.revision < revision || !change.last; change = await this.next());
    return this.told;
  }

  /** Until what was told, folded, holds exactly one record of this id. */
  async untilTold(id: string): Promise<readonly Change<ModelEntry>[]> {
    for (let change = await this.next(); change.id !== id || !change.last; change = await this.next());
    return this.told;
  }

  /** Whether it is at its end, where that is owed. */
  async ended(): Promise<void> {
    const { done, value } = await within(this.#patienceMs, 'the end of a watch', this.#changes.next());
    if (!done) throw new Broken(`the watch was to end, and it told of ${JSON.stringify(value)}`);
  }

  /** The next turn of the iterator, asked for and not waited for. */
  waiting(): Promise<unknown> {
    const next = this.#changes.next();
    next.catch(() => {});
    return next;
  }

  async stop(): Promise<void> {
    this.#controller.abort();
    await within(this.#patienceMs, 'the end of a watch that was aborted', Promise.resolve(this.#changes.return?.()));
  }
}

/** What is there for somebody who knows only what he was told. */
export function folded(changes: readonly Change<ModelEntry>[]): Map<string, ModelEntry> {
  const known = new Map<string, ModelEntry>();
  for (const { id, record } of changes) {
    if (record === undefined) known.delete(id);
    else known.set(id, record);
  }
  return known;
}
