import type { Random } from '../host.js';

/** Who asks for bytes; two that differ in any part never get 16 equal ones. */
export interface RandomOrigin {
  readonly seed: number;
  readonly boot: number;
  readonly process: number;
}

const blockBytes = 16;

/**
 * Bytes that look random and are the same in every run. Each block of 16 is a permutation of (seed, boot, process, count of the
 * block), all taken as 32 bits, so blocks differ by construction and not by chance.
 */
export function deterministicRandom({ seed, boot, process }: RandomOrigin): Random {
  let blocks = 0;
  return (bytes) => {
    const drawn = new Uint8Array(Math.ceil(bytes / blockBytes) * blockBytes);
    const view = new DataView(drawn.buffer);
    for (let at = 0; at < drawn.length; at += blockBytes) {
      permuted(seed, boot, process, blocks++).forEach((word, place) => {
        view.setUint32(at + place * 4, word);
      });
    }
    return drawn.subarray(0, bytes);
  };
}

/** The quarter round of ChaCha (RFC 8439, 2.1), eight times: every step of it can be undone, so no two inputs meet. */
function permuted(seed: number, boot: number, process: number, count: number): readonly number[] {
  let [a, b, c, d] = [seed | 0, boot | 0, process | 0, (count ^ 0x61707865) | 0];
  for (let round = 0; round < 8; round++) {
    a = (a + b) | 0;
    d = rotated(d ^ a, 16);
    c = (c + d) | 0;
    b = rotated(b ^ c, 12);
    a = (a + b) | 0;
    d = rotated(d ^ a, 8);
    c = (c + d) | 0;
    b = rotated(b ^ c, 7);
  }
  return [a, b, c, d].map((word) => word >>> 0);
}

function rotated(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
