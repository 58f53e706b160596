import { contextOf, type Disk } from '../../src/disk/program.js';
import type { Step } from '../../src/disk/steps.js';
import { whenPerformed } from '../interrupt/disks.js';
import type { DiskSaboteur } from './saboteur.js';

/** Between listing and opening, as many commits may go by as generations are kept. */
export const readerListsOnce: DiskSaboteur = {
  name: 'a reader lists once',
  breaks: 'CAT-IDX-1111',
  by: 'schedule',
  does: 'A generation that is gone when it is to be opened is an error.',
  wrap,
};

function wrap(disk: Disk): Disk {
  let listed: string | undefined;
  const refuseGone = (step: Step, found: unknown): unknown => {
    if (found === undefined) throw Object.assign(new Error(`ENOENT: ${'path' in step ? step.path : ''}`), { code: 'ENOENT' });
    return found;
  };
  return {
    ...contextOf(disk),
    perform: (step) => {
      const isOfListed = step.op === 'stat' && listed !== undefined && step.path.startsWith(`${listed}/`);
      listed = step.op === 'list' ? step.path : undefined;
      if (!isOfListed) return disk.perform(step);
      const result = whenPerformed(disk, step, () => {});
      return result instanceof Promise ? result.then((found: unknown) => refuseGone(step, found)) : refuseGone(step, result);
    },
  };
}
