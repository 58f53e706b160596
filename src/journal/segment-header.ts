import { crc32 } from 'node:zlib';
import { readUInt64, writeUInt64 } from './bytes.js';
import { asText, type EventId, writeEventId } from './event-id.js';
import { hashBytes } from './frame.js';

/** What stands at the head of a segment. All numbers are little-endian; FORMAT.md shows every byte. */
export interface SegmentHeader {
  /** Counted from 1; the file is named by it. */
  readonly number: number;
  /** The number of its first frame, and the sequence of its first event, present or to come. */
  readonly firstFrame: number;
  readonly sequence: number;
  /** Which journal it belongs to: made once, in its first segment. */
  readonly lineage: EventId;
  /** The hash of the last frame before it; zeros in the first segment. */
  readonly previousHash: Buffer;
  /** Milliseconds since 1970, UTC. */
  readonly createdMs: number;
  /** The number of the last frame that was known to be durable when it was made. */
  readonly durableTo: number;
}

export const segmentVersion = 1;
export const segmentHeaderBytes = 128;

const magic = Buffer.from('CATJRNL\n', 'latin1');
const at = {
  version: 8,
  length: 12,
  number: 16,
  sequence: 24,
  lineage: 32,
  previousHash: 48,
  created: 80,
  durable: 88,
  firstFrame: 96,
  checksum: 124,
} as const;

export type DecodedSegmentHeader =
  | { readonly kind: 'intact'; readonly header: SegmentHeader }
  | { readonly kind: 'newer'; readonly version: number }
  | { readonly kind: 'damaged'; readonly reason: string };

export function encodeSegmentHeader({ number, sequence, lineage, previousHash, createdMs, durableTo, firstFrame }: SegmentHeader): Buffer {
  const bytes = Buffer.alloc(segmentHeaderBytes);
  magic.copy(bytes);
  bytes.writeUInt32LE(segmentVersion, at.version);
  bytes.writeUInt32LE(segmentHeaderBytes, at.length);
  writeUInt64(bytes, number, at.number);
  writeUInt64(bytes, sequence, at.sequence);
  writeEventId(lineage, bytes, at.lineage);
  previousHash.copy(bytes, at.previousHash, 0, hashBytes);
  writeUInt64(bytes, createdMs, at.created);
  writeUInt64(bytes, durableTo, at.durable);
  writeUInt64(bytes, firstFrame, at.firstFrame);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, at.checksum)), at.checksum);
  return bytes;
}

/**
 * Judges the first bytes of a segment. The checksum covers the version, so a version is believed only where it is right; of a
 * newer version nothing is known but where these two stand.
 */
export function decodeSegmentHeader(bytes: Buffer): DecodedSegmentHeader {
  if (bytes.byteLength < segmentHeaderBytes) return damaged(`it has ${bytes.byteLength} bytes, fewer than its header`);
  if (!bytes.subarray(0, magic.byteLength).equals(magic)) return damaged('it does not begin as a segment');
  if (bytes.readUInt32LE(at.checksum) !== crc32(bytes.subarray(0, at.checksum))) return damaged('the checksum of its header is wrong');
  const version = bytes.readUInt32LE(at.version);
  if (version > segmentVersion) return { kind: 'newer', version };
  if (version !== segmentVersion || bytes.readUInt32LE(at.length) !== segmentHeaderBytes) return damaged('its header has another form');
  return {
    kind: 'intact',
    header: {
      number: readUInt64(bytes, at.number),
      sequence: readUInt64(bytes, at.sequence),
      lineage: asText(bytes.subarray(at.lineage, at.lineage + 16)),
      previousHash: Buffer.from(bytes.subarray(at.previousHash, at.previousHash + hashBytes)),
      createdMs: readUInt64(bytes, at.created),
      durableTo: readUInt64(bytes, at.durable),
      firstFrame: readUInt64(bytes, at.firstFrame),
    },
  };
}

function damaged(reason: string): DecodedSegmentHeader {
  return { kind: 'damaged', reason };
}
