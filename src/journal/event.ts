import { jsonIn } from '../core/json.js';
import type { Coordinate } from './coordinate.js';
import { corruptEvent } from './damage.js';
import type { EventId } from './event-id.js';
import { contentHashOf } from './event-record.js';
import type { GatePassed } from './gates.js';
import { type EventKind, tombstone } from './kind.js';
import type { StoredEvent } from './stored-event.js';

/** What of an event follows from others: the chain of its entity (CAT-JRN-3005). */
export interface ChainHashes {
  readonly previous: Buffer;
  readonly event: Buffer;
}

/**
 * An event as it was read; each member is decoded, parsed or computed when it is asked for. Hashes are lower-case hexadecimal SHA-256.
 */
export interface JournalEvent {
  readonly event_id: EventId;
  /** Its place among all events of the journal, from 1 on. */
  readonly sequence: number;
  readonly coordinate: Coordinate;
  readonly kind: EventKind;
  /** Its place among the events of its entity, from 1 on. */
  readonly version: number;
  /** Milliseconds since 1970, UTC; never before that of an earlier event of the entity. */
  readonly wall_ms: number;
  readonly correlation_id: EventId;
  readonly causation_id: EventId | undefined;
  readonly payload_version: number;
  readonly payload: unknown;
  /** What the gates said that were asked (CAT-JRN-3006). */
  readonly gates: readonly GatePassed[];
  readonly content_hash: string;
  /** The event hash of the event of the same entity before it; zeros where it is the first. */
  readonly previous_hash: string;
  readonly event_hash: string;
  /** All members as plain data, which can be spread, cloned and sent. */
  toJSON?(): JournalEvent;
}

/** What is kept of the gates with an event; `CorruptSegment` for what no journal wrote. */
export function passedOf(gates: Buffer, id: EventId): readonly GatePassed[] {
  if (gates.byteLength === 0) return [];
  const found = jsonIn(gates.toString('utf8'));
  if (Array.isArray(found) && found.every(isPassed)) return found;
  throw corruptEvent(id, 'what its gates said is no list of them');
}

function isPassed(found: unknown): found is GatePassed {
  if (typeof found !== 'object' || found === null) return false;
  const { gate, bypassed } = found as Readonly<Record<string, unknown>>;
  return typeof gate === 'string' && (bypassed === undefined || typeof bypassed === 'string');
}

const members = [
  ...['event_id', 'sequence', 'coordinate', 'kind', 'version', 'wall_ms', 'correlation_id', 'causation_id'],
  ...['payload_version', 'payload', 'gates', 'content_hash', 'previous_hash', 'event_hash'],
] as readonly Exclude<keyof JournalEvent, 'toJSON'>[];

const chained: ReadonlySet<keyof JournalEvent> = new Set(['previous_hash', 'event_hash']);

interface Decoded {
  coordinate?: Coordinate;
  gates?: readonly GatePassed[];
  chain?: ChainHashes;
}

/** What is stored of an event, and what of it everybody is shown: of what was dropped a tombstone, whatever it was. */
export class ShownEvent implements JournalEvent {
  readonly sequence: number;
  readonly #stored: StoredEvent;
  readonly #hashesOf: (sequence: number) => ChainHashes;
  #payload: unknown;
  /** What was decoded before: whoever asks twice is given the same. */
  #decoded: Decoded | undefined;

  constructor(stored: StoredEvent, sequence: number, hashesOf: (sequence: number) => ChainHashes) {
    this.sequence = sequence;
    this.#stored = stored;
    this.#hashesOf = hashesOf;
  }

  get event_id(): EventId {
    return this.#stored.id;
  }

  get coordinate(): Coordinate {
    const decoded = this.#kept();
    decoded.coordinate ??= this.#stored.coordinate;
    return decoded.coordinate;
  }

  get kind(): EventKind {
    return this.#stored.isDropped ? tombstone : this.#stored.kind;
  }

  get version(): number {
    return this.#stored.version;
  }

  get wall_ms(): number {
    return this.#stored.wallMs;
  }

  get correlation_id(): EventId {
    return this.#stored.correlation;
  }

  get causation_id(): EventId | undefined {
    return this.#stored.causation;
  }

  get payload_version(): number {
    return this.#stored.isDropped ? 1 : this.#stored.payloadVersion;
  }

  get payload(): unknown {
    this.#payload ??= this.#shownPayload();
    return this.#payload;
  }

  get gates(): readonly GatePassed[] {
    const decoded = this.#kept();
    decoded.gates ??= passedOf(this.#stored.gates, this.event_id);
    return decoded.gates;
  }

  get content_hash(): string {
    return contentHashOf(this.#stored).toString('hex');
  }

  get previous_hash(): string {
    return this.#hashes().previous.toString('hex');
  }

  get event_hash(): string {
    return this.#hashes().event.toString('hex');
  }

  toJSON(): JournalEvent {
    return Object.fromEntries(members.map((member) => [member, this[member]])) as unknown as JournalEvent;
  }

  /** What is in the event itself: who looks at one reads no other for it. */
  [Symbol.for('nodejs.util.inspect.custom')](): object {
    return Object.fromEntries(members.filter((member) => !chained.has(member)).map((member) => [member, this[member]]));
  }

  #shownPayload(): unknown {
    const { dropped, kind } = this.#stored;
    if (dropped === undefined) return this.#stored.parsedPayload;
    return { dropped: true, kind, content_hash: dropped.contentHash.toString('hex'), bytes: dropped.bytes };
  }

  #hashes(): ChainHashes {
    const decoded = this.#kept();
    decoded.chain ??= this.#hashesOf(this.sequence);
    return decoded.chain;
  }

  #kept(): Decoded {
    this.#decoded ??= {};
    return this.#decoded;
  }
}

// Whoever compares events, or looks at one, sees its members.
for (const member of members) if (member !== 'sequence') Object.defineProperty(ShownEvent.prototype, member, { enumerable: true });

/** The same event with another payload; all else is decoded where it is asked for. */
export function withPayload(event: JournalEvent, shown: Pick<JournalEvent, 'payload' | 'payload_version'>): JournalEvent {
  const described = members.map(
    (member) => [member, { get: () => (member in shown ? shown : event)[member as keyof typeof shown], enumerable: true }] as const,
  );
  return Object.defineProperties({}, Object.fromEntries(described)) as JournalEvent;
}
