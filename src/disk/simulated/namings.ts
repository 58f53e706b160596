import * as fingerprint from './fingerprint.js';
import { directoriesOf, journalOf } from './journal.js';
import type { NameChange, NodeId } from './nodes.js';
import type { Fate } from './profiles.js';
import { namesAfter, type SurvivingNames } from './survivors.js';
import type { Volume } from './volume.js';

/** Fates met so far, newest first; shared between all that begin alike. */
export interface Fated {
  readonly index: number;
  readonly fate: Fate;
  readonly before: Fated | undefined;
}

export interface Naming {
  readonly names: SurvivingNames;
  readonly fates: Fated | undefined;
  /** What was journaled from this index on is lost, and what was journaled before it kept. */
  readonly journalEnd: number;
}

export type Fates = ReadonlyMap<number, readonly Fate[]>;

/** Every distinct set of names that can survive; where there is a journal, every end that it can have. */
export function namings(volume: Volume, fatesOfIndex: Fates): Iterable<Naming> {
  switch (volume.settings.profile.order) {
    case 'any-subset':
      return subsets(volume, fatesOfIndex, () => '');
    case 'prefix-per-directory':
      return subsets(volume, fatesOfIndex, (naming) => [...naming.broken].sort((a, b) => a - b).join());
    case 'one-journal':
      return journalEnds(volume);
  }
}

/** `broken` are the directories that have lost a change: later ones are lost with it, unless any subset will do. */
interface PartialNaming extends Naming {
  readonly broken: ReadonlySet<NodeId>;
}

function subsets(volume: Volume, fatesOfIndex: Fates, alsoTold: (naming: PartialNaming) => string): Iterable<Naming> {
  const none: PartialNaming = { names: new Map(), fates: undefined, journalEnd: Number.POSITIVE_INFINITY, broken: new Set() };
  const isOrdered = volume.settings.profile.order !== 'any-subset';
  let met = new Map<string, PartialNaming>([['', none]]);
  for (const change of volume.names) {
    const next = new Map<string, PartialNaming>();
    for (const naming of met.values()) {
      for (const fate of fatesOfIndex.get(change.index) ?? []) {
        const isBroken = isOrdered && directoriesOf(change).some((id) => naming.broken.has(id));
        if (isBroken && fate !== 'lost') continue;
        const after = namingAfter(volume, naming, change, fate, isOrdered);
        const key = keyOf(after.names) + alsoTold(after);
        if (!next.has(key)) next.set(key, after);
      }
    }
    met = next;
  }
  return met.values();
}

function namingAfter(volume: Volume, naming: PartialNaming, change: NameChange, fate: Fate, isOrdered: boolean): PartialNaming {
  if (fate !== 'lost') {
    return {
      ...naming,
      names: namesAfter(volume, naming.names, change, fate),
      fates: { index: change.index, fate, before: naming.fates },
    };
  }
  return isOrdered ? { ...naming, broken: new Set([...naming.broken, ...directoriesOf(change)]) } : naming;
}

function* journalEnds(volume: Volume): Generator<Naming, void> {
  const journal = journalOf(volume);
  const changes = new Map(volume.names.map((change) => [change.index, change]));
  let names: SurvivingNames = new Map();
  let fates: Fated | undefined;
  for (let at = 0; at <= journal.length; at++) {
    yield { names, fates, journalEnd: journal[at] ?? Number.POSITIVE_INFINITY };
    const index = journal[at] ?? -1;
    const change = changes.get(index);
    if (change !== undefined) names = namesAfter(volume, names, change, 'kept');
    fates = { index, fate: 'kept', before: undefined };
  }
}

function keyOf(names: SurvivingNames): string {
  let sum = 0;
  for (const [directory, entries] of names) {
    sum = fingerprint.add(sum, fingerprint.mix(directory, 11));
    for (const [name, node] of entries) {
      sum = fingerprint.add(sum, fingerprint.mix(fingerprint.mix(directory, fingerprint.ofText(name)), node));
    }
  }
  return `${names.size}:${sum}`;
}
