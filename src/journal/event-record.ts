import { hash as digest } from 'node:crypto';
import { writeUInt64 } from './bytes.js';
import type { Coordinate } from './coordinate.js';
import { type EventId, writeEventId } from './event-id.js';
import { at, checksumAt, droppedAt, fixedBytes, flags, hows, idBytes, lengthBits, lengthBytes, partBits } from './event-layout.js';
import { hashBytes } from './frame.js';
import type { EventKind } from './kind.js';

/** All that the journal knows of an event but its payload and its place. */
export interface EventHeader {
  readonly id: EventId;
  readonly coordinate: Coordinate;
  readonly kind: EventKind;
  /** Milliseconds since 1970, UTC; never before that of an earlier event of the entity. */
  readonly wallMs: number;
  /** The how-manieth event of its entity this is, from 1 on. */
  readonly version: number;
  readonly correlation: EventId;
  readonly causation: EventId | undefined;
  readonly payloadVersion: number;
  /** What the gates said, as JSON; empty where none was asked. */
  readonly gates: Buffer;
}

export interface EventRecord extends EventHeader {
  /** JSON text in UTF-8; empty where it was dropped. */
  readonly payload: Buffer;
  readonly dropped?: Dropped | undefined;
  /** Where it was read: its bytes between checksum and payload, and the flags before them. */
  readonly head?: Buffer;
  readonly flag?: number;
}

/** What is kept of a payload that was dropped (CAT-JRN-3502). */
export interface Dropped {
  /** Whether the event is gone, or shown with what is left of it. */
  readonly how: 'retain' | 'tombstone';
  /** How long the payload was, and its SHA-256. */
  readonly bytes: number;
  readonly contentHash: Buffer;
}

/** An event that is to be written; its payload may still be text. */
export interface NewRecord extends EventHeader {
  readonly payload: Buffer | string;
  readonly dropped?: Dropped | undefined;
}

/**
 * The bytes of an event: besides what its header says and its payload 15 (CAT-PRF-6407). A correlation that is its own id, a
 * causation and gates that there are none of take no room. The checksum (CRC-32) covers all but itself, so that one event can be
 * read without the frame it lies in.
 */
export function encodeEvent(event: NewRecord): Buffer {
  const { id, coordinate, kind, wallMs, version, correlation, causation, payloadVersion, gates, dropped } = event;
  const payload = dropped === undefined ? event.payload : encodeDropped(dropped);
  const [entityBytes, scopeBytes] = [Buffer.byteLength(coordinate.entity), Buffer.byteLength(coordinate.scope)];
  const payloadBytes = Buffer.byteLength(payload);
  const [isCorrelated, isCaused] = [correlation !== id, causation !== undefined];
  const idsBytes = (Number(isCorrelated) + Number(isCaused)) * idBytes;
  const gatesBytes = gates.byteLength === 0 ? 0 : lengthBytes + gates.byteLength;
  const length = fixedBytes + idsBytes + entityBytes + scopeBytes + gatesBytes + payloadBytes;
  const flag =
    (isCorrelated ? flags.correlated : 0) |
    (isCaused ? flags.caused : 0) |
    (gatesBytes === 0 ? 0 : flags.gated) |
    (dropped === undefined ? 0 : flags.dropped);
  const bytes = Buffer.allocUnsafe(length);
  bytes.writeUInt32LE(length + flag * 2 ** lengthBits, at.length);
  bytes.writeUIntLE(entityBytes | (scopeBytes << partBits), at.parts, 3);
  bytes.writeUInt16LE(kind, at.kind);
  bytes.writeUInt16LE(payloadVersion, at.payloadVersion);
  bytes.writeUInt32LE(version, at.version);
  bytes.writeUIntLE(wallMs, at.wallMs, 6);
  writeEventId(id, bytes, at.id);
  let offset = fixedBytes;
  if (isCorrelated) {
    writeEventId(correlation, bytes, offset);
    offset += idBytes;
  }
  if (causation !== undefined) {
    writeEventId(causation, bytes, offset);
    offset += idBytes;
  }
  offset += bytes.write(coordinate.entity, offset);
  offset += bytes.write(coordinate.scope, offset);
  if (gatesBytes > 0) {
    bytes.writeUInt32LE(gates.byteLength, offset);
    offset += lengthBytes + gates.copy(bytes, offset + lengthBytes);
  }
  if (typeof payload === 'string') bytes.write(payload, offset);
  else payload.copy(bytes, offset);
  bytes.writeUInt32LE(checksumAt(bytes, 0, length), at.checksum);
  return bytes;
}

/** How it was dropped, how long the payload was, and its hash. */
function encodeDropped({ how, bytes: length, contentHash }: Dropped): Buffer {
  const bytes = Buffer.alloc(droppedAt.end);
  bytes.writeUInt8(hows.indexOf(how) + 1, droppedAt.how);
  bytes.writeUInt32LE(length, droppedAt.bytes);
  contentHash.copy(bytes, droppedAt.hash, 0, hashBytes);
  return bytes;
}

const none = Buffer.alloc(0);

/** SHA-256 of a payload, be it there or not. */
export function contentHashOf({ payload, dropped }: EventRecord): Buffer {
  return dropped?.contentHash ?? hashIn(digest('sha256', payload, 'binary'));
}

/** Room for what is hashed of most events; made once, because nothing of it is kept. */
const covering = Buffer.alloc(4096);

/**
 * CAT-JRN-3005: the hash of an event: over that of its entity's event before it (zeros before the first), its sequence, all of its
 * bytes but the checksum as they would be without a payload, and its content hash. So it is a function of what is stored.
 */
export function eventHashOf(event: EventRecord, sequence: number, previous: Buffer): Buffer {
  const { head, flag = 0 } = event;
  return head === undefined ? eventHashOf(encoded(event), sequence, previous) : hashOver({ event, head, flag, sequence, previous });
}

/** The same with its bytes. */
function encoded(event: EventRecord): EventRecord {
  const bytes = encodeEvent({ ...event, payload: none, dropped: undefined });
  return { ...event, head: bytes.subarray(at.parts), flag: bytes.readUInt32LE(at.length) >>> lengthBits };
}

interface Covered {
  readonly event: EventRecord;
  readonly head: Buffer;
  readonly flag: number;
  readonly sequence: number;
  readonly previous: Buffer;
}

const coveredAt = { sequence: hashBytes, length: hashBytes + 8, head: hashBytes + 12 } as const;

function hashOver({ event, head, flag, sequence, previous }: Covered): Buffer {
  const contentAt = coveredAt.head + head.byteLength;
  const length = contentAt + hashBytes;
  const bytes = length <= covering.byteLength ? covering : Buffer.allocUnsafe(length);
  bytes.set(previous);
  writeUInt64(bytes, sequence, coveredAt.sequence);
  bytes.writeUInt32LE(at.parts + head.byteLength + (flag & ~flags.dropped) * 2 ** lengthBits, coveredAt.length);
  bytes.set(head, coveredAt.head);
  if (event.dropped !== undefined) bytes.set(event.dropped.contentHash, contentAt);
  else bytes.write(digest('sha256', event.payload, 'binary'), contentAt, hashBytes, 'binary');
  return hashIn(digest('sha256', bytes.subarray(0, length), 'binary'));
}

/** Text is what the hashing gives soonest. */
function hashIn(text: string): Buffer {
  const hash = Buffer.allocUnsafe(hashBytes);
  hash.write(text, 0, hashBytes, 'binary');
  return hash;
}
