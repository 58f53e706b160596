import { hash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { canonicalJson, whyNotCanonical } from '../core/canonical-json.js';
import type { Host } from '../disk/host.js';
import { persistedName } from '../disk/persist.js';
import { type DiskProgram, list, unlink } from '../disk/program.js';
import { readFileIfThere, unlessMissing } from '../disk/whole-file.js';
import { areExact, readUInt64, writeUInt64 } from './bytes.js';
import { persistBelow } from './cursor-checkpoint.js';
import { newerFile } from './damage.js';
import { asText, type EventId, writeEventId } from './event-id.js';
import { damaged, type FileHead, type Unusable, whyUnusable, writeHead } from './file-head.js';
import { projectionPath } from './place.js';
import type { Folded } from './projection.js';

/** A fold as a file keeps it, so that whoever opens the journal next goes on with it (CAT-JRN-3404). */
export interface KeptFold extends Folded {
  /** Of which journal. */
  readonly lineage: EventId;
  /** The event at the sequence up to which was folded: a journal that has another there is not the one that was. */
  readonly lastEvent: EventId;
}

/** Which fold is kept. */
export interface FoldName {
  readonly name: string;
  readonly entity: string | undefined;
  /** Of another identity nothing is used. */
  readonly identity: string;
}

const at = { lineage: 16, position: 32, lastEvent: 40, events: 56, identity: 64, body: 72 } as const;
const head: FileHead = { magic: 'CATPROJ\n', version: 1, leastBytes: at.body, called: 'one' };

/** The bytes of the file; FORMAT.md shows every byte. `undefined` for a state that JSON would not give back as it is. */
export function encodeProjection(identity: string, { lineage, lastEvent, sequence, events, state }: KeptFold): Buffer | undefined {
  if (whyNotCanonical(state) !== undefined) return undefined;
  const text = Buffer.from(identity);
  const bytes = Buffer.concat([Buffer.alloc(at.body), text, Buffer.from(canonicalJson(state))]);
  writeEventId(lineage, bytes, at.lineage);
  writeUInt64(bytes, sequence, at.position);
  writeEventId(lastEvent, bytes, at.lastEvent);
  writeUInt64(bytes, events, at.events);
  bytes.writeUInt32LE(text.byteLength, at.identity);
  writeHead(head, bytes);
  return bytes;
}

type DecodedProjection = { readonly kind: 'intact'; readonly identity: string; readonly kept: KeptFold } | Unusable;

export function decodeProjection(bytes: Buffer): DecodedProjection {
  const unusable = whyUnusable(head, bytes);
  if (unusable !== undefined) return unusable;
  const stateAt = at.body + bytes.readUInt32LE(at.identity);
  const stated = stateIn(bytes.subarray(stateAt));
  if (stated === undefined) return damaged('its state is no JSON');
  const [sequence, events] = [readUInt64(bytes, at.position), readUInt64(bytes, at.events)];
  if (!areExact(sequence, events)) return damaged('its numbers are beyond 2^53-1');
  return {
    kind: 'intact',
    identity: bytes.subarray(at.body, stateAt).toString('utf8'),
    kept: {
      lineage: asText(bytes.subarray(at.lineage, at.lineage + 16)),
      sequence,
      lastEvent: asText(bytes.subarray(at.lastEvent, at.lastEvent + 16)),
      events,
      ...stated,
    },
  };
}

function stateIn(bytes: Buffer): { readonly state: unknown } | undefined {
  try {
    return { state: JSON.parse(bytes.toString('utf8')) };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** What is kept of a fold; nothing where nothing can be used. A newer file is refused (CAT-JRN-3203). */
export function* readProjection(directory: string, { name, entity, identity }: FoldName): DiskProgram<KeptFold | undefined> {
  const path = projectionPath(directory, fileName(name, entity));
  const bytes = yield* readFileIfThere(path);
  if (bytes === undefined) return undefined;
  const decoded = decodeProjection(bytes);
  if (decoded.kind === 'newer') throw newerFile(path, decoded.version, head.version);
  return decoded.kind === 'intact' && decoded.identity === identity ? decoded.kept : undefined;
}

/** All or nothing of it. What it says must be durable. */
export function* persistProjection(directory: string, fold: FoldName, kept: KeptFold, host: Pick<Host, 'random'>): DiskProgram<void> {
  const bytes = encodeProjection(fold.identity, kept);
  if (bytes === undefined) return;
  const path = projectionPath(directory, fileName(fold.name, fold.entity));
  yield* persistBelow(directory, path, bytes, host);
  // What a writer left who was killed on the way.
  for (const name of yield* list(dirname(path))) {
    if (persistedName(name) === basename(path)) yield* unlessMissing(unlink(join(dirname(path), name)));
  }
}

/** Names of entities are no names of files. */
function fileName(name: string, entity: string | undefined): string {
  return entity === undefined ? name : `${name}~${hash('sha256', entity, 'hex')}`;
}
