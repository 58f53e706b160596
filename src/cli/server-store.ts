import { resolve } from 'node:path';
import { refusal } from '../core/errors.js';
import { redactUrl } from '../core/redact.js';
import { run } from '../disk/program.js';
import { defaultDisk } from '../disk/real-disk.js';
import { defaultModelCacheDir } from '../open-catalog.js';
import type { CatalogStore } from '../stores/catalog-store.js';
import { storeOfRoot } from '../stores/fs/fs-catalog.js';
import type { SharedOptions } from './options.js';

/** How long a command waits for a server that is away. */
const unreachableMs = 10_000;

/** The store of a server; `StoreMismatch` for a root that has a catalog of its own, before anybody is asked. */
export async function openServerStore(
  url: string,
  { root = defaultModelCacheDir(), lockTimeout }: SharedOptions,
  readOnly: boolean,
): Promise<CatalogStore> {
  const found = await run(storeOfRoot(resolve(root)), defaultDisk);
  if (found !== undefined) {
    const message = `${root} holds a catalog of the ${found.store} store, and the records would be at ${redactUrl(url)}`;
    throw refusal('StoreMismatch', message, { found: found.store, wanted: isEtcd(url) ? 'etcd' : 'postgres' });
  }
  const options = { url, readOnly, unreachableMs: lockTimeout ?? unreachableMs };
  if (isEtcd(url)) return (await import('../stores/etcd/etcd-catalog.js')).EtcdCatalog.open(options);
  return (await import('../stores/postgres/postgres-catalog.js')).PostgresCatalog.open(options);
}

function isEtcd(url: string): boolean {
  return /^etcds?:/.test(url);
}
