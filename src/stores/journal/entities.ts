import { createHash } from 'node:crypto';
import type { CollectionName } from '../../core/generation.js';

/** CAT-HIS-3601: under which entity the events of a record lie. */
const prefixes: Readonly<Record<CollectionName, string>> = { models: 'model', engines: 'engine' };
const longest = 1024;
const plain = /[A-Za-z0-9._-]/;
const allPlain = /^[A-Za-z0-9._-]*$/;

/** The entity that all records of a collection lie below. */
export const entityOfAll = (collection: CollectionName): string => prefixes[collection];

/**
 * The entity of a record: bytes of the id that an entity may not have are percent-encoded, and so is every second dot of two; where
 * that is too long its SHA-256 stands for it.
 */
export function entityOf(collection: CollectionName, id: string): string {
  const entity = `${prefixes[collection]}:${encoded(id)}`;
  return entity.length <= longest ? entity : `${prefixes[collection]}:~${createHash('sha256').update(id).digest('hex')}`;
}

/** The id that an entity of this collection stands for: `undefined` where only its events say so, or it is of another collection. */
export function idOf(collection: CollectionName, entity: string): string | undefined {
  const prefix = `${prefixes[collection]}:`;
  if (!entity.startsWith(prefix) || entity.startsWith(`${prefix}~`)) return undefined;
  return decoded(entity.slice(prefix.length));
}

/** `undefined` for what no id is encoded as. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

export function isOf(collection: CollectionName, entity: string): boolean {
  return entity.startsWith(`${prefixes[collection]}:`);
}

function encoded(id: string): string {
  if (allPlain.test(id) && !id.includes('..')) return id;
  let text = '';
  let wasDot = false;
  for (const byte of Buffer.from(id)) {
    const character = String.fromCharCode(byte);
    const isSecondDot: boolean = wasDot && character === '.';
    text += plain.test(character) && !isSecondDot ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    wasDot = character === '.' && !isSecondDot;
  }
  return text;
}
