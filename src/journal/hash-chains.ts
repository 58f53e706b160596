import type { DiskProgram } from '../disk/program.js';
import type { ChainHashes } from './event.js';
import type { EventIndex } from './event-index.js';
import type { EventReader } from './event-reader.js';
import { eventHashOf } from './event-record.js';
import { noHash } from './frame.js';

const maxRemembered = 10_000;

/**
 * The hashes of events, each over the one before it of its entity (CAT-JRN-3005). Those of full segments are kept in the index
 * (CAT-JRN-3003), of the others those that were computed last.
 */
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
    for (; at !== undefined && (at === sequence || this.#knownOf(at) === undefined); at = this.#index.previousOf(at)) unknown.push(at);
    let previous = (at === undefined ? undefined : this.#knownOf(at)) ?? noHash;
    let event = previous;
    for (const one of unknown.reverse()) {
      const place = this.#index.placeOf(one);
      if (place === undefined) continue;
      previous = event;
      event = eventHashOf(yield* this.#events.read(place, one), one, previous);
      if (place.segment < this.#index.lastSegment) this.#index.keepHash(one, event);
      else this.#remember(one, event);
    }
    return { previous, event };
  }

  #knownOf(sequence: number): Buffer | undefined {
    return this.#index.hashOf(sequence) ?? this.#known.get(sequence);
  }

  #remember(sequence: number, hash: Buffer): void {
    this.#known.set(sequence, hash);
    if (this.#known.size <= maxRemembered) return;
    const [oldest] = this.#known.keys();
    if (oldest !== undefined) this.#known.delete(oldest);
  }
}
