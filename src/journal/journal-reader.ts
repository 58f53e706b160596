import { isCatalogError, refusal } from '../core/errors.js';
import { asCatalogError } from '../disk/failure.js';
import { type Disk, type DiskProgram, runSync } from '../disk/program.js';
import { checkCount } from './count.js';
import { type ChainHashes, type JournalEvent, ShownEvent } from './event.js';
import { type EventId, isEventId } from './event-id.js';
import type { EventIndex, EventPlace } from './event-index.js';
import { EventReader } from './event-reader.js';
import { HashChains } from './hash-chains.js';
import { isWithin, type SequenceRange } from './ranges.js';
import { checkRegion, isIn, type Region } from './region.js';
import type { StoredEvent } from './stored-event.js';

/** Behind which sequence is read, and how many events at most. */
export interface ReadOptions {
  /** Only events after this sequence. */
  readonly after?: number;
  /** At most so many. */
  readonly limit?: number;
}

/** The events before one in the history of its entity, and why there are no more. */
export interface Ancestry {
  readonly events: readonly JournalEvent[];
  /** The first event of the entity was reached; or as many were found as were asked for; or what is before was dropped, or cannot be read. */
  readonly end: 'genesis' | 'limit' | 'missing parent' | 'damage';
}

interface ReaderParts {
  readonly directory: string;
  readonly disk: Disk;
  readonly index: EventIndex;
  /** Nobody sees these (CAT-JRN-3105). */
  readonly hidden: readonly SequenceRange[];
  /** Whether another process may write, and move what is read. */
  readonly isBeside?: boolean;
}

/** Reads events where an index says that they are. */
export class JournalReader {
  readonly #directory: string;
  readonly #disk: Disk;
  readonly #index: EventIndex;
  readonly #events: EventReader;
  readonly #hashes: HashChains;
  readonly #hashesOf = (sequence: number): ChainHashes => this.hashesOf(sequence);
  #hidden: readonly SequenceRange[];
  #isClosed = false;
  /** Whether events may lie elsewhere than the index says: then each is asked for its id. */
  #doubts: boolean;
  /** Brings the index up to what is there now. */
  #lookAgain: (() => void) | undefined;

  constructor({ directory, disk, index, hidden, isBeside = false }: ReaderParts) {
    this.#hidden = hidden;
    this.#directory = directory;
    this.#disk = disk;
    this.#index = index;
    this.#doubts = isBeside;
    this.#events = new EventReader(directory, (sequence, event) => !this.#doubts || index.isAt(sequence, event));
    this.#hashes = new HashChains(index, this.#events);
  }

