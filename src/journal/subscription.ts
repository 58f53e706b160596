import { refusal } from '../core/errors.js';
import type { JournalEvent } from './event.js';
import { checkRegion, type Region } from './region.js';

/** What a listener is told. */
export type Notice =
  | { readonly type: 'event'; readonly event: JournalEvent }
  /** More events waited than its queue holds. This is the last notice; whoever subscribes `after` this sequence misses nothing. */
  | { readonly type: 'behind'; readonly after: number };

/** What it gives is awaited before it is told the next. */
export type Listener = (notice: Notice) => unknown;

/** Behind which sequence a subscription begins, and how far it may fall behind. */
export interface SubscribeOptions {
  /** Tells of the events after this sequence; unless told of those that come to be seen after the call. */
  readonly after?: number;
  /** How many events may wait for the listener; 1,024 unless told. */
  readonly queue?: number;
  /** Ends the subscription. */
  readonly signal?: AbortSignal;
}

/** Why a subscription ended. */
export type SubscriptionEnd = 'unsubscribed' | 'behind' | 'closed';

/** One who is told of events as they come (CAT-JRN-3403). */
export interface Subscription extends Disposable {
  /** The sequence up to which the listener has done with everything: whoever subscribes after it misses nothing. */
  readonly position: number;
  /** Why it is over, once the listener has done. Rejects with what it threw, or with what kept the journal from being read. */
  readonly ended: Promise<SubscriptionEnd>;
  /** From now on nothing more is told, also of what waits. */
  unsubscribe(): void;
}

/** What subscriptions ask of their journal. */
export interface SubscriptionSource {
  /** Looks for what is new; gives the sequence of the last event that is shown. */
  readonly look: () => number;
  /** The sequence up to which events are shown, and durable. */
  readonly settled: () => number;
  readonly read: (region: Region, after: number, upTo: number) => Iterable<JournalEvent>;
}

const defaultQueue = 1024;

/** The subscriptions of a journal's handle. */
export class Subscriptions {
  readonly #source: SubscriptionSource;
  readonly #live = new Set<LiveSubscription>();

  constructor(source: SubscriptionSource) {
    this.#source = source;
  }

  subscribe(region: Region, listener: Listener, { after, queue = defaultQueue, signal }: SubscribeOptions): Subscription {
    checkRegion(region);
    if (typeof listener !== 'function') throw refusal('InvalidArgument', 'a listener is a function', { argument: 'listener' });
    checkCount('queue', queue, 1);
    if (after !== undefined) checkCount('after', after, 0);
    const last = this.#source.look();
    if (after !== undefined && after > last) {
      throw refusal('HistoryRewound', `sequence ${after} was seen, and the journal ends at ${last}`, { after, last });
    }
    const onEnd = (): void => void this.#live.delete(subscription);
    const subscription = new LiveSubscription({ source: this.#source, region, listener, start: after ?? last, last, queue, onEnd, signal });
    this.#live.add(subscription);
    if (signal?.aborted) subscription.unsubscribe();
    else subscription.wake();
    return subscription;
  }

  /** There may be something new. Tells nobody anything yet. */
  wake(): void {
    for (const subscription of this.#live) subscription.wake();
  }

  close(): void {
    for (const subscription of this.#live) subscription.end('closed');
  }
}

interface Parts {
  readonly source: SubscriptionSource;
  readonly region: Region;
  readonly listener: Listener;
  /** After which sequence it is told, and with which the journal ends. */
  readonly start: number;
  readonly last: number;
  readonly queue: number;
  readonly onEnd: () => void;
  readonly signal: AbortSignal | undefined;
}

class LiveSubscription implements Subscription {
  readonly ended: Promise<SubscriptionEnd>;
  readonly #parts: Parts;
  /** What waits for the listener. */
  readonly #waiting: JournalEvent[] = [];
  /** The sequence up to which the journal was looked through. */
  #looked: number;
  #position: number;
  /** Whether it has come to the end of the journal: from then on it can fall behind. */
  #isLive: boolean;
  #isBehind = false;
  /** Why no more can be read. */
  #failure: { readonly error: unknown } | undefined;
  #isScheduled = false;
  #isTelling = false;
  #isOver = false;
  #why: SubscriptionEnd | undefined;
  #resolve: (end: SubscriptionEnd) => void = () => {};
  #reject: (error: unknown) => void = () => {};

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#looked = parts.start;
    this.#position = parts.start;
    this.#isLive = parts.start === parts.last;
    this.ended = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    parts.signal?.addEventListener('abort', this.#abort);
  }

  get position(): number {
    return this.#position;
  }

  unsubscribe(): void {
    this.end('unsubscribed');
  }

  [Symbol.dispose](): void {
    this.unsubscribe();
  }

  end(why: SubscriptionEnd): void {
    this.#why ??= why;
    this.#finish();
    if (!this.#isTelling) this.#resolve(this.#why);
  }

  /** Looks in a turn of its own: whoever appends waits for nobody who listens. */
  wake(): void {
    if (this.#isScheduled || this.#isOver) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#turn().catch((error: unknown) => {
        this.#finish();
        this.#reject(error);
      });
    });
  }

  async #turn(): Promise<void> {
    if (this.#isOver) return;
    this.#look();
    if (this.#isTelling) return;
    this.#isTelling = true;
    await this.#tell();
    this.#isTelling = false;
    if (this.#why !== undefined) this.#resolve(this.#why);
  }

  /** What was read before something could not be is told first. */
  #look(): void {
    if (this.#isBehind || this.#failure !== undefined) return;
    try {
      this.#fill();
    } catch (error) {
      this.#failure = { error };
    }
  }

  /** Puts into the queue what is new; who is live, and has no room for it, is behind. */
  #fill(): void {
    const { source, region, queue } = this.#parts;
    const last = source.settled();
    if (last <= this.#looked) return;
    for (const event of source.read(region, this.#looked, last)) {
      if (this.#waiting.length === queue) {
        this.#isBehind = this.#isLive;
        return;
      }
      this.#waiting.push(event);
      this.#looked = event.sequence;
    }
    this.#looked = last;
    this.#isLive = true;
  }

  async #tell(): Promise<void> {
    for (let event = this.#next(); event !== undefined; event = this.#next()) {
      await this.#parts.listener({ type: 'event', event });
      this.#position = event.sequence;
    }
    if (this.#isOver) return;
    if (this.#failure !== undefined) throw this.#failure.error;
    if (this.#isBehind) {
      await this.#parts.listener({ type: 'behind', after: this.#position });
      this.end('behind');
    } else {
      this.#position = this.#looked;
      // What was too much for the queue before it was live.
      if (!this.#isLive) this.wake();
    }
  }

  #next(): JournalEvent | undefined {
    return this.#isOver ? undefined : this.#waiting.shift();
  }

  #finish(): void {
    this.#isOver = true;
    this.#waiting.length = 0;
    this.#parts.signal?.removeEventListener('abort', this.#abort);
    this.#parts.onEnd();
  }

  readonly #abort = (): void => this.unsubscribe();
}

function checkCount(argument: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw refusal('InvalidArgument', `${argument} is a whole number from ${least} on, not ${value}`, { argument });
}
