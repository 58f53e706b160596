import { refusal } from '../core/errors.js';
import { redactText } from '../core/redact.js';

/** Whom or what an event is about, and in which context it happened. */
export interface Coordinate {
  readonly entity: string;
  readonly scope: string;
}

export type CoordinatePart = keyof Coordinate;

const maximumBytes = 1024;
const plain = /^[A-Za-z0-9:._@+~-]+$/;

/**
 * CAT-JRN-3001: the coordinate, when both its parts are well-formed text of 1 to 1,024 bytes in UTF-8 without NUL, control
 * characters, `/`, `..`, `|` or `=`; else `InvalidCoordinate` with `part` and `reason`. What regions and cursors are called by is
 * made of coordinates with those characters between them.
 */
export function checkCoordinate(coordinate: Coordinate): Coordinate {
  if (typeof coordinate !== 'object' || coordinate === null) {
    throw refusal('InvalidCoordinate', 'a coordinate has an entity and a scope', { part: 'entity', reason: 'not there' });
  }
  const { entity, scope } = coordinate;
  return { entity: checkCoordinatePart('entity', entity), scope: checkCoordinatePart('scope', scope) };
}

/** One part of a coordinate, by the same rules. */
export function checkCoordinatePart(part: CoordinatePart, text: unknown): string {
  if (typeof text !== 'string') {
    throw refusal('InvalidCoordinate', `${part} is text, not ${text === null ? 'null' : typeof text}`, { part, reason: 'not text' });
  }
  const reason = unfitText(text);
  if (reason !== undefined) throw refusal('InvalidCoordinate', `"${redactText(text, 80)}" is no ${part}: ${reason}`, { part, reason });
  return text;
}

/** Why a text can be neither part; the first reason in this order. */
function unfitText(text: string): string | undefined {
  // Most are such, and this costs a tenth of what follows.
  if (text.length <= maximumBytes && plain.test(text) && !text.includes('..')) return undefined;
  if (text === '') return 'empty';
  // No text has fewer bytes than code units, so that a huge one is not even measured.
  if (text.length > maximumBytes || Buffer.byteLength(text) > maximumBytes) return `longer than ${maximumBytes} bytes`;
  if (text.includes('\0')) return 'a NUL';
  if (/\p{Cc}/u.test(text)) return 'a control character';
  if (/\p{Cs}/u.test(text)) return 'a lone surrogate';
  if (text.includes('/')) return 'a slash';
  if (text.includes('..')) return 'two dots in a row';
  return /[|=]/.test(text) ? 'a separator: | or =' : undefined;
}
