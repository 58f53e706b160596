import { isCatalogError, refusal } from '../core/errors.js';
import type { Host } from '../disk/host.js';
import type { DiskProgram } from '../disk/program.js';
import { closeQuietly } from '../disk/whole-file.js';
import { readCancelledRanges } from './cancelled-ranges.js';
import { readCheckpoint } from './checkpoint.js';
import { type EventId, eventIds } from './event-id.js';
import { makeNewFolder } from './new-folder.js';
import { segmentPath } from './place.js';
import { isWithin, type SequenceRange } from './ranges.js';
import { nothingKnown, readJournal } from './recover.js';
import { type Kept, type LostBytes, planSalvage, type SalvagePlan, type Survey } from './salvage-plan.js';
import { type DamagedRegion, type Expected, type Piece, type SegmentSurvey, surveySegment } from './salvage-survey.js';
import { type Head, readHeads, readSegment } from './segment-files.js';
import type { JournalOptions } from './settings.js';
import { eventLengthAt } from './stored-event.js';
import { appendFrame, createSegment, syncFrames, type Writing } from './writing.js';

/** With what a new journal is made of a damaged one. */
export type SalvageOptions = Pick<JournalOptions, 'segmentMaxBytes' | 'clock' | 'random' | 'disk'>;

/** CAT-JRN-3302: what a salvage has come to. */
export interface SalvageReport {
  /** How many events are in the new journal, and how many segments were read. */
  readonly events: number;
  readonly segments: number;
  /** Sequences of events that could not be read, as far as they are known, and of those that nobody was to see. */
  readonly events_lost: number;
  readonly events_hidden: number;
  readonly lost: readonly LostBytes[];
}

export interface Salvaging {
  readonly from: string;
  readonly to: string;
  readonly segmentMaxBytes: number;
  readonly host: Pick<Host, 'clock' | 'random'>;
}

/**
 * Copies what can be read of a journal into a new one, whose lineage is its own (CAT-JRN-3302). Events are the same byte for byte, with
 * the same ids, sequences and versions; where some are missing there are gaps of sequences that are nobody's. What was hidden is not
 * taken. The source is only read; the new journal is read once more, as who verifies it does, before it has its name.
 */
export function* salvageJournal({ from, to, segmentMaxBytes, host }: Salvaging): DiskProgram<SalvageReport> {
  const found = yield* survey(from);
  const plan = planSalvage(found);
  const events = yield* makeNewFolder(to, host, (temp) => written(temp, { plan, from, segmentMaxBytes, host }));
  const { eventsLost, eventsHidden, lost } = plan;
  return { events, segments: found.segments, events_lost: eventsLost, events_hidden: eventsHidden, lost };
}

function* survey(directory: string): DiskProgram<Survey> {
  const heads = yield* readHeads(directory);
  if (heads.length === 0) throw refusal('NotFound', `there is no journal in ${directory}`, { path: directory });
  const lineage = mostCommon(heads.flatMap(({ decoded }) => (decoded.kind === 'intact' ? [decoded.header.lineage] : [])));
  const known = yield* knownAtEnd(directory, lineage);
  const pieces: Piece[] = [];
  const damaged: DamagedRegion[] = [];
  const marks = [known.durableTo];
  let expected: Expected | undefined = { next: 1, sequence: 1 };
  for (const head of heads) {
    const { number, decoded } = head;
    const bytes = yield* readSegment(segmentPath(directory, number));
    const strange = whyNotOf(head, lineage);
    if (strange !== undefined) {
      damaged.push({ segment: number, offset: 0, bytes: bytes.byteLength, reason: strange, read: 0 });
      continue;
    }
    if (decoded.kind === 'intact') marks.push(decoded.header.durableTo);
    const found: SegmentSurvey = surveySegment(number, bytes, decoded, expected);
    pieces.push(...found.pieces);
    damaged.push(...found.damaged);
    expected = found.next;
  }
  for (const piece of pieces) if (piece.isWhole) marks.push(piece.durableTo);
  const durableTo = marks.reduce((highest, mark) => Math.max(highest, mark), 0);
  return { segments: heads.length, pieces, damaged, cancelled: yield* cancelledIn(directory), durableTo, end: known.end };
}

