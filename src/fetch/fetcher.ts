import type { LongWork } from '../artifacts/hash-file.js';
import { refusal } from '../core/errors.js';
import type { ModelRef } from '../core/model-ref.js';

/** Brings the bytes behind a reference onto this machine (CAT-PRV-2503). `into` is a folder for this fetch alone. */
export interface Fetcher {
  fetch(ref: ModelRef, into: string, options: LongWork): Promise<{ path: string }>;
}

/** The only fetcher here: what is on the disk already stays where it is. The network is for others (CAT-SEC-6001). */
export class FileFetcher implements Fetcher {
  async fetch(ref: ModelRef): Promise<{ path: string }> {
    if (ref.kind === 'file') return { path: ref.path };
    const { formatModelRef } = await import('../core/model-ref.js');
    const text = formatModelRef(ref);
    throw refusal('FetcherRequired', `${text} is not on this machine, and nothing that could fetch it was given`, { ref: text });
  }
}
