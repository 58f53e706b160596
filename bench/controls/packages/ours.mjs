import { FsCatalog } from '../../../dist/index.js';
import { currentDisk } from '../../support/simulated-fs.mjs';
import { model } from '../../support/ours.mjs';

// Our own store, which is handed its disk instead of taking node:fs: judged by the same experiment.

export const label = 'catalog-core';
export const options = '`put`, as it comes';

export async function save(folder, value) {
  const catalog = await opened(folder);
  await catalog.models.put(model('value', { name: value }));
  await catalog.close();
}

export async function load(folder) {
  const catalog = await opened(folder);
  const entry = await catalog.models.get('value');
  await catalog.close();
  return entry?.record.name ?? 'no entry';
}

/** Its files are longer than those of the others, and have two chunks and more all the same. */
export const chunkBytes = 512;
export const unread = (name) => name.endsWith('.tmp') || name === 'catalog.lock';

const opened = (folder) => FsCatalog.open({ root: `${folder}/catalog`, disk: currentDisk(), lockTimeoutMs: 20 });
