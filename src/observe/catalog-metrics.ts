import type { ModelEntry } from '../core/records.js';
import { familiesOf, type MetricFamily, ofEntries, ofOperation, ofVerification, Totals } from './metrics.js';
import { onOperation, onVerification } from './subscribing.js';

/** Of which it is asked what it holds. */
export interface Counted {
  list(): Promise<readonly Pick<ModelEntry, 'state' | 'trust_state'>[]>;
}

/**
 * The metrics of CAT-OBS-6102: what all catalogs of this process have done since it was made, and what one of them holds whenever somebody
 * asks.
 */
export class CatalogMetrics {
  readonly #totals = new Totals();
  readonly #catalog: Counted | undefined;
  readonly #ends: readonly (() => void)[];

  constructor(catalog?: Counted) {
    this.#catalog = catalog;
    this.#ends = [
      onOperation((event) => this.#totals.add(ofOperation(event))),
      onVerification((event) => this.#totals.add(ofVerification(event))),
    ];
  }

  async families(): Promise<readonly MetricFamily[]> {
    const held = this.#catalog === undefined ? [] : ofEntries(await this.#catalog.list());
    return familiesOf([...held, ...this.#totals.all]);
  }

  /** Counts no more. */
  close(): void {
    for (const end of this.#ends) end();
  }
}
