import { directoriesOf, isCommitted, isTail, pendingOf } from './journal.js';
import type { FileChange, NameChange, NodeId } from './nodes.js';
import type { CrashProfile, Fate, RenameMode } from './profiles.js';
import { nodeOf, type Volume } from './volume.js';

/** One pending change: what a crash may do to it. */
export interface Candidate {
  readonly index: number;
  readonly type: FileChange['type'] | NameChange['type'];
  readonly description: string;
  /** `lost` first. */
  readonly fates: readonly Fate[];
}

/** All that is pending, oldest first. */
export function candidatesOf(volume: Volume, modes?: readonly RenameMode[]): Candidate[] {
  const { renameFates } = volume.settings.profile;
  const renameModes = modes?.filter((mode) => renameFates.includes(mode)) ?? renameFates;
  const candidates = volume.names.map((change) => nameCandidate(volume, change, renameModes));
  for (const node of volume.nodes.values()) {
    if (node.type === 'symlink') continue;
    for (const change of node.pending) {
      if (!isCommitted(change)) candidates.push(fileCandidate(node.id, change, volume.settings.profile));
    }
  }
  return candidates.sort((a, b) => a.index - b.index);
}

/** How many things may go either way, each apart from the others; of `n` that survive in order there are `n` + 1 ways, so they count as log2 of that. */
export function freedomOf(volume: Volume): { readonly data: number; readonly others: number } {
  const { order } = volume.settings.profile;
  const files = [...volume.nodes.values()].map((node) => pendingOf(node).filter((change) => !isCommitted(change)));
  const data = files.map((changes) => {
    const tail = changes.filter((change) => isTail(volume, change)).length;
    return changes.filter((change) => change.type === 'data' && !isTail(volume, change)).length + bits(tail);
  });
  const ofFiles = files.flat().filter(({ type }) => type !== 'data').length;
  return { data: sum(data), others: order === 'one-journal' ? 0 : ofFiles + freedomOfNames(volume) };
}

function freedomOfNames({ names, settings }: Volume): number {
  if (settings.profile.order === 'any-subset') return names.length;
  const counts = new Map<NodeId, number>();
  for (const id of names.flatMap(directoriesOf)) counts.set(id, (counts.get(id) ?? 0) + 1);
  return sum([...counts.values()].map(bits));
}

const bits = (count: number): number => Math.ceil(Math.log2(count + 1));
const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** Prefixes, drop-one, keep-one, drawn ones and pairs (CAT-SIM-5005); the pairs, whose number grows with the square, come last. */
export function* sampledChoices(
  candidates: readonly Candidate[],
  { samples, seed, isOrdered }: { samples: number; seed: number; isOrdered: boolean },
): Generator<Readonly<Record<number, Fate>>, void> {
  const allKept = candidates.map((): Fate => 'kept');
  const allLost = candidates.map((): Fate => 'lost');
  for (let count = 0; count <= candidates.length; count++) {
    yield named(
      candidates,
      allKept.map((fate, at) => (at < count ? fate : 'lost')),
    );
  }
  for (const [at, { fates }] of candidates.entries()) {
    for (const fate of fates) {
      yield named(candidates, allKept.with(at, fate));
      yield named(candidates, allLost.with(at, fate));
    }
  }
  const random = mulberry32(seed);
  for (let sample = 0; sample < samples; sample++) {
    // Where what is kept keeps all before it, drawing from all of them would nearly always keep everything.
    const end = isOrdered ? Math.floor(random() * (candidates.length + 1)) : candidates.length;
    yield named(
      candidates,
      candidates.map(
        ({ fates, type }, at) => (at < end || type === 'data' ? fates[Math.floor(random() * fates.length)] : 'lost') ?? 'lost',
      ),
    );
  }
  for (let first = 0; first < candidates.length; first++) {
    for (let second = first + 1; second < candidates.length; second++) {
      yield named(candidates, allKept.with(first, 'lost').with(second, 'lost'));
      yield named(candidates, allLost.with(first, 'kept').with(second, 'kept'));
    }
  }
}

function nameCandidate(volume: Volume, change: NameChange, renameModes: readonly RenameMode[]): Candidate {
  const { index, type } = change;
  if (type !== 'rename') return { index, type, description: `${type} ${change.at.name}`, fates: ['lost', 'kept'] };
  // A directory is never seen under two names, and half of a rename that one sync has settled leaves nothing to split.
  const isWhole = change.settled !== undefined || nodeOf(volume, change.node).type === 'directory';
  const fates: readonly Fate[] = isWhole ? ['lost', 'kept'] : ['lost', ...renameModes];
  return { index, type, description: `rename ${change.from.name} -> ${change.to.name}`, fates };
}

function fileCandidate(node: number, change: FileChange, profile: CrashProfile): Candidate {
  const { index, type } = change;
  const fates: readonly Fate[] = type === 'data' ? ['lost', ...profile.dataFates] : ['lost', 'kept'];
  switch (type) {
    case 'data':
      return { index, type, description: `bytes ${change.from} to ${change.to} of node ${node}`, fates };
    case 'size':
      return { index, type, description: `size ${change.size} of node ${node}`, fates };
    case 'mode':
      return { index, type, description: `mode ${change.mode.toString(8)} of node ${node}`, fates };
  }
}

function named(candidates: readonly Candidate[], fates: readonly Fate[]): Readonly<Record<number, Fate>> {
  const choice: Record<number, Fate> = {};
  candidates.forEach(({ index }, at) => {
    const fate = fates[at] ?? 'lost';
    if (fate !== 'lost') choice[index] = fate;
  });
  return choice;
}

/** A small generator of numbers from 0 to 1; the same for the same seed everywhere. */
function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
