import { crc32 } from 'node:zlib';
import { hashBytes } from './frame.js';

/** Longer than any frame is allowed to be. */
export const lengthBits = 28;
/** A part of a coordinate has at most 1,024 bytes. */
export const partBits = 11;
export const flags = { correlated: 1, caused: 2, gated: 4, dropped: 8 } as const;
export const hows = ['retain', 'tombstone'] as const;
export const droppedAt = { how: 0, bytes: 1, hash: 5, end: 5 + hashBytes } as const;
export const at = { length: 0, checksum: 4, parts: 8, kind: 11, payloadVersion: 13, version: 15, wallMs: 19, id: 25 } as const;
export const fixedBytes = 41;
export const idBytes = 16;
export const lengthBytes = 4;

const remainders = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1;
  return remainder;
});

/** The checksum (CRC-32) of an event: over all its bytes but those that it stands in. */
export function checksumAt(bytes: Buffer, offset: number, length: number): number {
  // Of four bytes it is sooner computed here than asked for.
  let begun = 0xffff_ffff;
  for (let place = offset; place < offset + at.checksum; place++) {
    begun = (begun >>> 8) ^ (remainders[(begun ^ (bytes[place] ?? 0)) & 0xff] ?? 0);
  }
  return crc32(bytes.subarray(offset + at.parts, offset + length), ~begun >>> 0);
}
