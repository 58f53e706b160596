import type { NodeId } from '../../disk/simulated/nodes.js';
import type { Position } from './positions.js';
import { isWait, type OpenFile, type Stage } from './stage.js';
import { StepFootprints } from './step-footprints.js';
import { type Code, CodeSet, ofName, opposite, Places } from './touches.js';

export interface FootprintOptions {
  /** Whether the number of a file that is gone may come back; then making files and removing them do not commute. */
  readonly inodesComeBack: boolean;
  /** Whether somebody may cut the power: then no sync commutes with anything. */
  readonly withCuts: boolean;
  /** Whether anything is left out at all. */
  readonly reduces: boolean;
}

/**
 * Which steps need no branch. A step is folded (taken at once, before anybody else is asked) when no step that another actor can
 * still take touches what it touches, where one of the two writes: then every schedule in which others come first ends in the
 * same state as one in which it comes first, and nobody in between can tell. Which steps an actor can still take is not known
 * beforehand; it is learnt: each position keeps all that was ever touched after it, and what others counted on that it is not. When
 * something is touched that was counted on, the search begins again, knowing more (`isBroken`). In the end every fold was right:
 * take the shortest schedule in which a folded step meets a step of another that touches the same; up to there nothing touched
 * it, so the folds before can be moved to the front without anybody noticing, and that schedule was explored.
 *
 * Three classes of steps are what folds in practice, and none is named in this code:
 * - on a file under a name that only one actor ever uses (its temp), until it gets a name that others use: names and handles
 *   are the only ways to a file, and nobody else has either;
 * - reading what is never written again (a published generation, the root file): two reads commute;
 * - closing and syncing: a sync changes only what a power cut leaves, so it is folded only where none is looked for; with cuts a
 *   fold only ever adds to what is pending, and what a cut can leave before a change it can leave after it.
 */
export class Footprints {
  #isBroken = false;
  /** What others count on that an actor does not touch from a position on. */
  #relied = new Map<Position, CodeSet>();
  readonly #places = new Places();
  readonly #ofSteps: StepFootprints;
  readonly #withCuts: boolean;
  readonly #reduces: boolean;

  constructor({ inodesComeBack, withCuts, reduces }: FootprintOptions) {
    this.#ofSteps = new StepFootprints(this.#places, { inodesComeBack });
    this.#withCuts = withCuts;
    this.#reduces = reduces;
  }

  /** Whether something was touched that a fold counted on: what was searched since then may have left out schedules. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** A search begins, in which nothing was folded yet; what was learnt stays. */
  begin(): void {
    this.#isBroken = false;
    this.#relied = new Map();
  }

