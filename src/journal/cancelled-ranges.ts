import { crc32 } from 'node:zlib';
import { refusal } from '../core/errors.js';
import type { Host } from '../disk/host.js';
import { persistFile } from '../disk/persist.js';
import { type DiskProgram, unlink } from '../disk/program.js';
import { syncFolder } from '../disk/temp-file.js';
import { readFileIfThere, unlessMissing } from '../disk/whole-file.js';
import { readUInt64, writeUInt64 } from './bytes.js';
import { newerFile } from './damage.js';
import { cancelledRangesPath } from './place.js';
import { merged, type SequenceRange } from './ranges.js';

export const cancelledRangesVersion = 1;

const magic = Buffer.from('CATCRNG\n', 'latin1');
const at = { version: 8, checksum: 12, count: 16, ranges: 24 } as const;
const rangeBytes = 16;

/** The bytes of the file; FORMAT.md shows every byte. The checksum (CRC-32) covers all but itself. */
export function encodeCancelledRanges(ranges: readonly SequenceRange[]): Buffer {
  const bytes = Buffer.alloc(at.ranges + ranges.length * rangeBytes);
  magic.copy(bytes);
  bytes.writeUInt32LE(cancelledRangesVersion, at.version);
  writeUInt64(bytes, ranges.length, at.count);
  for (const [nth, { from, to }] of ranges.entries()) {
    writeUInt64(bytes, from, at.ranges + nth * rangeBytes);
    writeUInt64(bytes, to, at.ranges + nth * rangeBytes + 8);
  }
  bytes.writeUInt32LE(checksumOf(bytes), at.checksum);
  return bytes;
}

export type DecodedRanges =
  | { readonly kind: 'intact'; readonly ranges: readonly SequenceRange[] }
  | { readonly kind: 'newer'; readonly version: number }
  | { readonly kind: 'damaged'; readonly reason: string };

export function decodeCancelledRanges(bytes: Buffer): DecodedRanges {
  if (bytes.byteLength < at.ranges || !bytes.subarray(0, magic.byteLength).equals(magic)) return damaged('it does not begin as one');
  if (bytes.readUInt32LE(at.checksum) !== checksumOf(bytes)) return damaged('its checksum is wrong');
  const version = bytes.readUInt32LE(at.version);
  if (version > cancelledRangesVersion) return { kind: 'newer', version };
  const count = readUInt64(bytes, at.count);
  if (bytes.byteLength !== at.ranges + count * rangeBytes) return damaged('it has another length');
  const rangeAt = (offset: number): SequenceRange => ({ from: readUInt64(bytes, offset), to: readUInt64(bytes, offset + 8) });
  return { kind: 'intact', ranges: Array.from({ length: count }, (_, nth) => rangeAt(at.ranges + nth * rangeBytes)) };
}

/** CAT-JRN-3105: what was cancelled; nothing where there is no such file. Damage is refused: what is hidden must not come back. */
export function* readCancelledRanges(directory: string): DiskProgram<readonly SequenceRange[]> {
  const path = cancelledRangesPath(directory);
  const bytes = yield* readFileIfThere(path);
  if (bytes === undefined) return [];
  const decoded = decodeCancelledRanges(bytes);
  if (decoded.kind === 'newer') throw newerFile(path, decoded.version, cancelledRangesVersion);
  if (decoded.kind === 'intact') return merged(decoded.ranges);
  throw refusal('CorruptSegment', `${path} is damaged: ${decoded.reason}`, { path, offset: 0, reason: decoded.reason });
}

/** All or nothing of them; where there are none the file goes. */
export function* persistCancelledRanges(
  directory: string,
  ranges: readonly SequenceRange[],
  host: Pick<Host, 'random'>,
): DiskProgram<void> {
  const path = cancelledRangesPath(directory);
  if (ranges.length > 0) yield* persistFile(path, [encodeCancelledRanges(merged(ranges))], host);
  else if (yield* unlessMissing(unlink(path))) yield* syncFolder(directory);
}

function checksumOf(bytes: Buffer): number {
  return crc32(bytes.subarray(at.checksum + 4), crc32(bytes.subarray(0, at.checksum)));
}

function damaged(reason: string): DecodedRanges {
  return { kind: 'damaged', reason };
}
