import { createPrivateKey } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { isCatalogError } from '../../../src/core/errors.js';
import { SimulatedDisk } from '../../../src/disk/simulated-disk.js';
import { decodeCancelledRanges, encodeCancelledRanges, readCancelledRanges } from '../../../src/journal/cancelled-ranges.js';
import { decodeCheckpoint, encodeCheckpoint } from '../../../src/journal/checkpoint.js';
import { decodeCursor, encodeCursor } from '../../../src/journal/cursor-checkpoint.js';
import type { JournalEvent } from '../../../src/journal/event.js';
import { passedOf } from '../../../src/journal/event.js';
import { eventHashOf } from '../../../src/journal/event-record.js';
import { computedHash, hasRightHash, headerAt, nextFrame, noHash } from '../../../src/journal/frame.js';
import { Journal } from '../../../src/journal/journal.js';
import { kind } from '../../../src/journal/kind.js';
import { segmentNumber } from '../../../src/journal/place.js';
import { foldOf } from '../../../src/journal/projection.js';
import { decodeProjection, encodeProjection } from '../../../src/journal/projection-file.js';
import { isWithin, merged, rangesUpTo } from '../../../src/journal/ranges.js';
import type { Receipt } from '../../../src/journal/receipts.js';
import { surveySegment } from '../../../src/journal/salvage-survey.js';
import { scan } from '../../../src/journal/scan.js';
import { decodeSegmentHeader, segmentHeaderBytes } from '../../../src/journal/segment-header.js';
import { eventAt, type StoredEvent } from '../../../src/journal/stored-event.js';
import { type FuzzTarget, namedSeeds, ran, type Seed, seeds, type Taken } from '../target.js';
import { changedBody, changedSegment, eventsInEvents, framesInFrames, framesOf, mendedEvents, mendedJournalFile } from './forging.js';

const directory = '/journal';
const note = kind(0x1, 0x001);
const counting = {
  ...{ name: 'count', version: 1, initial: { events: 0 } as { readonly events: number }, keep: true },
  apply: ({ events }: { readonly events: number }, _event: JournalEvent) => ({ events: events + 1 }),
};
/** Always the same one: what is made of it is the same in every process. */
const signingKey = createPrivateKey(`-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f
-----END PRIVATE KEY-----`);

interface Made {
  readonly disk: SimulatedDisk;
  readonly receipts: readonly Receipt[];
  /** By its path, each file that a reader parses. */
  readonly files: ReadonlyMap<string, Buffer>;
}

let made: Made | undefined;

/** A journal in which everything is that a journal may have: batches, causes, gates, fences, several segments, tombstones, places of consumers. */
function journal(): Made {
  made ??= makeJournal();
  return made;
}

function makeJournal(): Made {
  const disk = new SimulatedDisk();
  const gates = [{ name: 'small', check: () => ({ permits: true }) as const }];
  const options = { directory, disk, gates, segmentMaxBytes: 2048, signingKey, clock: () => Date.UTC(2026, 0, 2) };
  let open = Journal.open(options);
  const receipts: Receipt[] = [];
  const append = (nth: number): void => {
    const causation = receipts.at(-1)?.event_id;
    const told = { n: nth, 'text ä': 'x'.repeat(nth % 40), list: [null, true, 1.5] };
    receipts.push(open.append({ entity: `a:${nth % 3}`, scope: 'b' }, note, told, causation === undefined ? {} : { causation }));
  };
  for (let nth = 0; nth < 20; nth++) append(nth);
  receipts.push(
    ...open.appendBatch([1, 2, 3, 4, 5, 6].map((n) => ({ coordinate: { entity: 'batch', scope: 'b' }, kind: note, payload: { n } }))),
  );
  const cancelled = open.fence();
  cancelled.append({ entity: 'c', scope: 'b' }, note, { hidden: true });
  cancelled.cancel();
  const fence = open.fence();
  fence.append({ entity: 'c', scope: 'b' }, note, { fenced: true });
  fence.commit();
  open.compact({ strategy: 'tombstone', keep: ({ coordinate }) => coordinate.entity !== 'a:1' });
  for (let nth = 20; nth < 30; nth++) append(nth);
  open.project(counting);
  const cursor = open.cursor('consumer');
  cursor.poll();
  cursor.commit();
  open.close();
  // What a checkpoint has of hashes is there once somebody has asked for them.
  open = Journal.open(options);
  open.verify();
  open.close();
  const shown = receipts.map(({ event_id, sequence, content_hash, event_hash, durable, gates: passed, signature }) => ({
    ...{ event_id, sequence, content_hash, event_hash, durable, gates: passed },
    ...(signature !== undefined && { signature }),
  }));
  disk.plant(`${directory}/projections/count`, keptCount(disk, receipts));
  const paths = [...disk.snapshotTree()].flatMap(([path, { type }]) => (type === 'file' && !path.endsWith('.lock') ? [path] : []));
  return { disk, receipts: shown, files: new Map(paths.map((path) => [path, Buffer.from(disk.bytesAt(path))])) };
}

