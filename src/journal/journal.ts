// Over 300 lines: one facade: a method for each thing that a journal can be asked.
import { resolve } from 'node:path';
import { refusal } from '../core/errors.js';
import { asCatalogError } from '../disk/failure.js';
import { canonicalPath } from '../disk/folders.js';
import { type Host, hostOf } from '../disk/host.js';
import { type Disk, type DiskProgram, runSync } from '../disk/program.js';
import { RealDisk } from '../disk/real-disk.js';
import { Platform, type PlatformReport } from '../platform/platform.js';
import { Appender, onlyOf } from './appender.js';
import type { AppendOptions, NewEvent } from './appending.js';
import { type CompactOptions, type CompactReport, checkCompactOptions } from './compaction.js';
import type { Coordinate } from './coordinate.js';
import { Cursor, lastPlace } from './cursor.js';
import { type CursorCheckpoint, checkCursorId, persistCursor, readCursor } from './cursor-checkpoint.js';
import { diagnosticsOf, type JournalDiagnostics } from './diagnostics.js';
import type { JournalEvent } from './event.js';
import type { EventId } from './event-id.js';
import type { Fence, FencedEvents } from './fence.js';
import { type Ancestry, JournalReader, type ReadOptions } from './journal-reader.js';
import type { JournalWriter } from './journal-writer.js';
import { keepFold, keptFold } from './kept-folds.js';
import type { EventKind } from './kind.js';
import { checkOutside } from './new-folder.js';
import type { OpenReport } from './open.js';
import { type OpenJournal, openJournal, readOnlyJournal } from './open-journal.js';
import { segmentPath } from './place.js';
import type { Projected, Projection } from './projection.js';
import { Projections } from './projections.js';
import type { SequenceRange } from './ranges.js';
import { type Claim, checkClaim, checkedReceipt, checkSignature, type Receipt, type ReceiptKey, verifyingKeyOf } from './receipts.js';
import { checkRegion, type Region } from './region.js';
import { type SalvageOptions, type SalvageReport, salvageJournal } from './salvage.js';
import { checkDirectory, checkedSettings, checkSegmentBytes, type JournalOptions, type Settings } from './settings.js';
import { type SnapshotReport, takeSnapshot } from './snapshot.js';
import { Submissions } from './submissions.js';
import { type Listener, type SubscribeOptions, type Subscription, Subscriptions } from './subscription.js';
import { type JournalVerification, verifyJournal } from './verification.js';

interface Parts {
  readonly settings: Settings;
  readonly disk: Disk;
  readonly host: Host;
  readonly open: OpenJournal<JournalReader>;
  readonly platform: Platform;
}

/**
 * An append-only journal in a directory of its own: one sequence (CAT-JRN). Everything is synchronous: when `append` returns, the
 * event is on the disk. Only one may have it open to write, and a second one is `JournalLocked`; unless all of them share it
 * (CAT-JRN-3505).
 */
