import type { ModelEntry, TrustState } from '../core/records.js';
import type { Drift, DriftReason } from '../drift.js';

/** What is known of a model's content: its trust, unless it was found bad or missing when it was read (`failed`), or its files drifted since. */
export type Standing = TrustState | 'failed' | DriftReason;

const drifts: readonly DriftReason[] = ['changed', 'unreadable', 'missing'];
export const standings: readonly Standing[] = ['unverified', 'warned', 'verified', 'failed', ...drifts];

/** The worst of what is the matter with each model's files. */
export function worstDrifts(drift: readonly Drift[]): ReadonlyMap<string, DriftReason> {
  return new Map(drifts.flatMap((reason) => drift.filter((one) => one.reason === reason)).map(({ id, reason }) => [id, reason] as const));
}

/** CAT-ADO-2203: what drifted is not told by the trust that its content had. */
export function standingOf(model: ModelEntry, drift: DriftReason | undefined): Standing {
  if (drift !== undefined) return drift;
  const { state, trust_state, bytes, last_verified_ms } = model;
  // Reading it took its trust away.
  const wasFoundBad = trust_state === 'unverified' && bytes !== undefined && last_verified_ms !== undefined;
  return state === 'Failed' || wasFoundBad ? 'failed' : trust_state;
}

/** Whether what was verified may be told as good. */
export function isGood(standing: Standing): boolean {
  return standing === 'unverified' || standing === 'warned' || standing === 'verified';
}

/** As people are told: what failed has no trust. */
export function wordOf(standing: Standing): string {
  return standing === 'failed' ? 'none' : standing;
}
