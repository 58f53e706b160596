import type { Liveness, LockOwner } from '../../core/lock-owner.js';
import type { Host, ProcessIdentity, SystemFacts } from '../host.js';
import { deterministicRandom } from './random.js';
import type { Volume } from './volume.js';

/** Where a process runs: containers of one machine may count processes alike, each in a namespace of its own. */
export interface ProcessOptions {
  /** The number of the process unless told; that of a dead process may come back. */
  readonly pid?: number;
  readonly namespace?: string;
  readonly hostName?: string;
}

export interface StartedProcess {
  readonly number: number;
  readonly options: ProcessOptions;
  isAlive: boolean;
  /** Steps that wait until the process is resumed; `undefined` while it runs. */
  waiting: (() => void)[] | undefined;
}

export const defaultOwner = 1000;

/** A machine that can do all that ours needs. */
export function simulatedSystem(user = defaultOwner): SystemFacts {
  return { platform: 'simulated', nodeVersion: 'v0.0.0', user, noFollow: true, positionalReads: true };
}

/** The processes of one boot of a simulated machine: who they are, who of them lives, and what each knows of its surroundings. */
export class Processes {
  readonly #volume: Volume;
  readonly #started: StartedProcess[] = [];
  /** The disk itself. */
  readonly first: StartedProcess;

  constructor(volume: Volume) {
    this.#volume = volume;
    this.first = this.start();
  }

  start(options: ProcessOptions = {}): StartedProcess {
    this.#volume.processesStarted += 1;
    const started: StartedProcess = { number: this.#volume.processesStarted, options, isAlive: true, waiting: undefined };
    this.#started.push(started);
    return started;
  }

  /** Every process that stands still goes on, with the steps that it was asked for meanwhile. */
  resume(): void {
    for (const process of this.#started) {
      const { waiting = [] } = process;
      process.waiting = undefined;
      for (const perform of waiting) perform();
    }
  }

  /** Clock, randomness and identity of a process: the same in every run that takes the same steps. */
  hostOf(process: StartedProcess): Host {
    const volume = this.#volume;
    const identity = this.#identityOf(process);
    const origin = { seed: volume.settings.seed, boot: volume.boot, process: process.number };
    return {
      identity,
      clock: () => Math.floor(volume.clockUs / 1000),
      monotonicMs: () => (volume.clockUs - volume.jumpedUs) / 1000,
      random: deterministicRandom(origin),
      liveness: (owner) => this.#livenessOf(owner, identity),
      system: simulatedSystem(volume.settings.owner),
    };
  }

  #identityOf({ number, options }: StartedProcess): ProcessIdentity {
    return {
      pid: options.pid ?? number,
      host: options.hostName ?? 'simulated',
      command: `simulated process ${number}`,
      boot_id: `boot ${this.#volume.boot}`,
      pid_namespace: options.namespace ?? 'pid:[1]',
      process_start: String(number),
    };
  }

  /** As on a real machine: only processes that the asker's namespace counts can be asked for; of an earlier boot none lives. */
  #livenessOf(owner: LockOwner, asker: ProcessIdentity): Liveness {
    if (owner.host !== asker.host || owner.boot_id === undefined) return 'cannot be told';
    if (owner.boot_id !== asker.boot_id) return 'dead';
    if (owner.pid_namespace !== asker.pid_namespace || owner.process_start === undefined) return 'cannot be told';
    return this.#started.some((process) => process.isAlive && isSame(this.#identityOf(process), owner)) ? 'alive' : 'dead';
  }
}

function isSame(process: ProcessIdentity, owner: LockOwner): boolean {
  const { host, pid_namespace, pid, process_start } = process;
  return host === owner.host && pid_namespace === owner.pid_namespace && pid === owner.pid && process_start === owner.process_start;
}

/** What a process that stands still does once it is resumed; the promise of its result. */
export function whenResumed(process: StartedProcess, perform: () => unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    process.waiting ??= [];
    process.waiting.push(() => {
      try {
        resolve(perform());
      } catch (error) {
        reject(error);
      }
    });
  });
}
