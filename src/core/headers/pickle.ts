import { HeaderCursor } from './header-cursor.js';
import type { HeaderTrouble, NeedsMore } from './reading.js';

/** What follows an opcode: so many bytes, a length in so many bytes and as much as it says, or so many lines. */
type Argument = { readonly bytes: number } | { readonly lengthBytes: 1 | 4 | 8 } | { readonly lines: 1 | 2 };

/** The opcodes of all protocols up to 5, after the table of Python's `pickletools`. */
const arguments_: ReadonlyMap<number, Argument> = new Map([
  ...opcodes('.012NRQabd}el]ost)u(', { bytes: 0 }),
  ...opcodes('\x81\x85\x86\x87\x88\x89\x8f\x90\x91\x92\x93\x94\x97\x98', { bytes: 0 }),
  ...opcodes('Khq\x80\x82', { bytes: 1 }),
  ...opcodes('M\x83', { bytes: 2 }),
  ...opcodes('Jjr\x84', { bytes: 4 }),
  ...opcodes('G\x95', { bytes: 8 }),
  ...opcodes('UC\x8a\x8c', { lengthBytes: 1 }),
  ...opcodes('TXB\x8b', { lengthBytes: 4 }),
  ...opcodes('\x8d\x8e\x96', { lengthBytes: 8 }),
  ...opcodes('FILPSVgp', { lines: 1 }),
  ...opcodes('ci', { lines: 2 }),
]);

const protocolOpcode = 0x80;
const newestProtocol = 5;
const stopOpcode = 0x2e;
const markOpcode = 0x28;
/** What names something of a module: GLOBAL, INST, STACK_GLOBAL, the EXTs. */
const importing = setOf('ci\x93\x82\x83\x84');
/** What calls what is on the stack: REDUCE, NEWOBJ, NEWOBJ_EX, BUILD, and with a mark INST and OBJ. */
const calling = setOf('R\x81\x92bio');
const needingMark = setOf('tldueoi1\x90\x91');
/** What puts a value on the stack, whatever it takes from there. */
const pushing = setOf('NIJKMLFGSTUBCVXPQ]})tldcgehjoi2\x82\x83\x84\x85\x86\x87\x88\x89\x8a\x8b\x8c\x8d\x8e\x8f\x91\x93\x96\x97');
const enoughOpcodes = 16;
/** Of so many opcodes without an end it is taken that code follows: a text is long broken off by then. */
const mostOpcodes = 250_000;
const identifier = /^[A-Za-z_][A-Za-z0-9_.<>]*$/;

/**
 * Whether a file that begins with these bytes is a pickle that may name code: one that says its protocol, or, as the oldest do not,
 * one whose opcodes import something. Who loads it runs each opcode before the next is read, so that nothing behind a call takes it
 * back: neither bytes that are no opcode, nor the end of the file. A text is taken for a pickle only where it is one, opcode by
 * opcode. More of the file has to be read where it could still become one; beyond what we read it is taken for one.
 */
export function isPickle(bytes: Uint8Array, size: number): boolean | NeedsMore {
  if (bytes[0] === protocolOpcode) return (bytes[1] ?? 255) <= newestProtocol && arguments_.has(bytes[2] ?? 0);
  const { opcodes, imports, calls, end } = walk(bytes, size);
  if (calls || end === 'too far') return true;
  if (typeof end === 'object') return end;
  return imports && (end === 'whole' || opcodes >= enoughOpcodes);
}

interface Walked {
  readonly opcodes: number;
  readonly imports: boolean;
  /** Something was called after something was imported. */
  readonly calls: boolean;
  /** Where it came to: its STOP; where Python stops too, as no opcode is there; further than we look; the end of these bytes. */
  readonly end: 'whole' | 'broken off' | 'too far' | NeedsMore;
}

function walk(bytes: Uint8Array, size: number): Walked {
  const cursor = new HeaderCursor(bytes, size);
  // At most so many: what takes values or marks away without needing any is not counted.
  let [values, marks, imports] = [0, 0, false];
  for (let opcodes = 0; ; opcodes++) {
    const came = (end: Walked['end'], calls = false): Walked => ({ opcodes, imports, calls, end });
    if (opcodes >= mostOpcodes) return came('too far');
    const opcode = cursor.uint8();
    const argument = cursor.stop ? undefined : arguments_.get(opcode);
    const isTaken = argument !== undefined && takes(argument, cursor, bytes);
    if (cursor.stop) return came(endOf(cursor.stop));
    if (!isTaken || (needingMark.has(opcode) && marks === 0)) return came('broken off');
    if (opcode === stopOpcode) return came('whole');
    imports ||= importing.has(opcode);
    if (imports && calling.has(opcode) && (needingMark.has(opcode) || values > 1)) return came('broken off', true);
    if (pushing.has(opcode)) values++;
    if (opcode === markOpcode) marks++;
    else if (needingMark.has(opcode)) marks--;
  }
}

function endOf(stop: NeedsMore | HeaderTrouble): Walked['end'] {
  if (stop.kind === 'more') return stop;
  return stop.code === 'over-limit' ? 'too far' : 'broken off';
}

/** Goes behind an argument; false where there cannot be one. */
function takes(argument: Argument, cursor: HeaderCursor, bytes: Uint8Array): boolean {
  if ('bytes' in argument) cursor.skip(argument.bytes);
  else if ('lengthBytes' in argument) cursor.skip(lengthOf(argument.lengthBytes, cursor));
  else return areLines(argument.lines, cursor, bytes);
  return true;
}

function lengthOf(bytes: 1 | 4 | 8, cursor: HeaderCursor): number {
  if (bytes === 1) return cursor.uint8();
  return bytes === 4 ? cursor.uint32() : cursor.uint64();
}

/** Two lines name a module and something in it. */
function areLines(count: 1 | 2, cursor: HeaderCursor, bytes: Uint8Array): boolean {
  for (let line = 0; line < count; line++) {
    const end = bytes.indexOf(0x0a, cursor.position);
    if (end === -1) {
      cursor.skip(Math.max(0, bytes.byteLength - cursor.position) + 1);
      return false;
    }
    const text = cursor.text(end - cursor.position, 'latin1');
    cursor.skip(1);
    if (count === 2 && !identifier.test(text)) return false;
  }
  return true;
}

function opcodes(characters: string, argument: Argument): [number, Argument][] {
  return [...characters].map((character) => [character.charCodeAt(0), argument]);
}

function setOf(characters: string): ReadonlySet<number> {
  return new Set([...characters].map((character) => character.charCodeAt(0)));
}
