import { crc32 } from 'node:zlib';

/** With what a file begins that is replaced as a whole: who it is, its version, and a checksum (CRC-32) of everything else in it. */
export interface FileHead {
  /** Eight bytes. */
  readonly magic: string;
  readonly version: number;
  /** As short as it may be. */
  readonly leastBytes: number;
  /** As what it is spoken of. */
  readonly called: string;
}

/** Why nothing of a file can be used. */
export type Unusable = { readonly kind: 'newer'; readonly version: number } | { readonly kind: 'damaged'; readonly reason: string };

const at = { version: 8, checksum: 12, rest: 16 } as const;

/** Completes the bytes of a file, of which all but these first 16 are there. */
export function writeHead({ magic, version }: FileHead, bytes: Buffer, further: readonly Uint8Array[] = []): void {
  bytes.write(magic, 'latin1');
  bytes.writeUInt32LE(version, at.version);
  bytes.writeUInt32LE(checksumOf(bytes, further), at.checksum);
}

/** Judges the bytes of a file: the version is believed where the checksum is right. Nothing of a newer one is looked into. */
export function whyUnusable({ magic, version, leastBytes, called }: FileHead, bytes: Buffer): Unusable | undefined {
  if (bytes.byteLength < leastBytes || bytes.toString('latin1', 0, at.version) !== magic) return damaged(`it does not begin as ${called}`);
  if (bytes.readUInt32LE(at.checksum) !== checksumOf(bytes)) return damaged('its checksum is wrong');
  const found = bytes.readUInt32LE(at.version);
  return found > version ? { kind: 'newer', version: found } : undefined;
}

export function damaged(reason: string): Unusable & { kind: 'damaged' } {
  return { kind: 'damaged', reason };
}

function checksumOf(bytes: Buffer, further: readonly Uint8Array[] = []): number {
  const begun = crc32(bytes.subarray(at.rest), crc32(bytes.subarray(0, at.checksum)));
  return further.reduce((sum, chunk) => crc32(chunk, sum), begun);
}