  /** Whether the next step of an actor can be taken without a branch. */
  isLocal(stage: Stage, actor: number): boolean {
    const asks = stage.seats[actor]?.position.asks;
    if (!this.#reduces || asks === undefined || asks.op === 'wait' || asks.op === 'await-change') return false;
    if (asks.op === 'sync' && this.#withCuts) return false;
    const footprint = this.#ofSteps.of(stage, actor, asks);
    const others = othersOf(stage, actor);
    if (!areFree(footprint.codes, others)) return false;
    if (areFree(footprint.ofFile, others)) this.#rely(footprint.ofFile.map(opposite), others);
    else if (!this.#isPrivate(stage, footprint.file, others, actor)) return false;
    this.#rely(footprint.codes.map(opposite), others);
    return true;
  }

  /**
   * Enough of those who can go on, such that the others may as well come later: nothing that any other can still do meets the
   * next step of one of these (a persistent set, as P. Godefroid calls it). What a step can meet is learnt as it is for folds, and
   * right in the end for the same reason. All of them where somebody waits, whom a step may wake that it does not meet, and where
   * every moment is judged. Not for searches that count interruptions: a schedule may stand for one with fewer.
   */
  persistent(stage: Stage, enabled: readonly number[]): readonly number[] {
    if (!this.#reduces || this.#withCuts || enabled.length < 2) return enabled;
    if (stage.seats.some(({ position }) => isWait(position))) return enabled;
    const next = new Map(enabled.map((actor) => [actor, this.#nextCodes(stage, actor)]));
    let smallest = enabled;
    for (const actor of enabled) {
      const closed = closureOf(actor, enabled, (one, other) => meets(next.get(one) ?? [], stage, other));
      if (closed.length < smallest.length) smallest = closed;
    }
    const others = enabled.flatMap((actor) => (smallest.includes(actor) ? [] : (stage.seats[actor]?.position ?? [])));
    for (const actor of smallest) this.#rely((next.get(actor) ?? []).map(opposite), others);
    return smallest;
  }

  /** Whether what a file holds can be told by an actor that goes on from here; false only for one of which nobody judges that. */
  isContentSeen(stage: Stage, file: NodeId): boolean {
    if (!this.#reduces || !stage.isUnjudged(file)) return true;
    const code = this.#places.reading('content', stage.originOf(file));
    const positions = stage.seats.map(({ position }) => position);
    if (positions.some(({ future }) => future.has(code))) return true;
    this.#rely([code], positions);
    return false;
  }

  #nextCodes(stage: Stage, actor: number): readonly Code[] {
    const asks = stage.seats[actor]?.position.asks;
    if (asks === undefined) return [];
    const { codes, ofFile } = this.#ofSteps.of(stage, actor, asks);
    return [...codes, ...ofFile];
  }

  #rely(codes: readonly Code[], others: readonly Position[]): void {
    for (const position of others) {
      const relied = this.#relied.get(position) ?? new CodeSet();
      for (const code of codes) relied.add(code);
      this.#relied.set(position, relied);
    }
  }

  /** Remembers what the next step of an actor touches. */
  record(stage: Stage, actor: number): void {
    const position = stage.seats[actor]?.position;
    if (position?.asks === undefined) return;
    const { codes, ofFile, file } = this.#ofSteps.of(stage, actor, position.asks);
    for (const code of codes) this.#note(position, code);
    if (ofFile.every((code) => position.future.has(code))) return;
    // Judged by all that the others ever touch: the fold that this may contradict was made when they had not come as far.
    const others = stage.seats.flatMap((seat, at) => (at === actor ? [] : [firstOf(seat.position)]));
    if (file !== undefined && this.#areUnknown(stage, file, others)) return;
    for (const code of ofFile) this.#note(position, code);
  }

  /** A position is reached from one more: what was seen to be touched after it is touched after that one too. */
  reachedFrom(position: Position, parent: Position): void {
    if (position.parents.includes(parent)) return;
    position.parents.push(parent);
    for (const code of position.future) this.#note(parent, code);
  }

  /** For the position and all that lead to it. */
  #note(position: Position, code: Code): void {
    const ahead = [position];
    for (let at = ahead.pop(); at !== undefined; at = ahead.pop()) {
      if (!at.future.add(code)) continue;
      if (this.#relied.get(at)?.has(code)) this.#isBroken = true;
      ahead.push(...at.parents);
    }
  }

  /** Whether no other actor has a handle on a file, and all its names are such as no other uses any more. */
  #isPrivate(stage: Stage, file: NodeId | undefined, others: readonly Position[], actor: number): boolean {
    if (file === undefined || stage.files.some((open) => open.node === file && open.actor !== actor && isLive(stage, open))) return false;
    return this.#areUnknown(stage, file, others);
  }

  /** Whether no name of a file is touched from these positions on. */
  #areUnknown(stage: Stage, file: NodeId, others: readonly Position[]): boolean {
    const codes: Code[] = [];
    for (const node of stage.volume.nodes.values()) {
      if (node.type !== 'directory') continue;
      for (const [name, id] of node.entries)
        if (id === file) codes.push(...this.#places.both('name', stage.originOf(node.id), ofName(name)));
    }
    if (others.some(({ future }) => codes.some((code) => future.has(code)))) return false;
    this.#rely(codes, others);
    return true;
  }
}

function othersOf(stage: Stage, actor: number): Position[] {
  return stage.seats.flatMap(({ position }, at) => (at === actor || position.asks === undefined ? [] : [position]));
}

function firstOf(position: Position): Position {
  let first = position;
  for (let at = position.before; at !== undefined; at = first.before) first = at.position;
  return first;
}

function isLive(stage: Stage, { actor }: OpenFile): boolean {
  return stage.seats[actor]?.position.asks !== undefined;
}

function areFree(codes: readonly Code[], others: readonly Position[]): boolean {
  return others.every(({ future }) => codes.every((code) => !future.has(opposite(code))));
}

function meets(codes: readonly Code[], stage: Stage, other: number): boolean {
  const position = stage.seats[other]?.position;
  return position !== undefined && !areFree(codes, [position]);
}

/** An actor, all whose steps may meet its next, all whose steps may meet theirs, and so on. */
function closureOf(first: number, all: readonly number[], isMet: (one: number, other: number) => boolean): readonly number[] {
  const found = [first];
  for (const one of found) for (const other of all) if (!found.includes(other) && isMet(one, other)) found.push(other);
  return found;
}
