import { changeMode, resize, writeBytes } from './files.js';
import { addName, unlink } from './names.js';
import type { Node } from './nodes.js';
import { demand, type Found, find, findNode } from './paths.js';
import { directoryOf, diskError, newFile, type Volume } from './volume.js';

/**
 * Shares the bytes of a file with another one. Where that is not possible the new name is gone: the system makes it, finds that it
 * cannot share, and takes the name away, also one that was there before.
 */
export function clone(volume: Volume, from: string, to: string): boolean {
  const source = findNode(volume, from, { follow: true });
  demand(volume, source, 4, from);
  const target = find(volume, to, { follow: true });
  if (target.place === undefined || target.node?.type === 'directory') throw diskError('EISDIR', to);
  if (target.node?.id === source.id) return true;
  demand(volume, target.node ?? directoryOf(volume, target.place.directory), 2, to);
  if (source.type !== 'file' || !volume.settings.reflinks) return refusedClone(volume, { source, target, to });
  const copy = targetNode(volume, { source, target, to });
  resize(volume, copy.id, 0);
  writeBytes(volume, copy.id, [source.bytes], 0);
  return true;
}

interface Cloning {
  readonly source: Node;
  readonly target: Found;
  readonly to: string;
}

/** The file that is to share the bytes, with the mode of the one that has them. */
function targetNode(volume: Volume, { source, target: { place, node }, to }: Cloning): Node {
  if (node !== undefined) {
    changeMode(volume, node.id, source.mode);
    return node;
  }
  const made = newFile(volume, source.mode);
  if (place !== undefined) addName(volume, place, made, to);
  return made;
}

/** A name that nothing bore is not made at all: it would only be there for a moment. */
function refusedClone(volume: Volume, cloning: Cloning): false {
  const { source, to } = cloning;
  if (find(volume, to, { follow: false }).node !== undefined) {
    // Whoever has it open finds it empty.
    resize(volume, targetNode(volume, cloning).id, 0);
    unlink(volume, to);
  }
  if (source.type === 'directory') throw diskError('EISDIR', 'a directory has no bytes');
  return false;
}
