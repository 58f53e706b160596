import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { type CatalogError, isCatalogError } from '../src/core/errors.js';
import { type Disk, runSync, symlink } from '../src/disk/program.js';
import { SimulatedDisk } from '../src/disk/simulated-disk.js';
import type { Step } from '../src/disk/steps.js';
import type { NewEvent } from '../src/journal/appending.js';
import type { JournalEvent } from '../src/journal/event.js';
import type { EventId } from '../src/journal/event-id.js';
import { frameAt } from '../src/journal/frame.js';
import { Journal, type JournalOptions, type Receipt } from '../src/journal/journal.js';
import { categoryOf, kind } from '../src/journal/kind.js';
import type { OpenReport } from '../src/journal/open.js';
import { segmentNumber, segmentPath } from '../src/journal/place.js';
import { segmentHeaderBytes } from '../src/journal/segment-header.js';
import { withEachStep } from './interrupt/disks.js';
import type { CatalogWorld } from './world.js';

export const directory = '/journal';
export const note = kind(0x1, 0x001);
export const openCompleted = kind(0x0, 0x008);
export const firstSegment = segmentPath(directory, 1);

/** A step that was asked for, and the path that it touches. */
export interface Taken {
  readonly step: Step;
  readonly path: string;
}

/** An event that was acknowledged. */
export type Acknowledged = Pick<Receipt, 'event_id' | 'sequence' | 'content_hash'>;

/** What a scenario about a journal shares. */
export interface JournalWorld extends CatalogWorld {
  disk: SimulatedDisk;
  /** With what the journal is opened each time. */
  options: Partial<JournalOptions>;
  journal: Journal;
  /** What each opening told its observer. */
  reports: OpenReport[];
  /** All receipts, with their hashes, as they were when they were given. */
  given: Receipt[];
  /** Those of the last call. */
  latest: readonly Receipt[];
  events: readonly Acknowledged[];
  /** What the last call did to the disk. */
  call: { readonly steps: readonly Taken[]; readonly changes: number };
  taken: Taken[];
  /** Looks at the disk before each step. */
  beforeStep: ((taken: Taken) => void) | undefined;
}

const changing: readonly Step['kind'][] = ['Write', 'Truncate', 'ChangeMode', 'Sync', 'SyncDirectory', 'Link', 'Publish', 'Rename'];

/** Nothing has happened yet on this disk. */
export function begin(world: JournalWorld, options: Partial<JournalOptions> = {}, disk = new SimulatedDisk()): void {
  Object.assign(world, { disk, options, reports: [], given: [], latest: [], events: [], taken: [], beforeStep: undefined });
  world.call = { steps: [], changes: 0 };
}

export function beginAndOpen(world: JournalWorld, options: Partial<JournalOptions> = {}, disk = new SimulatedDisk()): void {
  begin(world, options, disk);
  open(world);
}

export function open(world: JournalWorld, options: Partial<JournalOptions> = {}): void {
  const onOpen = (report: OpenReport) => world.reports.push(report);
  world.journal = Journal.open({ directory, disk: watched(world, world.disk), onOpen, ...world.options, ...options });
}

export function reopen(world: JournalWorld, options: Partial<JournalOptions> = {}): void {
  world.journal?.close();
  open(world, options);
}

/** The same disk, with every step of it noted. */
export function watched(world: JournalWorld, disk: Disk): Disk {
  return withEachStep(disk, (step, paths) => {
    const taken = { step, path: paths.of(step) };
    world.taken.push(taken);
    world.beforeStep?.(taken);
    return undefined;
  });
}

/** Calls something that may be refused, and notes what it does to the disk. */
export async function calling<T>(world: JournalWorld, work: () => T): Promise<T | undefined> {
  const before = world.disk.changes;
  world.taken = [];
  let call = { steps: world.taken, changes: 0 };
  const result = await world.attempt(() => {
    try {
      return { gave: work() };
    } finally {
      call = { steps: world.taken, changes: world.disk.changes - before };
      world.taken = [];
    }
  });
  world.call = call;
  return result?.gave;
}

/** Appends events, all in one call; what is acknowledged is noted. */
export async function appendBatch(world: JournalWorld, events: readonly NewEvent[]): Promise<void> {
  acknowledge(world, (await calling(world, () => world.journal.appendBatch(events))) ?? []);
}

/** Appends events, each in a call of its own. */
export async function appendEach(world: JournalWorld, events: readonly NewEvent[]): Promise<void> {
  const latest: Receipt[] = [];
  for (const { coordinate, kind, payload, ...options } of events) {
    const receipt = await calling(world, () => world.journal.append(coordinate, kind, payload, options));
    if (receipt === undefined) return;
    acknowledge(world, [receipt]);
    latest.push(...world.latest);
  }
  world.latest = latest;
}

export function acknowledge(world: JournalWorld, receipts: readonly Receipt[]): void {
  world.latest = receipts.map((receipt) => ({ ...receipt }));
  world.given.push(...world.latest);
  const known = new Set(world.events.map(({ event_id }) => event_id));
  world.events = [...world.events, ...world.latest.filter(({ event_id }) => !known.has(event_id))];
}

