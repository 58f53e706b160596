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
  if (isText(fence.name, longestName) && fence.name !== '' && Number.isSafeInteger(fence.epoch) && fence.epoch > 0) return;
  throw refusal('InvalidArgument', 'a fence is the name of a lease and its epoch', { argument: 'fence' });
}

const [longestName, longestText] = [512, 64 * 1024];

/** What a server may be told of why a change is made; anything else is `InvalidArgument`, and fails nobody who is committed with it (CAT-IDX-1110). */
export function checkNote({ note }: PutOptions | DeleteOptions): void {
  if (note === undefined) return;
  const { operation, operation_id, reason = '' } = note;
  if (isText(operation, longestName) && isText(operation_id, longestName) && isText(reason, longestText)) return;
  throw refusal('InvalidArgument', `a note is text: names of up to ${longestName} characters, a reason of up to ${longestText}`, {
    argument: 'note',
  });
}

/** That every server keeps as it is. */
function isText(text: unknown, longest: number): text is string {
  return typeof text === 'string' && text.length <= longest && text.isWellFormed() && !text.includes('\0');
}
