import { CatalogError } from '../core/errors.js';
import type { DiskProgram } from './program.js';
import { isDiskError } from './steps.js';

/** CAT-SEC-6002: what is opened at this path is no link, which might lead to a file of somebody else. */
export function* noLinkAt<T>(path: string, program: DiskProgram<T>): DiskProgram<T> {
  try {
    return yield* program;
  } catch (error) {
    throw isDiskError(error, 'ELOOP') ? unsafeLock(path, 'it is a symbolic link') : error;
  }
}

export function unsafeLock(path: string, reason: string): CatalogError {
  return new CatalogError('UnsafeRoot', `the lock ${path} is not one of ours: ${reason}`, { path, reason });
}
