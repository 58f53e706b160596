import { createHash } from 'node:crypto';
import { collisionKey } from '../../core/ids.js';

/** One for all ids that cannot be told from each other (CAT-REC-1007), whatever they hold and however long they are. */
export function keyOf(id: string): string {
  return createHash('sha256').update(collisionKey(id)).digest('base64url');
}
