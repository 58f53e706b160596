import { contextOf, type Disk } from '../../src/disk/program.js';
import type { FileStat, Step } from '../../src/disk/steps.js';
import { HandlePaths, whenPerformed } from '../interrupt/disks.js';
import type { DiskSaboteur } from './saboteur.js';

const isGeneration = (path: string): boolean => /\/generations\/\w+\/[0-9]+$/.test(path);

/** With few generations kept, a name that was freed and made again is another writer's file. */
export const noBaseInodeCheck: DiskSaboteur = {
  name: 'a base is known by its name',
  breaks: 'CAT-IDX-1104',
  by: 'schedule',
  does: 'Whatever file bears the name of the base counts as the base.',
  wrap,
};

function wrap(disk: Disk): Disk {
  const paths = new HandlePaths();
  const known = new Map<string, FileStat>();
  const note = (step: Step, result: unknown): void => {
    if (step.op === 'stat-handle' && result !== undefined) known.set(paths.of(step), result as FileStat);
    const published = step.op === 'link' && step.kind === 'Publish' ? known.get(step.from) : undefined;
    if (published) known.set(paths.of(step), published);
    paths.note(step, result);
  };
  const asKnown = (path: string, found: unknown): unknown => (found === undefined ? undefined : (known.get(path) ?? found));
  return {
    ...contextOf(disk),
    perform: (step) => {
      const result = whenPerformed(disk, step, (ended) => note(step, ended));
      if (step.op !== 'stat' || !isGeneration(step.path)) return result;
      return result instanceof Promise ? result.then((found: unknown) => asKnown(step.path, found)) : asKnown(step.path, result);
    },
  };
}
