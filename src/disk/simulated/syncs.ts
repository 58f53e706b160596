import { syncedBytes } from './contents.js';
import { committedFile, directoriesOf, isCommitted, pendingOf } from './journal.js';
import type { DirectoryNode, Entries, NameChange, Node, NodeId } from './nodes.js';
import { namesAfter, type SurvivingNames } from './survivors.js';
import { directoryOf, diskError, forgetOrphans, nodeOf, replace, type Volume } from './volume.js';

/**
 * Bytes, size and mode of a file, or names and mode of a directory, are durable, with what the profile says is durable before them.
 * Of the data only: not the mode, and nobody else's changes unless the size has changed.
 */
export function syncNode(volume: Volume, id: NodeId, dataOnly = false): undefined {
  const { syncs, directorySyncs, order } = volume.settings.profile;
  const node = nodeOf(volume, id);
  if (node.type === 'directory' && directorySyncs === 'refused') throw diskError('EPERM', 'this disk syncs no directory');
  if (syncs === 'do-nothing') return;
  // A clean node writes nothing, so that it takes nobody else's changes along either.
  const needsJournal = dataOnly ? pendingOf(node).some(({ type }) => type === 'size') : isDirty(volume, node);
  if (order === 'one-journal' && needsJournal) commitJournal(volume);
  if (node.type === 'file') syncFile(volume, id, dataOnly);
  if (node.type === 'directory') syncDirectory(volume, directoryOf(volume, id));
}

function syncFile(volume: Volume, id: NodeId, dataOnly: boolean): void {
  const file = nodeOf(volume, id);
  if (file.type !== 'file' || file.pending.length === 0) return;
  const pending = dataOnly ? file.pending.filter(({ type }) => type === 'mode') : [];
  volume.changes += 1;
  replace(volume, { ...file, durableBytes: syncedBytes(volume, file), durableMode: dataOnly ? file.durableMode : file.mode, pending });
}

function syncDirectory(volume: Volume, node: DirectoryNode): void {
  if (node.pending.length > 0) {
    volume.changes += 1;
    replace(volume, { ...node, durableMode: node.mode, pending: [] });
  }
  switch (volume.settings.profile.order) {
    case 'any-subset':
      settleNames(volume, node.id);
      break;
    case 'prefix-per-directory':
      commitNames(volume, namesBefore(volume, node.id));
      break;
    case 'one-journal':
      break;
  }
}

/** Takes away what is pending of the bytes of a file, or the names of a directory; it stays visible, and nothing makes it durable. */
export function dropPending(volume: Volume, id: NodeId): void {
  const node = nodeOf(volume, id);
  volume.hasDropped = true;
  volume.changes += 1;
  if (node.type === 'directory') dropNames(volume, (change) => directoriesOf(change).includes(id));
  if (node.type === 'file') replace(volume, { ...node, pending: node.pending.filter(({ type }) => type !== 'data') });
}

/** Takes away what was done to names from an index on. */
export function dropNamesSince(volume: Volume, index: number): void {
  dropNames(volume, (change) => change.index >= index);
}

function dropNames(volume: Volume, isDropped: (change: NameChange) => boolean): void {
  volume.hasDropped = true;
  leavePending(
    volume,
    volume.names.filter((change) => !isDropped(change)),
  );
}

function settleNames(volume: Volume, id: NodeId): void {
  const names = volume.names.flatMap((change) => settle(change, id));
  if (names.length === volume.names.length && names.every((change, at) => change === volume.names[at])) return;
  const directory = directoryOf(volume, id);
  replace(volume, { ...directory, durableEntries: volume.hasDropped ? entriesAfterAll(volume, directory) : directory.entries });
  leavePending(volume, names);
}

function entriesAfterAll(volume: Volume, { id, durableEntries }: DirectoryNode): Entries {
  let names: SurvivingNames = new Map();
  for (const change of volume.names) names = namesAfter(volume, names, change, 'kept');
  return names.get(id) ?? durableEntries;
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

/** The changes of a directory, and, because a rename is durable in both directories at once, those before it in the other one. */
function namesBefore(volume: Volume, directory: NodeId): ReadonlySet<NameChange> {
  const reached = new Set([directory]);
  const found = new Set<NameChange>();
  for (const change of volume.names.toReversed()) {
    if (!directoriesOf(change).some((id) => reached.has(id))) continue;
    for (const id of directoriesOf(change)) reached.add(id);
    found.add(change);
  }
  return found;
}

/** Every name, every mode, and every size that was journaled, of the whole disk. */
function commitJournal(volume: Volume): void {
  commitNames(volume, new Set(volume.names));
  for (const node of [...volume.nodes.values()]) {
    if (pendingOf(node).every(isCommitted)) continue;
    volume.changes += 1;
    if (node.type === 'directory') replace(volume, { ...node, durableMode: node.mode, pending: [] });
    if (node.type === 'file') replace(volume, committedFile(volume, node));
  }
}

function commitNames(volume: Volume, committed: ReadonlySet<NameChange>): void {
  if (committed.size === 0) return;
  let names: SurvivingNames = new Map();
  for (const change of volume.names) if (committed.has(change)) names = namesAfter(volume, names, change, 'kept');
  const left = volume.names.filter((change) => !committed.has(change));
  for (const [id, entries] of names) {
    const directory = directoryOf(volume, id);
    const isSettled = !left.some((change) => directoriesOf(change).includes(id));
    replace(volume, { ...directory, durableEntries: isSettled && !volume.hasDropped ? directory.entries : entries });
  }
  leavePending(volume, left);
}

function leavePending(volume: Volume, names: readonly NameChange[]): void {
  volume.changes += 1;
  volume.names = names.filter((change) => canMatter(volume, names, change));
  forgetOrphans(volume);
}

/** A change inside directories that no crash can bring back is no longer pending: nothing will ever sync it. */
function canMatter(volume: Volume, names: readonly NameChange[], change: NameChange): boolean {
  return directoriesOf(change).some((id) => {
    const isGone = directoryOf(volume, id).links === 0;
    return !isGone || names.some((other) => other.node === id || (other.type === 'rename' && other.replaced === id));
  });
}

/** Whether a sync of a node has anything to write: of its own, or one of its names. */
function isDirty(volume: Volume, node: Node): boolean {
  if (pendingOf(node).some((change) => !isCommitted(change))) return true;
  return volume.names.some((change) => change.node === node.id || directoriesOf(change).includes(node.id));
}
