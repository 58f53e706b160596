import { hostOf } from '../disk/host.js';
import { persistFile } from '../disk/persist.js';
import { run } from '../disk/program.js';
import { defaultDisk } from '../disk/real-disk.js';

/** Puts a whole report in place of what is there, for all to read who may read what this process writes: it is made to be handed on. */
export function persistReport(path: string, text: string): Promise<void> {
  return run(persistFile(path, [Buffer.from(text)], hostOf(defaultDisk, {}), 0o644 & ~process.umask()), defaultDisk);
}
