import { contextOf, type Disk } from '../../src/disk/program.js';
import type { ReadStep, Step, WriteStep } from '../../src/disk/steps.js';
import type { Scenario } from './scenario.js';

/** A file system that renames no directories. */
export function withoutDirectoryRenames(disk: Disk): Disk {
  return instead(disk, (step) => {
    if (step.op !== 'rename' || !isDirectory(disk, step.from)) return undefined;
    throw Object.assign(new Error(`EPERM: rename '${step.from}' -> '${step.to}'`), { code: 'EPERM' });
  });
}

/** A machine whose kernel gives no lock: a record names the owner, and what no lock can judge is judged by age. */
export function withoutKernelLock(disk: Disk): Disk {
  return instead(disk, ({ op }) => (op === 'lock' ? { answer: 'unsupported' } : undefined));
}

/** The scenario on a disk that does half of every other read or write, and the next one whole. */
export function byHalves(scenario: Scenario): Scenario {
  const { handicap = (disk: Disk): Disk => disk } = scenario;
  return { ...scenario, handicap: (disk) => halving(handicap(disk)) };
}

/** A disk that does half of every other read or write. */
export function halving(disk: Disk): Disk {
  let wasWhole = true;
  return {
    ...contextOf(disk),
    perform: (step) => {
      if (step.op !== 'read' && step.op !== 'write') return disk.perform(step);
      wasWhole = !wasWhole;
      return disk.perform(wasWhole ? step : halved(step));
    },
  };
}

function halved(step: ReadStep | WriteStep): Step {
  if (step.op === 'read') return { ...step, into: step.into.subarray(0, Math.ceil(step.into.byteLength / 2)) };
  const bytes = Buffer.concat(step.chunks);
  return { ...step, chunks: [bytes.subarray(0, Math.ceil(bytes.byteLength / 2))] };
}

function isDirectory(disk: Disk, path: string): boolean {
  const found = disk.perform({ op: 'stat', kind: 'Stat', path, follow: false });
  return typeof found === 'object' && found !== null && 'type' in found && found.type === 'directory';
}

function instead(disk: Disk, answered: (step: Step) => { readonly answer: unknown } | undefined): Disk {
  return {
    ...contextOf(disk),
    perform: (step) => {
      const given = answered(step);
      return given === undefined ? disk.perform(step) : given.answer;
    },
  };
}
