// By the name under which they stand in the page. Who needs one of them need not load the others, which takes half a second.

const ours = (name) => async () => (await import('./ours.mjs'))[name];
const wholeFile = (name) => async () => (await import('./whole-file.mjs'))[name];

const loaders = {
  ...{ JournalCatalog: ours('journalCatalog'), FsCatalog: ours('fsCatalog'), Journal: ours('journal') },
  floor: async () => (await import('./floor.mjs')).overwrite,
  sqlite: () => import('./sqlite.mjs'),
  lmdb: () => import('./lmdb.mjs'),
  level: () => import('./level.mjs'),
  hypercore: () => import('./hypercore.mjs'),
  cacache: () => import('./cacache.mjs'),
  ...{ conf: wholeFile('confPeer'), lowdb: wholeFile('lowdbPeer'), 'write-file-atomic': wholeFile('writeFileAtomicPeer') },
};

export const names = Object.keys(loaders);

export const loadStore = (name) => loaders[name]();
