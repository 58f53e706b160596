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

/** What a caller is told when the disk said no: the error as it is when it is typed already, else its code from the closed set. */
export function asCatalogError(error: unknown, doing: string): CatalogError {
  if (error instanceof CatalogError) return error;
  if (!isDiskError(error)) throw error;
  return new CatalogError(codes[error.code] ?? 'IoError', `${doing}: ${error.message}`, { errno: error.code }, error);
}
