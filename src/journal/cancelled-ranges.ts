import { refusal } from '../core/errors.js';
import type { Host } from '../disk/host.js';
import { persistFile } from '../disk/persist.js';
import { type DiskProgram, unlink } from '../disk/program.js';
import { syncFolder } from '../disk/temp-file.js';
import { readFileIfThere, unlessMissing } from '../disk/whole-file.js';
import { areExact, readUInt64, writeUInt64 } from './bytes.js';
import { newerFile } from './damage.js';
import { damaged, type FileHead, type Unusable, whyUnusable, writeHead } from './file-head.js';
import { cancelledRangesPath } from './place.js';
import { merged, type SequenceRange } from './ranges.js';

const at = { count: 16, ranges: 24 } as const;
const rangeBytes = 16;
const head: FileHead = { magic: 'CATCRNG\n', version: 1, leastBytes: at.ranges, called: 'one' };

/** The bytes of the file; FORMAT.md shows every byte. */
export function encodeCancelledRanges(ranges: readonly SequenceRange[]): Buffer {
  const bytes = Buffer.alloc(at.ranges + ranges.length * rangeBytes);
  writeUInt64(bytes, ranges.length, at.count);
  for (const [nth, { from, to }] of ranges.entries()) {
    writeUInt64(bytes, from, at.ranges + nth * rangeBytes);
    writeUInt64(bytes, to, at.ranges + nth * rangeBytes + 8);
  }
  writeHead(head, bytes);
  return bytes;
}

export type DecodedRanges = { readonly kind: 'intact'; readonly ranges: readonly SequenceRange[] } | Unusable;

export function decodeCancelledRanges(bytes: Buffer): DecodedRanges {
  const unusable = whyUnusable(head, bytes);
  if (unusable !== undefined) return unusable;
  const count = readUInt64(bytes, at.count);
  if (bytes.byteLength !== at.ranges + count * rangeBytes) return damaged('it has another length');
  const rangeAt = (offset: number): SequenceRange => ({ from: readUInt64(bytes, offset), to: readUInt64(bytes, offset + 8) });
  const ranges = Array.from({ length: count }, (_, nth) => rangeAt(at.ranges + nth * rangeBytes));
  return ranges.every(({ from, to }) => areExact(from, to)) ? { kind: 'intact', ranges } : damaged('its numbers are beyond 2^53-1');
}

/** CAT-JRN-3105: what was cancelled; nothing where there is no such file. Damage is refused: what is hidden must not come back. */
export function* readCancelledRanges(directory: string): DiskProgram<readonly SequenceRange[]> {
  const path = cancelledRangesPath(directory);
  const bytes = yield* readFileIfThere(path);
  if (bytes === undefined) return [];
  const decoded = decodeCancelledRanges(bytes);
  if (decoded.kind === 'newer') throw newerFile(path, decoded.version, head.version);
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
