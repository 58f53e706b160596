import type { Fingerprint } from './fingerprint.js';
import * as fingerprint from './fingerprint.js';
import type { DataChange, DirectoryNode, FileChange, FileNode } from './nodes.js';
import type { Fate } from './profiles.js';
import type { Volume } from './volume.js';

export type FateOf = (index: number) => Fate;

/** What a node holds after a crash, apart from names. */
export interface Content {
  readonly mode: number;
  /** Absent for a directory. */
  readonly bytes?: Uint8Array;
}

/** The bytes and mode that one file is left with. */
export function contentAfter(node: FileNode | DirectoryNode, fateOf: FateOf): Content {
  if (node.type === 'directory') {
    return { mode: node.pending.reduce((mode, change) => (fateOf(change.index) === 'lost' ? mode : change.mode), node.durableMode) };
  }
  const draft = draftOf(node);
  for (const change of node.pending) applyChange(draft, change, fateOf(change.index));
  return { mode: draft.mode, bytes: finishedBytes(node, draft) };
}

/** What a sync of a file makes durable: all that is visible, less what a fault has dropped. */
export function syncedBytes(volume: Volume, file: FileNode): Uint8Array {
  return (volume.hasDropped ? contentAfter(file, () => 'kept').bytes : undefined) ?? file.bytes;
}

/** A file while its surviving changes are applied; bytes beyond the size count once a later size uncovers them. */
export interface Draft {
  readonly bytes: Uint8Array;
  size: number;
  mode: number;
}

export function draftOf(node: FileNode): Draft {
  let capacity = node.durableBytes.length;
  for (const change of node.pending) capacity = Math.max(capacity, endOf(change));
  const bytes = new Uint8Array(capacity);
  bytes.set(node.durableBytes);
  return { bytes, size: node.durableBytes.length, mode: node.durableMode };
}

export function applyChange(draft: Draft, change: FileChange, fate: Fate): void {
  if (fate === 'lost') return;
  switch (change.type) {
    case 'data':
      if (fate === 'zeroed') draft.bytes.fill(0, change.from, change.to);
      else if (fate === 'garbage') fillWithGarbage(draft.bytes, change);
      else draft.bytes.set(change.source.subarray(change.from, change.to), change.from);
      return;
    case 'size':
      if (change.size < draft.size) draft.bytes.fill(0, change.size);
      draft.size = change.size;
      return;
    case 'mode':
      draft.mode = change.mode;
      return;
  }
}

/** What blocks held before they were given to this file: bytes that nobody wrote, the same in every run. */
function fillWithGarbage(bytes: Uint8Array, { index, from, to }: DataChange): void {
  const salt = Math.imul(index + 1, 0x9e3779b1);
  for (let at = from; at < to; at++) bytes[at] = Math.imul(at ^ salt, 0x85ebca6b) >>> 24;
}

/** The bytes of a finished draft, shared with the node where they are the same. */
export function finishedBytes(node: FileNode, draft: Draft): Uint8Array {
  const bytes = draft.bytes.length === draft.size ? draft.bytes : draft.bytes.slice(0, draft.size);
  const mark = fingerprint.ofBytes(bytes);
  if (mark === fingerprint.ofBytes(node.durableBytes)) return node.durableBytes;
  return mark === fingerprint.ofBytes(node.bytes) ? node.bytes : bytes;
}

export function fingerprintOfContent({ mode, bytes }: Content): Fingerprint {
  return bytes === undefined ? fingerprint.mix(mode, 3) : fingerprint.mix(fingerprint.ofBytes(bytes), mode);
}

/** Of a file that nobody reads. */
export function fingerprintOfSize({ mode, bytes }: Content): Fingerprint {
  return fingerprint.mix(fingerprint.mix(bytes?.length ?? 0, mode), 13);
}

function endOf(change: FileChange): number {
  switch (change.type) {
    case 'data':
      return change.to;
    case 'size':
      return change.size;
    case 'mode':
      return 0;
  }
}
