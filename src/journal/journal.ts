import { resolve } from 'node:path';
import { CatalogError, refusal } from '../core/errors.js';
import { asCatalogError, FailedSync } from '../disk/failure.js';
import { type Clock, type Host, hostOf, type Random } from '../disk/host.js';
import { type Lock, releaseLock } from '../disk/lock.js';
import { type Disk, type DiskProgram, runSync } from '../disk/program.js';
import { canonicalPath } from '../disk/folders.js';
import { RealDisk } from '../disk/real-disk.js';
import { closeQuietly } from '../disk/whole-file.js';
import { type AppendOptions, type NewEvent, type PlannedEvent, planAppend } from './appending.js';
import type { Coordinate } from './coordinate.js';
import { asJournalEvent, type JournalEvent } from './event.js';
import { type EventId, eventIds } from './event-id.js';
import type { EventIndex } from './event-index.js';
import { EventReader } from './event-reader.js';
import { contentHashOf, type EventRecord, type FoundEvent } from './event-record.js';
import { frameHeaderBytes } from './frame.js';
import { checkGates, type Denied, type Gate, type GatePassed, gateDenied } from './gates.js';
import { HashChains } from './hash-chains.js';
import { type EventKind, kind } from './kind.js';
import { type OpenReport, openToRead, openToWrite } from './open.js';
import { checkRegion, isIn, type Region } from './region.js';
import { appendFrame, syncFrames, type Writing, type Written } from './writing.js';

export interface JournalOptions {
  /** Made where it is missing. */
  readonly directory: string;
  /** Takes no lock, writes nothing, and may be beside a writer. */
  readonly readOnly?: boolean;
  /** When the event that says that the journal was opened is appended: at once, or with the first append. */
  readonly lifecycle?: 'eager' | 'lazy';
  /** From 512 bytes on; 16 MiB unless told. A single event may be larger, and then has a segment of its own. */
  readonly segmentMaxBytes?: number;
  /** After so many events they are synced; 1 unless told: then each is durable when it is acknowledged (CAT-JRN-3101). */
  readonly syncEveryNEvents?: number;
  /** Told what opening found; what it throws is not heard. */
  readonly onOpen?: (report: OpenReport) => void;
  /** Asked before every append, in this order (CAT-JRN-3006). */
  readonly gates?: readonly Gate[];
  /** Whether a denial leaves an event. */
  readonly recordDenials?: boolean;
  readonly clock?: Clock;
  readonly random?: Random;
  /** Must answer at once. */
  readonly disk?: Disk;
}

/** CAT-JRN-3007: what an append gives. Hashes are lower-case hexadecimal SHA-256, and computed when they are asked for. */
export interface Receipt {
  readonly event_id: EventId;
  readonly sequence: number;
  readonly content_hash: string;
  readonly event_hash: string;
  /** Whether it was synced when this was given. */
  readonly durable: boolean;
  readonly gates: readonly GatePassed[];
}

export interface ReadOptions {
  /** Only events after this sequence. */
  readonly after?: number;
  /** At most so many. */
  readonly limit?: number;
}

/** How far a journal has come, by sequences. */
export interface JournalSequences {
  /** The last event that was appended. */
  readonly accepted: number;
  /** The last that is known to be durable. */
  readonly durable: number;
  /** The last that is shown. */
  readonly visible: number;
}

export interface JournalDiagnostics {
  /** The directory without links, absolute. */
  readonly data_dir: string;
  readonly segment_max_bytes: number;
  readonly event_count: number;
  readonly sequence: JournalSequences;
  readonly open_report: OpenReport;
}

const leastSegmentBytes = 512;
const defaultSegmentBytes = 16 * 1024 * 1024;
const maximumSegmentBytes = 2 ** 31;
const openCompleted = kind(0x0, 0x008);
const denialRecorded = kind(0x0, 0x00f);
const lifecycle: Coordinate = { entity: 'journal', scope: 'lifecycle' };

interface Writer {
  readonly lock: Lock;
  readonly writing: Writing;
  /** Events that were appended and not synced. */
  unsynced: number;
  /** Whether the event that says that the journal was opened is there. */
  hasTold: boolean;
}

interface Settings {
  readonly directory: string;
  readonly segmentMaxBytes: number;
  readonly syncEveryNEvents: number;
  readonly gates: readonly Gate[];
  readonly recordDenials: boolean;
}

