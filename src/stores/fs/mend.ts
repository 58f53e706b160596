import { join } from 'node:path';
import { removeAbandonedTemp } from '../../disk/abandoned-temp.js';
import { saysNoRoom } from '../../disk/failure.js';
import type { Host } from '../../disk/host.js';
import { acquireFreeLock, releaseLock } from '../../disk/lock.js';
import { type DiskProgram, list, type Run, removeDirectory, stat } from '../../disk/program.js';
import { isDiskError } from '../../disk/steps.js';
import { unlessMissing } from '../../disk/whole-file.js';
import { indexState, showNewestIndex } from './index-copy.js';
import { syncGenerations } from './open-generation.js';
import { indexPlace, insideDirectory, isTempName, lockFile } from './place.js';
import { collections } from './root.js';

/**
 * What a writing open does before it serves (CAT-IDX-1106, 1112, 1115): makes what it finds durable, and where a writer died
 * half-way puts the newest generation in place, moves a damaged `catalog.json` to quarantine and removes abandoned temps. On a
 * healthy catalog it changes no byte. Where somebody holds the lock, that writer mends; damage of an index is told by the
 * calls that need it.
 */
export async function mend(root: string, host: Host, run: Run): Promise<void> {
  for (const collection of collections) await run(unlessMissing(syncGenerations(indexPlace(root, collection))));
  if (!(await run(needsMending(root)))) return;
  try {
    await mendLocked(root, host, run);
  } catch (error) {
    // CAT-IDX-1116: what a full disk keeps from being mended is no reason not to make room there.
    if (!saysNoRoom(error)) throw error;
  }
}

async function mendLocked(root: string, host: Host, run: Run): Promise<void> {
  const lock = await run(acquireFreeLock(lockFile(root), host));
  if (lock === undefined) return;
  try {
    for (const collection of collections) await run(showNewestIndex(indexPlace(root, collection), host));
    // A directory is judged after the temp that it was made for.
    for (const name of [...(await run(leftovers(root)))].sort()) await run(sweep(join(root, name), host));
  } finally {
    await run(releaseLock(lock, host));
  }
}

function* needsMending(root: string): DiskProgram<boolean> {
  if ((yield* leftovers(root)).length > 0) return true;
  for (const collection of collections) {
    const state = yield* indexState(indexPlace(root, collection));
    if (state === 'lags' || state === 'damaged') return true;
  }
  return false;
}

function* leftovers(root: string): DiskProgram<string[]> {
  return (yield* list(root)).filter((name) => isTempName(name.replace(/\.d$/, '')));
}

/** CAT-IDX-1112: removes a temp whose maker is dead, which shows in that its lock can be taken; never follows a link. */
function* sweep(path: string, host: Host): DiskProgram<void> {
  const inDirectory = path.endsWith('.d');
  const file = inDirectory ? insideDirectory(path) : path;
  try {
    yield* removeAbandonedTemp(file, host);
    // A live maker's temp is still beside its empty directory, or in it: then the directory stays.
    if (inDirectory && (yield* stat(path.slice(0, -'.d'.length))) === undefined) yield* removeDirectory(path);
  } catch (error) {
    // What cannot be opened and removed as a file of ours is not one.
    if (!isDiskError(error)) throw error;
  }
}
