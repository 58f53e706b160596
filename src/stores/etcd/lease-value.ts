import { type CatalogError, refusal } from '../../core/errors.js';
import { jsonIn } from '../../core/json.js';
import type { LeaseFence } from '../catalog-store.js';
import type { KeyValue } from './wire.js';

/** A lease as it is kept; it is gone when its etcd lease is over. */
export interface StoredLease {
  readonly holder: string;
  readonly epoch: number;
  readonly expires_at: string;
}

/** `IndexCorrupt` for what no catalog wrote. */
export function leaseIn(stored: KeyValue | undefined): StoredLease | undefined {
  if (stored === undefined) return undefined;
  const { holder, epoch, expires_at } = (jsonIn(stored.value) ?? {}) as StoredLease;
  if (typeof holder === 'string' && typeof expires_at === 'string' && Number.isSafeInteger(epoch)) return { holder, epoch, expires_at };
  throw refusal('IndexCorrupt', 'a lease of the etcd cannot be read', { path: stored.key, reason: 'it is no lease' });
}

export function leaseText({ holder, epoch, expires_at }: StoredLease): string {
  return JSON.stringify({ holder, epoch, expires_at });
}

/** CAT-FLT-7007: what somebody is told who has a lease no more. */
export function fenced({ name, epoch }: LeaseFence, current: StoredLease | undefined): CatalogError {
  const now = current === undefined ? 'nobody has it' : `${JSON.stringify(current.holder)} has it with epoch ${current.epoch}`;
  return refusal('Fenced', `the lease ${JSON.stringify(name)} of epoch ${epoch} is over: ${now}`, {
    ...{ name, epoch },
    ...(current && { held: current.epoch, holder: current.holder }),
  });
}
