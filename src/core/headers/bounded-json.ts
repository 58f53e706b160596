import { type HeaderTrouble, malformed, mostItems } from './reading.js';

export type JsonObject = Readonly<Record<string, unknown>>;

const mostDepth = 64;

/**
 * The object of a JSON text: in UTF-8, of at most 1,000,000 items, not deep, with no member twice. What it costs is known before
 * anything of it is made.
 */
export function boundedJson(bytes: Uint8Array): { readonly kind: 'parsed'; readonly value: JsonObject } | HeaderTrouble {
  const { items, members, depth } = measured(bytes);
  if (items > mostItems) return malformed('over-limit', `has more than ${mostItems} items`);
  if (depth > mostDepth) return malformed('too-deep', `has values in values, more than ${mostDepth} deep`);
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

/** Bytes that are no JSON have some measure too. */
function measured(bytes: Uint8Array): { items: number; members: number; depth: number } {
  let [items, members, open, depth, isInText] = [0, 0, 0, 0, false];
  for (let at = 0; at < bytes.byteLength; at++) {
    const byte = bytes[at];
    if (isInText) {
      if (byte === 0x5c) at++;
      else if (byte === 0x22) isInText = false;
    } else if (byte === 0x22) isInText = true;
    else if (byte === 0x2c) items++;
    else if (byte === 0x3a) members++;
    else if (byte === 0x7b || byte === 0x5b) {
      items++;
      open++;
      if (open > depth) depth = open;
    } else if (byte === 0x7d || byte === 0x5d) open--;
  }
  return { items, members, depth };
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
