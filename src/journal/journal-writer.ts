// Over 300 lines: one state, what of the journal is written, synced and acknowledged.
import { CatalogError, isCatalogError, refusal } from '../core/errors.js';
import { asCatalogError } from '../disk/failure.js';
import type { Host } from '../disk/host.js';
import { type Lock, releaseLock } from '../disk/lock.js';
import { type DiskProgram, truncate } from '../disk/program.js';
import { syncDataOnce } from '../disk/temp-file.js';
import { closeQuietly, quietly } from '../disk/whole-file.js';
import type { KnownEvents, PlannedEvent } from './appending.js';
import { persistCancelledRanges } from './cancelled-ranges.js';
import { caughtUp, isSuspect, mayHaveMore } from './catching-up.js';
import { persistCheckpoint } from './checkpoint.js';
import { type Compacted, merge, thin } from './compacting.js';
import type { CompactOptions, CompactReport } from './compaction.js';
import type { EventId } from './event-id.js';
import type { EventIndex, IndexedEvent } from './event-index.js';
import { FencedEvents, fenceActive } from './fence.js';
import { frameHeaderBytes } from './frame.js';
import type { JournalReader } from './journal-reader.js';
import { lockJournal, type OpenedToWrite, type OpenReport } from './open.js';
import { merged, type SequenceRange } from './ranges.js';
import type { FramePlace } from './recover.js';
import type { Settings } from './settings.js';
import type { Shown } from './snapshot.js';
import { type ActiveSegment, appendFrame, type NewFrame, syncFrames, type Writing } from './writing.js';

/** Whoever reads events where the index says that they are. */
export interface Readers {
  /** Everything may be elsewhere, and other events hidden. */
  startAgain(hidden: readonly SequenceRange[]): DiskProgram<void>;
  /** Files are not what they were. */
  forgetFiles(): DiskProgram<void>;
}

export interface WriterParts {
  readonly opened: Omit<OpenedToWrite, 'report'>;
  /** Held as long as the journal is open; `undefined` where it is taken for each turn, because others write as well. */
  readonly lock: Lock | undefined;
  readonly settings: Pick<Settings, 'syncEveryNEvents' | 'segmentMaxBytes' | 'lockTimeoutMs'>;
  readonly host: Host;
  readonly readers: Readers;
}

/** The one who writes a journal: what it appends is in the index once it is seen, and durable when it says so. */
export class JournalWriter {
  readonly #parts: WriterParts;
  readonly #writing: Writing;
  readonly #index: EventIndex;
  /** The number of the frame after the last that the checkpoint knows. */
  #checkpointed: number | undefined;
  #durable: number;
  #cancelled: readonly SequenceRange[];
  /** Whether the file says all of it. */
  #keepsCancelled = true;
  #fence: FencedEvents | undefined;
  #poison: CatalogError | undefined;
  /** What was appended and is not shown yet: where its sync fails, nobody knows whether it is there. */
  readonly #appended: IndexedEvent[] = [];
  #isInTurn = false;
  /** Of a shared journal, for a moment. */
  #hasLock = false;
  readonly #repairs: OpenReport[] = [];
  #tell: () => void = () => {};

  constructor(parts: WriterParts) {
    this.#parts = parts;
    this.#writing = parts.opened.writing;
    this.#index = parts.opened.index;
    this.#durable = this.accepted;
    this.#cancelled = parts.opened.cancelled;
    this.#checkpointed = parts.opened.checkpointed;
  }

  get lineage(): EventId {
    return this.#writing.lineage;
  }

  /** Whether others may write as well. */
  get isShared(): boolean {
    return this.#parts.lock === undefined;
  }

  /** What was put right since the journal was opened: tails that others left, segments whose sync failed. */
  get repairs(): readonly OpenReport[] {
    return this.#repairs;
  }

  /** The sequence of the last event that was appended, seen or not. */
  get accepted(): number {
    return this.#writing.chain.sequence - 1;
  }

  /** Up to which sequence it is settled what is seen: what lies under a fence may come to be seen. */
  get settled(): number {
    const range = this.#fence?.range;
    return range === undefined ? this.accepted : range.from - 1;
  }

  /** The sequence of the last event that is known to be durable. */
  get durable(): number {
    return this.#durable;
  }

