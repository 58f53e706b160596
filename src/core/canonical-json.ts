/**
 * RFC 8785 (JSON Canonicalization Scheme), and what a value must be to have that form without loss: plain objects, arrays,
 * well-formed text, booleans, null, finite numbers, integers no larger than 2^53-1 (CAT-IDX-1117).
 */
export const maxDepth = 64;
const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype']);

/** Why a value cannot be kept exactly, as words; `undefined` when it can. `undefined` members count as absent. */
export function whyNotCanonical(value: unknown, depth = 0): string | undefined {
  if (depth > maxDepth) return `is nested deeper than ${maxDepth}`;
  switch (typeof value) {
    case 'string':
      return value.isWellFormed() ? undefined : 'holds a lone surrogate';
    case 'number':
      return whyNotExact(value);
    case 'boolean':
      return undefined;
    case 'object':
      return value === null ? undefined : whyNotContainer(value, depth);
    default:
      return `holds a ${typeof value}`;
  }
}

/** Whether a value that was parsed from JSON is canonical, and its members lie in the order of the one text: then it needs no copy. */
export function liesCanonical(value: unknown, depth = 0): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value === 'number') return whyNotExact(value) === undefined;
  if (typeof value !== 'object' || value === null) return true;
  if (depth >= maxDepth) return false;
  if (Array.isArray(value)) return value.every((item) => liesCanonical(item, depth + 1));
  let previous: string | undefined;
  for (const key in value) {
    if (previous !== undefined && previous >= key) return false;
    if (!key.isWellFormed() || forbiddenKeys.has(key)) return false;
    if (!liesCanonical((value as Readonly<Record<string, unknown>>)[key], depth + 1)) return false;
    previous = key;
  }
  return true;
}

/** The one text of a value: members sorted by their UTF-16 units at every depth, no blanks. The value must be canonical. */
export function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(',')}}`;
}

/** A copy that nobody can change, with its members in the order of the one text. The value must be canonical. */
export function canonicalCopy<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return Object.freeze(value.map(canonicalCopy)) as T;
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value).sort()) {
    const member = (value as Readonly<Record<string, unknown>>)[key];
    if (member !== undefined) copy[key] = canonicalCopy(member);
  }
  return Object.freeze(copy) as T;
}

/** Freezes a value at every depth, so that it can be shared. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const member in value) {
    const held = value[member];
    if (typeof held === 'object' && held !== null) deepFreeze(held);
  }
  return Object.freeze(value);
}

function whyNotExact(value: number): string | undefined {
  if (!Number.isFinite(value)) return 'holds a number that is not finite';
  if (Object.is(value, -0)) return 'holds a zero with a sign, which JSON does not keep';
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? 'holds an integer beyond 2^53-1' : undefined;
}

function whyNotContainer(value: object, depth: number): string | undefined {
  if (Array.isArray(value)) {
    for (let position = 0; position < value.length; position++) {
      const reason = whyNotCanonical(value[position], depth + 1);
      if (reason) return reason;
    }
    return undefined;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return 'holds an object that is not plain data';
  for (const key of Reflect.ownKeys(value)) {
    if (typeof key !== 'string') return 'holds a member with a symbol as its name';
    if (forbiddenKeys.has(key)) return `holds a member named ${key}`;
    if (!key.isWellFormed()) return 'holds a lone surrogate in a name';
    const member: unknown = Reflect.get(value, key);
    const reason = member === undefined ? undefined : whyNotCanonical(member, depth + 1);
    if (reason) return reason;
  }
  return undefined;
}
