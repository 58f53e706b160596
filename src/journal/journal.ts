import type { KeyObject } from 'node:crypto';
import { resolve } from 'node:path';
import { CatalogError, isCatalogError, refusal } from '../core/errors.js';
import { asCatalogError } from '../disk/failure.js';
import { canonicalPath } from '../disk/folders.js';
import { type Clock, type Host, hostOf, type Random } from '../disk/host.js';
import { type Disk, type DiskProgram, runSync } from '../disk/program.js';
import { RealDisk } from '../disk/real-disk.js';
import { type AppendOptions, type KnownEvents, type NewEvent, type PlannedEvent, planAppend } from './appending.js';
import { type CompactOptions, type CompactReport, checkCompactOptions } from './compaction.js';
import type { Coordinate } from './coordinate.js';
import { Cursor } from './cursor.js';
import { type CursorCheckpoint, checkCursorId, persistCursor, readCursor } from './cursor-checkpoint.js';
import { type JournalEvent, passedOf } from './event.js';
import { type EventId, eventIds } from './event-id.js';
import type { EventIndex } from './event-index.js';
import { contentHashOf, type EventRecord } from './event-record.js';
import type { FencedEvents } from './fence.js';
import { checkGates, type Denied, type Gate, gateDenied } from './gates.js';
import { type Ancestry, JournalReader, type ReadOptions } from './journal-reader.js';
import { JournalWriter, letGo } from './journal-writer.js';
import { type EventKind, kind } from './kind.js';
import { checkOutside } from './new-folder.js';
import { type OpenReport, openToRead, openToWrite, readAnew, readMore, syncSegment } from './open.js';
import {
  type Claim,
  checkSignature,
  type Receipt,
  type ReceiptKey,
  receiptInvalid,
  signatureOf,
  signingKeyOf,
  verifyingKeyOf,
} from './receipts.js';
import { type Known, nothingKnown, readJournal } from './recover.js';
import { checkRegion, type Region } from './region.js';
import { type SalvageReport, salvageJournal } from './salvage.js';
import { type Shown, type SnapshotReport, shownToReader, takeSnapshot } from './snapshot.js';

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
  /** A private Ed25519 key, or its PEM: every receipt is signed (CAT-JRN-3007). */
  readonly signingKey?: ReceiptKey;
  readonly clock?: Clock;
  readonly random?: Random;
  /** Must answer at once. */
  readonly disk?: Disk;
}

/** With what a new journal is made of a damaged one. */
export type SalvageOptions = Pick<JournalOptions, 'segmentMaxBytes' | 'clock' | 'random' | 'disk'>;

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

export interface JournalProblem {
  readonly segment: number;
  readonly offset: number;
  readonly reason: string;
}

export interface JournalVerification {
  readonly ok: boolean;
  readonly events: number;
  readonly frames: number;
  readonly segments: number;
  /** The first place where the journal is not what was written. */
  readonly problems: readonly JournalProblem[];
}

/** What is appended through it is hidden until it is committed. */
export interface Fence {
  /** As that of the journal; what it gives is not durable before the commit. */
  append(coordinate: Coordinate, kind: EventKind, payload: unknown, options?: AppendOptions): Receipt;
  appendBatch(events: readonly NewEvent[]): readonly Receipt[];
  /** All of it is durable, and then seen. */
  commit(): void;
  /** None of it is ever seen, nor its sequences given to others. */
  cancel(): void;
}

const leastSegmentBytes = 512;
const defaultSegmentBytes = 16 * 1024 * 1024;
const maximumSegmentBytes = 2 ** 31;
/** The events that the journal makes itself. */
const openings = { coordinate: { entity: 'journal', scope: 'lifecycle' }, kind: kind(0x0, 0x008) };
const denials = { coordinate: { entity: 'journal', scope: 'denials' }, kind: kind(0x0, 0x00f) };

interface Settings {
  readonly directory: string;
  readonly segmentMaxBytes: number;
  readonly syncEveryNEvents: number;
  readonly gates: readonly Gate[];
  readonly recordDenials: boolean;
  readonly signingKey: KeyObject | undefined;
}

interface Submitted {
  readonly event: NewEvent;
  readonly resolve: (receipt: Receipt) => void;
  readonly reject: (error: unknown) => void;
}

