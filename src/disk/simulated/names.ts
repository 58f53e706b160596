import type { Node, NodeId, Place } from './nodes.js';
import { demand, find, findNode } from './paths.js';
import {
  addLinks,
  directoryOf,
  diskError,
  newDirectory,
  newNodeBase,
  nodeOf,
  releaseIfUnused,
  replace,
  setEntry,
  type Volume,
} from './volume.js';

/** Gives a node a name. Visible at once, durable with the next sync of the directory. */
export function addName(volume: Volume, at: Place, node: Node, path: string): void {
  demand(volume, directoryOf(volume, at.directory), 2, path);
  if (!volume.nodes.has(node.id)) replace(volume, node);
  if (node.type !== 'directory') addLinks(volume, node.id, 1);
  setEntry(volume, at, node.id);
  volume.names = [...volume.names, { type: 'add', index: volume.nextIndex++, at, node: node.id }];
}

export function link(volume: Volume, from: string, to: string): undefined {
  const node = findNode(volume, from, { follow: false });
  const at = freePlace(volume, to);
  if (node.type === 'directory' || !volume.settings.hardLinks) throw diskError('EPERM', `link ${from} -> ${to}`);
  addName(volume, at, node, to);
}

export function symlink(volume: Volume, target: string, path: string): undefined {
  if (target === '') throw diskError('ENOENT', `symlink to nothing at ${path}`);
  const at = freePlace(volume, path);
  addName(volume, at, { type: 'symlink', ...newNodeBase(volume, 0o777), target }, path);
}

export function makeDirectory(volume: Volume, path: string, mode: number): undefined {
  const at = freePlace(volume, path);
  addName(volume, at, newDirectory(volume, mode & ~volume.settings.umask), path);
}

export function removeDirectory(volume: Volume, path: string): undefined {
  const { place, node } = find(volume, path, { follow: false });
  if (node === undefined) throw diskError('ENOENT', path);
  if (place === undefined) throw diskError(path.endsWith('/.') ? 'EINVAL' : 'EBUSY', path);
  if (node.type !== 'directory') throw diskError('ENOTDIR', path);
  if (node.entries.size > 0) throw diskError('ENOTEMPTY', path);
  demand(volume, directoryOf(volume, place.directory), 2, path);
  removeName(volume, place, node.id);
}

export function unlink(volume: Volume, path: string): undefined {
  const { place, node } = find(volume, path, { follow: false });
  if (node === undefined) throw diskError('ENOENT', path);
  if (place === undefined || node.type === 'directory') throw diskError('EISDIR', path);
  demand(volume, directoryOf(volume, place.directory), 2, path);
  removeName(volume, place, node.id);
}

/** Moves a name. One of two names of one node onto the other: nothing happens, both stay, and it succeeds. */
export function rename(volume: Volume, from: string, to: string): undefined {
  const source = find(volume, from, { follow: false });
  const target = find(volume, to, { follow: false });
  if (source.place === undefined || target.place === undefined) throw diskError('EBUSY', `rename ${from} -> ${to}`);
  if (source.node === undefined) throw diskError('ENOENT', from);
  refuseOwnSubtree(volume, source.node.id, target.place, `rename ${from} -> ${to}`);
  if (target.node?.id === source.node.id) return;
  if (target.node !== undefined) refuseReplacing(volume, source, target.node, `rename ${from} -> ${to}`);
  demand(volume, directoryOf(volume, source.place.directory), 2, from);
  demand(volume, directoryOf(volume, target.place.directory), 2, to);
  move(volume, source.place, target.place, source.node.id, target.node?.id);
}

/** The place of a name that nothing bears; EEXIST otherwise, for a dangling link too. */
export function freePlace(volume: Volume, path: string): Place {
  const { place, node } = find(volume, path, { follow: false });
  if (place === undefined || node !== undefined) throw diskError('EEXIST', path);
  return place;
}

export function removeName(volume: Volume, at: Place, node: NodeId): void {
  setEntry(volume, at, undefined);
  volume.names = [...volume.names, { type: 'remove', index: volume.nextIndex++, at, node }];
  dropLink(volume, node);
}

function move(volume: Volume, from: Place, to: Place, node: NodeId, replaced: NodeId | undefined): void {
  setEntry(volume, from, undefined);
  setEntry(volume, to, node);
  addLinks(volume, node, 0);
  volume.names = [
    ...volume.names,
    { type: 'rename', index: volume.nextIndex++, from, to, node, ...(replaced !== undefined && { replaced }) },
  ];
  if (replaced !== undefined) dropLink(volume, replaced);
}

function dropLink(volume: Volume, id: NodeId): void {
  addLinks(volume, id, nodeOf(volume, id).type === 'directory' ? -2 : -1);
  releaseIfUnused(volume, id);
}

function refuseReplacing(volume: Volume, source: { readonly node?: Node; readonly place?: Place }, target: Node, what: string): void {
  if (source.node?.type === 'directory') {
    if (target.type !== 'directory') throw diskError('ENOTDIR', what);
    // A directory that holds what is being moved is never empty, so it is refused here too.
    if (target.entries.size > 0) throw diskError('ENOTEMPTY', what);
    return;
  }
  if (target.type !== 'directory') return;
  const holdsSource = source.place !== undefined && isWithin(volume, source.place.directory, target.id);
  throw diskError(holdsSource ? 'ENOTEMPTY' : 'EISDIR', what);
}

function refuseOwnSubtree(volume: Volume, moved: NodeId, to: Place, what: string): void {
  if (isWithin(volume, to.directory, moved)) throw diskError('EINVAL', what);
}

/** Whether a directory is `ancestor` or lies below it. */
function isWithin(volume: Volume, directory: NodeId, ancestor: NodeId): boolean {
  const start = nodeOf(volume, ancestor);
  if (directory === ancestor) return true;
  if (start.type !== 'directory') return false;
  for (const child of start.entries.values()) if (isWithin(volume, directory, child)) return true;
  return false;
}
