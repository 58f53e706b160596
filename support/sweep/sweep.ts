import type { StepKind } from '../../src/disk/steps.js';
import { canMeet, type Form, forms, type Strike } from './errors.js';
import { type Control, controlOf, judge } from './judge.js';
import type { Omission } from './omissions.js';
import type { Scenario } from './scenario.js';
import { scenarios } from './scenarios.js';
import { prepared, ran } from './stage.js';
import { describeAsked } from './struck-disk.js';

/** A promise that did not hold under a fault. Plain data, to be brought about again. */
export interface Complaint {
  readonly scenario: string;
  readonly strike: Strike;
  readonly without?: Omission | undefined;
  /** The step that was struck first. */
  readonly step: string;
  readonly complaint: string;
}

/** What became of one operation that met faults at all its steps. */
export interface Swept {
  readonly scenario: string;
  readonly steps: number;
  readonly kinds: readonly StepKind[];
  /** How many runs were struck, of so many that were planned. */
  readonly planned: number;
  readonly struck: number;
  readonly kindsStruck: readonly StepKind[];
  /** By how it ended: `acknowledged`, or the code of the refusal. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Disks, each judged once. */
  readonly disks: number;
  readonly complaints: readonly Complaint[];
}

/** Which faults, where not all; and what the program leaves out. */
export interface SweepOptions {
  readonly forms?: readonly Form[];
  readonly step?: number | undefined;
  readonly without?: Omission | undefined;
}

/** So many are told of one scenario; the others are mostly the same again. */
const complaintsTold = 3;

/** CAT-SIM-5004: one scenario, with every error that its step can meet at every one of its steps. */
export async function sweepScenario(scenario: Scenario, options: SweepOptions = {}): Promise<Swept> {
  const control = await controlOf(scenario, await prepared(scenario));
  const plan = strikesOn(control, options);
  const outcomes: Record<string, number> = {};
  const kindsStruck = new Set<StepKind>();
  const complaints: Complaint[] = [];
  let struck = 0;
  for (const strike of plan) {
    const found = await strikeOnce(control, strike, options.without);
    if (found.kind !== undefined) kindsStruck.add(found.kind);
    if (found.kind !== undefined) struck++;
    outcomes[found.outcome] = (outcomes[found.outcome] ?? 0) + 1;
    if (found.complaint !== undefined) complaints.push({ ...complaintOf(control, strike, found.complaint), without: options.without });
    if (complaints.length >= complaintsTold) break;
  }
  const { steps, finders } = control;
  return {
    scenario: scenario.name,
    steps: steps.length,
    kinds: [...new Set(steps.map(({ kind }) => kind))],
    planned: plan.length,
    struck,
    kindsStruck: [...kindsStruck],
    outcomes,
    disks: finders.judged,
    complaints,
  };
}

export function scenarioNamed(name: string): Scenario {
  const found = scenarios.find((scenario) => scenario.name === name);
  if (found === undefined)
    throw new Error(`there is no scenario ${JSON.stringify(name)}; there are ${scenarios.map((one) => one.name).join(', ')}`);
  return found;
}

/** All that a program may meet: an operation goes on as its control up to the first step that is struck. */
function strikesOn({ steps }: Control, { forms: wanted = forms, step: only }: SweepOptions): Strike[] {
  const strikes = wanted.flatMap((form) => steps.flatMap(({ step }, nth) => (canMeet(form, step) ? [{ ...form, step: nth + 1 }] : [])));
  return strikes.filter(({ step }) => only === undefined || step === only);
}

async function strikeOnce(
  control: Control,
  strike: Strike,
  without: Omission | undefined,
): Promise<{ readonly outcome: string; readonly kind: StepKind | undefined; readonly complaint: string | undefined }> {
  let outcome = 'broken';
  let kind: StepKind | undefined;
  try {
    const one = await ran(control.scenario, control.prepared, strike, without);
    kind = one.struckDisk.struck[0]?.kind;
    outcome = one.outcome.kind === 'acknowledged' ? 'acknowledged' : one.outcome.error.code;
    await judge(control, one, strike);
    return { outcome, kind, complaint: undefined };
  } catch (error) {
    return { outcome, kind, complaint: error instanceof Error ? error.message : String(error) };
  }
}

function complaintOf({ scenario, steps }: Control, strike: Strike, complaint: string): Complaint {
  const asked = steps[strike.step - 1];
  return { scenario: scenario.name, strike, step: asked === undefined ? 'no step' : describeAsked(asked), complaint };
}
