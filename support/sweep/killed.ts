import { setImmediate } from 'node:timers/promises';
import type { Catalog } from '../../src/catalog.js';
import { contextOf, type Disk } from '../../src/disk/program.js';
import type { Step, StepKind } from '../../src/disk/steps.js';
import type { SimulatedDisk } from '../../src/sim/index.js';
import { opened } from '../exploration/alphabet.js';

/** A process that is killed before its first step of a kind, where one of another kind has come before it. */
export async function killedBefore(
  disk: SimulatedDisk,
  at: { readonly kind: StepKind; readonly after?: StepKind },
  work: (catalog: Catalog) => Promise<unknown>,
): Promise<void> {
  const process = disk.process();
  let isNear = at.after === undefined;
  let wasReached = false;
  const stopping: Disk = {
    ...contextOf(process),
    perform: (step: Step) => {
      if (isNear && step.kind === at.kind) {
        wasReached = true;
        return new Promise<never>(() => {});
      }
      isNear ||= step.kind === at.after;
      return process.perform(step);
    },
  };
  const catalog = await opened(stopping);
  void work(catalog);
  // A simulated disk answers at once: whoever has not stopped by now has ended.
  await setImmediate();
  if (!wasReached) throw new Error(`it took no step ${at.kind}`);
  process.kill();
}
