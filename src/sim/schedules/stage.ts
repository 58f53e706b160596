import * as fingerprint from '../../disk/simulated/fingerprint.js';
import { Handles } from '../../disk/simulated/handles.js';
import { type NodeId, rootId } from '../../disk/simulated/nodes.js';
import { performStep } from '../../disk/simulated/perform.js';
import { directoryOf, forked, nodeOf, type Volume } from '../../disk/simulated/volume.js';
import { SimulatedDisk } from '../../disk/simulated-disk.js';
import type { Handle } from '../../disk/steps.js';
import { isDiskError, type Step } from '../../disk/steps.js';
import type { Outcome } from './actors.js';
import { type Aliases, keptAliases, lowestFree, outcomeOf } from './outcomes.js';
import type { Position } from './positions.js';

/** One open file of an actor, which knows it by the lowest number that it had free, as a process does. */
export interface OpenFile {
  readonly actor: number;
  readonly handle: Handle;
  readonly node: NodeId;
  readonly path: string;
  readonly isWritable: boolean;
  readonly lock: 'none' | 'shared' | 'exclusive';
}

/** One actor in one state. */
export interface Seat {
  readonly position: Position;
  /** Inode numbers as it has met them, one after the other. */
  readonly aliases: Aliases;
  /** The file whose lock it did not get last. */
  readonly refused: NodeId | undefined;
  /** Whether another changed something since it last waited. */
  readonly isWoken: boolean;
}

const firstHandle = 3;
const longWaitMs = 3_600_000;

/** A disk with all that is open on it, and how far each actor has come: one state of a schedule. */
export class Stage {
  readonly volume: Volume;
  seats: readonly Seat[];
  files: readonly OpenFile[];
  #origins: ReadonlyMap<NodeId, number>;
  #made: ReadonlyMap<string, number>;
  #unjudged: ReadonlySet<NodeId>;
  readonly #unjudgedPaths: ReadonlySet<string>;
  readonly #handles = new Handles();
  readonly #real = new Map<OpenFile, Handle>();

  /** Files under these paths are such as nobody judges by what they hold. */
  constructor(volume: Volume, seats: readonly Seat[], unjudgedPaths: ReadonlySet<string>, before?: Stage) {
    this.volume = volume;
    this.seats = seats;
    this.#unjudgedPaths = unjudgedPaths;
    this.files = before?.files ?? [];
    this.#origins = before === undefined ? new Map() : before.#origins;
    this.#made = before === undefined ? new Map() : before.#made;
    this.#unjudged = before === undefined ? new Set() : before.#unjudged;
    if (before === undefined) this.#nameOrigins(rootId, '');
    for (const file of this.files) this.#reopen(file);
  }

