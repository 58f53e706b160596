import { type CatalogError, isCatalogError } from '../../../src/core/errors.js';
import type { Disk } from '../../../src/disk/program.js';
import type { StepKind } from '../../../src/disk/steps.js';
import type { Fence, Journal } from '../../../src/journal/index.js';
import { SimulatedDisk, type SimulatedProcess } from '../../../src/sim/index.js';
import { canMeet, type Form, fittingCodes, forms, type Strike } from '../errors.js';
import { describeAsked, StruckDisk } from '../struck-disk.js';
import type { Swept } from '../sweep.js';
import { JournalFinders, type Seen, type View, viewThrough } from './finders.js';
import { append, type JournalOperation, opened } from './operations.js';

/** A compaction that fails is refused without an error: its report says so. */
type Outcome = { readonly kind: 'acknowledged' } | { readonly kind: 'refused' | 'unknown'; readonly error: CatalogError | undefined };

interface Ran {
  readonly disk: SimulatedDisk;
  readonly process: SimulatedProcess;
  readonly struckDisk: StruckDisk;
  readonly journal: Journal | undefined;
  readonly outcome: Outcome;
  /** What a power cut might have left just before the operation. */
  readonly beforeCut: ReadonlySet<View>;
}

/** How an operation goes without a fault. */
interface Control {
  readonly operation: JournalOperation;
  readonly prepared: SimulatedDisk;
  readonly finders: JournalFinders;
  readonly before: View;
  readonly after: View;
  readonly steps: StruckDisk['asked'];
}

export type JournalSwept = Omit<Swept, 'complaints'> & { readonly complaints: readonly string[] };

export interface JournalSweepOptions {
  /** Which faults, where not all. */
  readonly wanted?: readonly Form[];
  /** What the disk does to whoever acts. */
  readonly handicap?: (disk: Disk) => Disk;
  /** What others have found already. */
  readonly finders?: JournalFinders;
}

/** So many are told of one operation; the others are mostly the same again. */
const complaintsTold = 3;

/** CAT-SIM-5004: one operation of a journal, with every error that its step can meet at every one of its steps. */
export function sweepJournal(
  operation: JournalOperation,
  { wanted = forms, handicap, finders = new JournalFinders() }: JournalSweepOptions = {},
): JournalSwept {
  const control = controlOf(handicap === undefined ? operation : { ...operation, handicap }, finders);
  const plan = wanted.flatMap((form) =>
    control.steps.flatMap(({ step }, nth) => (canMeet(form, step) ? [{ ...form, step: nth + 1 }] : [])),
  );
  const outcomes: Record<string, number> = {};
  const kindsStruck = new Set<StepKind>();
  const complaints: string[] = [];
  let struck = 0;
  for (const strike of plan) {
    const one = ran(control.operation, control.prepared, finders, strike);
    const kind = one.struckDisk.struck[0]?.kind;
    if (kind !== undefined) {
      struck++;
      kindsStruck.add(kind);
    }
    const ended = one.outcome.kind === 'acknowledged' ? 'acknowledged' : (one.outcome.error?.code ?? 'Failed');
    outcomes[ended] = (outcomes[ended] ?? 0) + 1;
    const complaint = complaintOf(control, one, strike);
    if (complaint !== undefined) complaints.push(complaint);
    if (complaints.length >= complaintsTold) break;
  }
  const { steps } = control;
  const kinds = [...new Set(steps.map(({ kind }) => kind))];
  const counts = { steps: steps.length, kinds, planned: plan.length, struck, kindsStruck: [...kindsStruck], disks: finders.judged };
  return { scenario: operation.name, ...counts, outcomes, complaints };
}

function controlOf(operation: JournalOperation, finders: JournalFinders): Control {
  const made = new SimulatedDisk({ root: ['/home/user'] });
  operation.before?.(made);
  const prepared = made.fork();
  const control = ran(operation, prepared, finders);
  if (control.outcome.kind !== 'acknowledged') throw control.outcome.error ?? new Error(`${operation.name} failed`);
  const after = finders.found(control.disk);
  const { events, passed }: Seen = JSON.parse(after);
  const [found, wanted] = [
    { payloads: events.map(([, , , payload]) => payload), passed },
    { passed: 0, ...operation.leaves },
  ];
  if (JSON.stringify([found.payloads, found.passed]) !== JSON.stringify([wanted.payloads, wanted.passed]))
    throw new Error(`${operation.name} leaves ${JSON.stringify(found)}; it is to leave ${JSON.stringify(wanted)}`);
  const before = seenBefore(operation, prepared, finders);
  const known = { operation, prepared, finders, before, after, steps: control.struckDisk.asked };
  judge(known, control, undefined);
  return known;
}

/** What is seen just before the operation: what its handle did before is there, though it may not be durable. */
function seenBefore(operation: JournalOperation, prepared: SimulatedDisk, finders: JournalFinders): View {
  const disk = prepared.fork();
  if (operation.warm !== undefined) operation.warm(opened(disk.process(), operation.options));
  return finders.found(disk);
}

