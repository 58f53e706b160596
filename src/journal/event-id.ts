import { hash } from 'node:crypto';
import type { Clock, Random } from '../disk/host.js';

/** A UUID as text: 36 characters, lower case. */
export type EventId = string;

const counters = 0x1000;
const form = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether a text is an id, in upper or lower case. */
export function isEventId(text: unknown): text is EventId {
  return typeof text === 'string' && form.test(text);
}

/** CAT-JRN-3003: a source of ids (UUID version 7, RFC 9562) that rise as they are made, whatever the clock does. */
export function eventIds(clock: Clock, random: Random): () => EventId {
  let ms = 0;
  let counter = 0;
  return () => {
    const now = Math.max(ms, Math.trunc(clock()));
    // Twelve bits tell apart what is made in one millisecond; beyond them the next one is begun early.
    counter = now > ms ? 0 : counter + 1;
    ms = counter < counters ? now : now + 1;
    counter %= counters;
    return asText(version7(ms, counter, random(8)));
  };
}

function version7(ms: number, counter: number, tail: Uint8Array): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(ms, 0, 6);
  bytes.writeUInt16BE(0x7000 | counter, 6);
  bytes.set(tail, 8);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  return bytes;
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

export function asText(bytes: Buffer, at = 0): EventId {
  const hex = bytes.toString('hex', at, at + 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The 16 bytes of an id, written into a buffer. */
export function writeEventId(id: EventId, into: Buffer, at: number): void {
  into.write(id.replaceAll('-', ''), at, 16, 'hex');
}
