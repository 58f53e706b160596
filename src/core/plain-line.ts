/** What is known of a record without parsing it: where the text of its id lies, its revision, and where that member lies, with a comma. */
export interface PlainLine {
  readonly idFrom: number;
  readonly idTo: number;
  readonly revision: number;
  readonly cutFrom: number;
  readonly cutTo: number;
}

const code = { quote: 0x22, comma: 0x2c, minus: 0x2d, zero: 0x30, nine: 0x39, colon: 0x3a } as const;
const brackets = { array: 0x5b, arrayEnd: 0x5d, object: 0x7b, objectEnd: 0x7d } as const;
const backslash = 0x5c;
const firstPrintable = 0x20;
const firstBeyondAscii = 0x80;
/** Any number of so many digits is an integer that JavaScript keeps. */
const exactDigits = 15;
/** Far below what is allowed: deeper ones are judged with more care. */
const plainDepth = 8;
const no = -1;
const words = ['true', 'false', 'null'].map((word) => Buffer.from(word));
const idName = Buffer.from('"id"');
const revisionName = Buffer.from('"revision"');
const forbidden = ['__proto__', 'constructor', 'prototype'].map((name) => Buffer.from(`"${name}"`));

/**
 * CAT-IDX-1117: whether some bytes, which are UTF-8, are surely the canonical text of an object with an id and a revision, without parsing them: no
 * blanks, names in ASCII that rise, texts without escapes, integers of a few digits. Of what is `undefined` that is not known; it must be
 * parsed, and compared with its canonical text.
 */
export function plainLine(bytes: Uint8Array, from: number, to: number): PlainLine | undefined {
  if (bytes[from] !== brackets.object) return undefined;
  let [idFrom, idTo, revision, cutFrom, cutTo] = [0, 0, 0, 0, 0];
  for (let at = from + 1, previous = from; ; ) {
    const nameEnd = endOfName(bytes, at, previous);
    const end = nameEnd === no ? no : endOfValue(bytes, nameEnd + 1, 0);
    if (end === no || end >= to) return undefined;
    const isLast = bytes[end] !== code.comma;
    const length = nameEnd - at;
    if (length === idName.byteLength && hasAt(bytes, at, idName)) {
      if (bytes[nameEnd + 1] !== code.quote) return undefined;
      [idFrom, idTo] = [nameEnd + 2, end - 1];
    } else if (length === revisionName.byteLength && hasAt(bytes, at, revisionName)) {
      revision = numberIn(bytes, nameEnd + 1, end);
      if (Number.isNaN(revision)) return undefined;
      [cutFrom, cutTo] = isLast ? [at - 1, end] : [at, end + 1];
    }
    if (isLast) {
      if (bytes[end] !== brackets.objectEnd || end + 1 !== to) return undefined;
      return idTo > 0 && cutTo > 0 ? { idFrom, idTo, revision, cutFrom, cutTo } : undefined;
    }
    previous = at;
    at = end + 1;
  }
}

/** Where the colon after a name stands that comes after the previous one; at a bracket there is none. */
function endOfName(bytes: Uint8Array, at: number, previous: number): number {
  if (bytes[at] !== code.quote) return no;
  let end = at + 1;
  let isLater = bytes[previous] !== code.quote;
  let isPrefix = !isLater;
  for (; ; end++) {
    const byte = bytes[end] as number;
    if (byte === code.quote) break;
    // Also behind the last byte.
    if (!(byte >= firstPrintable && byte < firstBeyondAscii) || byte === backslash) return no;
    if (!isPrefix) continue;
    const before = bytes[previous + end - at] as number;
    if (before === byte) continue;
    // What the previous name was only the beginning of comes after it.
    isPrefix = false;
    isLater = before === code.quote || before < byte;
  }
  const length = end + 1 - at;
  if (!isLater || ((length === 11 || length === 13) && isForbidden(bytes, at, length))) return no;
  return bytes[end + 1] === code.colon ? end + 1 : no;
}

function endOfValue(bytes: Uint8Array, at: number, depth: number): number {
  switch (bytes[at]) {
    case code.quote:
      return endOfText(bytes, at + 1);
    case brackets.object:
      return depth === plainDepth ? no : endOfObject(bytes, at, depth + 1);
    case brackets.array:
      return depth === plainDepth ? no : endOfArray(bytes, at + 1, depth + 1);
    default:
      return endOfNumber(bytes, at);
  }
}

function endOfText(bytes: Uint8Array, from: number): number {
  for (let at = from; ; at++) {
    const byte = bytes[at] as number;
    if (byte === code.quote) return at + 1;
    // Also behind the last byte.
    if (!(byte >= firstPrintable) || byte === backslash) return no;
  }
}

function endOfObject(bytes: Uint8Array, from: number, depth: number): number {
  if (bytes[from + 1] === brackets.objectEnd) return from + 2;
  for (let at = from + 1, previous = from; ; ) {
    const nameEnd = endOfName(bytes, at, previous);
    const end = nameEnd === no ? no : endOfValue(bytes, nameEnd + 1, depth);
    if (end === no) return no;
    if (bytes[end] !== code.comma) return bytes[end] === brackets.objectEnd ? end + 1 : no;
    previous = at;
    at = end + 1;
  }
}

function endOfArray(bytes: Uint8Array, from: number, depth: number): number {
  if (bytes[from] === brackets.arrayEnd) return from + 1;
  for (let at = from; ; ) {
    const end = endOfValue(bytes, at, depth);
    if (end === no) return no;
    if (bytes[end] !== code.comma) return bytes[end] === brackets.arrayEnd ? end + 1 : no;
    at = end + 1;
  }
}

function endOfNumber(bytes: Uint8Array, from: number): number {
  const first = bytes[from] === code.minus ? from + 1 : from;
  let at = first;
  while ((bytes[at] as number) >= code.zero && (bytes[at] as number) <= code.nine) at++;
  const digits = at - first;
  if (digits === 0) return first === from ? endOfWord(bytes, from) : no;
  if (digits > exactDigits || (bytes[first] === code.zero && (digits > 1 || first > from))) return no;
  return at;
}

function endOfWord(bytes: Uint8Array, from: number): number {
  for (const word of words) if (hasAt(bytes, from, word)) return from + word.byteLength;
  return no;
}

/** CAT-IDX-1117: of the length, with quotes, of those that are. */
function isForbidden(bytes: Uint8Array, from: number, length: number): boolean {
  return forbidden.some((name) => name.byteLength === length && hasAt(bytes, from, name));
}

function hasAt(bytes: Uint8Array, from: number, wanted: Uint8Array): boolean {
  for (let place = 0; place < wanted.byteLength; place++) if (bytes[from + place] !== wanted[place]) return false;
  return true;
}

/** Not a number where there are not only digits. */
function numberIn(bytes: Uint8Array, from: number, to: number): number {
  let number = 0;
  for (let at = from; at < to; at++) {
    const digit = (bytes[at] as number) - code.zero;
    if (digit < 0 || digit > 9) return Number.NaN;
    number = number * 10 + digit;
  }
  return number;
}
