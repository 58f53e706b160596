import type { DiskError } from '../steps.js';
import type { DirectoryNode, FileNode, NameChange, Node, NodeId, Place } from './nodes.js';
import { rootId } from './nodes.js';
import type { CrashProfile } from './profiles.js';

export interface VolumeSettings {
  readonly seed: number;
  readonly profile: CrashProfile;
  readonly chunkBytes: number;
  readonly hardLinks: boolean;
  readonly reflinks: boolean;
  readonly owner: number;
  readonly umask: number;
  readonly capacityBytes?: number;
}

/** The state of a simulated disk apart from its handles: nodes, names that are not durable yet, counters, clock. */
export interface Volume {
  readonly settings: VolumeSettings;
  readonly nodes: Map<NodeId, Node>;
  /** Changes of names that no sync has made durable, oldest first. */
  names: readonly NameChange[];
  nextId: NodeId;
  nextNumber: number;
  readonly freeNumbers: number[];
  nextIndex: number;
  clockUs: number;
  /** The sum of all jumps of the clock; without them it never goes back. */
  jumpedUs: number;
  /** Set by a fault: how much fits, and what a write is told that does not. */
  full: { readonly capacityBytes: number; readonly error: string } | undefined;
  /** Whether a fault has taken pending changes away: what is visible is more than what is durable and what is pending, then. */
  hasDropped: boolean;
  /** How often this machine was started; a crash ends a boot. */
  boot: number;
  /** How many processes this boot has seen; the newest has this number. */
  processesStarted: number;
  /** Rises with every effect, syncs among them; while it stands still so do the states a crash can leave. */
  changes: number;
  readonly openCounts: Map<NodeId, number>;
  /** Nodes without name and handle; a crash may still bring them back while names are pending. */
  readonly orphans: NodeId[];
}

export function newVolume(settings: VolumeSettings, clockMs = 1_700_000_000_000): Volume {
  const clockUs = wholeUs(clockMs);
  const entries = new Map<string, NodeId>();
  const root: DirectoryNode = {
    type: 'directory',
    ...{ id: rootId, number: rootId, mode: 0o755, owner: settings.owner, links: 2, mtimeUs: clockUs, ctimeUs: clockUs },
    ...{ entries, durableEntries: entries, durableMode: 0o755, pending: [] },
  };
  return {
    settings,
    nodes: new Map([[rootId, root]]),
    names: [],
    nextId: rootId + 1,
    nextNumber: rootId + 1,
    freeNumbers: [],
    nextIndex: 0,
    clockUs,
    jumpedUs: 0,
    full: undefined,
    hasDropped: false,
    boot: 1,
    processesStarted: 0,
    changes: 0,
    openCounts: new Map(),
    orphans: [],
  };
}

/** A copy that shares the nodes, which are never changed in place; whoever had something open has closed it. The boot goes on. */
export function forked(volume: Volume): Volume {
  const copy: Volume = {
    ...volume,
    nodes: new Map(volume.nodes),
    freeNumbers: [...volume.freeNumbers],
    openCounts: new Map(),
    orphans: [...volume.orphans],
  };
  for (const id of volume.openCounts.keys()) releaseIfUnused(copy, id);
  return copy;
}

/**
 * An error as the system gives it: programs look at `code` alone. Like one of the system it has no stack, which would cost more than
 * the step: most of these errors say that something is not there, and are expected.
 */
export function diskError(code: string, message: string): DiskError {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  const error = new Error(`${code}: ${message}`);
  Error.stackTraceLimit = stackTraceLimit;
  return Object.assign(error, { code });
}

export function nodeOf(volume: Volume, id: NodeId): Node {
  const node = volume.nodes.get(id);
  if (node === undefined) throw new Error(`the simulated disk lost node ${id}`);
  return node;
}

export function directoryOf(volume: Volume, id: NodeId): DirectoryNode {
  const node = nodeOf(volume, id);
  if (node.type !== 'directory') throw new Error(`node ${id} of the simulated disk is no directory`);
  return node;
}

export function replace(volume: Volume, node: Node): void {
  volume.nodes.set(node.id, node);
}

export function tick(volume: Volume): number {
  volume.changes += 1;
  volume.clockUs += 1;
  return volume.clockUs;
}

/** Sets the clock on or back; what passes from now on is added as ever. */
export function jumpClock(volume: Volume, ms: number): void {
  volume.clockUs += wholeUs(ms);
  volume.jumpedUs += wholeUs(ms);
}

/** A clock counts whole microseconds: the times of files are whole numbers. */
export function wholeUs(ms: number): number {
  return Math.round(ms * 1000);
}

/** The part of a new node that all types share, under a number that no living node has. */
export function newNodeBase(
  volume: Volume,
  mode: number,
): Omit<FileNode, 'type' | 'bytes' | 'bytesBefore' | 'durableBytes' | 'durableMode' | 'pending'> {
  const now = tick(volume);
  const id = volume.nextId++;
  const number = volume.freeNumbers.pop() ?? volume.nextNumber++;
  return { id, number, mode, owner: volume.settings.owner, links: 0, mtimeUs: now, ctimeUs: now };
}

export function newFile(volume: Volume, mode: number, bytes = new Uint8Array(0)): FileNode {
  return { type: 'file', ...newNodeBase(volume, mode), bytes, bytesBefore: bytes, durableBytes: bytes, durableMode: mode, pending: [] };
}

export function newDirectory(volume: Volume, mode: number): DirectoryNode {
  const entries = new Map<string, NodeId>();
  return { type: 'directory', ...newNodeBase(volume, mode), links: 2, entries, durableEntries: entries, durableMode: mode, pending: [] };
}

/** Puts a name into a directory or takes it out, for everybody to see; nothing of it is durable. */
export function setEntry(volume: Volume, at: Place, node: NodeId | undefined): void {
  const directory = directoryOf(volume, at.directory);
  const entries = new Map(directory.entries);
  if (node === undefined) entries.delete(at.name);
  else entries.set(at.name, node);
  const now = tick(volume);
  replace(volume, { ...directory, entries, mtimeUs: now, ctimeUs: now });
}

export function addLinks(volume: Volume, id: NodeId, difference: number): void {
  const node = nodeOf(volume, id);
  replace(volume, { ...node, links: node.links + difference, ctimeUs: tick(volume) });
}

/** Frees the number of a node that has neither a name nor a handle any more. */
export function releaseIfUnused(volume: Volume, id: NodeId): void {
  const node = nodeOf(volume, id);
  if (node.links > 0 || volume.openCounts.has(id)) return;
  volume.freeNumbers.push(node.number);
  volume.orphans.push(id);
  forgetOrphans(volume);
}

/** Once no name is pending nothing can bring an orphan back, except that its removal was dropped. */
export function forgetOrphans(volume: Volume): void {
  if (volume.names.length > 0 || volume.hasDropped) return;
  for (const id of volume.orphans.splice(0)) volume.nodes.delete(id);
}