/** A file that came here from elsewhere. */
function whyNotOf({ number, decoded }: Head, lineage: EventId | undefined): string | undefined {
  if (decoded.kind !== 'intact') return undefined;
  if (decoded.header.lineage !== lineage) return 'it belongs to another journal';
  return decoded.header.number === number ? undefined : `its header says that it is segment ${decoded.header.number}`;
}

interface KnownAtEnd {
  readonly durableTo: number;
  readonly end: Expected;
}

/** What the checkpoint says; no more than nothing where it cannot be read. */
function* knownAtEnd(directory: string, lineage: EventId | undefined): DiskProgram<KnownAtEnd> {
  const found = yield* readCheckpoint(directory);
  if (found.kind !== 'intact' || found.checkpoint.lineage !== lineage) return { durableTo: 0, end: { next: 1, sequence: 1 } };
  const { durableTo, next, sequence } = found.checkpoint.chain;
  return { durableTo, end: { next, sequence } };
}

/** `undefined` where the file cannot be read. */
function* cancelledIn(directory: string): DiskProgram<readonly SequenceRange[] | undefined> {
  try {
    return yield* readCancelledRanges(directory);
  } catch (error) {
    if (isCatalogError(error, 'CorruptSegment')) return undefined;
    throw error;
  }
}

interface WritingAnew extends Omit<Salvaging, 'to'> {
  readonly plan: SalvagePlan;
}

function* written(temp: string, { plan, from, segmentMaxBytes, host }: WritingAnew): DiskProgram<number> {
  const { chain } = nothingKnown();
  const begun = { directory: temp, lineage: eventIds(host.clock, host.random)(), segmentMaxBytes, now: host.clock };
  const active = yield* createSegment(begun, 1, chain);
  const writing: Writing = { ...begun, active, sealed: [], chain, lastFrame: undefined };
  try {
    yield* writeKept(writing, plan, from);
    yield* syncFrames(writing);
  } catch (error) {
    yield* closeQuietly(writing.active.handle);
    throw error;
  }
  yield* closeQuietly(writing.active.handle);
  const { index } = yield* readJournal(temp, nothingKnown(writing.chain.next - 1), { verifies: true });
  if (index.known !== plan.events) throw new Error(`of ${plan.events} events ${index.known} were written`);
  return index.count;
}

function* writeKept(writing: Writing, { kept, hidden, end }: SalvagePlan, from: string): DiskProgram<void> {
  let [segment, bytes]: [number, Buffer] = [0, Buffer.alloc(0)];
  for (const one of kept) {
    if (segment !== one.segment) [segment, bytes] = [one.segment, yield* readSegment(segmentPath(from, one.segment))];
    for (const { sequence, count, events } of shownOf(bytes, one, hidden)) {
      yield* skipTo(writing, sequence);
      yield* appendFrame(writing, { type: 'events', count, fence: 0, body: Buffer.concat(events) });
    }
  }
  yield* skipTo(writing, end);
}

/** The events of a run that follow each other, with none between them that is hidden. */
function shownOf(bytes: Buffer, run: Kept, hidden: readonly SequenceRange[]): readonly ShownRun[] {
  const runs: ShownRun[] = [];
  for (let [at, nth] = [run.offset, 0]; nth < run.count; nth++) {
    const length = eventLengthAt(bytes, at) ?? 0;
    const sequence = run.sequence + nth;
    const last = runs.at(-1);
    if (isWithin(hidden, sequence)) runs.push({ sequence: sequence + 1, count: 0, events: [] });
    else if (last === undefined) runs.push({ sequence, count: 1, events: [bytes.subarray(at, at + length)] });
    else {
      last.events.push(bytes.subarray(at, at + length));
      last.count++;
    }
    at += length;
  }
  return runs.filter(({ count }) => count > 0);
}

interface ShownRun {
  readonly sequence: number;
  count: number;
  readonly events: Buffer[];
}

/** Sequences that are nobody's here: what bore them was lost, or hidden. */
function* skipTo(writing: Writing, sequence: number): DiskProgram<void> {
  while (writing.chain.sequence < sequence) {
    const count = Math.min(sequence - writing.chain.sequence, 0xffff_ffff);
    yield* appendFrame(writing, { type: 'gap', count, fence: 0, body: Buffer.alloc(0) });
  }
}

function mostCommon(lineages: readonly EventId[]): EventId | undefined {
  const counts = new Map<EventId, number>();
  for (const lineage of lineages) counts.set(lineage, (counts.get(lineage) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]).at(0)?.[0];
}
