import type { FleetCollectionName, FleetRecords, Versioned } from '../core/generation.js';
import type { DeleteOptions, PutOptions } from './catalog-store.js';
import { type Committer, type Group, WaitingChanges } from './waiting-changes.js';

/** What ends a watch. */
export interface Ending {
  readonly signal: AbortSignal;
  /** The end of the collection alone. */
  readonly closed: AbortSignal;
  /** It has ended: nobody needs to end it. */
  readonly forget: () => void;
}

/** What the collections have in common whose changes wait in groups. */
export abstract class WaitingCollection<C extends FleetCollectionName, R extends { id: string } = FleetRecords[C]> {
  protected readonly collection: C;
  readonly #changes: WaitingChanges<C, R>;
  readonly #watches = new Set<AbortController>();

  constructor(collection: C, committer: Omit<Committer<R>, 'commit'>) {
    this.collection = collection;
    this.#changes = new WaitingChanges(collection, { ...committer, commit: (group) => this.commit(group) });
  }

  /** As `Committer` says. */
  protected abstract commit(group: Group<R>): Promise<void>;

  put(record: R, options?: PutOptions): Promise<Versioned<R>> {
    return this.#changes.put(record, options);
  }

  delete(id: string, options?: DeleteOptions): Promise<boolean> {
    return this.#changes.delete(id, options);
  }

  /** Ends every watch, and is done when all that was asked for is. */
  async close(): Promise<void> {
    for (const watch of this.#watches) watch.abort();
    await this.#changes.settled();
  }

  /** The signal of a watch that ends with the collection, or when whoever watches says so. */
  protected ending(asked: AbortSignal | undefined): Ending {
    const ending = new AbortController();
    this.#watches.add(ending);
    const signal = asked ? AbortSignal.any([asked, ending.signal]) : ending.signal;
    return { signal, closed: ending.signal, forget: () => this.#watches.delete(ending) };
  }
}
