import type { ReadStep, Step, WriteStep } from '../steps.js';
import type { Strike } from './faults.js';
import { rot, staleBytes } from './files.js';
import type { Machine } from './perform.js';
import { fillUp } from './space.js';
import { dropNamesSince, dropPending } from './syncs.js';
import { diskError, jumpClock } from './volume.js';

/** Who takes the step that is struck, and how it is performed, whole or changed. */
export interface StruckStep {
  readonly machine: Machine;
  readonly process: number;
  readonly perform: (step: Step) => unknown;
  /** Stops the process; what is given then is performed once it goes on. */
  readonly pause: (then: () => unknown) => unknown;
}

/** Performs a step as a fault lets it. */
export function performStruck({ effect, isAfter }: Strike, step: Step, struck: StruckStep): unknown {
  const { machine, perform } = struck;
  const { volume } = machine;
  switch (effect.type) {
    case 'error':
      // The system closes a descriptor whatever it answers.
      if (isAfter || step.op === 'close') performUntold(step, perform);
      throw injected(effect.code, step);
    case 'short':
      return perform(shortened(step, effect.bytes));
    case 'no-space':
      fillUp(volume, effect.bytes, effect.error ?? 'ENOSPC');
      return perform(step);
    case 'dropped-sync':
      return dropSync(step, injected(effect.error ?? 'EIO', step), struck);
    case 'torn-chunk':
      return step.op === 'write' ? performTorn(step, effect.bytes, perform) : perform(step);
    case 'bit-rot':
      return step.op === 'read' ? performRotten(step, effect, struck) : perform(step);
    case 'stale-read':
      return step.op === 'read' ? readStale(step, effect.from, struck) : perform(step);
    case 'lost-entry': {
      const before = volume.nextIndex;
      const result = perform(step);
      dropNamesSince(volume, before);
      return result;
    }
    case 'pause':
      return performPaused(step, isAfter, struck);
    case 'clock-jump': {
      if (!isAfter) jumpClock(volume, effect.ms);
      const result = perform(step);
      if (isAfter) jumpClock(volume, effect.ms);
      return result;
    }
  }
}

function dropSync(step: Step, failure: Error, { machine: { volume, handles }, process }: StruckStep): never {
  if ('handle' in step) {
    dropPending(volume, handles.get(process, step.handle).node);
    handles.noteLoss(process, step.handle, failure);
  }
  throw failure;
}

/** A descriptor is given only where it is told: what was opened meanwhile is closed. */
function performUntold(step: Step, perform: StruckStep['perform']): void {
  const result = perform(step);
  const isOpened = (step.op === 'open' || step.op === 'watch') && typeof result === 'number';
  if (isOpened) perform({ op: 'close', kind: 'Close', handle: result });
}

function injected(code: string, step: Step): Error {
  const failure = diskError(code, '');
  failure.message = `injected fault on ${step.kind}`;
  return failure;
}

function shortened(step: Step, bytes: number): Step {
  if (step.op === 'write') return { ...step, chunks: [Buffer.concat(step.chunks).subarray(0, bytes)] };
  return step.op === 'read' ? { ...step, into: step.into.subarray(0, bytes) } : step;
}

/** Two writes that nobody can come between: a crash may keep either without the other. */
function performTorn(step: WriteStep, bytes: number, perform: StruckStep['perform']): number {
  const whole = Buffer.concat(step.chunks);
  perform({ ...step, chunks: [whole.subarray(0, bytes)] });
  perform({ ...step, chunks: [whole.subarray(bytes)], position: step.position + Math.min(bytes, whole.length) });
  return whole.length;
}

function performRotten(
  step: ReadStep,
  { on, position = step.position, bit = 0 }: { readonly on: 'read' | 'disk'; readonly position?: number; readonly bit?: number },
  { machine, process, perform }: StruckStep,
): unknown {
  if (on === 'disk') {
    rot(machine.volume, machine.handles.get(process, step.handle).node, { position, bit });
    return perform(step);
  }
  const count = perform(step);
  const at = position - step.position;
  if (typeof count === 'number' && at >= 0 && at < count) step.into[at] = (step.into[at] ?? 0) ^ (1 << bit);
  return count;
}

function readStale(step: ReadStep, from: 'last-write' | 'last-sync', { machine, process }: StruckStep): number {
  const bytes = staleBytes(machine.volume, machine.handles.get(process, step.handle).node, from);
  const found = bytes.subarray(step.position, step.position + step.into.byteLength);
  step.into.set(found);
  return found.byteLength;
}

function performPaused(step: Step, isAfter: boolean, { perform, pause }: StruckStep): unknown {
  if (!isAfter) return pause(() => perform(step));
  const result = perform(step);
  return pause(() => result);
}
