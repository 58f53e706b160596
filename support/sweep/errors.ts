import type { ErrorCode } from '../../src/core/errors.js';
import type { Step } from '../../src/disk/steps.js';

/** What a disk may say, and the code by which a caller is told of it. */
const codes = {
  EIO: 'IoError',
  ENOSPC: 'NoSpace',
  EDQUOT: 'NoSpace',
  EFBIG: 'NoSpace',
  EROFS: 'ReadOnly',
  EACCES: 'PermissionDenied',
  EPERM: 'PermissionDenied',
  EMFILE: 'TooManyFiles',
  ENFILE: 'TooManyFiles',
  EINTR: 'IoError',
  EXDEV: 'IoError',
  ELOOP: 'IoError',
  ESTALE: 'IoError',
  ENAMETOOLONG: 'IoError',
} as const satisfies Readonly<Record<string, ErrorCode>>;

export type Errno = keyof typeof codes;
export const errnos = Object.keys(codes) as readonly Errno[];

/** One fault: an error at the n-th step of an operation, whatever its kind; one that lasts meets every later step that it can. */
export interface Strike {
  readonly errno: Errno;
  readonly lasts: boolean;
  /** `instead`: the disk names no error, and takes none of the bytes it is given. */
  readonly when: 'before' | 'after' | 'instead';
  readonly step: number;
}

export type Form = Omit<Strike, 'step'>;

/** CAT-SIM-5004: each error once and from then on, one that comes although the step was performed, and one that no code names. */
export const forms: readonly Form[] = [
  ...errnos.flatMap((errno) => [false, true].map((lasts) => ({ errno, lasts, when: 'before' as const }))),
  ...(['after', 'instead'] as const).flatMap((when) => [false, true].map((lasts) => ({ errno: 'EIO' as const, lasts, when }))),
];

/** The codes that fit an error: its own, or that the path of a source was none. */
export function fittingCodes(errno: Errno): readonly ErrorCode[] {
  switch (errno) {
    case 'ELOOP':
    case 'ENAMETOOLONG':
      return [codes[errno], 'InvalidArgument'];
    default:
      return [codes[errno]];
  }
}

/** Whether a disk may meet a step in this form. */
export function canMeet({ errno, when }: Pick<Strike, 'errno' | 'when'>, step: Step): boolean {
  return when === 'instead' ? step.op === 'write' : canFail(errno, step);
}

/** Whether a disk may give an error to a step: a full disk still reads, and only what takes a name can find it too long. */
function canFail(errno: Errno, step: Step): boolean {
  switch (errno) {
    case 'EIO':
      return true;
    case 'ESTALE':
      return step.op !== 'close' && step.kind !== 'Lock';
    case 'ENOSPC':
    case 'EDQUOT':
      // Space is promised when bytes are written, and may be missing when they are synced.
      return makesName(step) || step.op === 'write' || step.op === 'sync';
    case 'EFBIG':
      return step.op === 'write' || step.op === 'truncate' || step.op === 'clone';
    case 'EROFS':
      return isChange(step);
    case 'EACCES':
      return hasPath(step);
    case 'EPERM':
      return isChange(step) && step.op !== 'write' && step.op !== 'truncate';
    case 'EMFILE':
    case 'ENFILE':
      return step.kind === 'Open' || step.op === 'list';
    case 'EINTR':
      return ['open', 'read', 'write', 'truncate', 'sync', 'lock', 'close'].includes(step.op);
    case 'EXDEV':
      return step.op === 'link' || step.op === 'rename' || step.op === 'clone';
    case 'ELOOP':
      // Of what is opened without following links it would say that this is one.
      return hasPath(step) && (step.op !== 'open' || step.follow === true);
    case 'ENAMETOOLONG':
      return hasPath(step);
  }
}

function hasPath(step: Step): boolean {
  return 'path' in step || 'from' in step;
}

function makesName(step: Step): boolean {
  if (step.op === 'open') return step.access === 'create' || step.access === 'update-or-create';
  return ['link', 'symlink', 'rename', 'make-directory', 'clone'].includes(step.op);
}

function isChange(step: Step): boolean {
  if (step.op === 'open') return step.access !== 'read' && step.access !== 'directory';
  return makesName(step) || ['write', 'truncate', 'change-mode', 'unlink', 'remove-directory'].includes(step.op);
}
