import { type HeaderTrouble, malformed, mostItems } from './reading.js';

export type JsonObject = Readonly<Record<string, unknown>>;

const mostDepth = 64;
/** CAT-SEC-6003: what a text may cost in memory, beside what the process had; measured, with the bytes of the file themselves. */
const mostCost = 240 * 1024 * 1024;
const costs = { byte: 3.5, wideByte: 6, item: 80, name: 200 } as const;

/**
 * The object of a JSON text: in UTF-8, of at most 1,000,000 items, not deep, with no member twice. What it costs is known before
 * anything of it is made: 64 MiB of plain text are within it, or 100,000 tensors.
 */
export function boundedJson(bytes: Uint8Array): { readonly kind: 'parsed'; readonly value: JsonObject } | HeaderTrouble {
  const { items, members, depth, names, isWide } = measured(bytes);
  if (items > mostItems) return malformed('over-limit', `has more than ${mostItems} items`);
  if (depth > mostDepth) return malformed('too-deep', `has values in values, more than ${mostDepth} deep`);
  const cost = bytes.byteLength * (isWide ? costs.wideByte : costs.byte) + items * costs.item + names * costs.name;
  if (cost > mostCost) return malformed('over-limit', `has a header that would take about ${Math.round(cost / 1e6)} MB of memory`);
  const value = parsed(bytes);
  if (!isObject(value)) return malformed('bad-value', 'is no object in JSON');
  // `JSON.parse` keeps the last of two members of one name.
  if (membersOf(value) !== members) return malformed('duplicate', 'has a member twice');
  return { kind: 'parsed', value };
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member of its own; what every object inherits is none. */
export function memberOf(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** What a byte is outside of a text; all others are nothing. */
const roles = new Uint8Array(256);
const [quote, separator, colon, opening, closing] = [1, 2, 3, 4, 5];
for (const [role, characters] of [
  [quote, '"'],
  [separator, ','],
  [colon, ':'],
  [opening, '{['],
  [closing, '}]'],
] as const)
  for (const character of characters) roles[character.charCodeAt(0)] = role;

interface Measured {
  readonly items: number;
  readonly members: number;
  readonly depth: number;
  /** Members that are not called as every tensor has them: each such name is kept. */
  readonly names: number;
  /** Whether two bytes are kept for each character: some are beyond Latin-1, or may be where they are escaped. */
  readonly isWide: boolean;
}

/** Bytes that are no JSON have some measure too. */
function measured(bytes: Uint8Array): Measured {
  let [items, members, names, open, depth] = [0, 0, 0, 0, 0];
  let isWide = false;
  let [textStart, textEnd] = [0, 0];
  for (let at = 0; at < bytes.length; at++) {
    const role = roles[bytes[at] as number];
    if (role === 0) continue;
    if (role === quote) {
      const text = textAt(bytes, at + 1);
      [textStart, textEnd] = [at + 1, text.end];
      isWide ||= text.isWide;
      at = text.end;
    } else if (role === separator) items++;
    else if (role === colon) {
      members++;
      if (!isUsual(bytes, textStart, textEnd)) names++;
    } else if (role === closing) open--;
    else {
      items++;
      depth = Math.max(depth, ++open);
    }
  }
  return { items, members, depth, names, isWide };
}

/** The place of the quote that ends a text, and whether the text holds more than Latin-1. */
function textAt(bytes: Uint8Array, from: number): { readonly end: number; readonly isWide: boolean } {
  let at = from;
  let isWide = false;
  for (; at < bytes.length && bytes[at] !== 0x22; at++) {
    const byte = bytes[at] as number;
    if (byte >= 0xc4) isWide = true;
    else if (byte === 0x5c && bytes[++at] === 0x75) isWide = true;
  }
  return { end: at, isWide };
}

const usualNames = ['dtype', 'shape', 'data_offsets'].map((name) => Buffer.from(name));

function isUsual(bytes: Uint8Array, start: number, end: number): boolean {
  return usualNames.some((name) => name.byteLength === end - start && name.every((byte, place) => bytes[start + place] === byte));
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    // What is no UTF-8 is a TypeError, what is no JSON a SyntaxError.
    if (error instanceof TypeError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function membersOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const values = Object.values(value);
  const own = Array.isArray(value) ? 0 : values.length;
  return values.reduce<number>((sum, one) => sum + membersOf(one), own);
}
