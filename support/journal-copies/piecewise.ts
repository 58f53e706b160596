import { basename } from 'node:path';
import { SimulatedDisk } from '../../src/sim/index.js';

/** Draws whole numbers below a limit, the same ones for the same seed. */
export type Draw = (limit: number) => number;

export function drawing(seed: number): Draw {
  let state = seed * 2 + 1;
  return (limit) => {
    state = (Math.imul(state, 0x2c1b3c6d) + 0x297a2d39) | 0;
    return (((state >>> 8) ^ (state >>> 20)) >>> 0) % limit;
  };
}

/** Copies the files of a folder as programs do that know nothing of it: by the names it has at first, piece by piece, in any order. */
export class PiecewiseCopy {
  readonly #from: SimulatedDisk;
  readonly #directory: string;
  readonly #draw: Draw;
  readonly #files = new Map<string, Buffer>();
  #waiting: string[] | undefined;
  #reading: { readonly path: string; at: number } | undefined;

  constructor(from: SimulatedDisk, directory: string, draw: Draw) {
    this.#from = from;
    this.#directory = directory;
    this.#draw = draw;
  }

  /** Reads one more piece; gives whether there is more. */
  step(): boolean {
    this.#waiting ??= this.#names();
    this.#reading ??= this.#next();
    if (this.#reading === undefined) return false;
    const { path, at } = this.#reading;
    const piece = this.#bytes(path)?.subarray(at, at + 64 * (1 + this.#draw(16)));
    if (piece !== undefined && piece.byteLength > 0) {
      this.#files.set(path, Buffer.concat([this.#files.get(path) ?? Buffer.alloc(0), piece]));
      this.#reading.at += piece.byteLength;
    } else this.#reading = undefined;
    return true;
  }

  /** What was copied, on a disk of its own. */
  disk(): SimulatedDisk {
    const disk = new SimulatedDisk({ root: [this.#directory] });
    for (const [path, bytes] of this.#files) disk.plant(path, bytes);
    return disk;
  }

  #names(): string[] {
    return [...this.#from.snapshotTree()].flatMap(([path, { type }]) =>
      type === 'file' && path.startsWith(`${this.#directory}/`) && basename(path) !== 'journal.lock' ? [path] : [],
    );
  }

  #next(): { path: string; at: number } | undefined {
    const waiting = this.#waiting ?? [];
    const [path] = waiting.splice(this.#draw(Math.max(1, waiting.length)), 1);
    if (path === undefined) return undefined;
    if (this.#bytes(path) !== undefined) this.#files.set(path, Buffer.alloc(0));
    return { path, at: 0 };
  }

  #bytes(path: string): Buffer | undefined {
    const entry = this.#from.snapshotTree().get(path);
    return entry?.type === 'file' ? Buffer.from(entry.bytes) : undefined;
  }
}
