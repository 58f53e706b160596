import type { Host } from './host.js';
import type { Disk } from './program.js';
import { type Candidate, candidatesOf } from './simulated/candidates.js';
import { type CrashChoice, type CrashStateOptions, CrashStates, crashed } from './simulated/crash-states.js';
import { type Fault, type FaultOptions, Faults } from './simulated/faults.js';
import * as fingerprint from './simulated/fingerprint.js';
import { Handles } from './simulated/handles.js';
import { performStep } from './simulated/perform.js';
import { Processes, type ProcessOptions, type StartedProcess, whenResumed } from './simulated/processes.js';
import { type SimulatedDiskOptions, settingsOf } from './simulated/settings.js';
import { markOfPending } from './simulated/state-mark.js';
import { performStruck } from './simulated/struck.js';
import { asVisible, treeOf } from './simulated/survivors.js';
import { plant, plantDirectory, type TreeEntry, treeEntries, uproot, visibleBytes } from './simulated/tree.js';
import { forked, jumpClock, newVolume, type Volume } from './simulated/volume.js';
import type { Step, StepKind } from './steps.js';

export type { SimulatedDiskOptions };

/**
 * A disk in memory that keeps what is visible apart from what is durable (CAT-SIM-5003). It meets the same contract as the
 * real one (CAT-SIM-5001) and answers every step at once; it gives a promise only for a process that a fault has paused. The disk
 * itself acts as a first process.
 */
export class SimulatedDisk implements Disk {
  readonly #volume: Volume;
  readonly #handles = new Handles();
  readonly #faults = new Faults();
  #started: Processes | undefined;
  #host: Host | undefined;

  /** `volume` is what a crash left; only `crash` and `crashStates` give one. */
  constructor(options: SimulatedDiskOptions = {}, volume: Volume = newVolume(settingsOf(options), options.clockMs)) {
    this.#volume = volume;
    for (const path of options.root ?? []) plantDirectory(volume, path);
  }

  perform(step: Step): unknown {
    return this.#performAs(this.#processes.first, step);
  }

  /** What the first process knows besides the disk; deterministic, and of another boot after a crash. */
  get host(): Host {
    this.#host ??= this.#processes.hostOf(this.#processes.first);
    return this.#host;
  }

  /** One more process on this disk, with handles, locks, randomness and identity of its own. */
  process(options: ProcessOptions = {}): SimulatedProcess {
    const started = this.#processes.start(options);
    return {
      host: this.#processes.hostOf(started),
      perform: (step) => this.#performAs(started, step),
      kill: () => {
        started.isAlive = false;
        this.#handles.closeAll(this.#volume, started.number);
      },
      openHandles: () => this.#handles.count(started.number),
    };
  }

  /** Arms a fault for steps of whatever process (CAT-SIM-5004); it tells how often it struck. */
  fault(options: FaultOptions): Fault {
    return this.#faults.arm(options);
  }

  /** The short form: the `nth` step of a kind from now on (1 is the next one) fails with an error, EIO unless told. */
  faultOn(kind: StepKind, nth: number, { error = 'EIO', ...options }: ErrorOptions = {}): this {
    this.#faults.arm({ ...options, kind, nth, effect: error });
    return this;
  }

  /** Nothing that is armed strikes any more, and a disk that a fault has filled has room again. */
  disarm(): this {
    this.#faults.disarm();
    this.#volume.full = undefined;
    return this;
  }

  /** Every process that a fault has paused goes on. */
  resume(): this {
    this.#processes.resume();
    return this;
  }

  /** A new disk with what survives a power cut now; this one goes on as if nothing had happened. Without a choice all pending is lost. */
  crash(choice: CrashChoice = 'lost'): SimulatedDisk {
    return new SimulatedDisk({}, crashed(this.#volume, choice));
  }

  /** A second disk in this very state, with all that is pending, as if every process were killed now. They go on apart. */
  fork(): SimulatedDisk {
    return new SimulatedDisk({}, forked(this.#volume));
  }

  /** Every distinct disk that a power cut now can leave. */
  crashStates(options: CrashStateOptions = {}): CrashStates {
    return new CrashStates(this.#volume, options, (volume) => new SimulatedDisk({}, volume));
  }

  /**
   * Of all that is visible: names, bytes, modes, and which names are one file. Equal for equal trees, on any disk. Of files whose
   * bytes nobody reads, by their names, no more than how many there are.
   */
  fingerprint(unread?: (name: string) => boolean): number {
    const tree = treeOf(asVisible(this.#volume), new Map(), unread);
    return unread === undefined ? tree.fingerprint : tree.alike;
  }

  /** Of what is visible, of what is durable and of all that is pending: where it is equal, so are all that a crash can leave. */
  stateMark(): number {
    const durable = treeOf(crashed(this.#volume, 'lost'), new Map()).fingerprint;
    return fingerprint.mix(fingerprint.mix(this.fingerprint(), durable), markOfPending(this.#volume));
  }

  /** What is visible and not durable yet, oldest first. */
  pending(): readonly Candidate[] {
    return candidatesOf(this.#volume);
  }

  /** Rises with every effect; while it stands still so do the states a crash can leave. */
  get changes(): number {
    return this.#volume.changes;
  }

  get clockMs(): number {
    return Math.floor(this.#volume.clockUs / 1000);
  }

  /** Sets the clock forward, or back by a negative number; monotonic time and what passes from now on are not touched. */
  jumpClock(ms: number): this {
    jumpClock(this.#volume, ms);
    return this;
  }

  openHandles(): number {
    return this.#handles.count();
  }

  snapshotTree(): Map<string, TreeEntry> {
    return treeEntries(this.#volume);
  }

  bytesAt(path: string): Uint8Array {
    return visibleBytes(this.#volume, path);
  }

  /** Puts a durable file there, or other bytes into the one that is there: a beginning, or damage. */
  plant(path: string, bytes: Uint8Array | string, mode = 0o644): this {
    plant(this.#volume, path, typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes, mode);
    return this;
  }

  plantDirectory(path: string): this {
    plantDirectory(this.#volume, path);
    return this;
  }

  uproot(path: string): this {
    uproot(this.#volume, path);
    return this;
  }

  /** Made when it is first asked for: most disks that a crash leaves are only looked at. */
  get #processes(): Processes {
    this.#started ??= new Processes(this.#volume);
    return this.#started;
  }

  #performAs(process: StartedProcess, step: Step): unknown {
    if (process.waiting !== undefined) return whenResumed(process, () => this.#performAs(process, step));
    if (!process.isAlive) throw new Error(`process ${process.number} was killed; it cannot ${step.op}`);
    const machine = { volume: this.#volume, handles: this.#handles };
    const strike = this.#faults.count(step, (handle) => this.#handles.pathOf(handle));
    if (strike === undefined) return performStep(machine, process.number, step);
    const perform = (given: Step): unknown => {
      if (!process.isAlive) throw new Error(`process ${process.number} was killed; it cannot ${step.op}`);
      return performStep(machine, process.number, given);
    };
    return performStruck(strike, step, { machine, process: process.number, perform, pause: (then) => whenResumed(process, then) });
  }
}

/** The error of a fault, EIO unless told. */
export interface ErrorOptions extends Pick<FaultOptions, 'sticky' | 'after'> {
  readonly error?: string;
}

/** A process on a simulated disk. Killed, its handles are closed, its locks are gone, and every step it tries throws. */
export interface SimulatedProcess extends Disk {
  readonly host: Host;
  kill(): void;
  openHandles(): number;
}
