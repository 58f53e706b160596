import type { Change } from '../../core/changes.js';
import type { FleetCollectionName, FleetRecords } from '../../core/generation.js';
import { recordIn } from '../stored-text.js';
import type { EtcdServer } from './etcd-server.js';
import { checkKept, type EventLog } from './event-log.js';
import { EventStream } from './event-stream.js';
import type { StoredEvent } from './events.js';

/** CAT-FLT-7004: what happens, told to all watchers of a handle from one stream. */
export class Feed {
  readonly #server: EtcdServer;
  readonly #log: EventLog;
  readonly #lookEveryMs: number;
  #stream: EventStream | undefined;
  #watchers = 0;
  readonly #starting = new Set<Promise<unknown>>();

  constructor(server: EtcdServer, log: EventLog, lookEveryMs: number) {
    this.#server = server;
    this.#log = log;
    this.#lookEveryMs = lookEveryMs;
  }

  /** Where a watch begins: `Compacted` and `HistoryRewound` where it cannot. */
  start(after: number | undefined): Promise<number> {
    const starting = this.#startAt(after);
    this.#starting.add(starting);
    const started = () => this.#starting.delete(starting);
    starting.then(started, started);
    return starting;
  }

  /** When all know where they begin who watch already: what this handle changes from then on they are told. */
  async begun(): Promise<void> {
    while (this.#starting.size > 0) await Promise.allSettled(this.#starting);
  }

  /** Each change after a revision once, in their order. A transaction has one event, so that each is the last of its revision. */
  async *changes<C extends FleetCollectionName>(
    collection: C,
    start: Promise<number>,
    signal: AbortSignal,
  ): AsyncGenerator<Change<FleetRecords[C]>> {
    let seen = await start;
    const stream = this.#enter();
    const wake = () => stream.wakeAll();
    signal.addEventListener('abort', wake, { once: true });
    try {
      while (!signal.aborted) {
        for await (const { events, position } of this.#next(stream, seen)) {
          for (const event of events) {
            if (signal.aborted) return;
            if (event.revision > seen && event.collection === collection) yield changeOf(collection, event);
          }
          seen = Math.max(seen, position);
        }
        if (!signal.aborted) await stream.newer(seen);
      }
    } finally {
      signal.removeEventListener('abort', wake);
      this.#leave(stream);
    }
  }

  close(): void {
    this.#stream?.end();
  }

  async #startAt(after: number | undefined): Promise<number> {
    const extent = await this.#log.extent();
    if (after === undefined) return extent.newest;
    checkKept(after, extent);
    return after;
  }

  /** What the stream remembers after a revision, or what the history has where it remembers it no more. */
  async *#next(stream: EventStream, seen: number): ReturnType<EventLog['after']> {
    await stream.ready;
    if (seen < stream.from) yield* this.#log.after(seen);
    else yield { events: stream.after(seen), position: stream.to };
  }

  #enter(): EventStream {
    if (this.#stream === undefined || this.#stream.isOver) {
      this.#stream = new EventStream(this.#server, this.#log, this.#lookEveryMs);
      this.#watchers = 0;
    }
    this.#watchers++;
    return this.#stream;
  }

  #leave(stream: EventStream): void {
    if (stream !== this.#stream) return;
    this.#watchers--;
    if (this.#watchers === 0) stream.end();
  }
}

function changeOf<C extends FleetCollectionName>(collection: C, { id, text, revision }: StoredEvent): Change<FleetRecords[C]> {
  const record = text === undefined ? undefined : recordIn(collection, { id, text, revision }).record;
  return { revision, id, record, last: true };
}
