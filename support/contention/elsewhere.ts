import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { Host } from '../../src/disk/host.js';
import type { Disk } from '../../src/disk/program.js';
import { thisSystem } from '../../src/disk/real-host.js';
import { withEachStep } from '../interrupt/disks.js';

/** A process in a container of its own: its pid is that of the other, and the other's looks dead from it (CAT-LCK-1206). */
export interface Container {
  readonly disk: Disk;
  /** The temps that it made. */
  readonly temps: string[];
  /** Its randomness begins anew, as it is from this seed on. */
  readonly reseed: (seed: string) => void;
}

export function containerOn(disk: Disk, options: { readonly namespace: string; readonly seed: string }): Container {
  const temps: string[] = [];
  let [seed, drawn, ticks] = [options.seed, 0, 0];
  const host: Host = {
    clock: () => 1_767_323_045_678,
    random: (bytes) => createHash('sha512').update(`${seed} ${drawn++}`).digest().subarray(0, bytes),
    monotonicMs: () => ++ticks,
    identity: { pid: 1, host: 'node', command: 'node', boot_id: 'boot', pid_namespace: options.namespace, process_start: '1' },
    liveness: () => 'dead',
    system: disk.host?.system ?? thisSystem(),
  };
  const watched = withEachStep({ perform: (step) => disk.perform(step), host }, (step) => {
    if (step.op === 'open' && step.access === 'create') temps.push(basename(step.path));
    return undefined;
  });
  const reseed = (next: string): void => {
    [seed, drawn] = [next, 0];
  };
  return { disk: watched, temps, reseed };
}
