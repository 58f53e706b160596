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
import { Journal } from '../src/journal/journal.js';
import { categoryOf, kind } from '../src/journal/kind.js';
import type { OpenReport } from '../src/journal/open.js';
import { segmentNumber, segmentPath } from '../src/journal/place.js';
import type { Receipt } from '../src/journal/receipts.js';
import { segmentHeaderBytes } from '../src/journal/segment-header.js';
import type { JournalOptions } from '../src/journal/settings.js';
import { withEachStep } from './interrupt/disks.js';
import type { CatalogWorld } from './world.js';

export const directory = '/journal';
export const note = kind(0x1, 0x001);
export const openCompleted = kind(0x0, 0x008);
export const firstSegment = segmentPath(directory, 1);
export const someId = '0190a2b4-7d2e-7c31-9f00-1234567890ab';
export const otherId = '0190a2b4-7d2e-7c31-9f00-1234567890ac';

/** A step that was asked for, and the path that it touches. */
export interface Taken {
  readonly step: Step;
  readonly path: string;
}

export interface Call {
  readonly steps: readonly Taken[];
  /** Of the disk, whoever made them. */
  readonly changes: number;
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
  /** What the last call did to the disk, and what each of the last calls did. */
  call: Call;
  calls: readonly Call[];
  taken: Taken[];
  /** Looks at the disk before each step. */
  beforeStep: ((taken: Taken) => void) | undefined;
}

const changing: readonly Step['kind'][] = ['Write', 'Truncate', 'ChangeMode', 'Sync', 'SyncDirectory', 'Link', 'Publish', 'Rename'];

