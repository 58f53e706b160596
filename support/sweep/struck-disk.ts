import { contextOf, type Disk } from '../../src/disk/program.js';
import { describeStep, type Step, type StepKind } from '../../src/disk/steps.js';
import { HandlePaths } from '../interrupt/disks.js';
import { canMeet, type Strike } from './errors.js';

/** One step that was asked for. */
export interface Asked {
  readonly step: Step;
  readonly kind: StepKind;
  /** What it touched; for links and renames the name that comes to be. */
  readonly path: string;
  readonly isStruck: boolean;
}

/** No operation needs so many steps, whatever goes wrong: it would never end. */
const endless = 5000;

/** The disk of one process, whose steps are counted and struck from when it is armed until it is disarmed. */
export class StruckDisk implements Disk {
  readonly host?: NonNullable<Disk['host']>;
  asked: Asked[] = [];
  readonly #disk: Disk;
  readonly #paths = new HandlePaths();
  #strike: Strike | undefined;
  #isCounting = false;

  constructor(disk: Disk) {
    this.#disk = disk;
    Object.assign(this, contextOf(disk));
  }

  /** Counts from here; without a strike it only counts. */
  arm(strike: Strike | undefined): void {
    this.#strike = strike;
    this.#isCounting = true;
    this.asked = [];
  }

  disarm(): void {
    this.#strike = undefined;
    this.#isCounting = false;
  }

  get struck(): readonly Asked[] {
    return this.asked.filter(({ isStruck }) => isStruck);
  }

  perform(step: Step): unknown {
    const strike = this.#counted(step);
    // The system closes a descriptor whatever it answers.
    if (strike?.when === 'before' && step.op !== 'close') throw refused(strike, step);
    if (strike?.when === 'instead') return 0;
    const result = this.#disk.perform(step);
    if (strike !== undefined) throw this.#afterEffect(strike, step, result);
    this.#paths.note(step, result);
    return result;
  }

  /** A file may have been made although its opening failed; a descriptor is given only where it is told. */
  #afterEffect(strike: Strike, step: Step, result: unknown): Error {
    if (step.kind === 'Open' && typeof result === 'number') this.#disk.perform({ op: 'close', kind: 'Close', handle: result });
    return refused(strike, step);
  }

  /** Time that passes is nothing that a disk is asked for. */
  #counted(step: Step): Strike | undefined {
    if (!this.#isCounting || step.kind === 'Wait') return undefined;
    const strike = isDue(this.#strike, this.asked.length + 1, step) ? this.#strike : undefined;
    this.asked.push({ step, kind: step.kind, path: this.#paths.of(step), isStruck: strike !== undefined });
    if (this.asked.length > endless) throw new Error(`it did not end in ${endless} steps`);
    return strike;
  }
}

export function describeAsked({ step, path }: Asked): string {
  return 'handle' in step ? `${describeStep(step)} ${path}` : describeStep(step);
}

function isDue(strike: Strike | undefined, nth: number, step: Step): boolean {
  if (strike === undefined || nth < strike.step) return false;
  return nth === strike.step || (strike.lasts && canMeet(strike, step));
}

/** The kind of the step whose error is at the bottom of what a caller was told. */
export function kindToldOf(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const kind = /: injected at (\w+)$/.exec(cause.message)?.[1];
    if (kind !== undefined && cause.cause === undefined) return kind;
  }
  return undefined;
}

function refused({ errno }: Strike, step: Step): Error {
  return Object.assign(new Error(`${errno}: injected at ${step.kind}`), { code: errno });
}
