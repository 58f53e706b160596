import * as cacache from './cacache.mjs';
import { overwrite } from './floor.mjs';
import * as hypercore from './hypercore.mjs';
import * as level from './level.mjs';
import * as lmdb from './lmdb.mjs';
import { fsCatalog, journal, journalCatalog } from './ours.mjs';
import * as sqlite from './sqlite.mjs';
import { confPeer, lowdbPeer, writeFileAtomicPeer } from './whole-file.mjs';

/** By the name under which they stand in the page. */
export const stores = {
  ...{ JournalCatalog: journalCatalog, FsCatalog: fsCatalog, Journal: journal, floor: overwrite },
  ...{ sqlite, lmdb, level, hypercore, cacache, conf: confPeer, lowdb: lowdbPeer, 'write-file-atomic': writeFileAtomicPeer },
};
