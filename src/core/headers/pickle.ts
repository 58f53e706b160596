import { HeaderCursor } from './header-cursor.js';

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
/** What names something of a module: GLOBAL, INST, STACK_GLOBAL, the EXTs. */
const importing: readonly number[] = [0x63, 0x69, 0x93, 0x82, 0x83, 0x84];
const enoughOpcodes = 16;
const mostOpcodes = 100_000;
const identifier = /^[A-Za-z_][A-Za-z0-9_.<>]*$/;

/**
 * Whether a file that begins with these bytes is a pickle that may name code: one that says its protocol, or, as the oldest do not,
 * one whose opcodes import something. Text is taken for one only where it is one, opcode by opcode.
 */
export function isPickle(bytes: Uint8Array, size: number): boolean {
  const walked = walk(bytes, size);
  if (!walked.isWhole && walked.opcodes < enoughOpcodes) return false;
  return walked.hasProtocol || walked.imports;
}

interface Walked {
  readonly opcodes: number;
  /** It came to its STOP. */
  readonly isWhole: boolean;
  readonly hasProtocol: boolean;
  readonly imports: boolean;
}

const none: Walked = { opcodes: 0, isWhole: false, hasProtocol: false, imports: false };

function walk(bytes: Uint8Array, size: number): Walked {
  const cursor = new HeaderCursor(bytes, size);
  const hasProtocol = bytes[0] === protocolOpcode && (bytes[1] ?? 255) <= newestProtocol;
  let imports = false;
  for (let opcodes = 1; opcodes < mostOpcodes; opcodes++) {
    const opcode = cursor.uint8();
    if (cursor.stop) return { opcodes: opcodes - 1, isWhole: false, hasProtocol, imports };
    const argument = arguments_.get(opcode);
    if (argument === undefined || !isTaken(argument, cursor, bytes)) return none;
    imports ||= importing.includes(opcode);
    if (opcode === stopOpcode) return { opcodes, isWhole: opcodes > 1, hasProtocol, imports };
  }
  return { opcodes: mostOpcodes, isWhole: false, hasProtocol, imports };
}

/** Goes behind an argument; false where there cannot be one. */
function isTaken(argument: Argument, cursor: HeaderCursor, bytes: Uint8Array): boolean {
  if ('bytes' in argument) cursor.skip(argument.bytes);
  else if ('lengthBytes' in argument) cursor.skip(lengthOf(argument.lengthBytes, cursor));
  else return areLines(argument.lines, cursor, bytes);
  return cursor.stop?.kind !== 'malformed';
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
      return cursor.stop?.kind === 'more';
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
