import { refusal } from '../core/errors.js';
import type { DeleteOptions, PutOptions } from './catalog-store.js';

/** CAT-CNF-5202: a store without leases of a fleet refuses a change that is to be guarded by one. */
export function checkUnfenced({ fence }: PutOptions | DeleteOptions): void {
  if (fence !== undefined)
    throw refusal('Unsupported', 'only the catalog of a fleet has leases that guard a change', { argument: 'fence' });
}
