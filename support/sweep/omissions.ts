import { CatalogError } from '../../src/core/errors.js';
import { contextOf, type Disk } from '../../src/disk/program.js';
import type { Outcome } from './stage.js';
import type { Asked } from './struck-disk.js';

/**
 * What a program does because the link is its commit point, left out: it does not look whose name it is after a link that failed;
 * it tells what cannot be told as a failure; or it tells one when all is durable, and only the rename that comes last has failed.
 */
export const omissions = ['whose name it is', 'what cannot be told', 'what is durable'] as const;
export type Omission = (typeof omissions)[number];

/** The disk of a program that does not look whose inode bears a name when making it failed. */
export function misled(omission: Omission | undefined, disk: Disk): Disk {
  if (omission !== 'whose name it is') return disk;
  // The link is struck above; what is asked for next of its name is the look.
  let linked: string | undefined;
  return {
    ...contextOf(disk),
    perform: (step) => {
      if (step.op === 'stat' && step.path === linked) {
        linked = undefined;
        return undefined;
      }
      linked = step.kind === 'Publish' ? step.to : undefined;
      return disk.perform(step);
    },
  };
}

/** What a program says that takes its last step for the commit. It has a link. */
export function toldWithout(omission: Omission | undefined, outcome: Outcome, asked: readonly Asked[]): Outcome {
  if (omission === 'what cannot be told' && outcome.kind === 'unknown') return failed(outcome.error.cause);
  const metAfterLink = asked.slice(asked.findIndex(({ kind }) => kind === 'Publish') + 1).some(({ isStruck }) => isStruck);
  if (omission === 'what is durable' && outcome.kind === 'acknowledged' && metAfterLink) return failed(undefined);
  return outcome;
}

function failed(cause: unknown): Outcome {
  const errno = cause instanceof Error && 'code' in cause ? cause.code : 'EIO';
  return { kind: 'refused', error: new CatalogError('IoError', 'the commit failed', { errno }, cause) };
}
