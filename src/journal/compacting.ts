import { CatalogError } from '../core/errors.js';
import { asCatalogError } from '../disk/failure.js';
import type { Host } from '../disk/host.js';
import type { DiskProgram } from '../disk/program.js';
import {
  type CompactReport,
  type Merged,
  type MergeOptions,
  maxMergedBytes,
  mergeSegments,
  type RetentionOptions,
  removeSources,
  runToMerge,
} from './compaction.js';
import type { EventIndex } from './event-index.js';
import type { JournalReader } from './journal-reader.js';
import { eventsToDrop, runsToThin, type ThinnedRun, thinSegments, UnknownSegment } from './retention.js';
import type { Writing } from './writing.js';

/** A journal that is being written, as far as a compaction changes it. */
export interface Compacted {
  readonly writing: Writing;
  readonly index: EventIndex;
  readonly host: Host;
  /** Throws where something is being appended under a fence. */
  checkNoFence(): void;
  /** Its places are wrong from now on. */
  forgetCheckpoint(): void;
  /** Files are not what they were. */
  forgetFiles(): DiskProgram<void>;
  /** Nobody knows any more what the journal holds. */
  distrust(failure: CatalogError): void;
}

/** Sealed segments become one (CAT-JRN-3501). */
export function* merge(journal: Compacted, { minSegments = 2 }: MergeOptions): DiskProgram<CompactReport> {
  const { directory, sealed } = journal.writing;
  journal.checkNoFence();
  const run = runToMerge(sealed, minSegments);
  if (run === undefined) {
    const reason = `of ${sealed.length} sealed segments there are no ${minSegments} in a row that would make one of at most ${maxMergedBytes} bytes`;
    return { outcome: 'Skipped', reason, segments_removed: 0, bytes_reclaimed: 0 };
  }
  const before = run.reduce((sum, { size }) => sum + size, 0);
  journal.forgetCheckpoint();
  let merged: Merged;
  try {
    merged = yield* mergeSegments(directory, run, journal.host);
  } catch (error) {
    const { message } = asCatalogError(error, `could not merge ${run.length} segments`);
    return { outcome: 'Failed', reason: message, segments_removed: 0, bytes_reclaimed: 0 };
  }
  takeMoved(journal, merged);
  sealed.splice(sealed.indexOf(run[0]), run.length, merged.segment);
  yield* journal.forgetFiles();
  yield* removeSources(directory, merged.moved);
  return { outcome: 'Performed', segments_removed: run.length - 1, bytes_reclaimed: before - merged.segment.size };
}

function takeMoved({ writing, index }: Compacted, { moved }: Merged): void {
  for (const each of moved) index.move(each);
  const last = writing.lastFrame;
  const lastMoved = moved.find(({ from }) => from === last?.segment);
  if (last !== undefined && lastMoved !== undefined) {
    writing.lastFrame = { segment: lastMoved.to, offset: last.offset + lastMoved.shift };
  }
}

/**
 * Payloads that are not kept are dropped (CAT-JRN-3502). Where there is more than fits into one segment, each that is made is durable
 * by itself.
 */
export function* thin(journal: Compacted, options: RetentionOptions, reader: JournalReader): DiskProgram<CompactReport> {
  const { minSegments = 1 } = options;
  const { sealed } = journal.writing;
  journal.checkNoFence();
  const done = { segments_removed: 0, bytes_reclaimed: 0, events_dropped: 0, bytes_dropped: 0 };
  if (sealed.length < Math.max(1, minSegments)) {
    return { outcome: 'Skipped', reason: `${sealed.length} segments are full, fewer than ${Math.max(1, minSegments)}`, ...done };
  }
  try {
    return yield* thinEach(journal, options, { reader, done });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (error instanceof UnknownSegment) {
      reader.doubt();
      journal.distrust(new CatalogError('IoError', reason, {}, error));
    }
    return { outcome: done.events_dropped > 0 ? 'Performed' : 'Failed', reason, ...done };
  }
}

interface Thinned {
  readonly reader: JournalReader;
  /** What it came to so far. */
  readonly done: { segments_removed: number; bytes_reclaimed: number; events_dropped: number; bytes_dropped: number };
}

function* thinEach(journal: Compacted, { strategy: how, keep }: RetentionOptions, { reader, done }: Thinned): DiskProgram<CompactReport> {
  const { directory, sealed } = journal.writing;
  const drops = eventsToDrop({ index: journal.index, reader, last: sealed.at(-1)?.number ?? 0, keep });
  journal.checkNoFence();
  if (drops.size === 0) return { outcome: 'Skipped', reason: 'every event of a full segment is kept', ...done };
  const touched = new Set(Array.from(drops, (sequence) => journal.index.placeOf(sequence)?.segment ?? 0));
  for (const run of runsToThin(sealed, touched)) {
    journal.forgetCheckpoint();
    const thinned = yield* thinSegments(directory, run, { how, drops, host: journal.host });
    yield* takeThinned(journal, thinned);
    done.segments_removed += run.length - 1;
    done.bytes_reclaimed += run.reduce((sum, { size }) => sum + size, 0) - thinned.segment.size;
    done.events_dropped += thinned.dropped;
    done.bytes_dropped += thinned.bytesDropped;
    if (thinned.undurable !== undefined)
      return { outcome: 'Performed', reason: `a power cut may bring back what was dropped: ${thinned.undurable}`, ...done };
  }
  return { outcome: 'Performed', ...done };
}

function* takeThinned(journal: Compacted, { sources, segment, lastFrame, events, undurable }: ThinnedRun): DiskProgram<void> {
  const { writing, index } = journal;
  for (const event of events) index.replace(event);
  // Of a run that the last frame lies in it is the last one.
  const ofLast = sources.some(({ number }) => number === writing.lastFrame?.segment);
  if (ofLast) writing.lastFrame = { segment: segment.number, offset: lastFrame };
  writing.sealed.splice(writing.sealed.indexOf(sources[0]), sources.length, segment);
  yield* journal.forgetFiles();
  // What may come back needs those that followed it.
  if (undurable !== undefined) return;
  const moved = sources.map(({ number }) => ({ from: number, to: segment.number, shift: 0 }));
  yield* removeSources(writing.directory, moved);
}
