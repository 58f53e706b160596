import { dirname } from 'node:path';
import { refusal } from '../core/errors.js';
import { makeFolder } from '../disk/folders.js';
import type { Host } from '../disk/host.js';
import { persistFile } from '../disk/persist.js';
import type { DiskProgram } from '../disk/program.js';
import { syncFolder } from '../disk/temp-file.js';
import { readFileIfThere } from '../disk/whole-file.js';
import { areExact, readUInt64, writeUInt64 } from './bytes.js';
import { newerFile } from './damage.js';
import { asText, type EventId, writeEventId } from './event-id.js';
import { damaged, type FileHead, type Unusable, whyUnusable, writeHead } from './file-head.js';
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

const at = { lineage: 16, position: 32, region: 40 } as const;
const head: FileHead = { magic: 'CATCURS\n', version: 1, leastBytes: at.region, called: 'one' };
const fileName = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/;

/** The bytes of the file; FORMAT.md shows every byte. */
export function encodeCursor({ lineage, region, position }: CursorCheckpoint): Buffer {
  const bytes = Buffer.concat([Buffer.alloc(at.region), Buffer.from(region)]);
  writeEventId(lineage, bytes, at.lineage);
  writeUInt64(bytes, position, at.position);
  writeHead(head, bytes);
  return bytes;
}

type DecodedCursor = { readonly kind: 'intact'; readonly checkpoint: CursorCheckpoint } | Unusable;

export function decodeCursor(bytes: Buffer): DecodedCursor {
  const unusable = whyUnusable(head, bytes);
  if (unusable !== undefined) return unusable;
  const position = readUInt64(bytes, at.position);
  if (!areExact(position)) return damaged('its position is beyond 2^53-1');
  return {
    kind: 'intact',
    checkpoint: {
      lineage: asText(bytes.subarray(at.lineage, at.lineage + 16)),
      position,
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
  if (decoded.kind === 'newer') throw newerFile(path, decoded.version, head.version);
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
