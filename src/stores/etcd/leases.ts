import { refusal } from '../../core/errors.js';
import type { FleetLease, FleetLeases } from '../fleet-store.js';
import { checkLeaseTerms } from '../lease-terms.js';
import type { EtcdServer, Found, Granted } from './etcd-server.js';
import { fenced, leaseIn, leaseText, type StoredLease } from './lease-value.js';
import type { KeyValue, Operation, Range } from './wire.js';

/** What becomes of a lease: its next state, or that there is nothing to do. */
type Next = { readonly lease: Omit<StoredLease, 'expires_at'>; readonly ttlMs: number } | 'ends' | undefined;

/**
 * CAT-FLT-7007: each hangs on a lease of etcd, whose leader counts the time: in whole seconds, rounded up. The epoch is a key of its own that
 * stays. Everything here may be done twice: who had no answer to taking a lease takes it again, with the next epoch.
 */
export class EtcdLeases implements FleetLeases {
  readonly #server: EtcdServer;
  readonly #checkWritable: () => void;

  constructor(server: EtcdServer, checkWritable: () => void) {
    this.#server = server;
    this.#checkWritable = checkWritable;
  }

  async acquire(name: string, { holder, ttlMs }: { holder: string; ttlMs: number }): Promise<FleetLease> {
    checkLeaseTerms({ name, holder, ttlMs });
    const lease = await this.#changed(name, (current, epoch) => {
      if (current !== undefined && current.holder !== holder) throw inUse(name, current);
      return { lease: { holder, epoch: epoch + 1 }, ttlMs };
    });
    if (lease === undefined) throw new Error('a lease that was taken is there');
    return { name, ...lease };
  }

  async renew({ name, holder, epoch }: FleetLease, ttlMs: number): Promise<FleetLease> {
    checkLeaseTerms({ name, holder, ttlMs });
    const lease = await this.#changed(name, (current) => {
      if (current?.epoch !== epoch || current.holder !== holder) throw fenced({ name, epoch }, current);
      return { lease: { holder, epoch }, ttlMs };
    });
    if (lease === undefined) throw new Error('a lease that was renewed is there');
    return { name, ...lease };
  }

  async release({ name, holder, epoch }: FleetLease): Promise<void> {
    checkLeaseTerms({ name, holder });
    await this.#changed(name, (current) => (current?.epoch === epoch && current.holder === holder ? 'ends' : undefined));
  }

  async holder(name: string): Promise<FleetLease | undefined> {
    checkLeaseTerms({ name });
    this.#server.checkOpen();
    const { values } = await this.#server.look(this.#ranges(name));
    const lease = leaseIn(values.get(this.#server.keys.lease(name)));
    return lease && { name, ...lease };
  }

  /** Decides by what is there, and does it if that is so still; else decides anew. */
  async #changed(name: string, decide: (current: StoredLease | undefined, epoch: number) => Next): Promise<StoredLease | undefined> {
    this.#checkWritable();
    for (;;) {
      const found = await this.#server.look(this.#ranges(name));
      const before = found.values.get(this.#server.keys.lease(name));
      const epochKey = found.values.get(this.#server.keys.epoch(name));
      const next = decide(leaseIn(before), Number(epochKey?.value ?? 0));
      if (next === undefined) return undefined;
      const granted = next === 'ends' ? undefined : await this.#server.grant(next.ttlMs);
      const lease = next === 'ends' || granted === undefined ? undefined : { ...next.lease, expires_at: granted.expiresAt };
      const isDone = await this.#swapped(name, { found, lease, granted });
      // The one of the two on which it does not hang.
      const left = isDone ? before?.lease : granted?.lease;
      if (left !== undefined && left !== '0') await this.#server.revoke(left);
      if (isDone) return lease;
    }
  }

  async #swapped(name: string, { found, lease, granted }: Swap): Promise<boolean> {
    const keys = [this.#server.keys.lease(name), this.#server.keys.epoch(name)] as const;
    const [leaseKey, epochKey] = keys;
    const success: Operation[] =
      lease === undefined || granted === undefined
        ? [{ type: 'delete', key: leaseKey }]
        : [
            { type: 'put', key: leaseKey, value: leaseText(lease), lease: granted.lease },
            { type: 'put', key: epochKey, value: String(lease.epoch) },
          ];
    const compare = keys.map((key) => ({ key, target: 'MOD', value: revisionOf(found.values.get(key)) }) as const);
    const lineage = { key: this.#server.keys.lineage, target: 'VALUE', value: this.#server.lineageText } as const;
    const transaction = { compare: [lineage, ...compare], success, failure: this.#ownRanges() };
    // Sent again after no answer it finds that something has changed, and all is decided anew.
    const answer = await this.#server.outlasting(() => this.#server.commitOnce(transaction));
    return answer.succeeded;
  }

  #ranges(name: string): Range[] {
    return [this.#server.keys.lease(name), this.#server.keys.epoch(name)].map((key) => ({ type: 'range', key }));
  }

  #ownRanges(): Range[] {
    return [this.#server.keys.lineage, this.#server.keys.head].map((key) => ({ type: 'range', key }));
  }
}

interface Swap {
  readonly found: Found;
  readonly lease: StoredLease | undefined;
  readonly granted: Granted | undefined;
}

function revisionOf(value: KeyValue | undefined): number {
  return value?.modRevision ?? 0;
}

function inUse(name: string, { holder, epoch, expires_at }: StoredLease): Error {
  const message = `${JSON.stringify(holder)} has the lease ${JSON.stringify(name)} until ${expires_at}`;
  return refusal('InUse', message, { holder, epoch, expires_at });
}
