import { isCatalogError } from '../../core/errors.js';
import type { Host } from '../../disk/host.js';
import type { DiskProgram } from '../../disk/program.js';
import { isDiskError } from '../../disk/steps.js';
import { type EventId, eventIds } from '../../journal/event-id.js';
import type { EventIndex } from '../../journal/event-index.js';
import { EventReader } from '../../journal/event-reader.js';
import type { JournalWriter } from '../../journal/journal-writer.js';
import type { OpenReport } from '../../journal/open.js';
import { type OpenJournal, openJournal, readOnlyJournal } from '../../journal/open-journal.js';
import { isWithin, type SequenceRange } from '../../journal/ranges.js';
import type { Settings } from '../../journal/settings.js';
import { type SnapshotReport, takeSnapshot } from '../../journal/snapshot.js';
import type { FoundEvent } from '../../journal/stored-event.js';

/** The journal of a catalog, open, and its events. All that it does are programs. */
export class OpenRecords {
  readonly newId: () => EventId;
  readonly #open: OpenJournal<Events>;
  /** Whether the event that says that the journal was opened is there (CAT-JRN-3305). */
  hasTold = false;

  private constructor(open: OpenJournal<Events>, host: Host) {
    this.#open = open;
    this.newId = eventIds(host.clock, host.random);
  }

  static *toWrite(settings: Settings, host: Host): DiskProgram<OpenRecords> {
    return new OpenRecords(yield* openJournal({ settings, host, makeReaders: makeEvents(settings) }), host);
  }

  static *toRead(settings: Settings, host: Host): DiskProgram<OpenRecords> {
    return new OpenRecords(yield* readOnlyJournal({ settings, host, makeReaders: makeEvents(settings) }), host);
  }

  get index(): EventIndex {
    return this.#open.index;
  }

  get report(): OpenReport {
    return this.#open.report;
  }

  get lineage(): EventId | undefined {
    return this.#open.lineage;
  }

  get writer(): JournalWriter | undefined {
    return this.#open.writer;
  }

  get canWrite(): boolean {
    return this.#open.writer !== undefined;
  }

  /** How often all was read anew: what was remembered of events by their sequences holds within one of these. */
  get era(): number {
    return this.#open.readers.era;
  }

  /** What others appended is known. */
  refresh(): DiskProgram<void> {
    return this.#open.refresh();
  }

  /** Makes durable what is known, and gives the sequence of the last of it: where that is refused, not all of it. */
  makeDurable(): DiskProgram<number> {
    return this.#open.makeDurable();
  }

  /** A copy of the journal in a place of its own (CAT-JRN-3503). */
  copyInto(target: string, host: Host): DiskProgram<SnapshotReport> {
    return takeSnapshot({ directory: this.#open.directory, target, look: () => this.#open.shown(), host });
  }

  /** The event of a sequence; `undefined` where there is none, or nobody sees it. */
  *eventAt(sequence: number, options: { readonly ahead?: boolean } = {}): DiskProgram<FoundEvent | undefined> {
    try {
      return yield* this.#readAt(sequence, options);
    } catch (error) {
      if (!isDiskError(error) && !isCatalogError(error, 'CorruptSegment')) throw error;
      // Where others compact the journal, an event may be elsewhere than where it was.
      yield* this.#open.refresh({ isAnew: true });
      return yield* this.#readAt(sequence, options);
    }
  }

  /** What was asked for before is durable; the lock and the files are given back. */
  *close(): DiskProgram<void> {
    yield* this.#open.readers.forgetFiles();
    if (this.#open.writer !== undefined) yield* this.#open.writer.close();
  }

  /** Gives the files back, and leaves the journal as it is. */
  *abandon(): DiskProgram<void> {
    yield* this.#open.readers.forgetFiles();
    if (this.#open.writer !== undefined) yield* this.#open.writer.abandon();
  }

  *#readAt(sequence: number, { ahead = false }: { readonly ahead?: boolean }): DiskProgram<FoundEvent | undefined> {
    const place = this.index.placeOf(sequence);
    const { readers } = this.#open;
    if (place === undefined || readers.hides(sequence)) return undefined;
    return ahead ? yield* readers.files.readAhead(place, sequence) : yield* readers.files.read(place, sequence);
  }
}

function makeEvents({
  directory,
}: Settings): (opened: { readonly index: EventIndex; readonly hidden: readonly SequenceRange[] }) => Events {
  return ({ index, hidden }) => new Events(new EventReader(directory, (sequence, event) => index.isAt(sequence, event)), hidden);
}

/** Which files events are read from, and which of them nobody sees. */
class Events {
  readonly files: EventReader;
  era = 0;
  #hidden: readonly SequenceRange[];

  constructor(files: EventReader, hidden: readonly SequenceRange[]) {
    this.files = files;
    this.#hidden = hidden;
  }

  hides(sequence: number): boolean {
    return isWithin(this.#hidden, sequence);
  }

  *startAgain(hidden: readonly SequenceRange[]): DiskProgram<void> {
    this.#hidden = hidden;
    this.era++;
    yield* this.forgetFiles();
  }

  *forgetFiles(): DiskProgram<void> {
    yield* this.files.close();
  }
}