export class Journal {
  readonly #settings: Settings;
  readonly #disk: Disk;
  readonly #host: Host;
  readonly #platform: Platform;
  #platformReport: PlatformReport | undefined;
  readonly #open: OpenJournal<JournalReader>;
  readonly #appender: Appender;
  readonly #submissions: Submissions;
  #isClosed = false;
  readonly #projections = new Projections({
    look: () => this.#look(),
    read: (region, after, entity) =>
      entity === undefined ? this.#open.readers.read(region, { after }) : this.#open.readers.readEntity(entity, region, after),
    load: (fold) => this.#attempt(keptFold(this.#open, fold), 'could not read a projection of'),
    save: (fold, folded) => this.#run(keepFold({ open: this.#open, host: this.#host }, fold, folded)),
  });
  readonly #subscriptions = new Subscriptions({
    look: () => this.#look(),
    settled: () => this.#settled(),
    read: (region, after, upTo) => this.#open.readers.read({ ...region, to: Math.min(upTo, region.to ?? upTo) }, { after }),
  });

  private constructor({ settings, disk, host, open, platform }: Parts) {
    this.#platform = platform;
    this.#settings = settings;
    this.#disk = disk;
    this.#host = host;
    this.#open = open;
    this.#appender = new Appender({ open, settings, host });
    this.#submissions = new Submissions({
      appender: this.#appender,
      writer: open.writer,
      check: () => this.#checkWritable(),
      run: (program) => this.#run(program),
    });
    if (open.isBeside) open.readers.whenMoved(() => this.#attempt(open.refresh({ isAnew: true }), 'could not read the journal in'));
    open.whenNews(() => this.#subscriptions.wake());
  }

  /**
   * Opens a journal, which is made where there is none. A writing open makes durable what it finds and cuts what a writer left
   * unfinished; what that was is told in the report (CAT-JRN-3305). Throws `JournalLocked`, `CorruptSegment`,
   * `SchemaVersionUnsupported`, `InvalidArgument` and what the disk says.
   */
  static open(options: JournalOptions): Journal {
    const { disk = new RealDisk({ blocking: true }), readOnly = false, lifecycle: when = 'eager', onOpen } = options;
    const given = checkedSettings(options);
    try {
      const settings = { ...given, directory: runSync(canonicalPath(resolve(given.directory)), disk) };
      const host = hostOf(disk, options);
      const platform = new Platform({ directory: settings.directory, host, witness: segmentPath(settings.directory, 1) }, options);
      const admittedDisk = platform.over(disk);
      const makeReaders = (opened: Pick<OpenJournal<JournalReader>, 'index'> & { readonly hidden: readonly SequenceRange[] }) =>
        new JournalReader({ directory: settings.directory, disk: admittedDisk, isBeside: readOnly || settings.isShared, ...opened });
      const open = runSync((readOnly ? readOnlyJournal : openJournal)({ settings, host, makeReaders, platform }), admittedDisk);
      const journal = new Journal({ settings, disk: admittedDisk, host, open, platform });
      // CAT-JRN-3305: so that a fresh journal counts one event.
      if (when === 'eager') journal.#begin();
      notify(onOpen, open.report);
      return journal;
    } catch (error) {
      throw asCatalogError(error, `could not open the journal in ${given.directory}`);
    }
  }

  #begin(): void {
    const { writer } = this.#open;
    if (writer === undefined) return;
    try {
      this.#run(this.#appender.tellOpening(writer));
    } catch (error) {
      this.#run(writer.abandon());
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
    const { disk = new RealDisk({ blocking: true }) } = options;
    const segmentMaxBytes = checkSegmentBytes(options.segmentMaxBytes);
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
    return this.#submissions.submit({ ...options, coordinate, kind, payload });
  }

  /** Makes durable what was appended (CAT-JRN-3101). */
  sync(): void {
    this.#run(this.#checkWritable().sync());
  }

  /**
   * Begins a fence: what is appended through it is hidden until it is committed, and then seen at once; cancelled, it is hidden for
   * ever (CAT-JRN-3105). Meanwhile other appends are `FenceActive`. A fence that nobody ends is cancelled when the journal is closed,
   * or opened again.
   */
  fence(): Fence {
    const writer = this.#checkWritable();
    if (writer.fence === undefined && !writer.isShared && !this.#appender.hasTold) this.#run(this.#appender.tellOpening(writer));
    const fenced = writer.beginFence(this.#open.readers);
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
      commit: () => this.#run(open().commitFence(fenced)),
      cancel: () => this.#run(open().cancelFence(fenced)),
    };
  }

  /** The event of an id; `undefined` where there is none. */
  get(eventId: EventId): JournalEvent | undefined {
    this.#checkOpen();
    return this.#open.readers.get(eventId) ?? this.#reader().get(eventId);
  }

  /** The events of a region in their order, as far as there were any when it was called; one at a time is in memory (CAT-JRN-3401). */
  read(region: Region = {}, options: ReadOptions = {}): Generator<JournalEvent, void> {
    return this.#reader().read(region, options);
  }

  /**
   * The events of its entity before an event, newest first (CAT-JRN-3004): each bears the hash that the one after it names as its
   * previous. At most so many; `end` says why there are no more. `undefined` where there is no such event. What caused an event is
   * another thing: that is the event of its `causation_id`.
   */
  ancestors(eventId: EventId, options: { readonly limit?: number } = {}): Ancestry | undefined {
    return this.#reader().ancestors(eventId, options);
  }

  /** The events that say that this one was their cause, in their order (CAT-JRN-3004); the whole journal is read for them. */
  effects(eventId: EventId): Generator<JournalEvent, void> {
    return this.#reader().effects(eventId);
  }

  /** The events that are a part of one thing, in their order (CAT-JRN-3004); the whole journal is read for them. */
  correlated(correlationId: EventId): Generator<JournalEvent, void> {
    return this.#reader().correlated(correlationId);
  }

  /**
   * A consumer's place in a region, kept under a name (CAT-JRN-3402). A cursor of a reader is kept beside the journal all the same.
   * Throws `CursorCheckpointCorrupt`, `CursorCheckpointRegionMismatch` and `CursorCheckpointAhead`.
   */
  cursor(id: string, region: Region = {}): Cursor {
    const { directory } = this.#settings;
    const saved = this.#attempt(readCursor(directory, checkCursorId(id)), 'could not read a cursor of');
    const source = {
      lineage: () => this.#open.lineage,
      last: () => {
        this.#reader();
        const durable = this.#attempt(this.#open.makeDurable(), 'could not make durable what was read from');
        return lastPlace(this.#open.index, durable);
      },
      read: (wanted: Region, options: ReadOptions) => this.#open.readers.read(wanted, options),
      save: (checkpoint: CursorCheckpoint) =>
        this.#attempt(persistCursor(directory, id, checkpoint, this.#host), 'could not save a cursor of'),
    };
    return new Cursor(source, checkRegion(region), saved);
  }

  /**
   * Tells a listener of the events of a region as they come to be seen and are durable (CAT-JRN-3403): in their order, each in a later
   * turn of the event loop than the call that appended it, one at a time, the next when what the listener gave is settled. Of what a
   * reader's writer appends it is told when the reader looks, which each of its calls does. A listener for which more events wait than its queue
   * holds is told those in the queue and then that it is behind, which ends the subscription; so does what it throws. Events that are there
   * already (`after`) wait in the journal, and do not count. Closing the journal ends all. Throws `InvalidArgument`,
   * `InvalidCoordinate` and, where the journal ends before `after`, `HistoryRewound`.
   */
  subscribe(region: Region, listener: Listener, options: SubscribeOptions = {}): Subscription {
    return this.#subscriptions.subscribe(region, listener, options);
  }

  /**
   * The state of a projection as of now, over the whole journal or over one entity alone (CAT-JRN-3404). Only what is new since the last
   * time is folded; another name, version or region, or the first time of this handle, begins from the first event. What `apply` or
   * an upcaster throws is thrown, and the next call begins where this one began. Throws `InvalidArgument`,
   * `InvalidCoordinate` and, for payloads that are newer than the projection, `SchemaVersionUnsupported`.
   */
  project<State>(projection: Projection<State>, entity?: string): Projected<State> {
    return this.#projections.project(projection, entity);
  }

  /**
   * Reads the whole journal from its first byte to its last, computes the hash of every frame and of every event, and says what is
   * wrong (CAT-JRN-3005). The hashes of full segments are kept, and compared by the next one (CAT-JRN-3003).
   */
  verify(): JournalVerification {
    return this.#attempt(verifyJournal(this.#open), 'could not verify the journal in');
  }

  /**
   * Makes room in the segments that are full. `merge` (CAT-JRN-3501) makes one of several: every event reads back the same, by id, sequence
   * and payload, whatever fails. `retain` and `tombstone` (CAT-JRN-3502) drop the payloads of the events that `keep` says false of: they are
   * gone then, or read as events of the kind 0x0FFE that say what was dropped. Ids, versions, hashes and receipts hold all the same,
   * and a key that is repeated gives its receipt. Events of the journal's own kinds, and those that are hidden, are not asked about.
   * Where `keep` throws, or says neither true nor false, nothing is changed, and the outcome is `Failed`.
   */
  compact(options: CompactOptions): CompactReport {
    const compaction = this.#checkWritable().compact(checkCompactOptions(options), this.#open.readers);
    return this.#run(compaction);
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
    if (this.#open.writer !== undefined) this.#checkWritable();
    const target = this.#newPlace(directory);
    const look = () => this.#open.shown();
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
    checkedReceipt(receipt);
    const event = this.get(receipt.event_id) ?? this.#open.readers.evidenceOf(receipt.event_id);
    checkClaim(receipt, event);
    const key = publicKey ?? this.#settings.signingKey;
    const { lineage } = this.#open;
    if (key !== undefined && lineage !== undefined) checkSignature(receipt, lineage, verifyingKeyOf(key));
    return true;
  }

  /** What there is, and how far it is durable; writes nothing (CAT-JRN-3504). */
  diagnostics(): JournalDiagnostics {
    this.#checkOpen();
    return diagnosticsOf(this.#open, this.#settings, () => {
      this.#platformReport ??= runSync(this.#platform.report({ mayTry: false }), this.#disk);
      return this.#platformReport;
    });
  }

  /** Makes durable what was appended, writes a checkpoint, and gives the lock back. Closing twice changes nothing. */
  close(): void {
    if (this.#isClosed) return;
    this.#submissions.append();
    this.#isClosed = true;
    const { readers, writer } = this.#open;
    this.#subscriptions.close();
    readers.close();
    if (writer !== undefined) this.#run(writer.close());
  }

  #appendUnder(fence: FencedEvents | undefined, events: readonly NewEvent[]): readonly Receipt[] {
    const writer = this.#checkWritable();
    return this.#appender.receiptsOf(this.#run(this.#appender.append(writer, fence, events)), fence);
  }

  #run<T>(program: DiskProgram<T>): T {
    return runSync(program, this.#disk);
  }

  #look(): number {
    this.#reader();
    return this.#open.index.last;
  }

  /** Up to where what is shown is durable: whoever is alone syncs when it is due, and others what they have found. */
  #settled(): number {
    const { writer, index } = this.#open;
    const durable = writer?.isShared === false ? writer.durable : this.#run(this.#open.makeDurable());
    return Math.min(index.last, durable);
  }

  /** Where a journal is to be made of this one. */
  #newPlace(directory: string): string {
    const target = this.#attempt(canonicalPath(resolve(checkDirectory(directory))), 'could not copy');
    checkOutside(this.#settings.directory, target);
    return target;
  }

  #attempt<T>(program: DiskProgram<T>, doing: string): T {
    this.#checkOpen();
    try {
      return runSync(program, this.#disk);
    } catch (error) {
      throw asCatalogError(error, `${doing} ${this.#settings.directory}`);
    }
  }

  /** With what others have appended since the last look. */
  #reader(): JournalReader {
    this.#checkOpen();
    const { readers, isBeside } = this.#open;
    const isAnew = isBeside && readers.isMoved();
    this.#attempt(this.#open.refresh({ isAnew }), 'could not read the journal in');
    return readers;
  }

  #checkOpen(): void {
    if (this.#isClosed) throw refusal('Closed', `the journal in ${this.#settings.directory} was closed`);
  }

  #checkWritable(): JournalWriter {
    this.#checkOpen();
    const { writer } = this.#open;
    if (writer === undefined) throw refusal('ReadOnly', `the journal in ${this.#settings.directory} was opened read-only`);
    this.#platform.checkTrusted();
    writer.checkTrusted();
    return writer;
  }
}

function notify(onOpen: JournalOptions['onOpen'], report: OpenReport): void {
  try {
    onOpen?.(report);
  } catch {
    // Who looks on changes nothing.
  }
}
