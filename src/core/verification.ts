import { type Digest, sameDigest } from './digest.js';

/** Why a verification failed. */
export type FailureReason = 'mismatch' | 'missing' | 'unreadable' | 'truncated' | 'changed-during-verification';

/** CAT-DIG-1402. `bytes` is what was read; `method` is `quick` when an unchanged identity stood for the content. */
export interface VerificationOutcome {
  kind: 'pass' | 'warn' | 'fail';
  reason?: FailureReason;
  expected?: Digest;
  actual?: Digest;
  bytes: number;
  duration_ms: number;
  method: 'full' | 'quick';
}

/** What reading the bytes gave: their digest, or why they could not be vouched for. */
export type Reading = { readonly digest: Digest; readonly bytes: number } | { readonly trouble: FailureReason; readonly bytes: number };

/** The outcome of a reading, against what is expected of it, if anything. */
export function judge(
  reading: Reading,
  expectation: { readonly digest?: Digest | undefined; readonly bytes?: number | undefined },
  rest: { readonly duration_ms: number; readonly method: 'full' | 'quick' },
): VerificationOutcome {
  const common = { ...(expectation.digest && { expected: expectation.digest }), bytes: reading.bytes, ...rest };
  if ('trouble' in reading) return { kind: 'fail', reason: reading.trouble, ...common };
  const outcome = { ...common, actual: reading.digest };
  // CAT-DIG-1403: a short file is only known to be short against its expected size.
  if (expectation.bytes !== undefined && reading.bytes < expectation.bytes) return { kind: 'fail', reason: 'truncated', ...outcome };
  if (expectation.bytes !== undefined && reading.bytes > expectation.bytes) return { kind: 'fail', reason: 'mismatch', ...outcome };
  if (expectation.digest === undefined) return { kind: 'warn', ...outcome };
  return sameDigest(expectation.digest, reading.digest) ? { kind: 'pass', ...outcome } : { kind: 'fail', reason: 'mismatch', ...outcome };
}
