import type { SimulatedDisk } from '../simulated-disk.js';
import { type Candidate, candidatesOf, sampledChoices } from './candidates.js';
import type { Fingerprint } from './fingerprint.js';
import * as fingerprint from './fingerprint.js';
import type { DirectoryNode, FileNode, NameChange, Node } from './nodes.js';
import type { Fate, RenameMode } from './profiles.js';
import {
  applyChange,
  type Content,
  contentAfter,
  type Draft,
  draftOf,
  type FateOf,
  fingerprintOfContent,
  finishedBytes,
  namesAfter,
  type SurvivingNames,
  settledNode,
  type Tree,
  treeOf,
  volumeAfter,
} from './survivors.js';
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

/** The distinct states a crash can leave, each once; a new walk starts from the beginning. */
export class CrashStates implements Iterable<CrashState> {
  /** What may be lost, oldest first. */
  readonly pending: readonly Candidate[];
  readonly #volume: Volume;
  readonly #options: CrashStateOptions;
  readonly #make: (volume: Volume) => SimulatedDisk;
  #wasCut = false;

  constructor(volume: Volume, options: CrashStateOptions, make: (volume: Volume) => SimulatedDisk) {
    this.#volume = volume;
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

/** Fates met so far, newest first; shared between all that begin alike. */
interface Fated {
  readonly index: number;
  readonly fate: Fate;
  readonly before: Fated | undefined;
}

interface Naming {
  readonly names: SurvivingNames;
  readonly fates: Fated | undefined;
}

interface Variant extends Content {
  readonly fingerprint: Fingerprint;
  readonly fates: Fated | undefined;
}

type Fates = ReadonlyMap<number, readonly Fate[]>;

function fatesOf(volume: Volume, choice: CrashChoice): FateOf {
  if (choice === 'kept' || volume.settings.profile.volatile === 'nothing') return () => 'kept';
  return choice === 'lost' ? () => 'lost' : (index) => choice[index] ?? 'lost';
}

/** Every distinct set of names that can survive. */
function namings(volume: Volume, fatesOfIndex: Fates): Iterable<Naming> {
  let met = new Map<string, Naming>([['', { names: new Map(), fates: undefined }]]);
  for (const change of volume.names) {
    const next = new Map<string, Naming>();
    for (const naming of met.values()) {
      for (const fate of fatesOfIndex.get(change.index) ?? []) {
        const after = naming.fates === undefined && fate === 'lost' ? naming : namingAfter(volume, naming, change, fate);
        const key = keyOf(after.names);
        if (!next.has(key)) next.set(key, after);
      }
    }
    met = next;
  }
  return met.values();
}

function namingAfter(volume: Volume, { names, fates }: Naming, change: NameChange, fate: Fate): Naming {
  if (fate === 'lost') return { names, fates };
  return { names: namesAfter(volume, names, change, fate), fates: { index: change.index, fate, before: fates } };
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

/** Every distinct content that a node can be left with. */
function variantsOf(node: FileNode | DirectoryNode, fatesOfIndex: Fates): readonly Variant[] {
  const found = new Map<Fingerprint, Variant>();
  for (const variant of node.type === 'file' ? fileVariants(node, fatesOfIndex) : modeVariants(node)) {
    if (!found.has(variant.fingerprint)) found.set(variant.fingerprint, variant);
  }
  return [...found.values()];
}

function* modeVariants(node: DirectoryNode): Generator<Variant, void> {
  yield variant({ mode: node.durableMode }, undefined);
  for (const { index, mode } of node.pending) yield variant({ mode }, { index, fate: 'kept', before: undefined });
}

type FatedDraft = Draft & { readonly fates: Fated | undefined };

/** Applies one change after the other to all drafts at once; drafts that have become equal go on as one. */
function* fileVariants(node: FileNode, fatesOfIndex: Fates): Generator<Variant, void> {
  let met: readonly FatedDraft[] = [{ ...draftOf(node), fates: undefined }];
  for (const change of node.pending) {
    const next = new Map<Fingerprint, FatedDraft>();
    for (const draft of met) {
      for (const fate of fatesOfIndex.get(change.index) ?? []) {
        const after = fate === 'lost' ? draft : { ...draft, fates: { index: change.index, fate, before: draft.fates } };
        const copy = change.type === 'data' && fate !== 'lost' ? { ...after, bytes: after.bytes.slice() } : shrinkSafe(after, change);
        applyChange(copy, change, fate);
        const key = fingerprint.mix(fingerprint.mix(fingerprint.ofChangingBytes(copy.bytes), copy.size), copy.mode);
        if (!next.has(key)) next.set(key, copy);
      }
    }
    met = [...next.values()];
  }
  for (const draft of met) yield variant({ mode: draft.mode, bytes: finishedBytes(node, draft) }, draft.fates);
}

/** A smaller size zeroes what it cuts off, so the draft may not share its bytes then. */
function shrinkSafe(draft: FatedDraft, change: FileNode['pending'][number]): FatedDraft {
  const cuts = change.type === 'size' && change.size < draft.size;
  return { ...draft, bytes: cuts ? draft.bytes.slice() : draft.bytes };
}

function variant(content: Content, fates: Fated | undefined): Variant {
  return { ...content, fingerprint: fingerprintOfContent(content), fates };
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
