import type { Host } from '../disk/host.js';
import { persistFile } from '../disk/persist.js';
import type { DiskProgram } from '../disk/program.js';
import { readFileIfThere } from '../disk/whole-file.js';
import { areExact, readUInt64, writeUInt64 } from './bytes.js';
import { newerFile } from './damage.js';
import { asText, type EventId, writeEventId } from './event-id.js';
import { EventIndex } from './event-index.js';
import { damaged, type FileHead, type Unusable, whyUnusable, writeHead } from './file-head.js';
import { hashBytes } from './frame.js';
import { checkpointPath } from './place.js';
import type { FramePlace, SegmentEnd } from './recover.js';
import type { ChainEnd } from './scan.js';

/** CAT-JRN-3304: all that is known of a journal up to a frame, so that what is before it need not be read again. */
export interface Checkpoint {
  readonly lineage: EventId;
  readonly chain: ChainEnd;
  /** Where the last frame is; `undefined` where there is none. */
  readonly lastFrame: FramePlace | undefined;
  readonly segments: readonly SegmentEnd[];
  readonly index: EventIndex;
}

export type FoundCheckpoint =
  | { readonly kind: 'intact'; readonly checkpoint: Checkpoint }
  | { readonly kind: 'missing' }
  | { readonly kind: 'damaged'; readonly reason: string };

/** Written as the machine writes numbers: another kind of machine does not know it, and reads the journal instead. */
const order = 0x01020304;
const at = {
  order: 16,
  segments: 20,
  length: 24,
  lineage: 32,
  next: 48,
  sequence: 56,
  durable: 64,
  hash: 72,
  lastSegment: 104,
  lastOffset: 112,
  body: 120,
} as const;
const segmentBytes = 24;
const head: FileHead = { magic: 'CATCKPT\n', version: 1, leastBytes: at.body, called: 'a checkpoint' };

/** The bytes of a checkpoint; FORMAT.md shows every byte. */
export function encodeCheckpoint({ lineage, chain, lastFrame, segments, index }: Checkpoint): readonly Uint8Array[] {
  const body = index.encoded();
  const bytes = Buffer.alloc(at.body + segments.length * segmentBytes);
  new Uint32Array(bytes.buffer, bytes.byteOffset + at.order, 1)[0] = order;
  bytes.writeUInt32LE(segments.length, at.segments);
  writeUInt64(
    bytes,
    body.reduce((sum, { byteLength }) => sum + byteLength, bytes.byteLength),
    at.length,
  );
  writeEventId(lineage, bytes, at.lineage);
  writeUInt64(bytes, chain.next, at.next);
  writeUInt64(bytes, chain.sequence, at.sequence);
  writeUInt64(bytes, chain.durableTo, at.durable);
  chain.hash.copy(bytes, at.hash, 0, hashBytes);
  writeUInt64(bytes, lastFrame?.segment ?? 0, at.lastSegment);
  writeUInt64(bytes, lastFrame?.offset ?? 0, at.lastOffset);
  for (const [nth, { number, end, size }] of segments.entries()) {
    const offset = at.body + nth * segmentBytes;
    writeUInt64(bytes, number, offset);
    writeUInt64(bytes, end, offset + 8);
    writeUInt64(bytes, size, offset + 16);
  }
  writeHead(head, bytes, body);
  return [bytes, ...body];
}

export function decodeCheckpoint(bytes: Buffer): Exclude<FoundCheckpoint, { kind: 'missing' }> | Unusable {
  const unusable = whyUnusable(head, bytes);
  if (unusable !== undefined) return unusable;
  const [native] = new Uint32Array(Uint8Array.from(bytes.subarray(at.order, at.order + 4)).buffer);
  if (native !== order) return damaged('it was written by another kind of machine');
  const count = bytes.readUInt32LE(at.segments);
  const bodyAt = at.body + count * segmentBytes;
  if (readUInt64(bytes, at.length) !== bytes.byteLength || bodyAt > bytes.byteLength) return damaged('it has another length');
  const index = EventIndex.decoded(bytes.subarray(bodyAt));
  if (index === undefined) return damaged('its index has another form');
  const [lastSegment, lastOffset] = [readUInt64(bytes, at.lastSegment), readUInt64(bytes, at.lastOffset)];
  const chain = {
    next: readUInt64(bytes, at.next),
    sequence: readUInt64(bytes, at.sequence),
    durableTo: readUInt64(bytes, at.durable),
    hash: Buffer.from(bytes.subarray(at.hash, at.hash + hashBytes)),
  };
  const segments = Array.from({ length: count }, (_, nth) => segmentAt(bytes, at.body + nth * segmentBytes));
  const numbers = segments.flatMap(({ number, end, size }) => [number, end, size]);
  if (!areExact(lastSegment, lastOffset, chain.next, chain.sequence, chain.durableTo, ...numbers))
    return damaged('its numbers are beyond 2^53-1');
  if (index.last >= chain.sequence || !index.liesIn(segments)) return damaged('its events are not where its segments are');
  return {
    kind: 'intact',
    checkpoint: {
      lineage: asText(bytes.subarray(at.lineage, at.lineage + 16)),
      chain,
      lastFrame: lastSegment === 0 ? undefined : { segment: lastSegment, offset: lastOffset },
      segments,
      index,
    },
  };
}

export function* readCheckpoint(directory: string): DiskProgram<FoundCheckpoint> {
  const path = checkpointPath(directory);
  const bytes = yield* readFileIfThere(path);
  if (bytes === undefined) return { kind: 'missing' };
  const decoded = decodeCheckpoint(bytes);
  if (decoded.kind === 'newer') throw newerFile(path, decoded.version, head.version);
  return decoded;
}

/** All or nothing of it (CAT-JRN-3304). What it says must be durable. */
export function persistCheckpoint(directory: string, checkpoint: Checkpoint, host: Pick<Host, 'random'>): DiskProgram<void> {
  return persistFile(checkpointPath(directory), encodeCheckpoint(checkpoint), host);
}

function segmentAt(bytes: Buffer, offset: number): SegmentEnd {
  return { number: readUInt64(bytes, offset), end: readUInt64(bytes, offset + 8), size: readUInt64(bytes, offset + 16) };
}
