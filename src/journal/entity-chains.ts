import { eventHashOf } from './event-record.js';
import { noHash } from './frame.js';
import type { SequenceRange } from './ranges.js';
import type { StoredEvent } from './stored-event.js';

interface ChainOfEntity {
  version: number;
  wallMs: number;
  sequence: number;
  hash: Buffer;
}

/** Follows each entity through a journal that is read from its beginning (CAT-JRN-3005). */
export class EntityChains {
  readonly #ends = new Map<string, ChainOfEntity>();
  /** That of the event that was followed last. */
  #last: ChainOfEntity = { version: 0, wallMs: 0, sequence: 0, hash: noHash };
  /** Sequences that are nobody's. */
  readonly #gaps: SequenceRange[] = [];

  skip(gap: SequenceRange): void {
    this.#gaps.push(gap);
  }

  /**
   * Why an event is not the next one of its entity; nothing where it is. Events of one entity are counted without a gap but where
   * sequences are nobody's, and none is older than the one before it.
   */
  follow(event: StoredEvent, sequence: number): string | undefined {
    const end = this.#endOf(event);
    const { version, wallMs } = event;
    const missing = version - end.version - 1;
    const isMissing = missing > 0 && missing <= this.#nobodysBetween(end.sequence, sequence);
    if (missing !== 0 && !isMissing) return `it is event ${version} of ${event.coordinate.entity} where ${end.version + 1} follows`;
    if (wallMs < end.wallMs) return `its time is before that of the event of ${event.coordinate.entity} before it`;
    end.version = version;
    end.wallMs = wallMs;
    end.sequence = sequence;
    this.#last = end;
    return undefined;
  }

  /** The hash of the event that was followed last. */
  hashOfLast(event: StoredEvent, sequence: number): Buffer {
    this.#last.hash = eventHashOf(event, sequence, this.#last.hash);
    return this.#last.hash;
  }

  #endOf(event: StoredEvent): ChainOfEntity {
    const key = event.entityKey;
    const known = this.#ends.get(key);
    if (known !== undefined) return known;
    const begun = { version: 0, wallMs: 0, sequence: 0, hash: noHash };
    this.#ends.set(key, begun);
    return begun;
  }

  #nobodysBetween(after: number, before: number): number {
    return this.#gaps.reduce((sum, { from, to }) => sum + (from > after && to < before ? to - from + 1 : 0), 0);
  }
}
