import type { Liveness, LockOwner } from '../core/lock-owner.js';
import type { Disk } from './program.js';
import { livenessOf, randomBytes, thisProcess, thisSystem } from './real-host.js';

/** Milliseconds since 1970, UTC. */
export type Clock = () => number;
/** This many bytes that nobody can predict. */
export type Random = (bytes: number) => Uint8Array;

/** What a process knows of its surroundings besides the disk; handed in, so that a simulation can replay it. */
export interface Host {
  readonly clock: Clock;
  readonly random: Random;
  /** Milliseconds on a clock that never goes back; only differences mean something. */
  readonly monotonicMs: () => number;
  readonly identity: ProcessIdentity;
  /** Whether a process of this machine that holds a lock still lives. */
  readonly liveness: (owner: LockOwner) => Liveness;
  readonly system: SystemFacts;
}

/** What machine and runtime a process is on. */
export interface SystemFacts {
  readonly platform: string;
  readonly nodeVersion: string;
  /** Who it runs as; not where users have no numbers. */
  readonly user: number | undefined;
  /** Whether opening a file refuses a symbolic link in one step. */
  readonly noFollow: boolean;
  /** Whether a file is read at a position, whatever others do with it. */
  readonly positionalReads: boolean;
}

/** What tells one process from all others, of any host and boot. */
export type ProcessIdentity = Omit<LockOwner, 'since' | 'token'>;

/** The host of a caller's options: what is not given comes from the disk where it simulates one, else from this process. */
export function hostOf(disk: Disk, options: { readonly clock?: Clock | undefined; readonly random?: Random | undefined }): Host {
  const simulated = disk.host;
  return {
    clock: options.clock ?? simulated?.clock ?? Date.now,
    random: options.random ?? simulated?.random ?? randomBytes,
    monotonicMs: simulated?.monotonicMs ?? (() => performance.now()),
    identity: simulated?.identity ?? thisProcess(),
    liveness: simulated?.liveness ?? livenessOf,
    system: simulated?.system ?? thisSystem(),
  };
}

/** A name that nobody can guess or meet by chance: 22 characters of base64url, 128 bits. */
export function newToken(host: Pick<Host, 'random'>): string {
  return Buffer.from(host.random(16)).toString('base64url');
}
