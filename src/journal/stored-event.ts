import type { Coordinate } from './coordinate.js';
import { corruptEvent } from './damage.js';
import { asText, type EventId } from './event-id.js';
import { at, checksumAt, droppedAt, fixedBytes, flags, hows, idBytes, lengthBits, lengthBytes, partBits } from './event-layout.js';
import type { Dropped, EventRecord } from './event-record.js';
import type { EventKind } from './kind.js';

/** An event among the bytes of a frame. */
export interface FoundEvent extends EventRecord {
  /** Where it begins among them, and how long it is. */
  readonly offset: number;
  readonly length: number;
}

/** Whoever parses the payloads of events that were written together. */
interface Batch {
  of(event: StoredEvent): unknown;
}

const none = Buffer.alloc(0);
const mostLength = 2 ** lengthBits - 1;
const mostPart = 2 ** partBits - 1;

/** The event that begins there in some bytes; `undefined` where none does whose checksum is right. */
export function eventAt(bytes: Buffer, offset: number): StoredEvent | undefined {
  const length = eventLengthAt(bytes, offset);
  if (length === undefined || checksumAt(bytes, offset, length) !== bytes.readUInt32LE(offset + at.checksum)) return undefined;
  return judgedEventAt(bytes, offset);
}

/** The same of an event of which it is known that its bytes are as they were written. */
export function judgedEventAt(bytes: Buffer, offset: number, batch?: Batch): StoredEvent | undefined {
  const length = eventLengthAt(bytes, offset);
  const event = length === undefined ? undefined : new StoredEvent(bytes, offset, length, batch);
  return event?.isWhole ? event : undefined;
}

/** How long an event says it is that begins there, be it whole or not; `undefined` where none is so long. */
export function eventLengthAt(bytes: Buffer, offset: number): number | undefined {
  const left = bytes.byteLength - offset;
  if (left < fixedBytes) return undefined;
  const length = bytes.readUInt32LE(offset + at.length) & mostLength;
  return length < fixedBytes || length > left ? undefined : length;
}

/** An event where it was read, decoded as far as somebody asks. Its bytes are not written to any more. */
export class StoredEvent implements FoundEvent {
  readonly offset: number;
  readonly length: number;
  /** Whether of its payload no more is there than what `dropped` says. */
  readonly isDropped: boolean;
  readonly #bytes: Buffer;
  /** Where its parts begin: names, what the gates said, the payload or what is left of it. */
  readonly #entityAt: number;
  readonly #gatesAt: number;
  readonly #payloadAt: number;
  readonly #batch: Batch | undefined;

  constructor(bytes: Buffer, offset: number, length: number, batch?: Batch) {
    const flag = flagsAt(bytes, offset);
    this.offset = offset;
    this.length = length;
    this.isDropped = (flag & flags.dropped) !== 0;
    this.#bytes = bytes;
    this.#batch = batch;
    this.#entityAt = entityPlace(offset, flag);
    this.#gatesAt = gatesPlace(bytes, offset, flag);
    this.#payloadAt = payloadPlace(bytes, offset, flag);
  }

