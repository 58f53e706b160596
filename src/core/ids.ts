import { refusal } from './errors.js';
import { redactText } from './redact.js';

const maximumBytes = 512;
/** What most ids are: parts of letters, digits and a few marks in ASCII, none of which is only dots. */
const plain = /^(?:[.]*[A-Za-z0-9:@+_-][A-Za-z0-9:@+._-]*)(?:\/[.]*[A-Za-z0-9:@+_-][A-Za-z0-9:@+._-]*)*$/;

/** Marks that turn or hide what stands beside them: bidirectional controls, and what has no width. */
const invisible = /\u00AD|\u061C|\u180E|\u200B|\u200C|\u200D|\u200E|\u200F|[\u202A-\u202E]|[\u2060-\u2064]|[\u2066-\u2069]|\uFEFF/u;

/**
 * The id, when it is 1 to 512 bytes of UTF-8 in NFC, without control characters, lone surrogates, bidirectional or zero-width
 * characters, without a backslash, a leading or trailing slash, or a part between slashes that is empty, `.` or `..`; else
 * `InvalidId` with the reason (CAT-REC-1007). An id is a name, never a path.
 */
export function checkId(id: unknown): string {
  if (typeof id !== 'string') throw refusal('InvalidId', `an id is text, not ${id === null ? 'null' : typeof id}`, { reason: 'not text' });
  if (plain.test(id) && id.length <= maximumBytes) return id;
  const reason = unfitLength(id) ?? unfitCharacter(id) ?? unfitForm(id);
  if (reason !== undefined) throw refusal('InvalidId', `"${redactText(id, 80)}" is not an id: ${reason}`, { reason });
  return id;
}

/**
 * What two ids that people or file systems could take for each other have in common: NFKC, upper-cased, then lower-cased
 * (CAT-REC-1007). The locale plays no part.
 */
export function collisionKey(id: string): string {
  return /^[ -@[-~]*$/.test(id) ? id : id.normalize('NFKC').toUpperCase().toLowerCase();
}

/** Negative, zero or positive: the order of the UTF-8 bytes of two well-formed texts, without encoding them. */
export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const [one, other] = [a.charCodeAt(index), b.charCodeAt(index)];
    if (one !== other) return utf8Rank(one) - utf8Rank(other);
  }
  return a.length - b.length;
}

/** Why a name may not hold the characters it holds: what ids and references refuse alike. */
export function unfitCharacter(text: string): string | undefined {
  if (/\p{Cc}/u.test(text)) return 'a control character';
  if (/\p{Cs}/u.test(text)) return 'a lone surrogate';
  return invisible.test(text) ? 'a bidirectional or zero-width character' : undefined;
}

function unfitLength(id: string): string | undefined {
  if (id === '') return 'empty';
  // No text has fewer bytes than code units, so that a huge one is not even measured.
  const tooLong = id.length > maximumBytes || Buffer.byteLength(id) > maximumBytes;
  return tooLong ? `longer than ${maximumBytes} bytes` : undefined;
}

function unfitForm(id: string): string | undefined {
  if (id.normalize('NFC') !== id) return 'not in NFC';
  if (id.includes('\\')) return 'a backslash';
  if (id.startsWith('/') || id.endsWith('/')) return 'a leading or trailing slash';
  return id.split('/').some((part) => part === '' || part === '.' || part === '..') ? 'a part that is empty, . or ..' : undefined;
}

/** UTF-16 puts the surrogates, which stand for the highest code points, before U+E000 to U+FFFF; UTF-8 puts them last. */
function utf8Rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
