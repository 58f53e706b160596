import { refusal } from '../core/errors.js';
import { checkCount } from './count.js';
import type { CursorCheckpoint } from './cursor-checkpoint.js';
import type { JournalEvent } from './event.js';
import type { EventId } from './event-id.js';
import type { ReadOptions } from './journal-reader.js';
import { type Region, regionIdentity } from './region.js';

/** What a cursor asks of its journal. */
export interface CursorSource {
  readonly lineage: () => EventId | undefined;
  /** The sequence of the last event. */
  readonly last: () => number;
  readonly read: (region: Region, options: ReadOptions) => Iterable<JournalEvent>;
  readonly save: (checkpoint: CursorCheckpoint) => void;
}

/**
 * A consumer of a region (CAT-JRN-3402): each event is delivered at least once, however often the consumer dies. What was delivered
 * and not committed is delivered again to whoever opens the cursor next.
 */
export class Cursor {
  readonly #source: CursorSource;
  readonly #region: Region;
  #position: number;
  #committed: number;

  constructor(source: CursorSource, region: Region, saved: CursorCheckpoint | undefined) {
    checkSaved(saved, regionIdentity(region), source);
    this.#source = source;
    this.#region = region;
    this.#position = saved?.position ?? 0;
    this.#committed = this.#position;
  }

  /** The sequence up to which everything was delivered. */
  get position(): number {
    return this.#position;
  }

  /** The sequence from which on whoever opens this cursor next is told everything. */
  get committed(): number {
    return this.#committed;
  }

  /** The next events, at most so many (100 unless told); none where there is nothing new. */
  poll({ limit = 100 }: { readonly limit?: number } = {}): readonly JournalEvent[] {
    checkCount('limit', limit, { least: 1 });
    const last = this.#source.last();
    const events = [
      ...this.#source.read({ ...this.#region, to: Math.min(last, this.#region.to ?? last) }, { after: this.#position, limit }),
    ];
    // Where all there is was looked through, what is of no interest is done with as well.
    this.#position = events.length < limit ? Math.max(this.#position, last) : (events.at(-1)?.sequence ?? this.#position);
    return events;
  }

  /** What was delivered is durable, and from now on not delivered again. */
  commit(): void {
    if (this.#position === this.#committed) return;
    const lineage = this.#source.lineage();
    if (lineage === undefined) return;
    this.#source.save({ lineage, region: regionIdentity(this.#region), position: this.#position });
    this.#committed = this.#position;
  }
}

/** The last place that a cursor may keep. What was cancelled behind it is nothing to a reader, who cannot tell it from what goes on. */
export function lastPlace({ last }: { readonly last: number }, durable: number): number {
  return Math.min(last, durable);
}

/** Never a silent rewind: a place in another region, another journal or beyond the end is no place here. */
function checkSaved(saved: CursorCheckpoint | undefined, region: string, { lineage, last }: CursorSource): void {
  if (saved === undefined) return;
  if (saved.region !== region) {
    throw refusal('CursorCheckpointRegionMismatch', `this cursor follows ${saved.region}, not ${region}`, {
      expected: region,
      found: saved.region,
    });
  }
  if (saved.lineage !== lineage()) {
    throw refusal('CursorCheckpointAhead', 'this cursor followed another journal', { expected: lineage(), found: saved.lineage });
  }
  if (saved.position > last()) {
    throw refusal('CursorCheckpointAhead', `this cursor was at ${saved.position}, and the journal ends at ${last()}`, {
      position: saved.position,
      last: last(),
    });
  }
}
