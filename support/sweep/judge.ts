import type { SimulatedDisk } from '../../src/sim/index.js';
import { opened } from '../exploration/alphabet.js';
import { modelEntry } from '../model-entry.js';
import { fittingCodes, type Strike } from './errors.js';
import type { Scenario } from './scenario.js';
import { type Outcome, outcomeOf, type Ran, ran } from './stage.js';
import { type Asked, kindToldOf } from './struck-disk.js';
import { Finders, isRefusal, leftIn, recordsBut, recordsOf, unread, type View, viewThrough, withModel } from './views.js';

/** How a scenario goes without a fault, and what each end of it means. */
export interface Control {
  readonly scenario: Scenario;
  readonly prepared: SimulatedDisk;
  readonly finders: Finders;
  readonly steps: readonly Asked[];
  readonly value: string;
  readonly before: View;
  /** What may be there when the power fails before the operation has done anything. */
  readonly beforeCut: ReadonlySet<View>;
  readonly after: View;
  /** The disk as it was before, and the index and all generations on it. */
  readonly tree: number;
  readonly published: string;
}

const further = modelEntry('zz-again');

/** The run without a fault, judged by what the scenario says that it leaves. */
export async function controlOf(scenario: Scenario, prepared: SimulatedDisk): Promise<Control> {
  const finders = new Finders(scenario);
  const before = await finders.found(prepared);
  const beforeCut = await viewsAfterCuts(prepared, finders);
  const control = await ran(scenario, prepared);
  if (control.outcome.kind !== 'acknowledged') throw control.outcome.error;
  const after = await finders.found(control.disk);
  const found = leftIn(after);
  if (found.join() !== scenario.leaves.join())
    throw new Error(`${scenario.name} leaves ${found.join()}; it is to leave ${scenario.leaves.join()}`);
  const steps = control.struckDisk.asked;
  const value = textOf(control.outcome.value);
  const was = { tree: prepared.fingerprint(), published: published(prepared) };
  const known = { scenario, prepared, finders, steps, value, before, beforeCut, after, ...was };
  await judge(known, control, undefined);
  return known;
}

/** CAT-SIM-5006, CAT-IDX-1113: throws what is wrong with a run. */
export async function judge(control: Control, one: Ran, strike: Strike | undefined): Promise<void> {
  const { outcome, disk, process } = one;
  const { finders, scenario } = control;
  if (strike !== undefined && outcome.kind !== 'acknowledged') expectFits(outcome, strike);
  const legal = legalViews(control, outcome);
  const now = await finders.found(disk);
  if (!legal.now.has(now))
    throw new Error(`it ${toldAs(outcome)}, and a new process finds ${now}; legal is ${[...legal.now].join(' or ')}`);
  for (const view of await viewsAfterCuts(disk, finders)) {
    if (!legal.cut.has(view))
      throw new Error(`it ${toldAs(outcome)}, and after a power cut there is ${view}; legal is ${[...legal.cut].join(' or ')}`);
  }
  if (outcome.kind === 'unknown') await expectSettled(disk, now, control);
  if (outcome.kind === 'refused') expectIndexUntouched(control, disk);
  if (scenario.reads) expectReadOnly(control, one);
  expectSyncedOnce(one);
  await expectHandle(control, one, now);
  if (process.openHandles() > 0) throw new Error(`${process.openHandles()} handles are open after it was closed`);
}

interface Legal {
  readonly now: ReadonlySet<View>;
  readonly cut: ReadonlySet<View>;
}

function legalViews({ before, beforeCut, after, scenario }: Control, outcome: Outcome): Legal {
  const done = outcome.kind === 'acknowledged' ? afterTelling(after, outcome.value) : after;
  switch (outcome.kind) {
    case 'acknowledged':
      return { now: new Set([done]), cut: scenario.reads ? beforeCut : new Set([done]) };
    case 'refused': {
      const all = scenario.inParts ? [after] : [];
      return { now: new Set([before, ...all]), cut: new Set([...beforeCut, ...all]) };
    }
    case 'unknown':
      return { now: new Set([before, after]), cut: new Set([...beforeCut, after]) };
  }
}

/** A verification that could not read the bytes is recorded as one that has failed. */
function afterTelling(after: View, value: unknown): View {
  if (!isUnreadable(value)) return after;
  return withModel(after, 'added', ({ verified_at: _gone, last_verified_ms, ...entry }) => {
    return Object.assign(
      entry,
      { state: 'Failed', trust_state: 'unverified' } as const,
      last_verified_ms !== undefined && { last_verified_ms },
    );
  });
}

function isUnreadable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'reason' in value && (value.reason === 'unreadable' || value.reason === 'missing');
}

/** What is shown on each disk that a power cut may leave now; those that are alike are judged once, whichever fault has led to them. */
async function viewsAfterCuts(disk: SimulatedDisk, finders: Finders): Promise<ReadonlySet<View>> {
  const views = new Set<View>();
  const states = disk.crashStates({ unread, exhaustUpTo: 16 });
  for (const state of states) views.add(await finders.foundAfterCut(state));
  if (states.coverage !== 'exhausted') throw new Error('a power cut may leave more disks than were judged');
  return views;
}

