import { join } from 'node:path';
import { encodeOrigin, type FleetOrigin, isCopyName } from '../../core/fleet-origin.js';
import type { FleetCollectionName, FleetRecords, Generation } from '../../core/generation.js';
import { encodeIndex } from '../../core/index-file.js';
import { makeFolder } from '../../disk/folders.js';
import type { Host } from '../../disk/host.js';
import { persistedName, persistFile } from '../../disk/persist.js';
import { type DiskProgram, list, removeDirectory, unlink } from '../../disk/program.js';
import { syncFolder } from '../../disk/temp-file.js';
import { listIfThere, quietly } from '../../disk/whole-file.js';
import { fleetCollections } from '../fleet-store.js';
import { copyFile, copyFolder, fleetFolder, originFile } from './place.js';

/** The folder of all copies, durable in the root. */
export function* makeFleetFolder(root: string): DiskProgram<void> {
  yield* makeFolder(fleetFolder(root));
  yield* syncFolder(root);
}

/** A folder for a new copy beside the one that counts. */
export function* makeCopyFolder(root: string, copy: string): DiskProgram<void> {
  yield* makeFolder(copyFolder(root, copy));
  yield* syncFolder(fleetFolder(root));
}

/** CAT-FLT-7010: records and the revision up to which they were followed are one file: a kill leaves the old one or the new one. */
export function persistPart<C extends FleetCollectionName>(
  root: string,
  copy: string,
  generation: Generation<FleetRecords[C]>,
  host: Host,
): DiskProgram<void> {
  return persistFile(copyFile(root, copy, generation.collection), encodeIndex(generation).chunks, host);
}

/** Says which copy counts from now on; every part of it is durable before. */
export function persistOrigin(root: string, origin: FleetOrigin, host: Host): DiskProgram<void> {
  return persistFile(originFile(root), [encodeOrigin(origin)], host);
}

/** What killed syncs left: copies that do not count, and temps. For who holds the lock of the sync; what cannot be removed stays. */
export function* sweepCopies(root: string, counting: string | undefined): DiskProgram<void> {
  const folder = fleetFolder(root);
  const names = yield* listIfThere(folder);
  // Whoever said which copy counts may have died before that was durable: a power cut would bring back the one before.
  if (names.some((name) => isCopyName(name) && name !== counting)) yield* syncFolder(folder);
  for (const name of names) {
    if (persistedName(name) === 'origin.json') yield* quietly(unlink(join(folder, name)));
    else if (isCopyName(name)) yield* quietly(sweepCopy(join(folder, name), name === counting));
  }
}

function* sweepCopy(folder: string, counts: boolean): DiskProgram<void> {
  for (const name of yield* list(folder)) {
    const isTemp = isPart(persistedName(name));
    if (isTemp || (!counts && isPart(name))) yield* quietly(unlink(join(folder, name)));
  }
  if (!counts) yield* quietly(removeDirectory(folder));
}

function isPart(name: string | undefined): boolean {
  return fleetCollections.some((collection) => name === `${collection}.json`);
}