export function expectNothingWritten({ call }: JournalWorld): void {
  expect(call.steps.filter(({ step }) => changing.includes(step.kind))).to.deep.equal([]);
  expect(call.changes, 'changes of the disk').to.equal(0);
}

/** All that was acknowledged and nothing else, but for what the journal says of itself. */
export function expectAcknowledged(world: JournalWorld): void {
  const read = [...world.journal.read()]
    .filter(isCallers)
    .map(({ event_id, sequence, content_hash }) => ({ event_id, sequence, content_hash }));
  expect(read).to.deep.equal(world.events.map(({ event_id, sequence, content_hash }) => ({ event_id, sequence, content_hash })));
  expect(world.journal.diagnostics().event_count).to.equal([...world.journal.read()].length);
}

export function isCallers({ kind }: Pick<JournalEvent, 'kind'>): boolean {
  return categoryOf(kind) !== 0;
}

export function idsIn(journal: Journal): readonly EventId[] {
  return [...journal.read()].filter(isCallers).map(({ event_id }) => event_id);
}

export function found(world: JournalWorld, id: EventId): JournalEvent {
  return world.journal.get(id) ?? expect.fail(`no event has the id ${id}`);
}

/** An event of an entity; what is not told of it does not matter. */
export function eventOf(entity: string, change: Partial<NewEvent> = {}): NewEvent {
  return { coordinate: { entity, scope: 's' }, kind: note, payload: { of: entity }, ...change };
}

export function eventsOf(count: number, bytes = 0): NewEvent[] {
  return Array.from({ length: count }, (_, nth) => eventOf(`e${nth % 3}`, { payload: { nth, text: 'x'.repeat(bytes) } }));
}

/** The quoted words of a list: `"a", "b" and "a"`. */
export function quoted(words: string): string[] {
  return [...words.matchAll(/"([^"]*)"/g)].map(([, word = '']) => word);
}

/** The members of a list without quotes: `1, 2 and none`. */
export function listed(words: string): string[] {
  return words === 'none' ? [] : words.split(/, | and /);
}

export const numbersIn = (words: string): number[] => listed(words).map(Number);

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The numbers of the segments that can be seen. */
export function segmentsOf(disk: SimulatedDisk): number[] {
  const names = [...disk.snapshotTree().keys()].map((path) => path.slice(directory.length + 1));
  return names.flatMap((name) => segmentNumber(name) ?? []).sort((a, b) => a - b);
}

/** All bytes below the directory but those of the lock, by path. */
export function filesOf(disk: SimulatedDisk): Record<string, string> {
  const files: Record<string, string> = {};
  for (const [path, entry] of disk.snapshotTree()) {
    if (entry.type === 'file' && !path.includes('journal.lock')) files[path] = Buffer.from(entry.bytes).toString('latin1');
  }
  return files;
}

/** Where each frame of a segment begins, and where the last ends. */
export function frameBounds(bytes: Uint8Array): readonly number[] {
  const bounds = [segmentHeaderBytes];
  for (let at = segmentHeaderBytes; ; ) {
    const here = frameAt(Buffer.from(bytes), at);
    if (here.kind !== 'frame') return bounds;
    at += here.frame.length;
    bounds.push(at);
  }
}

export function flipped(bytes: Uint8Array, at: number, bit = at % 8): Uint8Array {
  return bytes.map((byte, place) => (place === at ? byte ^ (1 << bit) : byte));
}

export function linkToDirectory(disk: SimulatedDisk): string {
  disk.plantDirectory(directory);
  runSync(symlink(directory, '/link'), disk);
  return '/link';
}

/** Every disk that a power cut may leave at this moment, or many of them, each once. */
export class PowerCuts {
  readonly #seen = new Set<string>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  /** `promised` tells moments apart that look alike on the disk. */
  *of(disk: SimulatedDisk, promised: number): Generator<SimulatedDisk, void> {
    for (const state of disk.crashStates({ exhaustUpTo: 4, samples: this.#most, limit: this.#most })) {
      const key = `${promised} ${state.fingerprint}`;
      if (this.#seen.has(key)) continue;
      this.#seen.add(key);
      yield state.disk;
    }
  }
}

/** Opens what is on a disk and gives the ids that are there; appends an event, which survives a power cut with the others. */
export function recovered(disk: SimulatedDisk): readonly EventId[] {
  const place = { directory, lifecycle: 'lazy', segmentMaxBytes: 4096 } as const;
  const journal = Journal.open({ ...place, disk });
  const ids = idsIn(journal);
  const { event_id } = journal.append({ entity: 'after', scope: 's' }, note, 'recovered');
  expect(idsIn(Journal.open({ ...place, disk: disk.crash() })), 'after one more power cut').to.deep.equal([...ids, event_id]);
  return ids;
}

export type Outcome = { readonly gave: readonly Receipt[] } | { readonly refused: CatalogError };

export function outcomeOf(work: () => readonly Receipt[]): Outcome {
  try {
    return { gave: work() };
  } catch (error) {
    if (!isCatalogError(error)) throw error;
    return { refused: error };
  }
}
