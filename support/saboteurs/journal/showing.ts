import type { Disk, DiskProgram } from '../../../src/disk/program.js';
import { describeStep } from '../../../src/disk/steps.js';
import type { Journal } from '../../../src/journal/journal.js';
import type { SimulatedDisk } from '../../../src/sim/index.js';
import { attempted } from '../records.js';

export const directory = '/j';

/** Where something of a journal is shown at work. */
export interface Stage {
  readonly machine: SimulatedDisk;
  /** The same, of which every step is told. */
  readonly disk: Disk;
  readonly run: <T>(program: DiskProgram<T>) => T;
  readonly runOn: <T>(program: DiskProgram<T>, disk: Disk) => T;
  /** Notes what something gives, or why it is refused. */
  readonly tell: (work: () => unknown) => void;
  readonly openJournal: (disk: Disk) => Journal;
}

/**
 * What is told of something done with a journal on a simulated disk: every step, and whatever else it tells. What it needs is
 * imported only now: modules that a saboteur stands for must not be loaded for its sake.
 */
export async function shownOn(work: (stage: Stage) => unknown): Promise<readonly unknown[]> {
  const { SimulatedDisk } = await import('../../../src/sim/index.js');
  const { runSync } = await import('../../../src/disk/program.js');
  const { Journal } = await import('../../../src/journal/journal.js');
  const told: unknown[] = [];
  const machine = new SimulatedDisk({ root: [directory] });
  const disk: Disk = {
    host: machine.host,
    perform: (step) => {
      told.push(describeStep(step));
      return machine.perform(step);
    },
  };
  await work({
    machine,
    disk,
    run: (program) => runSync(program, disk),
    runOn: runSync,
    tell: (asked) => told.push(attempted(asked)),
    openJournal: (on) => Journal.open({ directory, disk: on, segmentMaxBytes: 512, lifecycle: 'lazy' }),
  });
  return told;
}

export const at = { entity: 'a', scope: 's' };
export const someKind = 0x1001;
