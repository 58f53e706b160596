import { basename } from 'node:path';
import { contextOf, type Disk } from '../../src/disk/program.js';
import { describeStep, type Step } from '../../src/disk/steps.js';

const lockName = 'catalog.lock';

/** Which path each open handle was opened by: steps name handles only. */
export class HandlePaths {
  readonly #paths = new Map<number, string>();

  note(step: Step, result: unknown): void {
    if (step.op === 'open' && typeof result === 'number') this.#paths.set(result, step.path);
    if (step.op === 'close') this.#paths.delete(step.handle);
  }

  /** The path that a step touches; for links and renames the one that comes to be. */
  of(step: Step): string {
    if ('handle' in step) return this.#paths.get(step.handle) ?? '';
    if ('to' in step) return step.to;
    return 'path' in step ? step.path : '';
  }

  describe(step: Step): string {
    return 'handle' in step ? `${describeStep(step)} ${this.of(step)}` : describeStep(step);
  }

  isRootLock(step: Step): boolean {
    return basename(this.of(step)) === lockName;
  }
}

/** The root's lock always succeeds, so that two writers both believe that they hold it (CAT-LCK-1203); temps are locked as ever. */
export function withLockDisabled(disk: Disk): Disk {
  const paths = new HandlePaths();
  return observed(disk, paths, (step) => (step.op === 'lock' && paths.isRootLock(step) ? { answer: true } : undefined));
}

/** A file system that has no hard links (CAT-IDX-1104): it looks at both names first, as Linux does, and then refuses. */
export function withoutHardLinks(disk: Disk): Disk {
  const isThere = (path: string): boolean => disk.perform({ op: 'stat', kind: 'Stat', path, follow: false }) !== undefined;
  return observed(disk, new HandlePaths(), (step) => {
    if (step.op !== 'link') return undefined;
    const code = isThere(step.to) ? 'EEXIST' : 'EPERM';
    throw Object.assign(new Error(`link '${step.from}' -> '${step.to}'`), { code: isThere(step.from) ? code : 'ENOENT' });
  });
}

/** A disk that does something before each step; what it gives there is waited for. */
export function withEachStep(disk: Disk, before: (step: Step, paths: HandlePaths) => undefined | Promise<void>): Disk {
  const paths = new HandlePaths();
  const perform = (step: Step): unknown => whenPerformed(disk, step, (result) => paths.note(step, result));
  return {
    ...contextOf(disk),
    perform: (step) => {
      const wait = before(step, paths);
      return wait === undefined ? perform(step) : wait.then(() => perform(step));
    },
  };
}

/** Performs a step, and tells when it has ended: with its result, or with nothing where it failed. */
export function whenPerformed(disk: Disk, step: Step, ended: (result: unknown) => void): unknown {
  let result: unknown;
  try {
    result = disk.perform(step);
  } catch (error) {
    ended(undefined);
    throw error;
  }
  if (result instanceof Promise) {
    return result.then(
      (value) => {
        ended(value);
        return value;
      },
      (error: unknown) => {
        ended(undefined);
        throw error;
      },
    );
  }
  ended(result);
  return result;
}

function observed(disk: Disk, paths: HandlePaths, instead: (step: Step) => { answer: unknown } | undefined): Disk {
  return {
    ...contextOf(disk),
    perform: (step) => {
      const stubbed = instead(step);
      return stubbed ? stubbed.answer : whenPerformed(disk, step, (result) => paths.note(step, result));
    },
  };
}

/** By the words of a scenario: what a process is made to believe, and what its disk cannot do. */
export interface Handicaps {
  readonly lockDisabled: boolean;
  readonly withoutHardLinks: boolean;
}

export function handicapped(disk: Disk, handicaps: Partial<Handicaps>): Disk {
  const linked = handicaps.withoutHardLinks ? withoutHardLinks(disk) : disk;
  return handicaps.lockDisabled ? withLockDisabled(linked) : linked;
}
