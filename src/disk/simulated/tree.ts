import type { DirectoryNode, FileNode, Node, NodeId } from './nodes.js';
import { rootId } from './nodes.js';
import { find, findNode } from './paths.js';
import { directoryOf, forgetOrphans, newDirectory, newFile, nodeOf, replace, type Volume } from './volume.js';

/** What bears a name, as tests and explorers look at it. `inode` tells two names of one file from two equal files. */
export type TreeEntry =
  | { readonly type: 'file'; readonly inode: number; readonly mode: number; readonly bytes: Uint8Array }
  | { readonly type: 'directory'; readonly inode: number; readonly mode: number }
  | { readonly type: 'symlink'; readonly inode: number; readonly mode: number; readonly target: string };

/** All that is visible, by path, parents before children, names in order. */
export function treeEntries(volume: Volume): Map<string, TreeEntry> {
  const entries = new Map<string, TreeEntry>();
  collect(volume, '', directoryOf(volume, rootId), entries);
  return entries;
}

/** Puts a durable file under a path, with the directories above it; replaces the bytes of one that is there, under all its names. */
export function plant(volume: Volume, path: string, bytes: Uint8Array, mode: number): void {
  const own = Uint8Array.from(bytes);
  const slash = path.lastIndexOf('/');
  const parent = plantDirectory(volume, path.slice(0, slash) || '/');
  const known = find(volume, path, { follow: false }).node;
  if (known !== undefined && known.type !== 'file') throw new Error(`${path} is a ${known.type}: no file is planted there`);
  const file = known ?? adopt(volume, parent, path.slice(slash + 1), newFile(volume, mode));
  volume.changes += 1;
  if (file.type === 'file') replace(volume, settled(file, own));
}

/** Makes durable directories down to a path, those that are missing. */
export function plantDirectory(volume: Volume, path: string): NodeId {
  let id: NodeId = rootId;
  for (const name of path.split('/').filter((part) => part !== '')) {
    const known = directoryOf(volume, id).entries.get(name);
    id = known ?? adopt(volume, id, name, newDirectory(volume, 0o755)).id;
    if (nodeOf(volume, id).type !== 'directory') throw new Error(`${path} leads through ${name}, which is no directory`);
  }
  return id;
}

/** Takes a name away, durably, with all below it. */
export function uproot(volume: Volume, path: string): void {
  const { place, node } = find(volume, path, { follow: false });
  if (place === undefined || node === undefined) throw new Error(`nothing is at ${path}`);
  editBoth(volume, place.directory, (entries) => entries.delete(place.name));
  if (node.type !== 'directory') replace(volume, { ...node, links: node.links - 1 });
  volume.names = volume.names.filter((change) => change.type === 'rename' || !isAt(change.at, place));
  forgetOrphans(volume);
}

export function visibleBytes(volume: Volume, path: string): Uint8Array {
  const node = findNode(volume, path, { follow: true });
  if (node.type !== 'file') throw new Error(`${path} is a ${node.type}`);
  return node.bytes;
}

function collect(volume: Volume, above: string, directory: DirectoryNode, into: Map<string, TreeEntry>): void {
  for (const [name, id] of [...directory.entries].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const node = nodeOf(volume, id);
    const path = `${above}/${name}`;
    into.set(path, entryOf(node));
    if (node.type === 'directory') collect(volume, path, node, into);
  }
}

function entryOf(node: Node): TreeEntry {
  const shared = { inode: node.number, mode: node.mode };
  switch (node.type) {
    case 'file':
      return { type: node.type, ...shared, bytes: node.bytes };
    case 'directory':
      return { type: node.type, ...shared };
    case 'symlink':
      return { type: node.type, ...shared, target: node.target };
  }
}

function adopt(volume: Volume, directory: NodeId, name: string, node: FileNode | DirectoryNode): Node {
  const adopted: Node = node.type === 'file' ? { ...node, links: 1 } : node;
  replace(volume, adopted);
  editBoth(volume, directory, (entries) => entries.set(name, node.id));
  return adopted;
}

function editBoth(volume: Volume, id: NodeId, edit: (entries: Map<string, NodeId>) => void): void {
  const directory = directoryOf(volume, id);
  const entries = new Map(directory.entries);
  const durableEntries = directory.entries === directory.durableEntries ? entries : new Map(directory.durableEntries);
  edit(entries);
  if (durableEntries !== entries) edit(durableEntries);
  volume.changes += 1;
  replace(volume, { ...directory, entries, durableEntries });
}

function settled(file: FileNode, bytes: Uint8Array): FileNode {
  return { ...file, bytes, bytesBefore: bytes, durableBytes: bytes, durableMode: file.mode, pending: [] };
}

function isAt(a: { directory: NodeId; name: string }, b: { directory: NodeId; name: string }): boolean {
  return a.directory === b.directory && a.name === b.name;
}
