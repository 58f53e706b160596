import { dirname } from 'node:path';
import { contextOf, type Disk } from '../../src/disk/program.js';
import type { FileStat, Step } from '../../src/disk/steps.js';
import { HandlePaths, whenPerformed } from '../interrupt/disks.js';
import type { Saboteur } from './saboteur.js';

/** After its link a writer finds its base where it was, whatever became of it: a name that was free again counts as won. */
export const noPredecessorCheck: Saboteur = { name: 'no predecessor check', breaks: 'CAT-IDX-1104', by: 'schedule', wrap };

function wrap(disk: Disk): Disk {
  const paths = new HandlePaths();
  const seen = new Map<string, FileStat>();
  let base: string | undefined;
  const note = (step: Step, result: unknown): void => {
    if (step.op === 'stat-handle' && result !== undefined) seen.set(paths.of(step), result as FileStat);
    if (step.op === 'link' && step.kind === 'Publish') {
      const published = seen.get(step.from);
      if (published) seen.set(step.to, published);
      base = predecessorOf(step.to);
    }
    paths.note(step, result);
  };
  return {
    ...contextOf(disk),
    perform: (step) => {
      if (step.op === 'stat' && step.path === base) {
        base = undefined;
        return seen.get(step.path);
      }
      return whenPerformed(disk, step, (result) => note(step, result));
    },
  };
}

function predecessorOf(generation: string): string {
  const folder = dirname(generation);
  return `${folder}/${Number(generation.slice(folder.length + 1)) - 1}`;
}
