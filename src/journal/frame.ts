import { hash as digest } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { readUInt64, writeUInt64 } from './bytes.js';

/**
 * One write: an append, a batch, or a mark of the journal itself. A frame is whole or it is none, and so are the events in it
 * (CAT-JRN-3104). All numbers are little-endian; FORMAT.md shows every byte.
 */
export interface Frame {
  readonly type: FrameType;
  /** Counted from 1 over the whole journal. */
  readonly number: number;
  /** How many events its body holds; in a gap how many sequences are nobody's. */
  readonly count: number;
  /** The sequence of its first event; in a frame without events that of the next. */
  readonly sequence: number;
  /** The number of the last frame that was known to be durable when this one was written. */
  readonly durableTo: number;
  /** The fence under which it was appended, or whose commit it is; 0 for none. */
  readonly fence: number;
  /** The hash of the frame before it (CAT-JRN-3003, 3005). */
  readonly previousHash: Buffer;
  readonly body: Buffer;
}

/** A frame that was read, and where. */
export interface FoundFrame extends Frame {
  readonly offset: number;
  readonly length: number;
  readonly hash: Buffer;
}

/** What is where a frame may begin: one, nothing but zeros, or bytes that are none. */
export type FrameAt =
  | { readonly kind: 'frame'; readonly frame: FoundFrame }
  | { readonly kind: 'zeros' }
  | { readonly kind: 'damaged'; readonly reason: string };

export type FrameType = (typeof types)[number];

export const hashBytes = 32;
/** What stands for the hash of the frame before the first. */
export const noHash = Buffer.alloc(hashBytes);
export const frameHeaderBytes = 120;
/** So many bytes tell whether a frame may begin there. */
export const frameLengthBytes = 4;
/** Frames begin at multiples of this, which is what makes a search for the next intact one quick. */
export const frameAlignment = 8;
/** No frame is longer: a length beyond it is damage, and nothing is read because of it. */
export const maximumFrameBytes = 256 * 1024 * 1024;

const zeros = Buffer.alloc(4096);
const types = ['events', 'fence committed', 'sealed', 'gap', 'thinned'] as const;
const at = {
  length: 0,
  checksum: 4,
  hash: 8,
  previousHash: 40,
  type: 72,
  count: 76,
  number: 80,
  sequence: 88,
  durable: 96,
  fence: 104,
  body: 112,
} as const;

/** The bytes of a frame: its hash is SHA-256 over all from `previousHash` on, its checksum CRC-32 over all from the hash on. */
export function encodeFrame({ type, number, count, sequence, durableTo, fence, previousHash, body }: Frame): Buffer {
  const bytes = Buffer.alloc(frameBytes(body.byteLength));
  bytes.writeUInt32LE(bytes.byteLength, at.length);
  previousHash.copy(bytes, at.previousHash, 0, hashBytes);
  bytes.writeUInt32LE(types.indexOf(type) + 1, at.type);
  bytes.writeUInt32LE(count, at.count);
  writeUInt64(bytes, sequence, at.sequence);
  writeUInt64(bytes, number, at.number);
  writeUInt64(bytes, durableTo, at.durable);
  writeUInt64(bytes, fence, at.fence);
  bytes.writeUInt32LE(body.byteLength, at.body);
  body.copy(bytes, frameHeaderBytes);
  bytes.write(hashOf(bytes), at.hash, hashBytes, 'binary');
  bytes.writeUInt32LE(crc32(bytes.subarray(at.hash)), at.checksum);
  return bytes;
}

/**
 * The bytes of a frame of whose events some payloads were dropped (CAT-JRN-3502). It keeps the hash that it had, which the next frame
 * vouches for and nobody can compute any more, and has behind its events the SHA-256 of all from `previousHash` up to there.
 */
export function encodeThinned({ hash, ...frame }: Omit<FoundFrame, 'offset' | 'length'>): Buffer {
  const bytes = encodeFrame({ ...frame, type: 'thinned', body: Buffer.concat([frame.body, noHash]) });
  const end = frameHeaderBytes + frame.body.byteLength;
  bytes.write(digest('sha256', bytes.subarray(at.previousHash, end), 'binary'), end, hashBytes, 'binary');
  hash.copy(bytes, at.hash, 0, hashBytes);
  bytes.writeUInt32LE(crc32(bytes.subarray(at.hash)), at.checksum);
  return bytes;
}

/** Whether there are events in a frame, with all their payloads or not. */
export function holdsEvents({ type }: Pick<Frame, 'type'>): boolean {
  return type === 'events' || type === 'thinned';
}

/** How long a frame is whose body has so many bytes. */
export function frameBytes(bodyBytes: number): number {
  return Math.ceil((frameHeaderBytes + bodyBytes) / frameAlignment) * frameAlignment;
}

/** The hash that the bytes of a frame bear. */
export function frameHash(frame: Buffer): Buffer {
  return frame.subarray(at.hash, at.hash + hashBytes);
}

/** Whether what these bytes begin with can be a frame, or what is left of one, and not merely zeros that were written ahead. */
export function mayBeginFrame(bytes: Buffer): boolean {
  return bytes.byteLength >= frameLengthBytes && bytes.readUInt32LE(0) !== 0;
}

/** Whether what stands there can be a frame of several events of which the first has a sequence; most of what is none is told at once. */
export function mayBeginBatch(bytes: Buffer, offset: number, sequence: number): boolean {
  if (offset < 0 || bytes.byteLength - offset < frameHeaderBytes) return false;
  return bytes.readUInt32LE(offset + at.count) > 1 && readUInt64(bytes, offset + at.sequence) === sequence;
}

