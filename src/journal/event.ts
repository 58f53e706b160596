import type { Coordinate } from './coordinate.js';
import type { EventId } from './event-id.js';
import type { FoundEvent } from './event-record.js';
import { contentHashOf } from './event-record.js';
import type { GatePassed } from './gates.js';
import { type EventKind, tombstone } from './kind.js';

/** What of an event follows from others: the chain of its entity (CAT-JRN-3005). */
export interface ChainHashes {
  readonly previous: Buffer;
  readonly event: Buffer;
}

/** An event as it was read. Hashes are lower-case hexadecimal SHA-256, and computed when they are asked for. */
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
}

/** What is kept of the gates with an event. */
export function passedOf(gates: Buffer): readonly GatePassed[] {
  return gates.byteLength === 0 ? [] : JSON.parse(gates.toString('utf8'));
}

/** The kind that is shown: what was dropped is a tombstone, whatever it was. */
export function shownKind({ kind, dropped }: FoundEvent): EventKind {
  return dropped === undefined ? kind : tombstone;
}

/** What is shown of a payload, and in which form that is. */
function shownPayload({ kind, payload, payloadVersion, dropped }: FoundEvent): Pick<JournalEvent, 'payload' | 'payload_version'> {
  if (dropped === undefined) return { payload_version: payloadVersion, payload: JSON.parse(payload.toString('utf8')) };
  const { bytes, contentHash } = dropped;
  return { payload_version: 1, payload: { dropped: true, kind, content_hash: contentHash.toString('hex'), bytes } };
}

export function asJournalEvent(found: FoundEvent, sequence: number, hashes: () => ChainHashes): JournalEvent {
  const { id, coordinate, version, wallMs, correlation, causation, gates } = found;
  let chain: ChainHashes | undefined;
  const inChain = (): ChainHashes => {
    chain ??= hashes();
    return chain;
  };
  return {
    event_id: id,
    sequence,
    coordinate,
    kind: shownKind(found),
    version,
    wall_ms: wallMs,
    correlation_id: correlation,
    causation_id: causation,
    ...shownPayload(found),
    gates: passedOf(gates),
    get content_hash() {
      return contentHashOf(found).toString('hex');
    },
    get previous_hash() {
      return inChain().previous.toString('hex');
    },
    get event_hash() {
      return inChain().event.toString('hex');
    },
  };
}
