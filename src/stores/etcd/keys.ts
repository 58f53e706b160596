import type { FleetCollectionName } from '../../core/generation.js';
import { collisionKey } from '../../core/ids.js';
import { endOf } from './wire.js';

/** So many events have a bucket in common: what is in one is read together, and put in order by its revisions. */
const eventsInBucket = 256;
const bucketDigits = 12;

export interface KeyRange {
  readonly key: string;
  readonly end: string;
}

/** The keys of one catalog, all below its prefix. */
export class Keys {
  readonly #prefix: string;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** Which history of which catalog this is, and the version of its keys. */
  get lineage(): string {
    return `${this.#prefix}lineage`;
  }

  /** Written by every change: its revision is that of the newest, its version is how many there were. */
  get head(): string {
    return `${this.#prefix}head`;
  }

  /** The revision up to which changes are kept no more. */
  get floor(): string {
    return `${this.#prefix}floor`;
  }

  record(collection: FleetCollectionName, id: string): string {
    return `${this.#prefix}r/${collection}/${id}`;
  }

  records(collection: FleetCollectionName): KeyRange {
    return rangeBelow(this.record(collection, ''));
  }

  /** Whose id it is that cannot be told from this one (CAT-REC-1007). */
  name(collection: FleetCollectionName, id: string): string {
    return `${this.#prefix}n/${collection}/${collisionKey(id)}`;
  }

  /** The last event of a record that is gone. */
  gone(collection: FleetCollectionName, id: string): string {
    return `${this.#prefix}d/${collection}/${id}`;
  }

  allGone(collection: FleetCollectionName): KeyRange {
    return rangeBelow(this.gone(collection, ''));
  }

  /** `<bucket>/<uuid>`, as events name each other. */
  event(reference: string): string {
    return `${this.#prefix}h/${reference}`;
  }

  get events(): KeyRange {
    return rangeBelow(this.event(''));
  }

  referenceOf(key: string): string {
    return key.slice(this.event('').length);
  }

  /** The text of a record that is too long to be in its event too. */
  text(eventId: string): string {
    return `${this.#prefix}t/${eventId}`;
  }

  lease(name: string): string {
    return `${this.#prefix}l/${name}`;
  }

  /** That of the last holder of a lease; never goes back. */
  epoch(name: string): string {
    return `${this.#prefix}e/${name}`;
  }
}

/** In which bucket the event after so many others is. Buckets have the order of revisions, and the events in one have none. */
export function bucketOf(version: number): number {
  return Math.floor(version / eventsInBucket);
}

/** From which version of the head on, and before which, events go into a bucket. */
export function versionsOf(bucket: number): { readonly from: number; readonly before: number } {
  return { from: bucket * eventsInBucket, before: (bucket + 1) * eventsInBucket };
}

export function referenceIn(bucket: number, eventId = ''): string {
  return `${String(bucket).padStart(bucketDigits, '0')}/${eventId}`;
}

export function bucketIn(reference: string): number {
  return Number(reference.slice(0, bucketDigits));
}

export function rangeBelow(prefix: string): KeyRange {
  return { key: prefix, end: endOf(prefix) };
}