  /** Whether its parts have room in it. */
  get isWhole(): boolean {
    if (this.#payloadAt > this.offset + this.length) return false;
    return !this.isDropped || this.dropped !== undefined;
  }

  get id(): EventId {
    return asText(this.#bytes, this.offset + at.id);
  }

  get coordinate(): Coordinate {
    const scopeAt = this.#entityAt + (partsAt(this.#bytes, this.offset) & mostPart);
    return {
      entity: this.#bytes.toString(undefined, this.#entityAt, scopeAt),
      scope: this.#bytes.toString(undefined, scopeAt, this.#gatesAt),
    };
  }

  /** A text that no other entity has; not its name. */
  get entityKey(): string {
    return this.#bytes.toString('latin1', this.#entityAt, this.#entityAt + (partsAt(this.#bytes, this.offset) & mostPart));
  }

  get kind(): EventKind {
    return this.#bytes.readUInt16LE(this.offset + at.kind);
  }

  get wallMs(): number {
    return this.#bytes.readUIntLE(this.offset + at.wallMs, 6);
  }

  get version(): number {
    return this.#bytes.readUInt32LE(this.offset + at.version);
  }

  get correlation(): EventId {
    return (flagsAt(this.#bytes, this.offset) & flags.correlated) === 0 ? this.id : asText(this.#bytes, this.offset + fixedBytes);
  }

  get causation(): EventId | undefined {
    return (flagsAt(this.#bytes, this.offset) & flags.caused) === 0 ? undefined : asText(this.#bytes, this.#entityAt - idBytes);
  }

  get payloadVersion(): number {
    return this.#bytes.readUInt16LE(this.offset + at.payloadVersion);
  }

  get gates(): Buffer {
    return this.#payloadAt === this.#gatesAt ? none : this.#bytes.subarray(this.#gatesAt + lengthBytes, this.#payloadAt);
  }

  get payload(): Buffer {
    return this.isDropped ? none : this.#bytes.subarray(this.#payloadAt, this.offset + this.length);
  }

  /** The payload as text. */
  get payloadText(): string {
    return this.isDropped ? '' : this.#bytes.toString(undefined, this.#payloadAt, this.offset + this.length);
  }

  /** What the payload says, which is there. */
  get parsedPayload(): unknown {
    return this.#batch === undefined ? this.parsedAlone : this.#batch.of(this);
  }

  /** The same, without those beside it; `CorruptSegment` for what is no JSON. */
  get parsedAlone(): unknown {
    try {
      return JSON.parse(this.payloadText);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw corruptEvent(this.id, 'its payload is no JSON');
    }
  }

  get dropped(): Dropped | undefined {
    if (!this.isDropped) return undefined;
    const left = this.#bytes.subarray(this.#payloadAt, this.offset + this.length);
    const how = left.byteLength === droppedAt.end ? hows[left.readUInt8(droppedAt.how) - 1] : undefined;
    return how && { how, bytes: left.readUInt32LE(droppedAt.bytes), contentHash: left.subarray(droppedAt.hash) };
  }

  /** Whether it is not shown any more (CAT-JRN-3502). */
  get isGone(): boolean {
    return this.isDropped && this.dropped?.how === 'retain';
  }

  get head(): Buffer {
    return this.#bytes.subarray(this.offset + at.parts, this.#payloadAt);
  }

  get flag(): number {
    return flagsAt(this.#bytes, this.offset);
  }

  /** All of it, decoded. */
  get record(): EventRecord {
    const { id, coordinate, kind, wallMs, version, correlation, causation, payloadVersion, gates, payload, dropped } = this;
    const header = { id, coordinate, kind, wallMs, version, correlation, causation, payloadVersion, gates };
    return { ...header, payload, ...(dropped && { dropped }) };
  }

  /** Whether it has the id of these sixteen bytes, which are read as four numbers. */
  hasId(words: Uint32Array, from: number): boolean {
    const place = this.offset + at.id;
    return (
      this.#bytes.readUInt32BE(place) === words[from] &&
      this.#bytes.readUInt32BE(place + 4) === words[from + 1] &&
      this.#bytes.readUInt32BE(place + 8) === words[from + 2] &&
      this.#bytes.readUInt32BE(place + 12) === words[from + 3]
    );
  }
}

/** The payload, as text, of an event that is whole; `undefined` where it was dropped. */
export function payloadTextAt(bytes: Buffer, offset: number, length: number): string | undefined {
  const flag = flagsAt(bytes, offset);
  return (flag & flags.dropped) !== 0 ? undefined : bytes.toString(undefined, payloadPlace(bytes, offset, flag), offset + length);
}

function entityPlace(offset: number, flag: number): number {
  return offset + fixedBytes + idBytes * ((flag & flags.correlated) + ((flag & flags.caused) >> 1));
}

function gatesPlace(bytes: Buffer, offset: number, flag: number): number {
  const parts = partsAt(bytes, offset);
  return entityPlace(offset, flag) + (parts & mostPart) + (parts >> partBits);
}

function payloadPlace(bytes: Buffer, offset: number, flag: number): number {
  const place = gatesPlace(bytes, offset, flag);
  return (flag & flags.gated) === 0 ? place : place + lengthBytes + uint32At(bytes, place);
}

function flagsAt(bytes: Buffer, offset: number): number {
  return (bytes[offset + at.length + 3] ?? 0) >>> 4;
}

/** The lengths of both names. */
function partsAt(bytes: Buffer, offset: number): number {
  const place = offset + at.parts;
  return (bytes[place] ?? 0) | ((bytes[place + 1] ?? 0) << 8) | ((bytes[place + 2] ?? 0) << 16);
}

/** A length that is not there is too long. */
function uint32At(bytes: Buffer, offset: number): number {
  return offset + lengthBytes <= bytes.byteLength ? bytes.readUInt32LE(offset) : Number.MAX_SAFE_INTEGER;
}