/** Nothing has happened yet on this disk. */
export function begin(world: JournalWorld, options: Partial<JournalOptions> = {}, disk = new SimulatedDisk()): void {
  Object.assign(world, { disk, options, reports: [], given: [], latest: [], events: [], taken: [], beforeStep: undefined });
  Object.assign(world, { call: { steps: [], changes: 0 }, calls: [] });
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
  const calls: Call[] = [];
  for (const { coordinate, kind, payload, ...options } of events) {
    const receipt = await calling(world, () => world.journal.append(coordinate, kind, payload, options));
    if (receipt === undefined) return;
    calls.push(world.call);
    acknowledge(world, [receipt]);
    latest.push(...world.latest);
  }
  Object.assign(world, { latest, calls });
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

export function expectOneWriteAndOneSync({ steps }: Call): void {
  expect(steps.map(({ step }) => step.kind)).to.deep.equal(['Write', 'Sync']);
  expect(steps.at(-1)?.step).to.include({ op: 'sync', dataOnly: true });
  for (const { path } of steps) expect(path).to.equal(firstSegment);
}

export const acknowledgedIds = ({ events }: JournalWorld): readonly EventId[] => events.map(({ event_id }) => event_id);

/** How many ways of a power cut are tried at each moment. */
export interface Ways {
  readonly most: number;
}

/** Every disk that a power cut may leave at a moment, or many of them. */
function* powerCuts(disk: SimulatedDisk, { most }: Ways): Generator<SimulatedDisk, void> {
  for (const state of disk.crashStates({ exhaustUpTo: 4, samples: most, limit: most })) yield state.disk;
}

/** Judges what a power cut would leave before each step from now on. Gives what looks once more, and no longer. */
export function lookAtEachStep(
  world: JournalWorld,
  ways: Ways,
  judge: (disk: SimulatedDisk) => string,
): { looks: string[]; finish: () => void } {
  const looks: string[] = [];
  let seen = '';
  const look = () => {
    const moment = `${world.disk.changes} ${world.events.length}`;
    if (moment !== seen) looks.push(...Array.from(powerCuts(world.disk, ways), judge));
    seen = moment;
  };
  world.beforeStep = look;
  const finish = () => {
    world.beforeStep = undefined;
    look();
  };
  return { looks, finish };
}

/** What is read everywhere where a power cut may leave it now. */
export function everySurvivor(disk: SimulatedDisk, ways: Ways): readonly (readonly EventId[])[] {
  return Array.from(powerCuts(disk, ways), recovered);
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

/** Whether there is what was known, and nothing of what was under way or all of its so many events. */
export function judged(ids: readonly EventId[], known: readonly EventId[], underWay: number): string {
  if (ids.slice(0, known.length).join() !== known.join()) return `of ${known.length} known events ${ids.length} are there`;
  if (ids.length === known.length) return 'none of it';
  return ids.length === known.length + underWay ? 'all of it' : `${ids.length - known.length} of ${underWay}`;
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

/** Where a batch comes to lie in a journal of segments of 2,048 bytes: what is there before it, and how large its events are. */
export const batches: Readonly<Record<string, { readonly before: number; readonly bytes: number; readonly begins: number }>> = {
  'to a segment': { before: 1, bytes: 10, begins: 0 },
  'that begins a segment': { before: 4, bytes: 400, begins: 1 },
  'larger than a segment': { before: 1, bytes: 1200, begins: 1 },
};

const codes: Readonly<Record<string, string>> = { EIO: 'IoError', ENOSPC: 'NoSpace', EROFS: 'ReadOnly', EMFILE: 'TooManyFiles' };

/** A batch meets a fault at each of its steps, one after the other, until it has no such step: how it was answered each time. */
export function strikeEachStep(
  where: string,
  fault: { readonly effect: string; readonly after?: boolean; readonly sticky?: boolean },
): string[] {
  const answers: string[] = [];
  for (let nth = 1; ; nth++) {
    const disk = new SimulatedDisk();
    const kinds: Step['kind'][] = [];
    const noting = withEachStep(disk, ({ kind }) => void kinds.push(kind));
    const journal = Journal.open({ directory, disk: noting, segmentMaxBytes: 2048 });
    const { before, bytes } = batches[where] ?? expect.fail(where);
    for (const { coordinate, kind, payload } of eventsOf(before)) journal.append(coordinate, kind, payload);
    kinds.length = 0;
    const armed = disk.fault({ ...fault, nth });
    const outcome = outcomeOf(() => journal.appendBatch(eventsOf(3, bytes)));
    const struck = fault.sticky ? kinds.slice(nth - 1) : kinds.slice(nth - 1, nth);
    disk.disarm();
    if (armed.strikes === 0) return answers;
    const answer = 'gave' in outcome ? 'acknowledged' : outcome.refused.code;
    expect(answer).to.be.oneOf([codes[fault.effect], 'CommitUnknown', 'acknowledged']);
    expectAsTold({
      disk,
      journal,
      outcome,
      what: `${fault.effect} at step ${nth} (${struck[0]}): ${answer}`,
      isSync: struck.includes('Sync'),
    });
    answers.push(answer);
  }
}

interface Told {
  readonly disk: SimulatedDisk;
  readonly journal: Journal;
  readonly outcome: Outcome;
  readonly what: string;
  /** Whether a sync failed. */
  readonly isSync: boolean;
}

/** What was acknowledged is there wherever it is looked for, what was refused nowhere; and so is what is appended afterwards. */
function expectAsTold({ disk, journal, outcome, what, isSync }: Told): void {
  const told = 'gave' in outcome ? outcome.gave.map(({ event_id }) => event_id) : [];
  const known = idsIn(journal);
  expect(known.slice(known.length - told.length), what).to.deep.equal(told);
  const isUnknown = 'refused' in outcome && outcome.refused.code === 'CommitUnknown';
  const isRefusedWrite = 'refused' in outcome && !isUnknown && !isSync;
  // What was refused must not come back, whatever a power cut keeps of it.
  if (isRefusedWrite) for (const ids of everySurvivor(disk, { most: 20 })) expect(ids, what).to.deep.equal(known);
  const next = outcomeOf(() => journal.appendBatch([eventOf('next')]));
  if ('refused' in next) {
    expect(next.refused.code, what).to.equal('StorePoisoned');
    expect(isUnknown || isSync, `${what}: why it is poisoned`).to.equal(true);
  }
  const later = 'gave' in next ? next.gave.map(({ event_id }) => event_id) : [];
  for (const ids of [...everySurvivor(disk, { most: 4 }), recovered(disk.fork())]) {
    if (isUnknown) expect(judged(ids, known, 3), what).to.be.oneOf(['none of it', 'all of it']);
    else expect(ids, what).to.deep.equal([...known, ...later]);
  }
}

/** Several segments, whose writer was killed; all of it is durable. The same seed gives the same lineage, whatever the bytes. */
export async function severalSegments(world: JournalWorld, { seed = 1, bytes = 10 } = {}): Promise<void> {
  beginAndOpen(world, { segmentMaxBytes: 512 }, new SimulatedDisk({ seed }));
  await appendEach(world, eventsOf(12, bytes));
  expect(segmentsOf(world.disk)).to.have.length.above(4);
  killed(world, world.disk.crash());
}

/** Goes on with what a writer left who is there no more. */
export function killed(world: JournalWorld, left: SimulatedDisk, events = world.events): void {
  begin(world, world.options, left);
  world.events = events;
}

/** Puts other bytes in place of files, or takes them away. */
export function damage(disk: SimulatedDisk, files: Readonly<Record<string, Uint8Array | undefined>>): void {
  for (const [path, bytes] of Object.entries(files)) {
    if (bytes === undefined) disk.uproot(path);
    else disk.plant(path, bytes);
  }
}

/** Damages the disk, and notes what there is then. */
export function damaged(world: JournalWorld & { files: Record<string, string> }, files: Parameters<typeof damage>[1]): void {
  damage(world.disk, files);
  world.files = filesOf(world.disk);
}
