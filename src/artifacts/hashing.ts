import type { Digest } from '../core/digest.js';
import type { Run } from '../disk/program.js';
import { type FileReading, hashFile, type LongWork } from './hash-file.js';

export type HashingWork = LongWork & { readonly also?: Digest | undefined };

/** Reads and hashes whole files, several at a time where the machine can. */
export interface Hashing {
  /** As many files as it pays to ask for at once. */
  readonly most: number;
  /** As `hashFile`. */
  read(path: string, work: HashingWork): Promise<FileReading>;
  /** Ends what works for it; what is read meanwhile is refused with `Closed`. */
  close(): Promise<void>;
}

/** One file after the other, on any disk. */
export function hashingOn(run: Run): Hashing {
  return { most: 1, read: (path, work) => run(hashFile(path, work)), close: async () => {} };
}
