import { identityOf, isChanged } from './artifacts/hash-file.js';
import { type CatalogContext, changeStored, isNotOwn } from './catalog-context.js';
import type { Digest } from './core/digest.js';
import { isManaged } from './core/model-layout.js';
import type { ArtifactFile, ModelEntry } from './core/records.js';
import type { FileStat } from './disk/steps.js';

/**
 * A name more or less of a blob changes when its status changed last, and so its identity, and nothing of what was verified: entries
 * that have the identity before get the one after. Those that have another are to be verified anyway. Who is killed before this
 * leaves models that look changed, until they are verified (CAT-ADO-2203).
 */
export async function recordIdentity(
  context: CatalogContext,
  digest: Digest,
  status: { before: FileStat; after: FileStat },
): Promise<void> {
  const { before, after } = status;
  if (isChanged(before, after)) return;
  const [was, is] = [identityOf(before), identityOf(after)];
  const isMeant = (file: ArtifactFile) => file.digest === digest && file.identity === was;
  const renewed = (entry: ModelEntry): ModelEntry => {
    if (was === is || !isManaged(entry) || entry.files?.some(isMeant) !== true) return entry;
    return { ...entry, files: entry.files.map((file) => (isMeant(file) ? { ...file, identity: is } : file)) };
  };
  for (const { record } of await context.store.models.list()) {
    if (renewed(record) !== record) await unlessRemoved(() => changeStored(context, record.id, renewed));
  }
}

async function unlessRemoved(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isNotOwn(error)) throw error;
  }
}