/** What the journal would keep of a projection once it is worth it. */
function keptCount(disk: SimulatedDisk, receipts: readonly Receipt[]): Buffer {
  const found = decodeCheckpoint(Buffer.from(disk.bytesAt(`${directory}/checkpoint`)));
  const last = receipts.at(-1);
  if (found.kind !== 'intact' || last === undefined) throw new Error('the journal was closed without a checkpoint');
  const kept = { lineage: found.checkpoint.lineage, sequence: last.sequence, lastEvent: last.event_id, events: 30, state: { events: 30 } };
  return encodeProjection(foldOf(counting).identity, kept) ?? Buffer.alloc(0);
}

function fileSeeds(wanted: RegExp): () => readonly Seed[] {
  return () => [...journal().files].flatMap(([name, bytes]) => (wanted.test(name) ? [{ name, bytes }] : []));
}

const segmentHeaders: FuzzTarget = {
  name: 'header of a segment',
  seeds: () => fileSeeds(/\.seg$/)().map(({ name, bytes }) => ({ name, bytes: bytes.subarray(0, segmentHeaderBytes) })),
  read: (bytes) => {
    const { kind: found } = decodeSegmentHeader(bytes);
    return found === 'intact' ? undefined : found;
  },
  mend: mendedJournalFile,
};

const frames: FuzzTarget = {
  name: 'frames of a segment',
  seeds: fileSeeds(/\.seg$/),
  read: readFrames,
  mend: mendedJournalFile,
  change: changedSegment,
  weight: 0.5,
};

/** What takes time by the square of its length where somebody believes lengths. */
const lookalikes: FuzzTarget = {
  name: 'bytes that look like frames and events',
  seeds: () => {
    const [{ bytes }] = fileSeeds(/000001\.seg$/)() as [Seed];
    const [head, tail] = [bytes.subarray(0, 1000), bytes.subarray(-2000)];
    return namedSeeds({
      frames: Buffer.concat([head, framesInFrames(700_000)]),
      events: Buffer.concat([head, eventsInEvents(300_000), tail]),
    });
  },
  read: readFrames,
  weight: 0.02,
};

/** As who opens, who verifies and who salvages. */
function readFrames(bytes: Buffer): Taken {
  const decoded = decodeSegmentHeader(bytes);
  const begins = decoded.kind === 'intact' ? decoded.header : { firstFrame: 1, sequence: 1, previousHash: noHash, durableTo: 0 };
  const { firstFrame: next, sequence, previousHash: hash, durableTo } = begins;
  const found = scan(bytes, Math.min(bytes.byteLength, segmentHeaderBytes), { next, sequence, hash, durableTo });
  for (const frame of found.frames) {
    hasRightHash(bytes, frame);
    computedHash(bytes.subarray(frame.offset, frame.offset + frame.length));
    lookAtEvents(frame.body);
  }
  headerAt(bytes, segmentHeaderBytes);
  nextFrame(bytes, 0);
  surveySegment(1, bytes, decoded, { next, sequence });
  return found.rest.kind === 'clean' ? undefined : found.rest.kind;
}

function lookAtEvents(body: Buffer): number {
  let count = 0;
  for (let place = 0; ; count++) {
    const event = eventAt(body, place);
    if (event === undefined) return count;
    lookAt(event);
    place += event.length;
  }
}

/** Everything that an event says; what is no JSON of it is refused by who parses it. */
function lookAt(event: StoredEvent): void {
  const { record, gates, entityKey, flag, head, isGone, payloadText } = event;
  eventHashOf(event, 1, noHash);
  if (gates.byteLength > 0) taken(() => passedOf(gates, event.id));
  if (!event.isDropped) taken(() => event.parsedPayload);
  if (isDeepStrictEqual([record, entityKey, flag, head, isGone, payloadText], [])) throw new Error('an event says nothing');
}

function taken(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!isCatalogError(error)) throw error;
  }
}

const events: FuzzTarget = {
  name: 'events of a frame',
  seeds: () =>
    fileSeeds(/\.seg$/)().flatMap(({ name, bytes }) =>
      framesOf(bytes).flatMap(({ body }) => (body.byteLength > 8 ? [{ name, bytes: body }] : [])),
    ),
  read: (bytes) => (lookAtEvents(bytes) === 0 ? 'none' : undefined),
  mend: mendedEvents,
  change: changedBody,
};

