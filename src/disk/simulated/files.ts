import type { FileChange, FileNode, NodeId } from './nodes.js';
import { diskError, nodeOf, replace, tick, type Volume } from './volume.js';

/** Writes gathered bytes at a position; what lies between the old end and the position reads as zeros. */
export function writeBytes(volume: Volume, id: NodeId, chunks: readonly Uint8Array[], position: number): number {
  const file = fileOf(volume, id);
  const total = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
  if (total === 0) return 0;
  const end = position + total;
  const bytes = new Uint8Array(Math.max(file.bytes.length, end));
  bytes.set(file.bytes);
  let at = position;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  const changes = writtenChanges(volume, bytes, { start: position, end, oldSize: file.bytes.length });
  changeFile(volume, file, { bytes, pending: [...file.pending, ...changes] });
  return total;
}

/** Fills `into` from a position; 0 at the end. */
export function readBytes(volume: Volume, id: NodeId, into: Uint8Array, position: number): number {
  const { bytes } = fileOf(volume, id);
  if (position >= bytes.length) return 0;
  const found = bytes.subarray(position, position + into.byteLength);
  into.set(found);
  return found.byteLength;
}

export function resize(volume: Volume, id: NodeId, size: number): undefined {
  const file = fileOf(volume, id);
  if (size === file.bytes.length) return;
  const bytes = new Uint8Array(size);
  bytes.set(file.bytes.subarray(0, size));
  changeFile(volume, file, { bytes, pending: [...file.pending, { type: 'size', index: volume.nextIndex++, size, isWritten: false }] });
}

/** The mode is one more thing that is pending until the file or directory is synced. */
export function changeMode(volume: Volume, id: NodeId, mode: number): undefined {
  const node = nodeOf(volume, id);
  if (node.type === 'symlink' || node.mode === mode) return;
  const change = { type: 'mode', index: volume.nextIndex++, mode } as const;
  const ctimeUs = tick(volume);
  if (node.type === 'file') replace(volume, { ...node, mode, ctimeUs, pending: [...node.pending, change] });
  else replace(volume, { ...node, mode, ctimeUs, pending: [...node.pending, change] });
}

/** Turns one bit of a file, for good: in what is visible, and in what is durable. */
export function rot(volume: Volume, id: NodeId, { position, bit }: { position: number; bit: number }): void {
  const file = fileOf(volume, id);
  const turned = (bytes: Uint8Array): Uint8Array => bytes.map((byte, at) => (at === position ? byte ^ (1 << bit) : byte));
  const bytes = turned(file.bytes);
  volume.changes += 1;
  replace(volume, { ...file, bytes, durableBytes: file.durableBytes === file.bytes ? bytes : turned(file.durableBytes) });
}

export function staleBytes(volume: Volume, id: NodeId, from: 'last-write' | 'last-sync'): Uint8Array {
  const { bytesBefore, durableBytes } = fileOf(volume, id);
  return from === 'last-write' ? bytesBefore : durableBytes;
}

/** What is pending of a write: its chunks, and the size it gives the file; of a disk that journals sizes with their bytes, one a chunk. */
function writtenChanges(volume: Volume, source: Uint8Array, { start, end, oldSize }: Extent): FileChange[] {
  const { chunkBytes, profile } = volume.settings;
  const isEachSized = profile.writtenSizes === 'with-bytes';
  const changes: FileChange[] = [];
  for (let from = start; from < end; ) {
    const block = Math.floor(from / chunkBytes) * chunkBytes;
    const to = Math.min(end, block + chunkBytes);
    const isFresh = isEachSized ? block >= oldSize : to > oldSize;
    changes.push({ type: 'data', index: volume.nextIndex++, from, to, source, isFresh });
    if (to > oldSize && (isEachSized || to === end)) changes.push({ type: 'size', index: volume.nextIndex++, size: to, isWritten: true });
    from = to;
  }
  return changes;
}

interface Extent {
  readonly start: number;
  readonly end: number;
  readonly oldSize: number;
}

function changeFile(volume: Volume, file: FileNode, change: Pick<FileNode, 'bytes' | 'pending'>): void {
  const now = tick(volume);
  replace(volume, { ...file, ...change, bytesBefore: file.bytes, mtimeUs: now, ctimeUs: now });
}

function fileOf(volume: Volume, id: NodeId): FileNode {
  const node = nodeOf(volume, id);
  if (node.type === 'directory') throw diskError('EISDIR', 'a directory has no bytes');
  if (node.type === 'symlink') throw diskError('EINVAL', 'a symbolic link has no bytes');
  return node;
}
