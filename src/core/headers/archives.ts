import { HeaderCursor } from './header-cursor.js';

/** A part of a file. */
export interface Extent {
  readonly position: number;
  readonly bytes: number;
}

/** How much of the end of a zip has to be looked at: its last record may have a comment of 64 KiB. */
export const zipTailBytes = 22 + 65_535;
/** More names than that are not looked at. */
export const mostDirectoryBytes = 4 * 1024 * 1024;

const endOfDirectory = Buffer.from('PK\x05\x06', 'latin1');
const directoryEntry = 0x02014b50;
const localEntry = 0x04034b50;
const tarBlock = 512;

/** Pickles that archives hold: of torch (`data.pkl`, `constants.pkl`), and of its oldest form. */
const pickled = /(^|\/)(pickle|sys_info|[^/]*\.(pkl|pickle|pyc?))$/;

export function namesCode(names: readonly string[]): boolean {
  return names.some((name) => pickled.test(name));
}

/** Where a zip that ends with these bytes has the list of its files; `undefined` where they say nothing of one. */
export function zipDirectory(tail: Uint8Array, size: number): Extent | undefined {
  const end = Buffer.from(tail.buffer, tail.byteOffset, tail.byteLength);
  const at = end.lastIndexOf(endOfDirectory);
  if (at === -1 || at + 22 > end.byteLength) return undefined;
  const [bytes, position] = [end.readUInt32LE(at + 12), end.readUInt32LE(at + 16)];
  // With 64-bit places the list still ends before the records at the end, which are 76 bytes more.
  const isLarge = bytes === 0xffffffff || position === 0xffffffff;
  const endPosition = size - end.byteLength + at;
  return isLarge ? largeDirectory(end, at, size) : { position: Math.min(position, endPosition), bytes: Math.min(bytes, endPosition) };
}

/** The names in the list of files of a zip, as far as these bytes go. */
export function zipNames(directory: Uint8Array): string[] {
  const cursor = new HeaderCursor(directory, directory.byteLength);
  const names: string[] = [];
  while (!cursor.stop && cursor.uint32() === directoryEntry) {
    cursor.skip(24);
    const [name, extra, comment] = [cursor.uint16(), cursor.uint16(), cursor.uint16()];
    cursor.skip(12);
    names.push(cursor.text(name, 'utf8'));
    cursor.skip(extra + comment);
  }
  return names;
}

/** The name of the first file of a zip, which torch makes its pickle: its bytes are known to begin one; empty where they end before it. */
export function firstZipName(bytes: Uint8Array): string {
  const cursor = new HeaderCursor(bytes, bytes.byteLength);
  cursor.skip(26);
  const name = cursor.uint16();
  cursor.skip(2);
  return cursor.text(name, 'utf8');
}

export function isZip(bytes: Uint8Array): boolean {
  return new HeaderCursor(bytes, bytes.byteLength).uint32() === localEntry;
}

export function isTar(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(257, 262)).toString('latin1') === 'ustar';
}

/** The names of the files of a tar, as far as these bytes go. */
export function tarNames(bytes: Uint8Array): string[] {
  const names: string[] = [];
  let at = 0;
  while (at + tarBlock <= bytes.byteLength && isTar(bytes.subarray(at, at + tarBlock))) {
    const block = Buffer.from(bytes.subarray(at, at + tarBlock)).toString('latin1');
    names.push((block.slice(0, 100).split('\0')[0] ?? '').replace(/\/$/, ''));
    const size = Number.parseInt(block.slice(124, 136), 8);
    at += tarBlock + (Number.isSafeInteger(size) && size > 0 ? Math.ceil(size / tarBlock) * tarBlock : 0);
  }
  return names;
}

/** The record of 56 bytes that stands before the locator of 20 bytes, where nothing is between them. */
function largeDirectory(end: Buffer, at: number, size: number): Extent | undefined {
  const record = at - 20 - 56;
  if (record < 0 || end.readUInt32LE(record) !== 0x06064b50) return undefined;
  const [bytes, position] = [Number(end.readBigUInt64LE(record + 40)), Number(end.readBigUInt64LE(record + 48))];
  return position + bytes <= size ? { position, bytes } : undefined;
}
