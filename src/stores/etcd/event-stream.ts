import { setTimeout as elapsed } from 'node:timers/promises';
import { isCatalogError } from '../../core/errors.js';
import { Passing } from '../passing.js';
import type { EtcdServer } from './etcd-server.js';
import type { EventLog } from './event-log.js';
import { eventIn, type StoredEvent } from './events.js';
import type { WatchAnswer } from './wire.js';

/** So many events are remembered for watchers that are behind; who is further behind reads the history. */
const remembered = 2048;
const shortestMs = 20;

/**
 * CAT-FLT-7004: the newest events from one watch of etcd. After a cut, and where etcd has compacted what was to come next, the events between
 * are read from our own history, so that none is missed; nor is any where the watch is deaf, as the head is looked at now and then.
 */
export class EventStream {
  /** All events after `from` and up to `to` are remembered. */
  from = 0;
  to = 0;
  /** When it knows where it begins. */
  readonly ready: Promise<void>;
  readonly #server: EtcdServer;
  readonly #log: EventLog;
  readonly #lookEveryMs: number;
  readonly #ending = new AbortController();
  #events: StoredEvent[] = [];
  #failure: unknown;
  #waiting: (() => void)[] = [];

  constructor(server: EtcdServer, log: EventLog, lookEveryMs: number) {
    this.#server = server;
    this.#log = log;
    this.#lookEveryMs = lookEveryMs;
    this.ready = this.#begin();
    this.ready.then(() => this.#run()).catch((error: unknown) => this.#fail(error));
  }

  get isOver(): boolean {
    return this.#ending.signal.aborted;
  }

  after(revision: number): readonly StoredEvent[] {
    return this.#events.filter((event) => event.revision > revision);
  }

  /** When there is something after a revision, or it is over; throws what ended it. */
  async newer(revision: number): Promise<void> {
    if (this.to <= revision && !this.isOver) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (this.#failure !== undefined && this.to <= revision) throw this.#failure;
  }

  wakeAll(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  end(): void {
    this.#ending.abort();
    this.wakeAll();
  }

  async #begin(): Promise<void> {
    const { revision } = await this.#log.extent();
    [this.from, this.to] = [revision, revision];
  }

  async #run(): Promise<void> {
    let pauseMs = shortestMs;
    while (!this.isOver) {
      const hasTold = await this.#follow();
      if (this.isOver) return;
      pauseMs = hasTold ? shortestMs : Math.min(2 * pauseMs, this.#lookEveryMs);
      await elapsed(pauseMs, undefined, { signal: this.#ending.signal }).catch(() => {});
      await this.#catchUp();
    }
  }

  /** One watch, to its end; whether it told anything. */
  async #follow(): Promise<boolean> {
    const deaf = new AbortController();
    const signal = AbortSignal.any([this.#ending.signal, deaf.signal]);
    const looking = this.#look(deaf, signal);
    looking.catch(() => {});
    let hasTold = false;
    try {
      for await (const answer of this.#server.watch(this.#server.keys.events, this.to, signal)) {
        if (answer.canceled) return false;
        hasTold = true;
        await this.#take(answer);
      }
    } catch (error) {
      if (!(error instanceof Passing) && !(this.isOver && isCatalogError(error, 'Closed'))) throw error;
    } finally {
      deaf.abort();
    }
    await looking;
    return hasTold;
  }

  /** A watch that does not tell what a look has seen a while ago is dropped, and so is that of a server that does not answer at all. */
  async #look(deaf: AbortController, signal: AbortSignal): Promise<void> {
    try {
      for (let newest = 0; !signal.aborted; ) {
        await elapsed(this.#lookEveryMs, undefined, { signal }).catch(() => {});
        if (signal.aborted || this.to < newest) return;
        newest = (await this.#log.extent()).newest;
      }
    } finally {
      deaf.abort();
    }
  }

  async #take({ puts }: WatchAnswer): Promise<void> {
    const { keys } = this.#server;
    const events = puts.flatMap((put) => eventIn(keys.referenceOf(put.key), put) ?? []);
    const last = puts.at(-1);
    if (last !== undefined) this.#remember(await this.#log.whole(events), last.modRevision);
  }

  async #catchUp(): Promise<void> {
    for await (const { events, position } of this.#log.after(this.to)) this.#remember(events, position);
  }

  #remember(events: readonly StoredEvent[], position: number): void {
    this.#events.push(...events);
    this.to = Math.max(this.to, position);
    const dropped = this.#events.splice(0, this.#events.length - remembered).at(-1);
    if (dropped !== undefined) this.from = dropped.revision;
    this.wakeAll();
  }

  #fail(error: unknown): void {
    if (!this.isOver) this.#failure = error;
    this.end();
  }
}
