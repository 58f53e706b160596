import { type Content, fingerprintOfContent, fingerprintOfSize } from './contents.js';
import type { Fingerprint } from './fingerprint.js';
import * as fingerprint from './fingerprint.js';
import type { DirectoryNode, Entries, FileNode, NameChange, Node, NodeId } from './nodes.js';
import { rootId } from './nodes.js';
import type { Fate } from './profiles.js';
import { directoryOf, nodeOf, type Volume } from './volume.js';

/** Durable names of the directories in which a pending change survived; all others keep their durable ones. */
export type SurvivingNames = ReadonlyMap<NodeId, Entries>;

/** A node some of whose changes are pending, at the names that survived. */
export interface UnsettledNode {
  readonly node: FileNode | DirectoryNode;
  /** The sum of the fingerprints of its paths. */
  readonly place: Fingerprint;
  /** Whether nobody reads its bytes, under any of its names. */
  readonly isUnread: boolean;
}

/** All that can be reached by the names that survived a crash. */
export interface Tree {
  readonly nodes: ReadonlyMap<NodeId, Node>;
  readonly unsettled: readonly UnsettledNode[];
  /** Of names and of nodes without pending changes. */
  readonly fingerprint: Fingerprint;
  /** The same, but of a file that nobody reads the size and mode alone. */
  readonly alike: Fingerprint;
  readonly nextNumber: number;
}

/** Whether the bytes of a file under this name are read by nobody: then only how many they are can matter. */
export type Unread = (name: string) => boolean;

/** The names after a change that met this fate. A lost one is passed over. */
export function namesAfter(volume: Volume, names: SurvivingNames, change: NameChange, fate: Fate): SurvivingNames {
  if (fate === 'lost') return names;
  const after = new Map(names);
  switch (change.type) {
    case 'add':
      edit(volume, after, change.at.directory).set(change.at.name, change.node);
      return after;
    case 'remove':
      removeIf(volume, after, change.at, change.node);
      return after;
    case 'rename':
      if (fate !== 'source-kept' && change.settled !== 'from') removeIf(volume, after, change.from, change.node);
      if (fate !== 'destination-old' && change.settled !== 'to') edit(volume, after, change.to.directory).set(change.to.name, change.node);
      return after;
  }
}

/** Walks the surviving names from the root; what they do not reach is gone, with all below it. */
export function treeOf(volume: Volume, names: SurvivingNames, unread?: Unread): Tree {
  const places = new Map<NodeId, Fingerprint>([[rootId, 1]]);
  const links = new Map<NodeId, number>();
  const kept = new Map<NodeId, Entries>();
  const readable = new Set<NodeId>();
  const ahead: NodeId[] = [rootId];
  for (let id = ahead.pop(); id !== undefined; id = ahead.pop()) {
    let entries = names.get(id) ?? directoryOf(volume, id).durableEntries;
    const above = places.get(id) ?? 0;
    for (const [name, child] of entries) {
      const place = fingerprint.mix(above, fingerprint.ofText(name));
      const before = places.get(child);
      if (nodeOf(volume, child).type === 'directory') {
        // No disk gives a directory two names: a check of the file system would leave it the first.
        if (before !== undefined) entries = without(entries, name);
        else ahead.push(child);
        if (before !== undefined) continue;
      }
      places.set(child, before === undefined ? place : fingerprint.add(before, place));
      links.set(child, (links.get(child) ?? 0) + 1);
      if (unread?.(name) === false) readable.add(child);
    }
    kept.set(id, entries);
  }
  return settledTree(volume, { places, links, kept, isUnread: (id) => unread !== undefined && !readable.has(id) });
}

/** The node as it is after the crash: nothing of it is pending. `node` is the one of the tree, with the links that survived. */
export function settledNode(node: Node, { mode, bytes }: Content): Node {
  switch (node.type) {
    case 'directory':
      return { ...node, mode, durableMode: mode, pending: [] };
    case 'file':
      return { ...node, mode, durableMode: mode, pending: [], ...(bytes && { bytes, bytesBefore: bytes, durableBytes: bytes }) };
    case 'symlink':
      return node;
  }
}

