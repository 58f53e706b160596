import { basename, dirname, join } from 'node:path';
import { type Host, newToken } from '../disk/host.js';
import { createExclusive, type DiskProgram, rename, stat, sync, unlink } from '../disk/program.js';
import type { Handle } from '../disk/steps.js';
import { syncFolder } from '../disk/temp-file.js';
import { closing, listIfThere, unlessMissing, writeAll } from '../disk/whole-file.js';
import { contained, containedFolder } from './contained.js';

/** CAT-GC-2307: moves a damaged file to `quarantine/`, beside a note that says why, when and from where; nothing is deleted. */
export function* setAside(path: string, why: string, work: { readonly root: string; readonly host: Host }): DiskProgram<void> {
  const folder = yield* containedFolder(work.root, 'quarantine');
  const name = `quarantine/${basename(path)}-${newToken(work.host)}`;
  const note = yield* createExclusive(yield* contained(work.root, `${name}.json`), 0o600);
  const when = new Date(work.host.clock()).toISOString();
  const text = `${JSON.stringify({ schema: 'catalog-core/quarantine', version: 1, why, when, from: path })}\n`;
  yield* closing(note, writeSynced(note, text));
  yield* unlessMissing(rename(path, yield* contained(work.root, name)));
  yield* syncFolder(folder);
  yield* syncFolder(dirname(path));
}

function* writeSynced(handle: Handle, text: string): DiskProgram<void> {
  yield* writeAll(handle, [Buffer.from(text)]);
  yield* sync(handle);
}

/** What was set aside, and the notes about it. */
export interface Quarantined {
  /** Relative to the root. */
  readonly path: string;
  readonly bytes: number;
  readonly allocated: number;
}

export function* quarantinedIn(root: string): DiskProgram<Quarantined[]> {
  const found: Quarantined[] = [];
  for (const name of [...(yield* listIfThere(join(root, 'quarantine')))].sort()) {
    const path = `quarantine/${name}`;
    const status = yield* stat(yield* contained(root, path));
    if (status?.type === 'file') found.push({ path, bytes: status.size, allocated: status.links === 1 ? status.allocated : 0 });
  }
  return found;
}

export function* removeQuarantined(path: string, root: string): DiskProgram<void> {
  yield* unlessMissing(unlink(yield* contained(root, path)));
}
