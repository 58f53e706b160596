import { CatalogError } from '../core/errors.js';
import { asCatalogError, FailedSync } from '../disk/failure.js';
import type { Host } from '../disk/host.js';
import { releaseLock } from '../disk/lock.js';
import { type Disk, type DiskProgram, runSync, truncate } from '../disk/program.js';
import { syncDataOnce } from '../disk/temp-file.js';
import { closeQuietly, quietly } from '../disk/whole-file.js';
import type { KnownEvents, PlannedEvent } from './appending.js';
import { persistCancelledRanges } from './cancelled-ranges.js';
import { persistCheckpoint } from './checkpoint.js';
import {
  type CompactOptions,
  type CompactReport,
  type Merged,
  maxMergedBytes,
  mergeSegments,
  removeSources,
  runToMerge,
} from './compaction.js';
import type { EventId } from './event-id.js';
import type { EventIndex, IndexedEvent } from './event-index.js';
import { FencedEvents, fenceActive } from './fence.js';
import { frameHeaderBytes } from './frame.js';
import type { JournalReader } from './journal-reader.js';
import type { OpenedToWrite } from './open.js';
import { merged, type SequenceRange } from './ranges.js';
import type { FramePlace } from './recover.js';
import { type ActiveSegment, appendFrame, type NewFrame, syncFrames, type Writing } from './writing.js';

export interface WriterParts {
  readonly opened: Omit<OpenedToWrite, 'report'>;
  readonly disk: Disk;
  readonly host: Host;
  readonly reader: JournalReader;
  readonly syncEveryNEvents: number;
}

/** The one who writes a journal: what it appends is in the index once it is seen, and durable when it says so. */
export class JournalWriter {
  readonly #parts: WriterParts;
  readonly #writing: Writing;
  readonly #index: EventIndex;
  /** Events that were appended and not synced. */
  #unsynced = 0;
  /** The number of the frame after the last that the checkpoint knows. */
  #checkpointed: number | undefined;
  #durable: number;
  #cancelled: readonly SequenceRange[];
  /** Whether the file says all of it. */
  #keepsCancelled = true;
  #fence: FencedEvents | undefined;
  #poison: CatalogError | undefined;

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

