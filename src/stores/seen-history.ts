import { refusal } from '../core/errors.js';

/** Where a history is. */
export interface Head {
  /** Another one for each catalog that was made, and for one that was made anew. */
  readonly lineage: string;
  readonly revision: number;
}

/** A moment before a server was asked. */
export type Mark = Head | undefined;

/** What a handle has seen of a history, which must not be less when it looks again (CAT-FLT-7006). */
export class SeenHistory {
  #seen: Head | undefined;

  get revision(): number {
    return this.#seen?.revision ?? 0;
  }

  get lineage(): string {
    return this.#seen?.lineage ?? '';
  }

  /** To be taken before the server is asked: what others saw while it answered does not count. */
  mark(): Mark {
    return this.#seen;
  }

  /** A revision of the history that was seen was shown, or acknowledged. */
  saw(revision: number): void {
    if (this.#seen !== undefined && revision > this.#seen.revision) this.#seen = { ...this.#seen, revision };
  }

  /** Takes what a server told; `HistoryRewound` where that is another history than the one that was seen, or an earlier moment of it. */
  take(found: Head, mark: Mark): void {
    if (mark !== undefined && found.lineage !== mark.lineage) {
      const message = `the server has another history than the one that was seen: ${found.lineage}, not ${mark.lineage}`;
      throw refusal('HistoryRewound', message, {
        expected: mark.lineage,
        found: found.lineage,
        seen: mark.revision,
        newest: found.revision,
      });
    }
    if (mark !== undefined && found.revision < mark.revision) {
      const message = `revision ${mark.revision} was seen, and the newest of the server is ${found.revision}`;
      throw refusal('HistoryRewound', message, { seen: mark.revision, newest: found.revision });
    }
    if (this.#seen === undefined || found.revision > this.#seen.revision) this.#seen = found;
  }
}
