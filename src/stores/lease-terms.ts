import { refusal } from '../core/errors.js';

const longestName = 512;
const longestMs = 366 * 24 * 60 * 60 * 1000;

/** CAT-FLT-7007: what a lease may be called, who may have it and how long; anything else is `InvalidArgument`. */
export function checkLeaseTerms({ name, holder, ttlMs }: { name?: string; holder?: string; ttlMs?: number }): void {
  for (const [argument, text] of Object.entries({ name, holder })) {
    if (text === undefined) continue;
    const isFit = typeof text === 'string' && text !== '' && text.length <= longestName && text.isWellFormed() && !text.includes('\0');
    if (!isFit) throw refusal('InvalidArgument', `${argument} is a text of 1 to ${longestName} characters`, { argument });
  }
  if (ttlMs === undefined || (Number.isSafeInteger(ttlMs) && ttlMs > 0 && ttlMs <= longestMs)) return;
  throw refusal('InvalidArgument', 'ttlMs is a number of milliseconds, above 0 and up to a year', { argument: 'ttlMs' });
}
