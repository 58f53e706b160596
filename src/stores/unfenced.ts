import { refusal } from '../core/errors.js';
import type { DeleteOptions, PutOptions } from './catalog-store.js';

/** CAT-CNF-5202: a store without leases of a fleet refuses a change that is to be guarded by one. */
export function checkUnfenced({ fence }: PutOptions | DeleteOptions): void {
  if (fence !== undefined)
    throw refusal('Unsupported', 'only the catalog of a fleet has leases that guard a change', { argument: 'fence' });
}

/** CAT-FLT-7007: what a change may be guarded by; anything else is `InvalidArgument`. */
export function checkFence({ fence }: PutOptions | DeleteOptions): void {
  if (fence === undefined) return;
  if (typeof fence.name === 'string' && fence.name !== '' && Number.isSafeInteger(fence.epoch) && fence.epoch > 0) return;
  throw refusal('InvalidArgument', 'a fence is the name of a lease and its epoch', { argument: 'fence' });
}
