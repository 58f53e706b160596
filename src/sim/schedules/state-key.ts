import type { Fingerprint } from '../../disk/simulated/fingerprint.js';
import * as fingerprint from '../../disk/simulated/fingerprint.js';
import type { FileChange, NameChange, Node, NodeId, Place } from '../../disk/simulated/nodes.js';
import { isWait, type OpenFile, type Seat, type Stage } from './stage.js';
import { ofName } from './touches.js';

const { mix, add } = fingerprint;
const ofVisible = new WeakMap<Node, Fingerprint>();
const ofDurable = new WeakMap<Node, Fingerprint>();

export interface KeyOptions {
  /** Whether the power may be cut. */
  readonly withCuts: boolean;
  /** Whether anybody will ever see what a file holds. */
  readonly isContentSeen: (stage: Stage, file: NodeId) => boolean;
}

/**
 * Equal for states from which everything goes on alike: the visible tree, what is open and locked, how far each actor has come,
 * which of the inodes it met are which, and, where the power may be cut, all that is pending. Numbers of nodes, inodes and
 * handles, which differ with the order in which they were given out, are not part of it.
 */
export function keyOf(stage: Stage, options: KeyOptions): Fingerprint {
  const { volume, files, seats } = stage;
  let sum = 0;
  const numbers = new Map<number, number>();
  for (const node of volume.nodes.values()) {
    const isOrphan = node.type === 'file' && node.links === 0 && !volume.openCounts.has(node.id);
    if (!isOrphan) numbers.set(node.number, stage.originOf(node.id));
    if (isOrphan && !options.withCuts) continue;
    sum = add(sum, isSeen(stage, node, options) ? visiblePart(stage, node) : mix(stage.originOf(node.id), node.mode));
    if (options.withCuts) sum = add(sum, durablePart(stage, node));
  }
  volume.freeNumbers.forEach((number, at) => {
    // The last is given out next; one that nobody knows is as good as a new one.
    numbers.set(number, mix(volume.freeNumbers.length - at, 17));
  });
  for (const file of files) sum = add(sum, filePart(stage, file));
  seats.forEach((seat, actor) => {
    sum = add(sum, seatPart(stage, seat, actor, numbers));
  });
  return options.withCuts ? mix(sum, namesPart(stage, volume.names)) : sum;
}

/** What a power cut can leave of a file is compared all the same. */
function isSeen(stage: Stage, node: Node, { withCuts, isContentSeen }: KeyOptions): boolean {
  return withCuts || node.type !== 'file' || isContentSeen(stage, node.id);
}

function visiblePart(stage: Stage, node: Node): Fingerprint {
  return remembered(ofVisible, node, () => mix(stage.originOf(node.id), contentOf(stage, node)));
}

function contentOf(stage: Stage, node: Node): Fingerprint {
  switch (node.type) {
    case 'directory':
      return mix(node.mode, entriesOf(stage, node.entries));
    case 'file':
      return mix(mix(node.mode, fingerprint.ofBytes(node.bytes)), node.links === 0 ? 1 : 2);
    case 'symlink':
      return fingerprint.ofText(node.target);
  }
}

function entriesOf(stage: Stage, entries: ReadonlyMap<string, number>): Fingerprint {
  let sum = 0;
  for (const [name, id] of entries) sum = add(sum, mix(ofName(name), stage.originOf(id)));
  return sum;
}

function durablePart(stage: Stage, node: Node): Fingerprint {
  return remembered(ofDurable, node, () => {
    if (node.type === 'symlink') return 0;
    const durable = node.type === 'file' ? fingerprint.ofBytes(node.durableBytes) : entriesOf(stage, node.durableEntries);
    return node.pending.reduce((sum, change) => mix(sum, changePart(change)), mix(mix(stage.originOf(node.id), node.durableMode), durable));
  });
}

function changePart(change: FileChange): Fingerprint {
  switch (change.type) {
    case 'data':
      return mix(mix(change.from, change.to), fingerprint.ofBytes(change.source));
    case 'size':
      return mix(change.size, change.isCommitted ? 5 : 3);
    case 'mode':
      return mix(change.mode, 7);
  }
}

function namesPart(stage: Stage, names: readonly NameChange[]): Fingerprint {
  const place = ({ directory, name }: Place): number => mix(stage.originOf(directory), ofName(name));
  return names.reduce((sum, change) => {
    const where = change.type === 'rename' ? mix(place(change.from), place(change.to)) : place(change.at);
    const settled = change.type === 'rename' ? (change.settled ?? '') : '';
    return mix(mix(sum, where), mix(stage.originOf(change.node), ofName(`${change.type} ${settled}`)));
  }, 0);
}

function filePart(stage: Stage, { actor, handle, node, lock }: OpenFile): Fingerprint {
  return mix(mix(mix(actor, handle), stage.originOf(node)), ofName(lock));
}

function seatPart(
  stage: Stage,
  { position, aliases, refused, isWoken }: Seat,
  actor: number,
  numbers: ReadonlyMap<number, number>,
): Fingerprint {
  let sum = mix(mix(actor, 13), position.id);
  // Who has ended compares no inodes any more.
  if (position.asks === undefined) return sum;
  for (const [number, alias] of aliases) sum = add(sum, mix(mix(actor, alias), numbers.get(number) ?? 0));
  if (!isWait(position)) return sum;
  return mix(sum, refused === undefined ? Number(isWoken) : stage.originOf(refused));
}

/** Nodes are replaced and never changed, and what is reached by a number stays the same in all that comes after. */
function remembered(cache: WeakMap<Node, Fingerprint>, node: Node, compute: () => Fingerprint): Fingerprint {
  const known = cache.get(node);
  if (known !== undefined) return known;
  const fresh = compute();
  cache.set(node, fresh);
  return fresh;
}
