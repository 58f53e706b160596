import type { Fingerprint } from './fingerprint.js';
import * as fingerprint from './fingerprint.js';
import type { DirectoryNode, Entries, FileChange, FileNode, NameChange, Node, NodeId } from './nodes.js';
import { rootId } from './nodes.js';
import type { Fate } from './profiles.js';
import { directoryOf, nodeOf, type Volume } from './volume.js';

export type FateOf = (index: number) => Fate;

/** Durable names of the directories in which a pending change survived; all others keep their durable ones. */
export type SurvivingNames = ReadonlyMap<NodeId, Entries>;

/** A node some of whose changes are pending, at the names that survived. */
export interface UnsettledNode {
  readonly node: FileNode | DirectoryNode;
  /** The sum of the fingerprints of its paths. */
  readonly place: Fingerprint;
}

/** All that can be reached by the names that survived a crash. */
export interface Tree {
  readonly nodes: ReadonlyMap<NodeId, Node>;
  readonly unsettled: readonly UnsettledNode[];
  /** Of names and of nodes without pending changes. */
  readonly fingerprint: Fingerprint;
  readonly nextNumber: number;
}

/** What a node holds after a crash, apart from names. */
export interface Content {
  readonly mode: number;
  /** Absent for a directory. */
  readonly bytes?: Uint8Array;
}

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
export function treeOf(volume: Volume, names: SurvivingNames): Tree {
  const places = new Map<NodeId, Fingerprint>([[rootId, 1]]);
  const links = new Map<NodeId, number>();
  const kept = new Map<NodeId, Entries>();
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
    }
    kept.set(id, entries);
  }
  return settledTree(volume, places, links, kept);
}

/** The bytes and mode that one file is left with. */
export function contentAfter(node: FileNode | DirectoryNode, fateOf: FateOf): Content {
  if (node.type === 'directory') {
    return { mode: node.pending.reduce((mode, change) => (fateOf(change.index) === 'lost' ? mode : change.mode), node.durableMode) };
  }
  const draft = draftOf(node);
  for (const change of node.pending) applyChange(draft, change, fateOf(change.index));
  return { mode: draft.mode, bytes: finishedBytes(node, draft) };
}

/** A file while its surviving changes are applied; bytes beyond the size count once a later size uncovers them. */
export interface Draft {
  readonly bytes: Uint8Array;
  size: number;
  mode: number;
}

export function draftOf(node: FileNode): Draft {
  let capacity = node.durableBytes.length;
  for (const change of node.pending) capacity = Math.max(capacity, endOf(change));
  const bytes = new Uint8Array(capacity);
  bytes.set(node.durableBytes);
  return { bytes, size: node.durableBytes.length, mode: node.durableMode };
}

export function applyChange(draft: Draft, change: FileChange, fate: Fate): void {
  if (fate === 'lost') return;
  switch (change.type) {
    case 'data':
      if (fate === 'zeroed') draft.bytes.fill(0, change.from, change.to);
      else draft.bytes.set(change.source.subarray(change.from, change.to), change.from);
      return;
    case 'size':
      if (change.size < draft.size) draft.bytes.fill(0, change.size);
      draft.size = change.size;
      return;
    case 'mode':
      draft.mode = change.mode;
      return;
  }
}

/** The bytes of a finished draft, shared with the node where they are the same. */
export function finishedBytes(node: FileNode, draft: Draft): Uint8Array {
  const bytes = draft.bytes.length === draft.size ? draft.bytes : draft.bytes.slice(0, draft.size);
  const mark = fingerprint.ofBytes(bytes);
  if (mark === fingerprint.ofBytes(node.durableBytes)) return node.durableBytes;
  return mark === fingerprint.ofBytes(node.bytes) ? node.bytes : bytes;
}

/** The node as it is after the crash: nothing of it is pending. `node` is the one of the tree, with the links that survived. */
export function settledNode(node: Node, { mode, bytes }: Content): Node {
  switch (node.type) {
    case 'directory':
      return { ...node, mode, durableMode: mode, pending: [] };
    case 'file':
      return { ...node, mode, durableMode: mode, pending: [], ...(bytes && { bytes, durableBytes: bytes }) };
    case 'symlink':
      return node;
  }
}

export function fingerprintOfContent({ mode, bytes }: Content): Fingerprint {
  return bytes === undefined ? fingerprint.mix(mode, 3) : fingerprint.mix(fingerprint.ofBytes(bytes), mode);
}

/** A volume of what survived: nothing pending, no handles, numbers and clock going on. */
export function volumeAfter(volume: Volume, tree: Tree, nodes: Map<NodeId, Node>): Volume {
  return {
    ...volume,
    nodes,
    names: [],
    nextNumber: tree.nextNumber,
    freeNumbers: [],
    nextIndex: 0,
    changes: 0,
    openCounts: new Map(),
    orphans: [],
  };
}

function settledTree(
  volume: Volume,
  places: ReadonlyMap<NodeId, Fingerprint>,
  links: ReadonlyMap<NodeId, number>,
  kept: ReadonlyMap<NodeId, Entries>,
): Tree {
  const nodes = new Map<NodeId, Node>();
  const unsettled: UnsettledNode[] = [];
  const numbers = new Set<number>();
  let { nextNumber } = volume;
  let sum = 0;
  for (const [id, place] of places) {
    let node = linkedNode(nodeOf(volume, id), links.get(id) ?? 0, kept.get(id));
    // A number that was free when its node vanished may be taken again; the crash brought both back.
    if (numbers.has(node.number)) node = { ...node, number: nextNumber++ };
    numbers.add(node.number);
    nodes.set(id, node);
    if (node.type !== 'symlink' && node.pending.length > 0) unsettled.push({ node, place });
    else sum = fingerprint.add(sum, fingerprint.mix(place, fingerprintOfNode(node)));
    if (node.type === 'directory') sum = fingerprint.add(sum, fingerprint.mix(place, 5));
  }
  return { nodes, unsettled, fingerprint: sum, nextNumber };
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

function endOf(change: FileChange): number {
  switch (change.type) {
    case 'data':
      return change.to;
    case 'size':
      return change.size;
    case 'mode':
      return 0;
  }
}
