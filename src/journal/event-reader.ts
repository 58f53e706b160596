import { type DiskProgram, openFile, stat, statHandle } from '../disk/program.js';
import type { Handle } from '../disk/steps.js';
import { closeQuietly, readFully } from '../disk/whole-file.js';
import { corruptSegment } from './damage.js';
import type { EventId } from './event-id.js';
import type { EventPlace } from './event-index.js';
import { eventAt, type FoundEvent } from './event-record.js';
import { segmentPath } from './place.js';

/** So much is read at a time by who reads one event after the other. */
const windowBytes = 64 * 1024;
const maxOpen = 64;

interface Window {
  readonly segment: number;
  readonly offset: number;
  readonly bytes: Buffer;
}

/** Reads single events where the index says that they are; each is judged by its own checksum (CAT-JRN-3302). */
export class EventReader {
  readonly #directory: string;
  readonly #open = new Map<number, Handle>();
  readonly #isOf: (sequence: number, id: EventId) => boolean;
  #window: Window | undefined;

  /** It is asked whether an event is that of a sequence. */
  constructor(directory: string, isOf: (sequence: number, id: EventId) => boolean) {
    this.#directory = directory;
    this.#isOf = isOf;
  }

  *read({ segment, offset, length }: EventPlace, sequence: number): DiskProgram<FoundEvent> {
    const bytes = Buffer.allocUnsafe(length);
    const filled = yield* readFully(yield* this.#handle(segment), bytes, offset);
    const event = eventAt(bytes.subarray(0, filled), 0);
    if (event !== undefined && this.#isOf(sequence, event.id)) return event;
    throw corruptSegment(this.#directory, segment, offset, 'no event is there whose checksum is right');
  }

  /** The same for who reads one event after the other, in the order of the journal. */
  *readAhead(place: EventPlace, sequence: number): DiskProgram<FoundEvent> {
    const { segment, offset, length } = place;
    if (!isWithin(this.#window, place) && length < windowBytes) {
      const bytes = Buffer.allocUnsafe(windowBytes);
      const filled = yield* readFully(yield* this.#handle(segment), bytes, offset);
      this.#window = { segment, offset, bytes: bytes.subarray(0, filled) };
    }
    const window = this.#window;
    const event = window !== undefined && isWithin(window, place) ? eventAt(window.bytes, offset - window.offset) : undefined;
    // What was not there when the window was read may be there now.
    return event !== undefined && this.#isOf(sequence, event.id) ? event : yield* this.read(place, sequence);
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

  *#handle(segment: number): DiskProgram<Handle> {
    const known = this.#open.get(segment);
    if (known !== undefined) return known;
    const [oldest] = this.#open;
    if (oldest !== undefined && this.#open.size >= maxOpen) {
      this.#open.delete(oldest[0]);
      yield* closeQuietly(oldest[1]);
    }
    const handle = yield* openFile(segmentPath(this.#directory, segment));
    this.#open.set(segment, handle);
    return handle;
  }
}

function isWithin(window: Window | undefined, { segment, offset, length }: EventPlace): boolean {
  return window?.segment === segment && offset >= window.offset && offset + length <= window.offset + window.bytes.byteLength;
}
