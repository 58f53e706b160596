import { basename, dirname } from 'node:path';
import { contextOf, type Disk } from '../../src/disk/program.js';
import type { DiskSaboteur } from './saboteur.js';

/** Whoever renames last also lists last: without that the index may show an earlier generation for ever. */
export const doesNotSettle: DiskSaboteur = {
  name: 'nobody looks again after showing',
  breaks: 'CAT-SIM-5006',
  by: 'schedule',
  does: 'A writer that has put its generation in place finds no newer one, whatever there is.',
  wrap,
};

function wrap(disk: Disk): Disk {
  let published: string | undefined;
  let hasShown = false;
  return {
    ...contextOf(disk),
    perform: (step) => {
      if (step.op === 'link' && step.kind === 'Publish') published = step.to;
      if (step.op === 'rename' && published !== undefined) hasShown = true;
      if (step.op === 'list' && hasShown && published !== undefined && step.path === dirname(published)) {
        hasShown = false;
        return [basename(published)];
      }
      return disk.perform(step);
    },
  };
}
