import { join } from 'node:path';
import type { RootFile } from '../../core/root-file.js';
import { makeFolder } from '../../disk/folders.js';
import type { Host } from '../../disk/host.js';
import { type DiskProgram, makeDirectory, rename, stat } from '../../disk/program.js';
import { syncFolder } from '../../disk/temp-file.js';
import { unlessThere } from '../../disk/whole-file.js';

const privateMode = 0o700;

/** What a store keeps in a root for itself alone. Locks, blobs and links are everybody's. */
const kept: Readonly<Record<RootFile['store'], readonly string[]>> = {
  fs: ['generations', 'catalog.json', 'engines.json'],
  journal: ['journal'],
};

/**
 * What a store left in a root that is not its own any more, or that a killed move left, goes into a folder of its own, which is
 * named after the time: it is never used again, and never deleted. Gives that folder; nothing where there was nothing.
 */
export function* setAside(root: string, store: RootFile['store'], host: Host): DiskProgram<string | undefined> {
  const names: string[] = [];
  for (const name of kept[store]) if ((yield* stat(join(root, name))) !== undefined) names.push(name);
  if (names.length === 0) return undefined;
  const folder = yield* madeFolder(root, store, host);
  for (const name of names) yield* rename(join(root, name), join(folder, name));
  yield* syncFolder(folder);
  yield* syncFolder(root);
  return folder;
}

/** Durable before anything is in it. */
function* madeFolder(root: string, store: RootFile['store'], host: Host): DiskProgram<string> {
  const above = join(root, 'set-aside');
  yield* makeFolder(above);
  yield* syncFolder(root);
  const name = join(above, `${store}-${new Date(host.clock()).toISOString().replaceAll(':', '-')}`);
  let folder = name;
  for (let nth = 2; !(yield* unlessThere(makeDirectory(folder, privateMode))); nth++) folder = `${name}-${nth}`;
  yield* syncFolder(above);
  return folder;
}
