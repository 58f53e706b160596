import { BatchedPayloads } from './batched-payloads.js';
import type { EventPlace } from './event-index.js';
import { frameAt, frameHeaderBytes, headerAt, holdsEvents, mayBeginBatch } from './frame.js';
import { eventAt, judgedEventAt, type StoredEvent } from './stored-event.js';

/** So much is read at a time by who reads one event after the other; as much as a whole frame where that is not much more. */
export const windowBytes = 64 * 1024;
const mostBytes = 1024 * 1024;

interface Judged {
  readonly from: number;
  readonly to: number;
  readonly payloads: BatchedPayloads | undefined;
}

/**
 * A piece of a segment, for who reads one event after the other (CAT-JRN-3302). The events of a batch are judged at once, by the
 * checksum of their frame; one that stands alone, or of whose frame not all is there, by its own.
 */
export class ReadWindow {
  readonly #segment: number;
  readonly #offset: number;
  readonly #bytes: Buffer;
  /** What the checksum of a frame has shown to be as it was written. */
  #judged: Judged = { from: 0, to: 0, payloads: undefined };

  constructor(segment: number, offset: number, bytes: Buffer) {
    this.#segment = segment;
    this.#offset = offset;
    this.#bytes = bytes;
  }

  /** Whether all bytes of an event are in it. */
  holds({ segment, offset, length }: EventPlace): boolean {
    return segment === this.#segment && offset >= this.#offset && offset + length <= this.#offset + this.#bytes.byteLength;
  }

  /** The event of a sequence, which it holds; `undefined` where there is none whose checksum is right. */
  event({ offset, length }: EventPlace, sequence: number): StoredEvent | undefined {
    const at = offset - this.#offset;
    if (at >= this.#judged.to) this.#judgeFrame(at - frameHeaderBytes, sequence);
    const { from, to, payloads } = this.#judged;
    return at >= from && at + length <= to ? judgedEventAt(this.#bytes, at, payloads) : eventAt(this.#bytes, at);
  }

  /** Whether an event is the first of a batch that goes on behind the window, and would not if the window began with it. */
  cutsBatchOf({ offset }: EventPlace, sequence: number): boolean {
    const at = offset - this.#offset;
    const frame = at - frameHeaderBytes;
    return at >= this.#judged.to && frame > 0 && frame + batchBytesAt(this.#bytes, frame, sequence) > this.#bytes.byteLength;
  }

  #judgeFrame(at: number, sequence: number): void {
    const length = batchBytesAt(this.#bytes, at, sequence);
    const found = length === 0 ? undefined : frameAt(this.#bytes, at);
    if (found?.kind !== 'frame') return;
    const from = at + frameHeaderBytes;
    const end = from + found.frame.body.byteLength;
    this.#judged = { from, to: end, payloads: new BatchedPayloads(this.#bytes, end) };
  }
}

/** How long the frame is that stands there, where it is a batch that begins with a sequence, and no larger than a window may be; else 0. */
export function batchBytesAt(bytes: Buffer, offset: number, sequence: number): number {
  if (!mayBeginBatch(bytes, offset, sequence)) return 0;
  const { length, type } = headerAt(bytes, offset) ?? {};
  return type !== undefined && holdsEvents({ type }) && length !== undefined && length <= mostBytes ? length : 0;
}
