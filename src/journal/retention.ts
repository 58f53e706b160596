import { refusal } from '../core/errors.js';
import { asCatalogError } from '../disk/failure.js';
import type { Host } from '../disk/host.js';
import { type DiskProgram, stat, statHandle } from '../disk/program.js';
import { type Handle, isDiskError } from '../disk/steps.js';
import { writeAll } from '../disk/whole-file.js';
import { checkedFrames, maxMergedBytes, type RetentionOptions, type Run, replaceSegment } from './compaction.js';
import { corruptSegment } from './damage.js';
import type { EventIndex, IndexedEvent } from './event-index.js';
import { contentHashOf, type Dropped, encodeEvent } from './event-record.js';
import { encodeThinned, type FoundFrame, frameBytes, frameHeaderBytes, hashBytes, holdsEvents, maximumFrameBytes } from './frame.js';
import type { JournalReader } from './journal-reader.js';
import { isReserved } from './kind.js';
import { segmentPath } from './place.js';
import type { SegmentEnd } from './recover.js';
import type { ChainEnd } from './scan.js';
import { readPart } from './segment-files.js';
import { segmentHeaderBytes } from './segment-header.js';
import { eventAt } from './stored-event.js';

/** CAT-JRN-3502: which events are dropped, by their sequences, and what of them is shown. */
export interface Thinning {
  readonly how: Dropped['how'];
  readonly drops: ReadonlySet<number>;
}

/** A segment that was written anew in place of several. */
export interface ThinnedRun {
  readonly sources: Run;
  readonly segment: SegmentEnd;
  /** Where its last frame begins. */
  readonly lastFrame: number;
  /** Where all of its events lie now. */
  readonly events: readonly PlacedEvent[];
  readonly dropped: number;
  readonly bytesDropped: number;
  /** Why a power cut may bring back what was there before. */
  readonly undurable?: string;
}

export type PlacedEvent = Pick<IndexedEvent, 'sequence' | 'segment' | 'offset' | 'length' | 'isDropped'>;

interface Asked {
  readonly index: EventIndex;
  readonly reader: JournalReader;
  /** The number of the last segment that is full. */
  readonly last: number;
  readonly keep: RetentionOptions['keep'];
}

/** The sequences of those events of full segments that are not to be kept. Throws what `keep` throws. */
export function eventsToDrop({ index, reader, last, keep }: Asked): ReadonlySet<number> {
  const drops = new Set<number>();
  for (const event of reader.read({}, {})) {
    if ((index.placeOf(event.sequence)?.segment ?? 0) > last) break;
    if (isReserved(event.kind)) continue;
    const verdict: unknown = keep(event);
    if (typeof verdict !== 'boolean') throw refusal('InvalidArgument', 'keep says neither true nor false', { argument: 'keep' });
    if (!verdict) drops.add(event.sequence);
  }
  return drops;
}

/** The full segments that are written anew: in a row, no more at a time than make one that is not too large, and each end of them loses something. */
export function runsToThin(sealed: readonly SegmentEnd[], touched: ReadonlySet<number>): readonly Run[] {
  const runs: Run[] = [];
  let run: SegmentEnd[] = [];
  let bytes = 0;
  const end = (): void => {
    const [first, ...rest] = run.slice(0, run.findLastIndex(({ number }) => touched.has(number)) + 1);
    if (first !== undefined) runs.push([first, ...rest]);
    [run, bytes] = [[], 0];
  };
  for (const segment of sealed) {
    if (bytes + segment.end > maxMergedBytes) end();
    if (run.length === 0 && !touched.has(segment.number)) continue;
    run.push(segment);
    bytes += segment.end;
  }
  end();
  return runs;
}

/**
 * Puts the frames of full segments into one, without the payloads that are dropped. A frame that loses some keeps its hash, so that the
 * chain goes on; an event that does keeps all but its payload, and the hash of that. Where it fails nothing has changed; where it is
 * done, and may not be durable, that is told.
 */
export function* thinSegments(directory: string, sources: Run, { host, ...thinning }: Thinning & Hosted): DiskProgram<ThinnedRun> {
  const [{ number }] = sources;
  let made: { readonly run: ThinnedRun; readonly inode: bigint } | undefined;
  const write = function* (handle: Handle): DiskProgram<ThinnedRun> {
    const run = yield* writeThinned(directory, sources, { ...thinning, handle });
    made = { run, inode: (yield* statHandle(handle)).inode };
    return run;
  };
  try {
    return yield* replaceSegment(directory, number, { host, write });
  } catch (error) {
    if (made === undefined || (yield* inodeOf(segmentPath(directory, number))) !== made.inode) throw error;
    return { ...made.run, undurable: asCatalogError(error, 'it was written').message };
  }
}

