import { refusal } from '../core/errors.js';
import type { Host } from '../disk/host.js';
import { newToken } from '../disk/host.js';
import { createExclusive, type DiskProgram, rename, unlink } from '../disk/program.js';
import type { Handle } from '../disk/steps.js';
import { discard, syncFolder, syncOnce } from '../disk/temp-file.js';
import { closeQuietly, quietly, unlessMissing, writeAll } from '../disk/whole-file.js';
import { corruptSegment } from './damage.js';
import type { JournalEvent } from './event.js';
import { checkpointPath, segmentPath } from './place.js';
import type { SegmentEnd } from './recover.js';
import { type ChainEnd, type Scan, scan } from './scan.js';
import { readPart } from './segment-files.js';
import { decodeSegmentHeader, segmentHeaderBytes } from './segment-header.js';

/** From how many sealed segments in a row on they are merged. */
export interface MergeOptions {
  readonly strategy: 'merge';
  /** With fewer sealed segments in a row nothing is done; 2 unless told. */
  readonly minSegments?: number;
}

/** CAT-JRN-3502 */
export interface RetentionOptions {
  /** Whether what is dropped is gone, or read as a tombstone in its place. */
  readonly strategy: 'retain' | 'tombstone';
  /** Asked about each event of a full segment, in their order; false drops it. */
  readonly keep: (event: JournalEvent) => boolean;
  /** With fewer full segments nothing is done; 1 unless told. */
  readonly minSegments?: number;
}

/** Whether segments are merged, or events dropped by a rule. */
export type CompactOptions = MergeOptions | RetentionOptions;

/** What a compaction came to. `Failed` means that everything is as it was. */
export interface CompactReport {
  readonly outcome: 'Performed' | 'Skipped' | 'Failed';
  readonly reason?: string;
  readonly segments_removed: number;
  /** Less than zero where payloads were dropped that were shorter than what is kept of them. */
  readonly bytes_reclaimed: number;
  /** CAT-JRN-3502: how many events were dropped, and the bytes of their payloads. */
  readonly events_dropped?: number;
  readonly bytes_dropped?: number;
}

/** Where the frames of a segment that is no more lie in the merged one. */
export interface Moved {
  readonly from: number;
  readonly to: number;
  /** To be added to every offset. */
  readonly shift: number;
}

export interface Merged {
  readonly segment: SegmentEnd;
  readonly moved: readonly Moved[];
}

const privateMode = 0o600;
/** So much of a journal is in memory at most when it is read, and the places in a segment fit into four bytes by far. */
export const maxMergedBytes = 256 * 1024 * 1024;

/** The options as they are; `Unsupported` for a strategy that there is not, `InvalidArgument` for what cannot be used. */
export function checkCompactOptions(options: CompactOptions): CompactOptions {
  const { strategy, minSegments } = options;
  const least = { merge: 2, retain: 1, tombstone: 1 }[strategy];
  if (least === undefined) throw refusal('Unsupported', `there is no strategy ${strategy}`, { argument: 'strategy' });
  if (minSegments !== undefined && !(Number.isSafeInteger(minSegments) && minSegments >= least)) {
    throw refusal('InvalidArgument', `minSegments is a whole number from ${least} on, not ${minSegments}`, { argument: 'minSegments' });
  }
  if (strategy !== 'merge' && typeof options.keep !== 'function') {
    throw refusal('InvalidArgument', 'keep is a function that says of an event whether it is kept', { argument: 'keep' });
  }
  return options;
}

/** Sealed segments. */
export type Run = readonly [SegmentEnd, ...SegmentEnd[]];

/** The first segments in a row, at least so many and as many as can be, that make one that is not too large. */
export function runToMerge(sealed: readonly SegmentEnd[], least: number): Run | undefined {
  for (let from = 0; from < sealed.length; from++) {
    let [to, bytes] = [from, 0];
    while (to < sealed.length && bytes + (sealed[to]?.end ?? 0) <= maxMergedBytes) bytes += sealed[to++]?.end ?? 0;
    const [first, ...rest] = sealed.slice(from, to);
    if (first !== undefined && rest.length + 1 >= Math.max(2, least)) return [first, ...rest];
  }
  return undefined;
}

