import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { checksumAt } from '../../../src/journal/event-layout.js';
import { type EventRecord, encodeEvent } from '../../../src/journal/event-record.js';
import { encodeFrame, type FoundFrame, frameAt, hashBytes, holdsEvents } from '../../../src/journal/frame.js';
import { segmentHeaderBytes } from '../../../src/journal/segment-header.js';
import { eventAt, eventLengthAt } from '../../../src/journal/stored-event.js';
import { changedText } from '../byte-changes.js';
import type { Draws } from '../draws.js';
import { changedJson, jsonIn } from '../json-changes.js';

const segmentMagic = 'CATJRNL\n';
const at = { length: 0, checksum: 4, hash: 8, previousHash: 40, type: 72, body: 112, events: 120 } as const;
const thinned = 5;

/** A file of a journal with all checksums and hashes that it should have, each frame behind the one before it. */
export function mendedJournalFile(bytes: Buffer): Buffer {
  if (bytes.toString('latin1', 0, 8) !== segmentMagic) return mendedHead(bytes);
  if (bytes.byteLength < segmentHeaderBytes) return bytes;
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 124)), 124);
  let previous: Buffer | undefined;
  for (let place = segmentHeaderBytes; place + at.events <= bytes.byteLength; ) {
    const length = bytes.readUInt32LE(place);
    if (length < at.events || place + length > bytes.byteLength) break;
    previous = mendedFrame(bytes.subarray(place, place + length), previous);
    place += length;
  }
  return bytes;
}

/** The same of a file that begins with 8 bytes of its own, its version and its checksum. */
function mendedHead(bytes: Buffer): Buffer {
  if (bytes.byteLength >= 16) bytes.writeUInt32LE(crc32(bytes.subarray(16), crc32(bytes.subarray(0, 12))), 12);
  return bytes;
}

/** In place; gives the hash that it bears. */
function mendedFrame(frame: Buffer, previous: Buffer | undefined): Buffer {
  previous?.copy(frame, at.previousHash);
  const end = Math.min(frame.byteLength, at.events + frame.readUInt32LE(at.body));
  mendedEvents(frame.subarray(at.events, end));
  const isThinned = frame.readUInt32LE(at.type) === thinned;
  if (isThinned && end - at.events >= hashBytes) sha256(frame.subarray(at.previousHash, end - hashBytes)).copy(frame, end - hashBytes);
  if (!isThinned) sha256(frame.subarray(at.previousHash)).copy(frame, at.hash);
  frame.writeUInt32LE(crc32(frame.subarray(at.hash)), at.checksum);
  return frame.subarray(at.hash, at.hash + hashBytes);
}

export function mendedEvents(body: Buffer): Buffer {
  for (let place = 0; ; ) {
    const length = eventLengthAt(body, place);
    if (length === undefined) return body;
    body.writeUInt32LE(checksumAt(body, place, length), place + 4);
    place += length;
  }
}

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

/** A segment of which one event, or the head of one frame, says something else, as somebody writes it who knows the format. */
export function changedSegment(bytes: Buffer, draws: Draws): Buffer {
  if (bytes.toString('latin1', 0, 8) !== segmentMagic) return bytes;
  const frames = framesOf(bytes);
  const place = draws.below(Math.max(1, frames.length));
  const frame = frames[place];
  if (frame === undefined) return bytes;
  const made = encodeFrame(
    holdsEvents(frame) && !draws.once(3) ? { ...frame, body: changedBody(frame.body, draws) } : withOtherHead(frame, draws),
  );
  const behind = frame.offset + frame.length;
  return mendedJournalFile(Buffer.concat([bytes.subarray(0, frame.offset), made, bytes.subarray(behind)]));
}

export function framesOf(segment: Buffer): FoundFrame[] {
  const frames: FoundFrame[] = [];
  for (let place = segmentHeaderBytes; ; ) {
    const here = frameAt(segment, place);
    if (here.kind !== 'frame') return frames;
    frames.push(here.frame);
    place += here.frame.length;
  }
}

const counts = [0, 1, 2, 3, 7, 100, 65_535, 2 ** 31, 2 ** 32 - 1, 2 ** 40, 2 ** 52, 2 ** 53 - 1];

function withOtherHead(frame: FoundFrame, draws: Draws): FoundFrame {
  const name = draws.oneOf(['number', 'sequence', 'durableTo', 'fence', 'count', 'type'] as const);
  if (name === 'type') return { ...frame, type: draws.oneOf(['events', 'fence committed', 'sealed', 'gap'] as const) };
  const value = draws.once(2) ? Math.max(0, frame[name] + draws.oneOf([-1, 1])) : draws.oneOf(counts);
  return { ...frame, [name]: name === 'count' ? value % 2 ** 32 : value };
}

/** The body of a frame with one of its events changed, left out, or there twice. */
export function changedBody(body: Buffer, draws: Draws): Buffer {
  const events: Buffer[] = [];
  for (let place = 0; ; ) {
    const event = eventAt(body, place);
    if (event === undefined) break;
    events.push(body.subarray(place, place + event.length));
    place += event.length;
  }
  const nth = draws.below(Math.max(1, events.length));
  const event = events[nth] && eventAt(events[nth], 0);
  if (event === undefined) return body;
  const made = draws.once(8) ? [] : [encodeEvent(changedEvent(event.record, draws))];
  return Buffer.concat([...events.slice(0, nth), ...made, ...events.slice(draws.once(8) ? nth : nth + 1)]);
}

const longestName = 1024;

function changedEvent(event: EventRecord, draws: Draws): EventRecord {
  switch (draws.below(8)) {
    case 0: {
      const entity = changedText(event.coordinate.entity, draws).slice(0, longestName / 4);
      return { ...event, coordinate: { ...event.coordinate, entity } };
    }
    case 1:
      return { ...event, gates: Buffer.from(changedValue(event.gates, draws)) };
    case 2:
      return { ...event, version: draws.oneOf(counts) % 2 ** 32, wallMs: draws.oneOf(counts) % 2 ** 48 };
    case 3:
      return { ...event, kind: draws.below(0x10000) as EventRecord['kind'], payloadVersion: draws.below(0x10000) };
    case 4:
      return { ...event, payload: draws.bytes(draws.size(64)) };
    default:
      return { ...event, payload: Buffer.from(changedValue(event.payload, draws)) };
  }
}

/** Another JSON, or what is none. */
export function changedValue(bytes: Uint8Array, draws: Draws): string {
  const text = Buffer.from(bytes).toString();
  const json = jsonIn(text);
  return json === undefined ? changedText(text, draws) : changedJson(json, draws);
}

/** Bytes in which a frame seems to begin at every other place, each as long as all that follows. */
export function framesInFrames(bytes: number): Buffer {
  const made = Buffer.alloc(bytes);
  for (let place = 0; place + at.events <= bytes; place += 8) {
    if (Math.floor(place / at.body) % 2 === 1) continue;
    const length = Math.floor((bytes - place) / 8) * 8;
    made.writeUInt32LE(length, place);
    made.writeUInt32LE(length - at.events, place + at.body);
  }
  return made;
}

/** Bytes in which an event seems to begin at every fourth place. */
export function eventsInEvents(bytes: number): Buffer {
  const made = Buffer.alloc(bytes);
  for (let place = 0; place + 4 <= bytes; place += 4) made.writeUInt32LE(Math.max(41, (bytes - place) & ~3), place);
  return made;
}
