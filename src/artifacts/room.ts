import { CatalogError } from '../core/errors.js';
import { type DiskProgram, fileSystem } from '../disk/program.js';
import { isDiskError } from '../disk/steps.js';

/** CAT-BLB-2108: `NoSpace`, with what is needed and what is free, where a disk says that it has too little room. One that cannot say is not judged. */
export function* checkRoom(root: string, needed: number): DiskProgram<void> {
  const free = yield* freeBytes(root);
  if (free === undefined || free >= needed) return;
  throw new CatalogError('NoSpace', `${root} has room for ${free} bytes, and ${needed} are needed`, { needed, free });
}

function* freeBytes(root: string): DiskProgram<number | undefined> {
  try {
    const found = yield* fileSystem(root);
    return found.totalBytes > 0 ? found.freeBytes : undefined;
  } catch (error) {
    if (!isDiskError(error)) throw error;
    return undefined;
  }
}
