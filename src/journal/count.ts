import { refusal } from '../core/errors.js';

/** `InvalidArgument` for what is no whole number within these bounds, both included. */
export function checkCount(
  argument: string,
  value: number,
  { least, most = Number.MAX_SAFE_INTEGER }: { readonly least: number; readonly most?: number },
): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  throw refusal('InvalidArgument', `${argument} is a whole number from ${least} to ${most}, not ${value}`, { argument });
}
