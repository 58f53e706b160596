import { loadStore, names } from './loading.mjs';

export const stores = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await loadStore(name)])));

/** What each of them syncs, as it was found before; a run that counts system calls says it anew. */
export const known = Object.entries(stores).map(([key, { name, settings, durable }]) => ({ key, name, settings, durable }));
