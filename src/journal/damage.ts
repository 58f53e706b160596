import { type CatalogError, refusal } from '../core/errors.js';
import type { EventId } from './event-id.js';
import { segmentPath } from './place.js';

/** CAT-JRN-3302: what was durable is not there as it was written. */
export function corruptSegment(directory: string, segment: number, offset: number, reason: string): CatalogError {
  const path = segmentPath(directory, segment);
  return refusal('CorruptSegment', `${path} is damaged at byte ${offset}: ${reason}`, { segment, offset, reason, path });
}

/** An event whose checksum is right, and which no journal wrote. */
export function corruptEvent(id: EventId, reason: string): CatalogError {
  return refusal('CorruptSegment', `the event ${id} is damaged: ${reason}`, { event_id: id, reason });
}

/** CAT-JRN-3203 */
export function newerFile(path: string, found: number, supported: number): CatalogError {
  return refusal('SchemaVersionUnsupported', `${path} has version ${found}; this library reads up to ${supported}`, {
    path,
    found,
    supported,
  });
}
