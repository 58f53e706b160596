import { type DiskProgram, openFile, read, stat, statHandle } from '../disk/program.js';
import type { Handle } from '../disk/steps.js';
import { closeQuietly, readFully } from '../disk/whole-file.js';
import { corruptSegment } from './damage.js';
import type { EventPlace } from './event-index.js';
import { frameHeaderBytes } from './frame.js';
import { segmentPath } from './place.js';
import { batchBytesAt, ReadWindow, windowBytes } from './read-window.js';
import { eventAt, type StoredEvent } from './stored-event.js';

const maxOpen = 64;

/** Reads single events where the index says that they are; each is judged by its own checksum (CAT-JRN-3302). */
export class EventReader {
  readonly #directory: string;
  readonly #open = new Map<number, Handle>();
  readonly #isOf: (sequence: number, event: StoredEvent) => boolean;
  #window: ReadWindow | undefined;

  /** It is asked whether an event is that of a sequence. */
  constructor(directory: string, isOf: (sequence: number, event: StoredEvent) => boolean) {
    this.#directory = directory;
    this.#isOf = isOf;
  }

  /** One read of as many bytes as the event has. */
  *read({ segment, offset, length }: EventPlace, sequence: number): DiskProgram<StoredEvent> {
    const bytes = Buffer.allocUnsafe(length);
    const handle = this.#open.get(segment) ?? (yield* this.#opened(segment));
    let filled = yield* read(handle, bytes, offset);
    if (filled < length) filled += yield* readFully(handle, bytes.subarray(filled), offset + filled);
    const event = filled === length ? eventAt(bytes, 0) : undefined;
    if (event !== undefined && this.#isOf(sequence, event)) return event;
    throw corruptSegment(this.#directory, segment, offset, 'no event is there whose checksum is right');
  }

  /** The same for who reads one event after the other, in the order of the journal. */
  *readAhead(place: EventPlace, sequence: number): DiskProgram<StoredEvent> {
    if (this.#needsWindow(place, sequence) && place.length < windowBytes) this.#window = yield* this.#windowAt(place, sequence);
    // What was not there when the window was read may be there now.
    return this.readBefore(place, sequence) ?? (yield* this.read(place, sequence));
  }

  /** An event that is in memory because one before it was read ahead. */
  readBefore(place: EventPlace, sequence: number): StoredEvent | undefined {
    if (this.#needsWindow(place, sequence)) return undefined;
    const event = this.#window?.event(place, sequence);
    return event !== undefined && this.#isOf(sequence, event) ? event : undefined;
  }

  /** Whether a file that is open is not the one under its name any more. */
  *isReplaced(): DiskProgram<boolean> {
    for (const [segment, handle] of this.#open) {
      const [ours, there] = [yield* statHandle(handle), yield* stat(segmentPath(this.#directory, segment))];
      if (there?.inode !== ours.inode) return true;
    }
    return false;
  }

  *close(): DiskProgram<void> {
    this.#window = undefined;
    for (const handle of this.#open.values()) yield* closeQuietly(handle);
    this.#open.clear();
  }

  *#opened(segment: number): DiskProgram<Handle> {
    const [oldest] = this.#open;
    if (oldest !== undefined && this.#open.size >= maxOpen) {
      this.#open.delete(oldest[0]);
      yield* closeQuietly(oldest[1]);
    }
    const handle = yield* openFile(segmentPath(this.#directory, segment));
    this.#open.set(segment, handle);
    return handle;
  }

  #needsWindow(place: EventPlace, sequence: number): boolean {
    return !this.#window?.holds(place) || this.#window.cutsBatchOf(place, sequence);
  }

  /** Where an event is the first of a batch, with all of that. */
  *#windowAt({ segment, offset }: EventPlace, sequence: number): DiskProgram<ReadWindow> {
    const handle = this.#open.get(segment) ?? (yield* this.#opened(segment));
    const from = Math.max(0, offset - frameHeaderBytes);
    const first = yield* readUpTo(handle, from, windowBytes);
    const batchBytes = batchBytesAt(first, 0, sequence);
    return new ReadWindow(segment, from, batchBytes > first.byteLength ? yield* readUpTo(handle, from, batchBytes) : first);
  }
}

function* readUpTo(handle: Handle, from: number, most: number): DiskProgram<Buffer> {
  const bytes = Buffer.allocUnsafe(most);
  return bytes.subarray(0, yield* readFully(handle, bytes, from));
}
