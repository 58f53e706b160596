import { dirname } from 'node:path';
import { type Host, newToken } from './host.js';
import { type DiskProgram, rename } from './program.js';
import { discard, syncFolder, writeTemp } from './temp-file.js';
import { closeQuietly } from './whole-file.js';

const privateMode = 0o600;
const tempSuffix = /^(.+)\.[A-Za-z0-9_-]{22}\.tmp$/;

/** The name of the file that a temp was to become; `undefined` for a name that is no temp's. */
export function persistedName(name: string): string | undefined {
  return tempSuffix.exec(name)?.[1];
}

/** Puts a whole file in place of another, or of none: whatever happens, one of the two is there, and durable when it is done. */
export function* persistFile(
  path: string,
  chunks: readonly Uint8Array[],
  host: Pick<Host, 'random'>,
  mode = privateMode,
): DiskProgram<void> {
  const temp = yield* writeTemp(`${path}.${newToken(host)}.tmp`, chunks, mode);
  try {
    yield* rename(temp.path, path, 'PersistTemp');
  } catch (error) {
    yield* discard(temp);
    throw error;
  }
  yield* closeQuietly(temp.handle);
  yield* syncFolder(dirname(path));
}
