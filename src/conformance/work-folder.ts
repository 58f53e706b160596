import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeFolder } from '../disk/folders.js';
import { hostOf, newToken } from '../disk/host.js';
import { type DiskProgram, list, removeDirectory, run, stat, unlink } from '../disk/program.js';
import { defaultDisk } from '../disk/real-disk.js';

/** A new folder for the stores of one run, and how it is removed with all that is in it. */
export async function workFolder(): Promise<{ readonly path: string; readonly remove: () => Promise<void> }> {
  const path = join(tmpdir(), `catalog-conformance-${newToken(hostOf(defaultDisk, {}))}`);
  await run(makeFolder(path), defaultDisk);
  return { path, remove: () => run(removeTree(path), defaultDisk) };
}

function* removeTree(path: string): DiskProgram<void> {
  const found = yield* stat(path);
  if (found === undefined) return;
  if (found.type !== 'directory') {
    yield* unlink(path);
    return;
  }
  for (const name of yield* list(path)) yield* removeTree(join(path, name));
  yield* removeDirectory(path);
}
