import { setTimeout as elapsed } from 'node:timers/promises';
import { CatalogError, isCatalogError } from '../core/errors.js';

/** By default so long a server may be away before those who wait for it are told. */
export const unreachableMsByDefault = 30_000;
const [shortestMs, longestMs] = [20, 1_000];

/** Why something could not be done now, and may be done in a while. */
export class Passing extends Error {
  constructor(cause: Error) {
    super(cause.message, { cause });
  }
}

export interface Patience {
  /** How long the server may be away. */
  readonly unreachableMs: number;
  /** Ends the waiting: what was waited for last is thrown. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Does something again until it is done, as long as what keeps it from being done passes (CAT-FLT-7008): no client of a server is restarted
 * because its server was. After `unreachableMs` it is `IoError`. Whatever is tried again must be safe to be done twice.
 */
export async function outlasting<T>(work: (attempt: number) => Promise<T>, { unreachableMs, signal }: Patience): Promise<T> {
  const began = performance.now();
  for (let attempt = 0; ; attempt++) {
    try {
      return await work(attempt);
    } catch (error) {
      if (!(error instanceof Passing)) throw error;
      const leftMs = unreachableMs - (performance.now() - began);
      if (leftMs <= 0 || signal?.aborted) throw unreachable(error, unreachableMs);
      // Those who lost their server at the same moment do not come back at the same moment.
      const pauseMs = Math.min(longestMs, shortestMs * 2 ** attempt) * (0.5 + Math.random() / 2);
      await elapsed(Math.min(leftMs, pauseMs), undefined, { ...(signal && { signal }) }).catch(() => {});
    }
  }
}

function unreachable({ message, cause }: Passing, unreachableMs: number): CatalogError {
  if (isCatalogError(cause)) return cause;
  return new CatalogError(
    'IoError',
    `the server could not be asked for ${unreachableMs} ms: ${message}`,
    { waited_ms: unreachableMs },
    cause,
  );
}