  /** Events are appended to a journal of which it is known what it holds (CAT-JRN-3106). */
  checkTrusted(): void {
    if (this.#poison === undefined) return;
    const message = `the disk under ${this.#writing.directory} lost a sync (${this.#poison.message}); open the journal again`;
    throw new CatalogError('StorePoisoned', message, {}, this.#poison);
  }

  /** Appends events in one frame, under the fence where there is one; gives the sequence of the first. */
  append(events: readonly PlannedEvent[], { isSyncedLater = false } = {}): number {
    const fence = this.#fence;
    const { sequence } = this.#writing.chain;
    const body = Buffer.concat(events.map(({ bytes }) => bytes));
    const syncs = fence === undefined && !isSyncedLater && this.#unsynced + events.length >= this.#parts.syncEveryNEvents;
    const written = this.#perform(
      appendAndSync(this.#writing, { type: 'events', count: events.length, fence: fence?.id ?? 0, body }, syncs),
      'could not append',
    );
    this.#unsynced = syncs ? 0 : this.#unsynced + events.length;
    if (syncs) this.#durable = this.accepted;
    for (const [nth, indexed] of indexedEvents(events, written, sequence).entries()) {
      if (fence === undefined) this.#index.add(indexed);
      else fence.add(indexed, (events[nth] as PlannedEvent).record);
    }
    return sequence;
  }

  sync(): void {
    if (this.#unsynced === 0) return;
    this.#perform(syncFrames(this.#writing), 'could not sync what was appended');
    this.#unsynced = 0;
    this.#durable = this.accepted;
  }

  /** What is appended from now on is hidden until the fence is committed (CAT-JRN-3105). */
  beginFence(): FencedEvents {
    if (this.#fence !== undefined) throw fenceActive(this.#writing.directory);
    this.#fence = new FencedEvents(this.#writing.chain.next, this.#index, this.#parts.reader);
    return this.#fence;
  }

  /** Its commit is durable before anybody sees anything of it. */
  commitFence(fence: FencedEvents): void {
    const commit: NewFrame = { type: 'fence committed', count: 0, fence: fence.id, body: Buffer.alloc(0) };
    if (fence.events.length > 0) this.#perform(appendAndSync(this.#writing, commit, true), 'could not commit a fence');
    this.#fence = undefined;
    this.#unsynced = 0;
    this.#durable = this.accepted;
    for (const event of fence.events) this.#index.add(event);
  }

  /**
   * Its events are hidden for ever: without a commit they are, and the file says so to whoever reads without the frames. These are
   * durable before: else a power cut leaves their sequences to others, which would be hidden in their place.
   */
  cancelFence(fence: FencedEvents): void {
    this.#fence = undefined;
    if (fence.range === undefined) return;
    this.sync();
    this.#cancelled = merged([...this.#cancelled, fence.range]);
    this.#keepsCancelled = false;
    this.#keepCancelled();
  }

  /** CAT-JRN-3501: sealed segments become one. What fails before that is durable leaves everything as it was. */
  compact({ minSegments = 2 }: CompactOptions): CompactReport {
    const { directory, sealed } = this.#writing;
    if (this.#fence !== undefined) throw fenceActive(directory);
    const run = runToMerge(sealed, minSegments);
    if (run === undefined) {
      const reason = `of ${sealed.length} sealed segments there are no ${minSegments} in a row that would make one of at most ${maxMergedBytes} bytes`;
      return { outcome: 'Skipped', reason, segments_removed: 0, bytes_reclaimed: 0 };
    }
    const before = run.reduce((sum, { size }) => sum + size, 0);
    this.#checkpointed = undefined;
    let merged: Merged;
    try {
      merged = runSync(mergeSegments(directory, run, this.#parts.host), this.#parts.disk);
    } catch (error) {
      const { message } = asCatalogError(error, `could not merge ${run.length} segments`);
      return { outcome: 'Failed', reason: message, segments_removed: 0, bytes_reclaimed: 0 };
    }
    for (const moved of merged.moved) this.#index.move(moved);
    const last = this.#writing.lastFrame;
    const lastMoved = merged.moved.find(({ from }) => from === last?.segment);
    if (last !== undefined && lastMoved !== undefined) {
      this.#writing.lastFrame = { segment: lastMoved.to, offset: last.offset + lastMoved.shift };
    }
    sealed.splice(sealed.indexOf(run[0]), run.length, merged.segment);
    this.#parts.reader.forgetFiles();
    runSync(removeSources(directory, merged.moved), this.#parts.disk);
    return { outcome: 'Performed', segments_removed: run.length - 1, bytes_reclaimed: before - merged.segment.size };
  }

  /** What is there already, to who appends now. */
  known(fence: FencedEvents | undefined): KnownEvents {
    if (this.#fence !== fence) throw fenceActive(this.#writing.directory);
    return fence ?? this.#index;
  }

  /** Makes durable what was appended, writes a checkpoint and gives the lock back, whatever of it fails. */
  close(): void {
    try {
      if (this.#poison !== undefined) return;
      this.sync();
      if (this.#fence !== undefined) this.cancelFence(this.#fence);
      // What a checkpoint covers is not read again: all that was cancelled there must be known.
      this.#keepCancelled();
      // Without a checkpoint the journal is read from its beginning the next time.
      runSync(quietly(this.#atRest()), this.#parts.disk);
    } finally {
      runSync(letGo(this.#parts), this.#parts.disk);
    }
  }

  #keepCancelled(): void {
    if (this.#keepsCancelled) return;
    this.#perform(persistCancelledRanges(this.#writing.directory, this.#cancelled, this.#parts.host), 'could not cancel a fence');
    this.#keepsCancelled = true;
  }

  /** CAT-JRN-3304: what is in the index need not be read again; and nothing is behind the last frame, not even zeros. */
  *#atRest(): DiskProgram<void> {
    const { directory, lineage, chain, lastFrame, sealed, active } = this.#writing;
    yield* trim(active);
    if (chain.next === this.#checkpointed) return;
    const segments = [...sealed, { number: active.number, end: active.end, size: active.size }];
    yield* persistCheckpoint(directory, { lineage, chain, lastFrame, segments, index: this.#index }, this.#parts.host);
  }

  #perform<T>(program: DiskProgram<T>, doing: string): T {
    try {
      return runSync(program, this.#parts.disk);
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
  return events.map(({ record: { id, coordinate, version, wallMs }, bytes }, nth) => {
    const place = { segment, offset: at, length: bytes.byteLength };
    at += bytes.byteLength;
    return { ...place, sequence: first + nth, id, entity: coordinate.entity, version, wallMs };
  });
}

/** Where a frame is written and cannot be synced nobody knows whether it is there. */
function* appendAndSync(writing: Writing, frame: NewFrame, syncs: boolean): DiskProgram<FramePlace> {
  const written = yield* appendFrame(writing, frame);
  if (!syncs) return written;
  try {
    yield* syncFrames(writing);
  } catch (error) {
    if (!(error instanceof FailedSync)) throw error;
    const message = 'what was written could not be synced; open the journal again to see whether it is there';
    throw new CatalogError('CommitUnknown', message, { segment: written.segment }, error.cause);
  }
  return written;
}

function* trim(active: ActiveSegment): DiskProgram<void> {
  if (active.size === active.end) return;
  yield* truncate(active.handle, active.end);
  yield* syncDataOnce(active.handle);
  active.size = active.end;
}

export function* letGo({ opened: { lock, writing }, host }: Pick<WriterParts, 'opened' | 'host'>): DiskProgram<void> {
  yield* closeQuietly(writing.active.handle);
  yield* releaseLock(lock, host);
}
