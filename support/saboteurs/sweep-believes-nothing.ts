import { contextOf, type Disk } from '../../src/disk/program.js';
import type { DiskSaboteur } from './saboteur.js';
import { codeOf, isTemp } from './wrapping.js';

/** A sweeper can be quicker than a new temp's lock. */
export const sweepBelievesNothing: DiskSaboteur = {
  name: 'a swept temp counts as shown',
  breaks: 'CAT-IDX-1112',
  by: 'schedule',
  does: 'A writer whose temp was swept before it was renamed takes it for renamed.',
  wrap,
};

function wrap(disk: Disk): Disk {
  const perform = async (step: Parameters<Disk['perform']>[0]): Promise<unknown> => {
    try {
      return await disk.perform(step);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  };
  return { ...contextOf(disk), perform: (step) => (step.op === 'rename' && isTemp(step.from) ? perform(step) : disk.perform(step)) };
}
