import { CatalogError, type ErrorCode } from '../core/errors.js';
import { isDiskError } from './steps.js';

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
  override readonly cause: Error;
  constructor(cause: Error) {
    super(cause.message);
    this.cause = cause;
  }
}

/** What a caller is told when the disk said no: the error as it is when it is typed already, else its code from the closed set. */
export function asCatalogError(error: unknown, doing: string): CatalogError {
  if (error instanceof CatalogError) return error;
  if (error instanceof FailedSync) return asCatalogError(error.cause, doing);
  if (!isDiskError(error)) throw error;
  return new CatalogError(codes[error.code] ?? 'IoError', `${doing}: ${error.message}`, { errno: error.code }, error);
}
