import { crc32 } from 'node:zlib';
import { type EventRecord, encodeEvent } from '../src/journal/event-record.js';
import { encodeFrame, type FoundFrame, type Frame, frameAt, frameHash } from '../src/journal/frame.js';
import { segmentHeaderBytes } from '../src/journal/segment-header.js';
import { eventAt } from '../src/journal/stored-event.js';

/** What somebody who knows the format does to a segment of six frames of one event each. */
const forgeries = {
  'a bit of frame 3 is flipped': ({ frames }) => frames.map((frame, nth) => (nth === 2 ? flippedIn(frame.bytes) : frame.bytes)),
  'frame 3 says something else, with a right checksum': ({ frames }) =>
    frames.map((frame, nth) => (nth === 2 ? withHashOf(frame, retold(frame)) : frame.bytes)),
  'frame 3 says something else, with a right checksum and hash': ({ frames }) =>
    frames.map((frame, nth) => (nth === 2 ? encodeFrame(retold(frame)) : frame.bytes)),
  'frames 3 and 4 have changed places': ({ frames }) => inOrder(frames, [0, 1, 3, 2, 4, 5]),
  'frame 3 is left out': ({ frames }) => inOrder(frames, [0, 1, 3, 4, 5]),
  'frame 3 is there twice': ({ frames }) => inOrder(frames, [0, 1, 2, 2, 3, 4, 5]),
  'frame 6 is left out': ({ frames }) => inOrder(frames, [0, 1, 2, 3, 4]),
  'frame 3 is that of another journal': ({ frames, others }) =>
    frames.map((frame, nth) => (nth === 2 ? (others[nth] ?? frame) : frame).bytes),
  'the frames from 3 on have other numbers, and follow each other': ({ frames }) =>
    rechained(frames, ({ number, ...frame }) => ({ ...frame, number: number + 1 })),
  'the frames from 3 on have other sequences, and follow each other': ({ frames }) =>
    rechained(frames, ({ sequence, ...frame }) => ({ ...frame, sequence: sequence + 1 })),
  'the frames from 3 on have other versions, and follow each other': ({ frames }) =>
    rechained(frames, (frame) => ({ ...frame, body: changed(frame, ({ version, ...event }) => ({ ...event, version: version + 2 })) })),
} satisfies Readonly<Record<string, (found: Found) => readonly Uint8Array[]>>;
export type Forgery = keyof typeof forgeries;

interface Whole extends FoundFrame {
  readonly bytes: Buffer;
}

interface Found {
  readonly frames: readonly Whole[];
  /** Those of another journal that was told the same. */
  readonly others: readonly Whole[];
}

/** The bytes of a segment after a forgery, as long as it was. */
export function forged(what: Forgery, segment: Uint8Array, other: Uint8Array): Uint8Array {
  const frames = forgeries[what]({ frames: framesOf(segment), others: framesOf(other) });
  const bytes = Buffer.alloc(segment.byteLength);
  Buffer.concat([segment.subarray(0, segmentHeaderBytes), ...frames]).copy(bytes);
  return bytes;
}

function framesOf(segment: Uint8Array): readonly Whole[] {
  const bytes = Buffer.from(segment);
  const frames: Whole[] = [];
  for (let at = segmentHeaderBytes; ; ) {
    const here = frameAt(bytes, at);
    if (here.kind !== 'frame') return frames;
    frames.push({ ...here.frame, bytes: bytes.subarray(at, at + here.frame.length) });
    at += here.frame.length;
  }
}

const inOrder = (frames: readonly Whole[], places: readonly number[]): readonly Buffer[] =>
  places.flatMap((place) => frames[place]?.bytes ?? []);

/** From the third on each is changed, and follows the one before it as if it had always been so. */
function rechained(frames: readonly Whole[], change: (frame: Whole) => Frame): readonly Buffer[] {
  const made: Buffer[] = [];
  for (const frame of frames) {
    const last = made.at(-1);
    made.push(made.length < 2 || last === undefined ? frame.bytes : encodeFrame({ ...change(frame), previousHash: frameHash(last) }));
  }
  return made;
}

function retold(frame: Whole): Frame {
  return { ...frame, body: changed(frame, (event) => ({ ...event, payload: Buffer.from('"Event 3"') })) };
}

function changed({ body }: Whole, change: (event: EventRecord) => EventRecord): Buffer {
  const event = eventAt(body, 0);
  if (event === undefined) throw new Error('a frame of one event has one');
  return encodeEvent(change(event.record));
}

/** Another frame under the hash of the first, with a checksum that is right. */
function withHashOf({ bytes }: Whole, frame: Frame): Buffer {
  const made = encodeFrame(frame);
  bytes.copy(made, hashAt, hashAt, previousHashAt);
  made.writeUInt32LE(crc32(made.subarray(hashAt)), checksumAt);
  return made;
}

const checksumAt = 4;
const hashAt = 8;
const previousHashAt = 40;

function flippedIn(bytes: Buffer): Buffer {
  const made = Buffer.from(bytes);
  made[100] = (made[100] ?? 0) ^ 1;
  return made;
}
