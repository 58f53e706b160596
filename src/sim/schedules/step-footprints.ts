import { type Node, type NodeId, rootId } from '../../disk/simulated/nodes.js';
import { nodeOf } from '../../disk/simulated/volume.js';
import type { Step } from '../../disk/steps.js';
import type { Asked } from './actors.js';
import type { OpenFile, Stage } from './stage.js';
import { type Code, ofName, type Places } from './touches.js';

/** What one step would touch in one state. */
export interface Footprint {
  readonly codes: Code[];
  /** What it touches of a file apart from its names; nobody sees that of a file that nobody else can reach. */
  readonly ofFile: Code[];
  file: NodeId | undefined;
}

const maxLinks = 8;

/** Tells what the next step of an actor would touch, on the disk as it is now. */
export class StepFootprints {
  readonly #places: Places;
  readonly #inodesComeBack: boolean;

  constructor(places: Places, { inodesComeBack }: { readonly inodesComeBack: boolean }) {
    this.#places = places;
    this.#inodesComeBack = inodesComeBack;
  }

  of(stage: Stage, actor: number, asked: Asked): Footprint {
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
        this.#ofFile(stage, footprint, open?.node, { content: 'read' });
        return;
      case 'stat-handle':
        this.#ofFile(stage, footprint, open?.node, { content: 'read', attributes: 'read' });
        return;
      case 'write':
      case 'truncate':
        this.#ofFile(stage, footprint, open?.node, { content: 'written' });
        return;
      case 'change-mode':
        this.#ofFile(stage, footprint, open?.node, { attributes: 'written' });
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
        this.#ofFile(stage, footprint, this.#look(stage, codes, step.path), { content: 'read', attributes: 'read' });
        return;
      case 'names':
        this.#ofFile(stage, footprint, open?.node, { attributes: 'read' });
        this.#look(stage, codes, step.path);
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
    } else if (access !== 'directory') this.#ofFile(stage, footprint, node, { attributes: 'read' });
  }

  #ofClose(stage: Stage, footprint: Footprint, open: OpenFile | undefined): void {
    if (open === undefined) return;
    if (open.lock !== 'none') this.#ofLock(stage, footprint, open);
    if (nodeOf(stage.volume, open.node).links === 0) this.#free(footprint.codes);
  }

  #ofFile(stage: Stage, footprint: Footprint, node: NodeId | undefined, touched: TouchedFile): void {
    if (node === undefined || nodeOf(stage.volume, node).type === 'directory') return;
    footprint.file = node;
    const origin = stage.originOf(node);
    for (const kind of ['content', 'attributes'] as const) {
      if (touched[kind] === undefined) continue;
      // Whose write came last is seen in the end, if by nobody else then by who judges.
      const isSeen = touched[kind] === 'read' || !stage.isUnjudged(node);
      if (isSeen) footprint.ofFile.push(this.#places.reading(kind, origin));
      if (touched[kind] === 'written') footprint.ofFile.push(this.#places.writing(kind, origin));
    }
  }

  #ofLock(stage: Stage, footprint: Footprint, open: OpenFile | undefined): void {
    if (open === undefined) return;
    footprint.file = open.node;
    footprint.ofFile.push(...this.#places.both('lock', stage.originOf(open.node)));
  }

  #ofUnlink(stage: Stage, codes: Code[], path: string): void {
    const node = this.#look(stage, codes, path);
    this.#changeName(stage, codes, path);
    if (node !== undefined && nodeOf(stage.volume, node).links === 1) this.#free(codes);
  }

  #free(codes: Code[]): void {
    if (this.#inodesComeBack) codes.push(...this.#places.both('free', 0));
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

interface TouchedFile {
  readonly content?: 'read' | 'written';
  /** Its type, owner and mode: what is asked when it is opened. */
  readonly attributes?: 'read' | 'written';
}

interface Walked {
  readonly node: NodeId | undefined;
  readonly directory: NodeId | undefined;
  readonly name: number;
}

const nowhere: Walked = { node: undefined, directory: undefined, name: 0 };
