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

/** Bytes that are no JSON have some measure too. */
function measured(bytes: Uint8Array): { items: number; members: number; depth: number } {
  let items = 0;
  let members = 0;
  let open = 0;
  let depth = 0;
  for (let at = 0; at < bytes.length; at++) {
    const role = roles[bytes[at] as number];
    if (role === 0) continue;
    if (role === quote) at = endOfText(bytes, at + 1);
    else if (role === separator) items++;
    else if (role === colon) members++;
    else if (role === closing) open--;
    else {
      items++;
      depth = Math.max(depth, ++open);
    }
  }
  return { items, members, depth };
}

/** The place of the quote that ends a text. */
function endOfText(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && bytes[at] !== 0x22) at += bytes[at] === 0x5c ? 2 : 1;
  return at;
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
