import type { Host } from '../disk/host.js';
import { newToken } from '../disk/host.js';
import { createExclusive, type DiskProgram, rename, unlink } from '../disk/program.js';
import type { Handle } from '../disk/steps.js';
import { discard, syncFolder, syncOnce } from '../disk/temp-file.js';
import { closeQuietly, quietly, unlessMissing, writeAll } from '../disk/whole-file.js';
import { corruptSegment } from './damage.js';
import { checkpointPath, segmentPath } from './place.js';
import { readPart, type SegmentEnd } from './recover.js';
import { type ChainEnd, scan } from './scan.js';
import { decodeSegmentHeader, segmentHeaderBytes } from './segment-header.js';

export interface CompactOptions {
  readonly strategy: 'merge';
  /** With fewer sealed segments in a row nothing is done; 2 unless told. */
  readonly minSegments?: number;
}

/** CAT-JRN-3501: what a compaction came to. `Failed` means that everything is as it was. */
export interface CompactReport {
  readonly outcome: 'Performed' | 'Skipped' | 'Failed';
  readonly reason?: string;
  readonly segments_removed: number;
  readonly bytes_reclaimed: number;
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
export function* mergeSegments(directory: string, sources: Run, host: Host): DiskProgram<Merged> {
  const [first] = sources;
  const path = segmentPath(directory, first.number);
  // What it says of places is about to be wrong.
  if (yield* unlessMissing(unlink(checkpointPath(directory)))) yield* syncFolder(directory);
  const temp = `${path}.${newToken(host)}.tmp`;
  const handle = yield* createExclusive(temp, privateMode);
  try {
    const merged = yield* copyFrames(directory, sources, handle);
    yield* syncOnce(handle);
    yield* rename(temp, path);
    yield* syncFolder(directory);
    yield* closeQuietly(handle);
    return merged;
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
  const decoded = decodeSegmentHeader(bytes);
  if (decoded.kind !== 'intact')
    throw corruptSegment(directory, number, 0, decoded.kind === 'damaged' ? decoded.reason : 'it has another version');
  const { firstFrame: next, sequence, previousHash: hash, durableTo } = decoded.header;
  const { end, chain, rest } = scan(bytes, segmentHeaderBytes, before ?? { next, sequence, hash, durableTo });
  if (rest.kind !== 'clean' || end !== bytes.byteLength) {
    throw corruptSegment(directory, number, end, rest.kind === 'clean' ? 'frames are missing' : rest.reason);
  }
  return chain;
}
