import { hash } from 'node:crypto';
import type { Clock, Random } from '../disk/host.js';

/** A UUID as text: 36 characters, lower case. */
export type EventId = string;

const counters = 0x1000;
const idBytes = 16;
const digits = '0123456789abcdef';
/** What a digit stands for, by its code; there is one for upper case too. */
const values = Uint8Array.from({ length: 128 }, (_, code) => Math.max(0, digits.indexOf(String.fromCharCode(code).toLowerCase())));
/** Where in the text of an id the two digits of each of its bytes stand. */
const placesOfPairs = Uint8Array.of(0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34);
/** An id with its dashes, in which each text is put together: nothing of it is kept. */
const text = Buffer.from('00000000-0000-0000-0000-000000000000');
const form = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether a text is an id, in upper or lower case. */
export function isEventId(text: unknown): text is EventId {
  return typeof text === 'string' && form.test(text);
}

/** CAT-JRN-3003: a source of ids (UUID version 7, RFC 9562) that rise as they are made, whatever the clock does. */
export function eventIds(clock: Clock, random: Random): () => EventId {
  const bytes = Buffer.alloc(idBytes);
  let ms = 0;
  let counter = 0;
  return () => {
    const now = Math.max(ms, Math.trunc(clock()));
    // Twelve bits tell apart what is made in one millisecond; beyond them the next one is begun early.
    counter = now > ms ? 0 : counter + 1;
    ms = counter < counters ? now : now + 1;
    counter %= counters;
    bytes.writeUIntBE(ms, 0, 6);
    bytes.writeUInt16BE(0x7000 | counter, 6);
    bytes.set(random(8), 8);
    bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
    return asText(bytes);
  };
}

/**
 * An idempotency key for an operation that is named by texts: the same key for the same texts, another for all others. A UUID
 * version 8 from SHA-256 over the texts, each with its length before it.
 */
export function idempotencyKey(...parts: readonly string[]): EventId {
  const lengths = parts.map((part) => `${Buffer.byteLength(part)}:${part}`);
  const bytes = Buffer.from(hash('sha256', lengths.join(''), 'binary'), 'binary').subarray(0, 16);
  bytes[6] = 0x80 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  return asText(bytes);
}

/** The id whose 16 bytes lie there. */
export function asText(bytes: Buffer, at = 0): EventId {
  for (let nth = 0; nth < idBytes; nth++) {
    const place = placesOfPairs[nth] ?? 0;
    const byte = bytes[at + nth] ?? 0;
    text[place] = digits.charCodeAt(byte >>> 4);
    text[place + 1] = digits.charCodeAt(byte & 0xf);
  }
  return text.toString('latin1');
}

/** The 16 bytes of an id, written into a buffer. */
export function writeEventId(id: EventId, into: Buffer, at: number): void {
  for (let nth = 0; nth < idBytes; nth++) {
    const place = placesOfPairs[nth] ?? 0;
    into[at + nth] = ((values[id.charCodeAt(place)] ?? 0) << 4) | (values[id.charCodeAt(place + 1)] ?? 0);
  }
}