interface Surroundings {
  readonly settings: Settings;
  readonly disk: Disk;
  readonly host: Host;
}

interface Parts extends Surroundings {
  readonly index: EventIndex;
  readonly report: OpenReport;
  readonly writer: Writer | undefined;
}

/**
 * An append-only journal in a directory of its own: one live writer, one sequence (CAT-JRN). Everything is synchronous: when
 * `append` returns, the event is on the disk. Only one process may have it open to write; a second one is `JournalLocked`.
 */
export class Journal {
  readonly #settings: Settings;
  readonly #disk: Disk;
  readonly #host: Host;
  readonly #newId: () => EventId;
  readonly #index: EventIndex;
  readonly #events: EventReader;
  readonly #hashes: HashChains;
  readonly #report: OpenReport;
  readonly #writer: Writer | undefined;
  #accepted: number;
  #durable: number;
  #isClosed = false;
  #poison: CatalogError | undefined;

  private constructor({ settings, disk, host, index, report, writer }: Parts) {
    this.#settings = settings;
    this.#disk = disk;
    this.#host = host;
    this.#newId = eventIds(host.clock, host.random);
    this.#index = index;
    this.#events = new EventReader(settings.directory);
    this.#hashes = new HashChains(index, this.#events);
    this.#report = report;
    this.#writer = writer;
    this.#accepted = index.last;
    this.#durable = index.last;
  }

  /**
   * Opens a journal, which is made where there is none. A writing open makes durable what it finds and cuts what a writer left
   * unfinished; what that was is told in the report (CAT-JRN-3305). Throws `JournalLocked`, `CorruptSegment`,
   * `SchemaVersionUnsupported`, `InvalidArgument` and what the disk says.
   */
  static open(options: JournalOptions): Journal {
    const { disk = new RealDisk({ blocking: true }), readOnly = false, lifecycle: when = 'eager', onOpen } = options;
    const settings = checkedSettings(options);
    try {
      const directory = runSync(canonicalPath(resolve(settings.directory)), disk);
      const parts = { settings: { ...settings, directory }, disk, host: hostOf(disk, options) };
      const journal = readOnly ? Journal.#openToRead(parts) : Journal.#openToWrite(parts, when);
      notify(onOpen, journal.#report);
      return journal;
    } catch (error) {
      throw asCatalogError(error, `could not open the journal in ${settings.directory}`);
    }
  }

  static #openToRead(parts: Surroundings): Journal {
    const { found, report } = runSync(openToRead(parts.settings.directory, parts.host), parts.disk);
    return new Journal({ ...parts, index: found.index, report, writer: undefined });
  }