interface Hosted {
  readonly host: Host;
}

/** Of a segment that was written anew nobody knows which one it is. */
export class UnknownSegment extends Error {}

function* inodeOf(path: string): DiskProgram<bigint | undefined> {
  try {
    return (yield* stat(path))?.inode;
  } catch (error) {
    throw isDiskError(error) ? new UnknownSegment(`${path} may have been written anew: ${error.message}`) : error;
  }
}

function* writeThinned(
  directory: string,
  sources: Run,
  { handle, ...thinning }: Thinning & { readonly handle: Handle },
): DiskProgram<ThinnedRun> {
  const [{ number: segment }] = sources;
  const events: PlacedEvent[] = [];
  let [end, lastFrame, dropped, bytesDropped] = [0, 0, 0, 0];
  let chain: ChainEnd | undefined;
  for (const { number, end: sourceEnd } of sources) {
    const bytes = yield* readPart(segmentPath(directory, number), 0, sourceEnd);
    const read = checkedFrames(directory, number, bytes, chain);
    chain = read.chain;
    const chunks = end === 0 ? [bytes.subarray(0, segmentHeaderBytes)] : [];
    let at = end === 0 ? segmentHeaderBytes : end;
    for (const frame of read.frames) {
      const thinned = thinnedFrame(bytes, frame, thinning);
      if (thinned === undefined) throw corruptSegment(directory, number, frame.offset, 'an event of its frame is none');
      for (const { offset, ...event } of thinned.events) events.push({ ...event, segment, offset: at + frameHeaderBytes + offset });
      dropped += thinned.dropped;
      bytesDropped += thinned.bytesDropped;
      chunks.push(thinned.bytes);
      lastFrame = at;
      at += thinned.bytes.byteLength;
    }
    yield* writeAll(handle, chunks, end);
    end = at;
  }
  return { sources, segment: { number: segment, end, size: end }, lastFrame, events, dropped, bytesDropped };
}

interface ThinnedFrame {
  readonly bytes: Buffer;
  /** By their offsets in the body. */
  readonly events: readonly Omit<PlacedEvent, 'segment'>[];
  readonly dropped: number;
  readonly bytesDropped: number;
}

/** A frame without the payloads that are dropped; as it is where none is. `undefined` where an event of it is none. */
function thinnedFrame(bytes: Buffer, frame: FoundFrame, { how, drops }: Thinning): ThinnedFrame | undefined {
  const events: Omit<PlacedEvent, 'segment'>[] = [];
  const chunks: Buffer[] = [];
  let [at, offset, dropped, bytesDropped] = [0, 0, 0, 0];
  for (let nth = 0; holdsEvents(frame) && nth < frame.count; nth++) {
    const event = eventAt(frame.body, at);
    if (event === undefined) return undefined;
    const sequence = frame.sequence + nth;
    const isDropped = event.dropped === undefined && drops.has(sequence);
    const left = isDropped ? { how, bytes: event.payload.byteLength, contentHash: contentHashOf(event) } : event.dropped;
    const chunk = isDropped ? encodeEvent({ ...event.record, dropped: left }) : frame.body.subarray(at, at + event.length);
    if (isDropped) bytesDropped += event.payload.byteLength;
    dropped += Number(isDropped);
    events.push({ sequence, offset, length: chunk.byteLength, isDropped: left?.how === 'retain' });
    chunks.push(chunk);
    offset += chunk.byteLength;
    at += event.length;
  }
  const whole = bytes.subarray(frame.offset, frame.offset + frame.length);
  return { bytes: dropped === 0 ? whole : encoded(frame, Buffer.concat(chunks)), events, dropped, bytesDropped };
}

function encoded(frame: FoundFrame, body: Buffer): Buffer {
  const length = frameBytes(body.byteLength + hashBytes);
  if (length <= maximumFrameBytes) return encodeThinned({ ...frame, body });
  throw refusal('EntryTooLarge', `without its payloads frame ${frame.number} would have ${length} bytes`, { bytes: length });
}