function ran(
  { options, warm, act, handicap = same }: JournalOperation,
  prepared: SimulatedDisk,
  finders: JournalFinders,
  strike?: Strike,
): Ran {
  const disk = prepared.fork();
  const process = disk.process();
  const struckDisk = new StruckDisk(handicap(process));
  let journal: Journal | undefined;
  let fence: Fence | undefined;
  if (warm !== undefined) {
    journal = opened(struckDisk, options);
    fence = warm(journal);
  }
  const beforeCut = finders.foundAfterCuts(disk);
  struckDisk.arm(strike);
  const outcome = outcomeOf(() => {
    journal ??= opened(struckDisk, options);
    return act(journal, fence);
  });
  struckDisk.disarm();
  return { disk, process, struckDisk, journal, outcome, beforeCut };
}

const same = (disk: Disk): Disk => disk;

function outcomeOf(work: () => unknown): Outcome {
  try {
    return work() === 'Failed' ? { kind: 'refused', error: undefined } : { kind: 'acknowledged' };
  } catch (error) {
    if (!isCatalogError(error)) throw new Error(`an error without a type: ${String(error)}`, { cause: error });
    return { kind: error.code === 'CommitUnknown' ? 'unknown' : 'refused', error };
  }
}

function complaintOf(control: Control, one: Ran, strike: Strike): string | undefined {
  try {
    judge(control, one, strike);
    return undefined;
  } catch (error) {
    const asked = control.steps[strike.step - 1];
    const step = asked === undefined ? 'no step' : describeAsked(asked);
    const why = error instanceof Error ? error.message : String(error);
    return `${control.operation.name}, ${strike.errno} ${strike.when} step ${strike.step}${strike.lasts ? ' and from there on' : ''} (${step}): ${why}`;
  }
}

/** CAT-JRN-3104, 3106, 3303: throws what is wrong with a run. */
function judge(control: Control, one: Ran, strike: Strike | undefined): void {
  const { finders } = control;
  const { outcome, disk, process } = one;
  if (strike !== undefined && outcome.kind !== 'acknowledged') expectFits(outcome, strike);
  const legal = legalViews(control, one);
  const now = finders.found(disk);
  if (!legal.now.has(now))
    throw new Error(`it ${toldAs(outcome)}, and a new process finds ${now}; legal is ${[...legal.now].join(' or ')}`);
  for (const view of finders.foundAfterCuts(disk)) {
    if (!legal.cut.has(view))
      throw new Error(`it ${toldAs(outcome)}, and after a power cut there is ${view}; legal is ${[...legal.cut].join(' or ')}`);
  }
  expectHandle(control, one, now, legal.now);
  if (process.openHandles() > 0) throw new Error(`${process.openHandles()} handles are open after it was closed`);
}

interface Legal {
  readonly now: ReadonlySet<View>;
  readonly cut: ReadonlySet<View>;
}

function legalViews({ before, after, operation: { mayHaveHappened, reads } }: Control, { outcome, beforeCut }: Ran): Legal {
  const others = outcome.kind === 'unknown' || mayHaveHappened ? [after] : [];
  switch (outcome.kind) {
    case 'acknowledged':
      return { now: new Set([after]), cut: reads ? beforeCut : new Set([after]) };
    case 'refused':
    case 'unknown':
      // What was not durable before may have become so.
      return { now: new Set([before, ...others]), cut: new Set([...beforeCut, before, ...others]) };
  }
}

function expectFits({ kind, error }: Exclude<Outcome, { kind: 'acknowledged' }>, { errno }: Strike): void {
  if (error === undefined) return;
  const fitting: readonly string[] = kind === 'unknown' ? ['CommitUnknown'] : fittingCodes(errno);
  if (!fitting.includes(error.code)) throw new Error(`${errno} was told as ${error.code}: ${error.message}`);
}

/** The same handle reads what everybody reads, and appends or says that it does not trust its disk any more; and closes. */
function expectHandle(
  { operation: { closes, options }, finders }: Control,
  { journal, disk, outcome }: Ran,
  now: View,
  legal: ReadonlySet<View>,
): void {
  if (closes) journal?.close();
  if (journal === undefined || closes) return;
  const seen = viewThrough(journal);
  // Who was told that nobody knows is shown what he knows.
  if (seen !== now && !(outcome.kind === 'unknown' && legal.has(seen)))
    throw new Error(`the same handle shows ${seen}; others are shown ${now}`);
  const next = options?.readOnly ? undefined : outcomeOf(() => append(journal, 'again'));
  if (next !== undefined && next.kind !== 'acknowledged' && !['StorePoisoned', 'FenceActive'].includes(String(next.error?.code)))
    throw new Error(`an append by the same handle ${toldAs(next)}`);
  const closing = outcomeOf(() => journal.close());
  if (closing.kind !== 'acknowledged') throw new Error(`closing it ${toldAs(closing)}`);
  const shown = finders.found(disk);
  const isThere = shown !== now;
  if (next !== undefined && isThere !== (next.kind === 'acknowledged'))
    throw new Error(`it ${toldAs(outcome)}; an append by the same handle ${toldAs(next)}, and then there is ${shown}`);
}

function toldAs(outcome: Outcome): string {
  return outcome.kind === 'acknowledged'
    ? 'was acknowledged'
    : `was told as ${outcome.error?.code ?? 'Failed'} (${outcome.error?.message ?? 'by its report'})`;
}
