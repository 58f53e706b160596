import type { DiskError, StepKind } from '../steps.js';
import { diskError } from './volume.js';

export interface FaultOptions {
  /** The system's code; EIO unless told. */
  readonly error?: string;
  /** Fails from then on, not once. */
  readonly sticky?: boolean;
  /** Performs the step and fails then. */
  readonly after?: boolean;
}

interface ArmedFault extends FaultOptions {
  readonly kind: StepKind;
  stepsToGo: number;
}

export interface Strike {
  readonly error: DiskError;
  readonly after: boolean;
}

/** Faults that wait for the n-th step of their kind, counted from when they were armed (CAT-SIM-5004). */
export class Faults {
  #armed: ArmedFault[] = [];

  arm(kind: StepKind, nth: number, options: FaultOptions): void {
    if (!Number.isInteger(nth) || nth < 1) throw new RangeError(`a fault is armed for the first step or a later one, not for ${nth}`);
    this.#armed.push({ ...options, kind, stepsToGo: nth });
  }

  disarm(): void {
    this.#armed = [];
  }

  /** Counts one step; every armed fault of its kind counts, and the first that is due strikes. */
  count(kind: StepKind): Strike | undefined {
    if (this.#armed.length === 0) return undefined;
    for (const fault of this.#armed) if (fault.kind === kind) fault.stepsToGo -= 1;
    const due = this.#armed.find((fault) => fault.kind === kind && fault.stepsToGo <= 0);
    if (due === undefined) return undefined;
    if (!due.sticky) this.#armed = this.#armed.filter((fault) => fault !== due);
    return { error: injected(due), after: due.after ?? false };
  }
}

function injected({ kind, error = 'EIO' }: ArmedFault): DiskError {
  const failure = diskError(error, '');
  failure.message = `injected fault on ${kind}`;
  return failure;
}
