import { encodeRoot, newLineage, type RootFile } from '../../core/root-file.js';
import type { Host } from '../../disk/host.js';
import { persistFile } from '../../disk/persist.js';
import { type DiskProgram, openOrCreate, unlink } from '../../disk/program.js';
import { closeQuietly, quietly } from '../../disk/whole-file.js';
import { movingFile, rootFile } from '../fs/place.js';

const privateMode = 0o600;

/**
 * From here on the root is of another store, and of a new lineage; the old one or the new, whatever happens. While that is not known to
 * be durable a file says so.
 */
export function* switchRoot(root: string, store: RootFile['store'], host: Host): DiskProgram<void> {
  const handle = yield* openOrCreate(movingFile(root), privateMode);
  yield* closeQuietly(handle);
  yield* persistFile(rootFile(root), [encodeRoot({ store, lineage: newLineage(host.random(16)) })], host);
  yield* quietly(unlink(movingFile(root)));
}
