import { CatalogError, type Lease } from 'catalog-core';

export interface Term {
  /** How long a model stays held when its holder has died. */
  readonly ttlMs: number;
  /** Well below that, so that a renewal may fail once or twice. */
  readonly renewEveryMs: number;
}

/** A lease that is renewed until it is released. */
export class KeptLease {
  readonly #lease: Lease;
  readonly #term: Term;
  readonly #onLost: () => void;
  #timer: NodeJS.Timeout | undefined;
  #renewing: Promise<void> = Promise.resolve();
  #isReleased = false;

  /** `onLost` is called when the model was removed by force, or when this process slept for longer than the lease. */
  constructor(lease: Lease, term: Term, onLost: () => void) {
    [this.#lease, this.#term, this.#onLost] = [lease, term, onLost];
    this.#renewLater();
  }

  /** Never beside a renewal, which could bring back what is given up. */
  async release(): Promise<void> {
    this.#isReleased = true;
    clearTimeout(this.#timer);
    await this.#renewing;
    await this.#lease.release();
  }

  #renewLater(): void {
    this.#timer = setTimeout(() => {
      this.#renewing = this.#renew();
    }, this.#term.renewEveryMs);
  }

  async #renew(): Promise<void> {
    try {
      await this.#lease.renew(this.#term.ttlMs);
    } catch (error) {
      if (!(error instanceof CatalogError)) throw error;
      const isLost = error.code === 'NotFound' || error.code === 'Fenced';
      if (isLost && !this.#isReleased) return this.#onLost();
      // Else the lease is what it was: there is time to try again.
    }
    if (!this.#isReleased) this.#renewLater();
  }
}
