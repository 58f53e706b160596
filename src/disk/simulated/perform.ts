import type { FileStat, Handle, OpenStep, Step, StepResults, WriteStep } from '../steps.js';
import { absentAsUndefined } from '../steps.js';
import { clone } from './clone.js';
import { changeMode, readBytes, resize, writeBytes } from './files.js';
import type { Handles } from './handles.js';
import { addName, link, makeDirectory, removeDirectory, rename, symlink, unlink } from './names.js';
import type { Node } from './nodes.js';
import { demand, find, findNode, pathOf } from './paths.js';
import { fileSystemStatus, fitting } from './space.js';
import { syncNode } from './syncs.js';
import { directoryOf, diskError, newFile, nodeOf, type Volume, wholeUs } from './volume.js';

export interface Machine {
  readonly volume: Volume;
  readonly handles: Handles;
}

/** Performs one step for one process, at once. */
export function performStep(machine: Machine, process: number, step: Step): StepResults[Step['op']] {
  const { volume, handles } = machine;
  switch (step.op) {
    case 'open':
      return open(machine, process, step);
    case 'close':
      return handles.close(volume, process, step.handle);
    case 'write':
      return write(machine, process, step);
    case 'read':
      return readBytes(volume, handles.get(process, step.handle).node, step.into, step.position);
    case 'truncate':
      return resize(volume, writable(machine, process, step.handle, 'EINVAL'), step.size);
    case 'change-mode':
      return changeMode(volume, handles.get(process, step.handle).node, step.mode);
    case 'sync':
      handles.tellLoss(process, step.handle);
      return syncNode(volume, handles.get(process, step.handle).node, step.dataOnly);
    case 'lock':
      return handles.lock(process, step.handle, step.shared);
    case 'unlock':
      return handles.unlock(process, step.handle);
    case 'link':
      return link(volume, step.from, step.to);
    case 'symlink':
      return symlink(volume, step.target, step.path);
    case 'rename':
      return rename(volume, step.from, step.to);
    case 'unlink':
      return unlink(volume, step.path);
    case 'make-directory':
      return makeDirectory(volume, step.path, step.mode);
    case 'remove-directory':
      return removeDirectory(volume, step.path);
    case 'list':
      return list(volume, step.path);
    case 'stat':
      return absentAsUndefined(() => fileStat(findNode(volume, step.path, { follow: step.follow })));
    case 'stat-handle':
      return fileStat(nodeOf(volume, handles.get(process, step.handle).node));
    case 'names':
      return absentAsUndefined(() => findNode(volume, step.path, { follow: false }).id) === handles.get(process, step.handle).node;
    case 'read-link':
      return readLink(volume, step.path);
    case 'real-path':
      return absentAsUndefined(() => realPath(volume, step.path));
    case 'clone':
      return clone(volume, step.from, step.to);
    case 'wait':
    case 'await-change':
      volume.clockUs += wholeUs(step.ms);
      return undefined;
    case 'watch':
      return open(machine, process, { op: 'open', kind: 'Open', path: step.path, access: 'directory', follow: true });
    case 'file-system':
      findNode(volume, step.path, { follow: true });
      return fileSystemStatus(volume);
  }
}

function open({ volume, handles }: Machine, process: number, step: OpenStep): Handle {
  const isWritable = step.access !== 'read' && step.access !== 'directory';
  const node = step.access === 'create' ? createFile(volume, step) : openedNode(volume, step);
  return handles.open(volume, { process, node: node.id, path: step.path, isWritable });
}

function openedNode(volume: Volume, step: OpenStep): Node {
  const { node } = find(volume, step.path, { follow: step.follow ?? false });
  if (node === undefined) {
    if (step.access === 'update-or-create') return createFile(volume, step);
    throw diskError('ENOENT', step.path);
  }
  if (step.access === 'directory' && node.type !== 'directory') throw diskError('ENOTDIR', step.path);
  if (node.type === 'symlink') throw diskError('ELOOP', step.path);
  const isForWriting = step.access === 'update' || step.access === 'update-or-create';
  if (isForWriting && node.type === 'directory') throw diskError('EISDIR', step.path);
  demand(volume, node, isForWriting ? 6 : 4, step.path);
  return node;
}

function createFile(volume: Volume, step: OpenStep): Node {
  const { place, node } = find(volume, step.path, { follow: step.access === 'update-or-create' && (step.follow ?? false) });
  if (place === undefined || node !== undefined) throw diskError('EEXIST', step.path);
  demand(volume, directoryOf(volume, place.directory), 2, step.path);
  const file = newFile(volume, (step.mode ?? 0o600) & ~volume.settings.umask);
  addName(volume, place, file, step.path);
  return file;
}

function writable({ volume, handles }: Machine, process: number, handle: Handle, code: 'EBADF' | 'EINVAL'): number {
  const { node, isWritable } = handles.get(process, handle);
  if (!isWritable) throw diskError(code, `handle ${handle} is open for reading ${nodeOf(volume, node).type}`);
  return node;
}

function write(machine: Machine, process: number, { handle, chunks, position }: WriteStep): number {
  const node = writable(machine, process, handle, 'EBADF');
  return writeBytes(machine.volume, node, fitting(machine.volume, node, chunks, position), position);
}

function list(volume: Volume, path: string): readonly string[] {
  const node = findNode(volume, path, { follow: true });
  if (node.type !== 'directory') throw diskError('ENOTDIR', path);
  demand(volume, node, 4, path);
  return [...node.entries.keys()];
}

function readLink(volume: Volume, path: string): string {
  const node = findNode(volume, path, { follow: false });
  if (node.type !== 'symlink') throw diskError('EINVAL', path);
  return node.target;
}

function realPath(volume: Volume, path: string): string | undefined {
  const found = find(volume, path, { follow: true });
  return found.node && pathOf(volume, found);
}

function fileStat(node: Node): FileStat {
  return {
    type: node.type,
    device: 1n,
    inode: BigInt(node.number),
    size: sizeOf(node),
    allocated: sizeOf(node),
    mode: node.mode,
    links: node.links,
    owner: node.owner,
    mtimeNs: BigInt(node.mtimeUs) * 1000n,
    ctimeNs: BigInt(node.ctimeUs) * 1000n,
  };
}

function sizeOf(node: Node): number {
  switch (node.type) {
    case 'file':
      return node.bytes.length;
    case 'directory':
      return 4096;
    case 'symlink':
      return new TextEncoder().encode(node.target).length;
  }
}
