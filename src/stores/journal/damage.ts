import { type CatalogError, refusal } from '../../core/errors.js';

/** An event that is whole, and that no catalog wrote. */
export function corruptRecord(entity: string, reason: string): CatalogError {
  return refusal('IndexCorrupt', `the record of ${entity} cannot be read: ${reason}`, { path: entity, reason });
}
