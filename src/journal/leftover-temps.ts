import { join } from 'node:path';
import { removeAbandonedTemp } from '../disk/abandoned-temp.js';
import type { Host } from '../disk/host.js';
import { persistedName } from '../disk/persist.js';
import { type DiskProgram, list, unlink } from '../disk/program.js';
import { isDiskError } from '../disk/steps.js';
import { unlessMissing } from '../disk/whole-file.js';
import { cursorsFolder, projectionsFolder } from './place.js';

/**
 * Removes what is left of who died before a file had its name. Without its lock nobody writes into a journal's directory, but for
 * cursors and projections: a temp among those may be of one who lives.
 */
export function* removeTemps(directory: string, host: Host): DiskProgram<void> {
  for (const path of yield* tempsIn(directory)) yield* unlessMissing(unlink(path));
  for (const folder of [cursorsFolder(directory), projectionsFolder(directory)]) {
    for (const path of yield* tempsIn(folder)) yield* removeAbandonedTemp(path, host);
  }
}

function* tempsIn(folder: string): DiskProgram<readonly string[]> {
  try {
    return (yield* list(folder)).flatMap((name) => (persistedName(name) === undefined ? [] : [join(folder, name)]));
  } catch (error) {
    if (isDiskError(error, 'ENOENT')) return [];
    throw error;
  }
}
