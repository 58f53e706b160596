import type { Catalog } from '../src/catalog.js';
import { engineEntry } from './model-entry.js';

/** Leaves the content of a file as a blob that nothing reaches: the engine that kept it is gone. */
export async function leaveUnreached(catalog: Catalog, path: string): Promise<void> {
  const { digest } = await catalog.add(path, { id: 'gone' });
  const { record } = await catalog.engines.put(engineEntry('kept', { artifacts: [digest ?? ''] }));
  await catalog.delete('gone');
  await catalog.engines.delete(record.id);
}
