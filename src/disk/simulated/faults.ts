import type { Handle, Step, StepKind } from '../steps.js';

/** What a fault does to the step that it strikes. A bare word is the system's code of an error, such as EIO or EROFS. */
export type FaultEffect =
  | string
  /** Fewer bytes are written or read than were asked for. */
  | { readonly type: 'short'; readonly bytes: number }
  /** From then on the disk has room for so many bytes more: writes are cut short, and then refused. Lifted by disarming. */
  | { readonly type: 'no-space'; readonly bytes: number; readonly error?: string }
  /** A sync that fails; what it was to make durable stays visible, and no later sync makes it durable. */
  | { readonly type: 'dropped-sync'; readonly error?: string }
  /** A write that a crash may tear after so many bytes, inside a chunk too. */
  | { readonly type: 'torn-chunk'; readonly bytes: number }
  /** One bit that has turned: in what a read gives, or for good in the file. The lowest bit of the first byte read unless told. */
  | { readonly type: 'bit-rot'; readonly on: 'read' | 'disk'; readonly position?: number; readonly bit?: number }
  /** A read that gives what was there before the last write, or at the last sync. */
  | { readonly type: 'stale-read'; readonly from: 'last-write' | 'last-sync' }
  /** Names that are made, moved or removed for everybody to see, and never on the disk. */
  | { readonly type: 'lost-entry' }
  /** The process stands still, with all its steps, until it is resumed. */
  | { readonly type: 'pause' }
  | { readonly type: 'clock-jump'; readonly ms: number };

/** Which steps a fault meets, and what it does. Without kind and path it meets every step that its effect makes sense for. */
export interface FaultOptions {
  readonly kind?: StepKind | readonly StepKind[];
  /** A name that the step touches, or the one that its handle was opened by. */
  readonly path?: RegExp;
  /** The first of the steps it meets, counted from when it was armed, unless told. */
  readonly nth?: number;
  /** Strikes from then on, not once. */
  readonly sticky?: boolean;
  /** The step is performed, and then fails, pauses or sees the clock jump. */
  readonly after?: boolean;
  readonly effect: FaultEffect;
}

/** A fault that was armed. A test that counts on it looks whether it struck. */
export interface Fault {
  readonly strikes: number;
}

export interface Strike {
  readonly effect: Exclude<FaultEffect, string> | { readonly type: 'error'; readonly code: string };
  readonly isAfter: boolean;
}

interface ArmedFault extends FaultOptions {
  stepsToGo: number;
  strikes: number;
}

/** Faults that wait for the n-th step that they meet, counted from when they were armed (CAT-SIM-5004). */
export class Faults {
  #armed: ArmedFault[] = [];

  arm(options: FaultOptions): Fault {
    const { nth = 1 } = options;
    if (!Number.isInteger(nth) || nth < 1) throw new RangeError(`a fault is armed for the first step or a later one, not for ${nth}`);
    const fault = { ...options, stepsToGo: nth, strikes: 0 };
    this.#armed.push(fault);
    return fault;
  }

  disarm(): void {
    this.#armed = [];
  }

  /** Counts one step; every armed fault that meets it counts, and the first that is due strikes. */
  count(step: Step, pathOf: (handle: Handle) => string | undefined): Strike | undefined {
    if (this.#armed.length === 0) return undefined;
    const met = this.#armed.filter((fault) => meets(fault, step, pathOf));
    for (const fault of met) fault.stepsToGo -= 1;
    const due = met.find((fault) => fault.stepsToGo <= 0);
    if (due === undefined) return undefined;
    due.strikes += 1;
    if (due.sticky !== true) this.#armed = this.#armed.filter((fault) => fault !== due);
    const { effect, after = false } = due;
    return { effect: typeof effect === 'string' ? { type: 'error', code: effect } : effect, isAfter: after };
  }
}

function meets({ kind, path, effect }: FaultOptions, step: Step, pathOf: (handle: Handle) => string | undefined): boolean {
  if (typeof effect !== 'string' && !canMeet(effect, step)) return false;
  if (kind !== undefined && ![kind].flat().includes(step.kind)) return false;
  return path === undefined || pathsOf(step, pathOf).some((touched) => path.test(touched));
}

function canMeet(effect: Exclude<FaultEffect, string>, step: Step): boolean {
  switch (effect.type) {
    case 'short':
      return step.op === 'write' || step.op === 'read';
    case 'no-space':
    case 'torn-chunk':
      return step.op === 'write';
    case 'dropped-sync':
      return step.op === 'sync';
    case 'bit-rot':
    case 'stale-read':
      return step.op === 'read';
    case 'lost-entry':
      return makesNames(step);
    case 'pause':
    case 'clock-jump':
      return true;
  }
}

const namesMade = ['link', 'symlink', 'rename', 'unlink', 'make-directory', 'remove-directory'];

function makesNames(step: Step): boolean {
  return namesMade.includes(step.op) || (step.op === 'open' && (step.access === 'create' || step.access === 'update-or-create'));
}

function pathsOf(step: Step, pathOf: (handle: Handle) => string | undefined): readonly string[] {
  if ('handle' in step) return [pathOf(step.handle) ?? ''];
  if ('from' in step) return [step.from, step.to];
  return 'path' in step ? [step.path] : [];
}
