import { crc32 } from 'node:zlib';

/** What a root says of itself (CAT-IDX-1118). */
export interface RootFile {
  readonly store: 'fs' | 'journal';
  readonly lineage: string;
}

export type DecodedRoot =
  | ({ readonly kind: 'intact' } & RootFile)
  | { readonly kind: 'newer'; readonly version: number }
  | { readonly kind: 'damaged'; readonly reason: string };

export const rootVersion = 1;

export function encodeRoot(root: RootFile): Buffer {
  const { store, lineage } = root;
  return Buffer.from(`${JSON.stringify({ schema: 'catalog-core/root', version: rootVersion, store, lineage })}\n`);
}

export function decodeRoot(bytes: Buffer): DecodedRoot {
  const form = /^\{"schema":"catalog-core\/root","version":([0-9]{1,15}),(.*)\}\n?$/s.exec(bytes.toString('latin1'));
  if (!form) return { kind: 'damaged', reason: 'it is not a root file of catalog-core' };
  const [, version, members = ''] = form;
  if (Number(version) > rootVersion) return { kind: 'newer', version: Number(version) };
  const known = /^"store":"(fs|journal)","lineage":"([0-9a-f-]{36})"$/.exec(members);
  if (Number(version) !== rootVersion || !known) return { kind: 'damaged', reason: 'it does not name a store and a lineage' };
  const [, store, lineage = ''] = known;
  if (!isLineage(lineage)) return { kind: 'damaged', reason: 'its lineage is not what was written' };
  return { kind: 'intact', store: store as RootFile['store'], lineage };
}

/**
 * A new lineage: a UUID of version 8 (RFC 9562, its bits are ours to choose) whose last four bytes are the CRC-32 of the
 * others, so that a root file whose lineage was damaged cannot pass for another lineage.
 */
export function newLineage(random: Uint8Array): string {
  const bytes = Buffer.alloc(16);
  bytes.set(random.subarray(0, 12));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  bytes.writeUInt32BE(crc32(bytes.subarray(0, 12)), 12);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** A lineage in any version of UUID is taken as it is; one of ours must carry its checksum. */
function isLineage(lineage: string): boolean {
  const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-([1-8])[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.exec(lineage);
  if (!uuid) return false;
  if (uuid[1] !== '8') return true;
  const bytes = Buffer.from(lineage.replaceAll('-', ''), 'hex');
  return bytes.readUInt32BE(12) === crc32(bytes.subarray(0, 12));
}
