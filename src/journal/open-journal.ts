import { asCatalogError, FailedSync } from '../disk/failure.js';
import { makeFolder } from '../disk/folders.js';
import type { Host } from '../disk/host.js';
import { releaseLock } from '../disk/lock.js';
import { type DiskProgram, stat } from '../disk/program.js';
import { isDiskError } from '../disk/steps.js';
import type { Platform } from '../platform/platform.js';
import { readCancelledRanges } from './cancelled-ranges.js';
import type { EventId } from './event-id.js';
import type { EventIndex } from './event-index.js';
import { JournalWriter, type Readers } from './journal-writer.js';
import { lockJournal, type OpenReport, openToRead, openToWrite, readAnew, readMore, syncSegment } from './open.js';
import { suspectPath } from './place.js';
import type { SequenceRange } from './ranges.js';
import type { Known } from './recover.js';
import type { Settings } from './settings.js';
import type { Shown } from './snapshot.js';

/** What is told of where events are, and which of them nobody sees. */
interface Opened {
  readonly index: EventIndex;
  readonly hidden: readonly SequenceRange[];
}

/** Who reads where the index says; made for what was opened. */
type MakeReaders<R extends Readers> = (opened: Opened) => R;

interface Surroundings<R extends Readers> {
  readonly settings: Settings;
  readonly host: Host;
  readonly makeReaders: MakeReaders<R>;
  /** What a profile demands; nothing where a catalog has seen to that. */
  readonly platform?: Platform;
}

interface Parts<R extends Readers> {
  readonly directory: string;
  readonly index: EventIndex;
  readonly readers: R;
  readonly report: OpenReport;
  readonly writer: JournalWriter | undefined;
  /** From where on a reader finds what is new. */
  readonly resume?: Known;
  readonly durable?: number | undefined;
}

/** A journal that is open, to write or to read, and what is known of it. All that it does are programs. */
export class OpenJournal<R extends Readers> {
  readonly directory: string;
  readonly index: EventIndex;
  readonly readers: R;
  readonly report: OpenReport;
  readonly writer: JournalWriter | undefined;
  #resume: Known | undefined;
  #durable: number;
  #tell: () => void = () => {};

  constructor({ directory, index, readers, report, writer, resume, durable = 0 }: Parts<R>) {
    this.directory = directory;
    this.index = index;
    this.readers = readers;
    this.report = report;
    this.writer = writer;
    this.#resume = resume;
    this.#durable = durable;
  }

  get lineage(): EventId | undefined {
    return this.writer?.lineage ?? this.#resume?.lineage;
  }

  /** The sequence of the last event that is known to be durable. */
  get durable(): number {
    return this.writer?.durable ?? this.#durable;
  }

  /** The number of the last frame that is known to be durable. */
  get durableFrame(): number {
    return this.writer?.durableFrame ?? this.#resume?.chain.durableTo ?? 0;
  }

  /** Tells whenever there may be more that is durable, or can be made so. What is told must not throw. */
  whenNews(tell: () => void): void {
    this.#tell = tell;
    this.writer?.whenNews(tell);
  }

  /** Whether others may write, and move what is read. */
  get isBeside(): boolean {
    return this.writer?.isShared ?? true;
  }

  /** What everybody is shown now. */
  *shown(): DiskProgram<Shown> {
    yield* this.refresh();
    yield* this.makeDurable();
    if (this.writer !== undefined) return this.writer.shown;
    const { segments = [], chain } = this.#resume ?? {};
    const cancelled = yield* readCancelledRanges(this.directory);
    return { segments, next: chain?.next ?? 1, events: this.index.count, cancelled };
  }

  /** What others have appended since the last look is known; where places are wrong, all of it anew. */
  *refresh({ isAnew = false } = {}): DiskProgram<void> {
    if (this.writer !== undefined) yield* this.writer.refresh({ isForced: isAnew });
    if (this.#resume === undefined) return;
    const since = isAnew ? yield* readAnew(this.directory) : yield* readMore(this.directory, this.#resume);
    if (since === undefined) return;
    if (since.anew !== undefined) {
      this.index.become(since.anew.index);
      yield* this.readers.startAgain(since.anew.cancelled);
    }
    for (const event of since.events) this.index.add(event);
    this.#resume = since.resume;
    this.#durable = since.durable ?? this.#durable;
    this.#tell();
  }

  /**
   * Makes durable what is shown, and gives the sequence of the last of it (CAT-JRN-3505): a reader syncs what a writer may not have
   * synced yet, and where it may not, what is known to be durable ends before.
   */
  *makeDurable(): DiskProgram<number> {
    const { writer } = this;
    if (writer !== undefined) {
      // A sync after one that failed says nothing (CAT-JRN-3106).
      if (writer.isTrusted) yield* writer.sync();
      return Math.min(writer.settled, writer.durable);
    }
    const last = this.#resume?.segments.at(-1);
    const shown = (this.#resume?.chain.sequence ?? 1) - 1;
    if (last !== undefined && this.#durable < shown && (yield* isSynced(this.directory, last.number))) this.#durable = shown;
    return this.#durable;
  }
}

/** Opens a journal to write, which makes it where there is none and puts right what a dead writer left. */
export function* openJournal<R extends Readers>({ settings, host, makeReaders, platform }: Surroundings<R>): DiskProgram<OpenJournal<R>> {
  const { directory, isShared, lockTimeoutMs } = settings;
  if (platform !== undefined) {
    yield* platform.atOpen({ readOnly: false });
    yield* platform.beforeWriting();
  }
  yield* makeFolder(directory);
  const held = yield* lockJournal(directory, { host, timeoutMs: isShared ? lockTimeoutMs : 0 });
  try {
    const { report, ...opened } = yield* openToWrite(directory, { ...settings, host });
    const lock = isShared ? undefined : held;
    if (isShared) yield* releaseLock(held, host);
    const { index } = opened;
    const readers = makeReaders({ index, hidden: opened.cancelled });
    return new OpenJournal({ directory, index, readers, report, writer: new JournalWriter({ opened, lock, settings, host, readers }) });
  } catch (error) {
    yield* releaseLock(held, host);
    throw error;
  }
}

/** Opens a journal to read: without a lock, changing nothing. */
export function* readOnlyJournal<R extends Readers>({
  settings,
  host,
  makeReaders,
  platform,
}: Surroundings<R>): DiskProgram<OpenJournal<R>> {
  const { directory } = settings;
  if (platform !== undefined) yield* platform.atOpen({ readOnly: true });
  const { found, report } = yield* openToRead(directory, host);
  const { index, resume, durable } = found;
  const readers = makeReaders({ index, hidden: found.cancelled });
  return new OpenJournal({ directory, index, readers, report, writer: undefined, resume, durable });
}

/** Whether what is in a segment was made durable: not where that is refused, or was refused to whoever wrote it. */
function* isSynced(directory: string, segment: number): DiskProgram<boolean> {
  try {
    yield* syncSegment(directory, segment);
    return (yield* stat(suspectPath(directory, segment))) === undefined;
  } catch (error) {
    if (isDiskError(error) || error instanceof FailedSync) return false;
    throw asCatalogError(error, `could not make durable what is in ${directory}`);
  }
}
