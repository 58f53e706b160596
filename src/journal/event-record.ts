import { hash as digest } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { writeUInt64 } from './bytes.js';
import type { Coordinate } from './coordinate.js';
import { asText, type EventId, writeEventId } from './event-id.js';
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

/** An event among those of a frame. */
export interface FoundEvent extends EventRecord {
  /** Where it begins in the body, and how long it is. */
  readonly offset: number;
  readonly length: number;
}

/** Longer than any frame is allowed to be. */
const lengthBits = 28;
/** A part of a coordinate has at most 1,024 bytes. */
const partBits = 11;
const flags = { correlated: 1, caused: 2, gated: 4, dropped: 8 } as const;
const hows = ['retain', 'tombstone'] as const;
const droppedAt = { how: 0, bytes: 1, hash: 5, end: 5 + hashBytes } as const;
const at = { length: 0, checksum: 4, parts: 8, kind: 11, payloadVersion: 13, version: 15, wallMs: 19, id: 25 } as const;
const fixedBytes = 41;
const idBytes = 16;
const lengthBytes = 4;

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
  bytes.writeUInt32LE(checksumOf(bytes), at.checksum);
  return bytes;
}

/** The event that begins there in some bytes; `undefined` where none does whose checksum is right. */
export function eventAt(body: Buffer, offset: number): FoundEvent | undefined {
  const length = eventLengthAt(body, offset);
  if (length === undefined) return undefined;
  const word = body.readUInt32LE(offset + at.length);
  const bytes = body.subarray(offset, offset + length);
  return checksumOf(bytes) === bytes.readUInt32LE(at.checksum) ? eventIn(bytes, offset, Math.floor(word / 2 ** lengthBits)) : undefined;
}

/** How long an event says it is that begins there, be it whole or not; `undefined` where none is so long. */
export function eventLengthAt(body: Buffer, offset: number): number | undefined {
  const left = body.byteLength - offset;
  if (left < fixedBytes) return undefined;
  const length = body.readUInt32LE(offset + at.length) % 2 ** lengthBits;
  return length < fixedBytes || length > left ? undefined : length;
}

function eventIn(bytes: Buffer, offset: number, flag: number): FoundEvent | undefined {
  const reader = new Reader(bytes, fixedBytes);
  const id = asText(bytes.subarray(at.id));
  const parts = bytes.readUIntLE(at.parts, 3);
  const correlation = (flag & flags.correlated) === 0 ? id : reader.id();
  const causation = (flag & flags.caused) === 0 ? undefined : reader.id();
  const entity = reader.text(parts & (2 ** partBits - 1));
  const scope = reader.text(parts >> partBits);
  const gates = (flag & flags.gated) === 0 ? none : reader.bytes(reader.uint32());
  const rest = reader.rest();
  if (rest === undefined) return undefined;
  const dropped = (flag & flags.dropped) === 0 ? undefined : decodedDropped(rest);
  if ((flag & flags.dropped) !== 0 && dropped === undefined) return undefined;
  const payload = dropped === undefined ? rest : none;
  return {
    offset,
    length: bytes.byteLength,
    id,
    coordinate: { entity, scope },
    kind: bytes.readUInt16LE(at.kind),
    wallMs: bytes.readUIntLE(at.wallMs, 6),
    version: bytes.readUInt32LE(at.version),
    correlation,
    causation,
    payloadVersion: bytes.readUInt16LE(at.payloadVersion),
    gates,
    payload,
    ...(dropped && { dropped }),
  };
}

/** How it was dropped, how long the payload was, and its hash. */
function encodeDropped({ how, bytes: length, contentHash }: Dropped): Buffer {
  const bytes = Buffer.alloc(droppedAt.end);
  bytes.writeUInt8(hows.indexOf(how) + 1, droppedAt.how);
  bytes.writeUInt32LE(length, droppedAt.bytes);
  contentHash.copy(bytes, droppedAt.hash, 0, hashBytes);
  return bytes;
}

function decodedDropped(bytes: Buffer): Dropped | undefined {
  const how = bytes.byteLength === droppedAt.end ? hows[bytes.readUInt8(droppedAt.how) - 1] : undefined;
  return how && { how, bytes: bytes.readUInt32LE(droppedAt.bytes), contentHash: bytes.subarray(droppedAt.hash) };
}

function checksumOf(bytes: Buffer): number {
  return crc32(bytes.subarray(at.parts), crc32(bytes.subarray(at.length, at.checksum)));
}

const none = Buffer.alloc(0);

/** Reads one part after the other; what would go past the end leaves nothing to be read. */
class Reader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  bytes(length: number): Buffer {
    const found = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return found;
  }

  text(length: number): string {
    return this.bytes(length).toString('utf8');
  }

  id(): EventId {
    const found = this.bytes(idBytes);
    return found.byteLength === idBytes ? asText(found) : '';
  }

  uint32(): number {
    const found = this.bytes(lengthBytes);
    return found.byteLength === lengthBytes ? found.readUInt32LE(0) : Number.MAX_SAFE_INTEGER;
  }

  /** What is left; `undefined` where an earlier part went past the end. */
  rest(): Buffer | undefined {
    return this.#at > this.#bytes.byteLength ? undefined : this.#bytes.subarray(this.#at);
  }
}

/** SHA-256 of a payload, be it there or not. */
export function contentHashOf({ payload, dropped }: EventRecord): Buffer {
  return dropped?.contentHash ?? Buffer.from(digest('sha256', payload, 'binary'), 'binary');
}

/**
 * CAT-JRN-3005: the hash of an event: over that of its entity's event before it (zeros before the first), its sequence, all of its
 * bytes but the checksum as they would be without a payload, and its content hash. So it is a function of what is stored.
 */
export function eventHashOf(event: EventRecord, sequence: number, previous: Buffer): Buffer {
  const bytes = encodeEvent({ ...event, payload: none, dropped: undefined });
  const prefix = Buffer.alloc(8);
  writeUInt64(prefix, sequence, 0);
  const covered = Buffer.concat([
    previous.subarray(0, hashBytes),
    prefix,
    bytes.subarray(at.length, at.checksum),
    bytes.subarray(at.parts),
    contentHashOf(event),
  ]);
  return Buffer.from(digest('sha256', covered, 'binary'), 'binary');
}
