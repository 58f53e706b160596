import { refusal } from '../core/errors.js';
import type { AppendOptions, KnownEvents, NewEvent } from './appending.js';
import type { Coordinate } from './coordinate.js';
import type { EntityEnd } from './entity-table.js';
import type { EventId } from './event-id.js';
import type { EventIndex, IndexedEvent } from './event-index.js';
import { type EventRecord, eventHashOf } from './event-record.js';
import { noHash } from './frame.js';
import type { JournalReader } from './journal-reader.js';
import type { EventKind } from './kind.js';
import type { SequenceRange } from './ranges.js';
import type { Receipt } from './receipts.js';

/** What is appended through it is hidden until it is committed. */
export interface Fence {
  /** As that of the journal; what it gives is not durable before the commit. */
  append(coordinate: Coordinate, kind: EventKind, payload: unknown, options?: AppendOptions): Receipt;
  appendBatch(events: readonly NewEvent[]): readonly Receipt[];
  /** All of it is durable, and then seen. */
  commit(): void;
  /** None of it is ever seen, nor its sequences given to others. */
  cancel(): void;
}

/** An event that was appended under a fence, which nobody sees yet. */
interface Fenced extends IndexedEvent {
  readonly record: EventRecord;
  readonly hash: Buffer;
}

/** What was appended under a fence (CAT-JRN-3105): known to who appends there, and to nobody else before it is committed. */
export class FencedEvents implements KnownEvents {
  /** No other fence has it: the number of the first frame that may lie under it. */
  readonly id: number;
  readonly #index: EventIndex;
  readonly #reader: Pick<JournalReader, 'hashesOf'>;
  readonly #events: Fenced[] = [];
  readonly #byId = new Map<EventId, Fenced>();
  readonly #ends = new Map<string, Fenced>();

  constructor(id: number, index: EventIndex, reader: Pick<JournalReader, 'hashesOf'>) {
    this.id = id;
    this.#index = index;
    this.#reader = reader;
  }

  get events(): readonly IndexedEvent[] {
    return this.#events;
  }

  /** From the first to the last; `undefined` where there are none. */
  get range(): SequenceRange | undefined {
    const [first, last] = [this.#events.at(0), this.#events.at(-1)];
    return first === undefined || last === undefined ? undefined : { from: first.sequence, to: last.sequence };
  }

  entityEnd(entity: string): EntityEnd | undefined {
    return this.#ends.get(entity) ?? this.#index.entityEnd(entity);
  }

  sequenceOf(id: EventId): number | undefined {
    return this.#byId.get(id)?.sequence ?? this.#index.sequenceOf(id);
  }

  add(indexed: IndexedEvent, record: EventRecord): void {
    const fenced = { ...indexed, record, hash: eventHashOf(record, indexed.sequence, this.#hashBefore(indexed.entity)) };
    this.#events.push(fenced);
    this.#byId.set(indexed.id, fenced);
    this.#ends.set(indexed.entity, fenced);
  }

  /** Of an event under this fence; `undefined` for any other. */
  found(sequence: number): Pick<Fenced, 'record' | 'hash'> | undefined {
    return this.#events.find((event) => event.sequence === sequence);
  }

  #hashBefore(entity: string): Buffer {
    const fenced = this.#ends.get(entity);
    if (fenced !== undefined) return fenced.hash;
    const end = this.#index.entityEnd(entity);
    return end === undefined ? noHash : this.#reader.hashesOf(end.sequence).event;
  }
}

/** Other appends wait for none: who comes while a fence is there is told so. */
export function fenceActive(directory: string): Error {
  return refusal('FenceActive', `events are being appended to ${directory} under a fence; commit or cancel it first`);
}
