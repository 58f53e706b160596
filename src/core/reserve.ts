import { createCipheriv } from 'node:crypto';

const stepBytes = 1024 * 1024;
const besideBytes = 64 * 1024;
const keyBytes = 16;
const blockBytes = 4096;
/** For the names and the bookkeeping of a file system. */
const leftBytes = 16 * 1024;
const leastBytes = 64 * 1024;

/** What a reserve begins with: a file of that name that does not is somebody else's, and is left alone. */
export const reserveMark: Uint8Array = Buffer.from('catalog-core/reserve 1\n');

/**
 * CAT-IDX-1116: twice the larger index and 64 KiB, in whole MiB, so that a reserve need not grow with every record. A deletion
 * writes the index once more, and once more again where there are no hard links.
 */
export function reserveBytes(largerIndexBytes: number): number {
  return Math.ceil((2 * largerIndexBytes + besideBytes) / stepBytes) * stepBytes;
}

/**
 * How large a reserve is made where so much is free; 0 for none. As much again stays free; but what was given up is taken back
 * first, as far as it is there, because others fill the disk on: a small reserve is better than none.
 */
export function affordableBytes(wanted: number, free: number, { wasGivenUp }: { readonly wasGivenUp: boolean }): number {
  if (free >= 2 * wanted) return wanted;
  const left = Math.floor((free - leftBytes) / blockBytes) * blockBytes;
  return wasGivenUp && left >= leastBytes ? Math.min(wanted, left) : 0;
}

/** So many bytes that no file system can keep in fewer, the mark first, a MiB at a time. */
export function* reserveChunks(bytes: number, random: (bytes: number) => Uint8Array): Generator<Uint8Array> {
  const cipher = createCipheriv('aes-128-ctr', random(keyBytes), Buffer.alloc(keyBytes));
  for (let at = 0; at < bytes; at += stepBytes) {
    const chunk = cipher.update(Buffer.alloc(Math.min(stepBytes, bytes - at)));
    if (at === 0) chunk.set(reserveMark);
    yield chunk;
  }
}
