/** What is known of each event, a column each, by its ordinal. */
export class EventColumns {
  readonly count: number;
  readonly sequences: Float64Array<ArrayBuffer>;
  readonly segments: Uint32Array<ArrayBuffer>;
  readonly offsets: Uint32Array<ArrayBuffer>;
  readonly lengths: Uint32Array<ArrayBuffer>;
  /** Of the event of the same entity before it one more than its ordinal; 0 for none. */
  readonly previous: Uint32Array<ArrayBuffer>;
  readonly ids: Uint32Array<ArrayBuffer>;

  /** Over some bytes from a multiple of eight on, which it goes on to use. */
  constructor(count: number, buffer: ArrayBuffer = new ArrayBuffer(count * eventBytes), from = 0) {
    const words = (before: number, many = 1): Uint32Array<ArrayBuffer> => new Uint32Array(buffer, from + count * before, count * many);
    this.count = count;
    this.sequences = new Float64Array(buffer, from, count);
    this.segments = words(8);
    this.offsets = words(12);
    this.lengths = words(16);
    this.previous = words(20);
    this.ids = words(24, idWords);
  }

  /** Whether sequences rise, and each event follows one of its entity that comes before it. */
  get areInOrder(): boolean {
    let before = 0;
    for (let nth = 0; nth < this.count; nth++) {
      const [sequence = 0, previous = 0] = [this.sequences[nth], this.previous[nth]];
      if (!Number.isSafeInteger(sequence) || sequence <= before || previous > nth) return false;
      before = sequence;
    }
    return true;
  }

  /** With room for more. */
  grown(count: number): EventColumns {
    const grown = new EventColumns(count);
    grown.sequences.set(this.sequences);
    grown.segments.set(this.segments);
    grown.offsets.set(this.offsets);
    grown.lengths.set(this.lengths);
    grown.previous.set(this.previous);
    grown.ids.set(this.ids);
    return grown;
  }

  /** The bytes of each column, of the first so many events. */
  bytes(count: number): readonly Uint8Array[] {
    const columns = [this.sequences, this.segments, this.offsets, this.lengths, this.previous].map((column) => column.subarray(0, count));
    return [...columns, this.ids.subarray(0, count * idWords)].map(
      ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
    );
  }
}

export const idWords = 4;
export const eventBytes = 8 + 4 * (4 + idWords);
