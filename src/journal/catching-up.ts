import { CatalogError, isCatalogError } from '../core/errors.js';
import { type DiskProgram, names, openForUpdate, stat } from '../disk/program.js';
import { closeQuietly, readFully } from '../disk/whole-file.js';
import type { EventIndex, IndexedEvent } from './event-index.js';
import { frameHeaderBytes, frameLengthBytes, mayBeginFrame } from './frame.js';
import { type OpenedToWrite, openToWrite, type WriterOptions } from './open.js';
import { segmentPath, suspectPath } from './place.js';
import { type Found, indexedEvent, readJournal } from './recover.js';
import { scan } from './scan.js';
import { segmentHeaderBytes } from './segment-header.js';
import { eventAt } from './stored-event.js';
import type { Writing } from './writing.js';

/** So much is looked at for what others appended, before everything is. */
const fewFramesBytes = 16 * 1024;

/** What others did to a shared journal since the lock was given back: appended, or more than that, so that all of it was read anew. */
export type CaughtUp =
  | { readonly kind: 'appended'; readonly events: readonly IndexedEvent[] }
  | { readonly kind: 'anew'; readonly opened: OpenedToWrite };

/**
 * CAT-JRN-3505: what others did, for who has the lock. A tail that a dead writer left, a segment whose sync failed, and whatever else
 * is not merely more frames is put right as when a journal is opened. What is written from now on follows the last frame.
 */
export function* caughtUp(
  writing: Writing,
  index: EventIndex,
  options: WriterOptions & { readonly isForced?: boolean },
): DiskProgram<CaughtUp> {
  if (!options.isForced) {
    if (!(yield* isInPlace(writing))) return yield* openedAnew(writing, options);
    if (!(yield* hasGrown(writing))) return { kind: 'appended', events: [] };
    const events = (yield* takenFromEnd(writing)) ?? (yield* taken(writing, index));
    if (events !== undefined) return { kind: 'appended', events };
  }
  return yield* openedAnew(writing, options);
}

/** Whether there may be something to catch up with, for who has no lock. */
export function* mayHaveMore(writing: Writing): DiskProgram<boolean> {
  return !(yield* isInPlace(writing)) || (yield* hasGrown(writing));
}

/** Whether a sync of the segment that is written to failed, here or elsewhere, and nobody has put that right. */
export function* isSuspect({ directory, active }: Writing): DiskProgram<boolean> {
  return (yield* stat(suspectPath(directory, active.number))) !== undefined;
}

/** Whether the file that is open is the one that bears the name, and trusted. */
function* isInPlace(writing: Writing): DiskProgram<boolean> {
  const { directory, active } = writing;
  return (yield* names(segmentPath(directory, active.number), active.handle)) && !(yield* isSuspect(writing));
}

function* hasGrown({ active }: Writing): DiskProgram<boolean> {
  const next = Buffer.alloc(frameLengthBytes);
  const filled = yield* readFully(active.handle, next, active.end);
  return mayBeginFrame(next.subarray(0, filled));
}

/**
 * The same where no more than a few frames were appended to this very segment, which is what most who write at the same time find: one
 * read of the file that is open anyway. Nothing where there is anything else.
 */
function* takenFromEnd(writing: Writing): DiskProgram<readonly IndexedEvent[] | undefined> {
  const { active, chain } = writing;
  const bytes = Buffer.allocUnsafe(fewFramesBytes);
  const filled = yield* readFully(active.handle, bytes, active.end);
  const { frames, end, chain: now, rest } = scan(bytes.subarray(0, filled), 0, chain);
  const isWhole = rest.kind === 'clean' && filled - end >= frameLengthBytes;
  if (!isWhole || frames.some(({ type, fence }) => type !== 'events' || fence !== 0)) return undefined;
  const events: IndexedEvent[] = [];
  for (const frame of frames) {
    let at = 0;
    for (let nth = 0; nth < frame.count; nth++) {
      const event = eventAt(frame.body, at);
      if (event === undefined) return undefined;
      const offset = active.end + frame.offset + frameHeaderBytes + at;
      events.push(indexedEvent(event, { segment: active.number, offset }, frame.sequence + nth));
      at += event.length;
    }
  }
  const last = frames.at(-1);
  if (last !== undefined) writing.lastFrame = { segment: active.number, offset: active.end + last.offset };
  // Nothing of what was read is kept.
  writing.chain = { ...now, hash: Buffer.from(now.hash) };
  active.end += end;
  active.size = Math.max(active.size, active.end);
  return events;
}

/** The events of frames that others appended; nothing where there is more to see to than frames. */
function* taken(writing: Writing, index: EventIndex): DiskProgram<readonly IndexedEvent[] | undefined> {
  const { lineage, chain, sealed, active, lastFrame } = writing;
  const events: IndexedEvent[] = [];
  const known = { lineage, index, chain, segments: [...sealed, active], lastFrame };
  let found: Found;
  try {
    found = yield* readJournal(writing.directory, known, { into: (event) => events.push(event) });
  } catch (error) {
    if (isCatalogError(error, 'CorruptSegment')) return undefined;
    throw error;
  }
  const last = found.segments.at(-1);
  if (last === undefined || !isMerelyLonger(found)) return undefined;
  if (last.number !== active.number) {
    const handle = yield* openForUpdate(segmentPath(writing.directory, last.number));
    yield* closeQuietly(active.handle);
    writing.active = { ...last, handle };
  } else {
    active.end = last.end;
    active.size = Math.max(last.size, last.end);
  }
  writing.sealed.splice(0, writing.sealed.length, ...found.segments.slice(0, -1));
  writing.chain = found.chain;
  writing.lastFrame = found.lastFrame;
  return events;
}

/** Without a tail to cut, a segment to remove, a fence to cancel or a seal of which nobody knows whether it is durable. */
function isMerelyLonger({ torn, unfinished, underFence, cancelled, leftovers, segments }: Found): boolean {
  if (torn !== undefined || unfinished !== undefined || underFence !== undefined) return false;
  return cancelled.length === 0 && leftovers.length === 0 && segments.at(-1)?.end !== segmentHeaderBytes;
}

function* openedAnew(writing: Writing, options: WriterOptions): DiskProgram<CaughtUp> {
  const opened = yield* openToWrite(writing.directory, options, writing.chain.durableTo);
  const { active, sealed, chain, lastFrame, lineage } = opened.writing;
  if (lineage !== writing.lineage) {
    yield* closeQuietly(active.handle);
    const message = `another journal is in ${writing.directory} than the one that was opened`;
    throw new CatalogError('HistoryRewound', message, { expected: writing.lineage, found: lineage });
  }
  yield* closeQuietly(writing.active.handle);
  writing.active = active;
  writing.sealed.splice(0, writing.sealed.length, ...sealed);
  writing.chain = chain;
  writing.lastFrame = lastFrame;
  return { kind: 'anew', opened };
}
