import { resolve } from 'node:path';
import { identityOf } from './artifacts/hash-file.js';
import type { CatalogContext } from './catalog-context.js';
import { filePlaces } from './core/model-layout.js';
import type { ModelEntry } from './core/records.js';
import { type DiskProgram, stat } from './disk/program.js';
import { isDiskError } from './disk/steps.js';

/** A file that is not as it was when its content was verified. */
export interface Drift {
  id: string;
  path: string;
  reason: DriftReason;
}
/** How a file is other than it was recorded. */
export type DriftReason = 'missing' | 'changed' | 'unreadable';

/** CAT-ADO-2203: the files of these entries that cannot be taken for good without verifying them: one look at each, nothing is read. */
export async function driftOf(context: CatalogContext, entries: readonly ModelEntry[]): Promise<Drift[]> {
  const drift: Drift[] = [];
  for (const entry of entries) {
    for (const { file, path } of filePlaces(entry)) {
      const place = resolve(context.artifacts.root, path);
      const reason = await context.artifacts.run(reasonOf(place, file.identity));
      if (reason !== undefined) drift.push({ id: entry.id, path: place, reason });
    }
  }
  return drift;
}

/** Of a file of which no identity is known no more can be told than whether it is there. */
function* reasonOf(path: string, identity: string | undefined): DiskProgram<DriftReason | undefined> {
  try {
    const found = yield* stat(path, { follow: true });
    if (found?.type !== 'file') return 'missing';
    return identity === undefined || identity === identityOf(found) ? undefined : 'changed';
  } catch (error) {
    if (!isDiskError(error)) throw error;
    return 'unreadable';
  }
}
