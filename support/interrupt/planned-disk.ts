import type { Disk } from '../../src/disk/program.js';
import type { Step } from '../../src/disk/steps.js';
import { HandlePaths, whenPerformed } from './disks.js';
import type { Plan, PlannedPoint, Point } from './job.js';

/** Counts every step and, at the planned point, calls `meet`, which may never return. */
export class PlannedDisk implements Disk {
  /** What was done since counting began, without the bytes. */
  steps: string[] = [];
  /** Whether the point was met since counting began. */
  wasMet = false;
  readonly #disk: Disk;
  readonly #plan: Plan | undefined;
  readonly #meet: (point: Point) => void;
  readonly #paths = new HandlePaths();
  #lock: Point['lock'] = 'free';
  readonly #untilFree: (() => void)[] = [];
  #isCounting = false;
  #changes = 0;
  #matches = 0;

  constructor(disk: Disk, plan: Plan | undefined, meet: (point: Point) => void) {
    this.#disk = disk;
    this.#plan = plan;
    this.#meet = meet;
    this.#isCounting = plan?.since === 'open';
  }

  /** Whether an advancing plan has come to the end of the steps of a change; then no more are counted. */
  hasRunOut(): boolean {
    if (this.#plan?.at.type !== 'advancing' || this.wasMet) return false;
    this.#isCounting = false;
    return true;
  }

  /** A change begins: counting begins with the first, and anew with each where the point advances. */
  beginChange(): void {
    this.#changes++;
    this.#isCounting = true;
    if (this.#plan?.at.type !== 'advancing') return;
    this.steps = [];
    this.wasMet = false;
  }

  /** When this process has given back the root's lock: a put is acknowledged before its commit has tidied up. */
  async unlocked(): Promise<void> {
    if (this.#lock !== 'free') await new Promise<void>((resolve) => this.#untilFree.push(resolve));
  }

  perform(step: Step): unknown {
    const what = this.#paths.describe(step);
    const matches = this.#isCounting && this.#matchesPlan(step);
    if (this.#isCounting) this.steps.push(what);
    const number = this.steps.length;
    this.#pass(matches, { step: number, when: 'before', what, lock: this.#lock });
    return whenPerformed(this.#disk, step, (result) => {
      this.#note(step, result);
      this.#pass(matches, { step: number, when: 'after', what, lock: this.#lock });
    });
  }

  #matchesPlan(step: Step): boolean {
    const at = this.#plan?.at;
    if (at?.type !== 'matching') return false;
    if (step.kind !== at.kind || !new RegExp(at.path ?? '').test(this.#paths.of(step))) return false;
    this.#matches++;
    return this.#matches === at.nth;
  }

  #pass(matches: boolean, point: Point): void {
    if (!this.#isCounting || this.wasMet || this.#plan === undefined || point.when !== this.#plan.at.when) return;
    if (!(matches || point.step === wantedStep(this.#plan.at, this.#changes))) return;
    this.wasMet = true;
    this.#meet(point);
  }

  #note(step: Step, result: unknown): void {
    if (this.#paths.isRootLock(step)) {
      if (step.op === 'lock' && result === true) this.#lock = 'taken';
      if (step.op === 'truncate') this.#lock = 'named';
      if (step.op === 'close') this.#free();
    }
    this.#paths.note(step, result);
  }

  #free(): void {
    this.#lock = 'free';
    for (const resolve of this.#untilFree.splice(0)) resolve();
  }
}

function wantedStep(at: PlannedPoint, changes: number): number | undefined {
  if (at.type === 'step') return at.step;
  return at.type === 'advancing' ? changes : undefined;
}
