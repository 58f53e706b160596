import { expect } from 'chai';
import { type CatalogError, isCatalogError } from '../src/core/errors.js';
import { SimulatedDisk, type SimulatedProcess } from '../src/disk/simulated-disk.js';
import type { Step } from '../src/disk/steps.js';
import type { AppendOptions } from '../src/journal/appending.js';
import type { JournalEvent } from '../src/journal/event.js';
import type { EventId } from '../src/journal/event-id.js';
import { Journal } from '../src/journal/journal.js';
import type { Receipt } from '../src/journal/receipts.js';
import type { JournalOptions } from '../src/journal/settings.js';
import { withEachStep } from './interrupt/disks.js';
import { directory, isCallers, note, segmentsOf } from './journal-helpers.js';
import type { CatalogWorld } from './world.js';

/** A process that shares the journal. */
export interface Member {
  readonly process: SimulatedProcess;
  journal: Journal;
  readonly options: Partial<JournalOptions>;
  /** What its last call did. */
  steps: { readonly step: Step; readonly path: string }[];
  beforeStep: ((step: Step, path: string) => void) | undefined;
  receipts: Receipt[];
}

export interface SharedWorld extends CatalogWorld {
  disk: SimulatedDisk;
  members: Map<string, Member>;
  options: Partial<JournalOptions>;
  acknowledged: Receipt[];
  refused: Map<string, CatalogError>;
  outcomes: readonly string[];
  untouched: Record<string, string>;
  hidden: EventId | undefined;
}

export const event = { entity: 'a', scope: 's' };
export const segment = (disk: SimulatedDisk): string => `${directory}/${String(segmentsOf(disk).at(-1)).padStart(6, '0')}.seg`;

export function begin(
  world: SharedWorld,
  options: Partial<JournalOptions>,
  own: Readonly<Record<string, Partial<JournalOptions>>> = {},
): void {
  const disk = new SimulatedDisk();
  Object.assign(world, {
    disk,
    options: { segmentMaxBytes: 4096, ...options },
    members: new Map(),
    acknowledged: [],
    refused: new Map(),
    outcomes: [],
  });
  for (const name of ['ann', 'bob']) join(world, name, own[name]);
}

export function join(world: SharedWorld, name: string, own: Partial<JournalOptions> = {}): Member {
  const options = { shared: true, lifecycle: 'lazy', lockTimeoutMs: 20, ...world.options, ...own } as const;
  const process = world.disk.process();
  const member: Member = { process, options, steps: [], beforeStep: undefined, receipts: [], journal: undefined as unknown as Journal };
  const disk = withEachStep(process, (step, paths) => {
    const path = paths.of(step);
    member.steps.push({ step, path });
    member.beforeStep?.(step, path);
    return undefined;
  });
  member.journal = Journal.open({ directory, disk, ...options });
  world.members.set(name, member);
  return member;
}

export function memberOf(world: SharedWorld, name: string): Member {
  return world.members.get(name) ?? expect.fail(`${name} is not there`);
}

/** Appends an event, and notes what came of it. */
export function append(
  world: SharedWorld,
  name: string,
  options: AppendOptions = {},
  payload: unknown = { by: name },
): Receipt | undefined {
  const member = memberOf(world, name);
  member.steps = [];
  try {
    const receipt = member.journal.append(event, note, payload, options);
    const kept = { ...receipt };
    member.receipts.push(kept);
    if (!world.acknowledged.some(({ event_id }) => event_id === kept.event_id)) world.acknowledged.push(kept);
    return kept;
  } catch (error) {
    if (!isCatalogError(error)) throw error;
    world.refused.set(name, error);
    return undefined;
  }
}

export function cutPower(world: SharedWorld): void {
  const names = [...world.members].filter(([, { options }]) => options.shared).map(([name, { options }]) => [name, options] as const);
  world.disk = world.disk.crash();
  world.members.clear();
  for (const [name, options] of names) join(world, name, options);
}

export const inOrder = (receipts: readonly Receipt[]): EventId[] =>
  [...receipts].sort((a, b) => a.sequence - b.sequence).map(({ event_id }) => event_id);
export const callersOf = (journal: Journal): JournalEvent[] => [...journal.read()].filter(isCallers);
export const idsOf = (journal: Journal): EventId[] => callersOf(journal).map(({ event_id }) => event_id);

/** By each who shares it, and by one who only reads. */
export function everybody(world: SharedWorld): Journal[] {
  const reader = Journal.open({ directory, disk: world.disk.process(), readOnly: true });
  return [...[...world.members.values()].filter(({ process }) => isAlive(process)).map(({ journal }) => journal), reader];
}

function isAlive(process: SimulatedProcess): boolean {
  return process.openHandles() > 0;
}

export function expectOneSequence(journal: Journal, hidden = 0): void {
  const events = [...journal.read()];
  const sequences = events.map(({ sequence }) => sequence);
  expect(sequences).to.deep.equal([...new Set(sequences)].sort((a, b) => a - b));
  expect(sequences.at(-1) ?? 0).to.equal(events.length + hidden);
  expect(journal.verify()).to.include({ ok: true, events: events.length });
}

export function expectEverybodyReads(world: SharedWorld): void {
  for (const journal of everybody(world)) {
    expect(idsOf(journal)).to.deep.equal(inOrder(world.acknowledged));
    expectOneSequence(journal, world.hidden === undefined ? 0 : 1);
  }
}

/** What is there after a power cut, as whoever opens it first finds it. */
export function afterPowerCut(disk: SimulatedDisk): EventId[] {
  return idsOf(Journal.open({ directory, disk: disk.crash(), shared: true, lifecycle: 'lazy' }));
}
