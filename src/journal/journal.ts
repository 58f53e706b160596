import { resolve } from 'node:path';
import { isCatalogError, refusal } from '../core/errors.js';
import { asCatalogError } from '../disk/failure.js';
import { canonicalPath } from '../disk/folders.js';
import { type Host, hostOf } from '../disk/host.js';
import { type Disk, type DiskProgram, runSync } from '../disk/program.js';
import { RealDisk } from '../disk/real-disk.js';
import { quietly } from '../disk/whole-file.js';
import { type AppendOptions, type KnownEvents, type NewEvent, type PlannedEvent, planAppend } from './appending.js';
import { type CompactOptions, type CompactReport, checkCompactOptions } from './compaction.js';
import type { Coordinate } from './coordinate.js';
import { Cursor } from './cursor.js';
import { type CursorCheckpoint, checkCursorId, persistCursor, readCursor } from './cursor-checkpoint.js';
import { type JournalEvent, passedOf } from './event.js';
import { type EventId, eventIds } from './event-id.js';
import { contentHashOf, type EventRecord } from './event-record.js';
import type { FencedEvents } from './fence.js';
import { type Denied, type GatePassed, gateDenied } from './gates.js';
import { type Ancestry, JournalReader, type ReadOptions } from './journal-reader.js';
import type { JournalWriter } from './journal-writer.js';
import type { EventKind } from './kind.js';
import { checkOutside } from './new-folder.js';
import type { OpenReport } from './open.js';
import { type OpenJournal, openJournal, readOnlyJournal } from './open-journal.js';
import { denialEvent, openingEvent, planOwn } from './own-events.js';
import type { Folded, Projected, Projection } from './projection.js';
import { type FoldName, persistProjection, readProjection } from './projection-file.js';
import { Projections } from './projections.js';
import type { SequenceRange } from './ranges.js';
import { type Claim, checkSignature, type Receipt, type ReceiptKey, receiptInvalid, signatureOf, verifyingKeyOf } from './receipts.js';
import { type HashedEvent, nothingKnown, readJournal } from './recover.js';
import { checkRegion, type Region } from './region.js';
import { type SalvageReport, salvageJournal } from './salvage.js';
import { checkDirectory, checkedSettings, checkSegmentBytes, type JournalOptions, type Settings } from './settings.js';
import { type SnapshotReport, takeSnapshot } from './snapshot.js';
import { type Listener, type SubscribeOptions, type Subscription, Subscriptions } from './subscription.js';

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
  /** What was put right since, of a journal that others write to as well: each as if it had been opened again. */
  readonly repairs: readonly OpenReport[];
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

interface Submitted {
  readonly event: NewEvent;
  readonly resolve: (receipt: Receipt) => void;
  readonly reject: (error: unknown) => void;
}

/** What an append came to, before it is durable. */
type Appended =
  | { readonly kind: 'repeated'; readonly sequences: readonly number[] }
  | { readonly kind: 'denied'; readonly denied: Denied }
  | { readonly kind: 'appended'; readonly first: number; readonly planned: readonly PlannedEvent[] };

