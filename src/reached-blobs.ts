import type { CatalogContext } from './catalog-context.js';
import { isManaged } from './core/model-layout.js';

/** The blobs that the newest generation relies on, by digest: those of models that are kept here, and those of engines. */
export async function reachedBlobs({ store }: CatalogContext): Promise<ReadonlySet<string>> {
  const models = (await store.models.list()).map(({ record }) => record).filter(isManaged);
  const engines = (await store.engines.list()).map(({ record }) => record);
  return new Set([
    ...models.flatMap(({ files = [] }) => files.map(({ digest }) => digest)),
    ...engines.flatMap(({ artifacts }) => artifacts),
  ]);
}
