import type { SimulatedDisk } from '../simulated-disk.js';
import { type Candidate, candidatesOf, sampledChoices } from './candidates.js';
import type { Fingerprint } from './fingerprint.js';
import * as fingerprint from './fingerprint.js';
import type { Node } from './nodes.js';
import type { Fate, RenameMode } from './profiles.js';
import {
  type Content,
  contentAfter,
  type FateOf,
  namesAfter,
  type SurvivingNames,
  settledNode,
  type Tree,
  treeOf,
  volumeAfter,
} from './survivors.js';
import { type Fated, namings, type Variant, variantsOf } from './variants.js';
import type { Volume } from './volume.js';

/**
 * What becomes of each pending change, by its index; one that is not named is lost. `lost` and `kept` stand for all of them.
 * Plain data: printed with a failure, it brings the same disk back.
 */
export type CrashChoice = 'lost' | 'kept' | Readonly<Record<number, Fate>>;

export interface CrashStateOptions {
  /** Stop after so many distinct states. */
  readonly limit?: number;
  /** Take every subset up to so many chunks of data, and so many names, sizes and modes. */
  readonly exhaustUpTo?: number;
  /** How many choices are drawn by the seed where there are more. */
  readonly samples?: number;
  readonly renameModes?: readonly RenameMode[];
}

/** One disk that a crash now can leave. The disk is made when it is first asked for. */
export interface CrashState {
  readonly choice: CrashChoice;
  /** Of names, bytes and modes: equal for equal trees, also across disks. */
  readonly fingerprint: Fingerprint;
  readonly disk: SimulatedDisk;
}

/** The volume that one choice leaves. */
export function crashed(volume: Volume, choice: CrashChoice): Volume {
  const fateOf = fatesOf(volume, choice);
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
    const { exhaustUpTo = 8 } = this.#options;
    const data = this.pending.filter(({ type }) => type === 'data').length;
    return data <= exhaustUpTo && this.pending.length - data <= exhaustUpTo;
  }

  #all(): Iterable<CrashState> {
    if (this.#volume.settings.profile.volatile === 'nothing') return [this.#stateOf('kept')];
    return this.#canExhaust() ? this.#everySubset() : this.#samples();
  }

  *#samples(): Generator<CrashState, void> {
    const { samples = 2000 } = this.#options;
    for (const choice of sampledChoices(this.pending, { samples, seed: this.#volume.settings.seed })) yield this.#stateOf(choice);
  }

  #stateOf(choice: CrashChoice): CrashState {
    const after = crashed(this.#volume, choice);
    return new LazyState(
      treeOf(after, new Map()).fingerprint,
      () => choice,
      () => this.#make(after),
    );
  }

  /** Names first, then for the files they reach each content they can have: equal ones are met once, not once a subset. */
  *#everySubset(): Generator<CrashState, void> {
    const fatesOfIndex = new Map(this.pending.map(({ index, fates }) => [index, fates]));
    const variants = new Map<number, readonly Variant[]>();
    for (const { names, fates } of namings(this.#volume, fatesOfIndex)) {
      const tree = treeOf(this.#volume, names);
      const choices = tree.unsettled.map(({ node }) => {
        const known = variants.get(node.id) ?? variantsOf(node, fatesOfIndex);
        variants.set(node.id, known);
        return known;
      });
      yield* this.#product(tree, fates, choices);
    }
  }

  *#product(tree: Tree, named: Fated | undefined, choices: readonly (readonly Variant[])[]): Generator<CrashState, void> {
    const odometer = choices.map(() => 0);
    do {
      const picked = choices.flatMap((variants, at) => variants[odometer[at] ?? 0] ?? []);
      const mark = picked.reduce(
        (sum, variant, at) => fingerprint.add(sum, fingerprint.mix(tree.unsettled[at]?.place ?? 0, variant.fingerprint)),
        tree.fingerprint,
      );
      yield new LazyState(
        mark,
        () => choiceOf([named, ...picked.map(({ fates }) => fates)]),
        () => this.#make(volumeAfter(this.#volume, tree, settledNodes(tree, picked))),
      );
    } while (advance(odometer, choices));
  }
}

class LazyState implements CrashState {
  readonly fingerprint: Fingerprint;
  readonly #choice: () => CrashChoice;
  readonly #make: () => SimulatedDisk;
  #disk: SimulatedDisk | undefined;

  constructor(mark: Fingerprint, choice: () => CrashChoice, make: () => SimulatedDisk) {
    this.fingerprint = mark;
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

function fatesOf(volume: Volume, choice: CrashChoice): FateOf {
  if (choice === 'kept' || volume.settings.profile.volatile === 'nothing') return () => 'kept';
  return choice === 'lost' ? () => 'lost' : (index) => choice[index] ?? 'lost';
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
