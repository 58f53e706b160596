import { frameAt, frameHeaderBytes } from '../../src/journal/frame.js';
import { Journal, type JournalEvent } from '../../src/journal/index.js';
import { segmentNumber, segmentPath } from '../../src/journal/place.js';
import { segmentHeaderBytes } from '../../src/journal/segment-header.js';
import { eventAt } from '../../src/journal/stored-event.js';
import { SimulatedDisk } from '../../src/sim/index.js';
import type { Draw } from './piecewise.js';

export const directory = '/journal';
const fact = 0x1001;
const of = (entity: string) => ({ entity, scope: 'test' });

/** A frame that was written, and which events are in it. */
export interface WrittenFrame {
  readonly segment: number;
  readonly offset: number;
  readonly length: number;
  readonly type: string;
  readonly number: number;
  readonly sequence: number;
  readonly fence: number;
  /** Where in the segment each of its events begins, and its id. */
  readonly events: readonly { readonly id: string; readonly offset: number; readonly length: number }[];
}

/** A journal whose writer was killed, and all that it showed. */
export interface WrittenJournal {
  readonly disk: SimulatedDisk;
  readonly shown: readonly JournalEvent[];
  readonly frames: readonly WrittenFrame[];
}

export const asText = (event: JournalEvent): string => {
  const { event_hash: _event, previous_hash: _previous, ...rest } = JSON.parse(JSON.stringify(event));
  return JSON.stringify(rest);
};

export const shownIn = (journal: Journal): JournalEvent[] => JSON.parse(JSON.stringify([...journal.read()]));

/** Single events, batches, causes, gates, fences that were committed, cancelled and dropped, in several segments. */
export function writeJournal(draw: Draw, { calls = 24, segmentMaxBytes = 1024 } = {}): WrittenJournal {
  const disk = new SimulatedDisk();
  let journal = Journal.open({ directory, disk, segmentMaxBytes });
  const event = (nth: number) => ({ coordinate: of(`e${draw(3)}`), kind: fact + draw(3), payload: { nth, text: 'x'.repeat(draw(90)) } });
  let last: string | undefined;
  for (let nth = 0; nth < calls; nth++) {
    const what = draw(10);
    if (what === 0) journal.appendBatch([event(nth), event(nth), event(nth)]);
    else if (what === 1) {
      const { coordinate, kind, payload } = event(nth);
      const gates = [{ name: 'allowed', check: () => ({ permits: true }) as const }];
      journal.append(coordinate, kind, payload, { ...(last !== undefined && { causation: last, correlation: last }), gates });
    } else if (what === 2 || what === 3) {
      const fence = journal.fence();
      for (let count = draw(3); count >= 0; count--) fence.appendBatch([event(nth), event(nth)].slice(draw(2)));
      if (what === 2) fence.commit();
      else if (draw(2) === 0) fence.cancel();
      else {
        journal.sync();
        journal.close();
        journal = Journal.open({ directory, disk, segmentMaxBytes });
      }
    } else {
      const { coordinate, kind, payload } = event(nth);
      last = journal.append(coordinate, kind, payload).event_id;
    }
  }
  const shown = shownIn(journal);
  const left = disk.fork();
  return { disk: left, shown, frames: framesOn(left) };
}

export function segmentsOn(disk: SimulatedDisk): number[] {
  return [...disk.snapshotTree().keys()].flatMap((path) => segmentNumber(path.slice(directory.length + 1)) ?? []).sort((a, b) => a - b);
}

export function framesOn(disk: SimulatedDisk): WrittenFrame[] {
  return segmentsOn(disk).flatMap((segment) => {
    const bytes = Buffer.from(disk.bytesAt(segmentPath(directory, segment)));
    const frames: WrittenFrame[] = [];
    for (let at = segmentHeaderBytes; ; ) {
      const here = frameAt(bytes, at);
      if (here.kind !== 'frame') return frames;
      const { offset, length, type, number, sequence, fence, count, body } = here.frame;
      const events: { id: string; offset: number; length: number }[] = [];
      for (let [nth, place] = [0, 0]; type === 'events' && nth < count; nth++) {
        const event = eventAt(body, place);
        if (event === undefined) throw new Error(`frame ${number} has no event at ${place}`);
        events.push({ id: event.id, offset: offset + frameHeaderBytes + place, length: event.length });
        place += event.length;
      }
      frames.push({ segment, offset, length, type, number, sequence, fence, events });
      at += length;
    }
  });
}

/** Which bytes of a file are not as they were. */
export interface Damage {
  readonly segment: number;
  readonly from: number;
  readonly to: number;
}

export type DamageKind = 'flipped bits' | 'zeros' | 'random bytes' | 'pieces cut out' | 'truncated files' | 'files gone';

/** Damages a journal in one to three places, and gives where. */
export function damageRandomly(disk: SimulatedDisk, kind: DamageKind, draw: Draw): Damage[] {
  const segments = segmentsOn(disk);
  const places = 1 + draw(3);
  const damages: Damage[] = [];
  for (const segment of new Set(Array.from({ length: places }, () => segments[draw(segments.length)] ?? 1))) {
    const path = segmentPath(directory, segment);
    const bytes = Buffer.from(disk.bytesAt(path));
    const from = draw(bytes.byteLength);
    const to = Math.min(bytes.byteLength, from + 1 + draw(kind === 'flipped bits' ? 1 : 300));
    if (kind === 'flipped bits') bytes[from] = (bytes[from] ?? 0) ^ (1 << draw(8));
    if (kind === 'zeros') bytes.fill(0, from, to);
    if (kind === 'random bytes') for (let at = from; at < to; at++) bytes[at] = draw(256);
    if (kind === 'files gone') disk.uproot(path);
    else if (kind === 'truncated files') disk.plant(path, bytes.subarray(0, from));
    else if (kind === 'pieces cut out') disk.plant(path, Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]));
    else disk.plant(path, bytes);
    const end = kind === 'truncated files' || kind === 'files gone' ? Number.MAX_SAFE_INTEGER : to;
    damages.push({ segment, from: kind === 'files gone' ? 0 : from, to: end });
  }
  return damages;
}

/** Frames of which no byte was touched. */
export function untouched(frames: readonly WrittenFrame[], damages: readonly Damage[]): readonly WrittenFrame[] {
  return frames.filter(
    ({ segment, offset, length }) => !damages.some((one) => one.segment === segment && one.from < offset + length && one.to > offset),
  );
}

/** Events that must be there whatever the damage: those in whole frames, of fences whose commit is whole. */
export function certain({ shown }: WrittenJournal, whole: readonly WrittenFrame[]): readonly JournalEvent[] {
  const committed = new Set(whole.filter(({ type }) => type === 'fence committed').map(({ fence }) => fence));
  const ids = new Set(whole.filter(({ fence }) => fence === 0 || committed.has(fence)).flatMap(({ events }) => events.map(({ id }) => id)));
  return shown.filter(({ event_id }) => ids.has(event_id));
}