/** The volume as if all that is visible were durable. */
export function asVisible(volume: Volume): Volume {
  const nodes = new Map(volume.nodes);
  for (const node of nodes.values()) {
    if (node.type === 'file' && isUnsettled(node)) nodes.set(node.id, settledNode(node, node));
    if (node.type === 'directory' && (node.pending.length > 0 || node.entries !== node.durableEntries)) {
      nodes.set(node.id, { ...node, durableEntries: node.entries, durableMode: node.mode, pending: [] });
    }
  }
  return { ...volume, nodes, names: [] };
}

/** A volume of what survived, in a new boot: nothing pending, no handles, numbers and clock going on. */
export function volumeAfter(volume: Volume, tree: Tree, nodes: Map<NodeId, Node>): Volume {
  return {
    ...volume,
    nodes,
    names: [],
    nextNumber: tree.nextNumber,
    freeNumbers: [],
    nextIndex: 0,
    boot: volume.boot + 1,
    processesStarted: 0,
    hasDropped: false,
    changes: 0,
    openCounts: new Map(),
    orphans: [],
  };
}

interface Reached {
  readonly places: ReadonlyMap<NodeId, Fingerprint>;
  readonly links: ReadonlyMap<NodeId, number>;
  readonly kept: ReadonlyMap<NodeId, Entries>;
  readonly isUnread: (id: NodeId) => boolean;
}

function settledTree(volume: Volume, { places, links, kept, isUnread }: Reached): Tree {
  const nodes = new Map<NodeId, Node>();
  const unsettled: UnsettledNode[] = [];
  const numbers = new Set<number>();
  let { nextNumber } = volume;
  let sum = 0;
  let alike = 0;
  for (const [id, place] of places) {
    let node = linkedNode(nodeOf(volume, id), links.get(id) ?? 0, kept.get(id));
    // A number that was free when its node vanished may be taken again; the crash brought both back.
    if (numbers.has(node.number)) node = { ...node, number: nextNumber++ };
    numbers.add(node.number);
    nodes.set(id, node);
    if (node.type !== 'symlink' && isUnsettled(node)) unsettled.push({ node, place, isUnread: isUnread(id) });
    else {
      const mark = fingerprint.mix(place, fingerprintOfNode(node));
      sum = fingerprint.add(sum, mark);
      alike = fingerprint.add(alike, node.type === 'file' && isUnread(id) ? fingerprint.mix(place, fingerprintOfSize(node)) : mark);
    }
    if (node.type === 'directory') {
      sum = fingerprint.add(sum, fingerprint.mix(place, 5));
      alike = fingerprint.add(alike, fingerprint.mix(place, 5));
    }
  }
  return { nodes, unsettled, fingerprint: sum, alike, nextNumber };
}

/** A file that has nothing pending may still be another one than is seen: a fault has dropped what was. */
function isUnsettled(node: FileNode | DirectoryNode): boolean {
  return node.pending.length > 0 || (node.type === 'file' && node.bytes !== node.durableBytes);
}

function linkedNode(node: Node, links: number, entries: Entries | undefined): Node {
  if (node.type === 'directory') {
    const names = entries ?? node.durableEntries;
    return node.entries === names && node.durableEntries === names && node.links === 2
      ? node
      : { ...node, entries: names, durableEntries: names, links: 2 };
  }
  return node.links === links ? node : { ...node, links };
}

function fingerprintOfNode(node: Node): Fingerprint {
  switch (node.type) {
    case 'directory':
      return fingerprintOfContent({ mode: node.mode });
    case 'file':
      return fingerprintOfContent(node);
    case 'symlink':
      return fingerprint.mix(fingerprint.ofText(node.target), 7);
  }
}

function edit(volume: Volume, names: Map<NodeId, Entries>, directory: NodeId): Map<string, NodeId> {
  const entries = new Map(names.get(directory) ?? directoryOf(volume, directory).durableEntries);
  names.set(directory, entries);
  return entries;
}

function removeIf(volume: Volume, names: Map<NodeId, Entries>, at: { directory: NodeId; name: string }, node: NodeId): void {
  const entries = names.get(at.directory) ?? directoryOf(volume, at.directory).durableEntries;
  if (entries.get(at.name) === node) edit(volume, names, at.directory).delete(at.name);
}

function without(entries: Entries, name: string): Entries {
  const rest = new Map(entries);
  rest.delete(name);
  return rest;
}