/**
 * Puts the frames of sealed segments that follow each other into one, under the name of the first: a copy under a temp name, synced,
 * and one rename. Every frame stays byte for byte what it was, seals and all, so the chain of frames goes on through it. The other
 * sources lie within it from then on: whoever reads passes over them.
 */
export function mergeSegments(directory: string, sources: Run, host: Host): DiskProgram<Merged> {
  return replaceSegment(directory, sources[0].number, { host, write: (handle) => copyFrames(directory, sources, handle) });
}

/** What is written into the place of a segment. */
interface Replacing<T> {
  readonly host: Host;
  readonly write: (handle: Handle) => DiskProgram<T>;
}

/** Writes a segment anew under a temp name, synced, and gives it its name by one rename. */
export function* replaceSegment<T>(directory: string, number: number, { host, write }: Replacing<T>): DiskProgram<T> {
  const path = segmentPath(directory, number);
  // What it says of places is about to be wrong.
  if (yield* unlessMissing(unlink(checkpointPath(directory)))) yield* syncFolder(directory);
  const temp = `${path}.${newToken(host)}.tmp`;
  const handle = yield* createExclusive(temp, privateMode);
  try {
    const written = yield* write(handle);
    yield* syncOnce(handle);
    yield* rename(temp, path);
    yield* syncFolder(directory);
    yield* closeQuietly(handle);
    return written;
  } catch (error) {
    yield* discard({ path: temp, handle });
    throw error;
  }
}

/** Only once the merged segment is durable under its name (CAT-JRN-3501). */
export function* removeSources(directory: string, moved: readonly Moved[]): DiskProgram<void> {
  for (const { from, to } of moved) if (from !== to) yield* quietly(unlink(segmentPath(directory, from)));
  yield* quietly(syncFolder(directory));
}

function* copyFrames(directory: string, sources: readonly SegmentEnd[], into: Handle): DiskProgram<Merged> {
  const moved: Moved[] = [];
  const first = sources[0]?.number ?? 0;
  let end = 0;
  let chain: ChainEnd | undefined;
  for (const { number, end: sourceEnd } of sources) {
    const bytes = yield* readPart(segmentPath(directory, number), 0, sourceEnd);
    chain = checkedEnd(directory, number, bytes, chain);
    const from = end === 0 ? 0 : segmentHeaderBytes;
    moved.push({ from: number, to: first, shift: end - from });
    yield* writeAll(into, [bytes.subarray(from)], end);
    end += bytes.byteLength - from;
  }
  return { segment: { number: first, end, size: end }, moved };
}

/** Where the chain has come to at the end of a source; nothing is copied that is not whole. */
function checkedEnd(directory: string, number: number, bytes: Buffer, before: ChainEnd | undefined): ChainEnd {
  return checkedFrames(directory, number, bytes, before).chain;
}

/** The frames of a source; nothing is copied that is not whole. */
export function checkedFrames(directory: string, number: number, bytes: Buffer, before: ChainEnd | undefined): Scan {
  const decoded = decodeSegmentHeader(bytes);
  if (decoded.kind !== 'intact')
    throw corruptSegment(directory, number, 0, decoded.kind === 'damaged' ? decoded.reason : 'it has another version');
  const { firstFrame: next, sequence, previousHash: hash, durableTo } = decoded.header;
  const read = scan(bytes, segmentHeaderBytes, before ?? { next, sequence, hash, durableTo });
  const { end, rest } = read;
  if (rest.kind !== 'clean' || end !== bytes.byteLength) {
    throw corruptSegment(directory, number, end, rest.kind === 'clean' ? 'frames are missing' : rest.reason);
  }
  return read;
}
