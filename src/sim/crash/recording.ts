import { setImmediate } from 'node:timers/promises';
import type { Host, Random } from '../../disk/host.js';
import type { Disk } from '../../disk/program.js';
import * as fingerprint from '../../disk/simulated/fingerprint.js';
import { deterministicRandom } from '../../disk/simulated/random.js';
import type { SimulatedDisk, SimulatedProcess } from '../../disk/simulated-disk.js';
import { isDiskError, type Step } from '../../disk/steps.js';
import { UnreadFiles } from './unread.js';

/** A moment at which the disk was as it was at no moment before: copied, with all that is pending. */
export interface Point {
  /** The process was about to take its step of this number, or had ended before it. */
  readonly step: number;
  readonly disk: SimulatedDisk;
  /** Whether what was done had been promised by then. */
  readonly acknowledged: boolean;
}

export interface Recording<T> {
  readonly points: readonly Point[];
  readonly result: T;
  /** Of the steps that were taken and how they ended, names that are drawn at random apart. */
  readonly trace: number;
}

/** Who acts: draws names of its own, so that equal histories leave equal disks and no two meet under one name. */
export type Role = 'act' | 'read' | 'recover' | 'recover again' | 'write' | 'read what was written';

interface Watching {
  readonly role: Role;
  /** How many power cuts came before. */
  readonly depth?: number;
  /** Whether each moment is kept. */
  readonly keepsPoints?: boolean;
  /** Whether the world has time to learn of a promise between two steps. */
  readonly isSlow?: boolean;
  /** Names of files whose bytes it must not read. */
  readonly unread?: ((name: string) => boolean) | undefined;
}

/** Bytes were read of which it was said that nobody reads them. */
export class BytesWereRead extends Error {}

const roles: readonly Role[] = ['act', 'read', 'recover', 'recover again', 'write', 'read what was written'];
const drawnNames = /[A-Za-z0-9_-]{22}/g;

/** A process whose every step is counted, and before whose steps the disk is copied where it has changed. */
class Watched implements Disk {
  readonly host: Host;
  readonly points: Point[] = [];
  steps = 0;
  trace = 0;
  acknowledged = false;
  isWatched = true;
  readonly unread: UnreadFiles | undefined;
  #lastSeen = { changes: -1, acknowledged: false };
  readonly #disk: SimulatedDisk;
  readonly #process: SimulatedProcess;
  readonly #watching: Watching;

  constructor(disk: SimulatedDisk, watching: Watching) {
    this.#disk = disk;
    this.#process = disk.process();
    this.#watching = watching;
    this.unread = watching.unread && new UnreadFiles(watching.unread);
    this.host = hostInRole(disk, this.#process.host, watching);
  }

  perform(step: Step): unknown {
    if (!this.isWatched) return this.#process.perform(step);
    // What was promised before this step reaches the one it was promised to.
    if (this.#watching.isSlow) return setImmediate().then(() => this.#perform(step));
    return this.#perform(step);
  }

  look(): void {
    if (!this.#watching.keepsPoints) return;
    const { changes } = this.#disk;
    if (changes === this.#lastSeen.changes && this.acknowledged === this.#lastSeen.acknowledged) return;
    this.#lastSeen = { changes, acknowledged: this.acknowledged };
    this.points.push({ step: this.steps + 1, disk: this.#disk.fork(), acknowledged: this.acknowledged });
  }

  #perform(step: Step): unknown {
    this.look();
    this.steps++;
    this.trace = fingerprint.mix(this.trace, nameOf(step));
    try {
      const result = this.#process.perform(step);
      this.unread?.note(step, result);
      return result;
    } catch (error) {
      this.trace = fingerprint.mix(this.trace, fingerprint.ofText(isDiskError(error) ? error.code : 'thrown'));
      throw error;
    }
  }
}

/** Prepares in peace, and then acts while every moment is kept. It has ended when no step follows any more. */
export async function recordAct<S>(
  disk: SimulatedDisk,
  prepare: (disk: Disk) => Promise<S>,
  act: (session: S) => Promise<unknown>,
  { isSynchronous = false }: { readonly isSynchronous?: boolean | undefined } = {},
): Promise<Recording<unknown> & { readonly before: SimulatedDisk }> {
  const process = new Watched(disk, { role: 'act', keepsPoints: true, isSlow: !isSynchronous });
  process.isWatched = false;
  const session = await prepare(process);
  const before = disk.fork();
  process.isWatched = true;
  const result = await act(session);
  process.acknowledged = true;
  for (let seen = -1; seen !== process.steps; ) {
    seen = process.steps;
    await setImmediate();
    await setImmediate();
  }
  process.look();
  return { before, points: process.points, result, trace: process.trace };
}

/** Runs what a process does from its beginning to its answer; the last moment that is kept is that of the answer. */
export async function recordProcess<T>(disk: SimulatedDisk, work: (disk: Disk) => Promise<T>, watching: Watching): Promise<Recording<T>> {
  const process = new Watched(disk, watching);
  const result = await work(process);
  if (process.unread?.broken !== undefined) throw new BytesWereRead(process.unread.broken);
  process.acknowledged = true;
  process.look();
  return { points: process.points, result, trace: process.trace };
}

/**
 * A clock that stands, and names that depend on the role and, for the one who acts, on the disk alone: what is left does not
 * depend on how many came before, so equal disks are met as equal.
 */
function hostInRole(disk: SimulatedDisk, host: Host, { role, depth = 0 }: Watching): Host {
  const place = 1 + roles.indexOf(role);
  const began = host.clock();
  return {
    ...host,
    clock: () => began - (began % dayMs),
    random: role === 'act' ? randomOf(disk) : deterministicRandom({ seed: place, boot: depth, process: 0 }),
    identity: { ...host.identity, pid: place, command: role.replace(/ .*/, ''), process_start: String(depth) },
  };
}

/** Drawn from what is on the disk: whoever draws twice without a change in between gets something else. */
function randomOf(disk: SimulatedDisk): Random {
  let [changes, mark] = [-1, 0];
  let random: Random = () => new Uint8Array();
  return (bytes) => {
    if (disk.changes !== changes) {
      [changes, mark] = [disk.changes, disk.fingerprint()];
      random = deterministicRandom({ seed: mark | 0, boot: mark / 4294967296, process: 0 });
    }
    return random(bytes);
  };
}

const dayMs = 86_400_000;

const names = new Map<string, number>();

/** Of a step's kind and the path it names, without what is drawn. */
function nameOf(step: Step): number {
  const path = 'to' in step ? step.to : 'path' in step ? step.path : '';
  const key = path === '' ? step.kind : `${step.kind} ${path}`;
  const known = names.get(key);
  if (known !== undefined) return known;
  if (names.size > 100_000) names.clear();
  const fresh = fingerprint.ofText(key.replaceAll(drawnNames, '*'));
  names.set(key, fresh);
  return fresh;
}
