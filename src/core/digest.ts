import { createHash, timingSafeEqual } from 'node:crypto';
import { refusal } from './errors.js';

/** A digest in its normal form: the algorithm, and lower-case hexadecimal digits. */
export type Digest = `sha256:${string}` | `sha512:${string}` | `blake3:${string}`;
export type DigestAlgorithm = 'sha256' | 'sha512' | 'blake3';

const hexLengths: Readonly<Record<DigestAlgorithm, number>> = { sha256: 64, sha512: 128, blake3: 64 };

/**
 * The digest in its one form. Accepts that form, bare hex of 64 (SHA-256; what other tools print, so in either case) and
 * `{ algo, value }`; anything else is `InvalidDigest` (CAT-DIG-1401).
 */
export function parseDigest(input: string | { algo: string; value: string }): Digest {
  const { algo, value } = split(input);
  if (!isAlgorithm(algo)) throw refusal('InvalidDigest', `a digest starts with sha256:, sha512: or blake3:, not with ${shown(algo)}`);
  if (value.length !== hexLengths[algo] || !/^[0-9a-f]*$/.test(value)) {
    throw refusal('InvalidDigest', `a ${algo} digest has ${hexLengths[algo]} lower-case hex digits, not ${shown(value)}`);
  }
  return `${algo}:${value}`;
}

export function isDigest(value: unknown): value is Digest {
  return typeof value === 'string' && /^(?:(?:sha256|blake3):[0-9a-f]{64}|sha512:[0-9a-f]{128})$/.test(value);
}

export function algorithmOf(digest: Digest): DigestAlgorithm {
  return digest.slice(0, digest.indexOf(':')) as DigestAlgorithm;
}

export function hexOf(digest: Digest): string {
  return digest.slice(digest.indexOf(':') + 1);
}

/** CAT-DIG-1401: takes the same time wherever the two differ. */
export function sameDigest(one: Digest, other: Digest): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/**
 * The digest of a model of many files (CAT-BLB-2106): SHA-256 over `<digest> <bytes> <path>\n` for each file, by the UTF-8
 * bytes of the path.
 */
export function manifestDigest(files: readonly { path: string; digest: Digest; bytes: number }[]): Digest {
  const hash = createHash('sha256');
  for (const file of [...files].sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)))) {
    hash.update(`${file.digest} ${file.bytes} ${file.path}\n`);
  }
  return `sha256:${hash.digest('hex')}`;
}

function split(input: string | { algo: string; value: string }): { algo: string; value: string } {
  if (typeof input === 'object' && input !== null && typeof input.algo === 'string' && typeof input.value === 'string') return input;
  if (typeof input !== 'string') throw refusal('InvalidDigest', 'a digest is text, or { algo, value }');
  const colon = input.indexOf(':');
  return colon === -1 ? { algo: 'sha256', value: input.toLowerCase() } : { algo: input.slice(0, colon), value: input.slice(colon + 1) };
}

function isAlgorithm(text: string): text is DigestAlgorithm {
  return Object.hasOwn(hexLengths, text);
}

function shown(text: string): string {
  return text.length > 140 ? `${text.length} characters` : JSON.stringify(text);
}
