import type { Catalog } from '../../src/catalog.js';
import type { SyncReport } from '../../src/sync-fleet.js';
import type { MemoryFleet } from './memory-fleet.js';

/** A node that goes on following, and what it has told. */
export class Following {
  readonly #end = new AbortController();
  readonly #told: SyncReport[] = [];
  #heard: () => void = () => {};
  readonly ended: Promise<void>;
  isOver = false;

  constructor(node: Catalog, from: MemoryFleet, name: string) {
    this.ended = this.#follow(node.follow({ from, node: name, signal: this.#end.signal }));
    this.ended.catch(() => {});
  }

  /** The next round of which it tells. */
  async round(): Promise<SyncReport> {
    for (;;) {
      const report = this.#told.shift();
      if (report !== undefined) return report;
      const heard = new Promise<void>((resolve) => {
        this.#heard = resolve;
      });
      await Promise.race([heard, this.ended]);
      if (this.isOver && this.#told.length === 0) throw new Error('it has stopped and told of no other round');
    }
  }

  stop(): void {
    this.#end.abort();
  }

  async #follow(rounds: AsyncIterable<SyncReport>): Promise<void> {
    try {
      for await (const report of rounds) {
        this.#told.push(report);
        this.#heard();
      }
    } finally {
      this.isOver = true;
    }
  }
}
