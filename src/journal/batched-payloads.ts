import { randomInt } from 'node:crypto';
import { eventLengthAt, payloadTextAt, type StoredEvent } from './stored-event.js';

/** After so many one behind the other the next are parsed together, at most so many, and of so many bytes. */
const begins = 4;
const most = { events: 64, bytes: 64 * 1024 };

/**
 * Stands between payloads that are parsed together. Who forges a payload that is no JSON by itself does not know it, and so makes
 * nothing else of the others.
 */
const mark = randomInt(2 ** 30);
const between = `,${mark},`;

/**
 * Parses the payloads of a batch for who asks for one after the other: many as one array, which takes less time than each by itself.
 * Each is given once.
 */
export class BatchedPayloads {
  readonly #bytes: Buffer;
  /** Where the events of the batch end. */
  readonly #end: number;
  /** Where the events begin whose payloads were parsed ahead; these, with the mark between them; and how many were given. */
  #offsets: readonly number[] = [];
  #parsed: readonly unknown[] = [];
  #given = 0;
  /** How many were asked for one behind the other, and where the last of them ends. */
  #run = 0;
  #lastEnd = 0;
  #isUsable = true;

  constructor(bytes: Buffer, end: number) {
    this.#bytes = bytes;
    this.#end = end;
  }

  of(event: StoredEvent): unknown {
    this.#run = event.offset === this.#lastEnd ? this.#run + 1 : 0;
    this.#lastEnd = event.offset + event.length;
    while (this.#given < this.#offsets.length) {
      const nth = this.#given++;
      if (this.#offsets[nth] === event.offset) return this.#parsed[2 * nth];
    }
    if (this.#run < begins || !this.#isUsable || !this.#parseFrom(event.offset)) return event.parsedAlone;
    this.#given = 1;
    return this.#parsed[0];
  }

  /** Where not all of them are JSON, each is parsed by itself. */
  #parseFrom(offset: number): boolean {
    const offsets: number[] = [];
    const texts: string[] = [];
    for (let at = offset; at < this.#end && offsets.length < most.events && at - offset < most.bytes; ) {
      const length = eventLengthAt(this.#bytes, at);
      const text = length === undefined ? undefined : payloadTextAt(this.#bytes, at, length);
      if (length === undefined || text === undefined) break;
      offsets.push(at);
      texts.push(text);
      at += length;
    }
    const parsed = parsedOrNothing(`[${texts.join(between)}]`);
    this.#isUsable = parsed?.length === 2 * offsets.length - 1 && offsets.every((_, nth) => nth === 0 || parsed[2 * nth - 1] === mark);
    [this.#offsets, this.#parsed] = this.#isUsable && parsed !== undefined ? [offsets, parsed] : [[], []];
    return this.#isUsable;
  }
}

function parsedOrNothing(text: string): readonly unknown[] | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
