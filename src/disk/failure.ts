import { CatalogError, type ErrorCode, isCatalogError } from '../core/errors.js';
import { type DiskError, isDiskError } from './steps.js';

const codes: Readonly<Record<string, ErrorCode>> = {
  ENOSPC: 'NoSpace',
  EDQUOT: 'NoSpace',
  EFBIG: 'NoSpace',
  EROFS: 'ReadOnly',
  EACCES: 'PermissionDenied',
  EPERM: 'PermissionDenied',
  EMFILE: 'TooManyFiles',
  ENFILE: 'TooManyFiles',
};

/** A sync said no: what was written may be gone although it can still be read, so nothing of it is ever synced again. */
export class FailedSync extends Error {
  override readonly cause: DiskError;
  readonly isOfFolder: boolean;
  constructor(cause: DiskError, { isOfFolder = false } = {}) {
    super(cause.message);
    this.cause = cause;
    this.isOfFolder = isOfFolder;
  }
}

/** So says a file system that has names and contents, and no sync of a directory. */
export const saysNoSync = (error: DiskError): boolean => isDiskError(error, 'EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EPERM', 'EBADF');

/** Whether there would have been no error with more room, be it met or told. */
export function saysNoRoom(error: unknown): boolean {
  if (isCatalogError(error, 'NoSpace')) return isNoRoom(error.details.errno);
  return isDiskError(error) && isNoRoom(error.code);
}

const isNoRoom = (errno: unknown): boolean => errno === 'ENOSPC' || errno === 'EDQUOT';

/** What a caller is told when the disk said no: the error as it is when it is typed already, else its code from the closed set. */
export function asCatalogError(error: unknown, doing: string): CatalogError {
  if (error instanceof CatalogError) return error;
  if (error instanceof FailedSync) return isNoSync(error) ? notAdmitted(error, doing) : asCatalogError(error.cause, doing);
  if (!isDiskError(error)) throw error;
  return new CatalogError(codes[error.code] ?? 'IoError', `${doing}: ${error.message}`, { errno: error.code }, error);
}

const isNoSync = ({ isOfFolder, cause }: FailedSync): boolean => isOfFolder && saysNoSync(cause);

/** CAT-PLT-4003, where nothing was observed before. */
function notAdmitted({ cause }: FailedSync, doing: string): CatalogError {
  const details = { capability: 'parent directory sync', reason: 'RenameOnly' };
  return new CatalogError('PlatformAdmissionFailed', `${doing}: directories cannot be synced there: ${cause.message}`, details, cause);
}
