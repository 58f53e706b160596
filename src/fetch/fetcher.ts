import type { LongWork } from '../artifacts/hash-file.js';
import { refusal } from '../core/errors.js';
import type { ModelRef } from '../core/model-ref.js';

/** What a fetcher brought. */
export interface Fetched {
  /** A file, or the directory of a model of many files. */
  readonly path: string;
  /** What its origin says that it is: the digest of the file, or of the manifest of the files. Other content is `DigestMismatch`. */
  readonly digest?: string | undefined;
  /**
   * Where it is given, the files are the fetcher's own, and nobody writes to them any more: the catalog takes them, where the file system
   * can, instead of copying them. It is called when they are recorded, or are not what they should be, and is to remove their names; what it throws
   * changes nothing.
   */
  readonly release?: (() => Promise<void>) | undefined;
}

/**
 * Brings the bytes behind a reference onto this machine (CAT-PRV-2503). `into` is a folder for this fetch alone, which is removed after it.
 * It is called once for all who add the same reference at a time, in whatever process (CAT-PRV-2501).
 */
export interface Fetcher {
  fetch(ref: ModelRef, into: string, options: LongWork): Promise<Fetched>;
}

/** The only fetcher here: what is on the disk already stays where it is. The network is for others (CAT-SEC-6001). */
export class FileFetcher implements Fetcher {
  async fetch(ref: ModelRef): Promise<Fetched> {
    if (ref.kind === 'file') return { path: ref.path };
    const { formatModelRef } = await import('../core/model-ref.js');
    const text = formatModelRef(ref);
    throw refusal('FetcherRequired', `${text} is not on this machine, and nothing that could fetch it was given`, { ref: text });
  }
}