  /** The number of the last frame that is known to be durable. */
  get durableFrame(): number {
    return this.#writing.chain.durableTo;
  }

  get fence(): FencedEvents | undefined {
    return this.#fence;
  }

  /** Whether it is known what the journal holds. */
  get isTrusted(): boolean {
    return this.#poison === undefined;
  }

  /** Tells whenever there may be more that is durable, or can be made so. What is told must not throw. */
  whenNews(tell: () => void): void {
    this.#tell = tell;
  }

  /** What everybody is shown: nothing that lies under a fence. */
  get shown(): Shown {
    const { sealed, active, chain } = this.#writing;
    const segments = [...sealed, { number: active.number, end: active.end, size: active.size }];
    return { segments, next: this.#fence?.id ?? chain.next, events: this.#index.count, cancelled: this.#cancelled };
  }

  /** Events are appended to a journal of which it is known what it holds (CAT-JRN-3106). */
  checkTrusted(): void {
    if (this.#poison === undefined) return;
    const message = `the disk under ${this.#writing.directory} lost a sync (${this.#poison.message}); open the journal again`;
    throw new CatalogError('StorePoisoned', message, {}, this.#poison);
  }

  /**
   * Does something while nobody else appends; of a shared journal it is known then what others have appended. Whoever is asked
   * meanwhile, as a gate is, appends nothing.
   */
  *turn<T>(work: () => DiskProgram<T>): DiskProgram<T> {
    if (this.#isInTurn) throw refusal('Busy', `something is being appended to ${this.#writing.directory} at this moment`);
    this.#isInTurn = true;
    try {
      const result = this.isShared ? yield* this.#locked(work) : yield* work();
      this.#isInTurn = false;
      return result;
    } catch (error) {
      this.#isInTurn = false;
      throw error;
    }
  }

  /** What others have appended to a shared journal is known; with force also what they have moved. */
  *refresh({ isForced = false } = {}): DiskProgram<void> {
    if (!this.isShared || this.#isInTurn || this.#poison !== undefined) return;
    const mayHave = isForced || (yield* this.#attempt(mayHaveMore(this.#writing), 'could not read the journal'));
    if (mayHave) yield* this.#locked(nothing, { isForced });
  }

  *#locked<T>(work: () => DiskProgram<T>, { isForced = false, timeoutMs = this.#parts.settings.lockTimeoutMs } = {}): DiskProgram<T> {
    if (this.#hasLock) {
      yield* this.#catchUp(isForced);
      return yield* work();
    }
    const options = { host: this.#parts.host, timeoutMs, isBrief: true };
    const lock = yield* this.#attempt(lockJournal(this.#writing.directory, options), 'could not lock the journal');
    this.#hasLock = true;
    try {
      yield* this.#catchUp(isForced);
      const result = yield* work();
      yield* this.#unlock(lock);
      return result;
    } catch (error) {
      yield* this.#unlock(lock);
      throw error;
    }
  }

  *#unlock(lock: Lock): DiskProgram<void> {
    this.#hasLock = false;
    yield* releaseLock(lock, this.#parts.host);
  }

  *#catchUp(isForced: boolean): DiskProgram<void> {
    const { host, settings, readers } = this.#parts;
    const options = { host, segmentMaxBytes: settings.segmentMaxBytes, isForced };
    const caught = yield* this.#attempt(caughtUp(this.#writing, this.#index, options), 'could not read what others appended');
    this.#show();
    if (caught.kind === 'appended') {
      for (const event of caught.events) this.#index.add(event);
      if (caught.events.length > 0) this.#tell();
      return;
    }
    const { index, cancelled, checkpointed, report } = caught.opened;
    this.#index.become(index);
    this.#cancelled = cancelled;
    this.#checkpointed = checkpointed;
    this.#durable = this.accepted;
    yield* readers.startAgain(cancelled);
    this.#repairs.push(report);
    this.#tell();
  }

  /** Appends events in one frame, under the fence where there is one; gives the sequence of the first. They are not durable yet. */
  *append(events: readonly PlannedEvent[]): DiskProgram<number> {
    const fence = this.#fence;
    const { sequence } = this.#writing.chain;
    const body = Buffer.concat(events.map(({ bytes }) => bytes));
    const frame: NewFrame = { type: 'events', count: events.length, fence: fence?.id ?? 0, body };
    const written = yield* this.#attempt(appendFrame(this.#writing, frame), 'could not append');
    for (const [nth, indexed] of indexedEvents(events, written, sequence).entries()) {
      if (fence === undefined) this.#appended.push(indexed);
      else fence.add(indexed, (events[nth] as PlannedEvent).record);
    }
    return sequence;
  }

  /** After an append: makes it durable where that is due, which under a fence it is not before the commit; and shows it. */
  *settle(): DiskProgram<void> {
    if (this.#fence === undefined && this.accepted - this.#durable >= this.#parts.settings.syncEveryNEvents) yield* this.syncAppended();
    this.#show();
  }

  #show(): void {
    for (const event of this.#appended.splice(0)) this.#index.add(event);
  }

  /** All that was appended is durable. */
  *sync(): DiskProgram<void> {
    if (this.#durable === this.accepted) return;
    // What failed to be synced once is not synced by a second try, whatever that says.
    this.checkTrusted();
    const { accepted } = this;
    yield* this.#attempt(syncFrames(this.#writing), 'could not sync what was appended');
    // Another process may have been told that a sync of the same bytes failed.
    if (this.isShared && (yield* this.#attempt(isSuspect(this.#writing), 'could not look at a segment'))) yield* this.#locked(nothing);
    this.#durable = Math.max(this.#durable, accepted);
    this.#tell();
  }

  /** Where a frame is written and cannot be synced nobody knows whether it is there. */
  *syncAppended(): DiskProgram<void> {
    try {
      yield* this.sync();
    } catch (error) {
      const message = 'what was written could not be synced; open the journal again to see whether it is there';
      throw new CatalogError('CommitUnknown', message, { segment: this.#writing.active.number }, error);
    }
    this.#show();
  }

  /** What is appended from now on is hidden until the fence is committed (CAT-JRN-3105). */
  beginFence(reader: Pick<JournalReader, 'hashesOf'>): FencedEvents {
    this.#checkAlone('a fence');
    this.#checkNoFence();
    this.#fence = new FencedEvents(this.#writing.chain.next, this.#index, reader);
    return this.#fence;
  }

  /** Its commit is durable before anybody sees anything of it. */
  *commitFence(fence: FencedEvents): DiskProgram<void> {
    const commit: NewFrame = { type: 'fence committed', count: 0, fence: fence.id, body: Buffer.alloc(0) };
    if (fence.events.length > 0) {
      yield* this.#attempt(appendFrame(this.#writing, commit), 'could not commit a fence');
      yield* this.syncAppended();
    }
    this.#fence = undefined;
    for (const event of fence.events) this.#index.add(event);
  }

  /**
   * Its events are hidden for ever: without a commit they are, and the file says so to whoever reads without the frames. These are
   * durable before: else a power cut leaves their sequences to others, which would be hidden in their place.
   */
  *cancelFence(fence: FencedEvents): DiskProgram<void> {
    this.#fence = undefined;
    if (fence.range === undefined) return;
    yield* this.sync();
    this.#cancelled = merged([...this.#cancelled, fence.range]);
    this.#keepsCancelled = false;
    yield* this.#keepCancelled();
  }

  /** CAT-JRN-3501, 3502: what fails before it is durable leaves everything as it was. */
  *compact(options: CompactOptions, reader: JournalReader): DiskProgram<CompactReport> {
    this.#checkAlone('compaction');
    const journal = this.#compacted();
    return options.strategy === 'merge' ? yield* merge(journal, options) : yield* thin(journal, options, reader);
  }

  #compacted(): Compacted {
    return {
      writing: this.#writing,
      index: this.#index,
      host: this.#parts.host,
      checkNoFence: () => this.#checkNoFence(),
      forgetCheckpoint: () => {
        this.#checkpointed = undefined;
      },
      forgetFiles: () => this.#parts.readers.forgetFiles(),
      distrust: (failure) => {
        this.#poison ??= failure;
      },
    };
  }

  /** What is there already, to who appends now. */
  known(fence: FencedEvents | undefined): KnownEvents {
    if (this.#fence !== fence) throw fenceActive(this.#writing.directory);
    this.#show();
    return fence ?? this.#index;
  }

  /** Gives everything back as it is. */
  *abandon(): DiskProgram<void> {
    yield* letGo(this.#parts);
  }

  /** Makes durable what was appended, writes a checkpoint and gives the lock back, whatever of it fails. */
  *close(): DiskProgram<void> {
    try {
      if (this.#poison === undefined) yield* this.#finish();
    } catch (error) {
      yield* letGo(this.#parts);
      throw error;
    }
    yield* letGo(this.#parts);
  }

  *#finish(): DiskProgram<void> {
    yield* this.sync();
    if (this.#fence !== undefined) yield* this.cancelFence(this.#fence);
    // What a checkpoint covers is not read again: all that was cancelled there must be known.
    yield* this.#keepCancelled();
    if (!this.isShared) yield* this.#rest();
    else if (this.#writing.chain.next !== this.#checkpointed || this.#index.hasNewHashes)
      yield* unlessLocked(this.#locked(() => this.#rest(), { timeoutMs: 0 }));
  }

  /** Without a checkpoint the journal is read from its beginning the next time. */
  *#rest(): DiskProgram<void> {
    yield* this.sync();
    yield* quietly(this.#atRest());
  }

  #checkAlone(what: string): void {
    if (this.isShared) throw refusal('Unsupported', `${what} needs a journal that nobody else writes to; this one was opened as shared`);
  }

  #checkNoFence(): void {
    if (this.#fence !== undefined) throw fenceActive(this.#writing.directory);
  }

  *#keepCancelled(): DiskProgram<void> {
    if (this.#keepsCancelled) return;
    const { directory } = this.#writing;
    yield* this.#attempt(persistCancelledRanges(directory, this.#cancelled, this.#parts.host), 'could not cancel a fence');
    this.#keepsCancelled = true;
  }

  /** CAT-JRN-3304: what is in the index need not be read again; and nothing is behind the last frame, not even zeros. */
  *#atRest(): DiskProgram<void> {
    const { directory, lineage, chain, lastFrame, sealed, active } = this.#writing;
    // Others that write go on over the zeros.
    if (!this.isShared) yield* trim(active);
    if (chain.next === this.#checkpointed && !this.#index.hasNewHashes) return;
    const segments = [...sealed, { number: active.number, end: active.end, size: active.size }];
    yield* persistCheckpoint(directory, { lineage, chain, lastFrame, segments, index: this.#index }, this.#parts.host);
  }

  *#attempt<T>(program: DiskProgram<T>, doing: string): DiskProgram<T> {
    try {
      return yield* program;
    } catch (error) {
      const failure = asCatalogError(error, `${doing} in ${this.#writing.directory}`);
      // CAT-JRN-3106: what the disk holds is not known any more. Reads go on.
      if (this.#writing.broken !== undefined) this.#poison ??= failure;
      throw failure;
    }
  }
}

function indexedEvents(events: readonly PlannedEvent[], { segment, offset }: FramePlace, first: number): readonly IndexedEvent[] {
  let at = offset + frameHeaderBytes;
  return events.map(({ header: { id, coordinate, version, wallMs }, bytes }, nth) => {
    const length = bytes.byteLength;
    at += length;
    return { segment, offset: at - length, length, sequence: first + nth, id, entity: coordinate.entity, version, wallMs };
  });
}

/** Nothing is done, but in its turn. */
function* nothing(): DiskProgram<void> {}

function* unlessLocked(program: DiskProgram<void>): DiskProgram<void> {
  try {
    yield* program;
  } catch (error) {
    if (!isCatalogError(error, 'JournalLocked')) throw error;
  }
}

function* trim(active: ActiveSegment): DiskProgram<void> {
  if (active.size === active.end) return;
  yield* truncate(active.handle, active.end);
  yield* syncDataOnce(active.handle);
  active.size = active.end;
}

function* letGo({ opened, lock, host }: Pick<WriterParts, 'opened' | 'lock' | 'host'>): DiskProgram<void> {
  yield* closeQuietly(opened.writing.active.handle);
  if (lock !== undefined) yield* releaseLock(lock, host);
}
