/**
 * Fingerprints of 52 bits: whole numbers that a double holds exactly, so that sets and typed arrays of them stay small.
 * They tell states apart; they guard nothing.
 */
export type Fingerprint = number;

const modulus = 2 ** 52;
const cache = new WeakMap<Uint8Array, Fingerprint>();

/** The fingerprint of bytes that are never changed again; remembered as long as the array lives. */
export function ofBytes(bytes: Uint8Array): Fingerprint {
  const known = cache.get(bytes);
  if (known !== undefined) return known;
  const fresh = ofChangingBytes(bytes);
  cache.set(bytes, fresh);
  return fresh;
}

export function ofChangingBytes(bytes: Uint8Array): Fingerprint {
  let a = 0xdeadbeef ^ bytes.length;
  let b = 0x41c6ce57 ^ bytes.length;
  for (let place = 0; place < bytes.length; place++) {
    const byte = bytes[place] ?? 0;
    a = Math.imul(a ^ byte, 2654435761);
    b = Math.imul(b ^ byte, 1597334677);
  }
  return finish(a, b);
}

export function ofText(text: string): Fingerprint {
  let a = 0x9e3779b1 ^ text.length;
  let b = 0x85ebca6b ^ text.length;
  for (let place = 0; place < text.length; place++) {
    const unit = text.charCodeAt(place);
    a = Math.imul(a ^ unit, 2654435761);
    b = Math.imul(b ^ unit, 1597334677);
  }
  return finish(a, b);
}

/** Binds two fingerprints (or numbers below 2^52) in this order. */
export function mix(first: number, second: number): Fingerprint {
  const a = Math.imul((first | 0) ^ 0x27d4eb2f, 2654435761) ^ Math.imul((second | 0) + 0x165667b1, 2246822519);
  const b = Math.imul(high(first) ^ 0x2545f491, 1597334677) ^ Math.imul(high(second) + 0x61c88647, 3266489909);
  return finish(a ^ Math.imul(b, 5), b ^ Math.imul(a, 9));
}

/** A sum: the same whatever the order of its parts. */
export function add(first: Fingerprint, second: Fingerprint): Fingerprint {
  const sum = first + second;
  return sum >= modulus ? sum - modulus : sum;
}

function high(value: number): number {
  return (value / 4294967296) | 0;
}

function finish(first: number, second: number): Fingerprint {
  let a = Math.imul(first ^ (first >>> 16), 2246822507) ^ Math.imul(second ^ (second >>> 13), 3266489909);
  let b = Math.imul(second ^ (second >>> 16), 2246822507) ^ Math.imul(first ^ (first >>> 13), 3266489909);
  a ^= a >>> 15;
  b ^= b >>> 14;
  return (b >>> 12) * 4294967296 + (a >>> 0);
}
