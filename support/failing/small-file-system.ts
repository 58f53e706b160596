import { execFileSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { isDiskError } from '../../src/disk/steps.js';

/** A file system in memory of its own; why there is none where it may not be mounted. */
export function mountSmall(path: string, megabytes: number): string | undefined {
  if (process.getuid?.() !== 0) return 'only root may mount a file system';
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'catalog-core-test', path], { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return `a tmpfs was not mounted: ${(error as Error).message}`;
  }
}

export function unmount(path: string): void {
  execFileSync('umount', [path], { stdio: 'pipe' });
}

/** Refused where a file is open for writing. */
export function remount(path: string, access: 'ro' | 'rw'): void {
  execFileSync('mount', ['-o', `remount,${access}`, path], { stdio: 'pipe' });
}

/** Takes the last byte there is room for. */
export function fillUp(filler: string): void {
  const descriptor = openSync(filler, 'w');
  for (const size of [65_536, 4096, 1]) while (takes(descriptor, Buffer.alloc(size, 'x')));
  closeSync(descriptor);
}

export function makeRoom(filler: string): void {
  rmSync(filler);
}

function takes(descriptor: number, bytes: Buffer): boolean {
  try {
    return writeSync(descriptor, bytes) > 0;
  } catch (error) {
    if (isDiskError(error, 'ENOSPC')) return false;
    throw error;
  }
}
