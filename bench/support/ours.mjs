import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { defaultDisk } from '../../dist/disk/real-disk.js';
import { CatalogError, FsCatalog } from '../../dist/index.js';

/** Does some work with our catalog under a root, and closes it. */
export async function withCatalog(root, work, options = {}) {
  const catalog = await FsCatalog.open({ root, ...options });
  try {
    return await work(catalog);
  } finally {
    await catalog.close();
  }
}

export function model(id, more = {}) {
  return {
    id,
    name: id,
    source: 'file:///models/of-the-bench',
    state: 'Pending',
    trust_state: 'unverified',
    registered_at: '2026-01-01T00:00:00.000Z',
    ...more,
  };
}

/** The code of the refusal of some work; `acknowledged` when there was none. Anything else that is thrown is a fault of ours. */
export async function refusalOf(work) {
  try {
    await work();
    return 'acknowledged';
  } catch (error) {
    if (error instanceof CatalogError) return error.code;
    throw error;
  }
}

/** The newest generation of the models. */
export function newestGeneration(root) {
  const folder = join(root, 'generations', 'models');
  return join(folder, String(Math.max(...readdirSync(folder).map(Number))));
}

/** A disk on which every writer gets the lock at once, and `beforePublishing` is awaited before a generation gets its name. */
export function diskWithoutLock(beforePublishing = () => undefined) {
  const perform = async (step) => {
    if (step.op === 'lock') return true;
    if (step.op === 'unlock') return undefined;
    if (step.op === 'link') await beforePublishing();
    return defaultDisk.perform(step);
  };
  return { perform };
}
