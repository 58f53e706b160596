import { contextOf, type Disk, fileSystem, runSync } from '../../src/disk/program.js';
import type { TreeEntry } from '../../src/disk/simulated/tree.js';
import { SimulatedDisk } from '../../src/disk/simulated-disk.js';
import type { FileSystemStatus, Step } from '../../src/disk/steps.js';

export const home = '/home/user';
export const root = `${home}/models`;
export const sources = `${home}/sources`;
export const reserve = `${root}/reserve`;
export const kibibyte = 1024;
export const mebibyte = 1024 ** 2;
const filler = '/others/files';

/** A disk that others use too. What lies in the sources takes up its room as well. */
export function limitedDisk(mebibytes: number, options: { readonly hardLinks?: boolean } = {}): SimulatedDisk {
  return new SimulatedDisk({ root: [home, sources, '/others'], capacityBytes: mebibytes * mebibyte, chunkBytes: mebibyte, ...options });
}

export function freeBytes(disk: SimulatedDisk): number {
  return runSync(fileSystem('/'), disk).freeBytes;
}

/** Others take what is free, but for so many bytes. */
export function fill(disk: SimulatedDisk, but = 0): void {
  const taken = disk.snapshotTree().get(filler);
  const before = taken?.type === 'file' ? taken.bytes.byteLength : 0;
  disk.plant(filler, new Uint8Array(before + freeBytes(disk) - but));
}

/** Others take what the catalog has written ahead in its journal as well, where it has one. */
export function fillAhead(disk: SimulatedDisk): void {
  const path = `${root}/journal/000001.seg`;
  const entry = entryAt(disk, path);
  if (entry?.type === 'file') {
    const end = entry.bytes.findLastIndex((byte) => byte !== 0) + 1;
    disk.plant(path, entry.bytes.slice(0, Math.ceil(end / 8) * 8));
  }
  fill(disk);
}

export function leave(disk: SimulatedDisk): void {
  if (disk.snapshotTree().has(filler)) disk.uproot(filler);
}

export function entryAt(disk: SimulatedDisk, path: string): TreeEntry | undefined {
  return disk.snapshotTree().get(path);
}

/** Names below the root that a reserve has, or had while it was made. */
export function reserveNames(disk: SimulatedDisk): string[] {
  return [...disk.snapshotTree().keys()].filter((path) => path.startsWith(reserve)).map((path) => path.slice(root.length + 1));
}

/** A disk that says of itself what it is told to, or nothing. */
export function saying(disk: Disk, status: FileSystemStatus | 'nothing', tell: (step: Step) => void = () => {}): Disk {
  return {
    ...contextOf(disk),
    perform(step) {
      tell(step);
      if (step.op !== 'file-system') return disk.perform(step);
      if (status === 'nothing') throw Object.assign(new Error('ENOSYS: it cannot tell'), { code: 'ENOSYS' });
      return status;
    },
  };
}
