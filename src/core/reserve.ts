import { createCipheriv } from 'node:crypto';

const stepBytes = 1024 * 1024;
const besideBytes = 64 * 1024;
const keyBytes = 16;

/** What a reserve begins with: a file of that name that does not is somebody else's, and is left alone. */
export const reserveMark: Uint8Array = Buffer.from('catalog-core/reserve 1\n');

/**
 * CAT-IDX-1116: twice the larger index and 64 KiB, in whole MiB, so that a reserve need not grow with every record. A deletion
 * writes the index once more, and once more again where there are no hard links.
 */
export function reserveBytes(largerIndexBytes: number): number {
  return Math.ceil((2 * largerIndexBytes + besideBytes) / stepBytes) * stepBytes;
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