const checkpoint: FuzzTarget = {
  name: 'checkpoint',
  seeds: fileSeeds(/checkpoint$/),
  read: (bytes) => {
    const found = decodeCheckpoint(bytes);
    if (found.kind !== 'intact') return found.kind;
    const { index } = found.checkpoint;
    for (let sequence = index.nextFrom(1), left = 50; sequence !== undefined && left > 0; sequence = index.nextFrom(sequence + 1), left--) {
      let behind: number | undefined = sequence;
      while (behind !== undefined) behind = index.previousOf(behind);
      index.placeOf(sequence);
      index.hashOf(sequence);
    }
    for (const entity of index.entitiesFrom(0)) index.entityEnd(entity);
    index.sequenceOf(journal().receipts[0]?.event_id ?? '');
    encodeCheckpoint(found.checkpoint);
    return undefined;
  },
  mend: mendedJournalFile,
};

const cancelledRanges: FuzzTarget = {
  name: 'cancelled ranges',
  seeds: seeds(
    encodeCancelledRanges([
      { from: 3, to: 5 },
      { from: 9, to: 9 },
    ]),
    encodeCancelledRanges([]),
  ),
  read: (bytes) => {
    const found = decodeCancelledRanges(bytes);
    if (found.kind !== 'intact') return found.kind;
    const ranges = merged(found.ranges);
    isWithin(ranges, 4);
    rangesUpTo(5, ranges);
    const disk = new SimulatedDisk({ root: [directory] }).plant(`${directory}/cancelled-ranges`, bytes);
    ran(readCancelledRanges(directory), disk);
    return undefined;
  },
  mend: mendedJournalFile,
};

const cursors: FuzzTarget = {
  name: 'cursor checkpoint',
  seeds: fileSeeds(/cursors\//),
  read: (bytes) => {
    const found = decodeCursor(bytes);
    if (found.kind !== 'intact') return found.kind;
    encodeCursor(found.checkpoint);
    return undefined;
  },
  mend: mendedJournalFile,
};

const projections: FuzzTarget = {
  name: 'state of a projection',
  seeds: fileSeeds(/projections\//),
  read: (bytes) => {
    const found = decodeProjection(bytes);
    return found.kind === 'intact' ? undefined : found.kind;
  },
  mend: mendedJournalFile,
};

const whole: FuzzTarget = {
  name: 'journal, to be read',
  seeds: fileSeeds(/./),
  read: (bytes, path) => {
    const disk = journal().disk.fork().plant(path, bytes);
    const open = Journal.open({ directory, disk, readOnly: true, signingKey });
    try {
      taken(() => readAll(open));
      taken(() => open.cursor('consumer').poll());
      taken(() => open.project(counting));
      for (const receipt of journal().receipts.slice(0, 3)) taken(() => open.verifyReceipt(receipt));
      return open.verify().ok ? undefined : 'not ok';
    } finally {
      open.close();
    }
  },
  mend: mendedJournalFile,
  change: changedSegment,
  weight: 1,
};

function readAll(open: Journal): void {
  let last: string | undefined;
  for (const event of open.read()) {
    last = event.event_id;
    for (const member of ['payload', 'gates', 'coordinate', 'previous_hash', 'event_hash', 'content_hash'] as const)
      taken(() => event[member]);
  }
  if (last === undefined) return;
  open.ancestors(last);
  [...open.effects(last)].concat(...open.correlated(last));
  for (const entity of ['a:1', 'batch']) [...open.read({ entity })];
}

const written: FuzzTarget = {
  name: 'journal, to be written and salvaged',
  seeds: fileSeeds(/./),
  read: (bytes, path) => {
    const disk = journal().disk.fork().plant(path, bytes);
    taken(() => Journal.salvage(directory, '/salvaged', { disk }));
    const open = Journal.open({ directory, disk });
    taken(() => open.append({ entity: 'a:1', scope: 'b' }, note, 'later'));
    taken(() => open.compact({ strategy: 'merge', minSegments: 2 }));
    open.close();
    return undefined;
  },
  mend: mendedJournalFile,
  change: changedSegment,
  weight: 0.4,
};

const receipts: FuzzTarget = {
  name: 'receipts',
  seeds: () =>
    journal()
      .receipts.slice(0, 5)
      .map((receipt, nth) => ({ name: String(nth), bytes: Buffer.from(JSON.stringify(receipt)) })),
  read: (bytes) => {
    const receipt = parsedOr(bytes.toString());
    if (receipt === undefined) return 'no JSON';
    journalToAsk().verifyReceipt(receipt as Receipt);
    return undefined;
  },
};

let asked: Journal | undefined;
function journalToAsk(): Journal {
  asked ??= Journal.open({ directory, disk: journal().disk.fork(), readOnly: true, signingKey });
  return asked;
}

function parsedOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const names: FuzzTarget = {
  name: 'names of segments',
  seeds: seeds('000001.seg', '999999.seg', '1000000.seg', '000001.seg.suspect'),
  read: (bytes) => (segmentNumber(bytes.toString()) === undefined ? 'none' : undefined),
};

export const journalTargets: readonly FuzzTarget[] = [
  ...[segmentHeaders, frames, lookalikes, events, checkpoint, cancelledRanges, cursors, projections],
  ...[whole, written, receipts, names],
];