/** What could not be told is settled by the first who reads it: no power cut takes that back. */
async function expectSettled(disk: SimulatedDisk, now: View, { finders, scenario: { handicap } }: Control): Promise<void> {
  const read = disk.fork();
  const process = read.process();
  const catalog = await opened(handicap?.(process) ?? process, { readOnly: true });
  await viewThrough(catalog);
  for (const view of await viewsAfterCuts(read, finders)) {
    if (view !== now) throw new Error(`a reader was shown ${now}, and after a power cut there is ${view}`);
  }
}

/** The code fits what the disk said, and the disk's own word is with it. */
function expectFits({ kind, error }: Exclude<Outcome, { kind: 'acknowledged' }>, { errno }: Strike): void {
  const fitting = kind === 'unknown' ? ['CommitUnknown'] : fittingCodes(errno);
  if (!(fitting as readonly string[]).includes(error.code)) throw new Error(`${errno} was told as ${error.code}: ${error.message}`);
  if (error.code === fittingCodes(errno)[0] && error.details.errno !== errno) {
    throw new Error(`${error.code} names ${String(error.details.errno)}, not ${errno}: ${error.message}`);
  }
}

/** What was refused has left the index and all generations as they were, byte for byte. */
function expectIndexUntouched({ scenario, published: was, before, beforeCut }: Control, disk: SimulatedDisk): void {
  // Where there was no root, or a writer was killed, what was finished of the beginnings may stay.
  if (isRefusal(before) || scenario.inParts || beforeCut.size > 1 || was === '') return;
  const is = published(disk);
  if (was !== is) throw new Error(`what was refused has changed the index: ${was} became ${is}`);
}

function published(disk: SimulatedDisk): string {
  const files = [...disk.snapshotTree()].filter(
    ([path, { type }]) => type === 'file' && /\/(generations\/.*|catalog\.json|engines\.json)$/.test(path),
  );
  return files.map(([path, found]) => `${path} ${found.type === 'file' ? Buffer.from(found.bytes).toString('latin1') : ''}`).join('\n');
}

function expectReadOnly({ value, tree, scenario }: Control, { outcome, disk, struckDisk }: Ran): void {
  const isTold = outcome.kind === 'acknowledged' && struckDisk.struck.length > 0 && scenario.tellsFault?.(outcome.value);
  if (outcome.kind === 'acknowledged' && textOf(outcome.value) !== value && !isTold)
    throw new Error(`it answered ${textOf(outcome.value)}, not ${value}`);
  if (disk.fingerprint() !== tree) throw new Error('what only reads has changed the disk');
}

/** CAT-IDX-1113: a file whose sync failed is never synced again. */
function expectSyncedOnce({ struckDisk: { asked } }: Ran): void {
  const failed = new Set<string>();
  for (const { kind, path, isStruck } of asked) {
    if (kind !== 'Sync') continue;
    if (failed.has(path)) throw new Error(`${path} was synced again after a sync of it had failed`);
    if (isStruck) failed.add(path);
  }
}

/** The same handle reads what everybody reads, and writes; after a failed sync, or a commit that could not be told, it only reads. */
async function expectHandle({ scenario, finders }: Control, one: Ran, now: View): Promise<void> {
  const { catalog, outcome, disk } = one;
  if (catalog === undefined) return;
  const seen = await viewThrough(catalog);
  if (seen !== now) throw new Error(`the same handle shows ${seen}; others are shown ${now}`);
  if (scenario.handle === 'opened by it for reading' || isRefusal(now)) return catalog.close();
  const next = await outcomeOf(() => catalog.put(further));
  if (next.kind !== 'acknowledged' && next.error.code !== 'StorePoisoned')
    throw new Error(`the same handle could not put: ${next.error.message}`);
  const isPoisoned = next.kind !== 'acknowledged';
  if (isPoisoned && !mayBePoisoned(one)) throw new Error('the handle is poisoned, and no sync has failed');
  if (!isPoisoned && mustBePoisoned(one)) throw new Error(`it ${toldAs(outcome)}, and the same handle writes on`);
  await catalog.close();
  const shown = await finders.found(disk);
  const isThere = recordsOf(shown) !== recordsOf(now);
  if (recordsBut(shown, further.id) !== recordsBut(now, further.id) || isThere === isPoisoned) {
    throw new Error(`a put by the same handle ${toldAs(next)}, and then there is ${shown}`);
  }
}

function mayBePoisoned({ outcome, struckDisk }: Ran): boolean {
  return outcome.kind === 'unknown' || struckDisk.struck.some(isSync);
}

function mustBePoisoned({ outcome, struckDisk }: Ran): boolean {
  const [first] = struckDisk.struck;
  if (outcome.kind !== 'refused' || first === undefined) return outcome.kind === 'unknown';
  const ofIndex = isSync(first) && /\/generations(\/|$)|\.json\.[^/]+\.tmp$/.test(first.path);
  // A reader that could not sync goes on without; what is told then is of another step.
  return ofIndex && kindToldOf(outcome.error) === first.kind;
}

function isSync({ kind }: Asked): boolean {
  return kind === 'Sync' || kind === 'SyncDirectory';
}

function toldAs(outcome: Outcome): string {
  return outcome.kind === 'acknowledged' ? 'was acknowledged' : `was told as ${outcome.error.code} (${outcome.error.message})`;
}

function textOf(value: unknown): string {
  return JSON.stringify(value, (_key, part) => (typeof part === 'bigint' ? String(part) : part)) ?? 'nothing';
}
