import { mostDirectoryBytes, namesCode, zipDirectory, zipNames, zipTailBytes } from '../core/headers/archives.js';
import { type FileHeader, readHeader } from '../core/headers/model-header.js';
import { type DiskProgram, openFile, statHandle } from '../disk/program.js';
import { type FileStat, type Handle, isDiskError } from '../disk/steps.js';
import { closing, giveBackSpare, readFully, takeSpare } from '../disk/whole-file.js';
import { isChanged } from './hash-file.js';

/** A file of which the header is read. */
export interface HeaderPlace {
  /** Its name inside the model, with forward slashes. */
  readonly name: string;
  readonly path: string;
  /** As it was when it was hashed; of one that has changed since then nothing is said. */
  readonly status?: FileStat | undefined;
}

/** What a file's header says, and how long the file is. */
export interface HeaderFound {
  readonly header: FileHeader;
  readonly bytes: number;
}

const firstWindowBytes = 64 * 1024;
const changed: FileHeader = { kind: 'malformed', code: 'changed', reason: 'changed before its header was read' };

/**
 * Reads the start of a file, twice as much each time until its header is whole, so that memory follows bytes that are there and never
 * a length that the file claims. What the disk refuses is a finding too.
 */
export function* findHeader(place: HeaderPlace): DiskProgram<HeaderFound> {
  try {
    const handle = yield* openFile(place.path, { follow: true });
    return yield* closing(handle, headerOf(handle, place));
  } catch (error) {
    if (!isDiskError(error)) throw error;
    return { header: { kind: 'malformed', code: 'unreadable', reason: `could not be read: ${error.message.slice(0, 200)}` }, bytes: 0 };
  }
}

function* headerOf(handle: Handle, place: HeaderPlace): DiskProgram<HeaderFound> {
  const before = yield* statHandle(handle);
  const { type, size: bytes } = before;
  if (type !== 'file') return { header: { kind: 'malformed', code: 'unreadable', reason: `is a ${type}` }, bytes: 0 };
  if (place.status !== undefined && isChanged(place.status, before)) return { header: changed, bytes };
  const header = yield* grownHeader(handle, { name: place.name, bytes });
  return { header: isChanged(before, yield* statHandle(handle)) ? changed : header, bytes };
}

function* grownHeader(handle: Handle, file: { readonly name: string; readonly bytes: number }): DiskProgram<FileHeader> {
  let window = yield* grown(handle, Buffer.alloc(0), Math.min(firstWindowBytes, file.bytes));
  for (;;) {
    const header = readHeader(window, file);
    if (header.kind === 'other') {
      giveBackSpare(window);
      return yield* lookedInto(handle, header, file.bytes);
    }
    if (header.kind !== 'more') return header;
    while (window.byteLength < header.bytes) {
      const wanted = Math.min(2 * window.byteLength, file.bytes);
      window = yield* grown(handle, window, wanted);
      if (window.byteLength < wanted) return changed;
    }
  }
}

/** The bytes that were read before, and those behind them; fewer than wanted where the file ends. */
function* grown(handle: Handle, before: Buffer, wanted: number): DiskProgram<Buffer> {
  const window = takeSpare(wanted);
  before.copy(window);
  const filled = yield* readFully(handle, window.subarray(before.byteLength), before.byteLength);
  return window.subarray(0, before.byteLength + filled);
}

/** What a zip holds is told at its end. */
function* lookedInto(handle: Handle, header: FileHeader & { kind: 'other' }, size: number): DiskProgram<FileHeader> {
  if (header.what !== 'a zip' || header.codeBearing) return header;
  const tail = yield* extent(handle, Math.max(0, size - zipTailBytes), Math.min(size, zipTailBytes));
  const directory = zipDirectory(tail, size);
  if (directory === undefined) return header;
  const names = zipNames(yield* extent(handle, directory.position, Math.min(directory.bytes, mostDirectoryBytes)));
  return { ...header, codeBearing: namesCode(names) };
}

function* extent(handle: Handle, position: number, length: number): DiskProgram<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  return bytes.subarray(0, yield* readFully(handle, bytes, position));
}
