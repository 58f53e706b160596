import { type Node, type NodeId, rootId } from '../../disk/simulated/nodes.js';
import { nodeOf } from '../../disk/simulated/volume.js';
import type { Step } from '../../disk/steps.js';
import type { Asked } from './actors.js';
import type { Position } from './positions.js';
import type { OpenFile, Stage } from './stage.js';
import { type Code, CodeSet, ofName, opposite, Places } from './touches.js';

/** What one step would touch in one state. */
interface Footprint {
  readonly codes: Code[];
  /** What it touches of a file apart from its names; nobody sees that of a file that nobody else can reach. */
  readonly ofFile: Code[];
  file: NodeId | undefined;
}

export interface FootprintOptions {
  /** Whether the number of a file that is gone may come back; then making files and removing them do not commute. */
  readonly inodesComeBack: boolean;
  /** Whether somebody may cut the power: then no sync commutes with anything. */
  readonly withCuts: boolean;
}

const maxLinks = 8;

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
  readonly #options: FootprintOptions;

  constructor(options: FootprintOptions) {
    this.#options = options;
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
    if (asks === undefined || asks.op === 'wait' || asks.op === 'await-change') return false;
    if (asks.op === 'sync' && this.#options.withCuts) return false;
    const footprint = this.#of(stage, actor, asks);
    const others = othersOf(stage, actor);
    if (!areFree(footprint.codes, others)) return false;
    if (areFree(footprint.ofFile, others)) this.#rely(footprint.ofFile.map(opposite), others);
    else if (!this.#isPrivate(stage, footprint.file, others, actor)) return false;
    this.#rely(footprint.codes.map(opposite), others);
    return true;
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
    const { codes, ofFile, file } = this.#of(stage, actor, position.asks);
    for (const code of codes) this.#note(position, code);
    if (ofFile.every((code) => position.future.has(code))) return;
    // Judged by all that the others ever touch: the fold that this may contradict was made when they had not come as far.
    const others = stage.seats.flatMap((seat, at) => (at === actor ? [] : [firstOf(seat.position)]));
    if (file !== undefined && this.#areUnknown(stage, file, others)) return;
    for (const code of ofFile) this.#note(position, code);
  }

  #note(position: Position, code: Code): void {
    for (let at: Position | undefined = position; at?.future.add(code); at = at.before?.position) {
      if (this.#relied.get(at)?.has(code)) this.#isBroken = true;
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
      for (const [name, id] of node.entries) if (id === file) this.#both(codes, 'name', stage.originOf(node.id), ofName(name));
    }
    if (others.some(({ future }) => codes.some((code) => future.has(code)))) return false;
    this.#rely(codes, others);
    return true;
  }

  #of(stage: Stage, actor: number, asked: Asked): Footprint {
    const footprint: Footprint = { codes: [], ofFile: [], file: undefined };
    if (asked.op === 'tell') footprint.codes.push(this.#places.writing('told', actor));
    else if (asked.op === 'heard') {
      stage.seats.forEach((_, at) => {
        if (at !== actor) footprint.codes.push(this.#places.reading('told', at));
      });
    } else if (asked.op !== 'ready')
      this.#ofStep(stage, footprint, asked, 'handle' in asked ? stage.fileOf(actor, asked.handle) : undefined);
    return footprint;
  }

  #ofStep(stage: Stage, footprint: Footprint, step: Step, open: OpenFile | undefined): void {
    const { codes } = footprint;
    switch (step.op) {
      case 'open':
        this.#ofOpen(stage, footprint, step.path, step.access);
        return;
      case 'close':
        this.#ofClose(stage, footprint, open);
        return;
      case 'read':
      case 'stat-handle':
        this.#ofContent(stage, footprint, open?.node, 'reading');
        return;
      case 'write':
      case 'truncate':
      case 'change-mode':
        this.#ofContent(stage, footprint, open?.node, 'writing');
        return;
      case 'lock':
      case 'unlock':
        this.#ofLock(stage, footprint, open);
        return;
      case 'link':
        this.#look(stage, codes, step.from);
        this.#changeName(stage, codes, step.to);
        return;
      case 'rename':
      case 'clone':
        this.#changeName(stage, codes, step.from);
        this.#changeName(stage, codes, step.to);
        this.#free(codes);
        return;
      case 'unlink':
        this.#ofUnlink(stage, codes, step.path);
        return;
      case 'symlink':
      case 'make-directory':
        this.#changeName(stage, codes, step.path);
        this.#free(codes);
        return;
      case 'remove-directory':
        this.#changeName(stage, codes, step.path);
        this.#listOf(stage, codes, step.path);
        this.#free(codes);
        return;
      case 'list':
        this.#listOf(stage, codes, step.path);
        return;
      case 'stat':
        this.#ofContent(stage, footprint, this.#look(stage, codes, step.path), 'reading');
        return;
      case 'read-link':
      case 'real-path':
      case 'file-system':
      case 'watch':
        this.#look(stage, codes, step.path);
        return;
      case 'sync':
      case 'wait':
      case 'await-change':
        return;
    }
  }

  #ofOpen(stage: Stage, footprint: Footprint, path: string, access: string): void {
    const { codes } = footprint;
    const node = this.#look(stage, codes, path);
    const makes = access === 'create' || (access === 'update-or-create' && node === undefined);
    if (makes) {
      this.#changeName(stage, codes, path);
      this.#free(codes);
    } else if (access !== 'directory') this.#ofContent(stage, footprint, node, 'reading');
  }

  #ofClose(stage: Stage, footprint: Footprint, open: OpenFile | undefined): void {
    if (open === undefined) return;
    if (open.lock !== 'none') this.#ofLock(stage, footprint, open);
    if (nodeOf(stage.volume, open.node).links === 0) this.#free(footprint.codes);
  }

  #ofContent(stage: Stage, footprint: Footprint, node: NodeId | undefined, how: 'reading' | 'writing'): void {
    if (node === undefined || nodeOf(stage.volume, node).type === 'directory') return;
    footprint.file = node;
    footprint.ofFile.push(this.#places[how]('content', stage.originOf(node)));
  }

  #ofLock(stage: Stage, footprint: Footprint, open: OpenFile | undefined): void {
    if (open === undefined) return;
    footprint.file = open.node;
    this.#both(footprint.ofFile, 'lock', stage.originOf(open.node));
  }

  #ofUnlink(stage: Stage, codes: Code[], path: string): void {
    const node = this.#look(stage, codes, path);
    this.#changeName(stage, codes, path);
    if (node !== undefined && nodeOf(stage.volume, node).links === 1) this.#free(codes);
  }

  #free(codes: Code[]): void {
    if (this.#options.inodesComeBack) this.#both(codes, 'free', 0);
  }

  #both(codes: Code[], kind: 'name' | 'lock' | 'free', what: number, name = 0): void {
    codes.push(this.#places.reading(kind, what, name), this.#places.writing(kind, what, name));
  }

  #listOf(stage: Stage, codes: Code[], path: string): void {
    const node = this.#look(stage, codes, path);
    if (node !== undefined) codes.push(this.#places.reading('list', stage.originOf(node)));
  }

  /** Every name on the way is read; gives what bears the last one. */
  #look(stage: Stage, codes: Code[], path: string): NodeId | undefined {
    return this.#walk(stage, path, (directory, name) => codes.push(this.#places.reading('name', directory, name))).node;
  }

  /** The last name is changed, and with it what its directory lists. */
  #changeName(stage: Stage, codes: Code[], path: string): void {
    const { directory, name } = this.#walk(stage, path, (above, part) => codes.push(this.#places.reading('name', above, part)));
    if (directory === undefined) return;
    codes.push(this.#places.writing('name', stage.originOf(directory), name), this.#places.writing('list', stage.originOf(directory)));
  }

  /** Meets every name on the way, through links; gives the place of the last name, and what it leads to. */
  #walk(stage: Stage, path: string, meet: (directory: number, name: number) => void, links = 0): Walked {
    const parts = path.split('/').filter((part) => part !== '');
    let walked: Walked = { node: rootId, directory: undefined, name: 0 };
    for (const [at, part] of parts.entries()) {
      const node: Node | undefined = walked.node === undefined ? undefined : nodeOf(stage.volume, walked.node);
      if (node?.type !== 'directory') return nowhere;
      const name = ofName(part);
      meet(stage.originOf(node.id), name);
      walked = { node: node.entries.get(part), directory: node.id, name };
      const found = walked.node === undefined ? undefined : nodeOf(stage.volume, walked.node);
      if (found?.type === 'symlink' && links < maxLinks) {
        const above = found.target.startsWith('/') ? '' : `/${parts.slice(0, at).join('/')}`;
        const rest = this.#walk(stage, [above, found.target, ...parts.slice(at + 1)].join('/'), meet, links + 1);
        return at === parts.length - 1 ? { ...walked, node: rest.node } : rest;
      }
    }
    return walked;
  }
}

interface Walked {
  readonly node: NodeId | undefined;
  readonly directory: NodeId | undefined;
  readonly name: number;
}

const nowhere: Walked = { node: undefined, directory: undefined, name: 0 };

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