interface Surroundings {
  readonly settings: Settings;
  readonly disk: Disk;
  readonly host: Host;
}

interface Parts extends Surroundings {
  readonly index: EventIndex;
  readonly reader: JournalReader;
  readonly report: OpenReport;
  readonly writer: JournalWriter | undefined;
  /** From where on a reader finds what is new. */
  readonly resume?: Known;
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
  readonly #reader: JournalReader;
  readonly #report: OpenReport;
  readonly #writer: JournalWriter | undefined;
  /** Whether the event that says that the journal was opened is there. */
  #hasTold = false;
  #isClosed = false;
  readonly #submitted: Submitted[] = [];
  #resume: Known | undefined;

  private constructor({ settings, disk, host, index, reader, report, writer, resume }: Parts) {
    this.#resume = resume;
    this.#settings = settings;
    this.#disk = disk;
    this.#host = host;
    this.#newId = eventIds(host.clock, host.random);
    this.#index = index;
    this.#reader = reader;
    if (writer === undefined) reader.whenMoved(() => this.#lookAnew());
    this.#report = report;
    this.#writer = writer;
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
    const { disk, host, settings } = parts;
    const { found, report } = runSync(openToRead(settings.directory, host), disk);
    const reader = new JournalReader({ directory: settings.directory, disk, index: found.index, hidden: found.cancelled, isBeside: true });
    return new Journal({ ...parts, index: found.index, reader, report, writer: undefined, resume: found.resume });
  }

  static #openToWrite(parts: Surroundings, when: JournalOptions['lifecycle']): Journal {
    const { disk, host, settings } = parts;
    const { directory, segmentMaxBytes, syncEveryNEvents } = settings;
    const { report, ...opened } = runSync(openToWrite(directory, host, segmentMaxBytes), disk);
    const { index, cancelled } = opened;
    const reader = new JournalReader({ directory, disk, index, hidden: cancelled });
    const writer = new JournalWriter({ opened, disk, host, reader, syncEveryNEvents });
    const journal = new Journal({ ...parts, index, reader, report, writer });
    try {
      // CAT-JRN-3305: so that a fresh journal counts one event.
      if (when === 'eager') journal.#commit(writer, []);
      return journal;
    } catch (error) {
      runSync(letGo({ opened, host }), disk);
      throw error;
    }
  }

  /**
   * Copies what can be read of a journal that is damaged into a new one (CAT-JRN-3302), in a directory that is missing or empty: every
   * event that is there whole, with its id, its sequence, its version and its bytes, so its content hash holds; its event hash and
   * receipt hold where no earlier event of its entity is lost. The new journal has a lineage of its own, and gaps where events
   * are missing; what was hidden is not in it. The report says what could not be read. The damaged one is only read, whoever has it
   * open. Throws `NotFound` where there is no segment, `AlreadyExists`, `InvalidArgument` and what the disk says.
   */
  static salvage(from: string, to: string, options: SalvageOptions = {}): SalvageReport {
    const { disk = new RealDisk({ blocking: true }), segmentMaxBytes = defaultSegmentBytes } = options;
    checkCount('segmentMaxBytes', segmentMaxBytes, { least: leastSegmentBytes, most: maximumSegmentBytes });
    const [source = '', target = ''] = [from, to].map((place) => resolve(checkDirectory(place)));
    try {
      const places = { from: runSync(canonicalPath(source), disk), to: runSync(canonicalPath(target), disk) };
      checkOutside(places.from, places.to);
      return runSync(salvageJournal({ ...places, segmentMaxBytes, host: hostOf(disk, options) }), disk);
    } catch (error) {
      throw asCatalogError(error, `could not salvage the journal in ${from}`);
    }
  }

  /** Appends an event; when it returns, the event is durable, unless events are synced in groups. */
  append(coordinate: Coordinate, kind: EventKind, payload: unknown, options: AppendOptions = {}): Receipt {
    return onlyOf(this.appendBatch([{ ...options, coordinate, kind, payload }]));
  }

  /** Appends events in this order, all of them or none (CAT-JRN-3104). */
  appendBatch(events: readonly NewEvent[]): readonly Receipt[] {
    return this.#appendUnder(undefined, events);
  }

