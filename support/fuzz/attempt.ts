import v8 from 'node:v8';
import { type CatalogError, isCatalogError } from '../../src/core/errors.js';
import type { Input } from './inputs.js';
import type { FuzzTarget } from './target.js';

/** CAT-SEC-6003: what one input may cost. */
export const limits = { growthBytes: 256 * 1024 * 1024, cpuMs: 1000 } as const;

/** What a reader has in memory when it has loaded all that it reads with. */
const ownMegabytes = 64;
export const heapMegabytes: number = ownMegabytes + limits.growthBytes / 2 ** 20;

/** What became of one input. */
export type Outcome =
  | { readonly kind: 'taken' }
  | { readonly kind: 'refused'; readonly as: string }
  | { readonly kind: 'fault'; readonly error: unknown };

export interface Attempt {
  readonly outcome: Outcome;
  readonly ms: number;
  /** How many bytes outside of the heap it left to be collected; of the heap the thread has no more than it may grow by. */
  readonly grewBytes: number;
}

export async function attempted(target: FuzzTarget, input: Input): Promise<Attempt> {
  const [before, began] = [outsideTheHeap(), performance.now()];
  const outcome = await outcomeOf(target, input);
  return { outcome, ms: performance.now() - began, grewBytes: outsideTheHeap() - before };
}

const outsideTheHeap = (): number => v8.getHeapStatistics().external_memory;

async function outcomeOf(target: FuzzTarget, { bytes, seed }: Input): Promise<Outcome> {
  try {
    const taken = target.read(bytes, seed);
    const as = taken instanceof Promise ? await taken : taken;
    return as === undefined ? { kind: 'taken' } : { kind: 'refused', as };
  } catch (error) {
    if (isCatalogError(error) && !isOurs(error)) return { kind: 'refused', as: error.code };
    if (target.alsoThrows?.(error)) return { kind: 'refused', as: (error as Error).name };
    return { kind: 'fault', error };
  }
}

/** Whether what is told as an error of the disk is one of Node, which was given what it cannot be given. */
function isOurs({ details }: CatalogError): boolean {
  return typeof details.errno === 'string' && details.errno.startsWith('ERR_');
}

/** An error in a line. */
export function told(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 300) : `thrown: ${String(error).slice(0, 300)}`;
}
