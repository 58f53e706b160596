import type { SimulatedDisk } from '../simulated-disk.js';
import { type Candidate, candidatesOf, freedomOf, sampledChoices } from './candidates.js';
import { type CrashChoice, fatesUnder } from './choices.js';
import { type Content, contentAfter, fingerprintOfSize } from './contents.js';
import type { Fingerprint } from './fingerprint.js';
import * as fingerprint from './fingerprint.js';
import { type Fated, namings } from './namings.js';
import type { Node } from './nodes.js';
import type { Fate, RenameMode } from './profiles.js';
import { asVisible, namesAfter, type SurvivingNames, settledNode, type Tree, treeOf, type Unread, volumeAfter } from './survivors.js';
import { type Variant, variantsOf } from './variants.js';
import type { Volume } from './volume.js';

export type { CrashChoice };

/** How many of the disks that a crash may leave are gone through, and which. */
export interface CrashStateOptions {
  /** Stop after so many distinct states. */
  readonly limit?: number;
  /** Take every subset up to so many chunks of data, and so many names, sizes and modes. */
  readonly exhaustUpTo?: number;
  /** How many choices are drawn by the seed where there are more. */
  readonly samples?: number;
  readonly renameModes?: readonly RenameMode[];
  /** Names of files whose bytes nobody reads: states that differ in nothing else are `alike`. */
  readonly unread?: Unread;
}

/** One disk that a crash now can leave. The disk is made when it is first asked for. */
export interface CrashState {
  readonly choice: CrashChoice;
  /** Of names, bytes and modes: equal for equal trees, also across disks. */
  readonly fingerprint: Fingerprint;
  /** The same for states that differ only in bytes that nobody reads. */
  readonly alike: Fingerprint;
  readonly disk: SimulatedDisk;
}

/** The volume that one choice leaves. */
export function crashed(before: Volume, choice: CrashChoice): Volume {
  const volume = before.settings.profile.volatile === 'nothing' ? asVisible(before) : before;
  const fateOf = fatesUnder(volume, choice);
  let names: SurvivingNames = new Map();
  for (const change of volume.names) names = namesAfter(volume, names, change, fateOf(change.index));
  const tree = treeOf(volume, names);
  return volumeAfter(
    volume,
    tree,
    settledNodes(
      tree,
      tree.unsettled.map(({ node }) => contentAfter(node, fateOf)),
    ),
  );
}

/** The distinct states that a crash at this moment can leave, each once, whatever the disk does later; every walk starts anew. */
export class CrashStates implements Iterable<CrashState> {
  /** What may be lost, oldest first. */
  readonly pending: readonly Candidate[];
  readonly #volume: Volume;
  readonly #options: CrashStateOptions;
  readonly #make: (volume: Volume) => SimulatedDisk;
  #wasCut = false;

  constructor(volume: Volume, options: CrashStateOptions, make: (volume: Volume) => SimulatedDisk) {
    this.#volume = { ...volume, nodes: new Map(volume.nodes) };
    this.#options = options;
    this.#make = make;
    this.pending = volume.settings.profile.volatile === 'nothing' ? [] : candidatesOf(volume, options.renameModes);
  }

  /** Whether the walk gives every state the profile allows. Under `limit` it is known once the walk has ended. */
  get coverage(): 'exhausted' | 'sampled' {
    return this.#wasCut || !this.#canExhaust() ? 'sampled' : 'exhausted';
  }

  *[Symbol.iterator](): Generator<CrashState, void> {
    const seen = new Set<Fingerprint>();
    this.#wasCut = false;
    for (const state of this.#all()) {
      if (seen.has(state.fingerprint)) continue;
      if (seen.size === this.#options.limit) {
        this.#wasCut = true;
        return;
      }
      seen.add(state.fingerprint);
      yield state;
    }
  }

  #canExhaust(): boolean {
    if (this.#volume.settings.profile.volatile === 'nothing') return true;
    const { exhaustUpTo = 8 } = this.#options;
    const { data, others } = freedomOf(this.#volume);
    return data <= exhaustUpTo && others <= exhaustUpTo;
  }

  #all(): Iterable<CrashState> {
    if (this.#volume.settings.profile.volatile === 'nothing') return [this.#stateOf('kept')];
    return this.#canExhaust() ? this.#everySubset() : this.#samples();
  }

  *#samples(): Generator<CrashState, void> {
    const { samples = 2000 } = this.#options;
    const { seed, profile } = this.#volume.settings;
    const isOrdered = profile.order !== 'any-subset';
    for (const choice of sampledChoices(this.pending, { samples, seed, isOrdered })) yield this.#stateOf(choice);
  }

