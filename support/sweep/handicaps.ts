import type { Disk } from '../../src/disk/program.js';
import type { Step } from '../../src/disk/steps.js';
import { hostOf } from '../interrupt/disks.js';

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

function isDirectory(disk: Disk, path: string): boolean {
  const found = disk.perform({ op: 'stat', kind: 'Stat', path, follow: false });
  return typeof found === 'object' && found !== null && 'type' in found && found.type === 'directory';
}

function instead(disk: Disk, answered: (step: Step) => { readonly answer: unknown } | undefined): Disk {
  return {
    ...hostOf(disk),
    perform: (step) => {
      const given = answered(step);
      return given === undefined ? disk.perform(step) : given.answer;
    },
  };
}
