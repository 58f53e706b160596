import type { Draws } from './draws.js';

type Change = (bytes: Buffer, draws: Draws, other: Buffer) => Buffer;

/** Where readers count: around each power of two that a number of theirs may have. */
const numbers = [0n, 1n, 2n, 7n, 8n, 0x7fn, 0x80n, 0xffn, 0x100n, 0x7fffn, 0x8000n, 0xffffn, 0x10000n, 0x0fffffffn, 0x10000000n].concat(
  [31n, 32n, 48n, 53n, 60n, 63n].flatMap((bits) => [2n ** bits - 1n, 2n ** bits, 2n ** bits + 1n]),
);
const oddBytes = [0x00, 0x01, 0x09, 0x0a, 0x0d, 0x20, 0x22, 0x2c, 0x2e, 0x2f, 0x3a, 0x5b, 0x5c, 0x5d, 0x7b, 0x7d, 0x7f, 0x80, 0xc0, 0xff];
/** What a text reader may trip over. */
export const oddTexts = [
  ...[
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    '',
    ' ',
    '.',
    '..',
    '../',
    '/',
    '//',
    '\\',
    ':',
    '@',
    '%',
    '%00',
  ],
  ...[
    '%ff',
    '%zz',
    '?',
    '#',
    '*',
    '*'.repeat(40),
    '{',
    '{a,b}',
    '[',
    '(',
    '(a+)+$',
    '~',
    '-',
    '-1',
    '0',
    '1e999',
    '1e-999',
    'NaN',
    'Infinity',
  ],
  ...[
    '9007199254740993',
    '99999999999999999999',
    '0x10',
    '1_0',
    'null',
    'true',
    '\0',
    '\n',
    '\r\n',
    '\t',
    '\u001b[31m',
    '\u007f',
    '\u0085',
  ],
  ...[
    '\u00ad',
    '\u200b',
    '\u202e',
    '\u2028',
    '\ufeff',
    '\ufffd',
    '\uffff',
    '\u{1f600}',
    'ﬁ',
    'İ',
    'e\u0301',
    '\ud800',
    '\udc00',
    '\udfff\ud800',
  ],
  ...['C:\\', 'file://', 'hf:', 'https://u:p@h/', 'sha256:', 'blake3:', '1970-01-01T00:00:00Z', '275760-09-13T00:00:00.001Z', '+1', '01'],
];
const longest = 200_000;
/** What is often repeated where somebody separates, pads or escapes. */
const runs = [
  ' ',
  '\t',
  '\n',
  '/',
  '-',
  '.',
  ',',
  '#',
  '*',
  '=',
  ':',
  '@',
  '%',
  '%41',
  '"',
  '\\',
  '(',
  '[',
  '{',
  'a',
  '1',
  '_',
  '&',
  'a/',
  'a-',
  '. ',
  '- ',
  'é',
  '\0',
];

/** What may become of some bytes; what is drawn oftener is cheaper. */
const changes: readonly Change[] = [
  flipped,
  flipped,
  withByte,
  withByte,
  withNumber,
  withNumber,
  cut,
  withoutPiece,
  withPieceTwice,
  withPiecesSwapped,
  withPieceOf,
  longer,
  withText,
  withText,
  withDigits,
  withDigits,
];

/** Some bytes with a few things changed, each as it comes; `other` lends pieces. */
export function changedBytes(bytes: Buffer, draws: Draws, other: Buffer): Buffer {
  let changed: Buffer = Buffer.from(bytes);
  for (let left = draws.once(20) ? 16 : 1 + draws.below(4); left > 0; left--) changed = draws.oneOf(changes)(changed, draws, other);
  return draws.once(100) ? withLongRun(changed, draws) : changed;
}

/** The same of a text, of which what is no text any more is told as U+FFFD. */
export function changedText(text: string, draws: Draws): string {
  if (draws.once(3)) return draws.oneOf(oddTexts);
  if (draws.once(400)) return draws.oneOf(oddTexts).repeat(1 + draws.size(longest / 40));
  const odd = draws.oneOf(oddTexts);
  const at = draws.below(text.length + 1);
  return draws.once(2) ? text.slice(0, at) + odd + text.slice(at) : changedBytes(Buffer.from(text), draws, Buffer.from(odd)).toString();
}

function flipped(bytes: Buffer, draws: Draws): Buffer {
  const at = draws.below(bytes.byteLength + 1);
  if (at < bytes.byteLength) bytes[at] = (bytes[at] ?? 0) ^ (1 << draws.below(8));
  return bytes;
}