  #stateOf(choice: CrashChoice): CrashState {
    const after = crashed(this.#volume, choice);
    return new LazyState(
      treeOf(after, new Map(), this.#options.unread),
      () => choice,
      () => this.#make(after),
    );
  }

  /** Names first, then for the files they reach each content they can have: equal ones are met once, not once a subset. */
  *#everySubset(): Generator<CrashState, void> {
    const fatesOfIndex = new Map(this.pending.map(({ index, fates }) => [index, fates]));
    const known = new Map<string, readonly Variant[]>();
    for (const { names, fates, journalEnd } of namings(this.#volume, fatesOfIndex)) {
      const tree = treeOf(this.#volume, names, this.#options.unread);
      const choices = tree.unsettled.map(({ node }) => {
        const key = `${node.id} ${node.pending.findLastIndex(({ index }) => index < journalEnd)}`;
        const variants = known.get(key) ?? variantsOf(node, { volume: this.#volume, fatesOfIndex, journalEnd });
        known.set(key, variants);
        return variants;
      });
      yield* this.#product(tree, fates, choices);
    }
  }

  *#product(tree: Tree, named: Fated | undefined, choices: readonly (readonly Variant[])[]): Generator<CrashState, void> {
    const odometer = choices.map(() => 0);
    do {
      const picked = choices.flatMap((variants, at) => variants[odometer[at] ?? 0] ?? []);
      yield new LazyState(
        marksOf(tree, picked),
        () => choiceOf([named, ...picked.map(({ fates }) => fates)]),
        () => this.#make(volumeAfter(this.#volume, tree, settledNodes(tree, picked))),
      );
    } while (advance(odometer, choices));
  }
}

type Marks = Pick<CrashState, 'fingerprint' | 'alike'>;

/** Of a tree whose unsettled nodes have these contents. */
function marksOf(tree: Tree, picked: readonly Variant[]): Marks {
  let { fingerprint: sum, alike } = tree;
  for (let at = 0; at < picked.length; at++) {
    const [variant, unsettled] = [picked[at], tree.unsettled[at]];
    if (variant === undefined || unsettled === undefined) continue;
    const mark = fingerprint.mix(unsettled.place, variant.fingerprint);
    sum = fingerprint.add(sum, mark);
    alike = fingerprint.add(alike, unsettled.isUnread ? fingerprint.mix(unsettled.place, fingerprintOfSize(variant)) : mark);
  }
  return { fingerprint: sum, alike };
}

class LazyState implements CrashState {
  readonly fingerprint: Fingerprint;
  readonly alike: Fingerprint;
  readonly #choice: () => CrashChoice;
  readonly #make: () => SimulatedDisk;
  #disk: SimulatedDisk | undefined;

  constructor(marks: Marks, choice: () => CrashChoice, make: () => SimulatedDisk) {
    this.fingerprint = marks.fingerprint;
    this.alike = marks.alike;
    this.#choice = choice;
    this.#make = make;
  }

  get choice(): CrashChoice {
    return this.#choice();
  }

  get disk(): SimulatedDisk {
    this.#disk ??= this.#make();
    return this.#disk;
  }
}

function settledNodes(tree: Tree, contents: readonly Content[]): Map<number, Node> {
  const nodes = new Map(tree.nodes);
  tree.unsettled.forEach(({ node }, at) => {
    const content = contents[at];
    if (content !== undefined) nodes.set(node.id, settledNode(node, content));
  });
  return nodes;
}

function choiceOf(lists: readonly (Fated | undefined)[]): CrashChoice {
  const choice: Record<number, Fate> = {};
  for (let fated of lists) for (; fated !== undefined; fated = fated.before) choice[fated.index] = fated.fate;
  return choice;
}

function advance(odometer: number[], choices: readonly (readonly Variant[])[]): boolean {
  for (let wheel = 0; wheel < odometer.length; wheel++) {
    odometer[wheel] = (odometer[wheel] ?? 0) + 1;
    if ((odometer[wheel] ?? 0) < (choices[wheel]?.length ?? 0)) return true;
    odometer[wheel] = 0;
  }
  return false;
}
