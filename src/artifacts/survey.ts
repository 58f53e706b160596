import { join } from 'node:path';
import { type DiskProgram, stat } from '../disk/program.js';
import { type FileStat, isDiskError } from '../disk/steps.js';
import { listIfThere } from '../disk/whole-file.js';

export interface FoundFile {
  /** Relative to where it was looked for, with forward slashes. */
  readonly name: string;
  readonly status: FileStat;
}

/**
 * The regular files below a folder; none where it is not there. Links are not followed, and what goes meanwhile is left out. `skips`
 * says what is not looked into.
 */
export function* regularFilesBelow(folder: string, skips: (name: string) => boolean = () => false): DiskProgram<FoundFile[]> {
  const found: FoundFile[] = [];
  const folders = [''];
  for (let prefix = folders.pop(); prefix !== undefined; prefix = folders.pop()) {
    for (const part of yield* listIfThere(join(folder, prefix))) {
      const name = prefix + part;
      if (skips(name)) continue;
      const status = yield* stat(join(folder, name));
      if (status?.type === 'directory') folders.push(`${name}/`);
      else if (status?.type === 'file') found.push({ name, status });
    }
  }
  return found;
}

/** What bears a name, as far as the disk lets anybody look: whoever reads it then tells why not. */
export function* statusIfSeen(path: string, options: { follow: boolean }): DiskProgram<FileStat | undefined> {
  try {
    return yield* stat(path, options);
  } catch (error) {
    if (!isDiskError(error)) throw error;
    return undefined;
  }
}
