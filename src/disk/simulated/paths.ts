import type { Node, NodeId, Place } from './nodes.js';
import { rootId } from './nodes.js';
import { diskError, nodeOf, type Volume } from './volume.js';

/** Where a path leads: the place of its last part, and the node there if there is one. `place` is absent for the root itself. */
export interface Found {
  readonly place?: Place;
  readonly node?: Node;
}

const linkLimit = 40;

/**
 * Walks a path as the system does. ENOENT for a missing part before the last, ENOTDIR for a part that is no directory,
 * ELOOP after too many links; a link in the last part is followed only on demand.
 */
export function find(volume: Volume, path: string, options: { follow: boolean }): Found {
  if (path === '') throw diskError('ENOENT', 'an empty path');
  if (!path.startsWith('/')) throw new Error(`a simulated disk has no working directory: ${path}`);
  const trail: NodeId[] = [rootId];
  let parts = partsOf(path);
  let links = 0;
  let place: Place | undefined;
  for (let at = 0; at < parts.length; at++) {
    const name = parts[at] ?? '';
    const isLast = at === parts.length - 1;
    const directory = searchable(volume, trail.at(-1) ?? rootId, path);
    if (name === '.' || name === '..') {
      if (name === '..' && trail.length > 1) trail.pop();
      place = undefined;
      continue;
    }
    refuseLongName(name, path);
    place = { directory: directory.id, name };
    const id = directory.entries.get(name);
    if (id === undefined) {
      if (isLast) return { place };
      throw diskError('ENOENT', path);
    }
    const node = nodeOf(volume, id);
    if (node.type === 'symlink' && (!isLast || options.follow)) {
      links += 1;
      if (links > linkLimit) throw diskError('ELOOP', path);
      if (node.target.startsWith('/')) trail.length = 1;
      parts = [...partsOf(node.target), ...parts.slice(at + 1)];
      at = -1;
      place = undefined;
      continue;
    }
    if (isLast) return { place, node };
    trail.push(id);
  }
  return { ...(place && { place }), node: nodeOf(volume, trail.at(-1) ?? rootId) };
}

/** The node under a path; ENOENT where nothing bears it. */
export function findNode(volume: Volume, path: string, options: { follow: boolean }): Node {
  const { node } = find(volume, path, options);
  if (node === undefined) throw diskError('ENOENT', path);
  return node;
}

/** The path without links, `.` and `..`. */
export function pathOf(volume: Volume, { place, node }: Found): string {
  if (place === undefined) return node === undefined || node.id === rootId ? '/' : pathOfDirectory(volume, node.id);
  const parent = pathOfDirectory(volume, place.directory);
  return parent === '/' ? `/${place.name}` : `${parent}/${place.name}`;
}

/** Whether the owner of this disk may do this with a node; root may do all. `bits` is one digit of a mode. */
export function demand(volume: Volume, node: Node, bits: number, path: string): void {
  if (volume.settings.owner !== 0 && ((node.mode >> 6) & bits) !== bits) throw diskError('EACCES', path);
}

function searchable(volume: Volume, id: NodeId, path: string) {
  const node = nodeOf(volume, id);
  if (node.type !== 'directory') throw diskError('ENOTDIR', path);
  demand(volume, node, 1, path);
  return node;
}

/** As on nearly every file system: 255 bytes. */
function refuseLongName(name: string, path: string): void {
  if (name.length > 63 && new TextEncoder().encode(name).length > 255) throw diskError('ENAMETOOLONG', path);
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '');
}

function pathOfDirectory(volume: Volume, id: NodeId): string {
  if (id === rootId) return '/';
  for (const parent of volume.nodes.values()) {
    if (parent.type !== 'directory' || parent.links === 0) continue;
    for (const [name, child] of parent.entries) {
      if (child !== id) continue;
      const above = pathOfDirectory(volume, parent.id);
      return above === '/' ? `/${name}` : `${above}/${name}`;
    }
  }
  throw diskError('ENOENT', `directory ${id} is gone`);
}
