import { contextOf, type Disk } from '../../src/disk/program.js';
import type { DiskSaboteur } from './saboteur.js';

/** Renaming one of two names of a file onto the other does nothing, and says that it went well. */
export const keepsTempAfterRename: DiskSaboteur = {
  name: 'a renamed temp is believed to be gone',
  breaks: 'CAT-IDX-1103',
  by: 'schedule',
  does: 'A temp is not removed once its renaming was said to have gone well.',
  wrap,
};

function wrap(disk: Disk): Disk {
  const renamed = new Set<string>();
  return {
    ...contextOf(disk),
    perform: (step) => {
      if (step.op === 'rename') renamed.add(step.from);
      return step.op === 'unlink' && renamed.has(step.path) ? undefined : disk.perform(step);
    },
  };
}
