import type { Disk } from './program.js';
import { type Candidate, candidatesOf } from './simulated/candidates.js';
import { type CrashChoice, type CrashStateOptions, CrashStates, crashed } from './simulated/crash-states.js';
import { type FaultOptions, Faults } from './simulated/faults.js';
import { Handles } from './simulated/handles.js';
import { performStep } from './simulated/perform.js';
import { type ProfileName, profiles } from './simulated/profiles.js';
import { treeOf } from './simulated/survivors.js';
import { plant, plantDirectory, type TreeEntry, treeEntries, uproot, visibleBytes } from './simulated/tree.js';
import { forked, newVolume, type Volume } from './simulated/volume.js';
import type { Step, StepKind } from './steps.js';

export interface SimulatedDiskOptions {
  readonly seed?: number;
  readonly profile?: ProfileName;
  /** How many bytes persist together; writes tear at its multiples. */
  readonly chunkBytes?: number;
  readonly hardLinks?: boolean;
  readonly reflinks?: boolean;
  /** The user that owns and does everything; 0 passes every check of modes. */
  readonly owner?: number;
  readonly umask?: number;
  /** Directories that are there, durably, from the start. */
  readonly root?: readonly string[];
}

/**
 * A disk in memory that keeps what is visible apart from what is durable (CAT-SIM-5003). It meets the same contract as the
 * real one (CAT-SIM-5001), answers every step at once, and never gives a promise. The disk itself acts as a first process.
 */
export class SimulatedDisk implements Disk {
  readonly #volume: Volume;
  readonly #handles = new Handles();
  readonly #faults = new Faults();
  #processes = 1;

  /** `volume` is what a crash left; only `crash` and `crashStates` give one. */
  constructor(options: SimulatedDiskOptions = {}, volume: Volume = volumeFor(options)) {
    this.#volume = volume;
    for (const path of options.root ?? []) plantDirectory(volume, path);
  }

  perform(step: Step): unknown {
    return this.#performAs(0, step);
  }

  /** One more process on this disk, with handles and locks of its own. */
  process(): SimulatedProcess {
    const process = this.#processes++;
    let isAlive = true;
    return {
      perform: (step) => {
        if (!isAlive) throw new Error(`process ${process} was killed; it cannot ${step.op}`);
        return this.#performAs(process, step);
      },
      kill: () => {
        isAlive = false;
        this.#handles.closeAll(this.#volume, process);
      },
      openHandles: () => this.#handles.count(process),
    };
  }

  /** The `nth` step of a kind from now on (1 is the next one), of whatever process, fails, without being performed unless `after` is set. */
  faultOn(kind: StepKind, nth: number, options: FaultOptions = {}): this {
    this.#faults.arm(kind, nth, options);
    return this;
  }

  disarm(): this {
    this.#faults.disarm();
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

  /** Of all that is visible: names, bytes, modes, and which names are one file. Equal for equal trees, on any disk. */
  fingerprint(): number {
    return treeOf(crashed(this.#volume, 'kept'), new Map()).fingerprint;
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

  #performAs(process: number, step: Step): unknown {
    const strike = this.#faults.count(step.kind);
    if (strike !== undefined && !strike.after) throw strike.error;
    const result = performStep({ volume: this.#volume, handles: this.#handles }, process, step);
    if (strike !== undefined) throw strike.error;
    return result;
  }
}

/** A process on a simulated disk. Killed, its handles are closed, its locks are gone, and every step it tries throws. */
export interface SimulatedProcess extends Disk {
  kill(): void;
  openHandles(): number;
}

function volumeFor(options: SimulatedDiskOptions): Volume {
  return newVolume({
    seed: options.seed ?? 1,
    profile: profiles[options.profile ?? 'posix-weak'],
    chunkBytes: options.chunkBytes ?? 512,
    hardLinks: options.hardLinks ?? true,
    reflinks: options.reflinks ?? false,
    owner: options.owner ?? 1000,
    umask: options.umask ?? 0o022,
  });
}