interface Parts {
  readonly settings: Settings;
  readonly disk: Disk;
  readonly host: Host;
  readonly open: OpenJournal<JournalReader>;
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
  readonly #newId: () => EventId;
  readonly #open: OpenJournal<JournalReader>;
  /** Whether the event that says that the journal was opened is there. */
  #hasTold = false;
  #isClosed = false;
  readonly #submitted: Submitted[] = [];
  readonly #projections = new Projections({
    look: () => this.#look(),
    read: (region, after, entity) =>
      entity === undefined ? this.#open.readers.read(region, { after }) : this.#open.readers.readEntity(entity, region, after),
    load: (fold) => this.#keptFold(fold),
    save: (fold, folded) => this.#keepFold(fold, folded),
  });
  readonly #subscriptions = new Subscriptions({
    look: () => this.#look(),
    settled: () => this.#settled(),
    read: (region, after, upTo) => this.#open.readers.read({ ...region, to: Math.min(upTo, region.to ?? upTo) }, { after }),
  });

  private constructor({ settings, disk, host, open }: Parts) {
    this.#settings = settings;
    this.#disk = disk;
    this.#host = host;
    this.#newId = eventIds(host.clock, host.random);
    this.#open = open;
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
      const makeReaders = (opened: Pick<OpenJournal<JournalReader>, 'index'> & { readonly hidden: readonly SequenceRange[] }) =>
        new JournalReader({ directory: settings.directory, disk, isBeside: readOnly || settings.isShared, ...opened });
      const open = runSync((readOnly ? readOnlyJournal : openJournal)({ settings, host, makeReaders }), disk);
      const journal = new Journal({ settings, disk, host, open });
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
      this.#tellOpening(writer);
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
    return new Promise((resolve, reject) => {
      this.#checkWritable();
      this.#submitted.push({ event: { ...options, coordinate, kind, payload }, resolve, reject });
      if (this.#submitted.length === 1) setImmediate(() => this.#appendSubmitted());
    });
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
    if (writer.fence === undefined && !writer.isShared && !this.#hasTold) this.#tellOpening(writer);
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
        return this.#attempt(this.#open.makeDurable(), 'could not make durable what was read from');
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
    this.#checkOpen();
    const { index: known } = this.#open;
    const judgesHash = ({ sequence, segment, hash }: HashedEvent): string | undefined => {
      const kept = known.hashOf(sequence);
      if (kept === undefined && segment < known.lastSegment) known.keepHash(sequence, hash);
      return kept === undefined || kept.equals(hash) ? undefined : `the hash of event ${sequence} is not the one that was kept of it`;
    };
    try {
      const { index, segments, chain, torn } = runSync(
        readJournal(this.#settings.directory, nothingKnown(this.#open.durableFrame), { verifies: true, judgesHash }),
        this.#disk,
      );
      // Another one may be writing it at this moment.
      const isAlone = this.#open.writer?.isShared === false;
      const problems = torn === undefined || !isAlone ? [] : [torn];
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
    const event = this.get(receipt.event_id) ?? this.#open.readers.evidenceOf(receipt.event_id);
    if (event === undefined) throw receiptInvalid(receipt, 'there is no such event');
    for (const part of ['sequence', 'content_hash', 'event_hash'] as const) {
      if (event[part] !== receipt[part])
        throw receiptInvalid(receipt, `its ${part} is ${receipt[part]}, and that of the event is ${event[part]}`);
    }
    const key = publicKey ?? this.#settings.signingKey;
    const { lineage } = this.#open;
    if (key !== undefined && lineage !== undefined) checkSignature(receipt, lineage, verifyingKeyOf(key));
    return true;
  }

  /** What there is, and how far it is durable; writes nothing (CAT-JRN-3504). */
  diagnostics(): JournalDiagnostics {
    this.#checkOpen();
    const { index, writer, durable, report } = this.#open;
    return {
      data_dir: this.#settings.directory,
      segment_max_bytes: this.#settings.segmentMaxBytes,
      event_count: index.count,
      sequence: { accepted: writer?.accepted ?? index.last, durable, visible: index.last },
      open_report: report,
      repairs: writer?.repairs ?? [],
    };
  }

  /** Makes durable what was appended, writes a checkpoint, and gives the lock back. Closing twice changes nothing. */
  close(): void {
    if (this.#isClosed) return;
    this.#appendSubmitted();
    this.#isClosed = true;
    const { readers, writer } = this.#open;
    this.#subscriptions.close();
    readers.close();
    if (writer !== undefined) this.#run(writer.close());
  }

  #appendSubmitted(): void {
    const submitted = this.#submitted.splice(0);
    const { writer } = this.#open;
    if (submitted.length === 0 || writer === undefined) return;
    const appended = new Map<Submitted, Appended>();
    try {
      this.#run(writer.turn(() => this.#appendEach(writer, submitted, appended)));
      if (appended.size > 0) this.#run(writer.syncAppended());
    } catch (error) {
      for (const { reject } of submitted) reject(error);
      return;
    }
    for (const [one, what] of appended) {
      try {
        one.resolve(onlyOf(this.#receiptsOf(what, undefined)));
      } catch (error) {
        one.reject(error);
      }
    }
  }

  /** Whoever is refused is told, and keeps nobody else from being appended. */
  *#appendEach(writer: JournalWriter, submitted: readonly Submitted[], appended: Map<Submitted, Appended>): DiskProgram<void> {
    for (const one of submitted) {
      try {
        appended.set(one, yield* this.#append(writer, undefined, [one.event]));
      } catch (error) {
        one.reject(error);
      }
    }
  }

  #appendUnder(fence: FencedEvents | undefined, events: readonly NewEvent[]): readonly Receipt[] {
    const writer = this.#checkWritable();
    const appended = this.#run(writer.turn(() => this.#append(writer, fence, events)));
    this.#run(writer.settle());
    return this.#receiptsOf(appended, fence);
  }

  /** In a turn of the writer. */
  *#append(writer: JournalWriter, fence: FencedEvents | undefined, events: readonly NewEvent[]): DiskProgram<Appended> {
    const known = writer.known(fence);
    const plan = planAppend(events, { known, gates: this.#settings.gates, newId: this.#newId, clock: this.#host.clock });
    switch (plan.kind) {
      case 'repeated':
        return plan;
      case 'denied':
        if (this.#settings.recordDenials) yield* this.#write(writer, this.#planOwn(denialEvent(plan.denied), known));
        return plan;
      case 'append':
        if (plan.events.length === 0) return { kind: 'appended', planned: [], first: 0 };
        return { kind: 'appended', planned: plan.events, first: yield* this.#write(writer, plan.events) };
    }
  }

  /** With the event that says that the journal was opened before them, where that is not there yet. Gives the sequence of the first. */
  *#write(writer: JournalWriter, planned: readonly PlannedEvent[]): DiskProgram<number> {
    const opened = this.#hasTold ? [] : this.#planOwn(openingEvent(this.#open.report), this.#open.index);
    const first = (yield* writer.append([...opened, ...planned])) + opened.length;
    this.#hasTold = true;
    return first;
  }

  #tellOpening(writer: JournalWriter): void {
    this.#run(writer.turn(() => this.#write(writer, [])));
    this.#run(writer.settle());
  }

  #receiptsOf(appended: Appended, fence: FencedEvents | undefined): readonly Receipt[] {
    switch (appended.kind) {
      case 'repeated':
        return appended.sequences.map((sequence) =>
          this.#receiptOf(fence?.found(sequence)?.record ?? this.#open.readers.foundAt(sequence), sequence),
        );
      case 'denied':
        throw gateDenied(appended.denied);
      case 'appended':
        return appended.planned.map(({ record, passed }, nth) => this.#receiptOf(record, appended.first + nth, passed));
    }
  }

  #planOwn(event: NewEvent, known: KnownEvents): readonly PlannedEvent[] {
    return planOwn(event, known, { newId: this.#newId, clock: this.#host.clock });
  }

  #receiptOf(record: EventRecord, sequence: number, passed: readonly GatePassed[] = passedOf(record.gates)): Receipt {
    const { readers: reader, writer } = this.#open;
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
    const { lineage } = this.#open;
    if (signingKey === undefined || lineage === undefined) return receipt;
    return Object.defineProperty(receipt, 'signature', { get: () => signatureOf(receipt, lineage, signingKey), enumerable: true });
  }

  #run<T>(program: DiskProgram<T>): T {
    return runSync(program, this.#disk);
  }

  #keptFold(fold: FoldName): Folded | undefined {
    const { lineage, index } = this.#open;
    const kept = this.#attempt(readProjection(this.#settings.directory, fold), 'could not read a projection of');
    return kept?.lineage === lineage && index.sequenceOf(kept?.lastEvent ?? '') === kept?.sequence ? kept : undefined;
  }

  /** Without it the next one folds again: what the disk says is not told. A reader writes nothing, nor does a writer who lost a sync. */
  #keepFold(fold: FoldName, folded: Folded): void {
    const { lineage, writer, readers } = this.#open;
    if (writer === undefined || lineage === undefined || !writer.isTrusted) return;
    this.#run(this.#open.makeDurable());
    const kept = { ...folded, lineage, lastEvent: readers.foundAt(folded.sequence).id };
    this.#run(quietly(persistProjection(this.#settings.directory, fold, kept, this.#host)));
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
    writer.checkTrusted();
    return writer;
  }
}

function onlyOf(receipts: readonly Receipt[]): Receipt {
  const [receipt] = receipts;
  if (receipt === undefined) throw new Error('an append of one event gives one receipt');
  return receipt;
}

function notify(onOpen: JournalOptions['onOpen'], report: OpenReport): void {
  try {
    onOpen?.(report);
  } catch {
    // Who looks on changes nothing.
  }
}
