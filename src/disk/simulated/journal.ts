import { syncedBytes } from './contents.js';
import type { FileChange, FileNode, NameChange, Node, NodeId } from './nodes.js';
import type { Volume } from './volume.js';

/**
 * In a profile with a journal, the bytes that a file got beyond its end (and, under `with-bytes`, the sizes they gave it) are its
 * tail: they survive from the first one on, without gaps. Of other profiles nothing is a tail.
 */
export function isTail(volume: Volume, change: FileChange): boolean {
  const { order, writtenSizes } = volume.settings.profile;
  if (order !== 'one-journal') return false;
  switch (change.type) {
    case 'data':
      return change.isFresh;
    case 'size':
      return change.isWritten && writtenSizes === 'with-bytes';
    case 'mode':
      return false;
  }
}

/** Whether a change of a file or directory survives only with all that was journaled before it. Names are always journaled. */
export function isJournaled(volume: Volume, change: FileChange): boolean {
  return volume.settings.profile.order === 'one-journal' && change.type !== 'data' && !isTail(volume, change);
}

/** Whether no crash can take it any more although bytes before it are pending. */
export function isCommitted(change: FileChange): boolean {
  return change.type === 'size' && change.isCommitted === true;
}

/** The pending changes of one node; a symbolic link has none. */
export function pendingOf(node: Node): readonly FileChange[] {
  return node.type === 'symlink' ? [] : node.pending;
}

export function directoriesOf(change: NameChange): readonly NodeId[] {
  return change.type === 'rename' ? [change.from.directory, change.to.directory] : [change.at.directory];
}

/** The indices of all that is journaled and not committed, oldest first. */
export function journalOf(volume: Volume): number[] {
  const indices = volume.names.map(({ index }) => index);
  for (const node of volume.nodes.values()) {
    for (const change of pendingOf(node)) if (isJournaled(volume, change) && !isCommitted(change)) indices.push(change.index);
  }
  return indices.sort((a, b) => a - b);
}

/** The file once all that was journaled of it is committed. Sizes stay in their places as long as bytes before or after them are pending. */
export function committedFile(volume: Volume, file: FileNode): FileNode {
  const pending = file.pending.flatMap((change) => {
    if (!isJournaled(volume, change)) return [change];
    return change.type === 'size' ? [{ ...change, isCommitted: true }] : [];
  });
  const isSettled = pending.every(isCommitted);
  return {
    ...file,
    durableMode: file.mode,
    pending: isSettled ? [] : pending,
    ...(isSettled && { durableBytes: syncedBytes(volume, file) }),
  };
}
