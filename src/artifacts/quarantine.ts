import { basename, dirname } from 'node:path';
import { type Host, newToken } from '../disk/host.js';
import { createExclusive, type DiskProgram, rename, sync } from '../disk/program.js';
import type { Handle } from '../disk/steps.js';
import { syncFolder } from '../disk/temp-file.js';
import { closing, unlessMissing, writeAll } from '../disk/whole-file.js';
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
