import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { refusal } from '../core/errors.js';
import { makeFolder } from '../disk/folders.js';
import type { Host } from '../disk/host.js';
import { persistFile } from '../disk/persist.js';
import type { DiskProgram } from '../disk/program.js';
import { syncFolder } from '../disk/temp-file.js';
import { readFileIfThere } from '../disk/whole-file.js';
import { readUInt64, writeUInt64 } from './bytes.js';
import { newerFile } from './damage.js';
import { asText, type EventId, writeEventId } from './event-id.js';
import { cursorPath } from './place.js';

/** How far a consumer has come (CAT-JRN-3402). */
export interface CursorCheckpoint {
  /** Of which journal. */
  readonly lineage: EventId;
  /** The identity of the region that it follows. */
  readonly region: string;
  /** The sequence up to which it need not be told anything again. */
  readonly position: number;
}

export const cursorVersion = 1;

const magic = Buffer.from('CATCURS\n', 'latin1');
const at = { version: 8, checksum: 12, lineage: 16, position: 32, region: 40 } as const;
const fileName = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/;

/** The bytes of the file; FORMAT.md shows every byte. The checksum (CRC-32) covers all but itself. */
export function encodeCursor({ lineage, region, position }: CursorCheckpoint): Buffer {
  const bytes = Buffer.concat([Buffer.alloc(at.region), Buffer.from(region)]);
  magic.copy(bytes);
  bytes.writeUInt32LE(cursorVersion, at.version);
  writeEventId(lineage, bytes, at.lineage);
  writeUInt64(bytes, position, at.position);
  bytes.writeUInt32LE(checksumOf(bytes), at.checksum);
  return bytes;
}

type DecodedCursor =
  | { readonly kind: 'intact'; readonly checkpoint: CursorCheckpoint }
  | { readonly kind: 'newer'; readonly version: number }
  | { readonly kind: 'damaged'; readonly reason: string };

export function decodeCursor(bytes: Buffer): DecodedCursor {
  if (bytes.byteLength < at.region || !bytes.subarray(0, magic.byteLength).equals(magic)) return damaged('it does not begin as one');
  if (bytes.readUInt32LE(at.checksum) !== checksumOf(bytes)) return damaged('its checksum is wrong');
  const version = bytes.readUInt32LE(at.version);
  if (version > cursorVersion) return { kind: 'newer', version };
  return {
    kind: 'intact',
    checkpoint: {
      lineage: asText(bytes.subarray(at.lineage, at.lineage + 16)),
      position: readUInt64(bytes, at.position),
      region: bytes.subarray(at.region).toString('utf8'),
    },
  };
}

/** Names of cursors are names of files. */
export function checkCursorId(id: string): string {
  if (typeof id === 'string' && fileName.test(id) && !id.endsWith('.tmp')) return id;
  throw refusal(
    'InvalidArgument',
    'a cursor is named by 1 to 128 letters, digits, dots, dashes and underscores, and no dot at the beginning',
    {
      argument: 'id',
    },
  );
}

/** What was saved under a name; nothing where nothing was. */
export function* readCursor(directory: string, id: string): DiskProgram<CursorCheckpoint | undefined> {
  const path = cursorPath(directory, id);
  const bytes = yield* readFileIfThere(path);
  if (bytes === undefined) return undefined;
  // CAT-JRN-3303: whoever goes on from there is not sent back by a power cut, also where who saved it died before its name was durable.
  yield* syncFolder(dirname(path));
  const decoded = decodeCursor(bytes);
  if (decoded.kind === 'newer') throw newerFile(path, decoded.version, cursorVersion);
  if (decoded.kind === 'intact') return decoded.checkpoint;
  const message = `${path} is damaged: ${decoded.reason}; remove it to begin from the beginning`;
  throw refusal('CursorCheckpointCorrupt', message, { path, reason: decoded.reason });
}

/** All or nothing of it. */
export function persistCursor(directory: string, id: string, checkpoint: CursorCheckpoint, host: Pick<Host, 'random'>): DiskProgram<void> {
  return persistBelow(directory, cursorPath(directory, id), encodeCursor(checkpoint), host);
}

/** A file in a folder of the journal, which is made where it is missing. */
export function* persistBelow(directory: string, path: string, bytes: Buffer, host: Pick<Host, 'random'>): DiskProgram<void> {
  yield* makeFolder(dirname(path));
  // Whoever made it may have died before its name was durable.
  yield* syncFolder(directory);
  yield* persistFile(path, [bytes], host);
}

function checksumOf(bytes: Buffer): number {
  return crc32(bytes.subarray(at.checksum + 4), crc32(bytes.subarray(0, at.checksum)));
}

function damaged(reason: string): DecodedCursor {
  return { kind: 'damaged', reason };
}