/** Judges what begins at an offset: a frame is what has a length that fits and a checksum that is right. */
export function frameAt(bytes: Buffer, offset: number): FrameAt {
  const left = bytes.byteLength - offset;
  const length = left < 4 ? 0 : bytes.readUInt32LE(offset);
  if (length === 0) return isZero(bytes, offset) ? { kind: 'zeros' } : damaged('its length is zero');
  if (!canBeLength(length)) return damaged(`its length is ${length}`);
  if (length > left) return damaged(`${left} of its ${length} bytes are there`);
  const frame = bytes.subarray(offset, offset + length);
  if (frame.readUInt32LE(at.checksum) !== crc32(frame.subarray(at.hash))) return damaged('its checksum is wrong');
  const type = types[frame.readUInt32LE(at.type) - 1];
  const bodyLength = frame.readUInt32LE(at.body);
  const eventBytes = type === 'thinned' ? bodyLength - hashBytes : bodyLength;
  if (type === undefined || bodyLength > length - frameHeaderBytes || eventBytes < 0) return damaged('it has another form');
  return {
    kind: 'frame',
    frame: {
      offset,
      length,
      type,
      hash: frameHash(frame),
      previousHash: frame.subarray(at.previousHash, at.previousHash + hashBytes),
      count: frame.readUInt32LE(at.count),
      sequence: readUInt64(frame, at.sequence),
      number: readUInt64(frame, at.number),
      durableTo: readUInt64(frame, at.durable),
      fence: readUInt64(frame, at.fence),
      body: frame.subarray(frameHeaderBytes, frameHeaderBytes + eventBytes),
    },
  };
}

/** How many events a frame that begins there says it holds, be it whole or not. */
export function countAt(bytes: Buffer, offset: number): number {
  return bytes.byteLength < offset + at.number ? 0 : bytes.readUInt32LE(offset + at.count);
}

/** Whether a frame bears the hash of its bytes: a checksum that is right by chance is not believed by who verifies. */
export function hasRightHash(bytes: Buffer, { offset, length, hash, type, body }: FoundFrame): boolean {
  if (type === 'thinned') {
    const end = offset + frameHeaderBytes + body.byteLength;
    const own = digest('sha256', bytes.subarray(offset + at.previousHash, end), 'binary');
    return own === bytes.toString('binary', end, end + hashBytes);
  }
  return hashOf(bytes.subarray(offset, offset + length)) === hash.toString('binary');
}

/** CAT-SEC-6003: bytes that look like a frame at every place would take hours: after so many times as many as there are nothing more is looked at. */
const mostLooks = 4;

/** How many bytes may still be checksummed by who looks for frames in some bytes; less than 0 where they were too many. */
export interface Looks {
  left: number;
}

export const looksAt = ({ byteLength }: Buffer): Looks => ({ left: mostLooks * (byteLength + maximumFrameBytes / 64) });

/**
 * The first frame at or after an offset, wherever between damage it stands: at a multiple of the alignment, or, where bytes may be
 * missing, of what is told. Most places are ruled out by four bytes, and all but a few by four more.
 */
export function nextFrame(
  bytes: Buffer,
  offset: number,
  { alignment = frameAlignment, looks = looksAt(bytes) }: { readonly alignment?: number; readonly looks?: Looks } = {},
): FoundFrame | undefined {
  const last = bytes.byteLength - frameHeaderBytes;
  for (let place = Math.ceil(offset / alignment) * alignment; place <= last && looks.left >= 0; place += alignment) {
    const length = bytes.readUInt32LE(place);
    if (!canBeLength(length) || frameBytes(bytes.readUInt32LE(place + at.body)) !== length) continue;
    if (place + length <= bytes.byteLength) looks.left -= length;
    const found = frameAt(bytes, place);
    if (found.kind === 'frame' && hasRightHash(bytes, found.frame)) return found.frame;
  }
  return undefined;
}

interface FoundHeader extends Pick<Frame, 'count' | 'number' | 'sequence' | 'durableTo' | 'fence'> {
  readonly length: number;
  readonly type: FrameType | undefined;
}

/** What the header of a frame says that begins there, be the frame whole or not; `undefined` where there is no room for one. */
export function headerAt(bytes: Buffer, offset: number): FoundHeader | undefined {
  if (bytes.byteLength - offset < frameHeaderBytes) return undefined;
  return {
    length: bytes.readUInt32LE(offset),
    type: types[bytes.readUInt32LE(offset + at.type) - 1],
    count: bytes.readUInt32LE(offset + at.count),
    number: readUInt64(bytes, offset + at.number),
    sequence: readUInt64(bytes, offset + at.sequence),
    durableTo: readUInt64(bytes, offset + at.durable),
    fence: readUInt64(bytes, offset + at.fence),
  };
}

/** The hash that a frame has which ends where these bytes do, whatever it bears itself. */
export function computedHash(frame: Buffer): Buffer {
  return Buffer.from(hashOf(frame), 'binary');
}

function canBeLength(length: number): boolean {
  return length >= frameHeaderBytes && length <= maximumFrameBytes && length % frameAlignment === 0;
}

function hashOf(frame: Buffer): string {
  return digest('sha256', frame.subarray(at.previousHash), 'binary');
}

function isZero(bytes: Buffer, from: number): boolean {
  for (let at = from; at < bytes.byteLength; at += zeros.byteLength) {
    const part = bytes.subarray(at, at + zeros.byteLength);
    if (!part.equals(zeros.subarray(0, part.byteLength))) return false;
  }
  return true;
}

function damaged(reason: string): FrameAt {
  return { kind: 'damaged', reason };
}
