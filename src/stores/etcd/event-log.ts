import { refusal } from '../../core/errors.js';
import type { EtcdServer, Found } from './etcd-server.js';
import { corruptEvent, eventIn, type StoredEvent } from './events.js';
import { bucketIn, bucketOf, rangeBelow, referenceIn } from './keys.js';
import type { KeyValue, Range } from './wire.js';

/** So many keys that are known are read in one request. */
const keysAtOnce = 32;

/** Where the history of a catalog ends, and where what is kept of it begins. */
export interface Extent {
  /** Of the newest change; of the making of the catalog while there was none. */
  readonly newest: number;
  /** Up to here what happened is kept no more; 0 where all is. */
  readonly floor: number;
  /** In which the next change goes. */
  readonly bucket: number;
  /** Of the server, when it was looked at: no change is between the newest and this. */
  readonly revision: number;
}

/** Some events, and up to where there are no others. */
export interface Stretch {
  readonly events: readonly StoredEvent[];
  readonly position: number;
}

/**
 * The events of a catalog under keys of its own, which the compaction of etcd does not take (CAT-FLT-7009). They lie in buckets that
 * follow one another, as the version of the head does; the order within one is that of the revisions at which etcd took them. What is
 * in one up to some revision is there when that revision is, and only `compact` takes it away.
 */
export class EventLog {
  readonly #server: EtcdServer;

  constructor(server: EtcdServer) {
    this.#server = server;
  }

  async extent(): Promise<Extent> {
    const { keys } = this.#server;
    const found = await this.#server.look([{ type: 'range', key: keys.floor }]);
    return extentIn(found, keys);
  }

  /** What happened after a revision, a bucket at a time, to the end that there was when this began. */
  async *after(revision: number): AsyncGenerator<Stretch> {
    const extent = await this.extent();
    const isBehind = revision < extent.newest;
    let bucket: number | undefined = isBehind ? await this.#bucketAfter(revision, extent.bucket) : undefined;
    while (bucket !== undefined) {
      const events = (await this.#bucket(bucket)).filter((event) => event.revision > revision && event.revision <= extent.newest);
      if (events.length > 0) yield { events: await this.whole(events), position: events.at(-1)?.revision ?? revision };
      // Of what is kept no more whole buckets may be missing.
      bucket = bucket < extent.bucket ? (await this.#firstFrom(bucket + 1))?.bucket : undefined;
    }
    yield { events: [], position: extent.revision };
  }

  /** What happened up to the newest, newest first, a bucket at a time; long texts are left where they are. */
  async *before({ bucket, newest }: Extent): AsyncGenerator<readonly StoredEvent[]> {
    const oldest = (await this.#firstFrom(0))?.bucket;
    if (oldest === undefined) return;
    for (let at = bucket; at >= oldest; at--) {
      const events = (await this.#bucket(at)).filter(({ revision }) => revision <= newest);
      if (events.length > 0) yield events.reverse();
    }
  }

  /** The events of these references that are there. */
  async events(references: readonly string[]): Promise<ReadonlyMap<string, StoredEvent>> {
    const { keys } = this.#server;
    const values = await this.#values(references.map((reference) => keys.event(reference)));
    const events = references.map((reference) => {
      const value = values.get(keys.event(reference));
      return value && eventIn(reference, value);
    });
    return new Map((await this.whole(events.filter((event) => event !== undefined))).map((event) => [event.reference, event]));
  }

  /** The same events, with the texts of those that are too long to hold them; without those that went while they were read. */
  async whole(events: readonly StoredEvent[]): Promise<StoredEvent[]> {
    const { keys } = this.#server;
    const long = events.filter(({ is_long, text }) => is_long && text === undefined);
    if (long.length === 0) return [...events];
    const values = await this.#values(long.flatMap(({ eventId, reference }) => [keys.text(eventId), keys.event(reference)]));
    return events.flatMap((event) => {
      if (!event.is_long || event.text !== undefined) return [event];
      const text = values.get(keys.text(event.eventId))?.value;
      if (text !== undefined) return [{ ...event, text }];
      if (values.has(keys.event(event.reference))) throw corruptEvent(event.reference, 'its record is not there');
      return [];
    });
  }

  /** The bucket in which the first event after a revision may be. */
  async #bucketAfter(after: number, newest: number): Promise<number> {
    let [low, high] = [0, newest];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      const first = await this.#firstFrom(middle);
      if (first !== undefined && first.revision <= after) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Some event of the first bucket that has one, beginning with this one. */
  async #firstFrom(bucket: number): Promise<{ readonly bucket: number; readonly revision: number } | undefined> {
    const { keys } = this.#server;
    const range: Range = { type: 'range', key: keys.event(referenceIn(bucket)), end: keys.events.end, limit: 1, keysOnly: true };
    const first = (await this.#server.look([range])).ranges[0]?.found[0];
    return first && { bucket: bucketIn(keys.referenceOf(first.key)), revision: first.modRevision };
  }

  /** All events of a bucket in their order, without the texts that lie by themselves. */
  async #bucket(bucket: number): Promise<StoredEvent[]> {
    const { keys } = this.#server;
    const events: StoredEvent[] = [];
    for await (const { found } of this.#server.pages(rangeBelow(keys.event(referenceIn(bucket))))) {
      for (const value of found) {
        const event = eventIn(keys.referenceOf(value.key), value);
        if (event !== undefined) events.push(event);
      }
    }
    return events.sort((a, b) => a.revision - b.revision);
  }

  async #values(keys: readonly string[]): Promise<ReadonlyMap<string, KeyValue>> {
    const values = new Map<string, KeyValue>();
    for (let place = 0; place < keys.length; place += keysAtOnce) {
      const some = keys.slice(place, place + keysAtOnce);
      const found = await this.#server.look(some.map((key) => ({ type: 'range', key })));
      for (const [key, value] of found.values) values.set(key, value);
    }
    return values;
  }
}

export function extentIn({ values, revision }: Found, keys: { readonly head: string; readonly floor: string }): Extent {
  const head = values.get(keys.head);
  return {
    newest: head?.modRevision ?? 0,
    floor: Number(values.get(keys.floor)?.value ?? 0),
    bucket: bucketOf(head?.version ?? 0),
    revision,
  };
}

/** `HistoryRewound` for a revision that is not there yet, `Compacted` for one that is kept no more; 0 is where everything begins. */
export function checkKept(after: number, { newest, floor }: Extent): void {
  if (after > newest) throw refusal('HistoryRewound', `revision ${after} was seen, and the newest is ${newest}`, { after, newest });
  if (after !== 0 && after < floor)
    throw refusal('Compacted', `what came after revision ${after} is kept no more; begin again from 0`, { after, floor });
}
