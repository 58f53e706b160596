import type { DirectoryNode, FileChange, FileNode, NameChange, NodeId } from './nodes.js';
import { directoryOf, diskError, forgetOrphans, nodeOf, replace, tick, type Volume } from './volume.js';

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
  const changes: FileChange[] = dataChanges(volume, bytes, position, end);
  if (end > file.bytes.length) changes.push({ type: 'size', index: volume.nextIndex++, size: end });
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
  changeFile(volume, file, { bytes, pending: [...file.pending, { type: 'size', index: volume.nextIndex++, size }] });
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

/** Bytes, size and mode of a file, or names and mode of a directory, are durable; the name of neither is. */
export function syncNode(volume: Volume, id: NodeId): undefined {
  if (volume.settings.profile.syncs === 'do-nothing') return;
  const node = nodeOf(volume, id);
  if (node.type === 'file' && node.pending.length > 0) {
    volume.changes += 1;
    replace(volume, { ...node, durableBytes: node.bytes, durableMode: node.mode, pending: [] });
  }
  if (node.type === 'directory') syncNames(volume, directoryOf(volume, id));
}

function syncNames(volume: Volume, node: DirectoryNode): void {
  const names = volume.names.flatMap((change) => settle(change, node.id));
  if (node.pending.length === 0 && names.every((change, at) => change === volume.names[at]) && names.length === volume.names.length) return;
  volume.changes += 1;
  replace(volume, { ...node, durableEntries: node.entries, durableMode: node.mode, pending: [] });
  volume.names = names.filter((change) => canMatter(volume, names, change));
  forgetOrphans(volume);
}

/** A change inside directories that no crash can bring back is no longer pending: nothing will ever sync it. */
function canMatter(volume: Volume, names: readonly NameChange[], change: NameChange): boolean {
  const directories = change.type === 'rename' ? [change.from.directory, change.to.directory] : [change.at.directory];
  return directories.some((id) => {
    const isGone = directoryOf(volume, id).links === 0;
    return !isGone || names.some((other) => other.node === id || (other.type === 'rename' && other.replaced === id));
  });
}

/** What is still pending of a change once one directory is durable. */
function settle(change: NameChange, directory: NodeId): readonly NameChange[] {
  if (change.type !== 'rename') return change.at.directory === directory ? [] : [change];
  const fromIsDurable = change.settled === 'from' || change.from.directory === directory;
  const toIsDurable = change.settled === 'to' || change.to.directory === directory;
  if (fromIsDurable && toIsDurable) return [];
  const settled = fromIsDurable ? 'from' : toIsDurable ? 'to' : undefined;
  return settled === undefined || settled === change.settled ? [change] : [{ ...change, settled }];
}

function dataChanges(volume: Volume, source: Uint8Array, start: number, end: number): FileChange[] {
  const { chunkBytes } = volume.settings;
  const changes: FileChange[] = [];
  for (let from = start; from < end; ) {
    const to = Math.min(end, (Math.floor(from / chunkBytes) + 1) * chunkBytes);
    changes.push({ type: 'data', index: volume.nextIndex++, from, to, source });
    from = to;
  }
  return changes;
}

function changeFile(volume: Volume, file: FileNode, change: Pick<FileNode, 'bytes' | 'pending'>): void {
  const now = tick(volume);
  replace(volume, { ...file, ...change, mtimeUs: now, ctimeUs: now });
}

function fileOf(volume: Volume, id: NodeId): FileNode {
  const node = nodeOf(volume, id);
  if (node.type === 'directory') throw diskError('EISDIR', 'a directory has no bytes');
  if (node.type === 'symlink') throw diskError('EINVAL', 'a symbolic link has no bytes');
  return node;
}