  /**
   * As `append`, by a promise: all who submit before the event loop turns share one sync (CAT-JRN-3107). Each is refused by itself; where
   * the sync fails all of them are `CommitUnknown`.
   */
  submit(coordinate: Coordinate, kind: EventKind, payload: unknown, options: AppendOptions = {}): Promise<Receipt> {
    return new Promise((resolve, reject) => {
      this.#checkWritable();
      this.#submitted.push({ event: { ...options, coordinate, kind, payload }, resolve, reject });
      if (this.#submitted.length === 1) setImmediate(() => this.#appendSubmitted());
    });
  }

  /** Makes durable what was appended (CAT-JRN-3101). */
  sync(): void {
    this.#checkWritable().sync();
  }

  /**
   * Begins a fence: what is appended through it is hidden until it is committed, and then seen at once; cancelled, it is hidden for
   * ever (CAT-JRN-3105). Meanwhile other appends are `FenceActive`. A fence that nobody ends is cancelled when the journal is closed,
   * or opened again.
   */
  fence(): Fence {
    const writer = this.#checkWritable();
    if (writer.fence === undefined && !this.#hasTold) this.#commit(writer, []);
    const fenced = writer.beginFence();
    const open = (): JournalWriter => {
      const live = this.#checkWritable();
      if (live.fence !== fenced) throw refusal('Closed', 'this fence was committed or cancelled');
      return live;
    };
    const appendBatch = (events: readonly NewEvent[]): readonly Receipt[] => {
      open();
      return this.#appendUnder(fenced, events);
    };
    return {
      append: (coordinate, kind, payload, options = {}) => onlyOf(appendBatch([{ ...options, coordinate, kind, payload }])),
      appendBatch,
      commit: () => open().commitFence(fenced),
      cancel: () => open().cancelFence(fenced),
    };
  }

  /** The event of an id; `undefined` where there is none. */
  get(eventId: EventId): JournalEvent | undefined {
    this.#checkOpen();
    return this.#reader.get(eventId) ?? this.#open().get(eventId);
  }

  /** The events of a region in their order, as far as there were any when it was called; one at a time is in memory (CAT-JRN-3401). */
  read(region: Region = {}, options: ReadOptions = {}): Generator<JournalEvent, void> {
    return this.#open().read(region, options);
  }

  /**
   * The events of its entity before an event, newest first (CAT-JRN-3004), at most so many; `end` says why there are no more.
   * `undefined` where there is no such event.
   */
  ancestors(eventId: EventId, options: { readonly limit?: number } = {}): Ancestry | undefined {
    return this.#open().ancestors(eventId, options);
  }

  /** The events that say that this one was their cause, in their order (CAT-JRN-3004). */
  effects(eventId: EventId): Generator<JournalEvent, void> {
    return this.#open().effects(eventId);
  }

  /** The events that are a part of one thing, in their order (CAT-JRN-3004). */
  correlated(correlationId: EventId): Generator<JournalEvent, void> {
    return this.#open().correlated(correlationId);
  }

  /**
   * A consumer's place in a region, kept under a name (CAT-JRN-3402). A cursor of a reader is kept beside the journal all the same.
   * Throws `CursorCheckpointCorrupt`, `CursorCheckpointRegionMismatch` and `CursorCheckpointAhead`.
   */
  cursor(id: string, region: Region = {}): Cursor {
    const { directory } = this.#settings;
    const saved = this.#attempt(readCursor(directory, checkCursorId(id)), 'could not read a cursor of');
    const source = {
      lineage: () => this.#lineage(),
      last: () => {
        this.#open();
        return this.#writer?.settled ?? (this.#resume?.chain.sequence ?? 1) - 1;
      },
      read: (wanted: Region, options: ReadOptions) => this.read(wanted, options),
      save: (checkpoint: CursorCheckpoint) => {
        this.#makeDurable();
        this.#attempt(persistCursor(directory, id, checkpoint, this.#host), 'could not save a cursor of');
      },
    };
    return new Cursor(source, checkRegion(region), saved);
  }

  /** Reads the whole journal from its first byte to its last, computes every hash, and says what is wrong (CAT-JRN-3005). */
  verify(): JournalVerification {
    this.#checkOpen();
    try {
      const durableTo = this.#writer?.durableFrame ?? this.#report.frames;
      const { index, segments, chain, torn } = runSync(
        readJournal(this.#settings.directory, nothingKnown(durableTo), { verifies: true }),
        this.#disk,
      );
      const problems = torn === undefined || this.#writer === undefined ? [] : [torn];
      return { ok: problems.length === 0, events: index.count, frames: chain.next - 1, segments: segments.length, problems };
    } catch (error) {
      if (!isCatalogError(error, 'CorruptSegment'))
        throw asCatalogError(error, `could not verify the journal in ${this.#settings.directory}`);
      const { segment, offset, reason } = error.details as unknown as JournalProblem;
      return { ok: false, events: 0, frames: 0, segments: 0, problems: [{ segment, offset, reason }] };
    }
  }

  /**
   * Makes room in the segments that are full. `merge` (CAT-JRN-3501) makes one of several: every event reads back the same, by id, sequence
   * and payload, whatever fails. `retain` and `tombstone` (CAT-JRN-3502) drop the payloads of the events that `keep` says false of: they are
   * gone then, or read as events of the kind 0x0FFE that say what was dropped. Ids, versions, hashes and receipts hold all the same,
   * and a key that is repeated gives its receipt. Events of the journal's own kinds, and those that are hidden, are not asked about.
   * Where `keep` throws, or says neither true nor false, nothing is changed, and the outcome is `Failed`.
   */
  compact(options: CompactOptions): CompactReport {
    const writer = this.#checkWritable();
    return writer.compact(checkCompactOptions(options));
  }

  /**
   * Makes a copy that opens by itself, in a directory that is missing or empty (CAT-JRN-3503): what is shown now, durable when this
   * returns. Full segments are shared by hard links where that can be, and nobody writes to those; what lies under a fence is not in it, nor
   * are cursors. Whatever fails before it is whole leaves the directory as it was; a killed process leaves what it made under another
   * name (`<directory>.<token>.tmp`). Throws `AlreadyExists` where something is there, and `InvalidArgument` for a place in the
   * journal's own directory.
   */
  snapshot(directory: string): SnapshotReport {
    const source = this.#settings.directory;
    const target = this.#newPlace(directory);
    const look = this.#resume === undefined ? this.#shownByWriter() : shownToReader.bind(undefined, source, this.#resume);
    return this.#attempt(takeSnapshot({ directory: source, target, look, host: this.#host }), 'could not make a snapshot of');
  }

  /** Copies what can be read of this journal, as {@link Journal.salvage} does: damage that was met while it is open. */
  salvage(directory: string): SalvageReport {
    this.#checkOpen();
    const { directory: from, segmentMaxBytes } = this.#settings;
    return Journal.salvage(from, directory, { segmentMaxBytes, disk: this.#disk, ...this.#host });
  }

  /**
   * Whether a receipt holds (CAT-JRN-3007): its event is there, with its sequence and its hashes, also after a compaction; and with a
   * key, which is the journal's own unless one is given, it is signed by that. Gives true; else throws `ReceiptInvalid`.
   */
  verifyReceipt(receipt: Claim & Pick<Receipt, 'signature'>, { publicKey }: { readonly publicKey?: ReceiptKey } = {}): true {
    const event = this.get(receipt.event_id) ?? this.#reader.evidenceOf(receipt.event_id);
    if (event === undefined) throw receiptInvalid(receipt, 'there is no such event');
    for (const part of ['sequence', 'content_hash', 'event_hash'] as const) {
      if (event[part] !== receipt[part])
        throw receiptInvalid(receipt, `its ${part} is ${receipt[part]}, and that of the event is ${event[part]}`);
    }
    const key = publicKey ?? this.#settings.signingKey;
    const lineage = this.#lineage();
    if (key !== undefined && lineage !== undefined) checkSignature(receipt, lineage, verifyingKeyOf(key));
    return true;
  }

  /** What there is, and how far it is durable; writes nothing (CAT-JRN-3504). */
  diagnostics(): JournalDiagnostics {
    this.#checkOpen();
    const { last } = this.#index;
    return {
      data_dir: this.#settings.directory,
      segment_max_bytes: this.#settings.segmentMaxBytes,
      event_count: this.#index.count,
      sequence: { accepted: this.#writer?.accepted ?? last, durable: this.#writer?.durable ?? last, visible: last },
      open_report: this.#report,
    };
  }

  /** Makes durable what was appended, writes a checkpoint, and gives the lock back. Closing twice changes nothing. */
  close(): void {
    if (this.#isClosed) return;
    this.#appendSubmitted();
    this.#isClosed = true;
    this.#reader.close();
    this.#writer?.close();
  }

  #appendSubmitted(): void {
    const told: (() => void)[] = [];
    const failed: ((error: unknown) => void)[] = [];
    for (const { event, resolve, reject } of this.#submitted.splice(0)) {
      try {
        const receipt = onlyOf(this.#appendUnder(undefined, [event], { isSyncedLater: true }));
        told.push(() => resolve(this.#receiptAgain(receipt)));
        failed.push(reject);
      } catch (error) {
        reject(error);
      }
    }
    try {
      if (told.length > 0) this.#writer?.sync();
      for (const tell of told) tell();
    } catch (error) {
      const message = 'what was submitted could not be synced; open the journal again to see what of it is there';
      for (const fail of failed) fail(new CatalogError('CommitUnknown', message, {}, error));
    }
  }

  /** With what has become of it since. */
  #receiptAgain({ event_id, sequence }: Receipt): Receipt {
    const found = this.#reader.foundAt(this.#index.sequenceOf(event_id) ?? sequence);
    return this.#receiptOf(found, sequence);
  }

  #appendUnder(
    fence: FencedEvents | undefined,
    events: readonly NewEvent[],
    options: { readonly isSyncedLater?: boolean } = {},
  ): readonly Receipt[] {
    const writer = this.#checkWritable();
    const known = writer.known(fence);
    const plan = planAppend(events, { known, gates: this.#settings.gates, newId: this.#newId, clock: this.#host.clock });
    switch (plan.kind) {
      case 'repeated':
        return plan.sequences.map((sequence) =>
          this.#receiptOf(fence?.found(sequence)?.record ?? this.#reader.foundAt(sequence), sequence),
        );
      case 'denied':
        if (this.#settings.recordDenials) this.#commit(writer, this.#planOwn(known, { ...denials, payload: asPayload(plan.denied) }));
        throw gateDenied(plan.denied);
      case 'append':
        return plan.events.length === 0 ? [] : this.#commit(writer, plan.events, options);
    }
  }

  /** With the event that says that the journal was opened before them, where that is not there yet. */
  #commit(writer: JournalWriter, planned: readonly PlannedEvent[], options: { readonly isSyncedLater?: boolean } = {}): readonly Receipt[] {
    const opened = this.#hasTold ? [] : this.#planOwn(this.#index, { ...openings, payload: this.#report });
    const first = writer.append([...opened, ...planned], options) + opened.length;
    this.#hasTold = true;
    return planned.map(({ record, passed }, nth) => this.#receiptOf(record, first + nth, passed));
  }

  #planOwn(known: KnownEvents, event: NewEvent): readonly PlannedEvent[] {
    const plan = planAppend([event], { known, gates: [], newId: this.#newId, clock: this.#host.clock, isOwn: true });
    return plan.kind === 'append' ? plan.events : [];
  }

  #receiptOf(record: EventRecord, sequence: number, passed = passedOf(record.gates)): Receipt {
    const [reader, writer] = [this.#reader, this.#writer];
    const receipt: Receipt = {
      event_id: record.id,
      sequence,
      get content_hash() {
        return contentHashOf(record).toString('hex');
      },
      get event_hash() {
        return (writer?.fence?.found(sequence)?.hash ?? reader.hashesOf(sequence).event).toString('hex');
      },
      durable: sequence <= (writer?.durable ?? 0),
      gates: passed,
    };
    const { signingKey } = this.#settings;
    const lineage = this.#lineage();
    if (signingKey === undefined || lineage === undefined) return receipt;
    return Object.defineProperty(receipt, 'signature', { get: () => signatureOf(receipt, lineage, signingKey), enumerable: true });
  }

  #lineage(): EventId | undefined {
    return this.#writer?.lineage ?? this.#resume?.lineage;
  }

  /** All that was shown: a reader syncs what a writer may not have synced yet. */
  #makeDurable(): void {
    this.#checkOpen();
    const last = this.#resume?.segments.at(-1);
    if (this.#writer !== undefined) this.#writer.sync();
    else if (last !== undefined)
      this.#attempt(syncSegment(this.#settings.directory, last.number), 'could not make durable what was read from');
  }

  /** Where a journal is to be made of this one. */
  #newPlace(directory: string): string {
    const target = this.#attempt(canonicalPath(resolve(checkDirectory(directory))), 'could not copy');
    checkOutside(this.#settings.directory, target);
    return target;
  }

  #shownByWriter(): () => DiskProgram<Shown> {
    const writer = this.#checkWritable();
    writer.sync();
    const { shown } = writer;
    return function* () {
      return shown;
    };
  }

  #attempt<T>(program: DiskProgram<T>, doing: string): T {
    this.#checkOpen();
    try {
      return runSync(program, this.#disk);
    } catch (error) {
      throw asCatalogError(error, `${doing} ${this.#settings.directory}`);
    }
  }

  /** With what a writer has appended since the last look. */
  #open(): JournalReader {
    this.#checkOpen();
    if (this.#resume === undefined) return this.#reader;
    if (this.#reader.isMoved()) this.#lookAnew();
    const { events, resume, moved } = this.#attempt(readMore(this.#settings.directory, this.#resume), 'could not read the journal in');
    if (moved !== undefined) {
      this.#index.become(moved);
      this.#reader.forgetFiles();
    }
    for (const event of events) this.#index.add(event);
    this.#resume = resume;
    return this.#reader;
  }

  /** Where a writer has put events elsewhere. */
  #lookAnew(): void {
    const { index, resume } = this.#attempt(readAnew(this.#settings.directory), 'could not read the journal in');
    this.#index.become(index);
    this.#reader.forgetFiles();
    this.#resume = { ...resume, index: this.#index };
  }

  #checkOpen(): void {
    if (this.#isClosed) throw refusal('Closed', `the journal in ${this.#settings.directory} was closed`);
  }

  #checkWritable(): JournalWriter {
    this.#checkOpen();
    if (this.#writer === undefined) throw refusal('ReadOnly', `the journal in ${this.#settings.directory} was opened read-only`);
    this.#writer.checkTrusted();
    return this.#writer;
  }
}

function onlyOf(receipts: readonly Receipt[]): Receipt {
  const [receipt] = receipts;
  if (receipt === undefined) throw new Error('an append of one event gives one receipt');
  return receipt;
}

/** A denial without its context, where JSON cannot say that. */
function asPayload(denied: Denied): Denied {
  try {
    JSON.stringify(denied);
    return denied;
  } catch {
    const { context: _context, ...rest } = denied;
    return rest;
  }
}

function notify(onOpen: JournalOptions['onOpen'], report: OpenReport): void {
  try {
    onOpen?.(report);
  } catch {
    // Who looks on changes nothing.
  }
}

function checkedSettings(options: JournalOptions): Settings {
  const { directory, segmentMaxBytes = defaultSegmentBytes, syncEveryNEvents = 1, gates = [], recordDenials = false, signingKey } = options;
  checkDirectory(directory);
  checkCount('segmentMaxBytes', segmentMaxBytes, { least: leastSegmentBytes, most: maximumSegmentBytes });
  checkCount('syncEveryNEvents', syncEveryNEvents, { least: 1, most: Number.MAX_SAFE_INTEGER });
  checkGates(gates, {});
  const key = signingKey === undefined ? undefined : signingKeyOf(signingKey);
  return { directory, segmentMaxBytes, syncEveryNEvents, gates, recordDenials, signingKey: key };
}

function checkDirectory(directory: string): string {
  if (typeof directory === 'string' && directory !== '' && !directory.includes('\0')) return directory;
  throw refusal('InvalidArgument', 'directory is the path of a directory', { argument: 'directory' });
}

function checkCount(argument: string, value: number, { least, most }: { readonly least: number; readonly most: number }): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  throw refusal('InvalidArgument', `${argument} is a whole number from ${least} to ${most}, not ${value}`, { argument });
}