  static #openToWrite(parts: Surroundings, when: JournalOptions['lifecycle']): Journal {
    const { directory, segmentMaxBytes } = parts.settings;
    const { lock, writing, index, report } = runSync(openToWrite(directory, parts.host, segmentMaxBytes), parts.disk);
    const writer = { lock, writing, unsynced: 0, hasTold: false };
    const journal = new Journal({ ...parts, index, report, writer });
    try {
      // CAT-JRN-3305: so that a fresh journal counts one event.
      if (when === 'eager') journal.#commit(writer, []);
      return journal;
    } catch (error) {
      runSync(letGo(writer, parts.host), parts.disk);
      throw error;
    }
  }

  /** Appends an event; when it returns, the event is durable, unless events are synced in groups. */
  append(coordinate: Coordinate, kind: EventKind, payload: unknown, options: AppendOptions = {}): Receipt {
    const [receipt] = this.appendBatch([{ ...options, coordinate, kind, payload }]);
    if (receipt === undefined) throw new Error('an append of one event gives one receipt');
    return receipt;
  }

  /** Appends events in this order, all of them or none (CAT-JRN-3104). */
  appendBatch(events: readonly NewEvent[]): readonly Receipt[] {
    const writer = this.#checkWritable();
    const { gates } = this.#settings;
    const plan = planAppend(events, { index: this.#index, gates, newId: this.#newId, clock: this.#host.clock });
    switch (plan.kind) {
      case 'repeated':
        return plan.sequences.map((sequence) => this.#receiptOf(this.#read(sequence), sequence));
      case 'denied':
        this.#recordDenial(plan.denied);
        throw gateDenied(plan.denied);
      case 'append':
        return plan.events.length === 0 ? [] : this.#commit(writer, plan.events);
    }
  }

  /** Makes durable what was appended (CAT-JRN-3101). */
  sync(): void {
    const writer = this.#checkWritable();
    if (writer.unsynced === 0) return;
    this.#perform(syncFrames(writer.writing), 'could not sync');
    writer.unsynced = 0;
    this.#durable = this.#accepted;
  }

  /** The event of an id; `undefined` where there is none. */
  get(eventId: EventId): JournalEvent | undefined {
    this.#checkOpen();
    const sequence = this.#index.sequenceOf(eventId);
    return sequence === undefined ? undefined : this.#eventOf(this.#read(sequence), sequence);
  }

  /** The events of a region in their order, as far as there were any when it was called; one at a time is in memory (CAT-JRN-3401). */
  *read(region: Region = {}, { after = 0, limit = Number.POSITIVE_INFINITY }: ReadOptions = {}): Generator<JournalEvent, void> {
    this.#checkOpen();
    const { from = 1, to = Number.MAX_SAFE_INTEGER } = checkRegion(region);
    const last = Math.min(to, this.#accepted);
    let left = limit;
    let sequence = this.#index.nextFrom(Math.max(from, after + 1));
    for (; sequence !== undefined && sequence <= last && left > 0; sequence = this.#index.nextFrom(sequence + 1)) {
      this.#checkOpen();
      const found = this.#read(sequence, { ahead: true });
      if (!isIn(region, { coordinate: found.coordinate, kind: found.kind, sequence })) continue;
      left--;
      yield this.#eventOf(found, sequence);
    }
  }

  /** What there is, and how far it is durable; writes nothing (CAT-JRN-3504). */
  diagnostics(): JournalDiagnostics {
    this.#checkOpen();
    return {
      data_dir: this.#settings.directory,
      segment_max_bytes: this.#settings.segmentMaxBytes,
      event_count: this.#index.count,
      sequence: { accepted: this.#accepted, durable: this.#durable, visible: this.#accepted },
      open_report: this.#report,
    };
  }

  /** Makes durable what was appended and gives the lock back. Closing twice changes nothing. */
  close(): void {
    if (this.#isClosed) return;
    const writer = this.#writer;
    try {
      if (writer !== undefined && this.#poison === undefined) this.sync();
    } finally {
      this.#isClosed = true;
      runSync(this.#events.close(), this.#disk);
      if (writer !== undefined) runSync(letGo(writer, this.#host), this.#disk);
    }
  }

  #commit(writer: Writer, planned: readonly PlannedEvent[]): readonly Receipt[] {
    const opened = writer.hasTold ? [] : this.#planOwn({ coordinate: lifecycle, kind: openCompleted, payload: this.#report });
    const all = [...opened, ...planned];
    const { chain } = writer.writing;
    const syncs = writer.unsynced + all.length >= this.#settings.syncEveryNEvents;
    const { segment, offset } = this.#perform(appendEvents(writer.writing, all, syncs), 'could not append');
    writer.hasTold = true;
    writer.unsynced = syncs ? 0 : writer.unsynced + all.length;
    let at = offset + frameHeaderBytes;
    all.forEach(({ record: { id, coordinate, version, wallMs }, bytes }, nth) => {
      const place = { segment, offset: at, length: bytes.byteLength };
      this.#index.add({ ...place, sequence: chain.sequence + nth, id, entity: coordinate.entity, version, wallMs });
      at += bytes.byteLength;
    });
    this.#accepted = chain.sequence + all.length - 1;
    if (syncs) this.#durable = this.#accepted;
    return planned.map(({ record, passed }, nth) => this.#receiptOf(record, chain.sequence + opened.length + nth, passed));
  }

  #recordDenial(denied: Denied): void {
    if (this.#settings.recordDenials && this.#writer !== undefined) {
      this.#commit(this.#writer, this.#planOwn({ coordinate: { entity: 'journal', scope: 'denials' }, kind: denialRecorded, payload: denied }));
    }
  }

  #planOwn(event: NewEvent): readonly PlannedEvent[] {
    const planning = { index: this.#index, gates: [], newId: this.#newId, clock: this.#host.clock, isOwn: true };
    const plan = planAppend([event], planning);
    return plan.kind === 'append' ? plan.events : [];
  }

  #read(sequence: number, { ahead = false } = {}): FoundEvent {
    const place = this.#index.placeOf(sequence);
    if (place === undefined) throw new Error(`no event has the sequence ${sequence}`);
    return this.#perform(ahead ? this.#events.readAhead(place) : this.#events.read(place), 'could not read');
  }

  #eventOf(found: FoundEvent, sequence: number): JournalEvent {
    return asJournalEvent(found, sequence, () => this.#perform(this.#hashes.of(sequence), 'could not read'));
  }

  #receiptOf(record: EventRecord, sequence: number, passed = passedOf(record)): Receipt {
    const hashes = this.#hashes;
    const perform = <T>(program: DiskProgram<T>): T => this.#perform(program, 'could not read');
    return {
      event_id: record.id,
      sequence,
      get content_hash() {
        return contentHashOf(record).toString('hex');
      },
      get event_hash() {
        return perform(hashes.of(sequence)).event.toString('hex');
      },
      durable: sequence <= this.#durable,
      gates: passed,
    };
  }

  #perform<T>(program: DiskProgram<T>, doing: string): T {
    try {
      return runSync(program, this.#disk);
    } catch (error) {
      const failure = asCatalogError(error, `${doing} in ${this.#settings.directory}`);
      // CAT-JRN-3106: what the disk holds is not known any more. Reads go on.
      if (this.#writer?.writing.broken !== undefined) this.#poison ??= failure;
      throw failure;
    }
  }

  #checkOpen(): void {
    if (this.#isClosed) throw refusal('Closed', `the journal in ${this.#settings.directory} was closed`);
  }

  #checkWritable(): Writer {
    this.#checkOpen();
    const { directory } = this.#settings;
    if (this.#writer === undefined) throw refusal('ReadOnly', `the journal in ${directory} was opened read-only`);
    if (this.#poison === undefined) return this.#writer;
    const message = `the disk under ${directory} lost a sync (${this.#poison.message}); open the journal again`;
    throw new CatalogError('StorePoisoned', message, {}, this.#poison);
  }
}

/** All of them in one frame. Where it is written and cannot be synced nobody knows whether it is there. */
function* appendEvents(writing: Writing, events: readonly PlannedEvent[], syncs: boolean): DiskProgram<Written> {
  const body = Buffer.concat(events.map(({ bytes }) => bytes));
  const written = yield* appendFrame(writing, { type: 'events', count: events.length, fence: 0, body });
  if (!syncs) return written;
  try {
    yield* syncFrames(writing);
  } catch (error) {
    if (!(error instanceof FailedSync)) throw error;
    const message = `${events.length} events were written and could not be synced; open the journal again to see whether they are there`;
    throw new CatalogError('CommitUnknown', message, { segment: written.segment }, error.cause);
  }
  return written;
}

function* letGo({ lock, writing }: Writer, host: Host): DiskProgram<void> {
  yield* closeQuietly(writing.active.handle);
  yield* releaseLock(lock, host);
}

function passedOf({ gates }: EventRecord): readonly GatePassed[] {
  return gates.byteLength === 0 ? [] : JSON.parse(gates.toString('utf8'));
}

function notify(onOpen: JournalOptions['onOpen'], report: OpenReport): void {
  try {
    onOpen?.(report);
  } catch {
    // Who looks on changes nothing.
  }
}

function checkedSettings(options: JournalOptions): Settings {
  const { directory, segmentMaxBytes = defaultSegmentBytes, syncEveryNEvents = 1, gates = [], recordDenials = false } = options;
  if (typeof directory !== 'string' || directory === '' || directory.includes('\0')) {
    throw refusal('InvalidArgument', 'directory is the path of a directory', { argument: 'directory' });
  }
  checkCount('segmentMaxBytes', segmentMaxBytes, { least: leastSegmentBytes, most: maximumSegmentBytes });
  checkCount('syncEveryNEvents', syncEveryNEvents, { least: 1, most: Number.MAX_SAFE_INTEGER });
  checkGates(gates, {});
  return { directory, segmentMaxBytes, syncEveryNEvents, gates, recordDenials };
}

function checkCount(argument: string, value: number, { least, most }: { readonly least: number; readonly most: number }): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  throw refusal('InvalidArgument', `${argument} is a whole number from ${least} to ${most}, not ${value}`, { argument });
}
