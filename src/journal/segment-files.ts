import { basename, dirname } from 'node:path';
import { type DiskProgram, list, statHandle } from '../disk/program.js';
import { type Handle, isDiskError } from '../disk/steps.js';
import { closing, openIfThere, readFully } from '../disk/whole-file.js';
import { corruptSegment, newerFile } from './damage.js';
import { segmentNumber, segmentPath } from './place.js';
import { type DecodedSegmentHeader, decodeSegmentHeader, segmentHeaderBytes, segmentVersion } from './segment-header.js';

/** A segment, and what its header says. */
export interface Head {
  readonly number: number;
  readonly decoded: DecodedSegmentHeader;
}

/** The numbers of the segments, the lowest first; none where there is no such directory. */
export function* segmentNumbers(directory: string): DiskProgram<readonly number[]> {
  try {
    const names = yield* list(directory);
    return names.flatMap((name) => segmentNumber(name) ?? []).sort((a, b) => a - b);
  } catch (error) {
    if (isDiskError(error, 'ENOENT')) return [];
    throw error;
  }
}

/** The bytes of a segment from one offset to another, as far as they are there. */
export function* readPart(path: string, from: number, to: number): DiskProgram<Buffer> {
  const handle = yield* openIfThere(path);
  if (handle === undefined) return Buffer.alloc(0);
  const bytes = Buffer.allocUnsafe(to - from);
  return bytes.subarray(0, yield* closing(handle, readFully(handle, bytes, from)));
}

/** The segments from one on, and what their headers say; a newer version of any is refused. */
export function* readHeads(directory: string, from = 0): DiskProgram<readonly Head[]> {
  const heads: Head[] = [];
  for (const number of yield* segmentNumbers(directory)) {
    if (number < from) continue;
    const path = segmentPath(directory, number);
    const decoded = decodeSegmentHeader(yield* readSegment(path, segmentHeaderBytes));
    if (decoded.kind === 'newer') throw newerFile(path, decoded.version, segmentVersion);
    heads.push({ number, decoded });
  }
  return heads;
}

/** The bytes of a segment from an offset on, at most so many. */
export function* readSegment(path: string, most = Number.POSITIVE_INFINITY, from = 0): DiskProgram<Buffer> {
  const handle = yield* openIfThere(path);
  if (handle === undefined) throw corruptSegment(dirname(path), segmentNumber(basename(path)) ?? 0, 0, 'it is gone');
  return yield* closing(handle, readUpTo(handle, most, from));
}

function* readUpTo(handle: Handle, most: number, from: number): DiskProgram<Buffer> {
  const { size } = yield* statHandle(handle);
  const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(size - from, most)));
  return bytes.subarray(0, yield* readFully(handle, bytes, from));
}