function withByte(bytes: Buffer, draws: Draws): Buffer {
  const at = draws.below(bytes.byteLength + 1);
  if (at < bytes.byteLength) bytes[at] = draws.once(2) ? draws.oneOf(oddBytes) : draws.below(256);
  return bytes;
}

/** An integer of 1 to 8 bytes in either order, mostly where integers stand. */
function withNumber(bytes: Buffer, draws: Draws): Buffer {
  const width = draws.oneOf([1, 2, 4, 4, 8, 8]);
  if (bytes.byteLength < width) return bytes;
  const step = draws.once(3) ? 1 : Math.min(4, width);
  const at = step * draws.below(Math.floor((bytes.byteLength - width) / step) + 1);
  const number = Buffer.alloc(8);
  number.writeBigUInt64LE(BigInt.asUintN(64, draws.once(8) ? -1n : draws.oneOf(numbers)));
  const written = number.subarray(0, width);
  (draws.once(4) ? written.reverse() : written).copy(bytes, at);
  return bytes;
}

function cut(bytes: Buffer, draws: Draws): Buffer {
  return bytes.subarray(0, draws.once(2) ? draws.below(bytes.byteLength + 1) : Math.max(0, bytes.byteLength - draws.size(64)));
}

interface Piece {
  readonly from: number;
  readonly to: number;
}

function pieceOf(bytes: Buffer, draws: Draws): Piece {
  const from = draws.below(bytes.byteLength + 1);
  return { from, to: Math.min(bytes.byteLength, from + draws.size(Math.max(1, bytes.byteLength))) };
}

function withoutPiece(bytes: Buffer, draws: Draws): Buffer {
  const { from, to } = pieceOf(bytes, draws);
  return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
}

function withPieceTwice(bytes: Buffer, draws: Draws): Buffer {
  const { from, to } = pieceOf(bytes, draws);
  return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
}

function withPiecesSwapped(bytes: Buffer, draws: Draws): Buffer {
  const [one, other] = [pieceOf(bytes, draws), pieceOf(bytes, draws)].sort((a, b) => a.from - b.from) as [Piece, Piece];
  if (one.to > other.from) return bytes;
  const between = bytes.subarray(one.to, other.from);
  const pieces = [bytes.subarray(other.from, other.to), between, bytes.subarray(one.from, one.to)];
  return Buffer.concat([bytes.subarray(0, one.from), ...pieces, bytes.subarray(other.to)]);
}

function withPieceOf(bytes: Buffer, draws: Draws, other: Buffer): Buffer {
  const { from, to } = pieceOf(other, draws);
  const at = draws.below(bytes.byteLength + 1);
  const kept = draws.once(2) ? at : Math.min(bytes.byteLength, at + to - from);
  return Buffer.concat([bytes.subarray(0, at), other.subarray(from, to), bytes.subarray(kept)]);
}

function longer(bytes: Buffer, draws: Draws): Buffer {
  const count = draws.size(4096);
  return Buffer.concat([bytes, draws.once(2) ? Buffer.alloc(count) : draws.bytes(count)]);
}

function withText(bytes: Buffer, draws: Draws): Buffer {
  const at = draws.below(bytes.byteLength + 1);
  const odd = Buffer.from(draws.oneOf(oddTexts));
  const kept = draws.once(2) ? at : Math.min(bytes.byteLength, at + odd.byteLength);
  return Buffer.concat([bytes.subarray(0, at), odd, bytes.subarray(kept)]);
}

/** A number that stands there in digits becomes another one. */
function withDigits(bytes: Buffer, draws: Draws): Buffer {
  let from = draws.below(bytes.byteLength + 1);
  while (from < bytes.byteLength && !isDigit(bytes[from])) from++;
  if (from === bytes.byteLength) return bytes;
  let to = from;
  while (isDigit(bytes[to])) to++;
  while (isDigit(bytes[from - 1])) from--;
  const number = draws.once(6) ? draws.oneOf(['-1', '1e999', '', '1.5', '-0', '00', '1e400']) : String(draws.oneOf(numbers));
  return Buffer.concat([bytes.subarray(0, from), Buffer.from(number), bytes.subarray(to)]);
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39;

/** A piece of it very often in a row: what takes time by the square of its input takes too long. */
function withLongRun(bytes: Buffer, draws: Draws): Buffer {
  const { from, to } = pieceOf(bytes, draws);
  const unit = to > from && to - from <= 64 && draws.once(2) ? bytes.subarray(from, to) : Buffer.from(draws.oneOf(runs));
  const run = Buffer.alloc(unit.byteLength * Math.ceil((1 + draws.size(longest)) / unit.byteLength), unit);
  return Buffer.concat([bytes.subarray(0, from), run, bytes.subarray(from)]);
}
