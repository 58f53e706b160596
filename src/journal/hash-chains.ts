import type { DiskProgram } from '../disk/program.js';
import type { ChainHashes } from './event.js';
import type { EventIndex } from './event-index.js';
import type { EventReader } from './event-reader.js';
import { eventHashOf } from './event-record.js';
import { noHash } from './frame.js';

const maxRemembered = 10_000;

/** The hashes of events, each over the one before it of its entity (CAT-JRN-3005); those that were computed last are remembered. */
export class HashChains {
  readonly #index: EventIndex;
  readonly #events: EventReader;
  readonly #known = new Map<number, Buffer>();

  constructor(index: EventIndex, events: EventReader) {
    this.#index = index;
    this.#events = events;
  }

  *of(sequence: number): DiskProgram<ChainHashes> {
    const unknown: number[] = [];
    let at: number | undefined = sequence;
    for (; at !== undefined && (at === sequence || !this.#known.has(at)); at = this.#index.previousOf(at)) unknown.push(at);
    let previous = (at === undefined ? undefined : this.#known.get(at)) ?? noHash;
    let event = previous;
    for (const one of unknown.reverse()) {
      const place = this.#index.placeOf(one);
      if (place === undefined) continue;
      previous = event;
      event = eventHashOf(yield* this.#events.read(place, one), one, previous);
      this.#remember(one, event);
    }
    return { previous, event };
  }

  #remember(sequence: number, hash: Buffer): void {
    this.#known.set(sequence, hash);
    if (this.#known.size <= maxRemembered) return;
    const [oldest] = this.#known.keys();
    if (oldest !== undefined) this.#known.delete(oldest);
  }
}