  get(eventId: EventId): JournalEvent | undefined {
    const sequence = this.#index.sequenceOf(eventId);
    if (sequence === undefined || isWithin(this.#hidden, sequence) || this.#index.isDropped(sequence)) return undefined;
    const found = this.foundAt(sequence);
    return found.isGone ? undefined : this.#eventOf(found, sequence);
  }

  /** What is left of an event, be it shown or dropped (CAT-JRN-3502). */
  evidenceOf(eventId: EventId): JournalEvent | undefined {
    const sequence = this.#index.sequenceOf(eventId);
    if (sequence === undefined || isWithin(this.#hidden, sequence)) return undefined;
    return this.#eventOf(this.foundAt(sequence), sequence);
  }

  /** From now on nothing is believed of the index that is not so. */
  doubt(): void {
    this.#doubts = true;
  }

  /** What is done where an event is not where the index says, because another process has moved it. */
  whenMoved(lookAgain: () => void): void {
    this.#lookAgain = lookAgain;
  }

  /** Whether what was read is not there any more. */
  isMoved(): boolean {
    return this.#perform(this.#events.isReplaced());
  }

  read(region: Region, { after = 0, limit = Number.POSITIVE_INFINITY }: ReadOptions): Generator<JournalEvent, void> {
    const { from = 1, to = Number.MAX_SAFE_INTEGER } = checkRegion(region);
    checkCount('after', after, { least: 0 });
    if (limit !== Number.POSITIVE_INFINITY) checkCount('limit', limit, { least: 0 });
    return this.#between(Math.max(from, after + 1), Math.min(to, this.#index.last), { region, limit });
  }

  /** The events of one entity after a sequence, in their order; costs what those cost, however many others there are. */
  *readEntity(entity: string, region: Region, after: number): Generator<JournalEvent, void> {
    const sequences: number[] = [];
    let at = this.#index.entityEnd(entity)?.sequence;
    for (; at !== undefined && at > after; at = this.#index.previousOf(at)) {
      if (!isWithin(this.#hidden, at) && !this.#index.isDropped(at)) sequences.push(at);
    }
    for (const sequence of sequences.reverse()) {
      const found = this.foundAt(sequence);
      if (found.isGone) continue;
      const event = this.#eventOf(found, sequence);
      if (isIn(region, event)) yield event;
    }
  }

  *#between(
    first: number,
    last: number,
    { region, limit }: { readonly region: Region; readonly limit: number },
  ): Generator<JournalEvent, void> {
    let left = limit;
    let sequence = this.#index.nextFrom(first);
    for (; sequence !== undefined && sequence <= last && left > 0; sequence = this.#index.nextFrom(sequence + 1)) {
      if (isWithin(this.#hidden, sequence) || this.#index.isDropped(sequence)) continue;
      const found = this.#foundAhead(sequence);
      if (found.isGone) continue;
      const event = this.#eventOf(found, sequence);
      if (!isIn(region, event)) continue;
      left--;
      yield event;
    }
  }

  ancestors(eventId: EventId, { limit = Number.POSITIVE_INFINITY }: { readonly limit?: number }): Ancestry | undefined {
    if (limit !== Number.POSITIVE_INFINITY) checkCount('limit', limit, { least: 0 });
    const sequence = this.#index.sequenceOf(eventId);
    if (sequence === undefined || isWithin(this.#hidden, sequence) || this.#index.isDropped(sequence)) return undefined;
    const events: JournalEvent[] = [];
    let { version } = this.foundAt(sequence);
    for (let at = this.#index.previousOf(sequence); at !== undefined; at = this.#index.previousOf(at)) {
      const isSeen = !isWithin(this.#hidden, at);
      if (isSeen && events.length === limit) return { events, end: 'limit' };
      const found = this.#unlessDamaged(at);
      if (found === undefined) return { events, end: 'damage' };
      if (found.isGone) return { events, end: 'missing parent' };
      version = found.version;
      if (isSeen) events.push(this.#eventOf(found, at));
    }
    return { events, end: version === 1 ? 'genesis' : 'missing parent' };
  }

  effects(eventId: EventId): Generator<JournalEvent, void> {
    const cause = idOf(eventId);
    return only(this.read({}, {}), ({ causation_id }) => causation_id === cause);
  }

  correlated(correlationId: EventId): Generator<JournalEvent, void> {
    const correlation = idOf(correlationId);
    return only(this.read({}, {}), ({ correlation_id }) => correlation_id === correlation);
  }

  /** The event of a sequence that the index knows. */
  foundAt(sequence: number): StoredEvent {
    this.#checkOpen();
    return this.#whereItIs(() => this.#perform(this.#events.read(this.#placeOf(sequence), sequence)));
  }

  /** The same for who reads one after the other. */
  #foundAhead(sequence: number): StoredEvent {
    this.#checkOpen();
    return (
      this.#events.readBefore(this.#placeOf(sequence), sequence) ??
      this.#whereItIs(() => this.#perform(this.#events.readAhead(this.#placeOf(sequence), sequence)))
    );
  }

  #placeOf(sequence: number): EventPlace {
    const place = this.#index.placeOf(sequence);
    if (place === undefined) throw new Error(`no event has the sequence ${sequence}`);
    return place;
  }

  #checkOpen(): void {
    if (this.#isClosed) throw refusal('Closed', `the journal in ${this.#directory} was closed`);
  }

  hashesOf(sequence: number): ChainHashes {
    const hashes = this.#whereItIs(() => this.#perform(this.#hashes.of(sequence)));
    // A receipt may be kept longer than its journal is open.
    if (this.#isClosed) this.#perform(this.forgetFiles());
    return hashes;
  }

  /** Everything may be elsewhere, and other events hidden. */
  *startAgain(hidden: readonly SequenceRange[]): DiskProgram<void> {
    this.#hidden = hidden;
    yield* this.forgetFiles();
  }

  /** Files are not what they were. */
  *forgetFiles(): DiskProgram<void> {
    yield* this.#events.close();
  }

  close(): void {
    this.#isClosed = true;
    this.#perform(this.#events.close());
  }

  #eventOf(found: StoredEvent, sequence: number): JournalEvent {
    return new ShownEvent(found, sequence, this.#hashesOf);
  }

  /** Once more where a writer has moved it. */
  #whereItIs<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      const isMoved = isCatalogError(error, 'CorruptSegment') || (isCatalogError(error) && error.details.errno === 'ENOENT');
      if (this.#lookAgain === undefined || this.#isClosed || !isMoved) throw error;
      this.#perform(this.forgetFiles());
      this.#lookAgain();
      return read();
    }
  }

  #unlessDamaged(sequence: number): StoredEvent | undefined {
    try {
      return this.foundAt(sequence);
    } catch (error) {
      if (isCatalogError(error, 'CorruptSegment')) return undefined;
      throw error;
    }
  }

  #perform<T>(program: DiskProgram<T>): T {
    try {
      return runSync(program, this.#disk);
    } catch (error) {
      throw asCatalogError(error, `could not read the journal in ${this.#directory}`);
    }
  }
}

function* only(events: Iterable<JournalEvent>, isMeant: (event: JournalEvent) => boolean): Generator<JournalEvent, void> {
  for (const event of events) if (isMeant(event)) yield event;
}

/** Ids are kept in lower case. What is none is nobody's. */
function idOf(id: EventId): EventId {
  return isEventId(id) ? id.toLowerCase() : 'none';
}