  /** A second stage in this very state; they go on apart. Nodes are shared, because they are never changed in place. */
  fork(): Stage {
    const { volume } = this;
    const copy = {
      ...volume,
      nodes: new Map(volume.nodes),
      freeNumbers: [...volume.freeNumbers],
      openCounts: new Map<NodeId, number>(),
      orphans: [...volume.orphans],
    };
    return new Stage(copy, this.seats, this.#unjudgedPaths, this);
  }

  /** What is on the disk now, for somebody who comes when every actor is dead. */
  disk(): SimulatedDisk {
    return new SimulatedDisk({}, forked(this.volume));
  }

  fileOf(actor: number, handle: Handle): OpenFile | undefined {
    return this.files.find((file) => file.actor === actor && file.handle === handle);
  }

  /** Which file a node is, in every schedule: the path it was made by, and how often that path had been made before. */
  originOf(node: NodeId): number {
    return this.#origins.get(node) ?? 0;
  }

  isUnjudged(node: NodeId): boolean {
    return this.#unjudged.has(node);
  }

  /** Whether a wait of this actor is over: the lock it did not get is free, or something has changed. */
  isReady(actor: number): boolean {
    const { position, refused, isWoken } = this.seats[actor] as Seat;
    if (!isWait(position)) return position.asks !== undefined;
    if (refused === undefined) return isWoken;
    return !this.files.some((file) => file.node === refused && file.lock !== 'none');
  }

  /** Who can go on. When all who have not ended wait, time passes for them. */
  enabled(): readonly number[] {
    const live = this.seats.flatMap(({ position }, actor) => (position.asks === undefined ? [] : [actor]));
    const ready = live.filter((actor) => this.isReady(actor));
    return ready.length > 0 ? ready : live;
  }

  /** Performs the next step of an actor. Its position is the caller's to move. */
  perform(actor: number): Outcome {
    const { position } = this.#seat(actor);
    const { asks } = position;
    if (asks === undefined) throw new Error('an actor that has ended was told to go on');
    if (asks.op === 'tell' || asks.op === 'ready') return { key: asks.op };
    if (asks.op === 'heard') return this.#heard(actor);
    if (asks.op === 'wait' || asks.op === 'await-change') return this.#waited(actor, asks.ms);
    const before = this.volume.changes;
    const outcome = this.#performed(actor, asks);
    if (this.volume.changes !== before) this.#wakeOthers(actor);
    return outcome;
  }

  move(actor: number, position: Position): void {
    this.#change(actor, { position, aliases: keptAliases(this.#seat(actor).aliases, position.kept) });
  }

  #performed(actor: number, step: Step): Outcome {
    const file = 'handle' in step ? this.fileOf(actor, step.handle) : undefined;
    const given = this.#withRealHandle(step, file);
    const nextId = this.volume.nextId;
    try {
      const result = performStep({ volume: this.volume, handles: this.#handles }, actor, given);
      if (this.volume.nextId !== nextId && 'path' in step) this.#noteMade(nextId, step.path);
      const handle = this.#noteFiles(actor, step, result, file);
      const { aliases } = this.#seat(actor);
      return outcomeOf(given, handle ?? result, aliases, (known) => this.#change(actor, { aliases: known }));
    } catch (error) {
      if (!isDiskError(error)) throw error;
      return { key: `!${error.code}`, error };
    }
  }

  /** The step as the disk takes it: with its own handle, and a buffer that nobody else fills. */
  #withRealHandle(step: Step, file: OpenFile | undefined): Step {
    if (!('handle' in step)) return step;
    const handle = (file && this.#real.get(file)) ?? -1;
    return step.op === 'read' ? { ...step, handle, into: new Uint8Array(step.into.byteLength) } : { ...step, handle };
  }

  #noteFiles(actor: number, step: Step, result: unknown, file: OpenFile | undefined): Handle | undefined {
    switch (step.op) {
      case 'open':
      case 'watch':
        return this.#noteOpened(actor, step.path, result as Handle);
      case 'close':
        this.files = this.files.filter((other) => other !== file);
        return undefined;
      case 'lock':
        this.#change(actor, { refused: result === false ? file?.node : undefined });
        if (result === true && file) this.#replaceFile(file, { lock: step.shared ? 'shared' : 'exclusive' });
        return undefined;
      case 'unlock':
        if (file) this.#replaceFile(file, { lock: 'none' });
        return undefined;
      default:
        return undefined;
    }
  }

  #noteOpened(actor: number, path: string, real: Handle): Handle {
    const { node, isWritable } = this.#handles.get(actor, real);
    const handle = lowestFree(
      firstHandle,
      this.files.flatMap((file) => (file.actor === actor ? [file.handle] : [])),
    );
    const file: OpenFile = { actor, handle, node, path, isWritable, lock: 'none' };
    this.files = [...this.files, file];
    this.#real.set(file, real);
    return handle;
  }

  #replaceFile(file: OpenFile, change: Partial<OpenFile>): void {
    const changed = { ...file, ...change };
    this.files = this.files.map((other) => (other === file ? changed : other));
    this.#real.set(changed, this.#real.get(file) as Handle);
  }

  #reopen(file: OpenFile): void {
    const { actor, node, path, isWritable, lock } = file;
    const real = this.#handles.open(this.volume, { process: actor, node, path, isWritable });
    if (lock !== 'none') this.#handles.lock(actor, real, lock === 'shared');
    this.#real.set(file, real);
  }

  #heard(actor: number): Outcome {
    const others = this.seats.flatMap(({ position }, at) => (at === actor ? [] : position.told));
    return { key: JSON.stringify(others), value: others };
  }

  #waited(actor: number, ms: number): Outcome {
    const isReady = this.isReady(actor);
    this.#change(actor, { isWoken: false });
    return { key: isReady ? 'passed' : 'long', value: undefined, passedMs: isReady ? ms : longWaitMs };
  }

  #wakeOthers(actor: number): void {
    if (this.seats.every(({ isWoken }, at) => isWoken || at === actor)) return;
    this.seats = this.seats.map((seat, at) => (at === actor || seat.isWoken ? seat : { ...seat, isWoken: true }));
  }

  #seat(actor: number): Seat {
    const seat = this.seats[actor];
    if (seat === undefined) throw new Error(`there is no actor ${actor}`);
    return seat;
  }

  #change(actor: number, change: Partial<Seat>): void {
    this.seats = this.seats.map((seat, at) => (at === actor ? { ...seat, ...change } : seat));
  }

  #noteMade(node: NodeId, path: string): void {
    const count = (this.#made.get(path) ?? 0) + 1;
    this.#made = new Map(this.#made).set(path, count);
    this.#nameOrigin(node, path, count);
  }

  #nameOrigin(node: NodeId, path: string, count: number): void {
    this.#origins = new Map(this.#origins).set(node, fingerprint.mix(fingerprint.ofText(path), count));
    if (this.#unjudgedPaths.has(path)) this.#unjudged = new Set(this.#unjudged).add(node);
  }

  #nameOrigins(id: NodeId, path: string): void {
    if (this.#origins.has(id)) return;
    this.#nameOrigin(id, path, 0);
    if (nodeOf(this.volume, id).type !== 'directory') return;
    for (const [name, child] of directoryOf(this.volume, id).entries) this.#nameOrigins(child, `${path}/${name}`);
  }
}

export function isWait(position: Position): boolean {
  return position.asks?.op === 'wait' || position.asks?.op === 'await-change';
}
